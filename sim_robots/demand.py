"""Random transports between the places of a site: the work that a load generator and a simulation ask for, by seed.

`Demand` is uniform. `Orders` adds what makes real demand hard: few places that most loads come from or go to, hot spots that
move over the day, trucks that bring many loads to one dock at once, urgent orders, promised times.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from fleet.contracts.command_ir import Action, CommandIr, Outcome, Priority, TaskIr
from fleet.contracts.errors import InvalidInput

#: Kinds of places where nothing is picked or dropped.
NOT_WORKED_AT = frozenset({"charger", "parking", "no_robot_zone", "lift", "elevator", "door"})

PATTERNS = ("uniform", "busy")
#: A place's weight falls with its rank to this power (Zipf): with 50 places the five hottest see about two fifths of all work.
HOT_POWER = 0.9
#: The ranks of places change this often, seconds.
SHIFT_EVERY_S = 1800.0
#: Chance that an order is the first of a batch from one place, and how many such a batch has at most.
BATCH_CHANCE = 0.03
BATCH_MAX = 12
#: How much the rate of arrivals rises and falls, and how long a wave is, seconds.
WAVE_SHARE, WAVE_S = 0.5, 2400.0
#: Share of orders by priority, and the promised time of those that have one, seconds after the order (least, most).
PRIORITY_SHARES = ((Priority.LOW, 0.10), (Priority.NORMAL, 0.75), (Priority.HIGH, 0.10), (Priority.URGENT, 0.05))
DEADLINE_SHARE = 0.5
DEADLINES_S = {
    Priority.LOW: (1800.0, 3600.0),
    Priority.NORMAL: (900.0, 1800.0),
    Priority.HIGH: (450.0, 900.0),
    Priority.URGENT: (240.0, 480.0),
}


class Job(NamedTuple):
    """`deadline_s`: promised, seconds after the order; None: no promise."""

    source: str
    target: str
    priority: Priority = Priority.NORMAL
    deadline_s: float | None = None


class Demand:
    """Pairs (source, target) of distinct places, uniformly; the same seed gives the same pairs."""

    def __init__(self, places: Sequence[str], seed: int) -> None:
        if len(places) < 2:
            raise InvalidInput(f"{len(places)} places to work at", field="places", fix="a transport needs two places")
        self._places = sorted(places)
        self._chance = random.Random(seed)

    def next(self) -> tuple[str, str]:
        source, target = self._chance.sample(self._places, 2)
        return source, target


class Orders:
    """Jobs in a pattern. The n-th job depends on the seed alone, but for which places are hot when it is asked for."""

    def __init__(self, places: Sequence[str], seed: int, pattern: str = "uniform") -> None:
        if pattern not in PATTERNS:
            raise InvalidInput(f"no pattern {pattern!r}", field="--demand", fix=f"one of {', '.join(PATTERNS)}")
        self._uniform = Demand(places, seed)
        self._busy = pattern == "busy"
        self._places = sorted(places)
        self._seed = seed
        self._chance = random.Random(seed ^ 0x5EED)
        self._batch: list[str] = []
        self._shift = -1
        self._hot: list[str] = []
        self._sums = list(accumulate(1.0 / (rank + 1) ** HOT_POWER for rank in range(len(self._places))))

    def job(self, at_s: float) -> Job:
        """The next order. `at_s`: seconds since the beginning."""
        if not self._busy:
            return Job(*self._uniform.next())
        self._turn(int(at_s // SHIFT_EVERY_S))
        source = self._batch.pop() if self._batch else self._draw()
        if not self._batch and self._chance.random() < BATCH_CHANCE:
            self._batch = [source] * self._chance.randrange(BATCH_MAX)
        target = self._draw()
        while target == source:
            target = self._draw()
        priority = self._chance.choices([p for p, _ in PRIORITY_SHARES], [share for _, share in PRIORITY_SHARES])[0]
        promised = self._chance.random() < DEADLINE_SHARE or priority is Priority.URGENT
        return Job(source, target, priority, self._chance.uniform(*DEADLINES_S[priority]) if promised else None)

    def arrivals(self, per_hour: float) -> Iterator[float]:
        """Seconds since the beginning at which orders come: Poisson, in waves when busy; without end."""
        if not 0 < per_hour < 1e6:
            raise InvalidInput(f"{per_hour} orders an hour", field="--arrivals", fix="use more than 0 and less than a million")
        chance = random.Random(self._seed ^ 0xA441)
        most = per_hour * (1 + WAVE_SHARE if self._busy else 1.0) / 3600.0
        at_s = 0.0
        while True:  # thinning of a Poisson process (Lewis and Shedler 1979)
            at_s += chance.expovariate(most)
            wave = (1 + WAVE_SHARE * math.sin(math.tau * at_s / WAVE_S)) / (1 + WAVE_SHARE) if self._busy else 1.0
            if chance.random() < wave:
                yield at_s

    def _turn(self, shift: int) -> None:
        if shift != self._shift:
            self._shift, self._hot = shift, list(self._places)
            random.Random(self._seed * 1_000_003 + shift).shuffle(self._hot)

    def _draw(self) -> str:
        return self._chance.choices(self._hot, cum_weights=self._sums)[0]


def work_places(places: Iterable[tuple[str, str]]) -> list[str]:
    """Names out of (name, kind): where loads are picked and dropped."""
    return sorted(name for name, kind in places if kind not in NOT_WORKED_AT)


def transport(source: str, target: str) -> CommandIr:
    return CommandIr(outcome=Outcome.PLAN, tasks=(TaskIr(ref="t1", action=Action.TRANSPORT, source=source, target=target),))
