"""Tasks on robots: which one begins, its steps as legs, what each ending means, cancel and pause at any point.

A task is at any time either waiting (no robot has begun it), in hand (`unit.task`), or ended. What is durable of a task in
hand is its status (robot, step, attempt) and the robot's journal entry; both are written with the same batch.

Exactly once: a step is repeated (as a new attempt, with new ids) only when evidence.happened says that it was not
done. Where nobody knows, the task waits with reason NEEDS_CHECK for a person: resume does the step again, cancel ends it.
"""

from __future__ import annotations

from edge_node.core import messages
from edge_node.core.authority import LEASE_OVER, Authority
from edge_node.core.context import Context
from edge_node.core.evidence import carries, happened
from edge_node.core.leg import Leg, Purpose
from edge_node.core.master import End, Master, Outcome
from edge_node.core.queues import Queues
from edge_node.core.unit import Unit
from fleet.authority.fences import Fence
from fleet.authority.order_ids import order_id as order_id_of
from fleet.contracts.errors import Conflict, FleetError
from fleet.contracts.resources import AnyResource, Desired, Kind, Phase, StepStatus, TaskSpec
from fleet.tasks.lower import WAIT_S_DEFAULT
from fleet.tasks.steps import DROP, PICK, START_CHARGING, WAIT, node_of, steps_of

#: A step is tried so often altogether, so often when only the cloud was away, so often when the robot refuses the order.
ATTEMPTS_MAX = 20
HELD_MAX = 10_000
REFUSALS_MAX = 4
#: A failed action that certainly did nothing is tried again so often.
ACTION_RETRIES_MAX = 1
#: Pause before a step is tried again, or a way is looked for again, seconds.
RETRY_S = 5.0
NEEDS_CHECK = "NEEDS_CHECK"
IN_HAND = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.CANCELLING})


class Work:
    """See the module's docstring. `queues`: the tasks that wait."""

    def __init__(self, ctx: Context, master: Master, authority: Authority) -> None:
        self._ctx = ctx
        self._authority = authority
        self._master = master
        self.queues = Queues(ctx)
        self._retries: dict[str, int] = {}

    # ---- the book of tasks ----

    @property
    def waiting(self) -> set[str]:
        """Names of tasks not begun and not ended."""
        return self.queues.waiting

    @property
    def seen_at(self) -> dict[str, float]:
        """Since when each of them is known here."""
        return self.queues.seen_at

    def load(self, task: AnyResource, now: float) -> None:
        """A task came, changed or was restored."""
        name, phase = task.metadata.name, task.status.phase
        self._ctx.dirty_missions.add(task.spec.mission)
        if phase.ended or phase in IN_HAND:
            self.queues.discard(name)
            unit = self._ctx.units.get(task.status.robot)
            if phase in IN_HAND and unit is not None and not unit.task:
                unit.task = name
        else:
            self.queues.add(task, now)

    def task(self, name: str) -> AnyResource:
        return self._ctx.get(Kind.TASK, name)

    def desired(self, task: AnyResource) -> Desired:
        """What is wanted of it, its mission's wish included."""
        if task.metadata.name in self._ctx.revoked:
            return Desired.CANCEL
        mission = self._ctx.resources[Kind.MISSION].get(task.spec.mission)
        wishes = {task.spec.desired, mission.spec.desired if mission is not None else Desired.RUN}
        return Desired.CANCEL if Desired.CANCEL in wishes else Desired.PAUSE if Desired.PAUSE in wishes else Desired.RUN

    def _set(self, name: str, **changes: object) -> AnyResource:
        task = self._ctx.put_status(Kind.TASK, name, **changes)
        self._ctx.dirty_missions.add(task.spec.mission)
        return task

    # ---- beginning ----

    def free(self, unit: Unit) -> bool:
        """Could begin a task now (or when it has left off parking)."""
        return (
            unit.takes_orders
            and unit.verified
            and unit.spec.enabled
            and not unit.recalled
            and not unit.pause_ours
            and not unit.spec.paused
            and not (unit.state is not None and unit.state.paused)
            and not self._ctx.stopped
            and not self._authority.inhibited(unit.name)
        )

    def begin(self, unit: Unit, task: AnyResource, now: float) -> None:
        assert self._ctx.site is not None
        name, spec = task.metadata.name, task.spec
        try:
            steps = steps_of(spec, unit.spec, unit.model, self._ctx.site, at_node=unit.node, taken=self.taken(unit))
        except FleetError as error:
            self.finish(name, Phase.FAILED, str(error), now)
            return
        self.queues.discard(name)
        unit.task, unit.retry_at, unit.dwell_until = name, 0.0, None
        self._set(
            name,
            phase=Phase.RUNNING,
            robot=unit.name,
            step=0,
            steps=steps,
            attempt=1,
            reason="",
            started_at=now,
            order_id="",
            fence=spec.fence,
        )
        self.next_leg(unit, now)

    def taken(self, unit: Unit) -> set[str]:
        """Places where other robots stand, live or go."""
        assert self._ctx.site is not None
        nodes = {u.node for u in self._ctx.units.values() if u is not unit}
        nodes |= {u.home_node for u in self._ctx.units.values() if u is not unit}
        nodes |= {u.leg.goal for u in self._ctx.units.values() if u is not unit and u.leg is not None}
        return {p.name for p in self._ctx.graph.places.values() if nodes & set(p.nodes)}

    # ---- legs ----

    def next_leg(self, unit: Unit, now: float) -> None:
        """Begin the leg of the step in hand, if the robot may go now."""
        task = self.task(unit.task)
        if unit.leg is not None or unit.dwell_until is not None or now < unit.retry_at:
            return
        if task.status.phase is Phase.CANCELLING or self._held(task) or not self.free(unit):
            return
        if self._authority.over(task, now) is not None:
            self._wait_for_lease(task)
            return
        step = task.status.steps[task.status.step]
        try:
            leg = self._leg(unit, task, step)
            if leg is not None:
                self._route(unit, leg.goal, task.spec, now)
        except FleetError as error:
            unit.retry_at = now + RETRY_S
            self._set(unit.task, reason=str(error))
            return
        if leg is None or (leg.action is None and self._stands_at(unit, leg.goal)):
            self._arrived(unit, step, now)
            return
        self._set_step(unit.task, step_phase=Phase.RUNNING, order_id=leg.order_id, reason="")
        self._master.begin(unit, leg, now)

    def _held(self, task: AnyResource) -> bool:
        return self.desired(task) is not Desired.RUN or task.status.reason.startswith(NEEDS_CHECK)

    def _stands_at(self, unit: Unit, goal: str) -> bool:
        return unit.node == goal and self._traffic_base(unit) == 1

    def _traffic_base(self, unit: Unit) -> int:
        assert self._ctx.traffic is not None
        return self._ctx.traffic.route(unit.name).base_nodes

    def _leg(self, unit: Unit, task: AnyResource, step: StepStatus) -> Leg | None:
        """None: nowhere to go. Raises NotFound for a place that left the layout."""
        assert self._ctx.site is not None
        if not step.place:
            return None
        name, spec = task.metadata.name, task.spec
        order_id = order_id_of(name, task.status.step, task.status.attempt, Fence(task.status.fence))
        acts = bool(step.action) and not (step.action == WAIT and WAIT not in unit.model.actions)
        place = self._ctx.graph.places.get(step.place)
        station = place.station_id if place is not None else step.place
        return Leg(
            order_id=order_id,
            purpose=Purpose.TASK,
            place=step.place,
            goal=node_of(step.place, self._ctx.site),
            doing=step.action,
            action=messages.step_action(unit, step.action, order_id, step.place, station, spec, name) if acts else None,
            task=name,
            step=task.status.step,
            attempt=task.status.attempt,
        )

    def _route(self, unit: Unit, goal: str, spec: TaskSpec, now: float) -> None:
        """Raises Conflict when there is no way."""
        assert self._ctx.site is not None
        assert self._ctx.traffic is not None
        avoid = frozenset(node for target in spec.avoid for node in self._ctx.site.nodes_of(target))
        self._ctx.traffic.set_goal(unit.name, goal, now=now, avoid=avoid - {goal})

    def _set_step(self, name: str, *, step_phase: Phase, **changes: object) -> None:
        status = self.task(name).status
        steps = list(status.steps)
        steps[status.step] = StepStatus(place=steps[status.step].place, action=steps[status.step].action, phase=step_phase)
        self._set(name, steps=tuple(steps), **changes)

    # ---- endings ----

    def on_end(self, unit: Unit, leg: Leg, end: End, now: float) -> None:
        """The master says how the leg of a task ended."""
        outcome, reason = end
        task = self._ctx.resources[Kind.TASK].get(leg.task)
        if task is None or task.status.phase.ended:
            self._let_go(unit, now)
            return
        if outcome is Outcome.DONE:
            self._arrived(unit, task.status.steps[task.status.step], now)
        elif outcome is Outcome.REJECTED:
            self._again(unit, f"the robot refuses the order: {reason}", now, bound=REFUSALS_MAX)
        elif outcome is Outcome.ACTION_FAILED:
            self._action_failed(unit, leg, reason, now)
        else:
            self._interrupted(unit, leg, reason, now)

    def _interrupted(self, unit: Unit, leg: Leg, reason: str, now: float) -> None:
        """Lost or cancelled: what became of the action decides."""
        assert unit.state is not None
        task = self.task(leg.task)
        done = happened(unit, leg, unit.state)
        last = task.status.step == len(task.status.steps) - 1
        if self.desired(task) is Desired.CANCEL and not (done and last and leg.action is not None):
            self.finish(leg.task, Phase.CANCELLED, task.status.reason, now)
        elif done:
            self._arrived(unit, task.status.steps[task.status.step], now)
        elif done is None:
            self._needs_check(unit, leg, reason, now)
        elif leg.refusal:
            self._again(unit, f"the robot refuses the order: {leg.refusal}", now, bound=REFUSALS_MAX)
        else:
            # an outage that let it stand at a safe point is no failed try
            self._again(unit, reason, now, bound=HELD_MAX if leg.shortened else ATTEMPTS_MAX)

    def _action_failed(self, unit: Unit, leg: Leg, reason: str, now: float) -> None:
        """Once more where it is certain that nothing happened; else the task has failed (or needs a look)."""
        assert unit.state is not None
        if self.desired(self.task(leg.task)) is Desired.CANCEL:
            self.finish(leg.task, Phase.CANCELLED, "", now)
            return
        if leg.doing in (PICK, DROP):
            on_board = carries(unit, leg.task)
            if on_board is not None and on_board == (leg.doing == PICK):
                self._arrived(unit, self.task(leg.task).status.steps[leg.step], now)
                return
            safe = on_board is not None
        else:
            safe = leg.doing == START_CHARGING
        tried = self._retries.get(f"{leg.task}.{leg.step}", 0)
        if safe and tried < ACTION_RETRIES_MAX:
            self._retries[f"{leg.task}.{leg.step}"] = tried + 1
            self._again(unit, reason, now)
        else:
            self.finish(leg.task, Phase.FAILED, f"{leg.doing} at {leg.place} failed: {reason}", now)

    def _again(self, unit: Unit, reason: str, now: float, *, bound: int = ATTEMPTS_MAX) -> None:
        """The same step as a new attempt, a little later."""
        task = self.task(unit.task)
        if self.desired(task) is Desired.CANCEL:
            self.finish(unit.task, Phase.CANCELLED, "", now)
            return
        if task.status.attempt >= bound:
            self.finish(unit.task, Phase.FAILED, f"{reason} ({task.status.attempt} attempts)", now)
            return
        unit.retry_at = now + RETRY_S
        self._set_step(unit.task, step_phase=Phase.PENDING, attempt=task.status.attempt + 1, reason=reason)

    def _needs_check(self, unit: Unit, leg: Leg, reason: str, now: float) -> None:
        what = f"{unit.name} may or may not have done {leg.doing} at {leg.place}: {reason}"
        self._set(leg.task, reason=f"{NEEDS_CHECK}: {what}")
        self._ctx.event(
            "alarm",
            "NeedsCheck",
            f"Task/{leg.task}",
            what,
            now,
            "look at the robot, then resume the task (the step is done again) or cancel it",
        )

    def _arrived(self, unit: Unit, step: StepStatus, now: float) -> None:
        """At the place, its action done. A wait without an action of the robot's own is waited out here."""
        task = self.task(unit.task)
        if step.action == WAIT and WAIT not in unit.model.actions and unit.dwell_until is None:
            seconds = WAIT_S_DEFAULT if task.spec.duration_s is None else task.spec.duration_s
            unit.dwell_until = now + seconds
            self._set_step(unit.task, step_phase=Phase.RUNNING)
            return
        unit.dwell_until = None
        self._set_step(unit.task, step_phase=Phase.DONE)
        done = task.status.step + 1
        if done >= len(task.status.steps):
            self.finish(unit.task, Phase.DONE, "", now)
        elif self.desired(task) is Desired.CANCEL:
            self.finish(unit.task, Phase.CANCELLED, "", now)
        else:
            self._set(unit.task, step=done, attempt=1, order_id="")
            unit.retry_at = 0.0
            self.next_leg(unit, now)

    def finish(self, name: str, phase: Phase, reason: str, now: float) -> None:
        task = self.task(name)
        if task.status.phase.ended:
            return
        self.queues.discard(name)
        self._authority.leases.release(name)
        # never begun: of the attempt that is given up, not of one that may have come in its place
        fence = task.status.fence or self._ctx.revoked.get(name, task.spec.fence)
        self._set(name, phase=phase, reason=reason, finished_at=now, eta_at=None, fence=fence)
        unit = self._ctx.units.get(task.status.robot)
        for step in range(len(task.status.steps)):
            self._retries.pop(f"{name}.{step}", None)
        level, word = ("info", "Done") if phase is Phase.DONE else ("warning", phase.capitalize())
        self._ctx.event(level, f"Task{word}", f"Task/{name}", f"{name} {phase}" + (f": {reason}" if reason else ""), now)
        if unit is not None and unit.task == name:
            self._let_go(unit, now)
            if phase is not Phase.DONE and carries(unit, name) and task.spec.action == "transport":
                self._still_loaded(unit, name, now)

    def _still_loaded(self, unit: Unit, name: str, now: float) -> None:
        what = self.task(name).spec.item or name
        text = f"{unit.name} carries {what} of {name}: send it somewhere and unload it"
        self._set(name, reason=f"{self.task(name).status.reason}; {text}".lstrip("; "))
        self._ctx.event(
            "alarm", "CarriesLoad", f"Robot/{unit.name}", text, now, "unload the robot; until then it takes no transport"
        )

    def _let_go(self, unit: Unit, now: float) -> None:
        assert self._ctx.traffic is not None
        unit.task, unit.retry_at, unit.dwell_until, unit.idle_since = "", 0.0, None, now
        unit.status_dirty = True
        if unit.leg is None and unit.known:
            self._ctx.traffic.clear_goal(unit.name, now)

    # ---- wishes ----

    def wish_changed(self, name: str, now: float) -> None:
        """Of the task or its mission: cancel at once what can be, pause and resume what is in hand."""
        task = self.task(name)
        phase = task.status.phase
        if phase.ended:
            return
        self.queues.follow(name)
        desired = self.desired(task)
        if desired is Desired.CANCEL:
            self._cancel(task, now)
        elif desired is Desired.PAUSE and phase is Phase.RUNNING:
            self._set(name, phase=Phase.PAUSED)
        elif desired is Desired.RUN and phase is Phase.PAUSED:
            self._set(name, phase=Phase.RUNNING)

    def _cancel(self, task: AnyResource, now: float) -> None:
        name = task.metadata.name
        unit = self._ctx.units.get(task.status.robot)
        if task.status.phase not in IN_HAND or unit is None or unit.task != name:
            self.finish(name, Phase.CANCELLED, "", now)
            return
        self._set(name, phase=Phase.CANCELLING)
        if unit.leg is None:
            self.finish(name, Phase.CANCELLED, "", now)
            return
        if not unit.verified:
            return  # restarted, not yet heard: go_on cancels then
        leg = unit.leg
        end = self._master.cancel(unit, now)
        if end is not None:
            self.on_end(unit, leg, end, now)

    def checked(self, name: str, now: float) -> None:
        """A person has looked: the step of a task that needed a check is done again. Raises Conflict for others."""
        task = self.task(name)
        if not task.status.reason.startswith(NEEDS_CHECK):
            raise Conflict(f"{name} waits for nothing", field="task", fix="resume what is paused")
        unit = self._ctx.units[task.status.robot]
        self._set(name, reason="")
        self._again(unit, "", now)

    # ---- restart, time ----

    def verify(self, unit: Unit, now: float) -> End | None:
        """First state after a restart: the journalled leg goes on, or is over."""
        leg, state = unit.leg, unit.state
        assert leg is not None
        assert state is not None
        known = state.order_id == leg.order_id
        never_came = leg.update_id < 0 or (leg.update_id == 0 and state.order_id == leg.prior_order)
        if not known and (not never_came or (leg.action is not None and happened(unit, leg, state))):
            return self._master.end(unit, Outcome.LOST, f"it shows order {state.order_id or '(none)'} after the restart", now)
        self._master.resume(unit, now)
        self._aim(unit, leg, now)
        task = self._ctx.resources[Kind.TASK].get(leg.task)
        if task is not None and self.desired(task) is Desired.CANCEL and not leg.cancelling:
            return self._master.cancel(unit, now)
        return None

    def aim_all(self, now: float) -> None:
        """The layout has changed, and traffic is a new one: robots under way go on to where they were going."""
        for unit in self._ctx.units.values():
            if unit.leg is not None and unit.verified and unit.placed:
                self._aim(unit, unit.leg, now)

    def _aim(self, unit: Unit, leg: Leg, now: float) -> None:
        """Traffic learns the goal of a leg from the journal again."""
        assert self._ctx.traffic is not None
        if leg.cancelling or leg.shortened or leg.purpose is Purpose.ASIDE:
            return
        task = self._ctx.resources[Kind.TASK].get(leg.task)
        try:
            if task is not None:
                self._route(unit, leg.goal, task.spec, now)
            else:
                self._ctx.traffic.set_goal(unit.name, leg.goal, now=now)
        except FleetError as error:
            unit.trouble = str(error)

    def in_hand(self, name: str) -> bool:
        """A robot has begun it, and it has not ended."""
        return (task := self._ctx.resources[Kind.TASK].get(name)) is not None and task.status.phase in IN_HAND

    def _wait_for_lease(self, task: AnyResource) -> None:
        if not task.status.reason.startswith(LEASE_OVER):
            self._set(task.metadata.name, reason=f"{LEASE_OVER}: the cloud is away; the task goes on when it is heard again")

    def _to_safe_point(self, unit: Unit, task: AnyResource, now: float) -> None:
        """Its lease is over: what is released is driven, an action in hand is done, and then it stands."""
        leg = unit.leg
        if leg is None or leg.shortened or leg.cancelling or leg.action_sent or not unit.verified:
            return
        self._wait_for_lease(task)
        end = self._master.shorten(unit, now)
        if end is not None:
            self.on_end(unit, leg, end, now)

    def tick(self, unit: Unit, now: float) -> None:
        """Waiting out, and the next try of a step."""
        if not unit.task:
            return
        task = self._ctx.resources[Kind.TASK].get(unit.task)
        if task is None or task.status.phase.ended:
            self._let_go(unit, now)
            return
        if self._authority.over(task, now) is not None:
            self._to_safe_point(unit, task, now)
        elif task.status.reason.startswith(LEASE_OVER):
            self._set(unit.task, reason="")
        if unit.dwell_until is not None:
            if now >= unit.dwell_until and not self._held(task):
                self._arrived(unit, task.status.steps[task.status.step], now)
        elif unit.leg is None:
            self.next_leg(unit, now)
