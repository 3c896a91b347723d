"""VDA 5050 master control for one leg of one robot: order, updates with base and horizon, cancel, and how it ended.

Rules kept here (VDA 5050 2.1, chapter 6; the traps are those measured on other makers' vehicles):
 1. The base only grows, by what traffic released. At most one message is unconfirmed: it is sent again, identical,
    RESEND_S later, RESENT_MAX times, and then given up with an event.
 2. An update begins with the last base node that was sent (same nodeId and sequenceId, never with an action).
 3. Progress is lastNodeId and lastNodeSequenceId; done is empty nodeStates and edgeStates with the action ended.
 4. A robot that shows another orderId than the one it had adopted has lost our order: evidence decides what then.
 5. The journal is written before the message goes out.
"""

from __future__ import annotations

import math
from enum import StrEnum

from edge_node.core import messages
from edge_node.core.context import Context
from edge_node.core.evidence import action_status, happened
from edge_node.core.instants import RESEND_S, SENT_MAX, Instants
from edge_node.core.leg import Leg, Purpose
from edge_node.core.unit import Flight, Instant, Unit
from fleet.contracts.vda5050 import codec
from fleet.contracts.vda5050.common import ActionStatus
from fleet.contracts.vda5050.state import Error, State
from fleet.traffic.control import Release
from fleet.traffic.face import Traffic

RESENT_MAX = 3
#: While a robot says nothing at all, the message is sent again this often, without counting, seconds.
RESEND_UNHEARD_S = 10.0
#: An order that looks done but for leftovers in nodeStates (NVIDIA), or whose action never showed up, is ended after so long.
LEFTOVERS_S = 3.0
ACTION_MISSING_S = 10.0
#: A cancelOrder that is not answered counts as done when the robot has stood still for so long, seconds.
CANCEL_STOOD_S = 15.0


class Outcome(StrEnum):
    DONE = "done"
    ACTION_FAILED = "action_failed"
    LOST = "lost"  # the robot no longer has the order
    CANCELLED = "cancelled"
    REJECTED = "rejected"  # it never took it
    SHORTENED = "shortened"  # ended early, at a node, as we wished


End = tuple[Outcome, str]


class Master:
    """The owner (core/work.py) begins legs, hands in releases and states, and is told how a leg ended."""

    def __init__(self, ctx: Context, instants: Instants) -> None:
        self._ctx = ctx
        self._instants = instants

    @property
    def _traffic(self) -> Traffic:
        assert self._ctx.traffic is not None, "no layout yet"
        return self._ctx.traffic

    # ---- orders out ----

    def begin(self, unit: Unit, leg: Leg, now: float) -> None:
        """The robot is placed and its traffic goal is set; nothing goes out before a node is released (or it is there)."""
        view = self._traffic.route(unit.name)
        leg.nodes = list(view.nodes[: view.base_nodes])
        edges = messages.horizon_edges(leg.nodes[0], leg.nodes[1:], self._ctx.graph)
        leg.edges = [e.edge_id for e in edges]
        leg.prior_order = unit.state.order_id if unit.state is not None else ""
        unit.leg, unit.flight, unit.cancel, unit.adopted, unit.done_since = leg, None, None, False, None
        unit.status_dirty = True
        self._ctx.touched[unit.name] = None
        self._ctx.journal(unit)
        self.flush(unit, now)

    def released(self, unit: Unit, release: Release, now: float) -> None:
        leg = unit.leg
        assert leg is not None, f"traffic releases nodes to {unit.name}, which has no order"
        leg.nodes.extend(release.nodes)
        if leg.purpose is Purpose.ASIDE and not leg.shortened:
            leg.goal = leg.nodes[-1]
        leg.edges.extend(e.edge_id for e in release.edges)
        unit.status_dirty = True
        self.flush(unit, now)

    def flush(self, unit: Unit, now: float) -> None:
        """Send what is released and not yet told, if the last message is confirmed."""
        leg = unit.leg
        if leg is None or leg.cancelling or not unit.verified or not self._ctx.link or unit.pause_ours:
            return
        if not unit.takes_orders or (unit.flight is not None and not unit.flight.confirmed):
            return
        if leg.update_id < 0:
            ready = leg.complete or len(leg.nodes) > 1
        else:
            ready = len(leg.nodes) > leg.sent or (leg.shortened and leg.open_end)
        if ready:
            self._send(unit, leg, now)

    def _send(self, unit: Unit, leg: Leg, now: float) -> None:
        leg.update_id += 1
        horizon = self._horizon(unit, leg)
        message = messages.order_message(unit, leg, horizon, self._ctx.graph, now)
        leg.sent, leg.open_end = len(leg.nodes), bool(horizon)
        if leg.update_id == 0 and unit.state is not None:
            leg.prior_order = unit.state.order_id
        self._ctx.journal(unit)
        unit.flight = Flight(message, codec.write(message), now)
        self._ctx.publish(messages.topic_of(unit, "order"), unit.flight.payload)

    def _horizon(self, unit: Unit, leg: Leg) -> tuple[str, ...]:
        if leg.shortened or leg.complete:
            return ()
        view = self._traffic.route(unit.name)
        if view.nodes[view.base_nodes - 1] != leg.nodes[-1]:
            return ()
        return view.nodes[view.base_nodes :][: unit.model.dialect.horizon_nodes]

    def shorten(self, unit: Unit, now: float) -> End | None:
        """Let the order end at the last node that was released: no stop on the way, no cancelOrder needed."""
        leg = unit.leg
        assert leg is not None
        self._traffic.clear_goal(unit.name, now)
        if leg.update_id < 0:
            return self.end(unit, Outcome.SHORTENED, "", now)
        leg.shortened = True
        del leg.nodes[leg.sent :]
        del leg.edges[leg.sent - 1 :]
        self._traffic.place(unit.name, leg.here, released=leg.ahead, now=now)
        self._ctx.journal(unit)
        self.flush(unit, now)
        return None

    # ---- cancel ----

    def cancel(self, unit: Unit, now: float) -> End | None:
        """Ask for the end of the order; the robot keeps what it holds until it stands."""
        leg = unit.leg
        assert leg is not None
        if leg.cancelling:
            return None
        self._traffic.clear_goal(unit.name, now)
        if leg.update_id < 0:
            return self.end(unit, Outcome.CANCELLED, "", now)
        leg.cancelling = True
        self._ctx.journal(unit)
        self._send_cancel(unit, leg, now)
        return None

    def _send_cancel(self, unit: Unit, leg: Leg, now: float) -> None:
        action = messages.instant_action("cancelOrder", f"{leg.order_id}.cancelOrder")
        unit.cancel, unit.cancel_stood_at = Instant(action, first_at=now, sent_at=now), None
        self._instants.publish(unit, unit.cancel, now)

    def _cancelled(self, unit: Unit, leg: Leg, state: State, now: float) -> End | None:
        """Many robots answer in many ways (or not at all): what counts is that it stands and has no base left."""
        cancel = unit.cancel
        if cancel is None:  # the edge node was restarted while it waited
            self._send_cancel(unit, leg, now)
            return None
        cancel.status = next(
            (a.action_status for a in state.action_states if a.action_id == cancel.action.action_id), cancel.status
        )
        answered = cancel.status is not None and cancel.status.ended
        waited_s = now - cancel.first_at
        if state.order_id != leg.order_id:
            gone = answered or waited_s > 2 * RESEND_S
            return self.end(unit, Outcome.CANCELLED, "", now) if gone and not state.driving else None
        status = action_status(leg, state)
        stands = not state.driving and (status is None or status.ended or status is ActionStatus.WAITING)
        if not stands:
            unit.cancel_stood_at = None
            return None
        empty = not any(n.released for n in state.node_states) and not any(e.released for e in state.edge_states)
        if answered or (empty and waited_s > RESEND_S):
            return self.end(unit, Outcome.CANCELLED, "", now)
        if unit.cancel_stood_at is None:
            unit.cancel_stood_at = now
        if now - unit.cancel_stood_at < CANCEL_STOOD_S:
            return None
        self._ctx.event(
            "warning", "CancelUnanswered", f"Robot/{unit.name}", f"{unit.name} did not answer cancelOrder, but stands", now
        )
        return self.end(unit, Outcome.CANCELLED, "cancelOrder was not answered", now)

    # ---- states in ----

    def on_state(self, unit: Unit, state: State, before: State | None, now: float) -> End | None:
        """Progress, confirmation, and the end of the leg if this state brings it. The leg is verified."""
        leg = unit.leg
        if leg is None:
            return None
        if leg.update_id < 0:
            return self._carried_off(unit, leg, state, now)
        mine = state.order_id == leg.order_id
        if mine:
            unit.adopted = True
            if unit.flight is not None and state.order_update_id >= unit.flight.message.order_update_id:
                unit.flight.confirmed = True
            self._progress(unit, leg, state, now)
        if leg.cancelling:
            return self._cancelled(unit, leg, state, now)
        if not mine and unit.adopted:
            return self.end(unit, Outcome.LOST, f"it shows order {state.order_id or '(none)'}", now)
        confirmed = unit.flight is None or unit.flight.confirmed
        refusal = None if mine and confirmed else self._refusal(leg, state, before)
        if refusal is not None:
            return self._refused(unit, leg, refusal, now)
        if mine and confirmed:
            ended = self._ended(unit, leg, state, now)
            if ended is not None:
                return ended
        self.flush(unit, now)
        return None

    def _carried_off(self, unit: Unit, leg: Leg, state: State, now: float) -> End | None:
        """Nothing was sent yet, and it stands elsewhere by now: an order from the old place would lead it across the floor."""
        if not leg.nodes or state.last_node_id == leg.here or state.last_node_id not in self._ctx.graph.nodes:
            return None
        return self.end(unit, Outcome.LOST, f"it stands at {state.last_node_id} now", now)

    def _progress(self, unit: Unit, leg: Leg, state: State, now: float) -> None:
        index = self._index(leg, state)
        if index <= leg.passed:
            return
        for node in leg.nodes[leg.passed + 1 : index + 1]:
            self._traffic.passed(unit.name, node, now)
            if self._ctx.forecast is not None:
                self._ctx.forecast.passed(unit.name, node, now)
        leg.passed, unit.node = index, leg.nodes[index]
        unit.status_dirty = True

    def _index(self, leg: Leg, state: State) -> int:
        """Where on the base the robot says that it is; where it was when that makes no sense."""
        index = state.last_node_sequence_id // 2
        if leg.passed <= index < leg.sent and leg.nodes[index] == state.last_node_id:
            return index
        ahead = leg.nodes[leg.passed : leg.sent]
        return leg.passed + ahead.index(state.last_node_id) if state.last_node_id in ahead else leg.passed

    def _refusal(self, leg: Leg, state: State, before: State | None) -> Error | None:
        """A new error about this order as a message (headerId), and not about one of its actions that has failed."""
        old = before.errors if before is not None else ()
        for error in state.errors:
            keys = {r.reference_key: r.reference_value for r in error.error_references}
            about_action = "actionId" in keys and "headerId" not in keys
            if keys.get("orderId") == leg.order_id and not about_action and error not in old:
                return error
        return None

    def _refused(self, unit: Unit, leg: Leg, error: Error, now: float) -> End | None:
        reason = f"{error.error_type}: {error.error_description or 'no description'}"
        self._ctx.event("warning", "OrderRejected", f"Robot/{unit.name}", f"{unit.name} refuses {leg.order_id}: {reason}", now)
        if unit.adopted:
            leg.refusal = reason
            return self.cancel(unit, now)  # an update was refused: end this order, go on with a new one
        return self.end(unit, Outcome.REJECTED, reason, now)

    def _ended(self, unit: Unit, leg: Leg, state: State, now: float) -> End | None:
        status = action_status(leg, state)
        at_end = leg.passed == len(leg.nodes) - 1
        if leg.action_sent and at_end and status is ActionStatus.FAILED:
            return self.end(unit, Outcome.ACTION_FAILED, _result(leg, state) or f"{leg.doing} failed", now)
        if any(e.error_level == "FATAL" and _names(e, leg.order_id) for e in state.errors):
            return self.cancel(unit, now)  # it can't go on with this order (6.10.8): a new one is the way on
        if leg.sent < len(leg.nodes):
            return None
        left = bool(state.node_states or state.edge_states)
        if left and not (at_end and not state.driving and not leg.open_end):
            unit.done_since = None
            return None
        if not at_end:
            # nothing left, but not there: the order was cleared at the robot (MANUAL; VDA5050 #148, #531)
            return self.end(unit, Outcome.LOST, "the robot dropped the order", now)
        if not leg.complete:
            return self.end(unit, Outcome.SHORTENED, "", now) if leg.shortened and not leg.open_end else None
        return self._at_goal(unit, leg, status, left, now)

    def _at_goal(self, unit: Unit, leg: Leg, status: ActionStatus | None, left: bool, now: float) -> End | None:
        if status is not None and not status.ended:
            unit.done_since = None
            return None
        if unit.done_since is None:
            unit.done_since = now
        missing = leg.action is not None and status is None
        wait_s = ACTION_MISSING_S if missing else LEFTOVERS_S if left else 0.0
        if now - unit.done_since < wait_s:
            return None
        if not missing:
            return self.end(unit, Outcome.DONE, "", now)
        assert unit.state is not None
        if happened(unit, leg, unit.state):
            return self.end(unit, Outcome.DONE, "", now)
        return self.end(unit, Outcome.ACTION_FAILED, f"the robot never showed the action {leg.doing}", now)

    # ---- time ----

    def tick(self, unit: Unit, now: float) -> End | None:
        """Resend what is not confirmed; end what waits too long."""
        leg = unit.leg
        if leg is None or not unit.verified or not self._ctx.link:
            return None
        if leg.cancelling:
            self._resend_cancel(unit, now)
        elif unit.flight is not None and not unit.flight.confirmed:
            return self._resend(unit, leg, unit.flight, now)
        if unit.state is not None and not unit.silent and (unit.done_since is not None or leg.cancelling):
            return self.on_state(unit, unit.state, unit.state, now)
        return None

    def _resend_cancel(self, unit: Unit, now: float) -> None:
        cancel = unit.cancel
        if cancel is not None and cancel.status is None and now - cancel.sent_at >= RESEND_S and cancel.sent < SENT_MAX:
            cancel.sent += 1
            self._instants.publish(unit, cancel, now)

    def _resend(self, unit: Unit, leg: Leg, flight: Flight, now: float) -> End | None:
        if now - flight.sent_at < RESEND_S:
            return None
        heard = unit.heard_at is not None and unit.heard_at > flight.sent_at
        if not heard and flight.resent >= RESENT_MAX and now - flight.sent_at < RESEND_UNHEARD_S:
            return None
        if heard and flight.resent >= RESENT_MAX:
            self._ctx.event(
                "warning", "OrderUnanswered", f"Robot/{unit.name}", f"{unit.name} does not take up {leg.order_id}", now
            )
            return self.cancel(unit, now) if unit.adopted else self.end(unit, Outcome.REJECTED, "no answer to the order", now)
        flight.resent, flight.sent_at = flight.resent + 1, now
        self._ctx.publish(messages.topic_of(unit, "order"), flight.payload)
        if not heard:
            self._instants.send(unit, "stateRequest", now)
        return None

    def resume(self, unit: Unit, now: float) -> None:
        """After a restart the robot shows that it has (or never got) the journalled order: go on, same attempt."""
        leg, state = unit.leg, unit.state
        assert leg is not None
        assert state is not None
        unit.verified = True
        if leg.update_id < 0 or leg.cancelling:
            return
        if state.order_id == leg.order_id and state.order_update_id >= leg.update_id:
            return
        # not (all of) it arrived: the last message again; when even the first is missing, all of it as one order
        if state.order_id == leg.order_id:
            leg.sent = self._told(leg, state)
        else:
            leg.sent, leg.update_id = 0, -1
        unit.flight = None
        self.flush(unit, now)

    def _told(self, leg: Leg, state: State) -> int:
        """How many base nodes the robot knows: up to the last released one in its nodeStates."""
        known = [n.sequence_id // 2 for n in state.node_states if n.released]
        return min(len(leg.nodes), max([*known, state.last_node_sequence_id // 2]) + 1)

    # ---- the end ----

    def end(self, unit: Unit, outcome: Outcome, reason: str, now: float) -> End:
        """The leg is over: holdings are set from where the robot stands, the journal is struck out by the caller's next."""
        leg = unit.leg
        assert leg is not None
        unit.leg, unit.flight, unit.cancel, unit.done_since, unit.verified = None, None, None, None, True
        unit.status_dirty = True
        self._ctx.touched[unit.name] = None
        self._ctx.journal(unit)
        if outcome not in (Outcome.DONE, Outcome.ACTION_FAILED):
            self._traffic.clear_goal(unit.name, now)
            self._traffic.place(unit.name, leg.here, released=self._between(unit, leg), now=now)
        return outcome, reason

    def _between(self, unit: Unit, leg: Leg) -> tuple[str, ...]:
        """The next node, when the robot stands off its last one: it may be anywhere on that lane."""
        if not leg.ahead or leg.update_id < 0:
            return ()
        if unit.pose is None:
            return (leg.ahead[0],)
        node = self._ctx.graph.nodes[leg.here]
        away_m = math.hypot(unit.pose.x_m - node.x_m, unit.pose.y_m - node.y_m)
        return (leg.ahead[0],) if away_m > unit.model.dialect.node_deviation_m else ()


def _names(error: Error, order_id: str) -> bool:
    return any(r.reference_key == "orderId" and r.reference_value == order_id for r in error.error_references)


def _result(leg: Leg, state: State) -> str:
    assert leg.action is not None
    return next((a.result_description or "" for a in state.action_states if a.action_id == leg.action.action_id), "")
