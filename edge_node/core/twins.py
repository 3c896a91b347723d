"""The twin's reported side: what a robot says, and what we do with it, as one RobotStatus."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from edge_node.core.context import Context
from edge_node.core.effects import Section
from edge_node.core.unit import MODES_THAT_TAKE_ORDERS, Unit
from fleet.contracts.resources import Condition, Kind, Resource, RobotActivity, RobotError, RobotStatus
from fleet.contracts.vda5050 import codec
from fleet.contracts.wire import Telemetry
from fleet.traffic.control import RouteView

#: A status in which only the pose (or the battery's decimals) moved is shown at most this often, seconds.
POSE_EVERY_S = 1.0
#: One that tells of progress on the way is stored and reported at most this often, seconds; and of all robots together at most
#: so many a second.
PROGRESS_EVERY_S = 1.0
PROGRESS_PER_S = 50.0
#: A change of charge that counts, percent.
BATTERY_STEP_PCT = 1.0
#: Slower than this a robot stands, metres per second.
STANDING_MPS = 0.02
#: The condition that says what a robot on its way waits for.
MOVING = "Moving"


class Weight(Enum):
    """What of a status has changed."""

    MOTION = 0  # pose, speed, a little of the battery
    PROGRESS = 1
    AT_ONCE = 2


class Twins:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def update(self, units: Iterable[Unit], now: float) -> None:
        """Put the statuses that have changed: what matters at once, progress and mere motion now and then."""
        for unit in units:
            waited = unit.status_waits and now - unit.status_at >= POSE_EVERY_S
            if (unit.status_dirty or waited) and unit.name in self._ctx.resources[Kind.ROBOT]:
                self._one(unit, now)

    def _one(self, unit: Unit, now: float) -> None:
        status = self.derive(unit, now)
        unit.status_dirty = False
        weight = _weight(unit.stored, status)
        every_s = max(PROGRESS_EVERY_S, len(self._ctx.units) / PROGRESS_PER_S)
        durable = weight is Weight.AT_ONCE or (weight is Weight.PROGRESS and now - unit.stored_at >= every_s)
        if not durable and now - unit.status_at < POSE_EVERY_S:
            unit.status_waits = True
            return
        unit.status_waits = weight is Weight.PROGRESS and not durable
        if status == unit.status and not durable:
            return
        unit.status, unit.status_at = status, now
        if durable:
            unit.stored, unit.stored_at = status, now
        old = self._ctx.resources[Kind.ROBOT][unit.name]
        self._ctx.put(
            Resource(kind=Kind.ROBOT, metadata=old.metadata, spec=old.spec, status=status), Section.STATUS, durable=durable
        )

    def derive(self, unit: Unit, now: float) -> RobotStatus:
        state = unit.state
        view = self._route(unit)
        under_way = view is not None and len(view.nodes) > 1
        task = unit.task or (unit.leg.order_id.partition(".")[0] if unit.leg is not None else "")
        common = {
            "connection": self._connection(unit),
            "activity": activity(unit, self._ctx.stopped),
            "pose": unit.pose,
            "last_node": unit.node,
            "order_id": unit.leg.order_id if unit.leg is not None else "",
            "task": unit.task,
            "step": unit.leg.doing or "drive"
            if unit.leg is not None
            else ("wait" if unit.dwell_until is not None and task else ""),
            "path": view.nodes if view is not None and under_way else (),
            "base_nodes": view.base_nodes if view is not None and under_way else 0,
            "reported_at": unit.heard_at or 0.0,
            "conditions": self._conditions(unit, view),
        }
        if state is None:
            return RobotStatus(**common)  # type: ignore[arg-type]
        charge = state.battery_state.battery_charge
        return RobotStatus(
            speed_mps=round(unit.speed_mps, 2),
            battery_pct=round(charge, 1) if charge != codec.BATTERY_UNKNOWN_PCT else None,
            charging=state.battery_state.charging,
            loads=tuple(load.load_id or load.load_type or "load" for load in state.loads or ()),
            operating_mode=state.operating_mode,
            paused=bool(state.paused),
            e_stop=state.safety_state.e_stop,
            errors=tuple(
                RobotError(
                    error_type=e.error_type,
                    level=e.error_level,
                    description=e.error_description or "",
                    hint=e.error_hint or "",
                )
                for e in state.errors
            ),
            **common,  # type: ignore[arg-type]
        )

    def _connection(self, unit: Unit) -> str:
        """A robot that is silent beyond its time is as good as broken, whatever its retained message says."""
        if unit.silent and unit.state is not None and unit.connection == "ONLINE":
            return "CONNECTIONBROKEN"
        return unit.connection

    def _route(self, unit: Unit) -> RouteView | None:
        """Asked once for each status: it follows the way to the goal."""
        if self._ctx.traffic is None or not unit.known or not unit.placed:
            return None
        return self._ctx.traffic.route(unit.name)

    def _conditions(self, unit: Unit, view: RouteView | None) -> tuple[Condition, ...]:
        """Only what an operator must do something about."""
        found = []
        if unit.trouble:
            found.append(Condition(type="Placed", status="False", reason="NotPlaced", message=unit.trouble))
        if unit.implausible:
            found.append(
                Condition(
                    type="PositionTrusted",
                    status="False",
                    reason="PositionImplausible",
                    message="its reports contradict each other",
                )
            )
        if unit.recalled:
            found.append(
                Condition(type="Available", status="False", reason="Recalled", message="recalled; resume it to give it tasks")
            )
        if unit.wants_charge:
            found.append(Condition(type="Available", status="False", reason="BatteryLow", message="must charge first"))
        if unit.leg is not None and view is not None and view.reason:
            found.append(Condition(type=MOVING, status="False", reason=f"BlockedBy {view.blocked_by}", message=view.reason))
        return tuple(found)

    def telemetry(self, now: float, epoch: int) -> Telemetry:
        units = [u for u in self._ctx.units.values() if u.pose is not None]
        return Telemetry(
            epoch=epoch,
            at=now,
            robots=[u.name for u in units],
            x_m=[round(u.pose.x_m, 3) for u in units if u.pose is not None],
            y_m=[round(u.pose.y_m, 3) for u in units if u.pose is not None],
            theta_rad=[round(u.pose.theta_rad, 3) for u in units if u.pose is not None],
            battery_pct=[u.state.battery_state.battery_charge if u.state is not None else -1.0 for u in units],
            activity=[str(activity(u, self._ctx.stopped)) for u in units],
            loaded=[bool(u.load_ids) for u in units],
            age_s=[round(max(0.0, now - u.pose_at), 2) for u in units],
        )


def activity(unit: Unit, stopped: bool) -> RobotActivity:
    """The first that fits, in the order of what an operator must see first."""
    state = unit.state
    if state is None or unit.silent or unit.connection in ("OFFLINE", "CONNECTIONBROKEN"):
        return RobotActivity.OFFLINE
    if unit.blocking_errors() or unit.implausible or state.safety_state.e_stop != "NONE":
        return RobotActivity.ERROR
    if stopped:
        return RobotActivity.STOPPED
    if state.operating_mode not in MODES_THAT_TAKE_ORDERS:
        return RobotActivity.MANUAL
    if state.paused or unit.pause_ours:
        return RobotActivity.PAUSED
    leg = unit.leg
    if (
        leg is not None
        and leg.action is not None
        and any(_runs(a.action_status) for a in state.action_states if a.action_id == leg.action.action_id)
    ):
        return RobotActivity.WORKING
    if state.driving or unit.speed_mps > STANDING_MPS:
        return RobotActivity.MOVING
    if unit.task or leg is not None:
        return RobotActivity.WORKING if unit.dwell_until is not None else RobotActivity.WAITING
    return RobotActivity.CHARGING if state.battery_state.charging else RobotActivity.IDLE


def _runs(status: str) -> bool:
    return status in ("INITIALIZING", "RUNNING", "PAUSED")


def _weight(stored: RobotStatus, new: RobotStatus) -> Weight:
    """How much the new status differs from the stored one."""
    for name in _AT_ONCE:
        if getattr(stored, name) != getattr(new, name):
            return Weight.AT_ONCE
    if (stored.battery_pct is None) != (new.battery_pct is None):
        return Weight.AT_ONCE
    if abs((stored.battery_pct or 0.0) - (new.battery_pct or 0.0)) >= BATTERY_STEP_PCT:
        return Weight.AT_ONCE
    if stored.activity is not new.activity and not {stored.activity, new.activity} <= _UNDER_WAY:
        return Weight.AT_ONCE
    if [c for c in stored.conditions if c.type != MOVING] != [c for c in new.conditions if c.type != MOVING]:
        return Weight.AT_ONCE
    return Weight.PROGRESS if any(getattr(stored, n) != getattr(new, n) for n in _PROGRESS) else Weight.MOTION


#: Where it is on its way, and what it waits for there: of no use after a restart, since robots say it themselves.
_PROGRESS = ("last_node", "path", "base_nodes", "activity", "conditions")
_UNDER_WAY = {RobotActivity.MOVING, RobotActivity.WAITING}
_AT_ONCE = tuple(
    f for f in RobotStatus.__struct_fields__ if f not in ("pose", "speed_mps", "reported_at", "battery_pct", *_PROGRESS)
)
