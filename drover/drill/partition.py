"""`drover drill partition`: the link to one edge node is cut for a while, as if a cable were out, and then healed.

In order: cut, work on both sides, heal, wait until both sides agree, wait for the missions' ends, report. Whatever goes wrong
in between, the link is healed first; and the edge node heals it by itself when its time is over, even if the drill dies.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from drover.drill.report import report
from drover.drill.sides import Sides, told
from drover.drill.watch import Watch
from drover.drill.work import Work, drill_missions
from fleet.contracts.errors import FleetError, Transient
from fleet.contracts.resources import Phase

TICK_S = 1.0
SETTLE_TICK_S = 0.25
#: A link that has not been healed by us is healed by the edge node this much later, seconds.
SPARE_S = 30.0
HEAL_TRIES = 5


@dataclass(frozen=True)
class Plan:
    """Seconds. `work_every_s` 0: no missions. `settle_s`: until both sides agree; `finish_s`: until the missions have ended."""

    for_s: float
    work_every_s: float = 10.0
    settle_s: float = 180.0
    finish_s: float = 300.0


@dataclass
class Run:
    """What was seen, for the report."""

    id: str
    edge: str
    for_s: float
    began_at: float = 0.0
    cut_s: float = 0.0
    interrupted: bool = False
    peak_down: int = 0
    peak_down_bytes: int = 0
    peak_up: int = 0
    peak_up_bytes: int = 0
    delivered_s: float | None = None
    converged_s: float | None = None
    before: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    after: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    missions: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])  # at the cloud, at the site
    problems: list[str] = field(default_factory=list)


class Drill:
    """`say` gets one line of progress at a time."""

    def __init__(self, sides: Sides, plan: Plan, say: Callable[[str], None]) -> None:
        self._sides, self._plan, self._say = sides, plan, say
        self._run = Run(uuid.uuid4().hex[:6], sides.name, plan.for_s)
        self._watch = Watch(sides)
        self._work = Work(sides, self._run.id) if plan.work_every_s else None

    def run(self) -> dict[str, Any]:
        """The report. Raises FleetError when the link could not be cut, or not be healed."""
        run = self._run
        self._watch.begin()
        run.before = self._views()
        run.began_at = time.time()
        with self._cut():
            self._while_cut()
        healed, references = time.monotonic(), (self._sides.edge_view()["at"], self._sides.cloud_view()["at"])
        try:
            self._settle(healed, references)
            self._finish()
        except KeyboardInterrupt:
            run.interrupted = True
        run.after = self._views()
        run.missions = (drill_missions(self._sides.cloud, run.id), drill_missions(self._sides.edge, run.id))
        self._look()
        return report(run, self._watch, self._work)

    # ---- the cut ----

    @contextlib.contextmanager
    def _cut(self) -> Iterator[None]:
        began = time.monotonic()
        self._sides.cut(self._plan.for_s + SPARE_S)
        self._say(f"{self._sides.name} is cut off for {self._plan.for_s:.0f} s; Ctrl-C heals it")
        try:
            yield
        except KeyboardInterrupt:
            self._run.interrupted = True
            self._say("healing first (Ctrl-C again stops waiting)")
        finally:
            self._heal()
            self._run.cut_s = time.monotonic() - began
            self._say(f"healed after {self._run.cut_s:.0f} s")

    def _heal(self) -> None:
        for left in range(HEAL_TRIES - 1, -1, -1):
            try:
                self._sides.heal()
                return
            except FleetError as error:
                if not left:
                    fix = f"it heals by itself within {self._plan.for_s + SPARE_S:.0f} s of its beginning"
                    raise Transient(f"the link could not be healed: {told(error)}", fix=fix) from None
                time.sleep(TICK_S)

    def _while_cut(self) -> None:
        began, work_at = time.monotonic(), 0.0
        while (left := self._plan.for_s - (time.monotonic() - began)) > 0:
            if self._work is not None and time.monotonic() >= work_at:
                work_at = time.monotonic() + self._plan.work_every_s
                self._work.post()
            moving = self._look()
            self._say(
                f"cut: {left:.0f} s left; waiting for the site: {self._run.peak_down} rows; waiting for the cloud: "
                f"{self._run.peak_up} rows; {moving} robots moving"
            )
            time.sleep(min(TICK_S, max(0.0, left)))

    def _look(self) -> int:
        """One look at everything; a side that does not answer is a problem of the report, not the drill's end."""
        try:
            self._watch.look_at_events()
            self._watch.look_at_tasks()
            here, there = self._views()
            run = self._run
            run.peak_down, run.peak_down_bytes = max((run.peak_down, run.peak_down_bytes), _queue(there))
            run.peak_up, run.peak_up_bytes = max((run.peak_up, run.peak_up_bytes), _queue(here))
            return self._watch.look_at_robots()
        except FleetError as error:
            if len(self._run.problems) < 20:
                self._run.problems.append(told(error))
            return 0

    def _views(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The link as the edge node and as the cloud have it."""
        return self._sides.edge_view()["link"], self._sides.cloud_view()["view"] or {}

    # ---- afterwards ----

    def _settle(self, healed: float, references: tuple[float, float]) -> None:
        """Until the cloud has every event and each side has seen, later than the healing by its own clock (`references`), that
        both hold the same and nothing waits."""
        run = self._run
        while time.monotonic() - healed < self._plan.settle_s:
            self._look()
            if run.delivered_s is None and not self._watch.undelivered and self._missions_met():
                run.delivered_s = time.monotonic() - healed
            views = self._views()
            passed = time.monotonic() - healed
            agreed = all(_agreed(view, at) for view, at in zip(views, references, strict=True))
            if run.converged_s is None and run.delivered_s is not None and agreed:
                run.converged_s = passed
            if run.delivered_s is not None and run.converged_s is not None:
                break
            self._say(
                f"converging: {passed:.0f} s, {len(self._watch.undelivered)} events and {views[1].get('backlog', 0)} rows to go"
            )
            time.sleep(SETTLE_TICK_S)

    def _missions_met(self) -> bool:
        """Both sides have every mission that either has promised to do."""
        if self._work is None:
            return True
        promised = {*self._work.cloud.names.values(), *self._work.edge.names.values()}
        sides = (self._sides.cloud, self._sides.edge)
        return all(promised <= {m["metadata"]["name"] for m in drill_missions(side, self._run.id)} for side in sides)

    def _finish(self) -> None:
        began = time.monotonic()
        while self._work is not None and time.monotonic() - began < self._plan.finish_s:
            missions = drill_missions(self._sides.cloud, self._run.id)
            open_ = [m for m in missions if not Phase(m.get("status", {}).get("phase", Phase.PENDING)).ended]
            if not open_:
                break
            self._look()
            self._say(f"finishing: {len(open_)} of {len(missions)} missions to go")
            time.sleep(TICK_S)


def _queue(view: dict[str, Any]) -> tuple[int, int]:
    return int(view.get("backlog", 0)), int(view.get("backlog_bytes", 0))


def _agreed(view: dict[str, Any], since: float) -> bool:
    return view.get("digest") == "equal" and (view.get("converged_at") or 0.0) > since
