"""A year and more without the cloud (sync design, I12): local calls go on, every accepted task ends, nothing overflows.

Each day brings missions, stops, pauses, cancels, readings and dry runs at the site's own API; now and then power cuts in the
middle of work, suspends, and starts with a wall clock that is ten years off or says 1970.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from drover.simulation.alone import Alone
from drover.simulation.homecoming import Home, Homecoming
from fleet.autonomy.budget import NO_NEW_WORK_AT
from fleet.contracts.errors import QueueFull
from fleet.contracts.resources import Phase
from fleet.sync.machine import Limits

DAY_S = 86400.0
YEAR_S = 365.25 * DAY_S
#: A task that was accepted must have ended within so long, seconds of its site's time.
END_S = 2 * 3600.0
#: What the wall clock may be off by at a start, beside a dead one that says 1970.
SKEWS_S = (10 * YEAR_S, -10 * YEAR_S, 3600.0, -3600.0, 0.0)
#: Of failures, so many are kept with their words.
FAILURES_KEPT = 20


@dataclass
class Outcome:
    """`failed`: local calls that were not answered as they should be. `stuck`: accepted tasks that did not end in time.

    `refused_by_pressure`: new work that was refused because the queue to the cloud was 80 % full, as it says (sync design, 7).
    """

    days: float
    seed: int
    reboots: int = 0
    clock_jumps: int = 0
    suspends: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    failed_count: int = 0
    missions: int = 0
    accepted: set[str] = field(default_factory=set)
    stuck: list[str] = field(default_factory=list)
    unended: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    outbox_bytes_max: int = 0
    outbox_rows: int = 0
    quota_bytes: int = 0
    told: int = 0
    home: Home = field(default_factory=Home)
    home_missing: int = 0
    granted: int = 0
    granted_done: int = 0
    refused_by_pressure: int = 0
    refused_rows: int = 0
    missing_rows: int = 0
    clock_went_back: int = 0
    budget: str = ""

    @property
    def good(self) -> bool:
        """Nothing failed, nothing is open, nothing is missing, and the queue kept its bound."""
        wrong = self.failed_count or self.unended or self.missing_rows or self.clock_went_back
        wrong = wrong or self.home.left or self.home.repeated or self.home.dead or self.home_missing
        return not wrong and self.told == len(self.accepted) and self.outbox_bytes_max <= self.quota_bytes

    def document(self) -> dict[str, Any]:
        return {
            "days": self.days,
            "seed": self.seed,
            "reboots": self.reboots,
            "clock_jumps": self.clock_jumps,
            "suspends": self.suspends,
            "local_calls": sum(self.calls.values()),
            "failed_calls": self.failed_count,
            "refused_by_pressure": self.refused_by_pressure,
            "calls": dict(self.calls),
            "missions": self.missions,
            "tasks_accepted": len(self.accepted),
            "tasks_granted_before": self.granted,
            "tasks_granted_done": self.granted_done,
            "tasks_done": self.ends[Phase.DONE],
            "tasks_cancelled": self.ends[Phase.CANCELLED],
            "tasks_failed": self.ends[Phase.FAILED],
            "tasks_not_ended": len(self.unended),
            "endings_queued": self.told,
            "late": self.stuck[:FAILURES_KEPT],
            "outbox_bytes_max": self.outbox_bytes_max,
            "outbox_quota_bytes": self.quota_bytes,
            "outbox_rows": self.outbox_rows,
            "rows_refused": self.refused_rows,
            "rows_missing": self.missing_rows,
            "clock_went_back": self.clock_went_back,
            "budget": self.budget,
            "home_rows": sum(self.home.rows.values()),
            "home_repeated": self.home.repeated,
            "home_left": self.home.left,
            "home_endings_missing": self.home_missing,
            "home_bytes": self.home.bytes,
            "home_s": round(self.home.seconds, 1),
            "failures": self.failed,
        }


class Year:
    """One run. `per_day`: missions a day."""

    def __init__(
        self,
        folder: Path,
        *,
        days: float,
        seed: int,
        reboots: int,
        per_day: float,
        robots: int = 3,
        granted: int = 0,
        limits: Limits | None = None,
    ) -> None:
        """`granted`: tasks that the cloud had given before it went away, each to begin some time in these days."""
        self.dice = random.Random(seed)
        self.world = Alone(folder, robots=robots, limits=limits)
        self._granted = granted
        self._due: dict[str, float] = {}
        self.out = Outcome(days, seed)
        self._gap_s = DAY_S / per_day
        self._rounds = max(1, int(days * per_day))
        count = min(reboots, self._rounds)
        self._reboots = set(self.dice.sample(range(self._rounds), count))
        self._places: list[str] = []
        self._began_at = self.world.t

    async def run(self) -> Outcome:
        world, out = self.world, self.out
        await world.power_on()
        await world.apply_site()
        registry = await self._call("GET", "/registry")
        self._places = [p["name"] for p in registry.json()["places"] if p["kind"] in ("dock", "rack", "packing")]
        for n in range(self._granted):
            source, target = self.dice.sample(self._places, 2)
            due_at = world.keeper.clock() + self.dice.uniform(0.0, out.days) * DAY_S
            self._due[world.grant(n, source, target, due_at)] = due_at
        for n in range(self._rounds):
            due_at = self._began_at + (n + self.dice.random()) * self._gap_s
            if world.t < due_at:
                await world.live(due_at - world.t)
            await self._something_is_wanted()
            if n in self._reboots:
                await world.live(self.dice.uniform(0.0, 60.0))
                await self._power_cut()
            elif self.dice.random() < 0.01:
                world.suspend(self.dice.uniform(1.0, 3600.0))
                out.suspends += 1
            await self._read()
            if not await world.until_quiet(END_S):
                out.stuck += [f"round {n}: {name}" for name in sorted(world.open)]
            self._weigh()
        await world.live(max(0.0, self._began_at + out.days * DAY_S - world.t))
        await world.until_quiet(END_S)
        await self._sum_up()
        return out

    # ---- what people want ----

    async def _something_is_wanted(self) -> None:
        name = await self._mission()
        kind = self.dice.random()
        await self.world.live(self.dice.uniform(0.0, 20.0))
        if kind < 0.1:
            await self._call("POST", "/stop")
            await self.world.live(self.dice.uniform(1.0, 600.0))
            await self._call("POST", "/resume")
        elif kind < 0.2:
            robot = self.dice.choice(self.world.vehicles).executor.identity.serial_number
            robots = {r["spec"]["serial_number"]: r["metadata"]["name"] for r in await self._items("/robots")}
            await self._call("POST", f"/robots/{robots[robot]}/pause")
            await self.world.live(self.dice.uniform(1.0, 600.0))
            await self._call("POST", f"/robots/{robots[robot]}/resume")
        elif kind < 0.3 and self._still_open(name):
            await self._call("POST", f"/missions/{name}/pause")
            await self.world.live(self.dice.uniform(1.0, 600.0))
            await self._call("POST", f"/missions/{name}/resume")
        elif kind < 0.4 and self._still_open(name):
            await self._call("POST", f"/missions/{name}/cancel")

    def _still_open(self, mission: str) -> bool:
        return any(task.startswith(f"{mission}-") for task in self.world.open)

    async def _mission(self) -> str:
        source, target, third = self.dice.sample(self._places, 3)
        tasks: list[dict[str, Any]] = [{"ref": "a", "action": "transport", "from": source, "to": target}]
        if self.dice.random() < 0.3:
            tasks.append({"ref": "b", "action": "goto", "to": third, "after": ["a"]})
        plan = {"ir": {"outcome": "plan", "tasks": tasks}}
        if self.dice.random() < 0.1:
            await self._call("POST", "/missions", {**plan, "dry_run": True}, name="plan")
        answer = await self._call("POST", "/missions", plan)
        if answer.status_code != 201:
            return ""
        self.out.missions += 1
        document = answer.json()
        self.out.accepted |= set(document["spec"]["tasks"])
        return str(document["metadata"]["name"])

    async def _read(self) -> None:
        path = self.dice.choice(("/robots", "/missions", "/tasks", "/events", "/registry", "/offline-budget", "/edgenodes"))
        await self._call("GET", path)

    async def _items(self, path: str) -> list[dict[str, Any]]:
        return list((await self._call("GET", path)).json()["items"])

    async def _call(self, method: str, path: str, document: Any = None, name: str = "") -> httpx.Response:
        answer = await self.world.call(method, path, document)
        words = path.strip("/").split("/")
        self.out.calls[name or f"{method} {words[0]}" + (f"/{words[-1]}" if len(words) > 2 else "")] += 1
        if answer.status_code == QueueFull.status and self.world.keeper.pressure >= NO_NEW_WORK_AT:
            self.out.refused_by_pressure += 1
        elif not answer.is_success:
            self.out.failed_count += 1
            if len(self.out.failed) < FAILURES_KEPT:
                day = (self.world.t - self._began_at) / DAY_S
                self.out.failed.append(f"day {day:.1f}: {method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer

    # ---- what befalls the site ----

    async def _power_cut(self) -> None:
        world, out = self.world, self.out
        await world.power_cut()
        await world.live(self.dice.uniform(0.5, 1800.0))
        if self.dice.random() < 0.5:
            dead = self.dice.random() < 0.3
            world.skew_s = -world.t if dead else self.dice.choice(SKEWS_S)
            out.clock_jumps += 1
        await world.power_on()
        out.reboots += 1

    # ---- what is looked at ----

    def _weigh(self) -> None:
        view = self.world.keeper.machine.view(self.world.keeper.clock())
        self.out.outbox_bytes_max = max(self.out.outbox_bytes_max, view.backlog_bytes)
        self.out.refused_rows = max(self.out.refused_rows, self.world.keeper.refused_rows)

    async def _sum_up(self) -> None:
        world, out = self.world, self.out
        self._weigh()
        due = {name for name, at in self._due.items() if at <= world.keeper.clock() - END_S}
        out.granted, out.granted_done = len(due), sum(world.ended.get(name) is Phase.DONE for name in due)
        out.unended = sorted((out.accepted | due) - set(world.ended))
        out.ends = Counter(phase for name, phase in world.ended.items() if name in out.accepted)
        out.outbox_rows = world.keeper.machine.backlog
        out.missing_rows = world.missing_rows()
        out.quota_bytes = world.keeper.limits.quota_bytes
        out.told = len(out.accepted & world.endings_for_the_cloud())
        out.clock_went_back = world.clock_went_back
        out.budget = (await self._call("GET", "/offline-budget")).json()["sentence"]
        out.home = await Homecoming(world.keeper, world.keeper.clock()).run()
        out.home_missing = len(out.accepted - out.home.endings)
        await world.power_cut()
