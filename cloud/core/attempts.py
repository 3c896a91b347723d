"""Reports on tasks: of the attempt that is granted, and of others. What was done is never dropped, whoever did it.

A report belongs to the granted attempt when it comes from the edge node that the task is bound to, under its fence (or a
higher one, which a restored hub has forgotten; or none: an edge node of an older version). Any other is of an attempt that was
replaced, or that ended here by other means (attested, done by the original): its end is kept as an event, and where a
second attempt had begun it is a DuplicateEffect: an alarm, and a condition of the task. `reconcile` says whose result stands.
"""

from __future__ import annotations

from cloud.core.changes import AddEvent, Op, PutStatus, SendRevoke
from cloud.core.fates import ATTESTED, DUPLICATE, FATE, condition, merged, timestamp, with_condition
from cloud.core.model import Model
from fleet.authority.reassign import Attempt, Kept, reconcile
from fleet.contracts.resources import AnyResource, Condition, Kind, Phase, TaskStatus
from fleet.contracts.wire import Event, Revoke, Revoked, RevokeOutcome
from fleet.tasks.robot_state import IN_HAND


def report(task: AnyResource, status: TaskStatus, edge: str, model: Model, now: float) -> list[Op]:
    """An edge node's report on a task, as writes."""
    name, spec, held = task.metadata.name, task.spec, task.status
    granted = spec.edge in ("", edge) and (status.fence == 0 or status.fence >= spec.fence)
    if not granted:
        return _of_another(task, status, edge, model, now)
    fate = condition(held, FATE)
    if held.phase.ended and fate is not None and fate.reason == ATTESTED:
        if status.phase is Phase.DONE:
            return [PutStatus(Kind.TASK, name, merged(held, status))]
        return _note(task, status, edge, model, now, "AttestContradicted", "warning")
    if held.phase.ended and held.fence and held.fence != spec.fence:
        # the original's result stands; this is the replacement, which was told to give up
        return _of_another(task, status, edge, model, now)
    return [PutStatus(Kind.TASK, name, merged(held, status))]


def answered(message: Revoked, edge: str, model: Model, now: float) -> list[Op]:
    """An edge node's answer to a Revoke."""
    task = model.get(Kind.TASK, message.task)
    unclear = message.outcome is RevokeOutcome.UNKNOWN
    text = f"edge node {edge}, attempt with fence {message.fence}: {message.outcome.replace('_', ' ')}"
    told = _event(
        model,
        f"revoked-{message.task}-{message.fence}-{edge}-{message.outcome}",
        now,
        "warning" if unclear and task is not None and not task.status.phase.ended else "info",
        "RevokeAnswered",
        f"Task/{message.task}",
        text + (f"; {message.detail}" if message.detail else ""),
        "see that none of its robots still works on it" if unclear else "",
    )
    if task is None or message.outcome is not RevokeOutcome.DONE or not message.fence:
        return told
    if message.fence == task.spec.fence and edge == task.spec.edge and not task.status.phase.ended:
        return told  # its own report says so, with all details
    done = TaskStatus(phase=Phase.DONE, fence=message.fence, finished_at=now, reason=message.detail)
    return [*told, *_of_another(task, done, edge, model, now)]


def _of_another(task: AnyResource, status: TaskStatus, edge: str, model: Model, now: float) -> list[Op]:
    """A report of an attempt that is not the granted one."""
    held: TaskStatus = task.status
    if not status.phase.ended or (status.fence and status.fence == held.fence and held.phase.ended):
        return []  # it was revoked, its end will be told; or this is known
    if status.phase is not Phase.DONE:
        return _note(task, status, edge, model, now, "OldAttemptEnded", "info") if status.step else []
    other = Attempt(done=held.phase is Phase.DONE, over=held.phase.ended, steps_done=held.step)
    kept = reconcile(task.spec.reconcile, Attempt(done=True, over=True, steps_done=status.step), other)
    begun = held.phase in IN_HAND or held.phase is Phase.DONE or held.step > 0
    ops = _duplicate(task, status, edge, model, now) if begun else _note(task, status, edge, model, now, "DoneBefore", "warning")
    if kept is Kept.ORIGINAL and not held.phase.ended:
        result = merged(held, status)
        ops.append(SendRevoke(task.spec.edge, Revoke(task=task.metadata.name, fence=task.spec.fence, reason=f"done by {edge}")))
    else:
        result = held
    if begun:
        result = with_condition(result, _duplicate_condition(status, edge, now))
    return [*ops, PutStatus(Kind.TASK, task.metadata.name, result)] if result is not held else ops


def _duplicate(task: AnyResource, status: TaskStatus, edge: str, model: Model, now: float) -> list[Op]:
    held = task.status
    text = (
        f"done by edge node {edge} under fence {status.fence} ({_deeds(status)}), and {held.phase} by "
        f"{task.spec.edge or 'another'} under fence {held.fence or task.spec.fence} ({_deeds(held)})"
    )
    fix = "see what stands where; what was moved twice must be put right by hand"
    name = task.metadata.name
    return _event(model, f"twice-{name}-{status.fence}-{edge}", now, "alarm", DUPLICATE, f"Task/{name}", text, fix)


def _note(task: AnyResource, status: TaskStatus, edge: str, model: Model, now: float, reason: str, level: str) -> list[Op]:
    name = task.metadata.name
    text = f"edge node {edge}, attempt with fence {status.fence}: {status.phase} ({_deeds(status)})"
    return _event(model, f"late-{name}-{status.fence}-{edge}-{status.phase}", now, level, reason, f"Task/{name}", text)


def _deeds(status: TaskStatus) -> str:
    """What was done, for the record."""
    done = [f"{s.action or 'drive'} at {s.place}" for s in status.steps[: status.step]]
    parts = [status.robot, f"{status.step} of {len(status.steps)} steps" if status.steps else "", ", ".join(done), status.reason]
    return "; ".join(p for p in parts if p) or "no details"


def _duplicate_condition(status: TaskStatus, edge: str, now: float) -> Condition:
    text = f"also done by edge node {edge} under fence {status.fence} ({_deeds(status)})"[:500]
    return Condition(type=DUPLICATE, status="True", reason=DUPLICATE, message=text, last_transition_time=timestamp(now))


def _event(model: Model, id_: str, now: float, level: str, reason: str, subject: str, message: str, fix: str = "") -> list[Op]:
    """Once: reports are repeated."""
    if any(e.id == id_ for e in model.events):
        return []
    return [AddEvent(Event(id=id_, at=now, level=level, reason=reason, subject=subject, message=message[:500], fix=fix))]
