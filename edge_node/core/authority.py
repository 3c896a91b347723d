"""What this site may do, and until when: fences, leases, revoked attempts, and what forbids motion (fleet/authority).

A grant (a Task with a fence) is taken once and for all: the highest fence of a task is stored in the batch that takes it, before
anything follows from it. A lease that has run out makes the task's `on_disconnect` apply; what the cloud assumes then
(fleet/authority/reassign.STOP_BOUND_S) holds here: a robot that was to finish to a safe point stands after STOP_AFTER_S.
"""

from __future__ import annotations

from edge_node.core.context import Context
from edge_node.core.effects import Tell
from fleet.authority.fences import Fence, FenceGate, StaleFence, task_key
from fleet.authority.inhibits import Inhibits, Known
from fleet.authority.leases import EdgeLeases
from fleet.authority.reassign import STOP_BOUND_S
from fleet.contracts import codec
from fleet.contracts.errors import InvalidInput
from fleet.contracts.resources import AnyResource, Inhibit, InhibitKind, Kind, OnDisconnect, Phase
from fleet.contracts.wire import ControlCommand, Revoke, Revoked, RevokeOutcome

#: Names of small durable values.
FENCE_VALUE = "fence."
REVOKED_VALUE = "revoked."
INHIBITS_VALUE = "inhibits"
FATES_VALUE = "fates"
#: Answers about forgotten tasks that are remembered.
FATES_MAX = 200
#: A robot that should finish to a safe point is stopped outright so long after its lease has ended, seconds: well before the
#: bound that the cloud counts with.
STOP_AFTER_S = STOP_BOUND_S[OnDisconnect.FINISH_TO_SAFE_POINT] - 20.0
#: Only a prefix of the reason of a held task, so that it is recognised again.
LEASE_OVER = "LEASE_OVER"


class Authority:
    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.gate = FenceGate()
        self.leases = EdgeLeases()
        self.inhibits = Inhibits(ctx.edge)
        self._over_at: dict[str, float] = {}

    def restore(self, now: float) -> None:
        """What the store remembers. Leases count only when they are confirmed again."""
        values = self._ctx.values
        stored = {k.removeprefix(FENCE_VALUE): v for k, v in values.items() if k.startswith(FENCE_VALUE) and v}
        self.gate = FenceGate(stored)
        if values.get(INHIBITS_VALUE):
            self.inhibits = Inhibits(self._ctx.edge, codec.decode(values[INHIBITS_VALUE], Known))
        elif self._ctx.get(Kind.EDGE_NODE, self._ctx.edge).status.stopped:
            # stopped by a version that kept no entries: whoever it was, the site's people clear it
            self.inhibits.add(Inhibit(id="before", kind=InhibitKind.STOP, owner="", at=now, reason="stopped before an update"))
        for name, text in values.items():
            if name.startswith(REVOKED_VALUE) and text:
                self._ctx.revoked[name.removeprefix(REVOKED_VALUE)] = int(text)
        for task in self._ctx.resources[Kind.TASK].values():
            self.hold(task, now)

    # ---- grants ----

    def check(self, task: AnyResource) -> None:
        """Raises StaleFence for an attempt that was replaced or given up."""
        try:
            self.gate.check(task_key(task.metadata.name), Fence(task.spec.fence))
        except StaleFence:
            self._ctx.count("StaleFence")
            raise

    def take(self, task: AnyResource, now: float) -> None:
        """The grant is taken: its fence is stored with the task itself, in one batch."""
        for raised in self.gate.admit(task_key(task.metadata.name), Fence(task.spec.fence)):
            self._ctx.put_value(f"{FENCE_VALUE}{raised.key}", str(raised.fence) if raised.fence is not None else "")
        self.hold(task, now)

    def hold(self, task: AnyResource, now: float) -> None:
        if task.spec.fence and not task.status.phase.ended:
            self.leases.hold(task.metadata.name, task.spec.fence, task.spec.lease_s, now)
        else:
            self.leases.release(task.metadata.name)

    # ---- leases ----

    def over(self, task: AnyResource, now: float) -> OnDisconnect | None:
        """What a lease that has run out asks for; None: it has not, or the task goes on all the same."""
        name = task.metadata.name
        if not task.spec.fence or self.leases.valid(name, now):
            self._over_at.pop(name, None)
            return None
        policy: OnDisconnect = task.spec.on_disconnect or self._ctx.get(Kind.EDGE_NODE, self._ctx.edge).spec.on_disconnect
        if policy is OnDisconnect.CONTINUE:
            return None
        since = self._over_at.setdefault(name, self.leases.until(name) or now)
        if policy is OnDisconnect.FINISH_TO_SAFE_POINT and now - since >= STOP_AFTER_S:
            return OnDisconnect.STOP_NOW
        return policy

    # ---- revoked attempts ----

    def revoke(self, revoke: Revoke, now: float) -> bool:
        """Close the fence; True when something here must come to an end first (then `settle` answers)."""
        if revoke.fence:
            for raised in self.gate.close(task_key(revoke.task), revoke.fence):
                self._ctx.put_value(f"{FENCE_VALUE}{raised.key}", str(raised.fence) if raised.fence is not None else "")
        task = self._ctx.resources[Kind.TASK].get(revoke.task)
        if task is None:
            known = self._fates().get(revoke.task)
            if known is not None and known.fence >= revoke.fence:
                self._tell(revoke.task, revoke.fence, known.outcome, known.detail)
            else:
                self._tell(revoke.task, revoke.fence, RevokeOutcome.UNKNOWN, "this site does not know the task")
            return False
        if task.spec.fence > revoke.fence:
            self._tell(revoke.task, revoke.fence, RevokeOutcome.STOPPED, "a newer attempt is here")
            return False
        self._ctx.revoked[revoke.task] = revoke.fence
        self._ctx.put_value(f"{REVOKED_VALUE}{revoke.task}", str(revoke.fence))
        text = f"{revoke.task} is taken back by the cloud" + (f": {revoke.reason}" if revoke.reason else "")
        self._ctx.event("warning", "TaskRevoked", f"Task/{revoke.task}", text, now)
        return True

    def settle(self) -> None:
        """Answer for revoked attempts of which nothing moves any more."""
        for name, fence in list(self._ctx.revoked.items()):
            task = self._ctx.resources[Kind.TASK].get(name)
            if task is not None and not task.status.phase.ended:
                continue
            if task is not None:
                self._tell(name, fence, *self._outcome(task))
            del self._ctx.revoked[name]
            self._ctx.put_value(f"{REVOKED_VALUE}{name}", "")

    def unclear(self, name: str) -> None:
        """Its robot does not stand, or does not say so: nobody knows. The true answer follows."""
        task = self._ctx.resources[Kind.TASK].get(name)
        robot = task.status.robot if task is not None else ""
        self._tell(name, self._ctx.revoked[name], RevokeOutcome.UNKNOWN, f"{robot or 'its robot'} has not stopped yet")

    def remember(self, task: AnyResource) -> None:
        """What became of a task that is forgotten here, of the last FATES_MAX."""
        name = task.metadata.name
        outcome, detail = self._outcome(task)
        fates = self._fates()
        fates.pop(name, None)
        fates[name] = Revoked(task=name, fence=max(task.spec.fence, task.status.fence), outcome=outcome, detail=detail[:300])
        self._ctx.put_value(FATES_VALUE, codec.encode(dict(list(fates.items())[-FATES_MAX:])).decode())

    def _fates(self) -> dict[str, Revoked]:
        return codec.decode(self._ctx.values.get(FATES_VALUE, "{}"), dict[str, Revoked])

    def _outcome(self, task: AnyResource) -> tuple[RevokeOutcome, str]:
        status = task.status
        if status.phase is Phase.DONE:
            return RevokeOutcome.DONE, status.reason
        if status.started_at is None:
            return RevokeOutcome.NEVER_BEGUN, ""
        unit = self._ctx.units.get(status.robot)
        deeds = f"{status.step} of {len(status.steps)} steps done"
        where = f"{unit.name} stands at {unit.node or '(unknown)'}; " if unit is not None else ""
        return RevokeOutcome.STOPPED, where + deeds + (f"; {status.reason}" if status.reason else "")

    def _tell(self, task: str, fence: int, outcome: RevokeOutcome, detail: str) -> None:
        message = Revoked(task=task, fence=fence, outcome=outcome, detail=detail[:300])
        self._ctx.effects.append(Tell("ev", f"Task/{task}", message))

    # ---- what forbids motion ----

    def stop(self, command: ControlCommand, *, by_cloud: bool, now: float) -> None:
        entry = Inhibit(
            id=command.id or f"stop-{now:.3f}",
            kind=InhibitKind.STOP,
            owner="",
            by=command.asked_by,
            at=now,
            reason="stop all",
        )
        if by_cloud:
            self.inhibits.heard(entry)
        else:
            self.inhibits.add(entry)
        self._store()

    def resume(self, *, by_cloud: bool) -> tuple[Inhibit, ...]:
        """Takes back one side's stops. The stops that still hold: the other side's."""
        left = self.inhibits.cloud_resumed() if by_cloud else self.inhibits.resume()
        self._store()
        return left

    def cloud_said(self, entries: tuple[Inhibit, ...]) -> None:
        """EdgeNodeSpec.inhibits, as it has just come."""
        self.inhibits.cloud_said(entries)
        self._store()

    def _store(self) -> None:
        known = self.inhibits.known
        text = codec.encode(known).decode() if known != Known() else ""
        self._ctx.put_value(INHIBITS_VALUE, text)
        self._ctx.put_status(Kind.EDGE_NODE, self._ctx.edge, inhibits=self.inhibits.own)

    def inhibited(self, robot: str) -> bool:
        return robot in self.inhibits.robots


def check_room(ctx: Context, task: AnyResource) -> None:
    """Raises InvalidInput: a task made here bears no fence, only the cloud grants one."""
    if task.spec.fence:
        raise InvalidInput("only the cloud gives fences", field="spec.fence", fix="leave it out")
