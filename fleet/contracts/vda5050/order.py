"""`order` and `instantActions`: master control to robot (6.6, 6.8)."""

from __future__ import annotations

from fleet.contracts.vda5050.common import Action, Message, NodePosition, Part, Trajectory


class Node(Part, frozen=True, kw_only=True):
    """sequence_id is even, 0 for the first node of an order. `actions` is always sent, empty or not."""

    node_id: str
    sequence_id: int
    released: bool
    actions: tuple[Action, ...]
    node_position: NodePosition | None = None
    node_description: str | None = None


class Edge(Part, frozen=True, kw_only=True):
    """sequence_id is odd. Released only together with both its nodes."""

    edge_id: str
    sequence_id: int
    released: bool
    start_node_id: str
    end_node_id: str
    actions: tuple[Action, ...]
    edge_description: str | None = None
    max_speed: float | None = None
    max_height: float | None = None
    min_height: float | None = None
    orientation: float | None = None
    orientation_type: str | None = None
    direction: str | None = None
    rotation_allowed: bool | None = None
    max_rotation_speed: float | None = None
    length: float | None = None
    trajectory: Trajectory | None = None


class Order(Message, frozen=True, kw_only=True):
    """nodes: n >= 1, edges: n - 1. Base = released part, horizon = the rest."""

    order_id: str
    order_update_id: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    zone_set_id: str | None = None


class InstantActions(Message, frozen=True, kw_only=True):
    actions: tuple[Action, ...]
