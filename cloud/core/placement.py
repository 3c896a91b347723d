"""Work of edge nodes that the cloud does not hear: what may be placed anew, where, and what is said of the rest.

`placed_anew` runs each second, `store_replaced_ops` when an edge node has come back with an empty store, `attested` when an
operator has looked. The rule itself is fleet/authority/reassign; here it meets resources, robots and words for people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

import msgspec

from cloud.core.changes import AddEvent, Op, PutSpec, PutStatus, SendRevoke
from cloud.core.fates import ATTESTED, FATE, is_unknown, timestamp, unknown, with_condition, without_condition
from cloud.core.model import Model
from fleet.authority.leases import HubLeases
from fleet.authority.reassign import Holder, Unknown, Why, may_start
from fleet.contracts.commands import Attested
from fleet.contracts.errors import Conflict
from fleet.contracts.resources import AnyResource, Condition, Desired, Kind, OnDisconnect, Phase, TaskSpec
from fleet.contracts.wire import Event, Revoke
from fleet.tasks.robot_state import IN_HAND

NewId = Callable[[], str]
#: Reason of Fate where the rule allows a new attempt, but no other edge node of the site can make it.
NO_OTHER_EDGE = "NoOtherEdge"
#: Tasks moved by one run; the others follow with the next, a second later.
MOVES_MAX = 100


def placed_anew(
    model: Model, leases: HubLeases, away: Collection[str], *, now: float, boot_now: float, new_id: NewId
) -> list[Op]:
    """The writes for tasks of the edge nodes in `away` (judged offline, links.py), and of those that are back.

    `now`: Unix seconds; `boot_now`: the clock of `leases`.
    """
    ops: list[Op] = []
    moves, able = 0, _Able(model, away)
    for task in list(model.open_tasks()):
        if task.spec.edge not in away:
            ops += _heard_again(task)
            continue
        if not task.spec.fence or task.spec.desired is Desired.CANCEL:
            continue
        verdict = may_start(_holder(task, leases), boot_now)
        if isinstance(verdict, Unknown):
            if not _says(task, verdict.reason):
                text = _words(task, verdict, leases, now=now, boot_now=boot_now)
                ops.append(_told_unknown(task, verdict.reason, text, now))
        elif _is_due(task.spec, leases, boot_now) and moves < MOVES_MAX:
            edge = able.other_edge(task)
            if edge:
                moves += 1
                ops += _moved(model, task, edge, now=now, new_id=new_id)
            elif not _says(task, NO_OTHER_EDGE):
                text = f"nothing moves under its fence any more, but no other edge node can {task.spec.action}"
                ops.append(_told_unknown(task, NO_OTHER_EDGE, text, now))
    return ops


def store_replaced_ops(model: Model, edge: str, now: float) -> list[Op]:
    """The edge node has come back with an empty store: what it had in hand is of unknown fate, and is never sent again by itself.

    A task that no robot had according to the last report is sent again with all else: under a new fence, so that a robot
    which had begun it after that report refuses whatever is left of the old attempt.
    """
    ops: list[Op] = []
    lost: list[str] = []
    for task in list(model.open_tasks()):
        name = task.metadata.name
        if task.spec.edge != edge:
            continue
        if task.status.phase in IN_HAND or task.status.phase is Phase.ASSIGNED:
            text = f"edge node {edge} has lost its store; it was {task.status.phase}" + (
                f" with {task.status.robot}, step {task.status.step}" if task.status.robot else ""
            )
            fix = f"look at the robot, then: drover task attest {name} --stopped | --done | --not-done"
            ops.append(_told_unknown(task, Why.STORE_LOST, f"{text}. {fix}", now))
            lost.append(name)
        else:
            # nobody is left at that edge node who could answer a Revoke
            ops.append(replace(_put(task, task.spec, why=f"edge node {edge} has lost its store"), revoke=False))
    if lost:
        named = ", ".join(sorted(lost)[:10]) + (f" and {len(lost) - 10} more" if len(lost) > 10 else "")
        ops.append(
            _event(
                f"lost-{edge}-{now:.3f}",
                now,
                "alarm",
                "FateUnknown",
                f"EdgeNode/{edge}",
                f"{len(lost)} tasks were in hand when edge node {edge} lost its store; nobody does them until attested: {named}",
                "look at its robots, then say for each: drover task attest NAME --stopped | --done | --not-done",
            )
        )
    return ops


def attested(
    model: Model, name: str, outcome: Attested, *, by: str, note: str, now: float, new_id: NewId, away: Collection[str]
) -> list[Op]:
    """An operator says what became of a task: it ends as done, or is done anew under a higher fence.

    Raises NotFound; Conflict where it has ended, or where its edge node is there and knows better.
    """
    task = model.need(Kind.TASK, name)
    if task.status.phase.ended:
        raise Conflict(
            f"task {name!r} is {task.status.phase} already", field="status.phase", fix="it has ended; make a new mission"
        )
    if not is_unknown(task) and task.spec.edge not in away:
        raise Conflict(
            f"edge node {task.spec.edge!r} is there and knows how task {name!r} stands",
            field="name",
            fix="cancel the task, or wait: attest only what nobody can know",
        )
    text = f"{by} attests: {outcome.value.replace('_', ' ')}" + (f" ({note})" if note else "")
    told = _event(new_id(), now, "warning", "Attested", f"Task/{name}", text)
    if outcome is Attested.DONE:
        return [*_ended_as_done(task, text, now), told]
    edge = task.spec.edge if task.spec.edge not in away else _Able(model, away).other_edge(task) or task.spec.edge
    if edge != task.spec.edge:
        return [*_moved(model, task, edge, now=now, new_id=new_id, why=text), told]
    return [_put(task, task.spec, why=text), told]


def away_of(model: Model) -> frozenset[str]:
    """Edge nodes that are judged offline, and names of those that tasks are bound to and that are gone."""
    there = {e.metadata.name: e.status.link for e in model.edges()}
    gone = {t.spec.edge for t in model.open_tasks() if t.spec.edge and t.spec.edge not in there}
    return frozenset(gone | {name for name, link in there.items() if link == "offline"})


def can_do(robot: AnyResource, maker: AnyResource | None, spec: TaskSpec) -> bool:
    """By name, type, capability and payload, and whether it is in service and online."""
    if maker is None or not robot.spec.enabled or robot.status.connection != "ONLINE":
        return False
    payload_kg = maker.spec.payload_kg if robot.spec.payload_kg is None else robot.spec.payload_kg
    return (
        spec.robot in (None, robot.metadata.name)
        and spec.robot_type in (None, maker.spec.type)
        and spec.action in maker.spec.capabilities
        and (spec.load_kg or 0.0) <= payload_kg
    )


class _Able:
    """Which edge node could do what instead; asked for many alike tasks at once."""

    def __init__(self, model: Model, away: Collection[str]) -> None:
        self._model = model
        self._there = frozenset(
            e.metadata.name for e in model.edges() if e.metadata.name not in away and e.status.link == "online"
        )
        self._known: dict[tuple[object, ...], str] = {}

    def other_edge(self, task: AnyResource) -> str:
        """The edge node of the site, heard by the cloud, with most robots that could do the task; "" where there is none."""
        spec, site = task.spec, task.metadata.site
        key = (site, spec.edge, spec.robot, spec.robot_type, spec.action, spec.load_kg)
        if key not in self._known:
            count: Counter[str] = Counter(
                robot.spec.edge
                for robot in self._model.of_kind(Kind.ROBOT, site=site)
                if robot.spec.edge in self._there
                and robot.spec.edge != spec.edge
                and can_do(robot, self._model.get(Kind.ROBOT_MODEL, robot.spec.model), spec)
            )
            self._known[key] = min(count, key=lambda name: (-count[name], name), default="")
        return self._known[key]


# ---- parts ----------------------------------------------------------------------------------------------------------


def _holder(task: AnyResource, leases: HubLeases) -> Holder:
    found = next((c for c in task.status.conditions if c.type == FATE), None)
    return Holder(
        effects=task.spec.effects,
        on_disconnect=task.spec.on_disconnect or OnDisconnect.CONTINUE,
        lease_over_at=leases.expires_at(task.spec.edge, task.spec.lease_s),
        store_lost=found is not None and found.reason == Why.STORE_LOST,
    )


def _is_due(spec: TaskSpec, leases: HubLeases, boot_now: float) -> bool:
    """Whether its policy wants it replaced after so much silence."""
    return spec.replace_after_s is not None and boot_now >= leases.heard_at(spec.edge) + spec.replace_after_s


def _heard_again(task: AnyResource) -> list[Op]:
    """Its edge node is there: it knows the task's fate, unless its store does not."""
    found = next((c for c in task.status.conditions if c.type == FATE), None)
    if found is None or found.status != "Unknown" or found.reason == Why.STORE_LOST:
        return []
    return [PutStatus(Kind.TASK, task.metadata.name, without_condition(task.status, FATE))]


def _says(task: AnyResource, reason: str) -> bool:
    """Whether the task's status says so already."""
    return any(c.type == FATE and c.status == "Unknown" and c.reason == reason for c in task.status.conditions)


def _told_unknown(task: AnyResource, reason: str, text: str, now: float) -> PutStatus:
    return PutStatus(Kind.TASK, task.metadata.name, with_condition(task.status, unknown(reason, text, now)))


def _words(task: AnyResource, verdict: Unknown, leases: HubLeases, *, now: float, boot_now: float) -> str:
    """The sentence for the condition."""
    edge, name = task.spec.edge, task.metadata.name
    since = timestamp(now - (boot_now - leases.heard_at(edge)))
    said = f"edge node {edge} was last heard at {since}"
    attest = f"or an operator has looked at its robot: drover task attest {name}"
    match verdict.reason:
        case Why.LEASE_RUNS:
            assert verdict.earliest_at is not None
            from_at = verdict.earliest_at
            if task.spec.replace_after_s is not None:
                from_at = max(from_at, leases.heard_at(edge) + task.spec.replace_after_s)
            then = timestamp(now + from_at - boot_now)
            what = "it can be placed anew" if task.spec.replace_after_s is not None else "it is certain to stand"
            return f"{said}; its robot stops by itself, {what} from {then}, {attest}"
        case Why.STORE_LOST:
            return f"edge node {edge} has lost its store; {attest}"
        case _:
            return (
                f"{said}; with policy {task.spec.on_disconnect or OnDisconnect.CONTINUE} it may be at work. "
                f"It can be placed anew only when the edge node answers, {attest}"
            )


def _moved(model: Model, task: AnyResource, edge: str, *, now: float, new_id: NewId, why: str = "") -> list[Op]:
    """To another edge node, under a higher fence; the old holder is revoked in the same change (apply.py)."""
    name, old = task.metadata.name, task.spec.edge
    why = why or f"edge node {old} is not heard; moved to {edge}"
    ops: list[Op] = [_put(task, msgspec.structs.replace(task.spec, edge=edge, assignment=None), why=why)]
    mission = model.get(Kind.MISSION, task.spec.mission)
    if mission is not None and mission.spec.edge not in ("", edge):
        # it spans both from now on: both must know what is wanted of it
        spec = msgspec.structs.replace(mission.spec, edge="")
        ops.append(PutSpec(Kind.MISSION, mission.metadata.name, spec, site=mission.metadata.site))
    ops.append(
        _event(new_id(), now, "warning", "TaskMoved", f"Task/{name}", f"from edge node {old} to {edge}, under a new fence: {why}")
    )
    return ops


def _put(task: AnyResource, spec: TaskSpec, *, why: str) -> PutSpec:
    return PutSpec(Kind.TASK, task.metadata.name, spec, site=task.metadata.site, new_attempt=why)


def _ended_as_done(task: AnyResource, text: str, now: float) -> Iterable[Op]:
    fate = Condition(type=FATE, status="True", reason=ATTESTED, message=text[:500], last_transition_time=timestamp(now))
    status = msgspec.structs.replace(
        with_condition(task.status, fate), phase=Phase.DONE, finished_at=now, fence=task.spec.fence, reason="", eta_at=None
    )
    yield PutStatus(Kind.TASK, task.metadata.name, status)
    if task.spec.edge:
        yield SendRevoke(task.spec.edge, Revoke(task=task.metadata.name, fence=task.spec.fence, reason=text))


def _event(id_: str, now: float, level: str, reason: str, subject: str, message: str, fix: str = "") -> AddEvent:
    return AddEvent(Event(id=id_, at=now, level=level, reason=reason, subject=subject, message=message[:500], fix=fix))
