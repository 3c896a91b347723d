"""Instant actions: sent again until the robot lists them, with an end to the waiting (VDA 5050 2.1, 6.8; openTCS PR 19)."""

from __future__ import annotations

from edge_node.core import messages
from edge_node.core.context import Context
from edge_node.core.unit import Instant, Unit
from fleet.contracts.vda5050.state import State

RESEND_S = 2.0
#: How often one instant action is sent at most.
SENT_MAX = 5
#: An instant action that the robot never ends is forgotten after so long, seconds.
FORGET_S = 60.0


class Instants:
    """For all robots; `cancelOrder` is the master's own business (master.py), since it ends legs."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def send(self, unit: Unit, action_type: str, now: float, action_id: str = "") -> Instant:
        """Send it now; `action_id` "" makes one that never repeats. An equal one on its way is not sent twice."""
        pending = next((i for i in unit.instants.values() if i.action.action_type == action_type and i.status is None), None)
        if pending is not None:
            return pending
        unit.counts[action_type] = unit.counts.get(action_type, 0) + 1
        action_id = action_id or f"{unit.name}.{self._ctx.session}.{unit.counts[action_type]}.{action_type}"
        instant = Instant(messages.instant_action(action_type, action_id), first_at=now, sent_at=now)
        unit.instants[action_id] = instant
        self.publish(unit, instant, now)
        return instant

    def publish(self, unit: Unit, instant: Instant, now: float) -> None:
        instant.sent_at = now
        self._ctx.publish(messages.topic_of(unit, "instantActions"), messages.instant_payload(unit, [instant.action], now))

    def on_state(self, unit: Unit, state: State) -> None:
        if not unit.instants:
            return
        shown = {a.action_id: a.action_status for a in state.action_states}
        for action_id, instant in list(unit.instants.items()):
            status = shown.get(action_id)
            if status is not None:
                instant.status = status
                if status.ended:
                    del unit.instants[action_id]

    def tick(self, unit: Unit, now: float) -> None:
        for action_id, instant in list(unit.instants.items()):
            if now - instant.first_at > FORGET_S:
                del unit.instants[action_id]
            elif instant.status is None and now - instant.sent_at >= RESEND_S and self._ctx.link:
                if instant.sent >= SENT_MAX:
                    del unit.instants[action_id]
                    self._unanswered(unit, instant, now)
                else:
                    instant.sent += 1
                    self.publish(unit, instant, now)

    def _unanswered(self, unit: Unit, instant: Instant, now: float) -> None:
        self._ctx.count("InstantActionUnanswered")
        if instant.action.action_type in ("stateRequest", "factsheetRequest"):
            return  # optional for robots; silence has an event of its own
        self._ctx.event(
            "alarm",
            "InstantActionUnanswered",
            f"Robot/{unit.name}",
            f"{unit.name} does not answer {instant.action.action_type}",
            now,
            "look at the robot; use its own stop if it moves",
        )
