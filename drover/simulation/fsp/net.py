"""The network: each edge node and the hub have a leg to a broker that is a dumb pipe; every leg may fail by itself.

Frames are lost, doubled, delayed and reordered; a leg is cut (one way or both), clogged or slow; the broker forgets everything,
or drops the newest of a full queue; frames of old conversations come again.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from drover.simulation.fsp.clock import Scheduler

#: Frames that the broker holds for one receiver; what comes then is dropped.
QUEUE_FRAMES_MAX = 1000
#: Old frames that may come again.
MEMORY_FRAMES = 200

Frame = tuple[str, bytes]  # stream, payload


@dataclass(slots=True)
class Leg:
    """Between a node and its broker. `out`: towards the broker. Rates are chances per frame, delays in seconds."""

    cut_out: bool = False
    cut_in: bool = False
    clogged_until: float = 0.0
    bytes_per_s: float = 0.0  # 0: no limit
    free_at: float = 0.0


@dataclass(slots=True)
class Weather:
    """How bad the network is while nothing special happens."""

    loss: float = 0.0
    double: float = 0.0
    late: float = 0.0
    delay_min_s: float = 0.005
    delay_mean_s: float = 0.05
    ordered: bool = False


class Net:
    def __init__(self, scheduler: Scheduler, rng: random.Random, weather: Weather) -> None:
        self.scheduler, self.rng, self.weather = scheduler, rng, weather
        self.legs: dict[str, Leg] = {}
        self.broker_run = 0
        self.memory: deque[tuple[str, str, Frame]] = deque(maxlen=MEMORY_FRAMES)
        self.deliver: Callable[[str, str, Frame], None] = lambda edge, to, frame: None
        self.bytes = 0
        self.frames = 0
        self._queued: dict[tuple[str, str], int] = {}
        self._last: dict[tuple[str, str], float] = {}

    def send(self, edge: str, sender: str, to: str, frame: Frame) -> None:
        """`edge`: whose topics; `sender`, `to`: names of legs (that of an edge node, or "hub")."""
        self.bytes += len(frame[1])
        self.frames += 1
        weather, rng = self.weather, self.rng
        self.memory.append((edge, to, frame))
        if weather.loss and rng.random() < weather.loss:
            return
        self.carry(edge, sender, to, frame)
        if weather.double and rng.random() < weather.double:
            self.carry(edge, sender, to, frame)
        if weather.late and rng.random() < weather.late:
            self.scheduler.after(rng.uniform(5.0, 600.0), lambda: self.again(edge, to, frame) if self.weather.late else None)

    def again(self, edge: str, to: str, frame: Frame) -> None:
        """A frame from long ago, out of some queue."""
        self.deliver(edge, to, frame)

    def carry(self, edge: str, sender: str, to: str, frame: Frame) -> None:
        one, two = self.legs[sender], self.legs[to]
        if one.cut_out or two.cut_in:
            return
        queue = (edge, to)
        if self._queued.get(queue, 0) >= QUEUE_FRAMES_MAX:
            return
        weather, now = self.weather, self.scheduler.now
        time = now + weather.delay_min_s + self.rng.expovariate(1.0 / weather.delay_mean_s)
        for leg in (one, two):
            time = max(time, leg.clogged_until)
            if leg.bytes_per_s:
                leg.free_at = max(leg.free_at, now) + len(frame[1]) / leg.bytes_per_s
                time = max(time, leg.free_at)
        if weather.ordered:
            time = self._last[queue] = max(time, self._last.get(queue, 0.0))
        self._queued[queue] = self._queued.get(queue, 0) + 1
        run = self.broker_run

        def arrive() -> None:
            self._queued[queue] = max(0, self._queued.get(queue, 0) - 1)
            if run == self.broker_run and not two.cut_in:
                self.deliver(edge, to, frame)

        self.scheduler.at(time, arrive)

    @property
    def in_flight(self) -> int:
        return sum(self._queued.values())

    def crash_broker(self) -> None:
        """Whatever it held is gone, as measured with a killed broker."""
        self.broker_run += 1
        self._queued.clear()

    def heal(self) -> None:
        for name in self.legs:
            self.legs[name] = Leg()
        self.weather = Weather()
