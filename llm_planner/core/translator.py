"""One sentence in, one Command IR out: names out, the model under its grammar, names in again, the guard.

Pure: the model is a `generate(prompt, grammar)` that is handed in. Where the model does not understand, or says so, or is
not sure, the outcome is `clarify` with one question; it is never a guess.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

import msgspec

from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.errors import InvalidInput
from fleet.contracts.translate import SENTENCE_CHARS_MAX, Asked, Registry, TranslateReply, TranslateRequest
from llm_planner.core import answers, dialogue, guard, skeleton
from llm_planner.core.delex import Delexed, Delexer
from llm_planner.core.grammar import skeleton_grammar
from llm_planner.core.languages import language_of
from llm_planner.core.lower import lower, noted
from llm_planner.core.outcomes import Ask, Refuse
from llm_planner.core.readback import said_back
from llm_planner.core.repairs import repaired
from llm_planner.core.stopping import stop_reply
from llm_planner.core.understood import understood
from llm_planner.core.values import Sites, Values

#: Registries kept indexed; a planner serves one site, or a few.
REGISTRIES_MAX = 8
#: Names (places, robots, items) of one registry; more is refused before any work is done.
REGISTRY_NAMES_MAX = 10_000
#: Below this confidence the model's reading becomes a question.
CONFIDENCE_MIN = 0.1

_CONTROL_CHARS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]+"
)
_CLOCK = re.compile(r"^([01]?\d|2[0-3]):[0-5]\d$")


#: Placeholder or quoted words to the slots that they filled.
Uses = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model wrote. `confidence`: the product of the probabilities of what it chose, before calibration."""

    text: str
    confidence: float
    tokens: int


class Generate(Protocol):
    """A model that writes text of the grammar, greedily."""

    def __call__(self, prompt: str, lark: str) -> Generation: ...


class Translator(Protocol):
    """Anything that answers a TranslateRequest. Raises InvalidInput, Transient."""

    def translate(self, request: TranslateRequest, generate: Generate) -> TranslateReply: ...


@dataclass(frozen=True, slots=True)
class Site:
    """A registry with its indexes."""

    registry: Registry
    delexer: Delexer
    facts: Sites


class SkeletonTranslator:
    """The Translator for models that write skeletons. Keeps the indexes of the last few registries."""

    def __init__(self, model: str, *, adapter: str = "", confidence_min: float = CONFIDENCE_MIN) -> None:
        self._model, self._adapter = model, adapter
        self._confidence_min = confidence_min
        self._sites: OrderedDict[bytes, Site] = OrderedDict()

    def translate(self, request: TranslateRequest, generate: Generate) -> TranslateReply:
        """Raises InvalidInput, and what `generate` raises."""
        if (stopped := stop_reply(request.text)) is not None:
            return stopped
        said = request.text
        request = msgspec.structs.replace(request, text=clean(said), now=checked_clock(request.now))
        site = self.site(request.registry)
        text = dialogue.continued(request, clean) if request.answers is not None else request.text
        language = language_of(request.text)
        read = site.delexer.read(text, request.now)
        if verdict := guard.before_model(said, request.answer, text) or guard.impossible_number(read):
            return self._no(verdict, read, language, Generation("", 1.0, 0))
        written = generate(read.prompt, skeleton_grammar(read))
        return self._judged(request, site, read, language, written)

    def site(self, registry: Registry) -> Site:
        """The registry's indexes, built once for each registry."""
        names = len(registry.places) + len(registry.robots) + len(registry.items)
        if names > REGISTRY_NAMES_MAX:
            raise InvalidInput(f"{names} names", field="registry", fix=f"send at most {REGISTRY_NAMES_MAX}")
        key = codec.encode(registry)
        if key not in self._sites:
            self._sites[key] = Site(registry, Delexer(registry), Sites(registry))
            while len(self._sites) > REGISTRIES_MAX:
                self._sites.popitem(last=False)
        self._sites.move_to_end(key)
        return self._sites[key]

    def _judged(self, request: TranslateRequest, site: Site, read: Delexed, language: str, written: Generation) -> TranslateReply:
        values = Values(site.facts, site.delexer.vocabulary, read)
        uses: Uses = {}
        try:
            steps = skeleton.parse(written.text)
            guard.only_said(steps, read)
            steps = repaired(steps, read)
            uses = noted(steps)
            if steps and (steps[0].verb == "again" or steps[0].head[:1] == ("last",)):
                lowered = dialogue.again(steps, request.last, values, request.now)
            else:
                lowered = lower(steps, values, request.now)
            guard.after_model(lowered, read, site.facts)
            if written.confidence < self._confidence_min and not dialogue.is_yes(request.answer):
                raise Ask("doubt", words=said_back(lowered.ir, language))
        except InvalidInput:
            return self._no(Ask("unclear"), read, language, written)
        except (Ask, Refuse) as verdict:
            return self._no(verdict, read, language, written, uses)
        return self._reply(lowered.ir, read, language, written, lowered.uses)

    def _no(
        self, verdict: Ask | Refuse, read: Delexed, language: str, written: Generation, uses: Uses | None = None
    ) -> TranslateReply:
        if isinstance(verdict, Refuse):
            ir = CommandIr(outcome=Outcome.REJECT, why=answers.refusal(verdict, language))
            return self._reply(ir, read, language, written, uses or {})
        ir = CommandIr(outcome=Outcome.CLARIFY, why=answers.question(verdict, language))
        start = read.said.lower().find(verdict.words.lower()) if verdict.words and verdict.reason in ("which", "unknown") else -1
        span = (start, start + len(verdict.words)) if start >= 0 else (0, 0)
        asked = Asked(reason=verdict.reason, start=span[0], end=span[1])
        reply = self._reply(ir, read, language, written, uses or {})
        return msgspec.structs.replace(reply, choices=verdict.choices, asked=asked)

    def _reply(self, ir: CommandIr, read: Delexed, language: str, written: Generation, uses: Uses) -> TranslateReply:
        return TranslateReply(
            ir=ir,
            model=self._model,
            adapter=self._adapter,
            raw=written.text,
            # the table was measured on our adapter; another model's confidence is told as it is
            confidence=guard.calibrated(written.confidence) if self._adapter else written.confidence,
            tokens=written.tokens,
            text=read.said,
            language=language,
            understood=understood(read, uses),
        )


def clean(text: str) -> str:
    """The sentence without control and invisible characters. Raises InvalidInput naming the field."""
    plain = " ".join(_CONTROL_CHARS.sub(" ", text).split())
    if not plain:
        raise InvalidInput("the sentence is empty", field="text", fix="say what should be done")
    if len(plain) > SENTENCE_CHARS_MAX:
        raise InvalidInput(
            f"{len(plain)} characters", field="text", fix=f"use at most {SENTENCE_CHARS_MAX}, or split the sentence"
        )
    return plain


def checked_clock(now: str) -> str:
    """Raises InvalidInput for a clock that is none."""
    if not _CLOCK.match(now):
        raise InvalidInput(f"{now!r} is not a clock time", field="now", fix="send the site's clock as HH:MM")
    return now
