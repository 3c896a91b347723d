"""One virtual robot's body: it drives, works, uses its battery, and fails as it is told. Pure, on the world's clock."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from fleet.contracts.resources import RobotModelSpec
from fleet.contracts.vda5050.common import Action, ActionStatus
from fleet.contracts.vda5050.state import Error
from robot_agent.core.faults import breakdown
from robot_agent.core.port import ActionChanged, AdapterEvent, CarriedLoad, DriveFailed, RobotReport, Waypoint
from sim_robots.world.battery import Battery
from sim_robots.world.drive import Drive
from sim_robots.world.work import ACTION_TYPES, Fact, RunningWork, Work, kind_of

#: Battery of a robot that nothing is remembered of, percent.
BATTERY_PCT_AT_START = 90.0


class BodyState(msgspec.Struct, kw_only=True):
    """What a robot's body is after a power cycle of its computer: it stands where it stood. `saved_s`: the world's clock."""

    x_m: float
    y_m: float
    theta_rad: float
    map_id: str
    node_id: str
    battery_pct: float
    charging: bool
    work: Work
    saved_s: float
    odometer_m: float = 0.0


@dataclass(slots=True)
class Body:
    """`chargers`: node ids where startCharging works; None: anywhere. `lie_m`: what the reported x, y are off by."""

    model: RobotModelSpec
    drive: Drive
    battery: Battery
    work: Work
    chargers: frozenset[str] | None = None
    operating_mode: str = "AUTOMATIC"
    e_stop: str = "NONE"
    lie_m: tuple[float, float] = (0.0, 0.0)
    errors: tuple[Error, ...] = ()
    facts: list[Fact] = field(default_factory=list)

    @classmethod
    def standing(
        cls,
        model: RobotModelSpec,
        x_m: float,
        y_m: float,
        theta_rad: float,
        map_id: str,
        *,
        node_id: str = "",
        seed: int = 0,
        now_s: float = 0.0,
        battery_pct: float = BATTERY_PCT_AT_START,
        chargers: frozenset[str] | None = None,
    ) -> Body:
        drive = Drive(model, x_m, y_m, theta_rad, map_id, node_id=node_id, now_s=now_s)
        return cls(model, drive, Battery(model, battery_pct), Work(seed=seed), chargers)

    # ---- What the adapter may ask -----------------------------------------------------------------------------------

    def go(self, way: tuple[Waypoint, ...]) -> list[AdapterEvent]:
        if self.battery.empty:
            return [DriveFailed("the battery is empty")]
        self.battery.charging = False
        return list(self.drive.go(way))

    def stop(self, *, at_node: bool) -> list[AdapterEvent]:
        return list(self.drive.stop(at_node=at_node))

    def perform(self, action: Action) -> list[AdapterEvent]:
        kind = kind_of(action.action_type, self.model)
        if kind not in ACTION_TYPES:
            return [ActionChanged(action.action_id, ActionStatus.FAILED, f"can't {action.action_type}")]
        at_charger = self.chargers is None or self.drive.node_id in self.chargers
        if kind == "startCharging" and action.action_id not in self.work.ended and not at_charger:
            return [ActionChanged(action.action_id, ActionStatus.FAILED, f"no charger at {self.drive.node_id}")]
        answer = self.work.begin(action, self.model, self.drive.now_s)
        return [answer] if answer else []

    def abort(self, action_id: str) -> list[AdapterEvent]:
        answer = self.work.abort(action_id)
        return [answer] if answer else []

    # ---- Faults -----------------------------------------------------------------------------------------------------

    def stall(self, error: Error | None = None) -> None:
        """Stand still until `recover`; with an error to show, or without a word."""
        self.drive.hold()
        if error is not None:
            self.errors = (*(e for e in self.errors if e != error), error)

    def recover(self) -> list[AdapterEvent]:
        self.errors = ()
        return list(self.drive.release())

    # ---- Time -------------------------------------------------------------------------------------------------------

    def next_event_s(self) -> float:
        return min(self.drive.next_event_s(), self.work.next_end_s())

    def advance(self, to_s: float) -> list[AdapterEvent]:
        """Everything that happens up to a time, in order."""
        events: list[AdapterEvent] = []
        while True:
            next_s = self.next_event_s()
            step_s = min(next_s, to_s)
            events += self._advance_to(max(step_s, self.drive.now_s))
            if next_s > to_s:
                return events

    def _advance_to(self, to_s: float) -> list[AdapterEvent]:
        before_s, before_m = self.drive.now_s, self.drive.odometer_m
        was_empty = self.battery.empty
        events: list[AdapterEvent] = list(self.drive.advance(to_s))
        self.battery.advance(to_s - before_s, self.drive.odometer_m - before_m)
        if self.battery.empty and not was_empty:
            self.drive.stop(at_node=False)
            self.errors = (*self.errors, breakdown("batteryEmpty", "the battery is empty", "push the robot to a charger"))
            events.append(DriveFailed("the battery is empty"))
        for changed, fact, kind in self.work.finish(to_s, self.drive.node_id, self.model):
            events.append(changed)
            if fact is not None:
                self.facts.append(fact)
            self.battery.charging = (self.battery.charging or kind == "startCharging") and kind != "stopCharging"
        return events

    def take_facts(self) -> list[Fact]:
        facts, self.facts = self.facts, []
        return facts

    # ---- What it says of itself -------------------------------------------------------------------------------------

    def report(self) -> RobotReport:
        x, y, theta = self.drive.pose()
        moving = self.drive.motion is not None
        return RobotReport(
            x_m=x + self.lie_m[0],
            y_m=y + self.lie_m[1],
            theta_rad=theta,
            map_id=self.drive.map_id,
            battery_pct=self.battery.pct,
            charging=self.battery.charging,
            driving=moving,
            speed_mps=self.drive.speed_mps,
            turn_speed_radps=self.drive.turn_speed_radps,
            loads=tuple(CarriedLoad(load_id) for load_id in self.work.loads),
            operating_mode=self.operating_mode,
            e_stop=self.e_stop,
            errors=self.errors,
            distance_since_node_m=self.drive.since_node_m,
            reach_m=self.battery.reach_m,
        )

    # ---- Remembering ------------------------------------------------------------------------------------------------

    def save(self) -> BodyState:
        """It refers to live objects: encode it at once."""
        x, y, theta = self.drive.pose()
        return BodyState(
            x_m=x,
            y_m=y,
            theta_rad=theta,
            map_id=self.drive.map_id,
            node_id=self.drive.node_id,
            battery_pct=self.battery.pct,
            charging=self.battery.charging,
            work=self.work,
            saved_s=self.drive.now_s,
            odometer_m=self.drive.odometer_m,
        )

    def load(self, state: BodyState) -> None:
        """Stand as remembered; work that ran goes on with what was left of it."""
        now_s = self.drive.now_s
        self.drive = Drive(
            self.model,
            state.x_m,
            state.y_m,
            state.theta_rad,
            state.map_id,
            node_id=state.node_id,
            now_s=now_s,
            odometer_m=state.odometer_m,
        )
        self.battery = Battery(self.model, state.battery_pct, state.charging)
        running = {
            k: RunningWork(action=r.action, end_s=now_s + max(0.0, r.end_s - state.saved_s))
            for k, r in state.work.running.items()
        }
        self.work = Work(seed=self.work.seed, loads=list(state.work.loads), running=running, ended=dict(state.work.ended))
