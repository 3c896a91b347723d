"""The skeleton as a JSON schema, for models behind an OpenAI-compatible endpoint: `{"steps": ["STEP", "then STEP"]}`.

A step is a string with a `pattern` made from the sentence's placeholders, which strict modes turn into a grammar (vLLM,
llama.cpp and Ollama do), so that no unknown label comes out. It is five times shorter than objects with a key for every slot.
The patterns use only what those servers' converters know: groups, classes, counted repetition. A name that the registry
does not have is written <like this>, since a quote would end the JSON string.

Servers that ignore a schema are met halfway: `from_answer` also reads steps as plain lines, fenced or thought over before.
"""

from __future__ import annotations

import json
import re
from typing import Any

from fleet.contracts.errors import RemoteFault
from llm_planner.core import skeleton as sk
from llm_planner.core.formtext import EXAMPLES, SYSTEM

#: Longest name in angle brackets, in characters.
SPAN_CHARS_MAX = 60
#: Values of one list in the pattern; more is a sentence to be split.
LIST_MAX = 8

JSON_FORM = (
    'Answer with JSON only: {"steps": ["STEP", "then STEP", "and STEP"]}, one string a step. '
    "A name that is no placeholder is copied in <angle brackets> instead of quotes."
)
_LABEL = re.compile(r"\b[A-Z]\d{1,2}\b")
_QUOTE = re.compile(r'"([^"]*)"')
_ANGLE = re.compile(r"<([^<>]*)>")
_SPAN = f'<[^<>A-Z"\\\\]{{1,{SPAN_CHARS_MAX}}}>'
_THOUGHT = re.compile(r"^.*</think>", re.DOTALL)
_FENCE = re.compile(r"^```\w*\s*|\s*```$")
_WORDS = re.compile(r'"[^"]*"|\S+')


def messages(prompt: str, *, as_json: bool) -> list[dict[str, str]]:
    """Chat messages: the form, examples, the sentence without its names. `prompt`: Delexed.prompt."""
    out = [{"role": "system", "content": f"{SYSTEM}\n{JSON_FORM}" if as_json else SYSTEM}]
    for said, written in EXAMPLES:
        out.append({"role": "user", "content": said})
        out.append({"role": "assistant", "content": _as_json(written) if as_json else written})
    # a server may read its template's marks (<|im_end|>, </s>) wherever they stand; without < and > there are none
    return [*out, {"role": "user", "content": without_marks(prompt)}]


def without_marks(prompt: str) -> str:
    """The sentence without the signs that every chat template's marks are made of."""
    return " ".join(re.sub(r"[<>]", " ", prompt).split())


def steps_schema(prompt: str) -> dict[str, Any]:
    """Strict: every key required, no others."""
    step = {"type": "string", "pattern": step_pattern(_LABEL.findall(prompt))}
    steps = {"type": "array", "items": step, "minItems": 1, "maxItems": sk.STEPS_MAX}
    return {"type": "object", "properties": {"steps": steps}, "required": ["steps"], "additionalProperties": False}


def step_pattern(labels: list[str]) -> str:
    """A regular expression for one step over these placeholders; anchored."""
    by_letter: dict[str, list[str]] = {}
    for label in dict.fromkeys(labels):
        by_letter.setdefault(label[0], []).append(label)

    def of(letters: str, *more: str) -> list[str]:
        return [label for letter in dict.fromkeys(letters) for label in by_letter.get(letter, ())] + list(more)

    def slot(name: str) -> str:
        more = list(sk.PRIORITIES) if name == "prio" else ["all"] if name == "each" else []
        values = of(sk.LETTERS[name], *more, *([_SPAN] if name in sk.QUOTABLE else []))
        return f"( {name}{_some(values, 1, LIST_MAX if name in sk.LISTS else 1)})?" if values else ""

    ways_at, rest_at = sk.TASK_SLOTS.index("from"), sk.TASK_SLOTS.index("to") + 1
    counts = f"( ({'|'.join(sk.TASK_SLOTS[:ways_at])}) ({'|'.join(of('N'))}))?" if of("N") else ""
    ways = "".join(map(slot, sk.TASK_SLOTS[ways_at:rest_at]))
    rest = "".join(map(slot, sk.TASK_SLOTS[rest_at:]))
    place, item = of(sk.PLACE_LETTERS, _SPAN), of(sk.ITEM_LETTERS, _SPAN)
    target = of("RT" + sk.PLACE_LETTERS + "I", "all", "last", _SPAN)
    until = "".join(map(slot, sk.CONTROL_SLOTS))
    several = _some(place, 0, sk.VALUES_MAX)
    controls = "|".join(verb for verb in sk.CONTROLS if verb != "speed")
    lines = [
        f"move{_some(item, 1, 1)}{counts}{ways}{rest}",
        f"guide{ways}{rest}",
        f"(go|patrol|clean|disinfect|inspect){several}{rest}",
        f"(charge|park|wait){_some(place, 0, 1)}{rest}",
        f"again{counts}{ways}{rest}",
        f"({controls}){_some(target, 1, LIST_MAX)}{until}",
        f"speed{_some(target, 1, LIST_MAX)}{_some(of('S'), 0, 1)}{until}",
        f"ask ({'|'.join(sk.QUERIES)}){_some(target, 0, LIST_MAX)}",
        f"clarify ({'|'.join(sk.CLARIFY_REASONS)})",
        f"reject ({'|'.join(sk.REJECT_REASONS)})",
    ]
    return f"^(then |and )?({'|'.join(lines)})$"


def _some(values: list[str], least: int, most: int) -> str:
    """So many of the values, each after a blank."""
    if not values:
        return ""
    bound = {(1, 1): "", (0, 1): "?"}.get((least, most), f"{{{least},{most}}}")
    return f"( ({'|'.join(values)})){bound}"


def _as_json(written: str) -> str:
    steps = _QUOTE.sub(r"<\1>", written).split(" ; ")
    return json.dumps({"steps": steps}, ensure_ascii=False)


def from_answer(text: str) -> str:
    """The skeleton in a model's answer, in the form that `skeleton.parse` reads. Raises RemoteFault.

    Only the wrapping is mended, and the order of slots, which carries no meaning; what it says is for the grammar to judge.
    """
    plain = _FENCE.sub("", _THOUGHT.sub("", text).strip()).strip()
    steps = _json_steps(plain) if plain.startswith("{") else [piece for piece in re.split(r"\s*[;\n]\s*", plain) if piece]
    if not steps or len(steps) > sk.STEPS_MAX:
        raise _unusable(text)
    return " ; ".join(_tidy(number, step) for number, step in enumerate(steps))


def _json_steps(plain: str) -> list[str]:
    try:
        document = json.loads(plain)
    except (ValueError, RecursionError):
        raise _unusable(plain) from None
    steps = document.get("steps") if isinstance(document, dict) else None
    if not isinstance(steps, list) or not all(isinstance(step, str) and step.strip() for step in steps):
        raise _unusable(plain)
    return steps


def _tidy(number: int, step: str) -> str:
    """One step with its lead, its quotes and its slots in order."""
    words = _WORDS.findall(_ANGLE.sub(lambda span: f'"{span[1].strip().lower()}"', step))
    lead = words.pop(0) if words and words[0] in ("then", "and") else "then"
    head: list[str] = []
    slots: dict[str, list[str]] = {}
    current = head
    for word in words:
        if word in sk.LETTERS and word not in slots:
            current = slots[word] = []
        else:
            current.append(word)
    order = (*sk.CONTROL_SLOTS, *sk.TASK_SLOTS) if head[:1] and head[0] in sk.CONTROLS else sk.TASK_SLOTS
    for name in sorted(slots, key=order.index):
        head += [name, *slots[name]]
    return " ".join(head if number == 0 else [lead, *head])


def _unusable(text: str) -> RemoteFault:
    return RemoteFault(f"the model's answer has no steps: {text[:120]!r}", fix="use a model that follows JSON schemas")
