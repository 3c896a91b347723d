"""`python -m fleet.traffic.warm`: compiles every loop of traffic and planning into the cache beside the sources.

Run at install, so that no first start pays for it. A module with compiled loops joins by adding `module:function` to
WARM_UPS; the function takes nothing and calls each of its loops once, with the types that they meet in service.
"""

from __future__ import annotations

import importlib
import sys
from typing import Final

#: What calls each compiled loop once.
WARM_UPS: Final = (
    "fleet.traffic.warm:fields",
    "fleet.traffic.warm:engine",
    "fleet.traffic.synchronous.lifelong:warm",
    "fleet.planning.search:warm",
    "fleet.planning.prediction.warm:warm",
    "fleet.planning.pooling_run:warm",
)

#: A ring with a chord and a dead end.
_YARD: Final = ("....", ".@.@", "....", ".@@.", "....")


def warm_up() -> tuple[str, ...]:
    """Calls all of WARM_UPS; answers their names. A name that cannot be found or fails is an error of the caller's install."""
    for name in WARM_UPS:
        module, _, function = name.partition(":")
        getattr(importlib.import_module(module), function)()
    return WARM_UPS


def fields() -> None:
    """Cost-to-go."""
    from fleet.traffic.csr import from_grid
    from fleet.traffic.fields import cost_to_go, hops_to_go

    roads = from_grid(_YARD)
    cost_to_go(roads, roads.cost, 0)
    hops_to_go(roads, 0)


def engine() -> None:
    """The event-driven engine: on a grid, and with footprints; robots that meet, so that its rescue runs too."""
    from fleet.traffic.csr import from_grid
    from fleet.traffic.engine import Engine

    for radii_m in (None, (0.3,)):
        roads = from_grid(_YARD)
        driving = Engine(roads, radii_m=radii_m)
        ends = ((0, 15), (15, 0), (3, 12), (12, 3))
        for start, goal in ends:
            robot = driving.add()
            driving.place(robot, start)
            driving.set_goal(robot, goal, 0.0)
        driving.set_weights(roads.cost)
        for now in range(60):
            for robot in driving.step(float(now))[0].tolist():
                driving.passed(robot)


if __name__ == "__main__":
    for done in warm_up():
        sys.stderr.write(f"compiled: {done}\n")
