"""The gate of a door, a lift or a charger: who holds it, until when, and which attempts it hears no more. Sans I/O.

A shell calls `receive` (a request), `on_report` (the device says how it stands), `on_failure` (it could not), `tick` (time
passes); then it carries out `take_effects()` in order, Save first. `now` is seconds of a clock that never goes back and counts
on in suspend (boot time).

Rules: 1. A fence lower than the highest seen for its task is refused, and the highest is on the disk before anything moves
(M. Kleppmann, "How to do distributed locking", 2016). 2. One holder at a time; only a newer attempt at the same task takes over.
3. A grant is for a time: not renewed, the device releases itself. 4. After a restart it releases itself. 5. A stop is obeyed at
once, from anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from fleet.authority.fences import NO_FENCE, Fence, FenceGate, StaleFence, task_key
from fleet.contracts import codec
from fleet.contracts.device import DeviceAction, DeviceAnswer, DeviceKind, DeviceRequest, DeviceState, check
from fleet.contracts.errors import Conflict, FleetError

#: Tasks whose fence a device remembers; beyond, the oldest share one floor.
TASKS_MAX = 4000
#: Ids of requests that are remembered, so that one which comes twice is done once.
IDS_MAX = 200
REQUEST_BYTES_MAX = 16 * 1024
#: A device that could not release itself is told again so often, in seconds.
RELEASE_AGAIN_S = 5.0
#: Without any change, the state is said this often, in seconds.
STATE_EVERY_S = 30.0
#: The key for requests without a task: the device as a whole.
DEVICE_KEY = "device"


class DeviceMemory(msgspec.Struct, kw_only=True):
    """What must survive a restart. `holder`: it was held when this was written."""

    version: int = 1
    fences: dict[str, str] = {}
    ids: dict[str, DeviceAnswer] = {}
    holder: str = ""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """How the device stands, as its adapter says."""

    position: str = "unknown"
    moving: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class SaveMemory:
    """Store `DeviceGate.memory` durably before any effect that follows is carried out."""


@dataclass(frozen=True, slots=True)
class Do:
    """Open, close, start (to `target`), or stop."""

    action: DeviceAction
    target: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseNow:
    """Nobody holds it any longer: to its state of rest (a door closes by its own rules, a charger gives no power)."""


@dataclass(frozen=True, slots=True)
class Say:
    state: DeviceState


DeviceEffect = SaveMemory | Do | ReleaseNow | Say


@dataclass(frozen=True, slots=True)
class _Grant:
    holder: str
    task: str
    fence: Fence
    action: DeviceAction
    target: str
    until: float


class DeviceGate:
    """See the module's docstring."""

    def __init__(self, name: str, kind: DeviceKind, memory: DeviceMemory | None = None, *, now: float = 0.0) -> None:
        """Raises InvalidInput when the memory is damaged."""
        self.name, self.kind = name, kind
        self.memory = memory or DeviceMemory()
        self._fences = FenceGate(self.memory.fences, keys_max=TASKS_MAX)
        self._grant: _Grant | None = None
        self._report = DeviceReport()
        self._answer: DeviceAnswer | None = None
        self._note, self._error = "", ""
        self._release_at: float | None = None  # to be told (again) to release itself
        self._said_at = now
        self._effects: list[DeviceEffect] = []
        if self.memory.holder:
            self._note = f"released at the start; {self.memory.holder} held it before"
            self._let_go(now)

    @property
    def held_by(self) -> str:
        return self._grant.holder if self._grant is not None else ""

    # ---- inputs -----------------------------------------------------------------------------------------------------

    def receive(self, payload: bytes, now: float) -> None:
        """A request. Never raises: a bad one is answered in the state, with the field and the fix."""
        self.tick(now)
        request_id = ""
        try:
            request = codec.decode(payload, DeviceRequest, bytes_max=REQUEST_BYTES_MAX)
            request_id = request.id[:64]
            if (known := self.memory.ids.get(request.id)) is not None:
                self._answer = known
            else:
                check(request, self.kind)
                self._obey(request, now)
                self._remember(DeviceAnswer(id=request.id, accepted=True))
        except FleetError as error:
            where = f"{error.field}: " if error.field else ""
            self._answer = DeviceAnswer(id=request_id, accepted=False, reason=f"{where}{error.detail} ({error.fix})"[:400])
        self._say(now)

    def on_report(self, report: DeviceReport, now: float) -> None:
        """The device says how it stands."""
        if report != self._report:
            self._report = report
            self._say(now)
        self.tick(now)

    def on_failure(self, effect: Do | ReleaseNow, why: str, now: float) -> None:
        """The adapter could not carry it out."""
        self._error = why[:300]
        if isinstance(effect, ReleaseNow):
            self._release_at = now + RELEASE_AGAIN_S
        self._say(now)

    def tick(self, now: float) -> None:
        """Time passes: grants end."""
        grant = self._grant
        if grant is not None and now >= grant.until:
            self._note = f"released: {grant.holder} did not renew"
            self._let_go(now)
        elif self._grant is None and self._release_at is not None and now >= self._release_at:
            self._effects.append(ReleaseNow())
            self._release_at = None
        if now - self._said_at >= STATE_EVERY_S:
            self._say(now)

    def take_effects(self) -> list[DeviceEffect]:
        """All that is to be done now, in order: what must be stored first, and of the states only the newest."""
        effects, self._effects = self._effects, []
        save = [e for e in effects if isinstance(e, SaveMemory)][:1]
        said = [e for e in effects if isinstance(e, Say)]
        return [*save, *(e for e in effects if not isinstance(e, SaveMemory | Say)), *said]

    def state(self, now: float, *, online: bool = True) -> DeviceState:
        grant = self._grant
        return DeviceState(
            name=self.name,
            kind=self.kind,
            online=online,
            position=self._report.position,
            moving=self._report.moving,
            held_by=self.held_by,
            task=grant.task if grant is not None else "",
            fence=str(grant.fence) if grant is not None and grant.fence != NO_FENCE else "",
            action=grant.action if grant is not None else None,
            left_s=round(max(0.0, grant.until - now), 3) if grant is not None else 0.0,
            answer=self._answer,
            note=self._note,
            error=self._report.error or self._error,
        )

    # ---- rules ------------------------------------------------------------------------------------------------------

    def _obey(self, request: DeviceRequest, now: float) -> None:
        """Raises StaleFence, Conflict, InvalidInput; then nothing has changed."""
        if request.action is DeviceAction.STOP:
            self._note = f"stopped by {request.holder or 'somebody'}"
            self._grant, self._release_at = None, None
            self._effects.append(Do(DeviceAction.STOP))
            self._keep_holder("")
            return
        fence = Fence.parse(request.fence)
        key = task_key(request.task) if request.task else DEVICE_KEY
        self._fences.check(key, fence)
        self._check_holder(request, fence, now)
        self._admit(key, fence)
        self._note = self._error = ""
        if request.action is DeviceAction.RELEASE:
            self._let_go(now)
            return
        before = self._grant
        until = now + request.valid_for_s
        self._grant = _Grant(request.holder, request.task, fence, request.action, request.target, until)
        self._release_at = None
        self._keep_holder(request.holder)
        same = before is not None and (before.action, before.target) == (request.action, request.target)
        if request.action is not DeviceAction.HOLD and not same:
            self._effects.append(Do(request.action, request.target))

    def _check_holder(self, request: DeviceRequest, fence: Fence, now: float) -> None:
        grant = self._grant
        if grant is None or grant.holder == request.holder:
            return
        if request.task and request.task == grant.task and fence > grant.fence:
            return  # the attempt that holds it was replaced by this one
        left_s = grant.until - now
        raise Conflict(f"{grant.holder} holds it for another {left_s:.0f} s", field="holder", fix="ask again when it is free")

    def _admit(self, key: str, fence: Fence) -> None:
        if fence == NO_FENCE:
            return
        for raised in self._fences.admit(key, fence):
            if raised.fence is None:
                self.memory.fences.pop(raised.key, None)
            else:
                self.memory.fences[raised.key] = str(raised.fence)
            self._effects.append(SaveMemory())

    def _let_go(self, now: float) -> None:
        self._grant, self._release_at = None, None
        self._effects.append(ReleaseNow())
        self._keep_holder("")
        self._say(now)

    def _keep_holder(self, holder: str) -> None:
        if self.memory.holder != holder:
            self.memory.holder = holder
            self._effects.append(SaveMemory())

    def _remember(self, answer: DeviceAnswer) -> None:
        self._answer = answer
        self.memory.ids[answer.id] = answer
        while len(self.memory.ids) > IDS_MAX:
            del self.memory.ids[next(iter(self.memory.ids))]
        self._effects.append(SaveMemory())

    def _say(self, now: float) -> None:
        self._said_at = now
        self._effects.append(Say(self.state(now)))


__all__ = ["DeviceGate", "DeviceMemory", "DeviceReport", "Do", "ReleaseNow", "SaveMemory", "Say", "StaleFence"]
