"""A leg: one drive to one place with one action at its end, which is one VDA 5050 order.

The durable half is the journal entry: written before the order goes out, so that whoever restarts knows what was
promised to the robot. `orderId = {task}.{step}.{attempt}.f{fence}` (fleet/authority/order_ids.py) and
`actionId = {orderId}.{actionType}` are deterministic.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fleet.contracts import codec
from fleet.contracts.vda5050.common import Action


class Purpose(StrEnum):
    TASK = "task"
    PARK = "park"  # home, or out of somebody's way
    CHARGE = "charge"  # to a charger because the battery wants it
    ASIDE = "aside"  # out of somebody's way, as far as traffic says: the goal is what was released last


class Leg(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`nodes`, `edges`: the base as released so far, from where the order began (index = sequenceId / 2).

    `sent`: how many of `nodes` the robot was told; `update_id` -1: no order sent yet. `doing`: the step's word (pick, ...).
    `open_end`: the last message had a horizon.
    `prior_order`: orderId that the robot showed when this leg began: as long as it shows that, ours never arrived.
    """

    order_id: str
    purpose: Purpose
    place: str
    goal: str
    doing: str = ""
    action: Action | None = None
    task: str = ""
    step: int = 0
    attempt: int = 1
    nodes: list[str] = []
    edges: list[str] = []
    sent: int = 0
    update_id: int = -1
    passed: int = 0
    prior_order: str = ""
    open_end: bool = False
    shortened: bool = False
    cancelling: bool = False
    refusal: str = ""

    @property
    def here(self) -> str:
        """The node that the robot passed last."""
        return self.nodes[self.passed]

    @property
    def ahead(self) -> list[str]:
        """Base nodes still to be passed."""
        return self.nodes[self.passed + 1 :]

    @property
    def complete(self) -> bool:
        """The base reaches the goal."""
        return bool(self.nodes) and self.nodes[-1] == self.goal

    @property
    def action_sent(self) -> bool:
        """The robot was told the goal, and with it the action: from then on the action may have happened."""
        return self.complete and self.sent == len(self.nodes)


def to_journal(leg: Leg) -> bytes:
    return codec.encode(leg)


def from_journal(body: bytes) -> Leg:
    """Raises InvalidInput."""
    return codec.decode(body, Leg)
