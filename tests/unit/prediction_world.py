"""A small made-up site: two parallel streets; on the one that many robots plan to take, each crossing takes 8 s longer."""

from __future__ import annotations

import numpy as np

from fleet.planning.prediction.predictor import Plans, Predictor
from fleet.planning.prediction.settings import Settings
from fleet.traffic.csr import RoadArrays, from_grid
from fleet.traffic.fields import cost_to_go

ROWS = ("........", "@@@@@@@@", "........")
QUICK = Settings(retrain_s=300.0, trial_s=150.0, horizons_s=(30.0, 120.0), settle_s=60.0, samples_min=100)


def roads() -> RoadArrays:
    return from_grid(ROWS)


class Streets:
    """Groups of robots announce 150 s ahead which street they will drive down, and then do; a big group delays itself."""

    def __init__(self, predictor: Predictor, seed: int) -> None:
        self.predictor, self.dice = predictor, np.random.default_rng(seed)
        self.net = predictor.roads
        index = self.net.node_index
        self.starts = np.array([index["0-0"], index["0-2"]], np.int32)
        self.goals = np.array([index["7-0"], index["7-2"]], np.int32)
        self.fields = np.stack([cost_to_go(self.net, self.net.cost, int(g)) for g in self.goals])
        self.edges = [np.array([self.net.edge_index[f"{x}-{y}>{x + 1}-{y}"] for x in range(7)], np.int32) for y in (0, 2)]
        self.sizes: dict[int, tuple[int, int]] = {}

    def size(self, bin_: int) -> tuple[int, int]:
        if bin_ not in self.sizes:
            big = int(self.dice.integers(2))
            self.sizes[bin_] = (8, 4) if big == 0 else (4, 8)
        return self.sizes[bin_]

    def run(self, bins: int, first: int = 0) -> None:
        bin_s = self.predictor.settings.bin_s
        for b in range(first, first + bins):
            now = b * bin_s
            self.predictor.step(now)
            ahead = [(b + k, street) for k in range(11) for street in (0, 1) for _ in range(self.size((b + k) // 4)[street])]
            street = np.array([s for _, s in ahead], np.int32)
            start_s = np.array([(k - b) * bin_s for k, _ in ahead], np.float64)
            self.predictor.plan(
                now,
                Plans.single(self.starts[street], start_s, np.zeros(len(street)), street, self.goals[street], self.fields),
            )
            for s in (0, 1):
                count = self.size(b // 4)[s]
                delay_s = 8.0 if count > 6 else 0.0
                for x, edge in enumerate(self.edges[s]):
                    began = np.full(count, now + min(x * (1 + 0.1 * delay_s), 4.0))
                    end = began + 1.0 + delay_s
                    self.predictor.observe(now + 14.0, np.full(count, edge), began, end)
