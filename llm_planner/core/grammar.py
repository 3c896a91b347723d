"""The grammar that the model's output is held to: Lark text for llguidance, made from the live registry.

`sentence_grammar` permits only what one sentence can mean: for each clause its readings, or "clarify" or "reject".
`registry_grammar` permits everything the form can say on a site; it is the outer bound that the sentence grammar stays in.
The whole output is one terminal, since llguidance's lexer is maximal-munch and would otherwise swallow separators.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from fleet.contracts.command_ir import Action, ControlAction, Priority, QueryAbout
from fleet.contracts.translate import Registry
from llm_planner.core.form import ALL, CLARIFY, REJECT, STEPS_MAX, WORDS, Labels

#: Readings of one clause; more means that the sentence is too open to choose from.
READINGS_MAX = 64


def sentence_grammar(clauses: Sequence[tuple[str, Sequence[str]]], escapes: Sequence[str] = (CLARIFY, REJECT)) -> str:
    """`clauses`: each the lead word ("", "then", "and") and the lines it may be read as. Never empty alternatives."""
    assert clauses
    assert all(lines and len(lines) <= READINGS_MAX for _, lines in clauses)
    rules = ["start: OUT"]
    steps: list[str] = []
    for number, (lead, lines) in enumerate(clauses):
        rules.append(f"STEP{number}: " + " | ".join(_literal(line) for line in dict.fromkeys(lines)))
        steps.append(_literal(f"\n{lead} ") + f" STEP{number}" if number else f"STEP{number}")
    rules.insert(1, "OUT: " + " | ".join([" ".join(steps), *map(_literal, escapes)]))
    return "\n".join(rules) + "\n"


def registry_grammar(registry: Registry, labels: Labels) -> str:
    """Everything that can be said about this registry in the form, and nothing else."""
    places = [labels.of(place.name) for place in registry.places]
    areas = [labels.of(area) for area in dict.fromkeys(place.area for place in registry.places if place.area)]
    robots = [labels.of(robot.name) for robot in registry.robots]
    types = [labels.of(kind) for kind in dict.fromkeys(robot.type for robot in registry.robots if robot.type)]
    items = [labels.of(item.name) for item in registry.items]
    names = {
        "PLACE": places + areas,
        "ROBOT": robots,
        "TYPE": types,
        "ITEM": items,
        "TARGET": [ALL, *places, *areas, *robots, *types],
    }
    names["NAMED"] = robots + types
    rules = [f"{rule}: " + " | ".join(map(_literal, dict.fromkeys(values))) for rule, values in names.items() if values]
    held = {rule for rule, values in names.items() if values}
    slots = [text for rule, text in _TASK_SLOTS if rule in held or not rule]
    tasks = _alternatives([WORDS[action] for action in Action])
    controls = _alternatives([WORDS[action] for action in ControlAction])
    queries = _alternatives([WORDS[f"ask {about}"] for about in QueryAbout])
    body = [
        f"TASK: ({tasks}) " + " ".join(slots),
        f'CONTROL: ({controls}) (" | on " TARGET){{0,8}}'
        + (' (" | except " NAMED){0,8}' if "NAMED" in held else "")
        + ' (" | until " CLOCK | " | for " NUMBER)? (" | speed " NUMBER (" percent" | " mps"))?',
        f'QUERY: ({queries}) (" | on " TARGET){{0,8}}',
        r"CLOCK: /([01][0-9]|2[0-3]):[0-5][0-9]/",
        "NUMBER: /[1-9][0-9]{0,3}/",
        "COUNT: /[1-9][0-9]?/",
        f"PRIO: {_alternatives([p for p in Priority if p is not Priority.NORMAL])}",
        f'PLAN: TASK ("\\n" ("then " | "and ") TASK){{0,{STEPS_MAX - 2}}} ("\\nand " CONTROL)?',
        "OUT: PLAN | CONTROL | QUERY | " + " | ".join(map(_literal, (CLARIFY, REJECT))),
    ]
    return "\n".join(["start: OUT", *rules, *body]) + "\n"


_TASK_SLOTS = (
    ("ITEM", '(" | item " COUNT " " ITEM)?'),
    ("PLACE", '(" | from " PLACE)?'),
    ("PLACE", '(" | via " PLACE){0,8}'),
    ("PLACE", '(" | to " PLACE)?'),
    ("ROBOT", '(" | robot " ROBOT){0,4}'),
    ("TYPE", '(" | type " TYPE)?'),
    ("", '(" | need " COUNT)?'),
    ("PLACE", '(" | avoid " PLACE){0,4}'),
    ("", '(" | times " COUNT)?'),
    ("", '(" | every " NUMBER (" | until " CLOCK)?)?'),
    ("", '(" | for " NUMBER)?'),
    ("", '(" | at " CLOCK | " | in " NUMBER)?'),
    ("", '(" | by " CLOCK | " | within " NUMBER)?'),
    ("", '(" | prio " PRIO)?'),
)


def _alternatives(values: Sequence[str]) -> str:
    return " | ".join(_literal(str(value)) for value in values)


def _literal(text: str) -> str:
    """A Lark string: JSON's escapes are Lark's, and pure ASCII keeps every Unicode name out of the lexer's way."""
    return json.dumps(text)
