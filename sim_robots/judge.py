"""Do virtual robots touch each other? Looked at several times a second over all bodies of this process, and written down.

This is the world's own judge (world/collisions.py): it sees bodies, and knows nothing of what traffic control believes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from fleet.contracts import codec
from robot_agent.store import replace_file
from sim_robots.world.body import Body
from sim_robots.world.collisions import Box, overlapping_pairs

log = logging.getLogger("drover.robots.judge")

#: How often it looks, and how often it writes down what it has seen, in seconds.
LOOK_S = 0.25
WRITE_S = 2.0
#: Touches that are kept by name; all are counted.
KEPT_MAX = 100
FILE = "judge.json"


class Touch(msgspec.Struct, kw_only=True):
    """Two robots that have begun to touch. `at_s`: the world's clock."""

    at_s: float
    robots: tuple[str, str]
    x_m: float
    y_m: float


class Verdict(msgspec.Struct, kw_only=True):
    """What the judge has seen so far."""

    robots: int = 0
    looks: int = 0
    collisions: int = 0
    touches: list[Touch] = []


class Judge:
    """`bodies`: by robot's name. `catch_up`: lets every body live up to now, so that all are seen at one moment."""

    def __init__(self, bodies: Mapping[str, Body], catch_up: Callable[[], None], data_dir: Path) -> None:
        self._bodies = dict(sorted(bodies.items()))
        self._catch_up = catch_up
        self._path = data_dir / FILE
        self._touching: set[tuple[str, str]] = set()
        self.verdict = Verdict(robots=len(self._bodies))

    def look(self) -> list[Touch]:
        """The pairs that touch now and did not at the last look."""
        self._catch_up()
        names = list(self._bodies)
        boxes = [_box(body) for body in self._bodies.values()]
        pairs = {(names[i], names[j]): boxes[i] for i, j in overlapping_pairs(boxes)}
        at_s = max((body.drive.now_s for body in self._bodies.values()), default=0.0)
        begun = [Touch(at_s=at_s, robots=p, x_m=b.x_m, y_m=b.y_m) for p, b in pairs.items() if p not in self._touching]
        self._touching = set(pairs)
        self.verdict.looks += 1
        self.verdict.collisions += len(begun)
        self.verdict.touches = [*self.verdict.touches, *begun][:KEPT_MAX]
        return begun

    async def run(self) -> None:
        """Until cancelled."""
        written = 0.0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_S)
            begun = self.look()
            for touch in begun:
                log.error("%s and %s touch at (%.1f, %.1f)", *touch.robots, touch.x_m, touch.y_m)
            if begun or loop.time() - written >= WRITE_S:
                written = loop.time()
                replace_file(self._path, codec.encode(self.verdict), durable=False)


def _box(body: Body) -> Box:
    x, y, theta = body.drive.pose()
    return Box(x, y, theta, body.model.length_m, body.model.width_m, body.drive.map_id)
