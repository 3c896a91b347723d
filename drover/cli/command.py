"""`drover command "..."`: a sentence, the plan it would become, a question, and the way to its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer

from drover.cli.exits import EXIT_NOT_DONE, EXIT_REFUSED
from drover.cli.output import Output, OutputOption, dump, duration, show_rows
from drover.client import Client
from fleet.contracts.commands import CommandState, Risk
from fleet.contracts.errors import DeadlineMissed, FleetError
from fleet.contracts.resources import Kind, Phase
from fleet.tasks.stop_words import is_stop

PANEL = "Operate"
#: The server is asked to hold its answer this long, and asked again until PLAN_WITHIN_S have passed.
WAIT_S = 20.0
PLAN_WITHIN_S = 180.0
POLL_S = 0.5
#: Times that one `drover command` lets the planner ask back.
QUESTIONS_MAX = 5


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(command)


def command(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What robots shall do, in your words.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Confirm without asking.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Until the mission has ended; exit code 4 if it was not done.")] = False,
    timeout_s: Annotated[float, typer.Option("--timeout", help="Seconds that --wait waits.", min=1)] = 1800.0,
    site: Annotated[str, typer.Option(help="Which site, where the cloud has several.", show_default=False)] = "",
    output: OutputOption = Output.TABLE,
) -> None:
    """Say what robots shall do. The plan is shown first, and nothing moves until you confirm it.

    [bold]Examples[/bold]

        drover command "bring 2 pallets from Dock 1 to Packing 1"
        drover command "AMR-3 to its charger" --yes --wait
        drover command "where is AMR-2?"
        drover command "close Aisle 3 for 20 minutes" --yes -o json
    """
    client = Client()
    answer = _until_clear(client, text, site, output, interactive=sys.stdin.isatty() and not yes)
    state = answer["state"]
    if state == CommandState.PLANNED:
        if output is Output.TABLE:
            _show_plan(answer)
        if not yes and not _agreed():
            client.call("POST", _path(answer, "discard"))
            print("discarded; nothing was changed", file=sys.stderr)
            raise typer.Exit(EXIT_REFUSED)
        answer = client.call("POST", _path(answer, "confirm"))
        state = answer["state"]
    mission = answer.get("mission", "")
    ended: dict[str, Any] | None = None
    if mission and wait:
        ended = _follow(client, mission, timeout_s, quiet=output is not Output.TABLE)
    _show_end(answer, ended, output)
    if state == CommandState.PLANNED:
        raise typer.Exit(EXIT_NOT_DONE)
    if state not in (CommandState.CONFIRMED, CommandState.ANSWERED):
        raise typer.Exit(EXIT_REFUSED)
    if ended is not None and ended["status"].get("phase") != Phase.DONE:
        raise typer.Exit(EXIT_NOT_DONE)


def _until_clear(client: Client, text: str, site: str, output: Output, *, interactive: bool) -> dict[str, Any]:
    """The command once it is translated and planned; what the planner asks back is asked of the operator."""
    answers = ""
    for _ in range(QUESTIONS_MAX):
        body = {"text": text, "site": site, "answers": answers}
        answer = _stopped(client, body) if is_stop(text) else client.call("POST", "commands", body, wait_s=WAIT_S)
        answer = _translated(client, answer)
        if answer["state"] != CommandState.CLARIFY or not interactive or output is not Output.TABLE:
            break
        print(_question(answer))
        text, answers = chosen(typer.prompt("answer"), answer.get("choices", [])), answer["id"]
    return answer


def _stopped(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    """A sentence that means "stop": whatever is wrong with the door for sentences (an edge node has none), the other is tried."""
    try:
        return dict(client.call("POST", "commands", body))
    except FleetError:
        client.call("POST", "stop")
        return {"state": CommandState.CONFIRMED, "text": body["text"], "title": "Stop all robots"}


def _translated(client: Client, answer: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    while answer["state"] == CommandState.TRANSLATING:
        if time.monotonic() - began > PLAN_WITHIN_S:
            raise DeadlineMissed(
                f"no plan after {PLAN_WITHIN_S:.0f} s", field="command", fix=f"see command {answer['id']} on the page"
            )
        time.sleep(POLL_S)
        answer = client.call("GET", _path(answer))
    return answer


def _path(answer: dict[str, Any], verb: str = "") -> str:
    return f"commands/{quote(answer['id'], safe='')}" + (f"/{verb}" if verb else "")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        print("not confirmed: no terminal to ask on (add --yes)", file=sys.stderr)
        return False
    return typer.confirm("Do it?", default=False)


def _show_plan(answer: dict[str, Any]) -> None:
    plan = answer.get("plan") or {}
    print(answer.get("title") or answer["text"])
    rows = [
        {
            "task": task["title"],
            "robot": task["robot"],
            "starts": f"in {duration(task['start_in_s'])}",
            "done": f"in {duration(task['end_in_s'])}",
            "way": f"{task['distance_m']:.0f} m",
            "why": task.get("why", ""),
        }
        for task in plan.get("tasks", [])
    ]
    if rows:
        show_rows(rows, Output.TABLE, empty="")
    if plan.get("effect"):
        print(plan["effect"])
    for delay in plan.get("delays", []):
        print(f"delays {delay['task']} of {delay['mission']} by {duration(delay['delay_s'])}")
    for warning in plan.get("warnings", []):
        print(f"warning: {warning}")
    if plan.get("risk") == Risk.HIGH:
        print("risk: high, look twice")
    elif plan.get("risk") == Risk.SECOND_PERSON:
        print("risk: two different people must confirm this")


def _question(answer: dict[str, Any]) -> str:
    """The question, and its choices as numbered lines."""
    choices = answer.get("choices", [])
    # a planner's own question may list them too, in brackets
    asked = str(answer.get("question", "What do you mean?")).removesuffix(f" ({', '.join(choices)})")
    return "\n".join([asked, *(f"  {n}  {choice}" for n, choice in enumerate(choices, start=1))])


def chosen(said: str, choices: Sequence[str]) -> str:
    """The choice of that number; anything else is the operator's own answer."""
    said = said.strip()
    if said not in choices and said.isascii() and said.isdigit() and 1 <= int(said[:3]) <= len(choices):
        return choices[int(said[:3]) - 1]
    return said


def _follow(client: Client, mission: str, timeout_s: float, *, quiet: bool) -> dict[str, Any]:
    """The mission when it has ended, or as it is when the time is over."""
    began, line = time.monotonic(), ""
    while True:
        item = client.get(Kind.MISSION, mission)
        status = item.get("status", {})
        phase = status.get("phase", Phase.PENDING)
        done, total = status.get("tasks_done", 0), status.get("tasks_total", len(item["spec"].get("tasks", [])))
        progress = f"{mission}: {phase}, {done} of {total} tasks done"
        if not quiet:
            line = _progress(progress, line, time.monotonic() - began)
        if Phase(phase).ended or time.monotonic() - began > timeout_s:
            if line and sys.stderr.isatty():
                print(file=sys.stderr)
            item.setdefault("status", {})
            return item
        time.sleep(POLL_S)


def _progress(text: str, before: str, seconds: float) -> str:
    """One line that is written over on a terminal; elsewhere a line for each change."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}  {duration(seconds)}", end="", file=sys.stderr, flush=True)
    elif text != before:
        print(text, file=sys.stderr, flush=True)
    return text


def _show_end(answer: dict[str, Any], mission: dict[str, Any] | None, output: Output) -> None:
    if output is not Output.TABLE:
        dump({"command": answer, "mission": mission} if mission else {"command": answer}, output)
        return
    state, title = answer["state"], answer.get("title") or answer["text"]
    if mission is not None:
        status = mission["status"]
        took = (status.get("finished_at") or 0) - (status.get("started_at") or 0)
        reason = f": {status['reason']}" if status.get("reason") else ""
        print(f"{answer['mission']} {status.get('phase', 'pending')}{reason}" + (f" after {duration(took)}" if took > 0 else ""))
    elif state == CommandState.CONFIRMED:
        print(
            f"confirmed: {answer['mission']} (drover get mission {answer['mission']})"
            if answer.get("mission")
            else f"done: {title}"
        )
    elif state == CommandState.PLANNED:
        print(f"confirmed by you; it waits for a second person: drover confirm {answer['id']}")
    elif state == CommandState.ANSWERED:
        print(answer.get("answer", ""))
    elif state == CommandState.CLARIFY:
        print(f"not clear: {_question(answer)}", file=sys.stderr)
    else:
        print(f"error: {state}: {answer.get('reason') or title}", file=sys.stderr)
