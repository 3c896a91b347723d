"""The life of a command as a table. Rules: a state is left only along TRANSITIONS; an end is never left;
nothing moves before `confirmed`, except that a stop is confirmed by being said.

            +--> answered, rejected, failed
translating +--> clarify --(answer)--> translating
            +--> planned --(operator)--> confirmed | discarded | (time) expired; a correction leads to planned again
            +--> confirmed        (stop-like controls)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from fleet.contracts.command_ir import CommandIr
from fleet.contracts.commands import Command, CommandState
from fleet.contracts.errors import Conflict, InvalidInput
from fleet.contracts.translate import SENTENCE_CHARS_MAX, TranslateReply
from fleet.tasks.words import plausible

S = CommandState

#: "Same again, but to Dock 4" means the operator's last command, if that is not older than this, in seconds.
FOLLOW_UP_S = 30 * 60.0
#: Answers offered with one question, and the longest of them, in characters.
CHOICES_MAX, CHOICE_CHARS_MAX = 8, 80

#: Of what the model wrote, for the audit, in characters.
RAW_CHARS_MAX = 2000

TRANSITIONS: dict[CommandState, frozenset[CommandState]] = {
    S.TRANSLATING: frozenset({S.PLANNED, S.CLARIFY, S.ANSWERED, S.REJECTED, S.FAILED, S.CONFIRMED, S.DISCARDED}),
    S.PLANNED: frozenset({S.PLANNED, S.CONFIRMED, S.DISCARDED, S.EXPIRED}),
    S.CLARIFY: frozenset({S.TRANSLATING, S.DISCARDED, S.EXPIRED}),
    S.ANSWERED: frozenset(),
    S.REJECTED: frozenset(),
    S.CONFIRMED: frozenset(),
    S.EXPIRED: frozenset(),
    S.DISCARDED: frozenset(),
    S.FAILED: frozenset(),
}

RESTART_REASON = "the cloud was restarted while it translated this; nothing was changed. Send it again."


def move(command: Command, to: CommandState, **changes: Any) -> Command:
    """The command in its next state. Raises Conflict where the table has no such way."""
    if to not in TRANSITIONS[command.state]:
        ways = ", ".join(sorted(TRANSITIONS[command.state])) or "nothing: it has ended"
        raise Conflict(f"command {command.id} is {command.state}, it can't become {to}", field="state", fix=f"from here: {ways}")
    return msgspec.structs.replace(command, state=to, **changes)


def check_sentence(text: str) -> str:
    """The sentence without outer blanks. Raises InvalidInput when it is empty, too long or not printable."""
    sentence = " ".join(text.split())
    if not sentence:
        raise InvalidInput("empty", field="text", fix="write what the robots should do")
    if len(sentence) > SENTENCE_CHARS_MAX:
        raise InvalidInput(f"{len(sentence)} characters", field="text", fix=f"use at most {SENTENCE_CHARS_MAX}")
    if not sentence.isprintable():
        raise InvalidInput("has characters that can't be printed", field="text", fix="write plain text")
    return sentence


def printable(text: str) -> str:
    """What can be shown and kept of a text that is acted on whatever it looks like."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:SENTENCE_CHARS_MAX]


def answered(command: Command, answer: str) -> Command:
    """The operator answers the question of a command in state clarify.

    The planner works the answer into the sentence where it has said what it asked (`asked`); else both sentences are
    translated together. Raises Conflict, InvalidInput when the two are too long together.
    """
    text = command.text if command.asked else check_sentence(f"{command.text.rstrip(' .')}. {answer}")
    return move(
        command,
        S.TRANSLATING,
        text=text,
        question="",
        choices=(),
        understood=(),
        ir=None,
        title="",
        plan=None,
        confirm_by_at=None,
    )


def translated(command: Command, reply: TranslateReply) -> Command:
    """The command with everything that the planner has said of it, as far as it is fit to be shown."""
    text = reply.text if 0 < len(reply.text) <= 2 * SENTENCE_CHARS_MAX else command.text
    return msgspec.structs.replace(
        command,
        text=text,
        ir=reply.ir,
        asked=reply.asked,
        choices=tuple(choice for choice in reply.choices if 0 < len(choice) <= CHOICE_CHARS_MAX)[:CHOICES_MAX],
        understood=plausible(reply.understood, text),
        model=reply.model,
        adapter=reply.adapter,
        confidence=reply.confidence,
        language=reply.language,
        raw=reply.raw[:RAW_CHARS_MAX],
        translate_s=reply.translate_s,
    )


def last_said(commands: Iterable[Command], *, by: str, now: float) -> CommandIr | None:
    """The newest command of this operator that was planned or confirmed lately: what "the same again" means."""
    kept = (S.PLANNED, S.CONFIRMED)
    own = [
        c for c in commands if c.created_by == by and c.ir is not None and c.state in kept and now - c.created_at <= FOLLOW_UP_S
    ]
    return max(own, key=lambda c: c.created_at).ir if own else None


def expired(commands: Iterable[Command], now: float) -> list[Command]:
    """Those that waited too long for a confirmation or an answer, in their new state."""
    late = (c for c in commands if c.state in (S.PLANNED, S.CLARIFY) and c.confirm_by_at is not None and c.confirm_by_at < now)
    return [move(c, S.EXPIRED, reason="not confirmed in time; nothing was changed") for c in late]


def interrupted(commands: Iterable[Command]) -> list[Command]:
    """After a restart: translations that nobody works on any more."""
    return [move(c, S.FAILED, reason=RESTART_REASON) for c in commands if c.state is S.TRANSLATING]
