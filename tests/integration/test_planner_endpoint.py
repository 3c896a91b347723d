"""Models behind an OpenAI-compatible server, and tiers of them: everything a server can do wrong, on real HTTP."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fleet.contracts.command_ir import Action, Outcome
from fleet.contracts.errors import DeadlineMissed, RemoteFault, Transient
from fleet.contracts.translate import Registry, RegistryPlace, RegistryRobot, TranslateReply, TranslateRequest
from llm_planner.models.backends import Backend, open_backend
from tests.integration.model_server import model_server

SITE = Registry(
    site="s",
    places=(RegistryPlace(name="Dock 1", kind="dock"), RegistryPlace(name="Secret Lab", kind="station")),
    robots=(RegistryRobot(name="AMR-1", type="AMR", capabilities=("goto", "transport")),),
)
SENTENCE = "send AMR-1 to the secret lab"
NOBODY = "http://127.0.0.1:9/v1#nobody"


def say(backend: Backend, text: str = SENTENCE, *, within_s: float = 10.0) -> TranslateReply:
    request = TranslateRequest(text=text, registry=SITE, now="10:00")
    return backend.translate(request, deadline_at=time.monotonic() + within_s)


def opened(model: str, tmp_path: Path, share: float = 0.4) -> Backend:
    return open_backend(model, tmp_path, remote_share=share)


def went(reply: TranslateReply) -> bool:
    return [(t.action, t.target, t.robot) for t in reply.ir.tasks] == [(Action.GOTO, "Secret Lab", "AMR-1")]


# ---- one server -----------------------------------------------------------------------------------------------------


def test_a_server_is_asked_with_a_strict_schema_of_this_sentences_placeholders(tmp_path: Path) -> None:
    with model_server() as server:
        reply = say(opened(server.url, tmp_path))
        assert went(reply)
        assert (reply.tokens, reply.model) == (12, f"tiny at {server.url.removesuffix('/v1#tiny')}")
        assert reply.confidence == pytest.approx(0.607, abs=1e-3)  # e^(-0.1 - 0.4)
        schema = server.seen[0]["response_format"]["json_schema"]
        assert schema["strict"] is True
        pattern = schema["schema"]["properties"]["steps"]["items"]["pattern"]
        assert "P1" in pattern
        assert "P2" not in pattern
        assert server.seen[0]["model"] == "tiny"


def test_no_name_of_the_registry_leaves_for_the_server(tmp_path: Path) -> None:
    with model_server() as server:
        say(opened(server.url, tmp_path))
        sent = json.dumps(server.seen).lower()
        assert "send R1 to the P1".lower() in sent
        for name in ("dock 1", "secret", "amr-1", "amr"):
            assert name not in sent


def test_without_log_probabilities_the_confidence_is_middling(tmp_path: Path) -> None:
    with model_server(logprobs=False) as server:
        assert say(opened(server.url, tmp_path)).confidence == 0.5


@pytest.mark.parametrize(("mode", "asked"), [("refuses_schema", 3), ("refuses_formats", 4), ("ignores_formats", 1)])
def test_a_server_without_schemas_is_asked_in_a_simpler_way_and_that_is_remembered(mode: str, asked: int, tmp_path: Path) -> None:
    with model_server(mode) as server:
        backend = opened(server.url, tmp_path)
        assert went(say(backend))
        assert len(server.seen) == asked
        assert went(say(backend))
        assert len(server.seen) == asked + 1


def test_a_label_that_the_sentence_does_not_have_never_comes_out(tmp_path: Path) -> None:
    with model_server(steps=["go P7 robot R1"]) as server, pytest.raises(RemoteFault, match="grammar"):
        say(opened(server.url, tmp_path))


def test_words_that_nobody_said_never_come_out(tmp_path: Path) -> None:
    with model_server(steps=["go <loading ramp> robot R1"]) as server, pytest.raises(RemoteFault, match="grammar"):
        say(opened(server.url, tmp_path))


def test_an_unknown_name_that_was_said_becomes_a_question(tmp_path: Path) -> None:
    with model_server(steps=["go <flux room> robot R1"]) as server:
        reply = say(opened(server.url, tmp_path), "send AMR-1 to the flux room")
        assert reply.ir.outcome is Outcome.CLARIFY
        assert "flux room" in reply.ir.why


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("garbage", RemoteFault),
        ("page", RemoteFault),
        ("huge", RemoteFault),
        ("busy", Transient),
        ("broken", Transient),
        ("dies", Transient),
        ("late", DeadlineMissed),
    ],
)
def test_what_a_server_does_wrong_is_a_typed_error_in_time(mode: str, error: type[Exception], tmp_path: Path) -> None:
    with model_server(mode) as server:
        backend = opened(server.url, tmp_path)
        began = time.monotonic()
        with pytest.raises(error):
            say(backend, within_s=1.0)
        assert time.monotonic() - began < 2.0


def test_a_server_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="away"):
        say(opened(NOBODY, tmp_path))


def test_marks_of_chat_templates_do_not_reach_the_server(tmp_path: Path) -> None:
    with model_server() as server:
        backend = opened(server.url, tmp_path)
        assert not went(say(backend, "send AMR-1 to the lab ＜|im_end|＞"))
        assert server.seen == []  # refused before anybody is asked
        say(backend, "send AMR-1 to the secret lab </s> <start_of_turn>")
        said = server.seen[0]["messages"][-1]["content"]
        assert "<" not in said
        assert ">" not in said


def test_our_tuned_model_on_a_server_is_asked_with_the_bare_sentence(tmp_path: Path) -> None:
    with model_server() as server:
        assert went(say(opened(server.url + "@tuned", tmp_path)))
        assert server.seen[0]["prompt"] == "<|im_start|>send R1 to the P1<|im_end|>"
        assert server.seen[0]["model"] == "tiny"


def test_a_stop_word_is_answered_without_the_server(tmp_path: Path) -> None:
    with model_server() as server:
        reply = say(opened(server.url, tmp_path), "STOP!!!")
        assert reply.ir.control is not None
        assert (reply.ir.control.action, reply.model) == ("emergency_stop", "stop words")
        assert server.seen == []


# ---- tiers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "why"),
    [("late", "late"), ("dies", "away"), ("garbage", "unusable")],
)
def test_the_next_model_answers_within_the_rest_of_the_deadline(mode: str, why: str, tmp_path: Path) -> None:
    with model_server(mode) as big, model_server() as small:
        backend = opened(f"{big.url},{small.url}", tmp_path)
        began = time.monotonic()
        reply = say(backend, within_s=4.0)
        assert time.monotonic() - began < 4.0
        assert went(reply)
        assert reply.model.startswith("tiny at ")
        assert f"(after tiny at {big.url.removesuffix('/v1#tiny')}: {why}" in reply.model


def test_the_share_of_the_first_model_is_configurable(tmp_path: Path) -> None:
    with model_server("late") as big, model_server() as small:
        began = time.monotonic()
        say(opened(f"{big.url},{small.url}", tmp_path, share=0.05), within_s=20.0)
        assert 0.9 < time.monotonic() - began < 7.0  # by default it would be 8


def test_a_dead_server_is_left_alone_for_a_while_and_then_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_planner.models.tiers.PAUSES_S", (0.5,))
    with model_server("broken") as big, model_server() as small:
        backend = opened(f"{big.url},{small.url}", tmp_path)
        say(backend)
        assert "left alone" in say(backend).model
        assert len(big.seen) == 1
        big.mode = "good"
        time.sleep(0.6)
        reply = say(backend)
        assert "after" not in reply.model
        assert (len(big.seen), len(small.seen)) == (2, 2)


def test_a_server_killed_while_it_computes_costs_nobody_the_answer(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.integration.model_server", "late"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, model_server() as small:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        backend = opened(f"{url},{small.url}", tmp_path)
        killer = threading.Timer(0.5, process.send_signal, (signal.SIGKILL,))
        killer.start()
        began = time.monotonic()
        reply = say(backend, within_s=20.0)  # its share would be 8 s
        assert 0.4 < time.monotonic() - began < 7.0
        assert went(reply)
        assert ": away)" in reply.model


def test_a_bad_sentence_is_the_callers_fault_and_no_servers(tmp_path: Path) -> None:
    from fleet.contracts.errors import InvalidInput

    with model_server() as big, model_server() as small:
        with pytest.raises(InvalidInput):
            say(opened(f"{big.url},{small.url}", tmp_path), "x" * 5000)
        assert (big.seen, small.seen) == ([], [])


def test_a_model_of_several_that_cannot_be_loaded_is_left_out(tmp_path: Path) -> None:
    with model_server() as server:
        backend = opened(f"{server.url},no/such-model-here", tmp_path)
        assert went(say(backend))
