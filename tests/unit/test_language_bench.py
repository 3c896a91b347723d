"""`drover translate` and `drover bench language` around a backend that answers by script."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drover.language import bench
from drover.language.bench import Half
from drover.language.neutral import neutral, write_line
from drover.language.show import shown
from drover.translate import run_cli
from fleet.contracts.command_ir import Action, CommandIr, ControlAction, ControlIr, Outcome, QueryAbout, QueryIr, TaskIr
from fleet.contracts.errors import DeadlineMissed
from fleet.contracts.translate import TranslateReply, TranslateRequest, Understood

SITE = Path(__file__).parent / "language_verdicts" / "brewery.json"
KEYS = ["id", "outcome", "tasks", "control", "query", "why"]
GO = CommandIr(outcome=Outcome.PLAN, tasks=(TaskIr(ref="t1", action=Action.GOTO, target="Palletiser"),))


class Scripted:
    """Goes to the palletiser, but for sentences that say what should go wrong."""

    name = "scripted"

    def __init__(self) -> None:
        self.asked: list[TranslateRequest] = []

    def translate(self, request: TranslateRequest, *, deadline_at: float) -> TranslateReply:
        self.asked.append(request)
        if request.text == "late":
            raise DeadlineMissed("not done in time")
        if request.text == "bug":
            raise ZeroDivisionError
        if request.text == "interrupt":
            raise KeyboardInterrupt
        words = (Understood(start=0, end=2, kind="place", means=("Palletiser",), slots=("t1.to",)),)
        return TranslateReply(
            ir=GO, model="scripted", raw="go P1", confidence=0.9, text=request.text, tokens=4, understood=words, adapter="ab" * 32
        )


def translate(tmp_path: Path, text: bytes, **options: Any) -> tuple[int, Scripted]:
    file, backend = tmp_path / "in.jsonl", Scripted()
    file.write_bytes(text)
    return run_cli(SITE, "10:00", None, file, "m", tmp_path, opener=lambda *_: backend, **options), backend


def test_every_input_line_gets_one_line_in_the_neutral_form_whatever_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        b'{"id": "a", "text": "go", "now": "11:11", "site": "elsewhere"}',
        b"no json",
        b'{"id": "c"}',
        b"[1]",
        b"\xff\xfe",
        b'{"id": 6, "text": "late"}',
        b'{"id": "g", "text": "bug"}',
        b'{"id": "h", "text": "halt!"}',
        b'{"id": "\\ud800", "text": "go \\u2028 there"}',
        b'{"id": NaN, "text": "go"}',
        b"[" * 5000,
    ]
    code, backend = translate(tmp_path, b"\n".join(lines) + b"\n\n")
    printed = capsys.readouterr().out.split("\n")
    said = [json.loads(line) for line in printed if line]
    assert code == 0
    assert len(said) == len(lines)
    assert all(list(line) == KEYS for line in said)
    assert [line["id"] for line in said] == ["a", None, "c", None, None, 6, "g", "h", "\ud800", None, None]
    outcomes = [line["outcome"] for line in said]
    assert outcomes == ["plan", *["clarify"] * 6, "control", "plan", "clarify", "clarify"]
    assert "line 2 is not JSON" in said[1]["why"]
    assert "line 3 has no text" in said[2]["why"]
    assert said[5]["why"] == "not done in time"
    assert said[7]["control"] == {"action": "emergency_stop", "targets": ["all"]}  # without the model
    assert [request.now for request in backend.asked[:2]] == ["11:11", "10:00"]


def test_lines_of_another_site_are_left_out_only_when_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = b'{"id": 1, "text": "x", "site": "elsewhere"}\n{"id": 2, "text": "x", "site": "brewery"}\n{"id": 3, "text": "x"}\n'
    translate(tmp_path, text, only_site=True)
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [2, 3]


def test_an_explanation_shows_words_slots_skeleton_and_confidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    translate(tmp_path, b'{"text": "pally!"}\nnot json\n', explained=True)
    printed = capsys.readouterr().out
    assert "pa  place  Palletiser  t1.to" in printed
    assert "skeleton    go P1" in printed
    assert "confidence  0.90" in printed
    assert "line 2 is not JSON" in printed


def test_a_wrong_file_or_clock_ends_before_the_model_is_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def never(*_: object) -> Scripted:
        raise AssertionError

    assert run_cli(SITE, "10:00", None, tmp_path / "none.jsonl", "m", tmp_path, opener=never) == 2
    assert "--jsonl" in capsys.readouterr().err
    assert run_cli(SITE, "25:00", "go", None, "m", tmp_path, opener=never) == 2
    assert "now" in capsys.readouterr().err


def test_defaults_that_matter_are_written_out() -> None:
    pause = neutral("a", CommandIr(outcome=Outcome.CONTROL, control=ControlIr(action=ControlAction.PAUSE)))
    assert pause["control"] == {"action": "pause", "targets": ["all"]}
    ask = neutral("a", CommandIr(outcome=Outcome.QUERY, query=QueryIr(about=QueryAbout.STATUS)))
    assert ask["query"] == {"about": "status", "targets": []}


def test_a_line_is_escaped_where_the_output_lacks_the_character() -> None:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="latin-1")
    write_line({"id": "泵"}, file)
    assert json.loads(raw.getvalue()) == {"id": "泵"}


def case(number: int, text: str, expect: dict[str, Any]) -> str:
    head = {"id": f"c-{number}", "site": "brewery", "lang": "en", "now": "10:00", "text": text, "tags": ["t"]}
    return json.dumps({**head, "expect": expect}) + "\n"


def test_a_run_is_scored_timed_and_its_errors_written(tmp_path: Path) -> None:
    plan = {"outcome": "plan", "tasks": [{"ref": "t1", "action": "goto", "to": "Palletiser"}]}
    file = tmp_path / "cases.jsonl"
    file.write_text(case(1, "go", plan) + case(2, "late", plan) + case(3, "bug", plan) + case(4, "no", {"outcome": "reject"}))
    cases = bench.select([file], Half.ALL, seed=3)
    sites = bench.read_sites(SITE.parent, ["brewery"])
    ran = bench.run(cases, sites, "m", tmp_path, opener=lambda *_: Scripted())
    figures = ran.report()
    assert (figures["overall"]["k"], figures["overall"]["n"]) == (1, 4)
    assert (figures["unsafe_acceptance"]["k"], figures["over_refusal"]["k"], figures["failed"]) == (1, 2, 2)
    assert figures["system"] == {"model": "scripted", "adapter": "ab" * 32, "threads": 1, "interrupted": False}
    assert figures["speed"]["max_s"] < 1
    assert figures["speed"]["peak_rss_mb"] > 10
    assert figures["confidence"]["bins"] == [{"from": 0.9, "n": 2, "confidence": 0.9, "exact": 0.5}]
    assert "exact match             1/4       25.0 %" in shown(figures)
    assert bench.write_errors(ran.answered, tmp_path / "wrong.jsonl") == 3
    wrong = [json.loads(line) for line in (tmp_path / "wrong.jsonl").read_text().splitlines()]
    assert {line["id"] for line in wrong} == {"c-2", "c-3", "c-4"}
    assert next(line for line in wrong if line["id"] == "c-4")["raw"] == "go P1"
    bench.write_predictions(ran.answered, tmp_path / "said.jsonl")
    again = bench.scored(cases, sites, tmp_path / "said.jsonl")
    assert sum(a.verdict.exact for a in again) == 1


def test_an_interrupted_run_reports_what_is_done(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(case(n, "interrupt" if n == 3 else "go", {"outcome": "reject"}) for n in (1, 2, 3, 4)))
    cases = sorted(bench.select([file]), key=lambda c: c.id)
    ran = bench.run(cases, bench.read_sites(SITE.parent, ["brewery"]), "m", tmp_path, opener=lambda *_: Scripted())
    assert ran.interrupted
    assert ran.report()["overall"]["n"] == 2


def test_the_command_line_scores_another_systems_predictions_without_a_model(tmp_path: Path) -> None:
    file, said = tmp_path / "cases.jsonl", tmp_path / "said.jsonl"
    file.write_text(case(1, "go", {"outcome": "reject"}) + case(2, "x", {"outcome": "reject"}))
    said.write_text('{"id": "c-1", "outcome": "reject"}\n{"id": "c-2", "outcome": "plan", "tasks": [{"action": "goto"}]}\n')
    command = [sys.executable, "-m", "drover", "bench", "language", "--cases", str(file), "--sites", str(SITE.parent)]
    done = subprocess.run([*command, "--score", str(said), "-o", "json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["overall"]["rate"], figures["unsafe_acceptance"]["rate"]) == (0.5, 0.5)
    wrong = subprocess.run([*command, "--half", "both"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
