"""Bugs that other fleet managers had, as scenarios for our edge node (numbers: the list of regression scenarios in the design).

7 Open-RMF #224, 9 openTCS commadapter #2, 10 VDA 5050 #148 and #531, 11 VDA 5050 #624, 12 openTCS PR 484, 17 Open-RMF #493,
20 Open-RMF #523, 21 openTCS #185, 22 openTCS commadapter #12.
"""

from __future__ import annotations

import copy

import msgspec
import pytest

from drover.floors import warehouse
from edge_node.core.effects import Publish
from fleet.contracts import manifest
from fleet.contracts.command_ir import ControlAction
from fleet.contracts.errors import Conflict
from fleet.contracts.resources import AnyResource, Kind, Phase
from fleet.layout.site import site_graph
from sim_robots.world.collisions import Box, overlapping_pairs
from tests.unit import sites
from tests.unit.edge_lanes import both_ways, goto, layout, world
from tests.unit.edge_world import World

DONE = [("pick", "m1-1"), ("drop", "m1-1")]


def test_7_an_edge_node_that_is_killed_mid_task_resumes_the_same_step_of_the_same_attempt() -> None:
    world = World()
    world.transport(robot="AMR-1")
    assert world.run(120, until=lambda: world.task().step == 1)
    before = world.task()
    world.kill_edge(away_s=5.0)
    world.run(2)
    assert (world.task().step, world.task().attempt, world.task().order_id) == (1, before.attempt, before.order_id)
    assert world.run(200, until=world.ended)
    assert world.moved_loads() == DONE


def test_9_a_robot_that_reboots_mid_order_at_another_node_gets_a_new_order_from_there() -> None:
    world = World("AMR-1")
    world.transport(robot="AMR-1")
    world.run(8)
    old = len(world.orders)
    assert old
    _carry(world, "n2_2")
    assert world.run(300, until=world.ended)
    assert world.moved_loads() == DONE
    assert world.orders[old][1]["nodes"][0]["nodeId"] == "n2_2"


def test_9_a_robot_that_is_carried_off_before_its_order_was_sent_is_not_sent_across_the_floor() -> None:
    floor = layout({n: (float(i), 0.0) for i, n in enumerate("abcde")}, both_ways(*"abcde"))
    found = world(floor, {"A": ("a", "a"), "B": ("b", "b")})
    found.control(ControlAction.PAUSE, "B")
    goto(found, "d", "A")
    found.run(3)
    assert [name for name, _ in found.orders] == []  # B stands in the way
    _carry(found, "e", "A")
    assert found.run(60, until=found.ended)
    assert [n["nodeId"] for n in found.orders[0][1]["nodes"]] == ["e", "d"]


def _carry(world: World, to: str, robot: str = "AMR-1") -> None:
    """It is switched off, carried to another node, and switched on there with no memory of orders."""
    drive, node = world.vehicles[robot].body.drive, world.graph.nodes[to]
    drive.stop(at_node=False)
    drive.motion, drive.x_m, drive.y_m, drive.node_id = None, node.x_m, node.y_m, node.node_id
    world.kill_robot(robot, forget=True)


def test_10_a_state_that_is_lost_while_a_robot_is_switched_to_manual_and_back_does_not_hang_its_task() -> None:
    world = World()
    world.transport(robot="AMR-1")
    world.run(5)
    world.to_edge = lambda topic, payload: not topic.endswith("AMR-1/state")
    body = world.vehicles["AMR-1"].body
    body.operating_mode = "MANUAL"
    world.run(2)
    body.operating_mode = "AUTOMATIC"
    world.run(2)
    world.to_edge = lambda topic, payload: True
    assert world.run(300, until=world.ended)
    assert world.moved_loads() == DONE


def test_11_a_robot_that_is_switched_on_on_a_released_node_is_told_of_and_nothing_more_is_released_past_it() -> None:
    nodes = {n: (float(i), 0.0) for i, n in enumerate("abcdef")} | {"Ha": (0.0, 1.0), "Hb": (5.0, 1.0)}
    floor = layout(nodes, [*both_ways(*"abcdef"), *both_ways("a", "Ha"), *both_ways("f", "Hb")])
    found = world(floor, {"A": ("a", "Ha"), "B": ("c", "Hb")}, off=["B"])
    goto(found, "f", "A")
    assert found.run(20, until=lambda: "c" in _base(found, "A"))
    told = _told(found, "A")
    found.vehicles["B"].connect(found.now)
    found.settle()
    found.run(0.5)
    assert any("A and B stand too close" in line for line in found.core.explain())
    assert _told(found, "A") == told


def _base(world: World, robot: str) -> tuple[str, ...]:
    view = world.core._ctx.traffic.route(robot) if world.core._ctx.traffic is not None else None
    return view.nodes[: view.base_nodes] if view is not None else ()


def _told(world: World, robot: str, since: int = 0) -> set[str]:
    """Nodes that were released to the robot by orders, from one order on."""
    return {n["nodeId"] for name, order in world.orders[since:] if name == robot for n in order["nodes"] if n["released"]}


def test_12_orders_that_come_twice_or_late_change_nothing() -> None:
    world = World()
    kept: list[Publish] = []

    def again(publish: Publish) -> bool:
        if publish.topic.endswith("/order"):
            name = publish.topic.split("/")[3]
            for old in (*kept[-2:], publish):
                world.vehicles[name].receive("order", old.payload, world.now)
            kept.append(publish)
        return True

    world.to_robot = again
    world.transport(robot="AMR-1")
    assert world.run(300, until=world.ended)
    assert (world.in_phase(Phase.DONE), world.moved_loads(), world.task().attempt) == (True, DONE, 1)


def test_17_an_area_that_is_closed_during_a_stop_is_not_entered_after_the_resume() -> None:
    nodes = {n: (float(i), 0.0) for i, n in enumerate("abcdefgh")} | {n: (float(i), 1.0) for i, n in enumerate("ijklmnop")}
    lanes = [*both_ways(*"abcdefgh"), *both_ways(*"ijklmnop"), *both_ways("a", "i"), *both_ways("d", "l"), *both_ways("h", "p")]
    found = world(layout(nodes, lanes), {"A": ("a", "a")})
    goto(found, "h", "A")
    found.run(1)
    closed = found.robot("A").path[-2]
    assert closed not in _base(found, "A")
    found.control(ControlAction.EMERGENCY_STOP)
    found.control(ControlAction.CLOSE_AREA, closed)
    found.run(5)
    found.control(ControlAction.RESUME)
    assert found.run(60, until=found.ended)
    assert found.in_phase(Phase.DONE)
    assert closed not in _told(found, "A")


def test_20_robots_and_lanes_come_and_go_while_fifty_robots_run() -> None:
    found, new, floor = _fifty()
    racks = sorted(p.name for p in found.graph.places.values() if p.kind == "rack")
    idle, *busy = found.robots
    for i, name in enumerate(busy):
        goto(found, racks[(7 * i) % len(racks)], name, name=f"m{i}")
    found.run(10)
    found.specs[new.metadata.name] = new.spec
    found._make_vehicle(new.metadata.name, 80.0)
    found.core.apply(new, found.now)
    found.vehicles[new.metadata.name].connect(found.now)
    del found.vehicles[idle]
    found.core.delete(Kind.ROBOT, idle, found.now)
    found.core.apply(_with_a_lane_more(floor), found.now)
    goto(found, racks[5], new.metadata.name, name="new")
    for _ in range(12):
        found.run(2.5)
        assert _touching(found) == []
    still = [n for n in (*busy, new.metadata.name) if found.robot(n).last_node == found.stands[n]]
    assert len(still) < 10
    assert found.core.resources(Kind.LAYOUT)[0].spec != floor.spec


def _fifty() -> tuple[World, AnyResource, AnyResource]:
    """A warehouse drawn for 51 with 50 robots in it, the last robot, and the layout."""
    resources = [_here(manifest.parse(d)) for d in warehouse.draw(51).documents()]
    floor = next(r for r in resources if r.kind is Kind.LAYOUT)
    places = site_graph(floor.spec).graph.places
    robots = [r for r in resources if r.kind is Kind.ROBOT]
    stands = {r.metadata.name: places[r.spec.home].nodes[0] for r in robots}
    names = [r.metadata.name for r in robots]
    return World(*names[:50], resources=resources, stands=stands), robots[50], floor


def _here(one: AnyResource) -> AnyResource:
    return msgspec.structs.replace(one, metadata=msgspec.structs.replace(one.metadata, site=sites.SITE))


def _with_a_lane_more(floor: AnyResource) -> AnyResource:
    """The way back along the first one-way lane."""
    lif = copy.deepcopy(floor.spec.lif)
    edges = lif["layouts"][0]["edges"]
    pairs = {(e["startNodeId"], e["endNodeId"]) for e in edges}
    one = next(e for e in edges if (e["endNodeId"], e["startNodeId"]) not in pairs)
    edges.append({**one, "edgeId": "back", "startNodeId": one["endNodeId"], "endNodeId": one["startNodeId"]})
    return msgspec.structs.replace(floor, spec=msgspec.structs.replace(floor.spec, lif=lif))


def _touching(world: World) -> list[tuple[int, int]]:
    bodies = [v.body for v in world.vehicles.values()]
    poses = [(*b.drive.pose(), b.model.length_m, b.model.width_m, b.drive.map_id) for b in bodies]
    return overlapping_pairs([Box(*pose) for pose in poses])


def test_20_a_layout_without_a_lane_that_a_robot_drives_on_is_refused_and_the_robot_goes_on() -> None:
    nodes = {n: (float(i), 0.0) for i, n in enumerate("abcd")}
    found = world(layout(nodes, both_ways(*"abcd")), {"A": ("a", "a")})
    goto(found, "d", "A")
    found.run(2)
    with pytest.raises(Conflict, match="A is under way over"):
        found.core.apply(layout(nodes, [*both_ways("a", "b"), *both_ways("c", "d")]), found.now)
    assert found.run(60, until=found.ended)
    assert found.in_phase(Phase.DONE)


def test_21_a_way_of_twenty_nodes_is_driven_on_one_order_whose_base_keeps_growing() -> None:
    names = [f"w{i:02}" for i in range(20)]
    found = world(layout({n: (float(i), 0.0) for i, n in enumerate(names)}, both_ways(*names)), {"A": ("w00", "w00")})
    goto(found, "w19", "A")
    assert found.run(120, until=found.ended)
    updates = [order["orderUpdateId"] for _, order in found.orders if order["orderId"] == "m1-1.0.1"]
    assert updates == list(range(len(updates)))
    assert len(updates) > 6
    assert _told(found, "A") == set(names)


def test_22_after_a_cancel_no_horizon_is_kept_and_the_next_order_begins_where_the_robot_stands() -> None:
    names = [f"w{i:02}" for i in range(12)]
    found = world(layout({n: (float(i), 0.0) for i, n in enumerate(names)}, both_ways(*names)), {"A": ("w00", "w00")})
    goto(found, "w11", "A")
    found.run(4)
    found.control(ControlAction.CANCEL, "m1")
    assert found.run(30, until=found.ended)
    stood, old = found.robot("A").last_node, len(found.orders)
    assert _base(found, "A") == (stood,)
    goto(found, "w00", "A", name="m2")
    assert found.run(60, until=lambda: found.ended("m2-1"))
    assert found.orders[old][1]["nodes"][0]["nodeId"] == stood
    assert not {n for n in names if n > stood} & {n["nodeId"] for _, o in found.orders[old:] for n in o["nodes"]}
