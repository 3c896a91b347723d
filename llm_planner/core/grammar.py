"""The grammar that the model's output is held to: Lark text for llguidance, made from one sentence's placeholders.

Only placeholders of the sentence can be written, each only where its kind fits, and quoted words only if they stand in the
sentence. So whatever a model writes parses, and no name comes out that was not said.
The whole output is one terminal, since llguidance's lexer is maximal-munch and would otherwise swallow separators.
"""

from __future__ import annotations

import json
import re

from llm_planner.core import skeleton as sk
from llm_planner.core.delex import Delexed

#: Pieces that a quoted span is made of: a word, one Han character, blanks, a sign.
_CHUNK = re.compile(r"[㐀-鿿豈-﫿]|[^\W㐀-鿿豈-﫿]+|\s+|[^\w\s]")
#: Quoted spans are offered for sentences of at most this many characters, to bound the grammar.
QUOTE_CHARS_MAX = 600


def skeleton_grammar(read: Delexed) -> str:
    """Lark text. Never empty: `clarify` and `reject` are always possible."""
    letters: dict[str, list[str]] = {}
    for label in read.marks:
        letters.setdefault(label[0], []).append(label)
    quotes = len(read.text) <= QUOTE_CHARS_MAX and any(c.isalpha() and not c.isupper() for c in read.text)
    rules = ["start: OUT"]
    names: dict[str, str] = {}
    for slot, allowed in sk.LETTERS.items():
        options = [_literal(label) for letter in dict.fromkeys(allowed) for label in letters.get(letter, ())]
        if slot == "each":
            options.append('"all"')
        if slot == "prio":
            options = [_literal(value) for value in sk.PRIORITIES]
        if slot in sk.QUOTABLE and quotes:
            options.append("QUOTE")
        if options:
            names[slot] = f"V_{slot.upper()}"
            rules.append(f"{names[slot]}: " + " | ".join(options))
    rules += _heads(letters, quotes)
    steps = _tasks(names, letters, quotes) + _controls(names) + _queries()
    reasons = [f"clarify {reason}" for reason in sk.CLARIFY_REASONS] + [f"reject {reason}" for reason in sk.REJECT_REASONS]
    rules.append("STEP: " + " | ".join(steps))
    rules.append("END: " + " | ".join(map(_literal, reasons)))
    rules.append(f'OUT: END | STEP (" ; " ("then " | "and ") STEP){{0,{sk.STEPS_MAX - 1}}}')
    if quotes:
        chunks = _CHUNK.findall(read.text)
        rules.append(r'QUOTE: "\"" SPAN "\""')
        rules.append(r'SPAN: /[^A-Z" ]([^A-Z"]*[^A-Z" ])?/ & SUB')
        rules.append("SUB: %regex " + json.dumps({"substring_chunks": chunks}))
    return "\n".join(rules) + "\n"


def _heads(letters: dict[str, list[str]], quotes: bool) -> list[str]:
    """Values right after the verb: places, items, targets."""
    kinds = {"PLACE": sk.PLACE_LETTERS, "ITEM": sk.ITEM_LETTERS, "TARGET": "RT" + sk.PLACE_LETTERS + "I"}
    rules = []
    for rule, allowed in kinds.items():
        options = [_literal(label) for letter in dict.fromkeys(allowed) for label in letters.get(letter, ())]
        options += ['"all"', '"last"'] if rule == "TARGET" else []
        options += ["QUOTE"] if quotes else []
        if options:
            rules.append(f"{rule}: " + " | ".join(options))
    speeds = letters.get("S", [])
    rules.append("SPEED: " + (" | ".join(map(_literal, speeds)) or '"normal"'))
    return rules


def _slot(slot: str, names: dict[str, str]) -> str:
    if slot not in names:
        return ""
    many = 8 if slot in sk.LISTS else 1
    value = f'(" " {names[slot]})' + (f"{{1,{many}}}" if many > 1 else "")
    return f"({_literal(' ' + slot)} {value})?"


def _tail(names: dict[str, str], slots: tuple[str, ...]) -> str:
    return " ".join(filter(None, (_slot(slot, names) for slot in slots)))


def _tasks(names: dict[str, str], letters: dict[str, list[str]], quotes: bool) -> list[str]:
    tail = tuple(slot for slot in sk.TASK_SLOTS if slot not in ("x", "split", "rest", "from", "via", "to"))
    rest = _tail(names, tail)
    counts = ' (" x " V_X | " split " V_SPLIT | " rest " V_REST)?' if "x" in names else ""
    ways = " ".join(filter(None, (_slot("from", names), _slot("via", names), _slot("to", names))))
    place = '(" " PLACE)' if quotes or any(letters.get(letter) for letter in sk.PLACE_LETTERS) else ""
    item = quotes or any(letters.get(letter) for letter in sk.ITEM_LETTERS)
    steps = [f'"guide" {ways} {rest}']
    if item:
        steps.append(f'"move " ITEM{counts} {ways} {rest}')
    several = " | ".join(f'"{verb}"' for verb in ("go", "patrol", "clean", "disinfect", "inspect"))
    steps.append(f"({several}) {place + '{0,12}' if place else ''} {rest}")
    single = " | ".join(f'"{verb}"' for verb in ("charge", "park", "wait"))
    steps.append(f"({single}) {place + '?' if place else ''} {rest}")
    steps.append(f'"again"{counts} {ways} {rest}')
    return steps


def _controls(names: dict[str, str]) -> list[str]:
    verbs = " | ".join(f'"{verb}"' for verb in sk.CONTROLS if verb != "speed")
    steps = [f'({verbs}) (" " TARGET){{1,8}} ' + _tail(names, ("except", "until"))]
    return [*steps, '"speed" (" " TARGET){1,8} (" " SPEED)? ' + _tail(names, ("except", "until"))]


def _queries() -> list[str]:
    kinds = " | ".join(f'"ask {kind}"' for kind in sk.QUERIES)
    return [f'({kinds}) (" " TARGET){{0,8}}']


def _literal(text: str) -> str:
    """A Lark string: JSON's escapes are Lark's, and pure ASCII keeps every Unicode name out of the lexer's way."""
    return json.dumps(text)
