"""Sentences at the site itself: with the cloud away, the edge node asks the language planner and acts on the operator's word.

The way is the cloud's, on the same fleet code: translated, checked as a stranger's input, judged by the site's LanguagePolicy,
shown, confirmed. Commands are kept in memory, newest COMMANDS_MAX: what was confirmed lives on as a mission with its sentence,
and an event tells the cloud of it; what was not is gone with a restart, and asks to be said again.
"""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from typing import Any

import msgspec

from edge_node.api.context import Context, utc_offset_s
from edge_node.api.operating import BY, carry_out, dry_run, make_mission, understood
from fleet.contracts.command_ir import CommandIr, ControlAction, ControlIr, Outcome
from fleet.contracts.commands import Command, CommandState, NewCommand, PlanPreview
from fleet.contracts.errors import Conflict, Forbidden, InvalidInput, NotFound, QueueFull, Transient
from fleet.contracts.policy import OPERATOR
from fleet.contracts.resources import Kind
from fleet.contracts.translate import SENTENCE_CHARS_MAX, TranslateReply, TranslateRequest
from fleet.tasks import readback
from fleet.tasks.clock import clock
from fleet.tasks.policy import PolicyRefused, judge, policy_of
from fleet.tasks.risk import control_risk, needs_confirmation, people_needed, plan_risk
from fleet.tasks.site import Site
from fleet.tasks.stop_words import is_stop
from fleet.tasks.validate import validate_control
from fleet.tasks.words import plausible
from fleet_io.planner import PlannerClient

S = CommandState

#: Commands that are remembered.
COMMANDS_MAX = 200
#: Sentences that may be with the planner at once.
TRANSLATING_MAX = 8
#: One sentence may take so long, and a plan is on show so long, in seconds.
DEADLINE_S = 20.0
CONFIRM_WITHIN_S = 600.0
STOP_TITLE = "Stop all robots"


class Desk:
    """`planner`: None where this edge node has not been told of one."""

    def __init__(self, planner: PlannerClient | None = None) -> None:
        self._planner = planner
        self._commands: OrderedDict[str, Command] = OrderedDict()
        self._translating = 0

    async def close(self) -> None:
        if self._planner is not None:
            await self._planner.close()

    def commands(self) -> list[Command]:
        """Oldest first."""
        return list(self._commands.values())

    def need(self, command_id: str, *, field: str = "id") -> Command:
        """Raises NotFound."""
        if command_id not in self._commands:
            raise NotFound(f"no command {command_id!r} here", field=field, fix="send the sentence again")
        return self._commands[command_id]

    async def submit(self, context: Context, new: NewCommand) -> Command:
        """Translated, checked, and waiting for its confirmation; or with a question, an answer, a refusal.

        Raises InvalidInput, NotFound and Conflict (`answers`), Transient (no planner, or it is away), QueueFull, DeadlineMissed.
        """
        if new.site not in ("", context.site_name):
            raise NotFound(f"no site {new.site!r} here", field="site", fix=f"use {context.site_name!r} or leave it out")
        if is_stop(new.text):  # before anything that may refuse a sentence
            await carry_out(context, ControlIr(action=ControlAction.EMERGENCY_STOP))
            shown = "".join(c if c.isprintable() else " " for c in new.text)[:SENTENCE_CHARS_MAX]
            return self._keep(_command(context, shown, S.CONFIRMED, title=STOP_TITLE, model="stop words"))
        asked = self.need(new.answers, field="answers") if new.answers else None
        if asked is not None and asked.state is not S.CLARIFY:
            raise Conflict(f"command {asked.id} is {asked.state}", field="answers", fix="answer a command that asks something")
        reply = await self._translate(context, new.text, asked)
        command = _translated(asked or _command(context, new.text, S.TRANSLATING), reply)
        return self._keep(await self._proposed(context, command, reply.ir))

    async def confirm(self, context: Context, command_id: str) -> Command:
        """Done once, checked again on the site of now. Raises NotFound, Conflict, InvalidInput."""
        command = self.need(command_id)
        if command.state is S.CONFIRMED:
            return command
        if command.state is S.PLANNED and time.time() > (command.confirm_by_at or 0.0):
            command = self._keep(msgspec.structs.replace(command, state=S.EXPIRED, reason="not confirmed in time"))
        if command.state is not S.PLANNED or command.ir is None:
            raise Conflict(f"command {command.id} is {command.state}", field="state", fix="send the sentence again")
        ir = _checked(context, command.ir, context.site())[0]
        # from here on a second confirmation finds it done
        self._keep(msgspec.structs.replace(command, state=S.CONFIRMED))
        try:
            if ir.control is not None:
                await carry_out(context, ir.control)
                done = msgspec.structs.replace(command, state=S.CONFIRMED)
            else:
                made = await make_mission(context, ir, title=command.title, text=command.text, command=command.id)
                done = msgspec.structs.replace(command, state=S.CONFIRMED, mission=made.metadata.name)
        except BaseException:
            self._keep(command)
            raise
        self._tell(context, done)
        return self._keep(done)

    def discard(self, command_id: str) -> Command:
        """Raises NotFound, Conflict."""
        command = self.need(command_id)
        if command.state not in (S.PLANNED, S.CLARIFY, S.DISCARDED):
            raise Conflict(f"command {command.id} is {command.state}", field="state", fix="it has ended")
        return self._keep(msgspec.structs.replace(command, state=S.DISCARDED))

    # ---- how ----

    async def _translate(self, context: Context, text: str, asked: Command | None) -> TranslateReply:
        if self._planner is None:
            raise Transient(
                "this edge node has no language planner",
                field="planner",
                fix="start it with --planner-url, or send the mission without language: POST /api/v1/missions",
            )
        if not text.strip() or len(text) > SENTENCE_CHARS_MAX:
            raise InvalidInput(f"{len(text)} characters", field="text", fix=f"say it in 1 to {SENTENCE_CHARS_MAX}")
        if self._translating >= TRANSLATING_MAX:
            raise QueueFull(f"{self._translating} sentences are being translated", fix="try again in a few seconds")
        site = context.site()
        request = TranslateRequest(
            text=asked.text if asked is not None else text,
            registry=site.registry(),
            now=clock(site.now, utc_offset_s()),
            deadline_s=DEADLINE_S,
            answers=asked.asked if asked is not None else None,
            answer=text if asked is not None and asked.asked is not None else "",
            last=self._last(),
        )
        if asked is not None and asked.asked is None:  # the planner has not said what it asked: both together
            request = msgspec.structs.replace(request, text=f"{asked.text.rstrip(' .')}. {text}"[:SENTENCE_CHARS_MAX])
        self._translating += 1
        try:
            return await self._planner.translate(request)
        finally:
            self._translating -= 1

    async def _proposed(self, context: Context, command: Command, ir: CommandIr) -> Command:
        """What becomes of it; a command that the site or its policy does not allow says why, and is kept like any other."""
        if ir.outcome is Outcome.CLARIFY:
            return _asks(command, ir.why or "I did not understand that. Which robot, what and where?")
        if ir.outcome is Outcome.REJECT:
            return msgspec.structs.replace(command, state=S.REJECTED, reason=ir.why or "this can't be done here")
        site = context.site()
        try:
            ir, preview, rule = _checked(context, ir, site)
            if ir.outcome is Outcome.PLAN:
                preview = msgspec.structs.replace(await dry_run(ir, site), risk=preview.risk)
        except InvalidInput as error:
            unknown = [e for e in getattr(error, "problems", [error]) if isinstance(e, NotFound)]
            words = f"{error.detail[:1].upper()}{error.detail[1:]}. {error.fix}"
            if unknown:
                return _asks(command, words)
            rule = error.rule if isinstance(error, PolicyRefused) else ""
            return msgspec.structs.replace(command, state=S.REJECTED, reason=words, rule=rule)
        command = msgspec.structs.replace(command, ir=ir, title=readback.title(ir), rule=rule)
        if ir.query is not None:
            return msgspec.structs.replace(command, state=S.ANSWERED, answer=readback.answer(ir.query, site, now=site.now))
        if ir.control is not None and not needs_confirmation(ir.control):
            await carry_out(context, ir.control)
            return msgspec.structs.replace(command, state=S.CONFIRMED)
        return msgspec.structs.replace(command, state=S.PLANNED, plan=preview, confirm_by_at=time.time() + CONFIRM_WITHIN_S)

    def _last(self) -> CommandIr | None:
        """The newest plan or control, for follow-ups."""
        kept = [c.ir for c in self._commands.values() if c.ir is not None and c.state in (S.PLANNED, S.CONFIRMED)]
        return kept[-1] if kept else None

    def _keep(self, command: Command) -> Command:
        self._commands[command.id] = command
        while len(self._commands) > COMMANDS_MAX:
            self._commands.popitem(last=False)
        return command

    def _tell(self, context: Context, command: Command) -> None:
        words = f'"{command.text}" confirmed at the site: {command.title} (understood by {command.model})'
        context.keeper.change(lambda now: context.keeper.core.note("info", "CommandConfirmed", words, now))


def _checked(context: Context, ir: CommandIr, site: Site) -> tuple[CommandIr, PlanPreview, str]:
    """The command with canonical names, its risk as a preview, and the policy's rule for that. Raises InvalidInput."""
    preview = PlanPreview(tasks=(), risk=plan_risk(task.action for task in ir.tasks))
    if ir.control is not None:
        control = validate_control(ir.control, site, site.now, utc_offset_s=utc_offset_s())
        ir = msgspec.structs.replace(ir, control=control)
        preview = PlanPreview(tasks=(), risk=control_risk(control, site), effect=readback.effect(control, site))
    else:
        ir = understood(ir, site)
    policy = policy_of(context.keeper.core.resources(Kind.LANGUAGE_POLICY))
    # the site's API knows one token and so one person
    verdict = judge(policy, ir, site, by=OPERATOR, base=preview.risk)
    if people_needed(verdict.risk) > 1:
        raise Forbidden(
            "two people must confirm that, and this site's own page knows only one",
            field=f"LanguagePolicy spec.{verdict.rule}",
            fix="say it at the cloud, or use POST /api/v1/missions",
        )
    return ir, msgspec.structs.replace(preview, risk=verdict.risk), verdict.rule


def _command(context: Context, text: str, state: CommandState, **fields: Any) -> Command:
    now = time.time()
    return Command(
        id=f"c-{uuid.uuid4().hex[:8]}", site=context.site_name, text=text, state=state, created_at=now, created_by=BY, **fields
    )


def _translated(command: Command, reply: TranslateReply) -> Command:
    text = reply.text if 0 < len(reply.text) <= 2 * SENTENCE_CHARS_MAX else command.text
    return msgspec.structs.replace(
        command,
        state=S.TRANSLATING,
        text=text,
        ir=reply.ir,
        question="",
        choices=reply.choices,
        asked=reply.asked,
        understood=plausible(reply.understood, text),
        model=reply.model,
        adapter=reply.adapter,
        confidence=reply.confidence,
        language=reply.language,
        translate_s=reply.translate_s,
    )


def _asks(command: Command, question: str) -> Command:
    return msgspec.structs.replace(command, state=S.CLARIFY, question=question, confirm_by_at=time.time() + CONFIRM_WITHIN_S)
