"""Checks on what the model wrote, whoever the model was: everything said is used, nothing unsaid is filled in.

A translator that skipped half a sentence would send robots on half a wish; each finding becomes one short question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fleet.contracts.command_ir import Action, CommandIr, Outcome, TaskIr
from fleet.contracts.translate import Registry
from llm_planner.core import form, lexicon
from llm_planner.core.clauses import Sentence
from llm_planner.core.linking import MentionKind, Vocabulary
from llm_planner.core.numbers import words
from llm_planner.core.tokens import stem

#: Choices offered in one question.
CHOICES_MAX = 8

_QUESTIONS = {
    "from": "From where?",
    "to": "To which place?",
    "item": "What should be carried?",
    "robot": "Which robot?",
    "target": "Which robots?",
    "area": "Which place or area?",
    "speed": "Which speed, in percent or m/s?",
    "times": "Which time is meant?",
    "charger": "That place is not a charger. Which charger?",
    "place": "Which place exactly?",
}
NOT_UNDERSTOOD = "I did not understand that. What should be done, with what, from where, to where?"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a command does not go through: `outcome` clarify or reject, and the sentence for the operator."""

    outcome: Outcome
    why: str


def before_model(sentence: Sentence, vocabulary: Vocabulary) -> Verdict | None:
    """What no reading could mend: unsafe wishes, negations, unknown or ambiguous names, numbers without a use."""
    hinted = {op for clause in sentence.clauses for op in clause.ops}
    if "<|" in sentence.text or "|>" in sentence.text:
        return _ask("That sentence holds markup. Say it in plain words.")
    if sentence.unsafe:
        return Verdict(
            Outcome.REJECT, "Robots do not hurt or endanger people, and safety functions are not switched by a sentence."
        )
    if sentence.people and "guide" not in hinted:
        if any(mention.of(MentionKind.ITEM) for mention in sentence.mentions):
            return _ask("People are mentioned, and robots do not carry people. What should be carried, from where, to where?")
        return Verdict(Outcome.REJECT, "Robots do not carry or endanger people.")
    if sentence.reported:
        return _ask("Is that something to do? Say it as a wish, for example: send AMR-1 to Dock 1.")
    if sentence.negated:
        return _ask("I am not sure what must not happen. Say what to do, or close the area.")
    for mention in sentence.mentions:
        by_kind = [mention.of(kind) for kind in MentionKind]
        for names in by_kind:
            if len(names) > 1:
                return _ask(f"Which one is {sentence.words_of(mention)!r}: {_choices([n.name for n in names])}?")
    which = _which(sentence, vocabulary)
    if which:
        return _ask(which)
    if sentence.loose_numbers:
        number = sentence.loose_numbers[0]
        return _ask(f"What does {number.text!r} stand for?")
    return _unknown_name(sentence, vocabulary)


def after_model(sentence: Sentence, ir: CommandIr, registry: Registry, labels: form.Labels) -> Verdict | None:
    """Coverage both ways, and what the registry says is impossible. None when the command may go on."""
    if ir.outcome in (Outcome.CLARIFY, Outcome.REJECT):
        return None
    return _uncovered(sentence, ir, labels) or _not_said(sentence, ir) or _impossible(ir, registry)


def question(missing: Sequence[str], sentence: Sentence, vocabulary: Vocabulary) -> str:
    """One short question for the first thing that kept the sentence from being complete."""
    hinted = {op for clause in sentence.clauses for op in clause.ops}
    if not hinted and not sentence.mentions:
        return NOT_UNDERSTOOD
    areas = [name.name for mention in sentence.mentions for name in mention.of(MentionKind.AREA)]
    if areas and {"place", "action"} & set(missing) and not any(reason in missing for reason in ("item", "robot")):
        return f"Which place in {areas[0]}: {_choices(vocabulary.areas[areas[0]])}?"
    for reason in missing:
        if reason.startswith("able ") and reason.removeprefix("able ") in hinted:
            return f"No robot here can {reason.removeprefix('able ')}. Which other job should be done?"
    for reason, text in _QUESTIONS.items():
        if reason in missing:
            return text
    return NOT_UNDERSTOOD


def _which(sentence: Sentence, vocabulary: Vocabulary) -> str:
    """The question about "the dock" on a site with six, unless one of them is named elsewhere ("... the dock. Dock 3")."""
    said = {name.name for mention in sentence.mentions for name in mention.names}
    for token in sentence.free:
        names = vocabulary.kinds.get(token.norm) or vocabulary.kinds.get(stem(token.norm), ())
        if names and not said & set(names):
            return f"Which {token.text}: {_choices(names)}?"
    return ""


def doubt(ir: CommandIr, labels: form.Labels) -> str:
    """The question when the model is not sure enough: its reading, said back."""
    said = form.render(ir, labels).replace("\n", "; ").replace(form.SEPARATOR, " ")
    return f"Did you mean: {said}?"


def _unknown_name(sentence: Sentence, vocabulary: Vocabulary) -> Verdict | None:
    """An unknown word where a name would stand ("to the blorgo", "2 widgets") or as the only verb."""
    index_of = {token.start: index for index, token in enumerate(sentence.tokens)}
    if not sentence.mentions and not any(fact for clause in sentence.clauses for fact in clause.facts):
        return _ask(NOT_UNDERSTOOD) if sentence.unknown else None
    for token in sentence.unknown:
        index = index_of[token.start]
        before = sentence.tokens[index - 1].norm if index else ""
        if vocabulary.kinds.get(token.norm):
            continue  # "the dock", where one of them is named elsewhere
        named_before = any(mention.end == index for mention in sentence.mentions)
        name_like = before in _NAME_FOLLOWS or (before.isdigit() and not named_before) or (index > 0 and token.text[:1].isupper())
        if name_like:
            return _ask(f"I do not know {token.text!r}. Which place, robot or item is it?")
        clause = next((c for c in sentence.clauses if c.start <= index < c.end), None)
        if clause is not None and (not clause.ops or clause.elliptic):
            return _ask(f"I do not understand {token.text!r}. What should be done?")
    return None


_NAME_FOLLOWS = frozenset(word for spoken, _ in lexicon.PLACE_ROLES for word in spoken[-1:]) | words(
    "the a an some of at in on for with this that my our der die das den dem ein eine el la los las un una le les une de du des"
)


def _uncovered(sentence: Sentence, ir: CommandIr, labels: form.Labels) -> Verdict | None:
    used = set(_names(ir))
    for mention in sentence.mentions:
        if not any(name.name in used for name in mention.names):
            return _ask(f"What about {sentence.words_of(mention)!r}?")
    slots = {slot for line in form.render(ir, labels).split("\n") for slot in line.split(form.SEPARATOR)}
    for clause in sentence.clauses:
        for fact in clause.facts:
            written = {f"{fact.slot} {fact.value}"} | ({f"by {fact.value}"} if fact.slot == "until" else set())
            if fact.slot != "prio" and not written & slots:
                said = " ".join(token.text for token in sentence.tokens[fact.start : fact.end])
                return _ask(f"What should happen {said!r}?")
        for part in clause.parts:
            counted = {f"item {part.count} {labels.of(n.name)}" for n in part.mention.of(MentionKind.ITEM)}
            if part.count is not None and counted and not counted & slots:
                return _ask(f"How many of {sentence.words_of(part.mention)!r}?")
    return None


def _not_said(sentence: Sentence, ir: CommandIr) -> Verdict | None:
    said = {name.name for mention in sentence.mentions for name in mention.names}
    if ir.control is not None and ir.control.targets == (form.ALL,):
        said.add(form.ALL)
    for name in _names(ir):
        if name not in said:
            return _ask(f"Do you mean {name!r}? It was not said.")
    return None


def _impossible(ir: CommandIr, registry: Registry) -> Verdict | None:
    kinds = {place.name: place.kind for place in registry.places}
    homes = {item.name: item.home for item in registry.items}
    for task in ir.tasks:
        for place in _places(task):
            if kinds.get(place) == "no_robot_zone" and place not in task.avoid:
                return Verdict(Outcome.REJECT, f"No robot enters {place}.")
        if task.action is Action.TRANSPORT:
            if task.item is None or task.target is None:
                return _ask(_QUESTIONS["item" if task.item is None else "to"])
            if task.source is None and homes.get(task.item) is None:
                return _ask(_QUESTIONS["from"])
        unfit = _unfit(task, registry)
        if unfit:
            return _ask(unfit)
    return None


def _unfit(task: TaskIr, registry: Registry) -> str:
    """Why the robots that the task allows cannot do it, or ""."""
    named = (task.robot,) if isinstance(task.robot, str) else task.robot or ()
    may = [
        r for r in registry.robots if (not named or r.name in named) and (task.robot_type in (None, r.type) or r.name in named)
    ]
    who = " and ".join(named) or (f"a {task.robot_type}" if task.robot_type else "any robot here")
    able = [r for r in may if not r.capabilities or task.action.value in r.capabilities]
    if not able:
        return f"{who} cannot {task.action.value}. Which other robot?"
    unit_kg = next((item.unit_kg for item in registry.items if item.name == task.item), None)
    limits = [r.payload_kg for r in able if r.payload_kg is not None]
    if task.item and unit_kg is not None and limits and len(limits) == len(able) and unit_kg > max(limits):
        return f"{task.item} weighs {unit_kg:g} kg, more than {who} carries ({max(limits):g} kg). Which other robot?"
    return ""


def _names(ir: CommandIr) -> Iterable[str]:
    for task in ir.tasks:
        yield from _places(task)
        yield from filter(None, (task.item, task.robot_type))
        yield from (task.robot,) if isinstance(task.robot, str) else task.robot or ()
    if ir.control is not None:
        yield from (*ir.control.targets, *ir.control.excluded)
    if ir.query is not None:
        yield from ir.query.targets


def _places(task: TaskIr) -> Iterable[str]:
    yield from filter(None, (task.source, *task.stops, task.target, *task.avoid))


def _choices(names: Sequence[str]) -> str:
    shown = list(names[:CHOICES_MAX])
    more = ", ..." if len(names) > CHOICES_MAX else ""
    return (", ".join(shown) + more) if more or len(shown) == 1 else ", ".join(shown[:-1]) + " or " + shown[-1]


def _ask(why: str) -> Verdict:
    return Verdict(Outcome.CLARIFY, why)
