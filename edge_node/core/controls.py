"""Controls: stop, resume, pause, cancel, recall, close, open, speed. Each changes wishes; the rest of the core follows them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import msgspec

from edge_node.core.authority import Authority
from edge_node.core.context import Context
from edge_node.core.effects import DeleteResource, Section
from edge_node.core.wishes import CLOSED_BY, made_here, refuse_clouds
from edge_node.core.work import NEEDS_CHECK, Work
from fleet.authority.inhibits import edge_owner, where_to_clear
from fleet.contracts import codec
from fleet.contracts.command_ir import ControlAction, ControlIr, Speed
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import AnyResource, ClosureSpec, ClosureStatus, Desired, Kind, ObjectMeta, Resource
from fleet.contracts.wire import ControlCommand
from fleet.tasks.control import Targets, resolve_targets
from fleet.tasks.site import Site

#: Ids of controls that are remembered, so that one that comes twice is done once.
IDS_MAX = 200
#: Controls that wait for their `until_at`.
UNTIL_MAX = 200
ALL = "all"


class Controls:
    """`reclose`: called when closures have changed."""

    def __init__(self, ctx: Context, work: Work, authority: Authority, reclose: Callable[[float], None]) -> None:
        self._ctx = ctx
        self._work = work
        self._authority = authority
        self._reclose = reclose

    def do(self, command: ControlCommand, now: float, *, by_cloud: bool) -> None:
        """Raises NotFound, InvalidInput; then nothing has changed."""
        done = self._ctx.values.get("controls", "").split()
        if command.id in done:
            return
        if command.until_at is not None and sum(k.startswith("until.") for k in self._ctx.values) >= UNTIL_MAX:
            raise InvalidInput("too many controls wait for their end", field="until", fix="leave until out")
        if command.action is ControlAction.EMERGENCY_STOP and ALL in command.targets:
            self._authority.stop(command, by_cloud=by_cloud, now=now)
            self.follow_stop(now, command.asked_by)
        else:
            resume_all = command.action is ControlAction.RESUME and ALL in command.targets and not command.excluded
            # a stop is pressed and lifted without a layout, too
            targets = Targets() if resume_all and self._ctx.site is None else self._targets(command, now)
            if resume_all:
                self._resume_all(command, now, by_cloud=by_cloud)
            self._on(command, targets, now, by_cloud=by_cloud)
        if command.id:
            self._ctx.put_value("controls", " ".join([*done, command.id][-IDS_MAX:]))
        self._remember_until(command, now)

    def _resume_all(self, command: ControlCommand, now: float, *, by_cloud: bool) -> None:
        """One side takes its stops back; those of the other hold, and it is said where they are cleared."""
        left = self._authority.resume(by_cloud=by_cloud)
        self.follow_stop(now, command.asked_by)
        if left:
            where = where_to_clear(left[0].owner)
            text = f"still stopped by {left[0].by or left[0].owner}: that is cleared at {where}"
            self._ctx.event("warning", "StillStopped", f"EdgeNode/{self._ctx.edge}", text, now, f"clear it at {where}")

    def follow_stop(self, now: float, by: str = "") -> None:
        """The latch: on while either side holds a stop."""
        stopped = self._authority.inhibits.stopped
        if stopped == self._ctx.stopped:
            return
        self._ctx.stopped = stopped
        if self._ctx.traffic is not None:
            self._ctx.traffic.hold_all(stopped)
        self._ctx.put_status(Kind.EDGE_NODE, self._ctx.edge, stopped=stopped)
        for unit in self._ctx.units.values():
            unit.status_dirty = True
        who = f" by {by}" if by else ""
        if stopped:
            self._ctx.event(
                "alarm", "Stopped", f"EdgeNode/{self._ctx.edge}", f"all robots are stopped{who}", now, "resume all robots"
            )
        else:
            self._ctx.event("info", "Resumed", f"EdgeNode/{self._ctx.edge}", f"all robots may go on{who}", now)

    def _targets(self, command: ControlCommand, now: float) -> Targets:
        if self._ctx.site is None:
            raise NotFound("this site has no layout yet", field="layout", fix="apply one: drover apply -f layout.yaml")
        site = Site.build(self._ctx.site_name, self._ctx.all_resources(), now, previous=self._ctx.site)
        ir = ControlIr(action=command.action, targets=command.targets, excluded=command.excluded)
        return resolve_targets(ir, site)

    def _on(self, command: ControlCommand, targets: Targets, now: float, *, by_cloud: bool = False) -> None:
        match command.action:
            case ControlAction.PAUSE | ControlAction.EMERGENCY_STOP:
                self._pause(targets, True, now)
            case ControlAction.RESUME:
                self._pause(targets, False, now)
            case ControlAction.CANCEL:
                self._cancel(targets, now)
            case ControlAction.CLOSE_AREA:
                self._close(command, targets, now, by_cloud=by_cloud)
            case ControlAction.OPEN_AREA:
                self._open(targets, now, by_cloud=by_cloud)
            case ControlAction.RECALL:
                for name in targets.robots:
                    self.recall(name, True)
            case ControlAction.SET_SPEED:
                self._speed(command, targets)

    def _pause(self, targets: Targets, paused: bool, now: float) -> None:
        for name in targets.robots:
            self._ctx.put_spec(Kind.ROBOT, name, Section.MADE, paused=paused)
            unit = self._ctx.units.get(name)
            if unit is None:
                continue
            unit.spec = self._ctx.get(Kind.ROBOT, name).spec
            unit.status_dirty = True
            if not paused:
                self.recall(name, False)
                # also undoes a pause at the robot itself: an operator asks for it by name
                unit.pause_ours = unit.pause_ours or bool(unit.state is not None and unit.state.paused)
        wish = Desired.PAUSE if paused else Desired.RUN
        for name in targets.missions:
            self.wish(Kind.MISSION, name, wish, now)
        for name in targets.tasks:
            if not paused and self._work.task(name).status.reason.startswith(NEEDS_CHECK):
                self._work.checked(name, now)
            self.wish(Kind.TASK, name, wish, now)

    def wish(self, kind: Kind, name: str, desired: Desired, now: float) -> None:
        """Change what is wanted of a mission or a task, unless it has ended or is being cancelled (that is final)."""
        resource = self._ctx.get(kind, name)
        if resource.status.phase.ended or resource.spec.desired is Desired.CANCEL:
            return
        self._ctx.put_spec(kind, name, Section.MADE, desired=desired)
        self.follow(kind, name, now)

    def follow(self, kind: Kind, name: str, now: float) -> None:
        """The wish of a mission or a task is there: act on it."""
        if kind is Kind.TASK:
            self._work.wish_changed(name, now)
            return
        self._ctx.dirty_missions.add(name)
        for task in self._ctx.get(Kind.MISSION, name).spec.tasks:
            if task in self._ctx.resources[Kind.TASK]:
                self._work.wish_changed(task, now)

    def _cancel(self, targets: Targets, now: float) -> None:
        for name in targets.missions:
            self.wish(Kind.MISSION, name, Desired.CANCEL, now)
        tasks = list(targets.tasks)
        tasks += [u.task for n in targets.robots if (u := self._ctx.units.get(n)) is not None and u.task]
        for name in tasks:
            self.wish(Kind.TASK, name, Desired.CANCEL, now)

    def _close(self, command: ControlCommand, targets: Targets, now: float, *, by_cloud: bool) -> None:
        name = f"close-{command.id or int(now)}"
        spec = ClosureSpec(
            targets=targets.places, until_at=command.until_at, reason=f"asked by {command.asked_by or 'an operator'}"
        )
        labels = {} if by_cloud else {CLOSED_BY: edge_owner(self._ctx.edge)}
        meta = ObjectMeta(name=name, site=self._ctx.site_name, generation=1, labels=labels)
        self._ctx.put(Resource(kind=Kind.CLOSURE, metadata=meta, spec=spec, status=ClosureStatus()), Section.MADE)
        self._reclose(now)

    def _open(self, targets: Targets, now: float, *, by_cloud: bool) -> None:
        """Places leave this side's closures that name them; an empty closure goes away. The other side's hold.

        Raises Conflict when the site asks for the cloud's only; the cloud is told by an event.
        """
        assert self._ctx.site is not None
        opened = set(targets.places)
        self._check_own(opened, by_cloud)
        for name, closure in list(self._ctx.resources[Kind.CLOSURE].items()):
            closed = [p for target in closure.spec.targets for p in self._ctx.site.areas.get(target, (target,))]
            left = tuple(p for p in closed if p not in opened)
            if left != tuple(closed) and made_here(closure) == by_cloud:
                self._held(name, by_cloud, now)
                continue
            if left and len(left) < len(closed):
                self._ctx.put_spec(Kind.CLOSURE, name, Section.MADE, targets=left)
            elif not left:
                del self._ctx.resources[Kind.CLOSURE][name]
                self._ctx.effects.append(DeleteResource(Kind.CLOSURE, name, made=True))
        self._reclose(now)

    def _check_own(self, opened: set[str], by_cloud: bool) -> None:
        assert self._ctx.site is not None
        areas = self._ctx.site.areas
        named = [
            c
            for c in self._ctx.resources[Kind.CLOSURE].values()
            if any(p in opened for target in c.spec.targets for p in areas.get(target, (target,)))
        ]
        if named and not by_cloud and not any(made_here(c) for c in named):
            refuse_clouds(named[0])

    def still_closed(self, closure: AnyResource, now: float) -> AnyResource:
        """The cloud changes or deletes a closure of the site: it holds, and the cloud is told of it again."""
        meta = closure.metadata
        # later than the cloud's own word, so that it is taken up again
        meta = msgspec.structs.replace(meta, generation=meta.generation + 2)
        again: AnyResource = msgspec.structs.replace(closure, metadata=meta)
        self._ctx.put(again, Section.MADE)
        self._held(meta.name, True, now)
        return again

    def _held(self, closure: str, by_cloud: bool, now: float) -> None:
        where = "the site's own page or API" if by_cloud else "the cloud"
        text = f"{closure} stays closed: it was closed there, and is opened at {where}"
        self._ctx.event("warning", "StillClosed", f"Closure/{closure}", text, now, f"open it at {where}")

    def recall(self, name: str, recalled: bool) -> None:
        """Home, and no new tasks until it is resumed."""
        unit = self._ctx.units.get(name)
        if unit is not None and unit.recalled != recalled:
            unit.recalled, unit.status_dirty = recalled, True
            self._ctx.put_value(f"recalled.{name}", "1" if recalled else "")

    def _speed(self, command: ControlCommand, targets: Targets) -> None:
        speed = command.speed
        if speed is None or (speed.percent is None and speed.mps is None):
            raise InvalidInput("no speed", field="speed", fix='give {"percent": 50} or {"mps": 0.5}')
        for name in targets.robots:
            unit = self._ctx.units.get(name)
            if unit is None:
                continue
            top_mps = unit.model.speed_mps_max
            mps = speed.mps if speed.mps is not None else top_mps * (speed.percent or 0.0) / 100.0
            if not 0.0 < mps < 100.0:
                raise InvalidInput(f"{mps} m/s", field="speed", fix="give a speed above 0")
            unit.speed_limit_mps = mps if mps < top_mps else None
            self._ctx.put_value(f"speed.{name}", "" if unit.speed_limit_mps is None else f"{mps:.3f}")

    # ---- until ----

    def _remember_until(self, command: ControlCommand, now: float) -> None:
        """What is to be undone at `until_at`; a closure carries its own end, and a stop is never undone by itself."""
        if command.until_at is None or command.action not in (ControlAction.PAUSE, ControlAction.SET_SPEED, ControlAction.RECALL):
            return
        undo = msgspec.structs.replace(
            command,
            id=f"{command.id}-until",
            action=ControlAction.SET_SPEED if command.action is ControlAction.SET_SPEED else ControlAction.RESUME,
            speed=Speed(percent=100.0),
            until_at=command.until_at,
        )
        self._ctx.put_value(f"until.{command.id}", codec.encode(undo).decode())

    def tick(self, now: float) -> None:
        """Undo what was asked for until now."""
        due = [(k, v) for k, v in self._ctx.values.items() if k.startswith("until.") and v]
        for key, value in due:
            undo = codec.decode(value, ControlCommand)
            if undo.until_at is not None and now >= undo.until_at:
                self._ctx.put_value(key, "")
                del self._ctx.values[key]
                with contextlib.suppress(NotFound):  # what was paused may be gone
                    # not through `do`: the end of a pause of all robots must not clear the stop latch
                    self._on(undo, self._targets(undo, now), now)
