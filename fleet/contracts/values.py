"""Values that a manifest's fields may have beyond their types: ranges, and what a spec needs to make sense by itself.

Names are judged elsewhere (fleet/tasks/references.py), since they need the site.
"""

from __future__ import annotations

from fleet.contracts import topics
from fleet.contracts.command_ir import QUANTITY_MAX, STOPS_MAX, Action
from fleet.contracts.errors import InvalidInput
from fleet.contracts.policy import LanguagePolicySpec, check_policy
from fleet.contracts.resources import AnySpec, ClosureSpec, Dialect, RobotModelSpec, RobotSpec, TaskSpec

#: Largest length, weight, speed or time that any field may hold (a typing error rather than a robot beyond it).
NUMBER_MAX = 1e6
#: Latest time of a schedule, Unix seconds: the year 2200.
MOMENT_MAX = 7_258_118_400.0

_ABOVE_ZERO = ("length_m", "width_m", "speed_mps_max", "acceleration_mps2", "turn_speed_radps", "battery_capacity_m")
_NOT_NEGATIVE = ("payload_kg", "pick_s", "drop_s", "battery_idle_pct_per_h", "charge_pct_per_min")


def check_values(spec: AnySpec) -> None:
    """Raises InvalidInput naming the field, `spec.` first."""
    match spec:
        case RobotModelSpec():
            _model(spec)
        case RobotSpec():
            topics.level(spec.serial_number, field="spec.serial_number")
            _within(spec.payload_kg, 0.0, NUMBER_MAX, "spec.payload_kg")
        case TaskSpec():
            _task(spec)
        case ClosureSpec():
            if not spec.targets:
                raise InvalidInput("empty", field="spec.targets", fix="name at least one place, area or node")
            _within(spec.until_at, 0.0, MOMENT_MAX, "spec.until_at")
        case LanguagePolicySpec():
            check_policy(spec)


def _model(spec: RobotModelSpec) -> None:
    topics.level(spec.manufacturer, field="spec.manufacturer")
    for name in _ABOVE_ZERO:
        if not 0.0 < getattr(spec, name) <= NUMBER_MAX:
            raise InvalidInput(f"{getattr(spec, name):g}", field=f"spec.{name}", fix=f"use more than 0, up to {NUMBER_MAX:g}")
    for name in _NOT_NEGATIVE:
        _within(getattr(spec, name), 0.0, NUMBER_MAX, f"spec.{name}")
    _within(spec.load_units_max, 1, QUANTITY_MAX, "spec.load_units_max")
    _within(spec.battery_low_pct, 0.0, 100.0, "spec.battery_low_pct")
    _dialect(spec.dialect)


def _dialect(dialect: Dialect) -> None:
    parts = dialect.topic_prefix.split("/")
    if len(parts) != 2:
        raise InvalidInput("not interfaceName/majorVersion", field="spec.dialect.topic_prefix", fix="write uagv/v2")
    for part in parts:
        topics.level(part, field="spec.dialect.topic_prefix")
    _within(dialect.horizon_nodes, 0, 1000, "spec.dialect.horizon_nodes")
    for name in ("first_node_deviation_m", "node_deviation_m", "silent_after_s"):
        _within(getattr(dialect, name), 0.0, NUMBER_MAX, f"spec.dialect.{name}")


def _task(spec: TaskSpec) -> None:
    _within(spec.quantity, 1, QUANTITY_MAX, "spec.quantity")
    _within(spec.load_kg, 0.0, NUMBER_MAX, "spec.load_kg")
    _within(spec.duration_s, 0.0, NUMBER_MAX, "spec.duration_s")
    for name in ("not_before_at", "deadline_at"):
        _within(getattr(spec, name), 0.0, MOMENT_MAX, f"spec.{name}")
    if len(spec.stops) > STOPS_MAX:
        raise InvalidInput(f"{len(spec.stops)} places", field="spec.stops", fix=f"give at most {STOPS_MAX}")
    if spec.action is Action.TRANSPORT and not (spec.source and spec.target):
        raise InvalidInput("a transport goes from one place to another", field="spec.from", fix="give from and to")
    if spec.action is Action.GOTO and not (spec.target or spec.stops):
        raise InvalidInput("nowhere to go", field="spec.to", fix="give to, or stops")


def _within(value: float | None, low: float, high: float, field: str) -> None:
    """NaN is in no range."""
    if value is not None and not low <= value <= high:
        raise InvalidInput(f"{value:g}", field=field, fix=f"use {low:g} to {high:g}")
