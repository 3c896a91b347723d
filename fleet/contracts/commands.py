"""A command: one sentence's life on the cloud, from typing to the end of the mission it became."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fleet.contracts.command_ir import CommandIr
from fleet.contracts.translate import Asked, Understood


class CommandState(StrEnum):
    TRANSLATING = "translating"
    PLANNED = "planned"  # shown; waits for confirmation
    CLARIFY = "clarify"  # waits for the operator's answer
    ANSWERED = "answered"  # a query
    REJECTED = "rejected"
    CONFIRMED = "confirmed"  # stored as a Mission (or sent as a control)
    EXPIRED = "expired"  # the plan was not confirmed in time
    DISCARDED = "discarded"
    FAILED = "failed"  # translator away or late; nothing was changed


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    SECOND_PERSON = "second_person"  # two different people must confirm, by the site's LanguagePolicy


class _Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class PlannedTask(_Value, frozen=True, kw_only=True):
    """One task of the preview. `path`: LIF node ids, whole way; `points`: the same as [x_m, y_m]."""

    ref: str
    title: str
    robot: str
    path: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    start_in_s: float
    end_in_s: float
    distance_m: float
    why: str = ""


class Delay(_Value, frozen=True, kw_only=True):
    """What the plan would push back: an existing task, by how much."""

    task: str
    mission: str
    delay_s: float


class PlanPreview(_Value, frozen=True, kw_only=True):
    tasks: tuple[PlannedTask, ...]
    delays: tuple[Delay, ...] = ()
    end_in_s: float = 0.0
    risk: Risk = Risk.MEDIUM
    warnings: tuple[str, ...] = ()
    effect: str = ""  # for a control: what it will touch, in words


class Command(_Value, frozen=True, kw_only=True):
    id: str
    site: str
    text: str
    state: CommandState
    created_at: float
    created_by: str = ""
    ir: CommandIr | None = None
    title: str = ""  # read-back made from the IR by template, never by the model
    plan: PlanPreview | None = None
    question: str = ""
    choices: tuple[str, ...] = ()
    asked: Asked | None = None  # what the question is about; comes back to the planner with the answer
    understood: tuple[Understood, ...] = ()  # word by word, over the characters of `text`
    answer: str = ""
    reason: str = ""
    mission: str = ""
    model: str = ""
    adapter: str = ""  # sha256 of the language model's adapter
    confidence: float = 0.0
    raw: str = ""  # what the model wrote, for the audit; never shown as what will be done
    language: str = "en"
    translate_s: float = 0.0
    plan_s: float = 0.0
    confirm_by_at: float | None = None
    rule: str = ""  # the part of the LanguagePolicy that refused it, or raised its risk
    confirmations: tuple[str, ...] = ()  # who has confirmed


class NewCommand(_Value, frozen=True, kw_only=True):
    """POST /api/v1/commands. `answers`: id of a command in state clarify that this text answers."""

    text: str
    site: str = ""
    answers: str = ""


class NewMission(_Value, frozen=True, kw_only=True):
    """POST /api/v1/missions: the same door for programs, without language. `dry_run` answers with the plan only."""

    ir: CommandIr
    site: str = ""
    title: str = ""
    dry_run: bool = False


class Attested(StrEnum):
    """What a person has seen of a task whose fate nobody knows."""

    STOPPED = "stopped"  # its robot stands, and will not go on with it; the work is not done
    DONE = "done"  # the work was done
    NOT_DONE = "not_done"  # nothing was done, and no robot is at it


class Attest(_Value, frozen=True, kw_only=True):
    """POST /api/v1/tasks/{name}/attest. `note`: what was seen, for the audit."""

    outcome: Attested
    note: str = ""
