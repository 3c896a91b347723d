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

from cloud.api.operations import Operations, mission_event, new_id, site_offset_s
from cloud.api.translator import Translator
from cloud.core import missions
from cloud.core.changes import Applied, Op, PutCommand
from cloud.core.commands import answered, check_sentence, expired, interrupted, move
from cloud.core.controls import is_stop_all
from cloud.core.missions import Origin
from cloud.core.stop_words import is_stop
from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.commands import Command, CommandState, NewCommand, PlanPreview
from fleet.contracts.errors import Conflict, FleetError, InvalidInput, NotFound, QueueFull
from fleet.contracts.translate import TranslateReply, TranslateRequest
from fleet.planning.problem import PlannedAssignment
from fleet.tasks import readback
from fleet.tasks.clock import clock
from fleet.tasks.risk import control_risk, needs_confirmation
from fleet.tasks.site import Site
from fleet.tasks.validate import InvalidCommand, warnings

log = logging.getLogger("drover.cloud.desk")

#: Sentences that may be with the planner at once; it has a queue of its own.
TRANSLATING_MAX = 32
#: Plans kept for a confirmation; without one (after a restart) the dispatcher plans anew.
PLANS_KEPT = 200
EXPIRE_EVERY_S = 5.0
WAIT_S_MAX = 60.0
STOP_TITLE = "Stop all robots"


class CommandDesk:
    def __init__(self, operations: Operations, translator: Translator, *, deadline_s: float, confirm_within_s: float) -> None:
        self._operations = operations
        self._store = operations.store
        self._translator = translator
        self._deadline_s = deadline_s
        self._confirm_within_s = confirm_within_s
        self._work: set[asyncio.Task[None]] = set()
        self._plans: OrderedDict[str, Mapping[str, PlannedAssignment]] = OrderedDict()
        self._settled: dict[str, asyncio.Event] = {}

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
        text = check_sentence(new.text)
        if new.site not in ("", self._operations.site_name):
            raise NotFound(f"no site {new.site!r} here", field="site", fix=f"use {self._operations.site_name!r} or leave it out")
        if is_stop(text):
            return await self._stop(text, by=by)
        if len(self._work) >= TRANSLATING_MAX:
            raise QueueFull(f"{len(self._work)} sentences are being translated", fix="try again in a few seconds")
        if new.answers:
            command = answered(self._store.model.need_command(new.answers, field="answers"), text)
            await self._store.commit([PutCommand(command, expect_state=CommandState.CLARIFY)])
        else:
            command = self._new(text, CommandState.TRANSLATING, by)
            await self._store.commit([PutCommand(command)])
        task = asyncio.create_task(self._translate(command), name=f"command {command.id}")
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
        if command.state is CommandState.PLANNED and (command.confirm_by_at or 0.0) < time.time():
            late = move(command, CommandState.EXPIRED, reason="not confirmed in time; nothing was changed")
            await self._end(late, CommandState.PLANNED)
            raise Conflict(f"command {command.id} has expired", field="state", fix="send the sentence again for a fresh plan")
        confirmed = move(command, CommandState.CONFIRMED)
        assert command.ir is not None
        if command.ir.outcome is Outcome.CONTROL:
            ops = self._control_ops(command.ir, by)
        else:
            mission = _mission_name(command)
            ops = self._mission_ops(command, mission, by)
            confirmed = move(command, CommandState.CONFIRMED, mission=mission)
        await self._store.commit([*ops, PutCommand(confirmed, expect_state=CommandState.PLANNED)])
        self._plans.pop(command_id, None)
        return confirmed

    async def discard(self, command_id: str) -> Command:
        command = self._store.model.need_command(command_id)
        if command.state is CommandState.DISCARDED:
            return command
        await self._store.commit([PutCommand(move(command, CommandState.DISCARDED), expect_state=command.state)])
        self._plans.pop(command_id, None)
        return self._store.model.need_command(command_id)

    # ---- stop ----

    async def _stop(self, text: str, *, by: str) -> Command:
        command = self._new(text, CommandState.CONFIRMED, by, title=STOP_TITLE, model="stop words")
        done = await self._operations.stop(by=by, also=[PutCommand(command)])
        if not done["stored"]:
            log.error("command %s was acted on but not stored", command.id)
        return command

    # ---- translation ----

    async def _translate(self, command: Command) -> None:
        try:
            result = await self._understand(command)
        except FleetError as error:
            state = CommandState.REJECTED if isinstance(error, InvalidInput) else CommandState.FAILED
            result = move(command, state, reason=_words(error))
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

    async def _understand(self, command: Command) -> Command:
        site = self._operations.site()
        request = TranslateRequest(
            text=command.text, registry=site.registry(), now=clock(site.now, site_offset_s()), deadline_s=self._deadline_s
        )
        reply = await self._translator.translate(request)
        command = _translated(command, reply)
        match reply.ir.outcome:
            case Outcome.CLARIFY:
                question = reply.ir.why or "I did not understand that. Which robot, what and where?"
                return self._ask(command, question)
            case Outcome.REJECT:
                return move(command, CommandState.REJECTED, reason=reply.ir.why or "this can't be done here")
        site = self._operations.site()
        try:
            ir = self._operations.understood(reply.ir, site)
            return await self._propose(_with_ir(command, ir), ir, site)
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


def _translated(command: Command, reply: TranslateReply) -> Command:
    return msgspec.structs.replace(command, ir=reply.ir, model=reply.model, translate_s=reply.translate_s)


def _with_ir(command: Command, ir: CommandIr) -> Command:
    return msgspec.structs.replace(command, ir=ir)


def _words(error: FleetError) -> str:
    text = error.detail[:1].upper() + error.detail[1:]
    return f"{text}. {error.fix[:1].upper() + error.fix[1:]}." if error.fix else f"{text}."
