"""May this order be taken? VDA 5050 2.1, figure 8, as pure functions from (order, where we are) to a verdict.

Rejections never change the current order; the reason goes into `state.errors` with references to the message.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from fleet.contracts.vda5050.common import Action
from fleet.contracts.vda5050.order import Node, Order
from fleet.contracts.vda5050.state import Error
from robot_agent.core import faults
from robot_agent.core.config import AgentSettings, Identity
from robot_agent.core.port import RobotReport
from robot_agent.core.route import Route

#: Most nodes that one order message may carry.
ORDER_NODES_MAX = 1000
#: Most actions on one node or edge.
ACTIONS_MAX = 50
MODES_THAT_TAKE_ORDERS = ("AUTOMATIC", "SEMIAUTOMATIC")


class Verdict(Enum):
    BEGIN = "a new order"
    EXTEND = "an update to stitch on"
    SAME = "what we have already"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the verdict depends on. `busy`: nodes left, or actions of the order not ended (a horizon counts)."""

    route: Route
    busy: bool
    report: RobotReport | None


def malformed(order: Order, identity: Identity, settings: AgentSettings) -> Error | None:
    """What is wrong with the message by itself, whatever the robot is doing: the first thing."""
    return next(_problems(order, identity, settings), None)


def judge(order: Order, situation: Situation, settings: AgentSettings) -> Verdict | Error:
    """The verdict on an order that is not malformed, or the error to report."""
    route = situation.route
    if order.order_id != route.order_id:
        return _judge_new(order, situation, settings)
    if order.order_update_id < route.order_update_id:
        return _update_error(order, f"orderUpdateId {order.order_update_id} is older than {route.order_update_id}")
    if order.order_update_id == route.order_update_id:
        return Verdict.SAME
    if route.cancelled:
        return _update_error(order, "the order was cancelled", "send a new orderId")
    return _judge_stitch(order, route)


def _judge_new(order: Order, situation: Situation, settings: AgentSettings) -> Verdict | Error:
    ids: dict[str, Any] = {"orderId": order.order_id, "headerId": order.header_id}
    if situation.busy:
        held = situation.route.order_id
        return faults.rejection(faults.ORDER_ERROR, f"order {held} is not finished", "cancel it first", **ids)
    report = situation.report
    if report is None or report.operating_mode not in MODES_THAT_TAKE_ORDERS:
        mode = report.operating_mode if report else "unknown"
        return faults.rejection(faults.ORDER_ERROR, f"no orders in operating mode {mode}", "switch to AUTOMATIC", **ids)
    if any(not n.node_position for n in order.nodes):
        node_id = next(n.node_id for n in order.nodes if not n.node_position)
        return faults.rejection(
            faults.ORDER_ERROR, f"node {node_id} has no nodePosition", "send positions", nodeId=node_id, **ids
        )
    if not start_is_near(order.nodes[0], situation.route.last_node_id, report, settings):
        return faults.rejection(
            faults.NO_ROUTE_ERROR,
            f"the robot is too far from the first node {order.nodes[0].node_id}",
            "begin at lastNodeId or at the robot's position",
            nodeId=order.nodes[0].node_id,
            **ids,
        )
    return Verdict.BEGIN


def start_is_near(first: Node, last_node_id: str, report: RobotReport, settings: AgentSettings) -> bool:
    """The robot stands in the first node's allowed deviation, or came from that very node."""
    position = first.node_position
    assert position is not None
    if first.node_id == last_node_id:
        return True
    allowed_m = settings.start_deviation_m
    if position.allowed_deviation_xy is not None:
        allowed_m = max(position.allowed_deviation_xy, 0.05)
    return math.hypot(position.x - report.x_m, position.y - report.y_m) <= allowed_m


def _judge_stitch(order: Order, route: Route) -> Verdict | Error:
    first = order.nodes[0]
    expected = route.decision_point
    if (first.node_id, first.sequence_id) != expected:
        return _update_error(
            order,
            f"the update begins at {first.node_id}/{first.sequence_id}, the base ends at {expected[0]}/{expected[1]}",
            "begin with the last released node",
        )
    ours = next((n for n in route.nodes if n.sequence_id == first.sequence_id), None)
    held = {a.action_id for a in ours.actions} if ours else set()
    added = [a.action_id for a in first.actions if a.action_id not in held]
    if ours is not None and added:
        return _update_error(order, f"new actions {added} on a node of the base", "the base can't be changed")
    missing = next((n for n in order.nodes[1:] if not n.node_position), None)
    if missing:
        return _update_error(order, f"node {missing.node_id} has no nodePosition", "send positions")
    return Verdict.EXTEND


def _update_error(order: Order, description: str, hint: str = "") -> Error:
    return faults.rejection(
        faults.ORDER_UPDATE_ERROR,
        description,
        hint,
        orderId=order.order_id,
        orderUpdateId=order.order_update_id,
        headerId=order.header_id,
    )


# ---- The message by itself ------------------------------------------------------------------------------------------


def _problems(order: Order, identity: Identity, settings: AgentSettings) -> Iterator[Error]:
    """What is wrong with the message itself, first things first."""
    ids: dict[str, Any] = {"orderId": order.order_id, "headerId": order.header_id}
    for text in header_problems(order, identity):
        yield faults.rejection(faults.VALIDATION_ERROR, text, **ids)
    for text in _shape_problems(order):
        yield faults.rejection(faults.VALIDATION_ERROR, text, "see VDA 5050 6.6.1", **ids)
    seen: set[str] = set()
    for action in _actions(order):
        if action.action_id in seen:
            yield faults.rejection(faults.VALIDATION_ERROR, "actionId twice", actionId=action.action_id, **ids)
        seen.add(action.action_id)
        if settings.action_types is not None and action.action_type not in settings.action_types:
            yield faults.rejection(
                faults.ORDER_ERROR,
                f"this robot can't {action.action_type}",
                "see factsheet.protocolFeatures.agvActions",
                actionId=action.action_id,
                actionType=action.action_type,
                **ids,
            )


def header_problems(message: object, identity: Identity) -> Iterator[str]:
    """Wrong robot or another major version (6.4)."""
    theirs = (getattr(message, "manufacturer", ""), getattr(message, "serial_number", ""))
    if theirs != (identity.manufacturer, identity.serial_number):
        yield f"meant for {theirs[0]}/{theirs[1]}, this is {identity.manufacturer}/{identity.serial_number}"
    version = str(getattr(message, "version", ""))
    if version.split(".")[0] != identity.version.split(".")[0]:
        yield f"version {version!r}, this robot speaks {identity.version}"


def _shape_problems(order: Order) -> Iterator[str]:
    nodes, edges = order.nodes, order.edges
    if not order.order_id:
        yield "orderId is empty"
    if not nodes:
        yield "an order needs at least one node"
        return
    if len(nodes) > ORDER_NODES_MAX:
        yield f"{len(nodes)} nodes, at most {ORDER_NODES_MAX}"
    if len(edges) != len(nodes) - 1:
        yield f"{len(nodes)} nodes need {len(nodes) - 1} edges, not {len(edges)}"
        return
    if not nodes[0].released:
        yield "the first node must be released"
    if any(len(n.actions) > ACTIONS_MAX for n in nodes) or any(len(e.actions) > ACTIONS_MAX for e in edges):
        yield f"at most {ACTIONS_MAX} actions on one node or edge"
    start = nodes[0].sequence_id
    if start % 2:
        yield "sequenceIds of nodes are even"
    for i, node in enumerate(nodes):
        if node.sequence_id != start + 2 * i:
            yield f"node {node.node_id} has sequenceId {node.sequence_id}, expected {start + 2 * i}"
    for i, edge in enumerate(edges):
        yield from _edge_problems(i, order, start)
        if edge.released and not (nodes[i].released and nodes[i + 1].released):
            yield f"edge {edge.edge_id} is released without both its nodes"
        if nodes[i + 1].released and not (edge.released and nodes[i].released):
            yield f"node {nodes[i + 1].node_id} is released after an unreleased element"


def _edge_problems(i: int, order: Order, start: int) -> Iterator[str]:
    edge = order.edges[i]
    if edge.sequence_id != start + 2 * i + 1:
        yield f"edge {edge.edge_id} has sequenceId {edge.sequence_id}, expected {start + 2 * i + 1}"
    ends = (order.nodes[i].node_id, order.nodes[i + 1].node_id)
    if (edge.start_node_id, edge.end_node_id) != ends:
        yield f"edge {edge.edge_id} joins {edge.start_node_id}-{edge.end_node_id}, its nodes are {ends[0]}-{ends[1]}"


def _actions(order: Order) -> Iterator[Action]:
    for node in order.nodes:
        yield from node.actions
    for edge in order.edges:
        yield from edge.actions
