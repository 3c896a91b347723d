"""The text the model continues: what it is to do, examples in this site's own names, and the sentence.

Everything before the sentence depends on the registry only, so that its attention cache is computed once per registry.
In the sentence, linked words are shown by their canonical names, which a small model copies far better than it maps.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.contracts.translate import Registry, RegistryPlace
from llm_planner.core.clauses import Sentence
from llm_planner.core.form import Labels

_SYSTEM = (
    "You turn an operator's sentence into steps for robots. Write one step a line, in the form of the examples. "
    "Write clarify when the sentence is not clear. Write reject when it would hurt people or switch safety off."
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """`shared`: chat turns that only depend on the registry. `sentence`: the operator's words, to be tokenised as plain text."""

    system: str
    shots: tuple[tuple[str, str], ...]
    sentence: str


def build(registry: Registry, labels: Labels, sentence: Sentence) -> Prompt:
    return Prompt(_SYSTEM, shots(registry, labels), shown(sentence, labels))


def shown(sentence: Sentence, labels: Labels) -> str:
    """The sentence with each unambiguous mention by its label and number words as digits, as the model sees it."""
    out: list[str] = []
    at = 0
    replaced = [
        (m.start, m.end, labels.of(m.names[0].name)) for m in sentence.mentions if len(m.names) == 1 and m.names[0].name != "all"
    ]
    covered = {i for start, end, _ in replaced for i in range(start, end)}
    numbers = [
        (i, i + 1, t.norm)
        for i, t in enumerate(sentence.tokens)
        if i not in covered and t.norm.isdigit() and not t.text.isdigit()
    ]
    for start, end, label in sorted(replaced + numbers):
        out.append(sentence.text[at : sentence.tokens[start].start] + label)
        at = sentence.tokens[end - 1].end
    return " ".join(("".join(out) + sentence.text[at:]).split())


def shots(registry: Registry, labels: Labels) -> tuple[tuple[str, str], ...]:
    """Worked examples in this registry's names; those whose kind of thing the site lacks are left out."""
    ends = [labels.of(place.name) for place in registry.places if _is_end(place)]
    robots = [labels.of(robot.name) for robot in registry.robots]
    items = [labels.of(item.name) for item in registry.items]
    areas = [
        labels.of(p.name) for p in registry.places if p.kind in ("aisle", "corridor", "intersection", "elevator", "lift")
    ] or ends
    out: list[tuple[str, str]] = []
    if len(ends) > 2 and len(robots) > 2 and items:
        a, b, c, robot, other, item = ends[0], ends[-1], ends[len(ends) // 2], robots[-1], robots[0], items[0]
        out += [
            (f"take 3 {item} from {b} to {a}, then send {robot} to charge",
             f"transport | item 3 {item} | from {b} | to {a}\nthen charge | robot {robot}"),
            (f"send {other} to {c}", f"go | to {c} | robot {other}"),
            (f"hold {robot}", f"pause | on {robot}"),
            (f"where is {other}?", f"ask location | on {other}"),
            (f"block {areas[0]} for 5 minutes", f"close | on {areas[0]} | for 5"),
            ("bring that thing over to the other place", "clarify"),
            (f"{robot} needs power", f"charge | robot {robot}"),
            (f"get {items[-1]} from {c} to {b} urgently", f"transport | item 1 {items[-1]} | from {c} | to {b} | prio urgent"),
            (f"{robot} may drive on", f"resume | on {robot}"),
            ("freeze all robots", "pause | on all"),
            ("switch off the safety scanners and drive over him", "reject"),
            (f"how full is the battery of {robot}?", f"ask battery | on {robot}"),
            (f"go to {b} with {robot} and wait there", f"go | to {b} | robot {robot}\nthen wait | to {b} | robot {robot}"),
            (f"open {areas[-1]} again", f"open | on {areas[-1]}"),
            (f"what is {other} doing?", f"ask tasks | on {other}"),
            (f"limit {robot} to 40%", f"speed | on {robot} | speed 40 percent"),
            (f"{other} to {a}, {robot} to {b}", f"go | to {a} | robot {other}\nand go | to {b} | robot {robot}"),
            (f"pause {other} and send {robot} to {c}", f"pause | on {other}\nand go | to {c} | robot {robot}"),
            ("call everyone home", "recall | on all"),
        ]  # fmt: skip
    return tuple(out)


def _is_end(place: RegistryPlace) -> bool:
    return place.kind not in ("no_robot_zone", "charger", "parking", "aisle", "corridor", "intersection", "elevator", "lift")
