"""The virtual robot as an adapter: the same door that a vendor's robot comes through, with a simulated body behind it."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable

from fleet.contracts.vda5050.common import Action
from robot_agent.adapters.adapter import Tell
from robot_agent.core.port import AdapterEvent, Reported, RobotReport, Waypoint
from sim_robots.world.body import Body
from sim_robots.world.work import Fact

#: Longest sleep between two looks at the body, in seconds (a stalled clock or a changed speed must not hang it).
SLEEP_S_MAX = 0.5


class VirtualAdapter:
    """Implements `robot_agent.adapters.adapter.Adapter`. `world_clock`: the body's clock, in seconds.

    `log_fact` is called before an event that follows from the fact is told, so that the physical truth is always
    written down first.
    """

    def __init__(
        self, body: Body, world_clock: Callable[[], float], speed_factor: float, log_fact: Callable[[Fact], None]
    ) -> None:
        self.body = body
        self._clock = world_clock
        self._speed_factor = speed_factor
        self._log_fact = log_fact
        self._wake = asyncio.Event()
        self._tell: Tell = _nobody
        self._living: asyncio.Task[None] | None = None

    async def connect(self, tell: Tell) -> None:
        self._tell = tell
        self._living = asyncio.create_task(self._live())

    async def drive_to(self, way: tuple[Waypoint, ...]) -> None:
        self.catch_up()
        self._report(self.body.go(way), always=True)

    async def perform(self, action: Action, *, again: bool) -> None:
        # begun before or not, the body knows its actions by id and never begins one twice
        self.catch_up()
        self._report(self.body.perform(action))

    async def state(self) -> RobotReport:
        self.catch_up()
        return self.body.report()

    async def stop(self, *, at_node: bool, abort: str | None) -> None:
        self.catch_up()
        events = self.body.stop(at_node=at_node) if abort is None else self.body.abort(abort)
        self._report(events, always=True)

    def fault(self, change: Callable[[Body], list[AdapterEvent]]) -> None:
        """Something breaks, or is repaired."""
        self.catch_up()
        self._report(change(self.body), always=True)

    async def close(self) -> None:
        if self._living is not None:
            self._living.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._living

    def catch_up(self) -> None:
        """Let the body live up to now."""
        self._report(self.body.advance(max(self._clock(), self.body.drive.now_s)))

    async def _live(self) -> None:
        while True:
            wait_s = (self.body.next_event_s() - self._clock()) / self._speed_factor
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), min(SLEEP_S_MAX, max(0.001, wait_s if math.isfinite(wait_s) else 1e9)))
            self.catch_up()

    def _report(self, events: list[AdapterEvent], *, always: bool = False) -> None:
        for fact in self.body.take_facts():
            self._log_fact(fact)
        if events or always:
            self._tell(Reported(self.body.report()))
            for event in events:
                self._tell(event)
            self._wake.set()


def _nobody(event: AdapterEvent) -> None:
    raise AssertionError(f"{event} before connect")
