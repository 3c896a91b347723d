"""How carefully a command must be confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.contracts.command_ir import Action, ControlAction, ControlIr
from fleet.contracts.commands import Risk
from fleet.tasks.control import resolve_targets
from fleet.tasks.site import Site

#: Actions that move a robot without touching anything.
_LOW = frozenset({Action.GOTO, Action.CHARGE, Action.PARK, Action.WAIT})
#: More tasks than this in one command are high risk.
TASKS_MEDIUM_MAX = 5
#: Controls that only make things stand still: they act at once, without confirmation.
AT_ONCE = frozenset({ControlAction.PAUSE, ControlAction.EMERGENCY_STOP})


_ORDER = (Risk.LOW, Risk.MEDIUM, Risk.HIGH, Risk.SECOND_PERSON)


def worst(*risks: Risk) -> Risk:
    """The one that needs most care."""
    return max(risks, key=_ORDER.index)


def people_needed(risk: Risk) -> int:
    """How many different people must confirm."""
    return 2 if risk is Risk.SECOND_PERSON else 1


def plan_risk(actions: Iterable[Action]) -> Risk:
    """goto, charge, park, wait: low; anything that handles loads or rooms: medium; more than 5 tasks: high."""
    wanted = list(actions)
    if len(wanted) > TASKS_MEDIUM_MAX:
        return Risk.HIGH
    return Risk.LOW if all(action in _LOW for action in wanted) else Risk.MEDIUM


def control_risk(control: ControlIr, site: Site) -> Risk:
    """A control on all robots, or on more than half of them, is high; else medium."""
    targets = resolve_targets(control, site)
    if "all" in control.targets or len(targets.robots) * 2 > max(2, len(site.robots)):
        return Risk.HIGH
    return Risk.MEDIUM


def needs_confirmation(control: ControlIr) -> bool:
    """False for stop-like controls: they must never wait for a second click."""
    return control.action not in AT_ONCE
