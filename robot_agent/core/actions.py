"""Every action the robot was ever told to do, and when each may start (VDA 5050 2.1, 6.11 and 6.12).

Rule 1: an actionId is performed at most once, ever: it is remembered before the robot is told to begin.
Rule 2: actions at one place start in list order; HARD runs alone and standing, SOFT standing, NONE any time.
Rule 3: nothing leaves an ended status.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from fleet.contracts.vda5050.common import Action, ActionStatus, BlockingType
from fleet.contracts.vda5050.order import Order
from fleet.contracts.vda5050.state import ActionState

#: How many actionIds are remembered over orders and restarts; the oldest go first.
ACTION_IDS_REMEMBERED = 1000
#: Ended instant actions that stay in `state.actionStates` until the next order.
INSTANT_STATES_MAX = 30

Scope = Literal["node", "edge", "instant"]


class ActionRecord(msgspec.Struct, kw_only=True):
    """One action and how it stands. `sequence_id`: of its node or edge; -1 for instant actions."""

    action: Action
    scope: Scope
    sequence_id: int = -1
    status: ActionStatus = ActionStatus.WAITING
    result: str = ""

    @property
    def running(self) -> bool:
        return self.status not in (ActionStatus.WAITING, ActionStatus.FINISHED, ActionStatus.FAILED)

    def as_state(self) -> ActionState:
        return ActionState(
            action_id=self.action.action_id,
            action_type=self.action.action_type,
            action_status=self.status,
            action_description=self.action.action_description,
            result_description=self.result or None,
        )


class Remembered(msgspec.Struct, frozen=True):
    """What became of an actionId. RUNNING until its end is known."""

    status: ActionStatus
    result: str = ""


class ActionBook(msgspec.Struct, kw_only=True):
    """`records`: what `state.actionStates` shows, in order. `memory`: all ids that were ever begun, oldest first."""

    records: list[ActionRecord] = msgspec.field(default_factory=list)
    memory: dict[str, Remembered] = msgspec.field(default_factory=dict)

    # -- taking actions in

    def begin_order(self, order: Order) -> None:
        """A new order removes everything but instant actions that still run."""
        self.records = [r for r in self.records if r.scope == "instant" and not r.status.ended]
        self._add_all(order, first=0)

    def extend_order(self, order: Order, base_end: int) -> None:
        """An update drops the old horizon (all after the node `base_end`) and adds what comes after its first node."""
        self.records = [r for r in self.records if r.scope == "instant" or r.sequence_id <= base_end]
        self._add_all(order, first=1)

    def add_instant(self, action: Action) -> ActionRecord | None:
        """None when this id is known: an instant action that was sent twice happens once."""
        if action.action_id in self.memory or self.find(action.action_id) is not None:
            return None
        ended = [r for r in self.records if r.scope == "instant" and r.status.ended]
        if len(ended) >= INSTANT_STATES_MAX:
            self.records.remove(ended[0])
        record = ActionRecord(action=action, scope="instant")
        self.records.append(record)
        return record

    def _add_all(self, order: Order, *, first: int) -> None:
        for i, node in enumerate(order.nodes):
            if i >= first:
                if i > 0:
                    self._add(order.edges[i - 1].actions, "edge", order.edges[i - 1].sequence_id)
                self._add(node.actions, "node", node.sequence_id)

    def _add(self, actions: Iterable[Action], scope: Scope, sequence_id: int) -> None:
        for action in actions:
            record = ActionRecord(action=action, scope=scope, sequence_id=sequence_id)
            known = self.memory.get(action.action_id)
            if known is not None:
                # done before (the order was sent again after a restart): say what became of it, do nothing
                record.status = known.status if known.status.ended else ActionStatus.FAILED
                record.result = known.result
            self.records.append(record)

    # -- asking

    def find(self, action_id: str) -> ActionRecord | None:
        return next((r for r in self.records if r.action.action_id == action_id), None)

    @property
    def order_unfinished(self) -> bool:
        """An action of the order has not ended (horizon included)."""
        return any(r.scope != "instant" and not r.status.ended for r in self.records)

    @property
    def running(self) -> list[ActionRecord]:
        return [r for r in self.records if r.running]

    def at_hand(self, node_sequence: int, edge_sequence: int | None) -> list[ActionRecord]:
        """Actions not ended of the node where the robot is (or was last) and of the edge that it is to enter, in order."""
        return [
            r
            for r in self.records
            if not r.status.ended
            and ((r.scope == "node" and r.sequence_id <= node_sequence) or (r.scope == "edge" and r.sequence_id == edge_sequence))
        ]

    @staticmethod
    def ready(at_hand: list[ActionRecord], *, moving: bool) -> list[ActionRecord]:
        """Those of the actions at hand that may start now."""
        ready: list[ActionRecord] = []
        active = [r for r in at_hand if r.running]
        for record in at_hand:
            if record.running:
                continue
            blocking = record.action.blocking_type
            if any(r.action.blocking_type == BlockingType.HARD for r in active):
                break
            if blocking != BlockingType.NONE and moving:
                break
            if blocking == BlockingType.HARD and active:
                break
            ready.append(record)
            active.append(record)
        return ready

    @staticmethod
    def forbid_driving(at_hand: list[ActionRecord]) -> bool:
        return any(r.action.blocking_type != BlockingType.NONE for r in at_hand)

    # -- changing

    def start(self, record: ActionRecord) -> None:
        """Remember the id for ever, before the robot is told."""
        assert record.action.action_id not in self.memory, "an actionId is performed at most once"
        record.status = ActionStatus.RUNNING
        self._remember(record)

    def change(self, action_id: str, status: ActionStatus, result: str = "") -> ActionRecord | None:
        """What the robot says of an action. None when nothing changed: unknown, ended already, or said before."""
        record = self.find(action_id)
        if record is None or record.status.ended or (record.status, record.result) == (status, result):
            return None
        record.status, record.result = status, result
        self._remember(record)
        return record

    def end(self, record: ActionRecord, status: ActionStatus, result: str = "") -> None:
        assert status.ended
        record.status, record.result = status, result
        self._remember(record)

    def fail_waiting(self, why: str) -> list[ActionRecord]:
        """cancelOrder: what has not begun never will. The ids are not remembered: they were never performed."""
        waiting = [r for r in self.records if r.scope != "instant" and r.status == ActionStatus.WAITING]
        for record in waiting:
            record.status, record.result = ActionStatus.FAILED, why
        return waiting

    def _remember(self, record: ActionRecord) -> None:
        self.memory.pop(record.action.action_id, None)
        self.memory[record.action.action_id] = Remembered(record.status, record.result)
        while len(self.memory) > ACTION_IDS_REMEMBERED:
            oldest = next((k for k, v in self.memory.items() if v.status.ended), next(iter(self.memory)))
            del self.memory[oldest]
