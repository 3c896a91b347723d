"""Orders made by hand: to try a new adapter, and to test, without a master control (docs/integrating-a-robot.md)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from fleet.contracts.vda5050.codec import timestamp
from fleet.contracts.vda5050.common import Action, ActionParameter, BlockingType, NodePosition
from fleet.contracts.vda5050.order import Edge, InstantActions, Node, Order
from robot_agent.core.config import Identity

Site = Mapping[str, tuple[float, float]]
Actions = Mapping[str, tuple[Action, ...]]


def action(action_type: str, action_id: str, blocking: str = "HARD", **parameters: object) -> Action:
    return Action(
        action_type=action_type,
        action_id=action_id,
        blocking_type=BlockingType(blocking),
        action_parameters=tuple(ActionParameter(key=k, value=v) for k, v in parameters.items()),
    )


def order(
    me: Identity,
    site: Site,
    order_id: str,
    way: Sequence[str],
    *,
    update: int = 0,
    released: int | None = None,
    first_sequence: int = 0,
    node_actions: Actions | None = None,
    edge_actions: Actions | None = None,
    deviation_m: float | None = 0.5,
    map_id: str = "map",
    now: float = 0.0,
) -> Order:
    """An order (or, with `update` and `first_sequence`, its update) along `way`, node ids of `site` (x m, y m).

    `released`: how many of the nodes are base; default all. `node_actions` by node id, `edge_actions` by "a-b".
    """
    base = len(way) if released is None else released
    at_node, on_edge = node_actions or {}, edge_actions or {}
    nodes = tuple(
        Node(
            node_id=node_id,
            sequence_id=first_sequence + 2 * i,
            released=i < base,
            actions=at_node.get(node_id, ()),
            node_position=NodePosition(x=site[node_id][0], y=site[node_id][1], map_id=map_id, allowed_deviation_xy=deviation_m),
        )
        for i, node_id in enumerate(way)
    )
    edges = tuple(
        Edge(
            edge_id=f"{a}-{b}",
            sequence_id=first_sequence + 2 * i + 1,
            released=i + 1 < base,
            start_node_id=a,
            end_node_id=b,
            actions=on_edge.get(f"{a}-{b}", ()),
        )
        for i, (a, b) in enumerate(itertools.pairwise(way))
    )
    return Order(
        header_id=update,
        timestamp=timestamp(now),
        version=me.version,
        manufacturer=me.manufacturer,
        serial_number=me.serial_number,
        order_id=order_id,
        order_update_id=update,
        nodes=nodes,
        edges=edges,
    )


def instant_actions(me: Identity, *actions: Action, now: float = 0.0) -> InstantActions:
    return InstantActions(
        header_id=0,
        timestamp=timestamp(now),
        version=me.version,
        manufacturer=me.manufacturer,
        serial_number=me.serial_number,
        actions=actions,
    )
