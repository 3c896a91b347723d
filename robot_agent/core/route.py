"""The robot's remaining order: nodes and edges not yet driven, base before horizon (VDA 5050 2.1, 6.6.1).

Pure bookkeeping: what a new order, an update, a traversed node and a cancellation do to nodeStates and edgeStates.
"""

from __future__ import annotations

import msgspec

from fleet.contracts.vda5050.common import Action
from fleet.contracts.vda5050.order import Edge, Node, Order
from robot_agent.core.port import Waypoint


class Route(msgspec.Struct, kw_only=True):
    """`nodes` and `edges`: not yet traversed, in order; `last_*`: where the robot is or was last.

    Rule 1: `nodes[0]`, if any, is reached over `edges[0]` unless the robot has still to come onto the order's first node.
    Rule 2: released elements come before unreleased ones. Rule 3: a node leaves only by `traverse`, `drop_horizon`, `clear`.
    """

    order_id: str = ""
    order_update_id: int = 0
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    last_node_id: str = ""
    last_sequence_id: int = 0
    cancelled: bool = False

    @property
    def base(self) -> tuple[Node, ...]:
        """Released nodes still ahead."""
        return tuple(n for n in self.nodes if n.released)

    @property
    def decision_point(self) -> tuple[str, int]:
        """(nodeId, sequenceId) of the last released node: where an update must be stitched on."""
        base = self.base
        if base:
            return base[-1].node_id, base[-1].sequence_id
        return self.last_node_id, self.last_sequence_id

    def begin(self, order: Order) -> None:
        """Take a new order as a whole. The first node stays in `nodes` until `traverse` says that the robot is there."""
        self.order_id, self.order_update_id = order.order_id, order.order_update_id
        self.nodes, self.edges = order.nodes, order.edges
        self.cancelled = False

    def extend(self, order: Order) -> None:
        """Stitch an accepted update on: the old horizon goes, the first node of the update is ours already."""
        self.order_update_id = order.order_update_id
        self.drop_horizon()
        self.nodes += order.nodes[1:]
        self.edges += order.edges

    def drop_horizon(self) -> None:
        self.nodes = self.base
        self.edges = tuple(e for e in self.edges if e.released)

    def clear(self) -> None:
        """After cancelOrder or MANUAL: nothing left to drive, ids are kept (6.10.1)."""
        self.nodes, self.edges = (), ()
        self.cancelled = True

    def traverse(self, sequence_id: int) -> tuple[Node | None, Edge | None]:
        """The robot has reached the node `sequence_id`, which must be the next one. Returns it and the edge it came over.

        (None, None) when it is not the next node: a late or doubled report.
        """
        if not self.nodes or self.nodes[0].sequence_id != sequence_id or not self.nodes[0].released:
            return None, None
        node, self.nodes = self.nodes[0], self.nodes[1:]
        edge: Edge | None = None
        if self.edges and self.edges[0].sequence_id < node.sequence_id:
            edge, self.edges = self.edges[0], self.edges[1:]
        self.last_node_id, self.last_sequence_id = node.node_id, node.sequence_id
        return node, edge

    def way_ahead(self) -> tuple[Waypoint, ...]:
        """The released way up to the first place where the robot must stand for an action; () when there is none."""
        way: list[Waypoint] = []
        edges = {e.sequence_id: e for e in self.edges}
        for node in self.nodes:
            if not node.released:
                break
            edge = edges.get(node.sequence_id - 1)
            if edge is not None and way and any(map(needs_standing, edge.actions)):
                break
            way.append(_waypoint(node, edge))
            if any(map(needs_standing, node.actions)):
                break
        return tuple(way)

    def needs_new_base(self) -> bool:
        """The robot nears the end of its base and there is a horizon beyond (newBaseRequest, 6.10)."""
        return len(self.base) <= 1 and bool(self.nodes) and not self.nodes[-1].released


def needs_standing(action: Action) -> bool:
    """SOFT and HARD actions forbid driving (6.11)."""
    return action.blocking_type != "NONE"


def _waypoint(node: Node, edge: Edge | None) -> Waypoint:
    position = node.node_position
    assert position is not None, "acceptance lets no node without position pass"
    return Waypoint(
        sequence_id=node.sequence_id,
        node_id=node.node_id,
        x_m=position.x,
        y_m=position.y,
        map_id=position.map_id,
        theta_rad=position.theta,
        speed_mps_max=edge.max_speed if edge else None,
    )
