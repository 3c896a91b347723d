"""`drover apply`, `get`, `describe`, `delete`: resources in Kubernetes' manner."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from drover import edge_view
from drover.cli.output import Output, OutputOption, ago, cell, dump, show_rows, until
from drover.client import Client, named
from fleet.contracts.errors import InvalidInput
from fleet.contracts.manifest import plural
from fleet.contracts.resources import Kind

PANEL = "Resources"
SHORT = {
    "ro": Kind.ROBOT,
    "mi": Kind.MISSION,
    "ta": Kind.TASK,
    "edge": Kind.EDGE_NODE,
    "model": Kind.ROBOT_MODEL,
    "cl": Kind.CLOSURE,
    "policy": Kind.LANGUAGE_POLICY,
}
KindArgument = Annotated[
    str,
    typer.Argument(metavar="KIND", help="edgenodes, layouts, robotmodels, robots, missions, tasks, closures, languagepolicies"),
]


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(apply)
    app.command(rich_help_panel=PANEL)(get)
    app.command(rich_help_panel=PANEL)(describe)
    app.command(rich_help_panel=PANEL)(delete)


def kind_named(text: str) -> Kind:
    """`robots`, `Robot`, `ro` -> Kind.ROBOT. Raises InvalidInput."""
    word = text.lower().replace("-", "").replace("_", "")
    for kind in Kind:
        if word in (kind.lower(), plural(kind)):
            return kind
    if word.rstrip("s") in SHORT or word in SHORT:
        return SHORT.get(word) or SHORT[word.rstrip("s")]
    raise InvalidInput(f"{text!r} is not a kind", field="KIND", fix="one of " + ", ".join(plural(k) for k in Kind))


def apply(
    files: Annotated[list[Path], typer.Option("-f", "--file", help="YAML, JSON or LIF file, a folder of them, or - for stdin.")],
    output: OutputOption = Output.TABLE,
    site: Annotated[str, typer.Option(help="For documents that do not say their site.", show_default=False)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check here, send nothing.")] = False,
) -> None:
    """Create resources or change their spec: all of them or, when one is wrong, none.

    [bold]Examples[/bold]

        drover apply -f site.yaml                  several documents in one file
        drover apply -f my-site/                   every .yaml, .yml and .json with a kind
        drover apply -f hall.lif.json              a LIF 1.0 file becomes the Layout "hall"
        drover get robot AMR-1 -o yaml > r.yaml    edit it, and apply it again
    """
    from drover import manifests

    documents = [document for file in files for document in manifests.read(file)]
    if site:
        documents = [{**d, "metadata": {"site": site, **d["metadata"]}} for d in documents]
    items = documents if dry_run else Client().call("POST", "apply", {"documents": documents})["items"]
    if output is not Output.TABLE:
        dump(items, output)
        return
    for item in items:
        meta = item["metadata"]
        note = "valid" if dry_run else f"applied (generation {meta.get('generation', 0)})"
        print(f"{item['kind']}/{meta['name']} {note}")
    if any(d.get("kind") == Kind.LAYOUT for d in documents):
        from drover.layout_check import warnings_of

        for warning in warnings_of(documents):
            print(f"warning: {warning} (see `drover check layout`)", file=sys.stderr)


def get(
    kind: KindArgument,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", show_default=False)] = None,
    site: Annotated[str | None, typer.Option(help="Only of this site.", show_default=False)] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List resources of a kind, or show one.

    [bold]Examples[/bold]     drover get robots     drover get missions -o json     drover get layout warehouse -o yaml
    """
    wanted = kind_named(kind)
    client = Client()
    items = [client.get(wanted, name)] if name else client.list(wanted, site=site)
    if output is not Output.TABLE:
        dump(items[0] if name else {"items": items}, output)
        return
    edges = _edges(client, wanted)
    show_rows([_row(wanted, item, edges) for item in items], output, empty=f"no {plural(wanted)}")


def describe(kind: KindArgument, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Everything about one resource, with its latest events."""
    wanted = kind_named(kind)
    client = Client()
    item = client.get(wanted, name)
    subject = f"{wanted}/{name}"
    if wanted is Kind.LAYOUT:
        lif = item["spec"].get("lif", {})
        item["spec"]["lif"] = (
            f"(LIF, {sum(len(part.get('nodes', [])) for part in lif.get('layouts', []))} nodes; -o yaml shows it)"
        )
    dump(item, Output.YAML)
    if edges := _edges(client, wanted):
        print(f"life: {edge_view.life(item, edges)}")
    events = [e for e in client.call("GET", "events", limit=1000)["items"] if e.get("subject") == subject][-10:]
    print("events:" if events else "events: none")
    for event in events:
        print(f"  {ago(event['at']):>6} ago  {event['level']:<8} {event['reason']}: {event['message']}")


def delete(kind: KindArgument, name: Annotated[str, typer.Argument(metavar="NAME")], output: OutputOption = Output.TABLE) -> None:
    """Delete one resource. A running mission must be cancelled first."""
    wanted = kind_named(kind)
    gone = Client().call("DELETE", named(wanted, name))
    if output is Output.TABLE:
        print(f"{wanted}/{name} deleted")
    else:
        dump(gone, output)


def _edges(client: Client, kind: Kind) -> dict[str, dict[str, Any]]:
    """Edge nodes by name, where a command's life is told."""
    return {e["metadata"]["name"]: e for e in client.list(Kind.EDGE_NODE)} if kind in (Kind.MISSION, Kind.TASK) else {}


def _row(kind: Kind, item: dict[str, Any], edges: dict[str, dict[str, Any]]) -> dict[str, Any]:
    meta, spec, status = item["metadata"], item.get("spec", {}), item.get("status", {})
    row = {"name": meta["name"], **_COLUMNS[kind](spec, status)}
    if "life" in row:
        row["life"] = edge_view.life(item, edges)
    return row


_Fields = dict[str, Any]


def _robot(spec: _Fields, status: _Fields) -> _Fields:
    battery = status.get("battery_pct")
    return {
        "model": spec.get("model"),
        "activity": status.get("activity", "offline"),
        "battery": None if battery is None else f"{battery:.0f}%",
        "at": status.get("last_node"),
        "task": status.get("task"),
        "loads": status.get("loads", []),
        "edge": spec.get("edge"),
        "seen": ago(status.get("reported_at")),
    }


def _mission(spec: _Fields, status: _Fields) -> _Fields:
    return {
        "phase": status.get("phase", "pending"),
        "done": f"{status.get('tasks_done', 0)}/{status.get('tasks_total', len(spec.get('tasks', [])))}",
        "life": None,
        "title": spec.get("title"),
        "eta": until(status.get("eta_at")),
        "age": ago(spec.get("created_at")),
        "reason": status.get("reason"),
    }


def _task(spec: _Fields, status: _Fields) -> _Fields:
    steps = status.get("steps", [])
    return {
        "mission": spec.get("mission"),
        "action": spec.get("action"),
        "from": spec.get("from"),
        "to": spec.get("to") or cell(spec.get("stops", [])),
        "item": spec.get("item"),
        "robot": status.get("robot") or (spec.get("assignment") or {}).get("robot"),
        "phase": status.get("phase", "pending"),
        "life": None,
        "step": f"{min(status.get('step', 0) + 1, len(steps))}/{len(steps)}" if steps else None,
        "eta": until(status.get("eta_at")),
        "reason": status.get("reason"),
    }


def _edge_node(_spec: _Fields, status: _Fields) -> _Fields:
    return {
        "link": edge_view.state_word(status),
        "robots": f"{status.get('robots_online', 0)}/{status.get('robots', 0)}",
        "stopped": status.get("stopped", False),
        "backlog": status.get("backlog", 0),
        "seen": ago(status.get("last_seen_at")),
        "version": status.get("version"),
    }


def _layout(spec: _Fields, status: _Fields) -> _Fields:
    counts = {key: status.get(key, 0) for key in ("nodes", "edges", "stations")}
    return {"title": spec.get("title"), **counts, "warnings": len(status.get("warnings", []))}


def _robot_model(spec: _Fields, status: _Fields) -> _Fields:
    keys = ("type", "manufacturer", "payload_kg", "speed_mps_max")
    return {**{key: spec.get(key) for key in keys}, "robots": status.get("robots", 0)}


def _closure(spec: _Fields, status: _Fields) -> _Fields:
    return {
        "targets": spec.get("targets", []),
        "until": until(spec.get("until_at")),
        "active": status.get("active", False),
        "reason": spec.get("reason"),
    }


def _policy(spec: _Fields, _status: _Fields) -> _Fields:
    return {
        "zones": spec.get("forbidden_zones", []),
        "roles": list(spec.get("roles", {})),
        "users": list(spec.get("users", {})),
        "second person": spec.get("second_person", []),
    }


_COLUMNS: dict[Kind, Callable[[_Fields, _Fields], _Fields]] = {
    Kind.ROBOT: _robot,
    Kind.MISSION: _mission,
    Kind.TASK: _task,
    Kind.EDGE_NODE: _edge_node,
    Kind.LAYOUT: _layout,
    Kind.ROBOT_MODEL: _robot_model,
    Kind.CLOSURE: _closure,
    Kind.LANGUAGE_POLICY: _policy,
}
