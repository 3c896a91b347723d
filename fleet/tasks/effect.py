"""What a control would touch just now, in words, for the operator who must confirm it."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.contracts.command_ir import ControlAction, ControlIr
from fleet.contracts.commands import PlanPreview
from fleet.tasks.control import Targets, resolve_targets, robots_at
from fleet.tasks.names import listed
from fleet.tasks.risk import control_risk
from fleet.tasks.robot_state import IN_HAND
from fleet.tasks.site import Site
from fleet.tasks.steps import stops_of

_VERBS = {
    ControlAction.PAUSE: "Pauses",
    ControlAction.RESUME: "Resumes",
    ControlAction.EMERGENCY_STOP: "Stops",
    ControlAction.RECALL: "Sends home",
    ControlAction.SET_SPEED: "Limits the speed of",
    ControlAction.CANCEL: "Cancels",
}


def effect(control: ControlIr, site: Site) -> str:
    """ "Pauses 3 robots: AMR-1, AMR-2 and AMR-3". Raises NotFound for unknown targets."""
    targets = resolve_targets(control, site)
    if control.action is ControlAction.CLOSE_AREA:
        return _closes(targets, site)
    if control.action is ControlAction.OPEN_AREA:
        return f"Opens {_counted('place', targets.places)}" if targets.places else "Nothing is closed there"
    if control.action is ControlAction.CANCEL:
        return _cancels(targets, site)
    parts = [
        _counted(noun, names)
        for noun, names in (("robot", targets.robots), ("mission", targets.missions), ("task", targets.tasks))
        if names
    ]
    return f"{_VERBS[control.action]} {', '.join(parts)}" if parts else "Touches nothing: no robot is meant"


def control_preview(control: ControlIr, site: Site) -> PlanPreview:
    """The preview of a control: its effect and risk, no tasks."""
    return PlanPreview(tasks=(), effect=effect(control, site), risk=control_risk(control, site))


def _closes(targets: Targets, site: Site) -> str:
    text = f"Closes {_counted('place', targets.places)}; no robot enters"
    inside = robots_at(targets.places, site)
    if inside:
        text += f"; {listed(inside)} {'is' if len(inside) == 1 else 'are'} there now"
    waiting = [
        name
        for name, task in site.tasks.items()
        if not task.status.phase.ended and set(stops_of(task.spec)) & set(targets.places)
    ]
    return text + (f"; {_counted('open task', waiting)} must wait" if waiting else "")


def _cancels(targets: Targets, site: Site) -> str:
    of_robots = [name for name, t in site.tasks.items() if t.status.robot in targets.robots and not t.status.phase.ended]
    tasks = list(dict.fromkeys([*targets.tasks, *of_robots]))
    parts = [_counted(noun, names) for noun, names in (("mission", targets.missions), ("task", tasks)) if names]
    if not parts:
        return "Cancels nothing: nothing is open there"
    gone = {t for t in site.tasks if t in tasks or site.tasks[t].spec.mission in targets.missions}
    loaded = [t.status.robot for name, t in site.tasks.items() if name in gone and t.status.phase in IN_HAND]
    return f"Cancels {', '.join(parts)}" + (
        f"; {listed(loaded)} {'is' if len(loaded) == 1 else 'are'} at work on it" if loaded else ""
    )


def _counted(noun: str, names: Iterable[str]) -> str:
    items = list(names)
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}: {listed(items)}"
