"""`drover translate`: sentences to Command IRs on one site's registry, in this process, without a cloud."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from drover.site import load
from fleet.contracts import codec
from fleet.contracts.errors import FleetError, InvalidInput
from fleet.contracts.translate import Registry, TranslateRequest
from fleet.tasks.site import Site
from llm_planner.models.backends import Backend, open_backend

#: One sentence may take this long, in seconds: there is nobody else to serve.
DEADLINE_S = 120.0


def run_cli(site: Path, now: str, text: str | None, jsonl: Path | None, model: str, cache: Path) -> int:
    """One JSON line a sentence on stdout, in the operators' benchmark's form; answers the exit code.

    `jsonl`: lines of `{"id", "text", "now"?, "site"?}`. Lines of other sites than `site`'s are left out. `text` alone
    prints one line without an id.
    """
    try:
        registry = read_registry(site)
        cases = [{"text": text}] if text is not None else _cases(jsonl, registry.site)
        backend = open_backend(model, cache)
        for case in cases:
            sys.stdout.write(json.dumps(_translate(backend, registry, case, now), ensure_ascii=False) + "\n")
            sys.stdout.flush()
    except FleetError as error:
        print(f"drover translate: {error}", file=sys.stderr)
        return 2
    return 0


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


def _holds_manifests(path: Path) -> bool:
    """Manifests begin with apiVersion and kind; a registry has neither."""
    try:
        return bool(re.search(r"^\s*\"?apiVersion\"?\s*:", path.read_text(encoding="utf-8"), re.MULTILINE))
    except (OSError, UnicodeDecodeError):
        return False  # reading it as a registry says what is wrong with it


def _cases(path: Path | None, site: str) -> list[dict[str, Any]]:
    if path is None:
        raise InvalidInput("neither --text nor --jsonl", field="--text", fix="give one of them")
    try:
        cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path}: {error}", field="--jsonl", fix="give one JSON object a line") from None
    for number, case in enumerate(cases):
        if not isinstance(case, dict) or not isinstance(case.get("text"), str):
            raise InvalidInput("no text", field=f"--jsonl line {number + 1}", fix='write {"id": ..., "text": ...}')
    return [case for case in cases if case.get("site", site) == site]


def _translate(backend: Backend, registry: Registry, case: dict[str, Any], now: str) -> dict[str, Any]:
    request = TranslateRequest(text=case["text"], registry=registry, now=str(case.get("now", now)), deadline_s=DEADLINE_S)
    reply = backend.translate(request, deadline_at=time.monotonic() + DEADLINE_S)
    head = {"id": case["id"]} if "id" in case else {}
    return {**head, **codec.to_builtins(reply.ir)}
