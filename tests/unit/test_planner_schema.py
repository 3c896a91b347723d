"""The JSON schema for models behind a server: it admits every skeleton that the phrase banks hold, and no other label."""

from __future__ import annotations

import json
import re

import pytest

from fleet.contracts.errors import RemoteFault
from llm_planner.core import schema, skeleton
from llm_planner.core.formtext import EXAMPLES
from llm_planner.core.languages import LANGUAGES
from llm_planner.training.bank import load

LABEL = re.compile(r"\b[A-Z]\d{1,2}\b")


def pattern(prompt: str) -> re.Pattern[str]:
    return re.compile(schema.steps_schema(prompt)["properties"]["steps"]["items"]["pattern"])


def angled(written: str) -> list[str]:
    return re.sub(r'"([^"]*)"', r"<\1>", written).split(" ; ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_meaning_of_the_phrase_banks_can_be_written(language: str) -> None:
    meanings = {skeleton.render(entry.steps) for entries in load(language).entries.values() for entry in entries}
    # a bank's mark for unknown words stands for words, which are never capitals
    written = {re.sub(r'"[JU]\d+"', lambda mark: mark[0].lower(), text) for text in meanings}
    assert len(written) > 100
    for text in sorted(written)[::7]:
        admitted = pattern(" ".join(LABEL.findall(text)))
        steps = angled(text)
        assert all(admitted.fullmatch(step) for step in steps), text
        assert schema.from_answer(json.dumps({"steps": steps})) == text
        assert skeleton.render(skeleton.parse(schema.from_answer(text))) == text


def test_the_examples_that_a_model_is_shown_are_what_the_schema_admits() -> None:
    shown = schema.messages("go to P1", as_json=True)
    for said, answer in zip(shown[1:-1:2], shown[2:-1:2], strict=True):
        steps = json.loads(answer["content"])["steps"]
        assert all(pattern(said["content"]).fullmatch(step) for step in steps), answer
    assert len(shown) == 2 + 2 * len(EXAMPLES)


@pytest.mark.parametrize(
    "step",
    [
        "go P2",  # not in the sentence
        "go R1",  # no place
        "move P1 to P1",  # no item
        "fly P1",
        "go P1 robot <AMR-1>",  # capitals never stand in what a model reads
        'go <a"b>',
        "go P1 ; go P1",
        "",
    ],
)
def test_nothing_else_can_be_written(step: str) -> None:
    assert not pattern("send R1 to P1 with the I1").fullmatch(step)


def test_the_pattern_uses_only_what_converters_of_servers_know() -> None:
    text = schema.step_pattern(["P1", "R1", "I1", "N1", "D1", "C1", "S1", "T1", "A1"])
    assert text.startswith("^")
    assert text.endswith("$")
    assert "(?" not in text
    assert not re.search(r"\\[a-zA-Z]", text)
    assert len(text) < 8000


@pytest.mark.parametrize(
    "answer",
    [
        '{"steps": ["charge robot R1"]}',
        '```json\n{"steps": ["charge robot R1"]}\n```',
        '<think>It should charge.</think>\n{"steps": ["charge robot R1"]}',
        "charge robot R1",
        "```\ncharge robot R1\n```",
    ],
)
def test_wrapping_is_taken_off(answer: str) -> None:
    assert schema.from_answer(answer) == "charge robot R1"


def test_leads_and_the_order_of_slots_are_mended_since_they_carry_no_meaning() -> None:
    answer = '{"steps": ["then move I1 prio high to P2 from P1", "charge robot R1", "and pause R2 until D1 except R3"]}'
    mended = schema.from_answer(answer)
    assert mended == "move I1 from P1 to P2 prio high ; then charge robot R1 ; and pause R2 except R3 until D1"
    assert len(skeleton.parse(mended)) == 3


@pytest.mark.parametrize(
    "answer", ["", "{}", '{"steps": []}', '{"steps": [7]}', '{"steps": [""]}', '{"steps": "go"}', "{" * 5000, "[]{"]
)
def test_what_has_no_steps_is_a_fault_of_the_server(answer: str) -> None:
    if answer == "[]{":
        assert "[]{" in schema.from_answer(answer)  # plain text: the grammar refuses it
        return
    with pytest.raises(RemoteFault):
        schema.from_answer(answer)


def test_thirteen_steps_are_too_many() -> None:
    with pytest.raises(RemoteFault):
        schema.from_answer(json.dumps({"steps": ["charge robot R1"] * 13}))
