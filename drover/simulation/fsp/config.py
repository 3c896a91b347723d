"""What a seed decides before anything happens: how many edge nodes, how bad the weather, which faults there are at all.

Each seed draws its own subset of faults (swarm testing: Groce et al., ISSTA 2012): a history with few kinds of faults goes deeper
into each than one with all of them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from drover.simulation.fsp.net import Weather

FAULTS = (
    "cut",
    "cut one way",
    "hub cut",
    "half open",
    "flap",
    "clog",
    "slow",
    "broker crash",
    "kill edge",
    "kill hub",
    "reboot edge",
    "stop edge",
    "stop hub",
    "full edge",
    "full hub",
    "hub restored",
    "edge restored",
    "edge store lost",
    "edge salvaged",
    "edge copied",
    "garbage",
    "old frames",
    "swizzle",
    "copy damaged",
)
#: Faults that no history should have often: each is a disaster of its own.
RARE = ("hub restored", "edge restored", "edge store lost", "edge salvaged", "edge copied", "copy damaged")
#: After these somebody has forgotten fences that were given: no protocol can know, so that leases are judged without them.
FORGETTING = ("hub restored", "edge restored", "edge copied")


@dataclass(frozen=True)
class Config:
    """`pause_s`: mean time between faults; `work_s`: between pieces of work; `crash`: chance to die at one step of the shell."""

    hours: float
    edges: int
    faults: tuple[str, ...]
    weather: Weather
    pause_s: float = 120.0
    work_s: float = 20.0
    crash: float = 0.0
    slow_disk_s: float = 0.0
    backup_s: float = 600.0
    admission: int = 8
    poison: bool = False
    future: bool = False
    large: bool = False
    settle_s: float = 300.0
    idle_s: float = 180.0
    wall_skew_s: float = 0.0
    authority: bool = False


def draw(rng: random.Random, *, hours: float, edges: int = 0) -> Config:
    """`edges`: 0 lets the seed choose."""
    faults = tuple(f for f in FAULTS if rng.random() < (0.25 if f in RARE else 0.4))
    edges = edges or rng.choice((1, 1, 1, 1, 2, 2, 3))
    authority = 1 < edges < 10 and rng.random() < 0.6
    if authority:
        faults = tuple(f for f in faults if f not in FORGETTING)
    weather = Weather(
        loss=rng.choice((0.0, 0.0, 0.01, 0.1, 0.3)),
        double=rng.choice((0.0, 0.01, 0.1)),
        late=rng.choice((0.0, 0.0, 0.01)),
        delay_min_s=rng.choice((0.001, 0.02, 0.3)),
        delay_mean_s=rng.choice((0.01, 0.1, 1.0)),
        ordered=rng.random() < 0.5,
    )
    return Config(
        hours=hours,
        edges=edges,
        faults=faults,
        weather=weather,
        pause_s=rng.choice((40.0, 120.0, 300.0)),
        work_s=rng.choice((3.0, 10.0, 30.0)),
        crash=rng.choice((0.0, 0.0, 0.0005, 0.003, 0.01)),
        slow_disk_s=rng.choice((0.0, 0.02, 0.5, 3.0)),
        backup_s=rng.choice((120.0, 600.0, 1500.0)),
        admission=rng.choice((1, 8)),
        poison=rng.random() < 0.3,
        future=rng.random() < 0.3,
        large=rng.random() < 0.05,
        authority=authority,
    )
