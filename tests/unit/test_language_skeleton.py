"""The skeleton's text form: what the model may write, and what is refused."""

from __future__ import annotations

import pytest

from fleet.contracts.errors import InvalidInput
from llm_planner.core import skeleton
from llm_planner.training.bank import LANGUAGES, load


@pytest.mark.parametrize(
    "text",
    [
        "move I1 x N1 from P1 to P2 type T1",
        "move I1 split N1 from P1 to P2 P3 P4 due C1 prio high",
        'move "blue toolbox" from "flux room" to P1 robot R1 ; then charge H1 robot R1',
        "go P1 P2 ; and wait P3 robot R2 until C1",
        "pause all except R1 R2 until D1",
        "speed R1 S1",
        "ask where R1",
        "ask count I1 P1",
        "again to P1",
        "cancel last",
        "clarify which",
        "reject people",
        "charge each all",
    ],
)
def test_what_the_form_can_say_is_read_and_written_alike(text: str) -> None:
    assert skeleton.render(skeleton.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fly P1",
        "move",
        "move P1 to P2",
        "move I1 to N1",
        "move I1 to P1 from P2",
        "move I1 x N1 x N2 to P1",
        "go P1 ; charge robot R1",
        "go P1 ; next charge robot R1",
        "clarify everything",
        "reject",
        "ask weather P1",
        "pause",
        "go P1 prio asap",
        " ; then ".join(["go P1"] * 13),
    ],
)
def test_what_the_form_cannot_say_is_refused_with_the_step(text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        skeleton.parse(text)
    assert raised.value.field.startswith("steps")
    assert raised.value.fix


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_the_phrase_banks_follows_the_form(language: str) -> None:
    bank = load(language)
    entries = [entry for topic in bank.entries.values() for entry in topic]
    assert len(entries) > 500
    for entry in entries:
        needed = {value.strip('"') for step in entry.steps for value in step.values() if skeleton.is_mark(value.strip('"'))}
        assert needed <= set(entry.labels), entry
    assert all("{a}" in said and "{b}" in said for said, _ in bank.joins)
