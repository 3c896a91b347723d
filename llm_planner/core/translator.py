"""One sentence in, one Command IR out: linking, readings, the model under its grammar, the guard.

Pure: the model is a `generate(prompt, grammar)` that is handed in. Where the model does not understand, or says so, or is
not sure, the outcome is `clarify` with one question; it is never a guess.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.errors import InvalidInput
from fleet.contracts.translate import SENTENCE_CHARS_MAX, Registry, TranslateReply, TranslateRequest
from llm_planner.core import form, grammar, guard
from llm_planner.core.clauses import Sentence, read
from llm_planner.core.form import Labels
from llm_planner.core.linking import Vocabulary
from llm_planner.core.prompt import Prompt, build
from llm_planner.core.readings import Context, Reader

#: Registries kept indexed; a planner serves one site, or a few.
REGISTRIES_MAX = 8
#: Names (places, robots, items) of one registry; more is refused before any work is done.
REGISTRY_NAMES_MAX = 10_000
#: Below this confidence the model's reading becomes a question.
CONFIDENCE_MIN = 0.5

_CONTROL_CHARS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
#: What the cloud appends when an operator answers "Did you mean ...?" with yes.
_YES = re.compile(r"[.?!] (?:yes|yep|yeah|correct|right|ok|ja|si|sí|oui|是|对)[.!]?$", re.IGNORECASE)
_CLOCK = re.compile(r"^([01]?\d|2[0-3]):[0-5]\d$")


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model wrote. `confidence`: the least share of probability that a chosen token had among the permitted ones."""

    text: str
    confidence: float
    tokens: int


class Generate(Protocol):
    """A model that writes text of the grammar, greedily."""

    def __call__(self, prompt: Prompt, lark: str) -> Generation: ...


class Translator(Protocol):
    """Anything that answers a TranslateRequest. Raises InvalidInput, Transient."""

    def translate(self, request: TranslateRequest, generate: Generate) -> TranslateReply: ...


@dataclass(frozen=True, slots=True)
class Site:
    """A registry with its indexes."""

    registry: Registry
    labels: Labels
    vocabulary: Vocabulary
    reader: Reader


class GrammarTranslator:
    """The Translator for models that decode under a grammar. Keeps the indexes of the last few registries."""

    def __init__(self, model: str, *, confidence_min: float = CONFIDENCE_MIN) -> None:
        self._model = model
        self._confidence_min = confidence_min
        self._sites: OrderedDict[bytes, Site] = OrderedDict()

    def translate(self, request: TranslateRequest, generate: Generate) -> TranslateReply:
        text = clean(request)
        site = self.site(request.registry)
        sentence = read(text, site.vocabulary)
        verdict = guard.before_model(sentence, site.vocabulary)
        if verdict is not None:
            return self._answer(CommandIr(outcome=verdict.outcome, why=verdict.why))
        clauses, missing = readings(sentence, site.reader)
        if missing:
            return self._answer(clarify(guard.question(missing, sentence, site.vocabulary)))
        lark = grammar.sentence_grammar(clauses, escapes=(form.CLARIFY,))
        written = generate(build(site.registry, site.labels, sentence), lark)
        return self._answer(self._judge(written, sentence, site), written)

    def site(self, registry: Registry) -> Site:
        """The registry's indexes, built once for each registry."""
        names = len(registry.places) + len(registry.robots) + len(registry.items)
        if names > REGISTRY_NAMES_MAX:
            raise InvalidInput(f"{names} names", field="registry", fix=f"send at most {REGISTRY_NAMES_MAX}")
        key = codec.encode(registry)
        if key not in self._sites:
            labels = Labels(registry)
            self._sites[key] = Site(registry, labels, Vocabulary(registry), Reader(registry, labels))
            while len(self._sites) > REGISTRIES_MAX:
                self._sites.popitem(last=False)
        self._sites.move_to_end(key)
        return self._sites[key]

    def _judge(self, written: Generation, sentence: Sentence, site: Site) -> CommandIr:
        try:
            ir = form.parse(written.text, site.labels)
        except InvalidInput:
            return clarify(guard.NOT_UNDERSTOOD)
        if ir.outcome in (Outcome.CLARIFY, Outcome.REJECT):
            return clarify(guard.NOT_UNDERSTOOD) if ir.outcome is Outcome.CLARIFY else ir
        verdict = guard.after_model(sentence, ir, site.registry, site.labels)
        if verdict is not None:
            return CommandIr(outcome=verdict.outcome, why=verdict.why)
        if written.confidence < self._confidence_min and not _YES.search(sentence.text):
            return clarify(guard.doubt(ir, site.labels))
        return ir

    def _answer(self, ir: CommandIr, written: Generation | None = None) -> TranslateReply:
        if written is None:
            return TranslateReply(ir=ir, model=self._model, confidence=1.0)
        return TranslateReply(ir=ir, model=self._model, raw=written.text, confidence=written.confidence, tokens=written.tokens)


def clean(request: TranslateRequest) -> str:
    """The sentence without control and invisible characters. Raises InvalidInput naming the field."""
    text = " ".join(_CONTROL_CHARS.sub(" ", request.text).split())
    if not text:
        raise InvalidInput("the sentence is empty", field="text", fix="say what should be done")
    if len(text) > SENTENCE_CHARS_MAX:
        raise InvalidInput(
            f"{len(text)} characters", field="text", fix=f"use at most {SENTENCE_CHARS_MAX}, or split the sentence"
        )
    if not _CLOCK.match(request.now):
        raise InvalidInput(f"{request.now!r} is not a clock time", field="now", fix="send the site's clock as HH:MM")
    return text


def readings(sentence: Sentence, reader: Reader) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Each clause's lead and readings; or, when one has none, what it lacks (never empty then)."""
    context = Context()
    clauses: list[tuple[str, list[str]]] = []
    for clause in sentence.clauses:
        read_as = reader.read(clause, context)
        if not read_as.lines:
            return [], read_as.missing or ["action"]
        context = read_as.context
        clauses.append((clause.lead, read_as.lines))
    if not clauses or len(clauses) > form.STEPS_MAX:
        return [], ["action"]
    return clauses, []


def clarify(why: str) -> CommandIr:
    return CommandIr(outcome=Outcome.CLARIFY, why=why)
