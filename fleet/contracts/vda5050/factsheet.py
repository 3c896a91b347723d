"""`factsheet`: what a robot says of itself (6.15). Everything may be missing: treat that as unknown."""

from __future__ import annotations

from typing import Any

from fleet.contracts.vda5050.common import Message, Part


class TypeSpecification(Part, frozen=True, kw_only=True):
    series_name: str
    agv_kinematic: str
    agv_class: str
    max_load_mass: float
    localization_types: tuple[str, ...]
    navigation_types: tuple[str, ...]
    series_description: str | None = None


class PhysicalParameters(Part, frozen=True, kw_only=True):
    speed_min: float
    speed_max: float
    acceleration_max: float
    deceleration_max: float
    height_max: float
    width: float
    length: float
    height_min: float | None = None
    angular_speed_max: float | None = None


class Factsheet(Message, frozen=True, kw_only=True):
    """The parts that nobody here computes with (limits, features, geometry, loads) stay plain JSON."""

    type_specification: TypeSpecification | None = None
    physical_parameters: PhysicalParameters | None = None
    protocol_limits: dict[str, Any] | None = None
    protocol_features: dict[str, Any] | None = None
    agv_geometry: dict[str, Any] | None = None
    load_specification: dict[str, Any] | None = None
    vehicle_config: dict[str, Any] | None = None
