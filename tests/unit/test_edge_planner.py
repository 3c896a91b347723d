"""Plans in a process of their own: the same plan as in this one, what is large sent once, a dead child replaced."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from fleet.contracts.errors import InvalidInput
from fleet.layout.site import site_graph
from fleet.planning.problem import PlanRequest, PlanRobot, PlanTask
from fleet.planning.solve import plan
from fleet.planning.travel import TravelTimes
from fleet_io.plan_process import PlanProcess
from fleet_io.plan_worker import Packer, Worker, unpack
from tests.unit import sites


def request(tasks: int = 3) -> PlanRequest:
    graph = site_graph(next(r.spec for r in sites.resources() if r.kind == "Layout")).graph
    nodes = sorted(graph.nodes)
    robots = tuple(PlanRobot(f"R{i}", nodes[i], "AMR", frozenset({"goto"}), 100.0) for i in range(2))
    wanted = tuple(PlanTask(f"T{i}", (nodes[-1 - i],), (5.0,), "goto") for i in range(tasks))
    return PlanRequest(robots, wanted, TravelTimes(graph))


def test_the_worker_plans_as_this_process_does() -> None:
    asked = request()
    assert unpack(Worker().answer(Packer().pack(asked, 0.0))) == plan(asked, budget_s=0.0)


def test_graph_and_travel_times_go_to_the_worker_once() -> None:
    packer, worker, asked = Packer(), Worker(), request()
    first, second = packer.pack(asked, 0.0), packer.pack(dataclasses.replace(asked, done=frozenset({"x"})), 0.0)
    assert len(second) < len(first) / 3
    assert unpack(worker.answer(first)) == unpack(worker.answer(second))


def test_closures_make_new_travel_times_and_those_are_sent() -> None:
    packer, worker, asked = Packer(), Worker(), request(tasks=1)
    worker.answer(packer.pack(asked, 0.0))
    assert isinstance(asked.travel, TravelTimes)
    goal = asked.tasks[0].visits[0]
    closed = dataclasses.replace(asked, travel=TravelTimes(asked.travel.graph, blocked=frozenset({goal})))
    assert "T0" in unpack(worker.answer(packer.pack(closed, 0.0))).unassigned


def test_a_request_that_contradicts_itself_is_told_and_the_worker_goes_on() -> None:
    packer, worker, asked = Packer(), Worker(), request()
    twice = dataclasses.replace(asked, tasks=(asked.tasks[0], asked.tasks[0]))
    with pytest.raises(InvalidInput):
        unpack(worker.answer(packer.pack(twice, 0.0)))
    assert unpack(worker.answer(packer.pack(asked, 0.0))).assignments


def test_a_child_that_was_killed_is_replaced() -> None:
    assert asyncio.run(_before_and_after_a_kill()) is True


async def _before_and_after_a_kill() -> bool:
    process, asked = PlanProcess(), request()
    try:
        first = await process.plan(asked, 0.0)
        assert process._child is not None
        process._child.kill()
        await process._child.wait()
        return await asyncio.wait_for(process.plan(asked, 0.0), 60) == first
    finally:
        await process.end()
