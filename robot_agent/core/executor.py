"""The VDA 5050 2.1 vehicle: orders, updates and instant actions in; driving, actions and messages out. Sans I/O.

A shell calls, in any order, `receive` (an MQTT message), `on_adapter` (the robot reports), `tick` (time passes),
`link_up` (connected to the broker); then it carries out `take_effects()` in order. After a crash, `restore` with the
last saved snapshot goes on where the robot was: nothing that the robot was told to do once is told a second time.
"""

from __future__ import annotations

import math

from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput
from fleet.contracts.vda5050.codec import read_instant_actions
from fleet.contracts.vda5050.common import Action, ActionStatus
from fleet.contracts.vda5050.order import InstantActions, Order
from fleet.contracts.vda5050.state import ConnectionState, Error
from robot_agent.core import acceptance, faults, messages
from robot_agent.core.acceptance import MODES_THAT_TAKE_ORDERS, Situation, Verdict
from robot_agent.core.actions import ActionBook, ActionRecord
from robot_agent.core.config import AgentSettings, Identity
from robot_agent.core.fence import OrderGate, StaleFence
from robot_agent.core.port import (
    Abort,
    ActionChanged,
    AdapterEvent,
    DriveFailed,
    DriveTo,
    Effect,
    Halted,
    Passed,
    Perform,
    Reported,
    RobotReport,
    Save,
    Send,
    StopDriving,
    Waypoint,
    parameters_of,
)
from robot_agent.core.route import Route
from robot_agent.core.snapshot import Snapshot

#: Own errors that `state` lists at a time; the oldest go first.
ERRORS_MAX = 20
#: Closer than this to the first node (metres, radians), the robot counts as standing on it.
ON_NODE_M = 0.05
ON_NODE_RAD = 0.1
#: Instant actions in one message.
INSTANT_ACTIONS_MAX = 50


class Executor:
    """See the module's docstring. `now` is Unix seconds and never goes back by more than clock corrections do."""

    def __init__(self, identity: Identity, settings: AgentSettings | None = None) -> None:
        self.identity = identity
        self.settings = settings or AgentSettings()
        self._route = Route()
        self._book = ActionBook()
        self._gate = OrderGate()
        self._entered = True
        self._paused = False
        self._cancelling = ""
        self._errors: tuple[Error, ...] = ()
        self._report: RobotReport | None = None
        self._way: tuple[Waypoint, ...] = ()
        self._drive_failed = False
        self._effects: list[Effect] = []
        self._headers = messages.Headers(identity)
        self._now = 0.0
        self._state_wanted = False
        self._save_wanted = False
        self._state_sent_at = -math.inf
        self._shown_at = -math.inf
        self._linked = False

    # ---- Inputs -----------------------------------------------------------------------------------------------------

    def receive(self, topic_name: str, payload: bytes, now: float) -> None:
        """A message of master control: `order` or `instantActions`. Bad ones become errors in `state`, never exceptions."""
        self._now = now
        try:
            if topic_name == "order":
                # strictly: an odd order is refused whole, since a repaired one may ask for something else
                self._on_order(codec.decode(payload, Order, bytes_max=codec.ROBOT_PAYLOAD_BYTES_MAX))
            elif topic_name == "instantActions":
                self._on_instant(read_instant_actions(payload))
            else:
                self._reject(faults.rejection(faults.VALIDATION_ERROR, f"unknown topic {topic_name}", topic=topic_name))
        except InvalidInput as error:
            hint = f"{error.field}: {error.fix}" if error.field else error.fix
            self._reject(faults.rejection(faults.VALIDATION_ERROR, error.detail, hint, topic=topic_name))
        self._go_on()

    def on_adapter(self, event: AdapterEvent, now: float) -> None:
        """The robot reports."""
        self._now = now
        match event:
            case Reported(report):
                self._on_report(report)
            case Passed(sequence_id):
                self._on_passed(sequence_id)
            case Halted():
                self._on_halted()
            case DriveFailed(description):
                self._on_drive_failed(description)
            case ActionChanged(action_id, status, result):
                self._on_action(action_id, status, result)
        self._go_on()

    def tick(self, now: float) -> None:
        """Time passes: heartbeat and visualization. Call it at `next_tick_at` or a little later."""
        self._now = now
        if self._report is None or not self._linked:
            return
        if now >= self._state_due_at():
            self._state_wanted = True
        if self._shows() and now >= self._shown_at + self.settings.visualization_interval_s:
            self._shown_at = now
            header = self._headers.next("visualization", now)
            self._effects.append(Send("visualization", messages.visualization(header, self._report)))

    def next_tick_at(self) -> float:
        """When `tick` has something to do, in Unix seconds; inf while there is no link."""
        if self._report is None or not self._linked:
            return math.inf
        due_at = self._state_due_at()
        return min(due_at, self._shown_at + self.settings.visualization_interval_s) if self._shows() else due_at

    def link_up(self, now: float) -> None:
        """Connected and subscribed: say ONLINE, show the factsheet and the state."""
        self._now, self._linked = now, True
        online = messages.connection(self._headers.next("connection", now), ConnectionState.ONLINE)
        self._effects.append(Send("connection", online, qos=1, retain=True))
        self._send_factsheet()
        self._state_wanted = self._report is not None

    def link_down(self) -> None:
        """Nothing can be sent; the robot goes on to the end of its base (6.10.3)."""
        self._linked = False

    def say_goodbye(self, now: float) -> None:
        """Before an orderly disconnect."""
        header = self._headers.next("connection", now)
        self._effects.append(Send("connection", messages.connection(header, ConnectionState.OFFLINE), qos=1, retain=True))

    def last_will(self, now: float) -> Send:
        """What the broker says for us when the connection breaks."""
        header = self._headers.next("connection", now)
        return Send("connection", messages.connection(header, ConnectionState.CONNECTIONBROKEN), qos=1, retain=True)

    # ---- Outputs ----------------------------------------------------------------------------------------------------

    def take_effects(self) -> list[Effect]:
        """All that is to be done now, in order. A `state` that is due is made here, once for all that happened."""
        effects, self._effects = self._effects, []
        if self._save_wanted:
            self._save_wanted = False
            effects.insert(0, Save())
        if self._state_wanted and self._linked and self._report is not None:
            self._state_wanted = False
            self._state_sent_at = self._now
            header = self._headers.next("state", self._now)
            errors = (*self._report.errors, *self._errors)
            state = messages.state(header, self._route, self._book, self._report, errors, paused=self._paused)
            effects.append(Send("state", state))
        return effects

    def snapshot(self) -> Snapshot:
        """What must survive a crash. It refers to live objects: encode it at once (`snapshot.to_bytes`)."""
        return Snapshot(
            route=self._route,
            book=self._book,
            entered=self._entered,
            paused=self._paused,
            cancelling=self._cancelling,
            errors=self._errors,
            fences=self._gate.to_store,
        )

    def restore(self, snapshot: Snapshot, now: float) -> None:
        """Go on with the order of the last snapshot. Call it before anything else; actions that ran are asked after."""
        self._now = now
        self._route, self._book = snapshot.route, snapshot.book
        self._entered, self._paused, self._errors = snapshot.entered, snapshot.paused, snapshot.errors
        self._cancelling = snapshot.cancelling
        self._gate = OrderGate(snapshot.fences)
        for record in self._book.running:
            action_type = record.action.action_type
            if action_type == "startPause":
                self._book.end(record, ActionStatus.FINISHED)
            elif action_type != "cancelOrder":
                self._effects.append(Perform(record.action, again=True))
        if self._cancelling:
            self._on_halted()

    @property
    def order_id(self) -> str:
        return self._route.order_id

    @property
    def last_node_id(self) -> str:
        return self._route.last_node_id

    @property
    def way(self) -> tuple[Waypoint, ...]:
        """The waypoints that the robot was told to drive and has not passed."""
        return self._way

    @property
    def busy(self) -> bool:
        """Nodes left or actions of the order not ended."""
        return bool(self._route.nodes) or self._book.order_unfinished

    def stand_on(self, node_id: str) -> None:
        """Where the robot stands when nothing is remembered (a known parking place)."""
        if not self._route.order_id and not self._route.last_node_id:
            self._route.last_node_id = node_id

    # ---- Orders -----------------------------------------------------------------------------------------------------

    def _on_order(self, order: Order) -> None:
        wrong = acceptance.malformed(order, self.identity, self.settings) or self._outdated(order)
        if wrong is not None:
            self._reject(wrong)
            return
        situation = Situation(self._route, self.busy, self._report)
        verdict = acceptance.judge(order, situation, self.settings)
        if isinstance(verdict, Error):
            self._reject(verdict)
        elif verdict is Verdict.BEGIN:
            self._begin(order)
        elif verdict is Verdict.EXTEND:
            self._extend(order)
        else:
            self._state_wanted = True  # the sender resends because it saw no state of ours

    def _outdated(self, order: Order) -> Error | None:
        """The fence's gate: what is new is saved before anything that this order lets the robot do."""
        try:
            self._save_wanted |= self._gate.admit(order.order_id)
        except StaleFence as stale:
            ids = {"orderId": order.order_id, "headerId": order.header_id, "highestFence": stale.highest}
            return faults.rejection(faults.ORDER_ERROR, stale.detail, stale.fix, **ids)
        return None

    def _begin(self, order: Order) -> None:
        self._route.begin(order)
        self._book.begin_order(order)
        self._entered, self._drive_failed, self._errors = False, False, ()
        self._changed()
        first, report = order.nodes[0].node_position, self._report
        assert first is not None, "acceptance lets no first node without position pass"
        assert report is not None, "acceptance lets no order pass before the robot reports"
        near = math.hypot(first.x - report.x_m, first.y - report.y_m) <= ON_NODE_M
        turned = first.theta is None or abs(math.remainder(first.theta - report.theta_rad, math.tau)) <= ON_NODE_RAD
        if near and turned:
            self._on_passed(order.nodes[0].sequence_id)

    def _extend(self, order: Order) -> None:
        base_end = self._route.decision_point[1]
        self._book.extend_order(order, base_end)
        self._route.extend(order)
        self._changed()

    def _on_passed(self, sequence_id: int) -> None:
        node, edge = self._route.traverse(sequence_id)
        if node is None:
            return
        self._entered = True
        self._way = tuple(w for w in self._way if w.sequence_id > sequence_id)
        if edge is not None:
            self._end_edge_actions(edge.sequence_id)
        self._changed()

    def _end_edge_actions(self, sequence_id: int) -> None:
        """An edge's actions end with the edge (6.11): what runs is given up, what waits never begins."""
        for record in self._book.records:
            if record.scope == "edge" and record.sequence_id == sequence_id and not record.status.ended:
                if record.running:
                    self._effects.append(Abort(record.action.action_id))
                else:
                    self._book.end(record, ActionStatus.FAILED, "the edge was left")

    def _on_drive_failed(self, description: str) -> None:
        self._way, self._drive_failed = (), True
        self._add_error(faults.breakdown(faults.DRIVE_FAILED, description, "cancel the order", orderId=self._route.order_id))
        self._on_halted()

    # ---- Actions ----------------------------------------------------------------------------------------------------

    def _on_instant(self, message: InstantActions) -> None:
        for text in acceptance.header_problems(message, self.identity):
            self._reject(faults.rejection(faults.VALIDATION_ERROR, text, headerId=message.header_id))
            return
        for action in message.actions[:INSTANT_ACTIONS_MAX]:
            record = self._book.add_instant(action)
            if record is not None:
                self._begin_instant(record)
                self._changed()

    def _begin_instant(self, record: ActionRecord) -> None:
        action = record.action
        self._book.start(record)
        match action.action_type:
            case "cancelOrder":
                self._cancel(record)
            case "startPause":
                self._pause(record)
            case "stopPause":
                self._paused = False
                self._book.end(record, ActionStatus.FINISHED)
            case "stateRequest":
                self._book.end(record, ActionStatus.FINISHED)
            case "factsheetRequest":
                self._send_factsheet()
                self._book.end(record, ActionStatus.FINISHED)
            case _:
                self._begin_robots_own(record)

    def _begin_robots_own(self, record: ActionRecord) -> None:
        """An instant action that the robot itself must do (startCharging, initPosition, ...)."""
        action, types = record.action, self.settings.action_types
        if types is not None and action.action_type not in types:
            why = f"this robot can't {action.action_type}"
        elif self._way and action.blocking_type != "NONE":
            why = "the robot is driving"
        else:
            self._effects.append(Perform(action))
            return
        self._book.end(record, ActionStatus.FAILED, why)
        self._add_error(
            faults.rejection(
                faults.INSTANT_ACTION_ERROR, why, actionId=action.action_id, actionType=action.action_type, topic="instantActions"
            )
        )

    def _on_action(self, action_id: str, status: ActionStatus, result: str) -> None:
        record = self._book.change(action_id, status, result)
        if record is None:
            return
        if status is ActionStatus.FAILED:
            action = record.action
            self._add_error(
                faults.rejection(
                    faults.ACTION_FAILED, result or "failed", actionId=action.action_id, actionType=action.action_type
                )
            )
        elif status is ActionStatus.FINISHED and record.action.action_type == "initPosition":
            self._adopt_position(record.action)
        self._changed()

    def _adopt_position(self, action: Action) -> None:
        node_id = parameters_of(action).get("lastNodeId")
        if isinstance(node_id, str) and node_id:
            self._route.last_node_id = node_id

    def _cancel(self, record: ActionRecord) -> None:
        """6.10.1: waiting actions fail, running ones are asked to stop, the robot stops at the next node that it can."""
        if not self.busy:
            self._book.end(record, ActionStatus.FAILED, "no order to cancel")
            self._add_error(faults.rejection(faults.NO_ORDER_TO_CANCEL, "there is no order", actionId=record.action.action_id))
            return
        self._cancelling = record.action.action_id
        self._book.fail_waiting("the order was cancelled")
        for running in self._book.running:
            if running.scope != "instant":
                self._effects.append(Abort(running.action.action_id))
        if self._way:
            self._effects.append(StopDriving(at_node=True))
        else:
            self._on_halted()

    def _on_halted(self) -> None:
        if not self._cancelling:
            return
        self._way = ()
        self._route.clear()
        self._changed()

    def _finish_cancel(self) -> None:
        """FINISHED when the robot stands and the order's last action has ended."""
        if not self._cancelling or self._way or self._route.nodes or self._book.order_unfinished:
            return
        self._book.change(self._cancelling, ActionStatus.FINISHED)
        self._cancelling = ""
        self._drive_failed = False
        self._errors = tuple(e for e in self._errors if e.error_type != faults.DRIVE_FAILED)
        self._changed()

    def _pause(self, record: ActionRecord) -> None:
        self._paused = True
        if self._way and not self._cancelling:
            self._way = ()
            self._effects.append(StopDriving())
        if self._report is None or not self._report.driving:
            self._book.end(record, ActionStatus.FINISHED)

    # ---- The robot's own report -------------------------------------------------------------------------------------

    def _on_report(self, report: RobotReport) -> None:
        before, self._report = self._report, report
        if before is None:
            self._state_wanted = True
            return
        if _key(before) != _key(report):
            self._state_wanted = True
        takes_orders = report.operating_mode in MODES_THAT_TAKE_ORDERS
        if before.operating_mode != report.operating_mode and not takes_orders:
            self._drop_order(f"operating mode {report.operating_mode}")
        if before.driving and not report.driving:
            for record in self._book.running:
                if record.action.action_type == "startPause":
                    self._book.end(record, ActionStatus.FINISHED)
                    self._changed()

    def _drop_order(self, why: str) -> None:
        """Entering MANUAL (or SERVICE, TEACHIN) clears the order at once (6.10.5)."""
        if not self.busy:
            return
        self._book.fail_waiting(why)
        for running in self._book.running:
            if running.scope != "instant":
                self._effects.append(Abort(running.action.action_id))
        if self._way:
            self._effects.append(StopDriving())
        self._way = ()
        self._route.clear()
        self._changed()

    # ---- Going on ---------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """After every input: start what may start, drive where driving is allowed."""
        self._finish_cancel()
        if self._paused or self._cancelling or not self._entered_or_coming():
            return
        at_hand = self._at_hand()
        for record in self._book.ready(at_hand, moving=bool(self._way)):
            self._book.start(record)
            self._effects.append(Perform(record.action))
            self._changed()
        if self._drive_failed or self._book.forbid_driving(self._at_hand()):
            return
        way = self._route.way_ahead()
        if way and way != self._way:
            self._way = way
            self._effects.append(DriveTo(way))

    def _entered_or_coming(self) -> bool:
        """There is an order, and a robot that reports."""
        return self._report is not None and bool(self._route.order_id)

    def _at_hand(self) -> list[ActionRecord]:
        if not self._entered:
            return []
        edges = self._route.edges
        edge = edges[0].sequence_id if edges and edges[0].released else None
        return self._book.at_hand(self._route.last_sequence_id, edge)

    def _changed(self) -> None:
        self._state_wanted = True
        self._save_wanted = True

    def _reject(self, error: Error) -> None:
        self._add_error(error)
        self._state_wanted = True

    def _add_error(self, error: Error) -> None:
        kept = [e for e in self._errors if e != error]
        self._errors = (*kept, error)[-ERRORS_MAX:]

    def _send_factsheet(self) -> None:
        header = self._headers.next("factsheet", self._now)
        self._effects.append(Send("factsheet", messages.factsheet(header, self.settings), retain=True))

    def _shows(self) -> bool:
        return self.settings.visualization_interval_s > 0 and self._report is not None and self._report.driving

    def _state_due_at(self) -> float:
        driving = self._report is not None and self._report.driving
        return self._state_sent_at + (self.settings.state_interval_driving_s if driving else self.settings.state_interval_s)


def _key(report: RobotReport) -> tuple[object, ...]:
    """What must be told at once when it changes (6.10.6)."""
    return (
        report.loads,
        report.errors,
        report.operating_mode,
        report.driving,
        report.charging,
        report.e_stop,
        report.field_violation,
        report.localized,
    )
