"""`drover stop`, `resume`, `pause`, `cancel`, `events`: what an operator does between two sentences."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from drover.cli.output import Output, OutputOption, dump
from drover.client import Client, named
from fleet.contracts.errors import InvalidInput, NotFound
from fleet.contracts.resources import Kind

PANEL = "Operate"
FOLLOW_POLL_S = 1.0
#: Names of events remembered while following, so that none is shown twice.
SEEN_MAX = 5000

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="NAME, or KIND/NAME where one name means two things.")]


def register(app: typer.Typer) -> None:
    for verb in (stop, resume, pause, cancel, events):
        app.command(rich_help_panel=PANEL)(verb)
    task = typer.Typer(no_args_is_help=True, help="One task: say what became of it when nobody knows.")
    task.command()(attest)
    app.add_typer(task, name="task", rich_help_panel=PANEL)


def stop(output: OutputOption = Output.TABLE) -> None:
    """Every robot of the site stops where it is, now; nothing moves until `drover resume`. A fleet command, not a safety stop."""
    _answer(Client().call("POST", "stop"), output, "stopped: every robot; `drover resume` lets them go on")


def resume(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A robot or mission; nothing: clears `drover stop`.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Go on after `drover stop`, or after `drover pause NAME`."""
    client = Client()
    if name is None:
        body = client.call("POST", "resume")
        held = [f"{h['edge']} (by {h['by'] or 'someone'}): clear it at {h['clear_at']}" for h in body.get("held", ())]
        words = "resumed: the stop is cleared"
        if held:
            words = "the cloud's stop is cleared; still stopped at the site: " + "; ".join(held)
        _answer(body, output, words)
        return
    kind, bare = _find(client, name, (Kind.ROBOT, Kind.MISSION))
    _answer(client.call("POST", named(kind, bare, "resume")), output, f"{kind}/{bare} resumed")


def pause(name: NameArgument, output: OutputOption = Output.TABLE) -> None:
    """Hold a robot where it is, or a mission at its next safe point. `drover resume NAME` goes on."""
    client = Client()
    kind, bare = _find(client, name, (Kind.ROBOT, Kind.MISSION))
    _answer(client.call("POST", named(kind, bare, "pause")), output, f"{kind}/{bare} paused")


def cancel(name: NameArgument, output: OutputOption = Output.TABLE) -> None:
    """End a mission or a task early. Its robot stops, and says when it has."""
    client = Client()
    kind, bare = _find(client, name, (Kind.MISSION, Kind.TASK))
    _answer(client.call("POST", named(kind, bare, "cancel")), output, f"{kind}/{bare}: cancelling")


def attest(
    name: NameArgument,
    stopped: Annotated[
        bool, typer.Option("--stopped", help="Its robot stands and will not go on; the work is not done.")
    ] = False,
    done: Annotated[bool, typer.Option("--done", help="The work was done.")] = False,
    not_done: Annotated[bool, typer.Option("--not-done", help="Nothing was done, and no robot is at it.")] = False,
    note: Annotated[str, typer.Option(help="What you saw; it is kept.")] = "",
    output: OutputOption = Output.TABLE,
) -> None:
    """Say what became of a task that its edge node can't tell of. --done ends it; the others let it be done anew."""
    said = [word for word, given in (("stopped", stopped), ("done", done), ("not_done", not_done)) if given]
    if len(said) != 1:
        raise InvalidInput(f"{len(said)} answers", field="--stopped", fix="give one of --stopped, --done, --not-done")
    client = Client()
    kind, bare = _find(client, name, (Kind.TASK,))
    body = client.call("POST", named(kind, bare, "attest"), {"outcome": said[0], "note": note})
    words = "is done" if done else f"will be done anew by edge node {body['spec'].get('edge', '')}"
    _answer(body, output, f"{kind}/{bare} {words}")


def events(
    limit: Annotated[int, typer.Option(help="How many of the newest.", min=1, max=1000)] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-w", help="Go on showing new ones; Ctrl-C ends.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """What happened, newest last: alarms, refused orders, bad messages, who stopped what."""
    client = Client()
    items = client.call("GET", "events", limit=limit)["items"]
    if output is not Output.TABLE and not follow:
        dump({"items": items}, output)
        return
    seen: dict[str, None] = {}
    while True:
        for item in items:
            if item["id"] not in seen:
                seen[item["id"]] = None
                _show_event(item)
        while len(seen) > SEEN_MAX:
            del seen[next(iter(seen))]
        if not follow:
            return
        time.sleep(FOLLOW_POLL_S)
        items = client.call("GET", "events", limit=200)["items"]


def _show_event(item: dict[str, Any]) -> None:
    at = time.strftime("%H:%M:%S", time.localtime(item["at"]))
    fix = f" ({item['fix']})" if item.get("fix") else ""
    print(f"{at}  {item['level']:<8} {item['subject']:<24} {item['reason']}: {item['message']}{fix}", flush=True)


def _answer(body: Any, output: Output, words: str) -> None:
    if output is Output.TABLE:
        print(words)
    else:
        dump(body, output)


def _find(client: Client, text: str, kinds: tuple[Kind, ...]) -> tuple[Kind, str]:
    """Which of `kinds` has the name; `mission/m-1` says it outright. Raises NotFound, InvalidInput when two have it."""
    prefix, slash, rest = text.partition("/")
    for kind in kinds:
        if slash and prefix.lower() in (kind.lower(), f"{kind.lower()}s"):
            return kind, rest
    found = []
    for kind in kinds:
        try:
            client.get(kind, text)
        except NotFound:
            continue
        found.append(kind)
    either = " or ".join(k.lower() for k in kinds)
    if not found:
        raise NotFound(f"no {either} {text!r}", field="NAME", fix=f"see `drover get {kinds[0].lower()}s`")
    if len(found) > 1:
        raise InvalidInput(f"{text!r} is a {' and a '.join(found)}", field="NAME", fix=f"write {found[0].lower()}/{text}")
    return found[0], text
