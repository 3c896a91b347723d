"""Where robots are: placing them in traffic from their own word, and not believing what physics forbids."""

from __future__ import annotations

import math

from edge_node.core.context import Context
from edge_node.core.unit import MODES_THAT_TAKE_ORDERS, Unit
from fleet.contracts.resources import Pose
from fleet.contracts.vda5050.state import AgvPosition, State
from fleet.layout.graph import SiteEdge

#: A pose may be this much farther than the model's top speed explains: late and bunched messages, metres.
JUMP_MARGIN_M = 2.5
JUMP_FACTOR = 1.5
#: A robot between nodes may be this far off every lane of its last node, metres.
OFF_LANE_M = 2.5
#: After an implausible report, so many plausible ones in a row are believed again.
PLAUSIBLE_AGAIN = 3
#: A robot without a known last node is placed on a node within this distance, metres.
NEAR_NODE_M = 1.5


class Positions:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    # ---- believing ----

    def take_state(self, unit: Unit, state: State, now: float) -> None:
        """The pose of a state, if it has one that is initialised; marks the robot when it cannot be."""
        position = state.agv_position
        if position is None or not position.position_initialized:
            return
        why = self._jumped(unit, position, now) or self._off_lane(unit, position, state) or self._ran_ahead(unit, state)
        if why:
            unit.plausible_again = 0
            if not unit.implausible:
                unit.implausible = True
                self._ctx.count("PositionImplausible")
                self._ctx.event(
                    "alarm",
                    "PositionImplausible",
                    f"Robot/{unit.name}",
                    f"{unit.name}: {why}",
                    now,
                    "it gets no further way until its reports make sense; check its localisation",
                )
        elif unit.implausible:
            unit.plausible_again += 1
            if unit.plausible_again >= PLAUSIBLE_AGAIN:
                unit.implausible = False
                self._ctx.event("info", "PositionPlausible", f"Robot/{unit.name}", f"{unit.name} makes sense again", now)
        self._take(unit, position, now)

    def take_visualization(self, unit: Unit, position: AgvPosition | None, speed_mps: float | None, now: float) -> None:
        """Only for the map; a pose that cannot be is left out (the next state is judged)."""
        if position is None or not position.position_initialized or self._jumped(unit, position, now):
            return
        self._take(unit, position, now)
        if speed_mps is not None:
            unit.speed_mps = speed_mps

    def _take(self, unit: Unit, position: AgvPosition, now: float) -> None:
        unit.pose = Pose(
            x_m=round(position.x, 3), y_m=round(position.y, 3), theta_rad=round(position.theta, 3), map_id=position.map_id
        )
        unit.pose_at = now
        unit.status_waits = True  # mere motion: it is shown when its time comes

    def _jumped(self, unit: Unit, position: AgvPosition, now: float) -> str:
        if unit.pose is None or (position.map_id and unit.pose.map_id and position.map_id != unit.pose.map_id):
            return ""
        away_m = math.hypot(position.x - unit.pose.x_m, position.y - unit.pose.y_m)
        possible_m = unit.model.speed_mps_max * JUMP_FACTOR * max(0.0, now - unit.pose_at) + JUMP_MARGIN_M
        if away_m <= possible_m:
            return ""
        return f"it moved {away_m:.1f} m in {now - unit.pose_at:.1f} s"

    def _off_lane(self, unit: Unit, position: AgvPosition, state: State) -> str:
        """Neither at its last node nor on a lane from or to it."""
        if self._ctx.site is None or state.last_node_id not in self._ctx.graph.nodes:
            return ""
        node = self._ctx.graph.nodes[state.last_node_id]
        if position.map_id and position.map_id != node.map_id:
            return ""
        if math.hypot(position.x - node.x_m, position.y - node.y_m) <= OFF_LANE_M:
            return ""
        lanes = (*self._ctx.graph.out[node.node_id], *self._ctx.graph.into[node.node_id])
        if any(self.off_edge_m(lane, position.x, position.y) <= OFF_LANE_M for lane in lanes):
            return ""
        return f"it was last at {node.node_id}, it says, but stands off every lane there, at ({position.x:.1f}, {position.y:.1f})"

    def _ran_ahead(self, unit: Unit, state: State) -> str:
        """It says that it passed a node that was never released to it."""
        leg = unit.leg
        if leg is None or not unit.verified or state.order_id != leg.order_id:
            return ""
        if state.last_node_sequence_id // 2 < max(leg.sent, 1):
            return ""
        return f"it says that it is at {state.last_node_id}, which was not released to it"

    def off_edge_m(self, edge: SiteEdge, x_m: float, y_m: float) -> float:
        a, b = self._ctx.graph.nodes[edge.start], self._ctx.graph.nodes[edge.end]
        dx, dy = b.x_m - a.x_m, b.y_m - a.y_m
        square = dx * dx + dy * dy
        along = 0.0 if square == 0.0 else max(0.0, min(1.0, ((x_m - a.x_m) * dx + (y_m - a.y_m) * dy) / square))
        return math.hypot(x_m - a.x_m - along * dx, y_m - a.y_m - along * dy)

    # ---- placing ----

    def locate(self, unit: Unit, state: State, now: float) -> None:
        """Put a robot without an order where it says that it is. (With an order, progress along it says so.)"""
        if unit.leg is not None or not unit.known or unit.implausible or self._ctx.traffic is None:
            return
        node = self._node(unit, state)
        if node is None:
            if not unit.placed:
                self._trouble(unit, "it is at no node of the layout: drive it to one", now)
            return
        if unit.placed and node == unit.node:
            return
        ahead = self._ahead(unit, node)
        self._ctx.traffic.place(unit.name, node, released=ahead, now=now)
        unit.node, unit.placed, unit.trouble, unit.status_dirty = node, True, "", True

    def _node(self, unit: Unit, state: State) -> str | None:
        if state.last_node_id in self._ctx.graph.nodes:
            return state.last_node_id
        if unit.pose is None or (unit.placed and unit.node):
            return unit.node or None
        near, away_m = self._ctx.graph.nearest_node(unit.pose.x_m, unit.pose.y_m, map_id=unit.pose.map_id or None)
        return near if away_m <= max(NEAR_NODE_M, unit.model.dialect.first_node_deviation_m) else None

    def _ahead(self, unit: Unit, node: str) -> tuple[str, ...]:
        """Standing off its last node, it may be anywhere on the lane that it stands on."""
        if unit.pose is None:
            return ()
        here = self._ctx.graph.nodes[node]
        if math.hypot(unit.pose.x_m - here.x_m, unit.pose.y_m - here.y_m) <= unit.model.dialect.node_deviation_m:
            return ()
        lanes = self._ctx.graph.out[node]
        if not lanes:
            return ()
        x_m, y_m = unit.pose.x_m, unit.pose.y_m
        return (min(lanes, key=lambda lane: self.off_edge_m(lane, x_m, y_m)).end,)

    def _trouble(self, unit: Unit, text: str, now: float) -> None:
        if unit.trouble != text:
            unit.trouble, unit.status_dirty = text, True
            self._ctx.event("warning", "RobotNotPlaced", f"Robot/{unit.name}", f"{unit.name}: {text}", now)

    # ---- standing in the way ----

    def obstacle(self, unit: Unit, now: float) -> None:
        """Robots that will not move when told stand in the way, and the others go around them."""
        if not unit.known or not unit.placed or self._ctx.traffic is None:
            return
        standing = self._stands(unit)
        if standing != unit.obstacle:
            unit.obstacle, unit.status_dirty = standing, True
            self._ctx.traffic.set_obstacle(unit.name, standing, now)

    def _stands(self, unit: Unit) -> bool:
        state = unit.state
        if state is None or unit.silent or unit.implausible or not unit.verified:
            return True
        if unit.connection == "OFFLINE" or unit.spec.paused or unit.blocking_errors():
            return True
        return state.operating_mode not in MODES_THAT_TAKE_ORDERS or state.safety_state.e_stop != "NONE"
