"""What a robot agent must remember over a restart: its order, its actions, whether it is paused, whom it obeyed last."""

from __future__ import annotations

import msgspec

from fleet.contracts import codec
from fleet.contracts.vda5050.state import Error
from robot_agent.core.actions import ActionBook
from robot_agent.core.route import Route

#: Largest snapshot that is read back, in bytes.
SNAPSHOT_BYTES_MAX = 4 * 1024 * 1024


class Snapshot(msgspec.Struct, kw_only=True):
    """`entered`: the robot has reached the first node of the order. `cancelling`: actionId of a cancelOrder under way.

    `fences`: the highest fence of each task that was ever given to this robot (fence.OrderGate).
    """

    version: int = 1
    route: Route = msgspec.field(default_factory=Route)
    book: ActionBook = msgspec.field(default_factory=ActionBook)
    entered: bool = True
    paused: bool = False
    cancelling: str = ""
    errors: tuple[Error, ...] = ()
    fences: dict[str, str] = {}


def to_bytes(snapshot: Snapshot) -> bytes:
    return codec.encode(snapshot)


def from_bytes(data: bytes) -> Snapshot:
    """Raises InvalidInput when it is not a snapshot of ours."""
    return codec.decode(data, Snapshot, bytes_max=SNAPSHOT_BYTES_MAX)
