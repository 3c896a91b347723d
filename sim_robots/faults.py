"""Faults: scripted, or drawn by seed. They happen to the body (stall, error, lie) or to its radio (offline)."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fleet.contracts.errors import InvalidInput
from fleet.contracts.vda5050.state import Error, ErrorLevel
from robot_agent.core.port import AdapterEvent
from sim_robots.world.body import Body

#: Position lies are at most this far off in x and y, metres.
LIE_M_MAX = 3.0


class FaultKind(StrEnum):
    STALL = "stall"  # stands still without a word, then goes on
    ERROR = "error"  # stands still with a FATAL error in its state, then recovers
    OFFLINE = "offline"  # drops off the network, drives on to the end of its base
    LIE = "lie"  # reports a position that it is not at


@dataclass(frozen=True, slots=True)
class Fault:
    """`at_s`: seconds from the start. `lie_m`: offset in x and y, for LIE."""

    robot: str
    kind: FaultKind
    at_s: float
    duration_s: float
    lie_m: tuple[float, float] = (0.0, 0.0)


def draw(
    robots: Sequence[str],
    seconds: float,
    seed: int,
    *,
    per_robot_hour: float = 1.0,
    kinds: Sequence[FaultKind] = (FaultKind.STALL, FaultKind.ERROR, FaultKind.OFFLINE),
    duration_s: tuple[float, float] = (2.0, 40.0),
) -> list[Fault]:
    """Poisson arrivals at each robot, durations uniform; sorted by time. The same seed gives the same faults."""
    chance = random.Random(seed)
    found: list[Fault] = []
    for robot in robots:
        at_s = 0.0
        while per_robot_hour > 0:
            at_s += chance.expovariate(per_robot_hour / 3600.0)
            if at_s >= seconds:
                break
            lie = (chance.uniform(-LIE_M_MAX, LIE_M_MAX), chance.uniform(-LIE_M_MAX, LIE_M_MAX))
            length_s = chance.uniform(*duration_s)
            found.append(Fault(robot, chance.choice(list(kinds)), at_s, length_s, lie))
            at_s += length_s  # one at a time
    return sorted(found, key=lambda f: (f.at_s, f.robot))


#: A delayed robot stands for so long (least, most), seconds: what robots do that see a person, slip or replan locally.
DELAY_S = (2.0, 8.0)
#: For so many delays there is one stop (a blocked lane, a protective field, an operator at the machine), of so many seconds.
STOP_SHARE = 0.01
STOP_S = (60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Delays:
    """Stalls on the way: at each node that it passes, a robot stands still with this chance. Each robot's n-th node has its
    fate by seed, so that two policies meet the same law and the same luck, however they drive."""

    share: float
    seed: int

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InvalidInput(f"delays of {self.share}", field="--delays", fix="use a share from 0 to 1, 0.01 for 1 %")

    def stands_s(self, robot: str, passed: int) -> float:
        """Seconds that the robot stands after passing its n-th node; 0: it goes on."""
        fate = self._chance(robot, passed, "fate")
        if fate >= self.share * (1 + STOP_SHARE):
            return 0.0
        least, most = STOP_S if fate < self.share * STOP_SHARE else DELAY_S
        return least + (most - least) * self._chance(robot, passed, "length")

    def _chance(self, robot: str, passed: int, what: str) -> float:
        return random.Random(zlib.crc32(f"{self.seed}:{robot}:{passed}:{what}".encode())).random()


def begin(fault: Fault, body: Body) -> list[AdapterEvent]:
    """Put the fault on the body; OFFLINE is the network's business."""
    match fault.kind:
        case FaultKind.STALL:
            body.stall()
        case FaultKind.ERROR:
            body.stall(Error(error_type="driveFault", error_level=ErrorLevel.FATAL.value, error_description="a simulated fault"))
        case FaultKind.LIE:
            body.lie_m = fault.lie_m
        case FaultKind.OFFLINE:
            pass
    return []


def end(fault: Fault, body: Body) -> list[AdapterEvent]:
    """Take the fault off the body."""
    body.lie_m = (0.0, 0.0)
    return body.recover() if fault.kind in (FaultKind.STALL, FaultKind.ERROR) else []
