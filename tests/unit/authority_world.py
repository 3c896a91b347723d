"""A cloud with two edge nodes and one task, for tests of its authority; no I/O."""

from __future__ import annotations

from typing import Any

import msgspec

from cloud.core import missions
from cloud.core.apply import apply
from cloud.core.changes import Applied, Change, Op, PutSpec, PutStatus
from cloud.core.fates import FATE, condition
from cloud.core.inbound import inbound_ops
from cloud.core.missions import Origin
from cloud.core.model import Model
from cloud.core.placement import attested, away_of, placed_anew
from fleet.authority.leases import HubLeases
from fleet.contracts.command_ir import Action, CommandIr, Outcome, TaskIr
from fleet.contracts.commands import Attested
from fleet.contracts.resources import (
    AnyResource,
    Kind,
    Phase,
    StepStatus,
    TaskStatus,
)
from fleet.contracts.wire import Revoke, StatusReport
from fleet.sync.effects import Delivered
from tests.unit import sites
from tests.unit.sites import NOW, SITE

IR = CommandIr(
    outcome=Outcome.PLAN,
    tasks=(TaskIr(ref="t1", action=Action.TRANSPORT, item="tote", source="Dock 1", target="Packing 1"),),
)
STEPS = (StepStatus(place="Dock 1", action="pick"), StepStatus(place="Packing 1", action="drop"))


class Cloud:
    """Two edge nodes, AMR-1 and AMR-2 at edge-1, the others at edge-2; one transport at edge-1."""

    def __init__(self, **policy: Any) -> None:
        self.model = Model(sites.resources(), version=100)
        self.leases = HubLeases(0.0)
        self.sent: list[Any] = []
        node = self.model.need(Kind.EDGE_NODE, "edge-1").spec
        self.do(PutSpec(Kind.EDGE_NODE, "edge-2", node, site=SITE))
        for robot in self.model.of_kind(Kind.ROBOT):
            edge = "edge-1" if robot.metadata.name in ("AMR-1", "AMR-2") else "edge-2"
            spec = msgspec.structs.replace(robot.spec, edge=edge)
            self.do(PutSpec(Kind.ROBOT, robot.metadata.name, spec, site=SITE))
        self.link("edge-1", "online")
        self.link("edge-2", "online")
        site = sites.Site.build(SITE, self.model.resources(), NOW)
        (task,) = missions.tasks_of_plan(missions.understood(IR, site, NOW), site, mission="m-1", now=NOW)
        task = msgspec.structs.replace(task, spec=msgspec.structs.replace(task.spec, edge="edge-1", **policy))
        self.do(*missions.creation((task,), site, mission="m-1", origin=Origin("Bring it"), now=NOW))
        mission = self.model.need(Kind.MISSION, "m-1").spec
        self.do(PutSpec(Kind.MISSION, "m-1", msgspec.structs.replace(mission, edge="edge-1"), site=SITE))
        self.name = task.metadata.name

    def do(self, *ops: Op) -> Applied:
        applied = apply(self.model, Change(tuple(ops)), now=NOW, new_uid=lambda: "uid", hub_epoch=1)
        self.model.fold(applied)
        self.sent += applied.sends
        return applied

    @property
    def task(self) -> AnyResource:
        return self.model.need(Kind.TASK, self.name)

    def link(self, edge: str, word: str) -> None:
        old = self.model.need(Kind.EDGE_NODE, edge).status
        self.do(PutStatus(Kind.EDGE_NODE, edge, msgspec.structs.replace(old, link=word)))

    def look(self, boot_now: float) -> Applied:
        ops = placed_anew(
            self.model, self.leases, away_of(self.model), now=NOW + boot_now, boot_now=boot_now, new_id=lambda: f"id-{boot_now}"
        )
        return self.do(*ops)

    def says(self, edge: str, *messages: Any) -> Applied:
        items = [Delivered(i + 1, "key", message) for i, message in enumerate(messages)]
        return self.do(*inbound_ops(items, edge=edge, site=SITE, model=self.model, now=NOW))

    def reports(self, edge: str, phase: Phase, fence: int, step: int = 0, **more: Any) -> Applied:
        status = TaskStatus(phase=phase, fence=fence, step=step, steps=STEPS, **more)
        document = msgspec.to_builtins(status)
        return self.says(edge, StatusReport(kind="Task", name=self.name, status=document, at=NOW))

    def attest(self, outcome: Attested) -> Applied:
        ops = attested(
            self.model, self.name, outcome, by="anna", note="saw it", now=NOW, new_id=lambda: "a-1", away=away_of(self.model)
        )
        return self.do(*ops)

    def fate(self) -> str:
        found = condition(self.task.status, FATE)
        return found.reason if found is not None else ""


def reasons(applied: Applied) -> list[str]:
    return [e.reason for e in applied.events]


def revokes(applied: Applied) -> list[tuple[str, int]]:
    return [(s.edge, s.message.fence) for s in applied.sends if isinstance(s.message, Revoke)]
