"""The command desk: takes a sentence, has it translated, tries it, shows it, and acts on the operator's word.

Each command is worked on by one task of its own, so that a slow planner blocks nobody; every outcome, also a failure, is
a state of the stored command. A sentence that means "stop" is acted on before anything else is asked.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import msgspec

from cloud.api.operations import Operations, event, mission_event, new_id, site_offset_s
from cloud.api.translator import Translator
from cloud.core import approvals, corrections, missions
from cloud.core.changes import Applied, Op, PutCommand
from cloud.core.commands import answered, check_sentence, expired, interrupted, last_said, move, printable, translated
from cloud.core.controls import is_stop_all
from cloud.core.missions import Origin
from cloud.store.corrections import Corrections
from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.commands import Command, CommandState, NewCommand, PlanPreview
from fleet.contracts.corrections import NewCorrection
from fleet.contracts.errors import Conflict, FleetError, InvalidInput, NotFound, QueueFull
from fleet.contracts.translate import TranslateRequest
from fleet.planning.problem import PlannedAssignment
from fleet.tasks import readback
from fleet.tasks.clock import clock
from fleet.tasks.policy import PolicyRefused
from fleet.tasks.risk import control_risk, needs_confirmation
from fleet.tasks.site import Site
from fleet.tasks.stop_words import is_stop
from fleet.tasks.validate import InvalidCommand, warnings
from fleet.tasks.words import settled

log = logging.getLogger("drover.cloud.desk")

#: Sentences that may be with the planner at once; it has a queue of its own.
TRANSLATING_MAX = 32
#: Plans kept for a confirmation; without one (after a restart) the dispatcher plans anew.
PLANS_KEPT = 200
EXPIRE_EVERY_S = 5.0
WAIT_S_MAX = 60.0
STOP_TITLE = "Stop all robots"


class CommandDesk:
    """`kept`: where corrections go, as examples for training."""

    def __init__(
        self, operations: Operations, translator: Translator, kept: Corrections, *, deadline_s: float, confirm_within_s: float
    ) -> None:
        self._operations = operations
        self._store = operations.store
        self._translator = translator
        self._kept = kept
        self._deadline_s = deadline_s
        self._confirm_within_s = confirm_within_s
        self._work: set[asyncio.Task[None]] = set()
        self._plans: OrderedDict[str, Mapping[str, PlannedAssignment]] = OrderedDict()
        self._settled: dict[str, asyncio.Event] = {}
        self._correcting: set[str] = set()

    async def start(self) -> None:
        """After a restart: commands that nobody works on any more say so."""
        self._store.watch(self._changed)
        ops: list[Op] = [
            PutCommand(c, expect_state=CommandState.TRANSLATING) for c in interrupted(self._store.model.commands.values())
        ]
        if ops:
            await self._store.commit(ops)

    async def expire(self) -> None:
        """Runs for ever: plans that nobody confirmed end, closures whose time is over go."""
        while True:
            await asyncio.sleep(EXPIRE_EVERY_S)
            await self._operations.remove_old_closures()
            for command in expired(self._store.model.commands.values(), time.time()):
                await self._end(command, self._store.model.commands[command.id].state)

    async def close(self) -> None:
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    # ---- what operators do ----

    async def submit(self, new: NewCommand, *, by: str) -> Command:
        """Raises InvalidInput, NotFound and Conflict (`answers`), QueueFull."""
        if new.site not in ("", self._operations.site_name):
            raise NotFound(f"no site {new.site!r} here", field="site", fix=f"use {self._operations.site_name!r} or leave it out")
        if is_stop(new.text):  # before anything that may refuse a sentence
            return await self._stop(printable(new.text), by=by)
        text = check_sentence(new.text)
        if len(self._work) >= TRANSLATING_MAX:
            raise QueueFull(f"{len(self._work)} sentences are being translated", fix="try again in a few seconds")
        if new.answers:
            command, answer = answered(self._store.model.need_command(new.answers, field="answers"), text), text
            await self._store.commit([PutCommand(command, expect_state=CommandState.CLARIFY)])
        else:
            command, answer = self._new(text, CommandState.TRANSLATING, by), ""
            await self._store.commit([PutCommand(command)])
        task = asyncio.create_task(self._translate(command, answer), name=f"command {command.id}")
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return command

    async def settled(self, command_id: str, wait_s: float) -> Command:
        """The command as soon as it is no longer being translated, or as it is after `wait_s`."""
        deadline = time.monotonic() + min(wait_s, WAIT_S_MAX)
        while self._store.model.need_command(command_id).state is CommandState.TRANSLATING:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                break
            signal = self._settled.setdefault(command_id, asyncio.Event())
            try:
                await asyncio.wait_for(signal.wait(), left_s)
            except TimeoutError:
                break
        return self._store.model.need_command(command_id)

    async def confirm(self, command_id: str, *, by: str) -> Command:
        """The plan becomes a mission (or the control is sent), once. Raises NotFound, Conflict, InvalidInput."""
        command = self._store.model.need_command(command_id)
        if command.state is CommandState.CONFIRMED:
            return command
        self._not_being_corrected(command_id)
        if command.state is CommandState.PLANNED and (command.confirm_by_at or 0.0) < time.time():
            late = move(command, CommandState.EXPIRED, reason="not confirmed in time; nothing was changed")
            await self._end(late, CommandState.PLANNED)
            raise Conflict(f"command {command.id} has expired", field="state", fix="send the sentence again for a fresh plan")
        move(command, CommandState.CONFIRMED)  # or Conflict
        assert command.ir is not None
        agreed = await self._agreed(command, command.ir, by)
        if not approvals.is_enough(agreed):
            await self._store.commit([PutCommand(agreed, expect_state=CommandState.PLANNED, by=by)])
            return agreed
        confirmed = move(agreed, CommandState.CONFIRMED)
        if command.ir.outcome is Outcome.CONTROL:
            ops = self._control_ops(command.ir, by)
        else:
            mission = _mission_name(command)
            ops = self._mission_ops(command, mission, command.created_by)
            confirmed = move(agreed, CommandState.CONFIRMED, mission=mission)
        await self._store.commit([*ops, PutCommand(confirmed, expect_state=CommandState.PLANNED, by=by)])
        self._plans.pop(command_id, None)
        return confirmed

    async def _agreed(self, command: Command, ir: CommandIr, by: str) -> Command:
        """The command with this person's confirmation, by the policy and the site of now. Raises as `confirm`."""
        site = self._operations.site()
        try:
            agreed = approvals.confirmed(self._store.model, command, self._operations.understood(ir, site), site, by=by)
        except PolicyRefused as error:
            told = f"{error.detail} ({error.rule})"
            await self._store.commit([event("warning", "ConfirmationRefused", f"Command/{command.id}", told, error.fix)])
            raise
        if approvals.needs_another_look(command, agreed):
            risen = msgspec.structs.replace(command, plan=agreed.plan, rule=agreed.rule)
            await self._store.commit([PutCommand(risen, expect_state=CommandState.PLANNED)])
            raise Conflict("its risk has risen since it was shown", field="plan.risk", fix="look at it again, then confirm")
        return agreed

    async def discard(self, command_id: str, *, by: str = "") -> Command:
        command = self._store.model.need_command(command_id)
        if command.state is CommandState.DISCARDED:
            return command
        await self._store.commit([PutCommand(move(command, CommandState.DISCARDED), expect_state=command.state, by=by)])
        self._plans.pop(command_id, None)
        return self._store.model.need_command(command_id)

    async def correct(self, command_id: str, wanted: NewCorrection, *, by: str) -> Command:
        """Another value in a slot of a plan on show: planned anew, with the whole time to confirm it, and kept as an example.

        Raises NotFound, Conflict, InvalidInput; the plan then stays as it was.
        """
        self._not_being_corrected(command_id)
        self._correcting.add(command_id)
        try:
            return await self._correct(self._store.model.need_command(command_id), wanted, by)
        finally:
            self._correcting.discard(command_id)

    async def _correct(self, before: Command, wanted: NewCorrection, by: str) -> Command:
        site = self._operations.site()
        ir = self._operations.understood(corrections.corrected(before, wanted, site), site)
        approvals.check(self._store.model, ir, site, by=by)  # whoever corrects may not say more than they may ask for
        after = await self._propose(corrections.with_ir(before, ir, wanted), ir, site)
        await self._store.commit([PutCommand(after, expect_state=CommandState.PLANNED, by=by)])
        registry, said_at = site.registry(), clock(before.created_at, site_offset_s())
        example = corrections.example(before, after, wanted, registry, at=time.time(), by=by, now=said_at)
        await self._kept.add(example, registry)
        return after

    def _not_being_corrected(self, command_id: str) -> None:
        """Nobody confirms a plan that is being made anew, nor corrects it twice at once."""
        if command_id in self._correcting:
            raise Conflict(f"command {command_id} is being corrected", field="state", fix="look at the new plan first")

    # ---- stop ----

    async def _stop(self, text: str, *, by: str) -> Command:
        command = self._new(text, CommandState.CONFIRMED, by, title=STOP_TITLE, model="stop words")
        done = await self._operations.stop(by=by, also=[PutCommand(command, by=by)])
        if not done["stored"]:
            log.error("command %s was acted on but not stored", command.id)
        return command

    # ---- translation ----

    async def _translate(self, command: Command, answer: str) -> None:
        try:
            result = await self._understand(command, answer)
        except FleetError as error:
            state = CommandState.REJECTED if isinstance(error, InvalidInput) else CommandState.FAILED
            rule = error.rule if isinstance(error, PolicyRefused) else ""
            result = move(command, state, reason=_words(error), rule=rule)
        except Exception:
            log.exception("command %s", command.id)
            result = move(command, CommandState.FAILED, reason="an internal error; the cloud's log has it. Nothing was changed.")
        await self._end(result, CommandState.TRANSLATING)

    async def _end(self, command: Command, was: CommandState) -> None:
        try:
            await self._store.commit([PutCommand(command, expect_state=was)])
        except Conflict:
            log.info("command %s: its operator was faster", command.id)
        except FleetError as error:
            log.error("command %s could not be stored: %s", command.id, error)

    async def _understand(self, command: Command, answer: str) -> Command:
        site = self._operations.site()
        request = TranslateRequest(
            text=command.text,
            registry=site.registry(),
            now=clock(site.now, site_offset_s()),
            deadline_s=self._deadline_s,
            answers=command.asked,
            answer=answer if command.asked else "",
            last=last_said(self._store.model.commands.values(), by=command.created_by, now=time.time()),
        )
        reply = await self._translator.translate(request)
        command = translated(command, reply)
        match reply.ir.outcome:
            case Outcome.CLARIFY:
                question = reply.ir.why or "I did not understand that. Which robot, what and where?"
                return self._ask(command, question)
            case Outcome.REJECT:
                return move(command, CommandState.REJECTED, reason=reply.ir.why or "this can't be done here")
        site = self._operations.site()
        try:
            ir = self._operations.understood(reply.ir, site)
            words = settled(command.understood, ir, site.areas)
            return await self._propose(msgspec.structs.replace(command, ir=ir, understood=words), ir, site)
        except InvalidCommand as error:
            unknown = [problem for problem in error.problems if isinstance(problem, NotFound)]
            if not unknown:
                raise
            # a name that nobody knows is a question; what can't be done at all is an answer
            return self._ask(command, _words(unknown[0]))
        except NotFound as error:
            return self._ask(command, _words(error))

    def _ask(self, command: Command, question: str) -> Command:
        return move(command, CommandState.CLARIFY, question=question, confirm_by_at=time.time() + self._confirm_within_s)

    async def _propose(self, command: Command, ir: CommandIr, site: Site) -> Command:
        title = readback.title(ir)
        approvals.check(self._store.model, ir, site, by=command.created_by)
        if ir.outcome is Outcome.QUERY:
            assert ir.query is not None
            return move(command, CommandState.ANSWERED, title=title, answer=readback.answer(ir.query, site, now=time.time()))
        if ir.outcome is Outcome.CONTROL:
            return await self._propose_control(command, ir, site, title)
        tasks = self._operations.tasks_of(ir, site, _mission_name(command))
        started = time.perf_counter()
        preview, result = await self._operations.try_plan(site, tasks, warnings=warnings(ir, site))
        self._plans[command.id] = {a.task: a for a in result.assignments}
        while len(self._plans) > PLANS_KEPT:
            self._plans.popitem(last=False)
        command, preview = approvals.shown(self._store.model, command, ir, site, preview)
        return self._planned(command, title, preview, time.perf_counter() - started)

    async def _propose_control(self, command: Command, ir: CommandIr, site: Site, title: str) -> Command:
        assert ir.control is not None
        if is_stop_all(ir.control):
            await self._operations.stop(by=command.created_by)
            return move(command, CommandState.CONFIRMED, title=title)
        ops = self._control_ops(ir, command.created_by)
        if not needs_confirmation(ir.control):
            await self._store.commit(ops)
            return move(command, CommandState.CONFIRMED, title=title)
        preview = PlanPreview(tasks=(), risk=control_risk(ir.control, site), effect=readback.effect(ir.control, site))
        command, preview = approvals.shown(self._store.model, command, ir, site, preview)
        return self._planned(command, title, preview, 0.0)

    def _planned(self, command: Command, title: str, preview: PlanPreview, plan_s: float) -> Command:
        by_at = time.time() + self._confirm_within_s
        return move(command, CommandState.PLANNED, title=title, plan=preview, plan_s=plan_s, confirm_by_at=by_at)

    # ---- confirmation ----

    def _control_ops(self, ir: CommandIr, by: str) -> Sequence[Op]:
        assert ir.control is not None
        return self._operations.control_ops(ir.control, by=by)[1]

    def _mission_ops(self, command: Command, mission: str, by: str) -> list[Op]:
        assert command.ir is not None
        site = self._operations.site()
        ir = self._operations.understood(command.ir, site)
        origin = Origin(title=command.title, by=by, command=command.id, text=command.text)
        tasks = self._operations.tasks_of(ir, site, mission)
        planned = self._plans.get(command.id)
        ops = missions.creation(tasks, site, mission=mission, origin=origin, now=site.now, planned=planned)
        return [*ops, mission_event(mission, origin)]

    def _new(self, text: str, state: CommandState, by: str, *, title: str = "", model: str = "") -> Command:
        return Command(
            id=new_id("c"),
            site=self._operations.site_name,
            text=text,
            state=state,
            created_at=time.time(),
            created_by=by,
            title=title,
            model=model,
        )

    def _changed(self, applied: Applied) -> None:
        for command in applied.commands:
            if command.state is not CommandState.TRANSLATING and (signal := self._settled.pop(command.id, None)) is not None:
                signal.set()


def _mission_name(command: Command) -> str:
    return "m-" + command.id.removeprefix("c-")


def _words(error: FleetError) -> str:
    text = error.detail[:1].upper() + error.detail[1:]
    return f"{text}. {error.fix[:1].upper() + error.fix[1:]}." if error.fix else f"{text}."
