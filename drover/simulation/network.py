"""An in-memory broker on the virtual clock: seeded latency, messages of one topic never overtake each other."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass

#: One way, uniformly, in seconds.
LATENCY_S = (0.005, 0.050)


@dataclass(frozen=True, slots=True, order=True)
class Mail:
    at_s: float
    number: int
    to: int  # index of the robot, or EDGE
    topic: str
    payload: bytes
    retained: bool = False


EDGE = -1


class Network:
    def __init__(self, seed: int, latency_s: tuple[float, float] = LATENCY_S) -> None:
        self._chance = random.Random(seed)
        self._latency_s = latency_s
        self._mail: list[Mail] = []
        self._last_s: dict[tuple[int, str], float] = {}
        self.sent = 0

    def send(self, to: int, topic: str, payload: bytes, now_s: float) -> None:
        arrives_s = now_s + self._chance.uniform(*self._latency_s)
        key = (to, topic)
        arrives_s = max(arrives_s, self._last_s.get(key, 0.0))
        self._last_s[key] = arrives_s
        self.sent += 1
        heapq.heappush(self._mail, Mail(arrives_s, self.sent, to, topic, payload))

    def next_s(self) -> float:
        return self._mail[0].at_s if self._mail else float("inf")

    def pop(self) -> Mail:
        return heapq.heappop(self._mail)
