"""Header, action and pose: what several messages share."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import field


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """The flat header (6.4). header_id: uint32 per topic; timestamp: ISO 8601 UTC."""

    header_id: int
    timestamp: str
    version: str
    manufacturer: str
    serial_number: str


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    pass


class BlockingType(StrEnum):
    NONE = "NONE"  # parallel to anything
    SOFT = "SOFT"  # parallel to other actions, not to driving
    HARD = "HARD"  # alone


class ActionStatus(StrEnum):
    WAITING = "WAITING"
    INITIALIZING = "INITIALIZING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"

    @property
    def ended(self) -> bool:
        return self in (ActionStatus.FINISHED, ActionStatus.FAILED)


class ActionParameter(Part, frozen=True, kw_only=True):
    key: str
    value: Any


class Action(Part, frozen=True, kw_only=True):
    """`action_id` is unique for ever; the robot does one id at most once."""

    action_type: str
    action_id: str
    blocking_type: BlockingType
    action_description: str | None = None
    action_parameters: tuple[ActionParameter, ...] = ()


class NodePosition(Part, frozen=True, kw_only=True):
    x: float
    y: float
    map_id: str
    theta: float | None = None
    allowed_deviation_xy: float | None = field(default=None, name="allowedDeviationXY")
    allowed_deviation_theta: float | None = None
    map_description: str | None = None


class ControlPoint(Part, frozen=True, kw_only=True):
    x: float
    y: float
    weight: float | None = None


class Trajectory(Part, frozen=True, kw_only=True):
    degree: int
    knot_vector: tuple[float, ...]
    control_points: tuple[ControlPoint, ...]
