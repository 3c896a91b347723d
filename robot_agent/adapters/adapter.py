"""What an integrator implements so that a robot which does not speak VDA 5050 becomes a vehicle of the fleet.

Five methods. None of them waits for the robot to finish: each begins something and returns; what becomes of it is told
through the `tell` function that `connect` was given, from the event loop's thread (from another thread:
`loop.call_soon_threadsafe(tell, event)`). A robot with a REST interface needs about forty lines:

    class RestRobot:
        def __init__(self, url: str) -> None:
            self._url = url

        async def connect(self, tell: Tell) -> None:
            self._tell = tell
            self._http = httpx.AsyncClient(base_url=self._url)
            self._watching = asyncio.create_task(self._watch())

        async def drive_to(self, way: tuple[Waypoint, ...]) -> None:
            self._way = list(way)
            await self._post("/path", [{"x": w.x_m, "y": w.y_m} for w in way])

        async def perform(self, action: Action, *, again: bool) -> None:
            if not again:
                await self._post("/jobs", {"id": action.action_id, "type": action.action_type})
            self._job = action.action_id

        async def state(self) -> RobotReport:
            s = (await self._http.get("/status")).json()
            return RobotReport(s["x"], s["y"], s["theta"], s["map"], battery_pct=s["battery"], driving=s["moving"])

        async def stop(self, *, at_node: bool, abort: str | None) -> None:
            if abort is None:
                await self._post("/stop", {})
            if at_node:
                self._tell(Halted())

        async def _watch(self) -> None:
            while True:
                s = (await self._http.get("/status")).json()
                while self._way and hypot(self._way[0].x_m - s["x"], self._way[0].y_m - s["y"]) < 0.2:
                    self._tell(Passed(self._way.pop(0).sequence_id))
                if self._job and s["job"]["done"]:
                    self._tell(ActionChanged(self._job, ActionStatus.FINISHED))
                    self._job = None
                await asyncio.sleep(0.1)

docs/integrating-a-robot.md explains it step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from fleet.contracts.vda5050.common import Action
from robot_agent.core.port import AdapterEvent, RobotReport, Waypoint

#: How an adapter reports: Reported, Passed, Halted, DriveFailed, ActionChanged. Call it on the event loop.
Tell = Callable[[AdapterEvent], None]


class AdapterError(Exception):
    """The robot cannot be reached or refuses. The text goes into `state.errors`, for the operator."""


class Adapter(Protocol):
    """One robot. Methods are called one at a time, never concurrently, except `state`."""

    async def connect(self, tell: Tell) -> None:
        """Reach the robot; called once, before anything else. Raises AdapterError."""

    async def drive_to(self, way: tuple[Waypoint, ...]) -> None:
        """Drive through all waypoints and stop at the last; replaces the way before, which it often extends.

        Tell Passed(sequence_id) at each waypoint, DriveFailed when the robot gives up. Never pass the last waypoint:
        what lies behind it may belong to another robot. Raises AdapterError: counts as DriveFailed.
        """

    async def perform(self, action: Action, *, again: bool) -> None:
        """Begin an action; tell ActionChanged FINISHED or FAILED (and RUNNING, with a result, if there is news).

        `again`: the agent was restarted while this action ran. Tell how it ended, or go on with it; never begin it a
        second time. Raises AdapterError: counts as FAILED.
        """

    async def state(self) -> RobotReport:
        """The newest report, without delay; called several times a second. Raises AdapterError: the old one stays."""

    async def stop(self, *, at_node: bool, abort: str | None) -> None:
        """Stop driving at once; or, `at_node`, at the nearest waypoint where the robot can stop, then tell Halted.

        With `abort` (an actionId) the driving is not meant: give up this action if it can be interrupted, tell its end.
        """
