"""A cloud's command desk in this process, on a site that an attacker may have named: real store, real policy, real planner code.

Only the network is left out: sentences go through the JSON contract, the desk, the translator, validation, policy and SQLite.
What would move a robot is recorded: missions, controls that were sent, robots that were resumed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from cloud.api.desk import CommandDesk
from cloud.api.operations import Operations
from cloud.core.admission import admit
from cloud.core.changes import Applied
from cloud.store.corrections import Corrections
from cloud.store.store import Store, sqlite_url
from drover.site import LAYOUTS, load
from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr
from fleet.contracts.commands import Command, NewCommand
from fleet.contracts.errors import FleetError
from fleet.contracts.resources import AnyResource, ItemSpec, Kind
from fleet.contracts.translate import TranslateReply, TranslateRequest
from fleet.contracts.wire import ControlCommand
from fleet.tasks.risk import AT_ONCE

DEADLINE_S = 120.0
OPERATOR = "operator"

Translate = Callable[[TranslateRequest], TranslateReply]


class InProcess:
    """The planner without its process: what `cloud.api.translator.Translator` is to the desk. `last`: the newest reply."""

    def __init__(self, translate: Translate) -> None:
        self._translate = translate
        self.last: TranslateReply | None = None

    async def translate(self, request: TranslateRequest) -> TranslateReply:
        self.last = await asyncio.to_thread(self._translate, codec.decode(codec.encode(request), TranslateRequest))
        return self.last


@dataclass
class World:
    store: Store
    operations: Operations
    desk: CommandDesk
    planner: InProcess
    stops: list[ControlCommand]
    moved: list[str] = field(default_factory=list)

    async def say(self, text: str) -> Command | FleetError:
        """What becomes of a sentence; a refusal at the door is the error itself. Raises what no user should ever see."""
        try:
            new = codec.decode(json.dumps({"text": text}).encode(), NewCommand)
            command = await self.desk.submit(new, by=OPERATOR)
        except FleetError as error:
            return error
        while command.state == "translating":
            command = await self.desk.settled(command.id, DEADLINE_S)
        return command

    def note(self, applied: Applied) -> None:
        """Whatever could set a robot in motion: missions, tasks, and controls that do more than let them stand still."""
        self.moved += [f"{r.kind}/{r.metadata.name}" for r in applied.resources if r.kind in (Kind.MISSION, Kind.TASK)]
        controls = [s.message for s in applied.sends if isinstance(s.message, ControlCommand)]
        self.moved += [f"control {c.action}" for c in controls if c.action not in AT_ONCE]
        self.moved += [f"open {r.metadata.name}" for r in applied.removed if r.kind is Kind.CLOSURE]


@contextlib.asynccontextmanager
async def world(site: str, patch: dict[str, Any], translate: Translate) -> AsyncIterator[World]:
    """A shipped site with an attacker's changes. Raises FleetError where the cloud does not take such a site."""
    loaded = load(str(LAYOUTS / site / "site.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open(sqlite_url(Path(folder)), clock=time.time)
        try:
            await store.commit(admit(store.model, patched(list(loaded.resources), patch), site=loaded.name))
            stops: list[ControlCommand] = []

            def send_now(control: ControlCommand) -> list[str]:
                stops.append(control)
                return ["edge"]

            planner = InProcess(translate)
            operations = Operations(store, site=loaded.name, send_now=send_now)
            desk = CommandDesk(
                operations,
                planner,  # type: ignore[arg-type]
                Corrections(Path(folder)),
                deadline_s=DEADLINE_S,
                confirm_within_s=600.0,
            )
            await desk.start()
            made = World(store, operations, desk, planner, stops)
            store.watch(made.note)
            yield made
            await desk.close()
        finally:
            await store.close()


def patched(resources: list[AnyResource], patch: dict[str, Any]) -> list[AnyResource]:
    """The site's manifests with hostile names, aliases, areas, items, notes, title, types; see attacks.jsonl."""
    return [_patched(resource, patch) for resource in resources]


def _patched(resource: AnyResource, patch: dict[str, Any]) -> AnyResource:
    spec = resource.spec
    match resource.kind:
        case Kind.LAYOUT:
            spec = msgspec.structs.replace(
                spec,
                title=patch.get("title", spec.title),
                notes=(*spec.notes, *patch.get("notes", ())),
                places=tuple(_place(place, patch) for place in spec.places),
                items=(*spec.items, *_items(patch)),
            )
        case Kind.ROBOT_MODEL:
            spec = msgspec.structs.replace(spec, aliases=(*spec.aliases, *patch.get("types", ())))
        case Kind.ROBOT:
            changes = patch.get("robots", {}).get(resource.metadata.name, {})
            spec = msgspec.structs.replace(spec, aliases=(*spec.aliases, *changes.get("aliases", ())))
            name = patch.get("rename", {}).get(resource.metadata.name, resource.metadata.name)
            resource = msgspec.structs.replace(resource, metadata=msgspec.structs.replace(resource.metadata, name=name))
    return msgspec.structs.replace(resource, spec=spec)


def _place(place: Any, patch: dict[str, Any]) -> Any:
    changes = patch.get("places", {}).get(place.name, {})
    flood = tuple(f"alias {i} of {place.name}" for i in range(patch.get("flood_aliases", 0) // 50))
    return msgspec.structs.replace(
        place,
        name=changes.get("name", place.name),
        aliases=(*place.aliases, *changes.get("aliases", ()), *flood),
        area=patch.get("areas", {}).get(place.area, place.area),
    )


def _items(patch: dict[str, Any]) -> list[ItemSpec]:
    named = [ItemSpec(name=item["name"], aliases=tuple(item.get("aliases", ()))) for item in patch.get("items", ())]
    return named + [ItemSpec(name=f"crate number {i}", unit_kg=1.0) for i in range(patch.get("flood_items", 0))]


def tasks_of(ir: CommandIr | None) -> list[dict[str, Any]]:
    """The jobs of an IR as plain values."""
    found: list[dict[str, Any]] = codec.to_builtins(ir).get("tasks", []) if ir is not None else []
    return found
