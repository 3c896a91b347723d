"""`drover translate`: sentences to Command IRs on one site's registry, in this process, without a cloud.

Every input line gets exactly one line out, at once, whatever it is: a line that is no JSON, a sentence that is too long or that
fails comes out as a question that says why, so that whoever reads the output can always pair it with the input.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

import yaml

from drover.language.explain import explain
from drover.language.neutral import neutral, not_understood, write_line
from drover.language.progress import Progress
from drover.site import load
from fleet.contracts import codec
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.translate import Registry, TranslateReply, TranslateRequest
from fleet.tasks.site import Site
from llm_planner.core.stopping import stop_reply
from llm_planner.core.translator import checked_clock
from llm_planner.models.backends import Backend, open_backend

#: One sentence may take this long, in seconds: there is nobody else to serve.
DEADLINE_S = 120.0
STDIN = Path("-")


@dataclass(frozen=True)
class Line:
    """One sentence to translate, or why it is none."""

    id: Any = None
    text: str = ""
    now: str = ""
    site: str = ""
    problem: str = ""


def run_cli(
    site: Path,
    now: str,
    text: str | None,
    jsonl: Path | None,
    model: str,
    cache: Path,
    *,
    threads: int = 1,
    only_site: bool = False,
    explained: bool = False,
    opener: Callable[[str, Path, int], Backend] = open_backend,
) -> int:
    """One JSON line a sentence on stdout, in the benchmark's neutral form; answers the exit code.

    `jsonl`: lines of `{"id", "text", "now"?}`, "-" for stdin. `now`: the clock for lines without their own. `only_site`: lines
    that name another site are left out. `explained`: a few lines for people instead of the JSON. `opener`: loads the model.
    """
    try:
        registry = read_registry(site)
        checked_clock(now)
        with contextlib.ExitStack() as stack:
            source = None if jsonl is None else _open(jsonl, stack)  # before the model: a wrong name should cost no time
            backend = opener(model, cache, threads)
            lines = iter([Line(text=text or "")]) if source is None else _lines(source)
            progress = Progress(_count(jsonl), quiet=True)
            for line in lines:
                if only_site and line.site not in ("", registry.site):
                    continue
                _answer(backend, registry, line, now, explained=explained)
                if jsonl is not None:
                    progress.step()
            progress.end()
    except FleetError as error:
        print(f"drover translate: {error}", file=sys.stderr)
        return 2
    return 0


def translated(backend: Backend, request: TranslateRequest) -> TranslateReply:
    """As the planner answers: a stop word without the model, the rest with it. Raises FleetError."""
    stopped = stop_reply(request.text)
    return stopped if stopped is not None else backend.translate(request, deadline_at=time.monotonic() + request.deadline_s)


def read_registry(path: Path) -> Registry:
    """A registry file (JSON or YAML), or a site's manifests (site.yaml, a folder, a shipped site's name).

    Raises InvalidInput, NotFound.
    """
    if not path.is_file() or _holds_manifests(path):
        loaded = load(str(path))
        return Site.build(loaded.name, loaded.resources, now=0.0).registry()
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))  # JSON is YAML
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidInput(f"{path}: {error}", field="--site", fix="give a registry file (places, robots, items)") from None
    return codec.convert(document, Registry)


def read_line(raw: bytes, number: int) -> Line:
    """One line of the input. What is wrong with it is told in `problem`, as is the line's number."""
    try:
        case = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return Line(problem=f"line {number} is not JSON: {error}")
    if not isinstance(case, dict):
        return Line(problem=f'line {number} is not a JSON object: write {{"id": ..., "text": ...}}')
    ident, text, now = case.get("id"), case.get("text"), case.get("now")
    if not isinstance(text, str):
        return Line(ident, problem=f'line {number} has no text: write {{"id": ..., "text": ...}}')
    return Line(ident, text, now="" if now is None else str(now), site=str(case.get("site") or ""))


def _answer(backend: Backend, registry: Registry, line: Line, now: str, *, explained: bool) -> None:
    began = time.monotonic()
    try:
        if line.problem:
            raise InvalidInput(line.problem)
        request = TranslateRequest(text=line.text, registry=registry, now=line.now or now, deadline_s=DEADLINE_S)
        reply = translated(backend, request)
    except Exception as error:  # noqa: BLE001 - one bad sentence must not cost the others their answer
        if not isinstance(error, FleetError):
            traceback.print_exc()
        why = str(error) if isinstance(error, FleetError) else f"could not be translated: {type(error).__name__}"
        said, shown = not_understood(line.id, why), f"{line.text}\n  clarify     {why}"
    else:
        said = neutral(line.id, reply.ir)
        shown = explain(reply, time.monotonic() - began) if explained else ""
    if explained:
        print(shown, flush=True)
    else:
        write_line(said, sys.stdout)


def _open(path: Path, stack: contextlib.ExitStack) -> IO[bytes]:
    if path == STDIN:
        return sys.stdin.buffer
    try:
        return stack.enter_context(path.open("rb"))
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}", field="--jsonl", fix="name a file with one JSON object a line") from None


def _lines(source: IO[bytes]) -> Iterator[Line]:
    """As they come; empty lines are none."""
    for number, raw in enumerate(source, start=1):
        if raw.strip():
            yield read_line(raw.removeprefix(b"\xef\xbb\xbf"), number)


def _count(path: Path | None) -> int | None:
    """How many sentences will come, where that can be known."""
    if path is None or not path.is_file():
        return None
    with path.open("rb") as file:
        return sum(1 for raw in file if raw.strip())


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _holds_manifests(path: Path) -> bool:
    """Manifests begin with apiVersion and kind; a registry has neither."""
    try:
        return bool(re.search(r"^\s*\"?apiVersion\"?\s*:", path.read_text(encoding="utf-8"), re.MULTILINE))
    except (OSError, UnicodeDecodeError):
        return False  # reading it as a registry says what is wrong with it
