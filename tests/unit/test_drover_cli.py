"""The command line as a program: what it prints, and with which exit code it ends.

The server here is a real HTTP server that answers what docs/api.md says; the whole house is driven in
tests/integration/test_drover_up.py.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from drover.__main__ import main
from fleet.contracts.errors import NotFound, Unauthorized, to_problem

TOKEN = "secret"
ROBOT = {
    "apiVersion": "drover.dev/v1",
    "kind": "Robot",
    "metadata": {"name": "AMR-1", "site": "warehouse", "generation": 1},
    "spec": {"model": "Carrier", "serial_number": "0001", "edge": "hall"},
    "status": {"activity": "moving", "battery_pct": 81.4, "last_node": "n7", "task": "m-1.t1", "loads": ["pallet"]},
}
PLANNED = {
    "id": "c-1",
    "site": "warehouse",
    "text": "x",
    "state": "planned",
    "created_at": 1.0,
    "title": "Bring 1 pallet from Dock 1 to Packing 1",
    "plan": {
        "tasks": [
            {
                "ref": "t1",
                "title": "pallet: Dock 1 to Packing 1",
                "robot": "AMR-1",
                "path": [],
                "points": [],
                "start_in_s": 0,
                "end_in_s": 95.0,
                "distance_m": 41.3,
            }
        ],
        "warnings": ["AMR-1 charges afterwards"],
        "risk": "medium",
    },
}


class Api:
    """Answers by method and path (a list: one after the other); keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "GET /api/v1/robots": (200, {"items": [ROBOT]}),
            "GET /api/v1/robots/AMR-1": (200, ROBOT),
            "POST /api/v1/commands": (202, PLANNED),
            "POST /api/v1/commands/c-1/confirm": (200, {**PLANNED, "state": "confirmed", "mission": "m-1"}),
            "POST /api/v1/commands/c-1/discard": (200, {**PLANNED, "state": "discarded"}),
            "POST /api/v1/stop": (200, {"stopped": True}),
        }
        self.asked: list[tuple[str, Any]] = []
        self.token, self.url = TOKEN, ""

    def mission(self, phase: str) -> None:
        status = {
            "phase": phase,
            "tasks_done": int(phase == "done"),
            "tasks_total": 1,
            "reason": "" if phase == "done" else "robot lost",
        }
        body = {"kind": "Mission", "metadata": {"name": "m-1"}, "spec": {"title": "x", "tasks": ["m-1.t1"]}, "status": status}
        self.answers["GET /api/v1/missions/m-1"] = (200, body)


@pytest.fixture
def api() -> Iterator[Api]:
    answers = Api()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            key = f"{self.command} {self.path.partition('?')[0]}"
            answers.asked.append((key, body))
            missing = NotFound("no such object", field="name", fix="see `drover get`")
            found = answers.answers.get(key, (404, to_problem(missing)))
            status, said = found.pop(0) if isinstance(found, list) else found
            if self.headers.get("authorization") != f"Bearer {answers.token}":
                status, said = 401, to_problem(Unauthorized("no valid token", field="Authorization"))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 (the names that http.server calls)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    answers.url = f"http://127.0.0.1:{server.server_port}"
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Said:
    returncode: int
    stdout: str
    stderr: str


class Terminal(io.StringIO):
    """Somebody who types these lines."""

    def isatty(self) -> bool:
        return True


def drover(*words: str, api: Api | None = None, cwd: Path | None = None, typed: str | None = None, **environment: str) -> Said:
    """One run of the program, in this process; the environment is put back afterwards. `typed`: at a terminal."""
    settings = {"DROVER_API": api.url if api else "http://127.0.0.1:9", "DROVER_TOKEN": TOKEN, **environment}
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for key, value in settings.items():
            patch.setenv(key, value)
        patch.setattr(sys, "argv", ["drover", *words])
        patch.setattr(sys, "stdin", io.StringIO() if typed is None else Terminal(typed))
        if cwd is not None:
            patch.chdir(cwd)
        with pytest.raises(SystemExit) as ended:
            main()
    return Said(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def test_help_is_there_at_once_and_loads_nothing_heavy() -> None:
    said = drover("--help")
    assert said.returncode == 0
    assert "Exit codes" in said.stdout
    heavy = {"torch", "ortools", "fastapi", "httpx", "transformers", "numpy", "paho"}
    program = f"import sys, drover.cli; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", ["robots", "Robot", "ro"])
def test_get_shows_a_table_whatever_the_kind_is_spelled_like(api: Api, kind: str) -> None:
    said = drover("get", kind, api=api)
    head, row = said.stdout.splitlines()
    assert head.split() == ["NAME", "MODEL", "ACTIVITY", "BATTERY", "AT", "TASK", "LOADS", "EDGE", "SEEN"]
    assert row.split() == ["AMR-1", "Carrier", "moving", "81%", "n7", "m-1.t1", "pallet", "hall", "-"]


def test_get_as_json_and_yaml_is_what_the_server_said(api: Api) -> None:
    import yaml

    assert json.loads(drover("get", "robot", "AMR-1", "-o", "json", api=api).stdout) == ROBOT
    assert yaml.safe_load(drover("get", "robot", "AMR-1", "-o", "yaml", api=api).stdout) == ROBOT


def test_a_name_with_spaces_and_slashes_is_one_path_segment(api: Api) -> None:
    assert drover("get", "robot", "Ward 3/A&B", api=api).returncode == 1
    assert api.asked[-1][0] == "GET /api/v1/robots/Ward%203%2FA%26B"


def test_a_problem_is_one_line_with_field_and_fix(api: Api) -> None:
    said = drover("get", "robot", "AMR-9", api=api)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "error: name: no such object (see `drover get`)\n"


def test_a_wrong_token_says_where_the_right_one_is(api: Api) -> None:
    said = drover("get", "robots", api=api, DROVER_TOKEN="wrong")
    assert said.returncode == 1
    assert "DROVER_TOKEN" in said.stderr


def test_the_token_is_found_in_the_data_folder(api: Api, tmp_path: Path) -> None:
    (tmp_path / ".drover").mkdir()
    (tmp_path / ".drover" / "token").write_text(TOKEN + "\n")
    assert drover("get", "robots", api=api, cwd=tmp_path, DROVER_TOKEN="").returncode == 0


def test_exit_codes_tell_refused_usage_and_nobody_there_apart(api: Api) -> None:
    assert drover("get", "elephants", api=api).returncode == 1
    assert drover("get", api=api).returncode == 2
    nobody = drover("get", "robots")
    assert nobody.returncode == 3
    assert "drover up" in nobody.stderr
    assert drover("get", "robots", DROVER_API="not a url").returncode == 1


def test_without_a_terminal_nothing_is_confirmed_and_the_plan_is_discarded(api: Api) -> None:
    said = drover("command", "x", api=api)
    assert said.returncode == 1
    assert "AMR-1" in said.stdout
    assert "in 95s" in said.stdout
    assert "warning: AMR-1 charges afterwards" in said.stdout
    assert [key for key, _ in api.asked] == ["POST /api/v1/commands", "POST /api/v1/commands/c-1/discard"]


def test_yes_confirms_and_wait_follows_the_mission_to_its_end(api: Api) -> None:
    api.mission("done")
    said = drover("command", "x", "--yes", "--wait", api=api)
    assert said.returncode == 0, said.stderr
    assert "m-1 done" in said.stdout
    assert api.asked[1][0] == "POST /api/v1/commands/c-1/confirm"


def test_a_mission_that_failed_ends_with_its_own_code_and_reason(api: Api) -> None:
    api.mission("failed")
    said = drover("command", "x", "--yes", "--wait", api=api)
    assert said.returncode == 4
    assert "robot lost" in said.stdout


def test_a_mission_that_takes_too_long_ends_with_the_same_code(api: Api) -> None:
    api.mission("running")
    assert drover("command", "x", "--yes", "--wait", "--timeout", "1", api=api).returncode == 4


@pytest.mark.parametrize(("typed", "sent"), [("2", "Dock 2"), ("Dock 3", "Dock 3"), ("7", "7")])
def test_choices_are_numbered_and_the_answer_may_be_a_number(api: Api, typed: str, sent: str) -> None:
    question = {"state": "clarify", "question": "Which dock? (Dock 1, Dock 2)", "choices": ["Dock 1", "Dock 2"]}
    api.answers["POST /api/v1/commands"] = [(202, {**PLANNED, **question}), (202, PLANNED)]
    said = drover("command", "x", api=api, typed=f"{typed}\nn\n")
    assert said.stdout.startswith("Which dock?\n  1  Dock 1\n  2  Dock 2\n")
    assert [body["text"] for key, body in api.asked if key == "POST /api/v1/commands"] == ["x", sent]
    assert api.asked[-1][0] == "POST /api/v1/commands/c-1/discard"


def test_a_question_back_is_shown_and_is_not_success(api: Api) -> None:
    api.answers["POST /api/v1/commands"] = (
        202,
        {**PLANNED, "state": "clarify", "question": "Which dock?", "choices": ["Dock 1", "Dock 2"]},
    )
    said = drover("command", "x", "--yes", api=api)
    assert said.returncode == 1
    assert "Which dock?\n  1  Dock 1\n  2  Dock 2\n" in said.stderr


def test_a_command_as_json_says_what_became_of_it(api: Api) -> None:
    api.mission("done")
    said = json.loads(drover("command", "x", "--yes", "--wait", "-o", "json", api=api).stdout)
    assert (said["command"]["state"], said["mission"]["status"]["phase"]) == ("confirmed", "done")


def test_stop_is_one_word(api: Api) -> None:
    said = drover("stop", api=api)
    assert (said.returncode, api.asked) == (0, [("POST /api/v1/stop", None)])


def test_a_resume_says_which_edge_node_still_holds_a_stop(api: Api) -> None:
    held = {"edge": "hall", "by": "gate 3", "id": "s-1", "clear_at": "edge node hall (http://hall:8081)"}
    api.answers["POST /api/v1/resume"] = (200, {"stopped": True, "held": [held]})
    said = drover("resume", api=api)
    assert "hall (by gate 3)" in said.stdout
    assert "http://hall:8081" in said.stdout
    api.answers["POST /api/v1/resume"] = (200, {"stopped": False, "held": []})
    assert drover("resume", api=api).stdout == "resumed: the stop is cleared\n"


def test_an_attest_says_exactly_one_thing(api: Api) -> None:
    task = {"kind": "Task", "metadata": {"name": "m-1.t1"}, "spec": {"edge": "hall"}, "status": {}}
    api.answers["GET /api/v1/tasks/m-1.t1"] = (200, task)
    api.answers["POST /api/v1/tasks/m-1.t1/attest"] = (200, task)
    said = drover("task", "attest", "m-1.t1", "--not-done", "--note", "stands at dock 1", api=api)
    assert said.stdout == "Task/m-1.t1 will be done anew by edge node hall\n"
    assert api.asked[-1] == ("POST /api/v1/tasks/m-1.t1/attest", {"outcome": "not_done", "note": "stands at dock 1"})
    api.asked.clear()
    for words in ((), ("--done", "--stopped")):
        said = drover("task", "attest", "m-1.t1", *words, api=api)
        assert (said.returncode, api.asked) == (1, [])
        assert "one of" in said.stderr


def test_apply_sends_all_documents_at_once_and_nothing_when_one_is_wrong(api: Api, tmp_path: Path) -> None:
    good = "kind: Robot\nmetadata: {name: AMR-1}\nspec: {model: Carrier, serial_number: '1'}\n"
    (tmp_path / "r.yaml").write_text(good)
    api.answers["POST /api/v1/apply"] = (200, {"items": [ROBOT]})
    said = drover("apply", "-f", str(tmp_path / "r.yaml"), api=api)
    assert said.stdout == "Robot/AMR-1 applied (generation 1)\n"
    assert [d["metadata"]["name"] for d in api.asked[0][1]["documents"]] == ["AMR-1"]
    (tmp_path / "r.yaml").write_text(good + "---\nkind: Robot\nmetadata: {name: b}\nspec: {}\n")
    api.asked.clear()
    said = drover("apply", "-f", str(tmp_path / "r.yaml"), api=api)
    assert (said.returncode, api.asked) == (1, [])
    assert said.stderr.startswith("error: spec")
