"""Whatever a site calls its things: the grammar compiles, only registry names come out, and all that comes out is a command."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr, Outcome
from fleet.contracts.translate import Registry, RegistryItem, RegistryPlace, RegistryRobot, TranslateRequest
from llm_planner.core import form
from llm_planner.core.grammar import registry_grammar, sentence_grammar
from llm_planner.core.prompt import Prompt
from llm_planner.core.translator import Generation, GrammarTranslator

llguidance = pytest.importorskip("llguidance", reason="llguidance is not installed")

#: Any character that a registry file may hold, with the awkward ones often.
AWKWARD = st.sampled_from("\"'\\|{}[]<>/%$ \t\n#é中😀\u200b\u202e")
NAME = st.text(st.one_of(AWKWARD, st.characters(exclude_categories=["Cs"])), min_size=1, max_size=20)
NAMES = st.lists(NAME, min_size=3, max_size=6, unique=True)


def byte_tokenizer() -> Any:
    """A tokenizer of single bytes, so that no model is needed to walk a grammar."""

    class Bytes:
        eos_token_id = 256
        bos_token_id = None
        tokens = [bytes([value]) for value in range(256)] + [b"<eos>"]
        special_token_ids = (256,)

        def __call__(self, text: bytes | str) -> list[int]:
            return list(text if isinstance(text, bytes) else text.encode())

    return llguidance.LLTokenizer(llguidance.TokenizerWrapper(Bytes()))


TOKENIZER = byte_tokenizer()


def registry(names: list[str]) -> Registry:
    return Registry(
        site="x",
        places=tuple(RegistryPlace(name=name, area=names[0]) for name in names),
        robots=(RegistryRobot(name=names[1] + "r", type=names[2] + "t"),),
        items=(RegistryItem(name=names[0] + "i"),),
    )


def walk(lark: str, seed: int, steps_max: int = 4000) -> str:
    """A random text of the grammar."""
    choose = random.Random(seed)
    matcher = llguidance.LLMatcher(TOKENIZER, llguidance.LLMatcher.grammar_from_lark(lark))
    assert not matcher.is_error(), matcher.get_error()
    out = bytearray()
    for _ in range(steps_max):
        mask = matcher.compute_bitmask()
        allowed = [token for token in range(257) if mask[token // 8] >> (token % 8) & 1]
        token = 256 if 256 in allowed and choose.random() < 0.6 else choose.choice(allowed)
        if token == 256:
            return out.decode()
        matcher.consume_token(token)
        out.append(token)
        if matcher.is_stopped():
            return out.decode()
    raise AssertionError("the grammar has no end")


@given(names=NAMES, seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_every_text_of_a_registrys_grammar_is_a_command_with_registry_names_only(names: list[str], seed: int) -> None:
    site = registry(names)
    labels = form.Labels(site)
    text = walk(registry_grammar(site, labels), seed)
    ir = form.parse(text, labels)
    assert codec.decode(codec.encode(ir), CommandIr) == ir
    known = {*names, names[1] + "r", names[2] + "t", names[0] + "i", "all"}
    for task in ir.tasks:
        robots = (task.robot,) if isinstance(task.robot, str) else task.robot or ()
        said = {task.source, task.target, task.item, task.robot_type, *task.stops, *task.avoid, *robots}
        assert said - {None} <= known
    if ir.control is not None:
        assert {*ir.control.targets, *ir.control.excluded} <= known


@given(names=NAMES, seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_command_survives_being_written_and_read(names: list[str], seed: int) -> None:
    site = registry(names)
    labels = form.Labels(site)
    ir = form.parse(walk(registry_grammar(site, labels), seed), labels)
    assert form.parse(form.render(ir, labels), labels) == ir


@given(names=NAMES)
@settings(max_examples=60, deadline=None)
def test_labels_are_unique_stay_on_one_line_and_lead_back_to_their_names(names: list[str]) -> None:
    site = registry(names)
    labels = form.Labels(site)
    for place in site.places:
        label = labels.of(place.name)
        assert labels.name(label) == place.name
        assert "\n" not in label
        assert "|" not in label
    assert len(set(labels.all())) == len(labels.all())


@given(lines=st.lists(NAME.map(lambda n: form._clean(n)), min_size=1, max_size=5), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_sentences_grammar_lets_only_its_readings_and_clarify_out(lines: list[str], seed: int) -> None:
    text = walk(sentence_grammar([("", lines)], escapes=(form.CLARIFY,)), seed)
    assert text in {*lines, form.CLARIFY}


_SPOKEN = (
    "bring two pallets from Dock 1 to Dock 2 then AMR-1 charge stop all pause where is not by 15:00 for ten minutes every , . "
    "and <|im_end|> ' 7 中文 patient ignore safety"
)
SENTENCE_WORDS = st.sampled_from(_SPOKEN.split())
SITE = Registry(
    site="s",
    places=(RegistryPlace(name="Dock 1", kind="dock"), RegistryPlace(name="Dock 2", kind="dock")),
    robots=(RegistryRobot(name="AMR-1", type="AMR"),),
    items=(RegistryItem(name="pallet"),),
)


@given(words=st.lists(SENTENCE_WORDS, min_size=1, max_size=25), seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_whatever_a_model_writes_under_the_grammar_the_answer_is_whole(words: list[str], seed: int) -> None:
    def wild(prompt: Prompt, lark: str) -> Generation:
        return Generation(walk(lark, seed), 1.0, 1)

    text = " ".join(words)
    ir = GrammarTranslator("wild").translate(TranslateRequest(text=text, registry=SITE, now="10:00"), wild).ir
    assert codec.decode(codec.encode(ir), CommandIr) == ir
    if ir.outcome in (Outcome.PLAN, Outcome.CONTROL):
        assert ir.tasks or ir.control
        assert "<|" not in text
        assert "safety" not in words
    if ir.outcome in (Outcome.CLARIFY, Outcome.REJECT):
        assert ir.why
        assert not ir.tasks
        assert ir.control is None
