"""The robot's own messages: connection, state, visualization, factsheet (VDA 5050 2.1, 6.10, 6.12, 6.14, 6.15)."""

from __future__ import annotations

from typing import TypedDict

from fleet.contracts.vda5050.codec import timestamp
from fleet.contracts.vda5050.factsheet import Factsheet, PhysicalParameters, TypeSpecification
from fleet.contracts.vda5050.state import (
    AgvPosition,
    BatteryState,
    Connection,
    ConnectionState,
    EdgeState,
    Error,
    Load,
    NodeState,
    SafetyState,
    State,
    Velocity,
    Visualization,
)
from robot_agent.core.acceptance import ORDER_NODES_MAX
from robot_agent.core.actions import ActionBook
from robot_agent.core.config import AgentSettings, Identity
from robot_agent.core.port import RobotReport
from robot_agent.core.route import Route

_UINT32 = 2**32
#: Types that the executor does by itself, whatever the robot is.
INSTANT_ACTIONS = ("cancelOrder", "startPause", "stopPause", "stateRequest", "factsheetRequest")


class Header(TypedDict):
    header_id: int
    timestamp: str
    version: str
    manufacturer: str
    serial_number: str


class Headers:
    """Counts each topic's messages (6.4): from 0 after each start, uint32."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._next: dict[str, int] = {}

    def next(self, topic_name: str, now: float) -> Header:
        header_id = self._next.get(topic_name, 0)
        self._next[topic_name] = (header_id + 1) % _UINT32
        return Header(
            header_id=header_id,
            timestamp=timestamp(now),
            version=self._identity.version,
            manufacturer=self._identity.manufacturer,
            serial_number=self._identity.serial_number,
        )


def connection(header: Header, state: ConnectionState) -> Connection:
    return Connection(connection_state=state, **header)


def position_of(report: RobotReport) -> AgvPosition:
    return AgvPosition(
        x=round(report.x_m, 4),
        y=round(report.y_m, 4),
        theta=round(report.theta_rad, 5),
        map_id=report.map_id,
        position_initialized=report.localized,
    )


def velocity_of(report: RobotReport) -> Velocity:
    return Velocity(vx=round(report.speed_mps, 4), vy=0.0, omega=round(report.turn_speed_radps, 4))


def visualization(header: Header, report: RobotReport) -> Visualization:
    return Visualization(agv_position=position_of(report), velocity=velocity_of(report), **header)


def state(
    header: Header, route: Route, book: ActionBook, report: RobotReport, errors: tuple[Error, ...], *, paused: bool
) -> State:
    """Everything at once, as it is now."""
    return State(
        order_id=route.order_id,
        order_update_id=route.order_update_id,
        last_node_id=route.last_node_id,
        last_node_sequence_id=route.last_sequence_id,
        node_states=tuple(
            NodeState(node_id=n.node_id, sequence_id=n.sequence_id, released=n.released, node_position=n.node_position)
            for n in route.nodes
        ),
        edge_states=tuple(EdgeState(edge_id=e.edge_id, sequence_id=e.sequence_id, released=e.released) for e in route.edges),
        driving=report.driving,
        action_states=tuple(r.as_state() for r in book.records),
        battery_state=BatteryState(
            battery_charge=round(report.battery_pct, 2), charging=report.charging, reach=_rounded(report.reach_m)
        ),
        operating_mode=report.operating_mode,
        errors=errors,
        safety_state=SafetyState(e_stop=report.e_stop, field_violation=report.field_violation),
        agv_position=position_of(report),
        velocity=velocity_of(report),
        loads=_loads(report),
        paused=paused,
        new_base_request=route.needs_new_base(),
        distance_since_last_node=_rounded(report.distance_since_node_m),
        **header,
    )


def _loads(report: RobotReport) -> tuple[Load, ...] | None:
    if report.loads is None:
        return None
    return tuple(Load(load_id=c.load_id, load_type=c.load_type or None, weight=c.weight_kg) for c in report.loads)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def factsheet(header: Header, settings: AgentSettings) -> Factsheet:
    """What is known of the robot; header only when it was given no model."""
    model = settings.model
    if model is None:
        return Factsheet(**header)
    types = sorted(settings.action_types or ())
    return Factsheet(
        type_specification=TypeSpecification(
            series_name=model.series or model.type,
            agv_kinematic="DIFF",
            agv_class="FORKLIFT" if "fork" in model.type.lower() else "CARRIER",
            max_load_mass=model.payload_kg,
            localization_types=("NATURAL",),
            navigation_types=("VIRTUAL_LINE_GUIDED",),
        ),
        physical_parameters=PhysicalParameters(
            speed_min=0.0,
            speed_max=model.speed_mps_max,
            acceleration_max=model.acceleration_mps2,
            deceleration_max=model.acceleration_mps2,
            height_max=2.0,
            width=model.width_m,
            length=model.length_m,
            angular_speed_max=model.turn_speed_radps,
        ),
        protocol_limits={
            "maxStringLens": {},
            "maxArrayLens": {"order.nodes": ORDER_NODES_MAX},
            "timing": {
                "minOrderInterval": 0.1,
                "minStateInterval": 0.05,
                "defaultStateInterval": settings.state_interval_s,
                "visualizationInterval": settings.visualization_interval_s,
            },
        },
        protocol_features={
            "optionalParameters": [],
            "agvActions": [
                *({"actionType": t, "actionScopes": ["INSTANT"], "actionParameters": []} for t in INSTANT_ACTIONS),
                *({"actionType": t, "actionScopes": ["NODE"], "actionParameters": []} for t in types),
            ],
        },
        agv_geometry={},
        load_specification={"loadPositions": [], "loadSets": []},
        **header,
    )
