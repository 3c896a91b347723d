"""One seed from beginning to end."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field

from drover.simulation.fsp import invariants, liveness, moving
from drover.simulation.fsp.config import Config, draw
from drover.simulation.fsp.judges import Judge, Violation
from drover.simulation.fsp.world import World

JUDGES: tuple[type[Judge], ...] = (
    invariants.Recorder,
    liveness.Settled,
    invariants.NoLoss,
    invariants.Once,
    invariants.Fold,
    invariants.Converged,
    invariants.Forward,
    invariants.OneWriter,
    invariants.AckedIsStored,
    invariants.PutAside,
    moving.OneExecutor,
    moving.FencesRise,
    moving.LeaseHolds,
    liveness.OneCopy,
    liveness.StaleWords,
    liveness.Frugal,
)


@dataclass(frozen=True)
class Outcome:
    """Of one seed. `wall_s`: of this machine. `settled_s`: simulated, from the last fault to all being well."""

    seed: int
    hours: float
    events: int
    frames: int
    violations: tuple[Violation, ...]
    settled_s: float
    wall_s: float
    faults: dict[str, int] = field(default_factory=dict)
    log: tuple[str, ...] = ()


def simulate(
    seed: int,
    *,
    hours: float = 1.0,
    edges: int = 0,
    config: Config | None = None,
    judges: Sequence[type[Judge]] = JUDGES,
    log: bool = False,
) -> Outcome:
    """Whatever is raised is a violation too (I19: nothing crashes a machine)."""
    began = time.perf_counter()
    config = config or draw(random.Random(f"config {seed}"), hours=hours, edges=edges)
    world = World(seed, config, judges, log=log)
    try:
        world.run()
    except Exception:  # noqa: BLE001 - a machine that raises is what the judges look for
        world.judges.fell("I19", "raised: " + traceback.format_exc(limit=-6))
    return Outcome(
        seed=seed,
        hours=config.hours,
        events=world.scheduler.events,
        frames=world.net.frames,
        violations=tuple(world.judges.violations),
        settled_s=world.settled_s,
        wall_s=time.perf_counter() - began,
        faults=world.faults.struck,
        log=tuple(world.lines or ()),
    )
