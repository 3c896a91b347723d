"""Orders and instant actions as messages: pure building from a leg and the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge_node.core.leg import Leg
from edge_node.core.unit import Unit
from fleet.contracts import codec as json_codec
from fleet.contracts.resources import ActionTemplate, TaskSpec
from fleet.contracts.topics import robot_topic
from fleet.contracts.vda5050 import codec
from fleet.contracts.vda5050.common import Action, ActionParameter, BlockingType, NodePosition
from fleet.contracts.vda5050.order import Edge, InstantActions, Node, Order
from fleet.layout.graph import SiteEdge, SiteGraph

#: How much farther than the robot really stands the first node's allowed deviation reaches, metres.
FIRST_NODE_MARGIN_M = 0.5


def topic_of(unit: Unit, topic: str) -> str:
    prefix, manufacturer, serial_number = unit.key
    return robot_topic(prefix, manufacturer, serial_number, topic)


def header_of(unit: Unit, topic: str, now: float) -> dict[str, Any]:
    """headerId counts per robot and topic, from 1 after each start (6.4)."""
    unit.headers[topic] = (unit.headers.get(topic, 0) + 1) % 2**32
    return {
        "header_id": unit.headers[topic],
        "timestamp": codec.timestamp(now),
        "version": unit.version,
        "manufacturer": unit.model.manufacturer,
        "serial_number": unit.spec.serial_number,
    }


def order_message(unit: Unit, leg: Leg, horizon: Sequence[str], graph: SiteGraph, now: float) -> Order:
    """The order (nothing sent yet) or the update that stitches on at the last base node that was sent.

    The action stands on the goal once that is released: it is the last node then, so that a stitching node never carries one.
    """
    first = max(0, leg.sent - 1)
    base = leg.nodes[first:]
    names = [*base, *horizon]
    edges = [*(graph.edges[e] for e in leg.edges[first:]), *horizon_edges(base[-1], horizon, graph)]
    nodes = tuple(
        Node(
            node_id=name,
            sequence_id=2 * (first + i),
            released=i < len(base),
            node_position=_position(unit, leg, first + i, name, graph),
            actions=(leg.action,) if leg.action is not None and leg.complete and i == len(base) - 1 else (),
        )
        for i, name in enumerate(names)
    )
    return Order(
        order_id=leg.order_id,
        order_update_id=leg.update_id,
        nodes=nodes,
        edges=tuple(_edge(unit, edge, 2 * (first + i) + 1, i < len(base) - 1) for i, edge in enumerate(edges)),
        **header_of(unit, "order", now),
    )


def horizon_edges(start: str, horizon: Sequence[str], graph: SiteGraph) -> list[SiteEdge]:
    found = []
    for end in horizon:
        edge = graph.edge_between(start, end)
        assert edge is not None, f"traffic plans over edges, there is none from {start} to {end}"
        found.append(edge)
        start = end
    return found


def _position(unit: Unit, leg: Leg, index: int, name: str, graph: SiteGraph) -> NodePosition:
    node = graph.nodes[name]
    dialect = unit.model.dialect
    deviation_m = dialect.node_deviation_m
    if index == 0:
        deviation_m = dialect.first_node_deviation_m
        if unit.pose is not None:
            # as openTCS does: the robot may stand between nodes after a cancellation, the circle must include it
            away_m = ((unit.pose.x_m - node.x_m) ** 2 + (unit.pose.y_m - node.y_m) ** 2) ** 0.5
            deviation_m = max(deviation_m, away_m + FIRST_NODE_MARGIN_M)
    goal = index == len(leg.nodes) - 1 and leg.complete and index > 0
    theta = node.theta_rad if goal else None
    return NodePosition(x=node.x_m, y=node.y_m, map_id=node.map_id, theta=theta, allowed_deviation_xy=round(deviation_m, 3))


def _edge(unit: Unit, edge: SiteEdge, sequence_id: int, released: bool) -> Edge:
    limits = [v for v in (edge.speed_mps_max, unit.speed_limit_mps) if v is not None]
    return Edge(
        edge_id=edge.edge_id,
        sequence_id=sequence_id,
        released=released,
        start_node_id=edge.start,
        end_node_id=edge.end,
        max_speed=min(limits) if limits else None,
        actions=(),
    )


def step_action(unit: Unit, doing: str, order_id: str, place: str, station: str, task: TaskSpec | None, load_id: str) -> Action:
    """The VDA 5050 action of a step, by the model's template or under its own name with the standard's parameters."""
    template = unit.model.actions.get(doing)
    if template is None:
        template = ActionTemplate(action_type=doing, parameters=_standard_parameters(doing, task))
    words: Mapping[str, str] = {
        "item": task.item or "" if task is not None else "",
        "place": place,
        "station": station,
        "load_id": load_id,
    }
    parameters = tuple(ActionParameter(key=k, value=_filled(v, words)) for k, v in template.parameters.items())
    return Action(
        action_type=template.action_type,
        action_id=f"{order_id}.{template.action_type}",
        blocking_type=BlockingType(template.blocking_type),
        action_parameters=parameters,
    )


def _standard_parameters(doing: str, task: TaskSpec | None) -> dict[str, Any]:
    """VDA 5050 2.1, 6.8.2."""
    if doing in ("pick", "drop"):
        parameters: dict[str, Any] = {
            "stationType": "floor",
            "stationName": "{place}",
            "loadType": "{item}",
            "loadId": "{load_id}",
        }
        if doing == "pick" and task is not None and task.load_kg is not None:
            parameters["weight"] = task.load_kg
        return parameters
    if task is not None and task.duration_s is not None:
        return {"duration": task.duration_s}
    return {}


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    """{item}, {place}, {station}, {load_id} in texts; anything else in braces stays as it is."""
    if not isinstance(value, str):
        return value
    for word, meaning in words.items():
        value = value.replace("{" + word + "}", meaning)
    return value


def instant_payload(unit: Unit, actions: Sequence[Action], now: float) -> bytes:
    """instantActions, under both names where the robot's dialect wants that."""
    message = InstantActions(actions=tuple(actions), **header_of(unit, "instantActions", now))
    if unit.model.dialect.instant_actions_field == "both":
        document = json_codec.to_builtins(message)
        document["instantActions"] = document["actions"]
        return json_codec.encode(document)
    return codec.write(message)


def instant_action(action_type: str, action_id: str) -> Action:
    blocking = BlockingType.HARD if action_type in ("startPause", "stopPause", "cancelOrder") else BlockingType.NONE
    return Action(action_type=action_type, action_id=action_id, blocking_type=blocking)
