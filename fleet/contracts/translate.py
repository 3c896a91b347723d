"""Cloud (or edge) <-> llm_planner: one sentence and the site's registry in, one Command IR out.

`POST /v1/translate` with a TranslateRequest answers a TranslateReply; problems: 429 queue full, 504 deadline.
`GET /healthz` answers 200 with {"status": "ready" | "loading"}.
The registry has the shape of `drover translate --site FILE`.
"""

from __future__ import annotations

import msgspec

from fleet.contracts.command_ir import CommandIr

#: Longest sentence that is translated, in characters.
SENTENCE_CHARS_MAX = 500


class _Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pass


class RegistryPlace(_Value, frozen=True, kw_only=True):
    name: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    area: str = ""


class RegistryRobot(_Value, frozen=True, kw_only=True):
    name: str
    type: str = ""
    capabilities: tuple[str, ...] = ()
    payload_kg: float | None = None
    aliases: tuple[str, ...] = ()


class RegistryItem(_Value, frozen=True, kw_only=True):
    name: str
    unit_kg: float | None = None
    home: str | None = None
    aliases: tuple[str, ...] = ()


class Registry(_Value, frozen=True, kw_only=True):
    """Every name that a sentence on this site may mean."""

    site: str
    title: str = ""
    places: tuple[RegistryPlace, ...] = ()
    robots: tuple[RegistryRobot, ...] = ()
    items: tuple[RegistryItem, ...] = ()
    type_aliases: dict[str, tuple[str, ...]] = {}
    notes: tuple[str, ...] = ()


class Asked(_Value, frozen=True, kw_only=True):
    """What a `clarify` asked, so that the answer can continue the same command.

    `reason`: which | where | source | item | robot | unknown | ...; `start`, `end`: the characters of the sentence that the
    question is about (both 0: none), which an answer replaces.
    """

    reason: str
    start: int = 0
    end: int = 0


class Understood(_Value, frozen=True, kw_only=True):
    """What some words of the sentence were taken for: characters `start` to `end` of the text.

    `kind`: place area robot type item number duration clock speed unknown; `means`: canonical names or the value, as text;
    `slots`: where it went in the IR, as "t1.to", "t2.robot", "control.targets", "query.targets"; () where it was not used.
    """

    start: int
    end: int
    kind: str
    means: tuple[str, ...]
    slots: tuple[str, ...] = ()
    fuzzy: bool = False


class TranslateRequest(_Value, frozen=True, kw_only=True):
    """`answers` and `answer`: the question that `text` was asked and the operator's answer. `last`: the IR of the operator's
    last command, for follow-ups ("same again but to Dock 4"). `batch`: nobody waits at a page, others go first."""

    text: str
    registry: Registry
    now: str  # site clock "HH:MM"
    deadline_s: float = 20.0
    answers: Asked | None = None
    answer: str = ""
    last: CommandIr | None = None
    batch: bool = False


class TranslateReply(_Value, frozen=True, kw_only=True):
    """`model` says who answered; `raw` is the model's own text; `confidence` in 0..1, calibrated.

    `text`: the sentence that was translated (an answer is worked into it); `adapter`: sha256 of the adapter's weights, or "";
    `language`: of the sentence, "en" de fr es zh; `choices`: answers to offer with a question.
    """

    ir: CommandIr
    model: str
    raw: str = ""
    confidence: float = 0.0
    text: str = ""
    language: str = "en"
    adapter: str = ""
    choices: tuple[str, ...] = ()
    asked: Asked | None = None
    understood: tuple[Understood, ...] = ()
    tokens: int = 0
    queue_s: float = 0.0
    translate_s: float = 0.0
