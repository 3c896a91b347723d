"""Traffic prediction: how good it is, and what it is good for.

    python benchmarks/traffic/prediction.py throughput --seeds 10 --seed 1 --robots 150 [--map FILE.map]
    python benchmarks/traffic/prediction.py skill --seed 1 --robots 150

`throughput`: finished errands per second of executed runs with guidance off, by running means (ema), by plans in hand
(forecast), by the switch's choice between those two (auto) and by the counts of the forecast's own run (oracle); same seeds,
differences in per cent with 95 % intervals of paired means. `skill`: errors of edge delays at each lead time and of ETAs, from
one long run. Prints JSON; CPU seconds are those of this
process. Helpers of the engine against livelock are off (`stuck_s`), so that guidance alone is compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.traffic.forecast_world import DEMANDS, ROADS, EnginePolicy, WatchedRun, World, made_warehouse
from drover.bench.traffic.bodies import Delays
from fleet.planning.prediction.history import F32
from fleet.planning.prediction.predictor import Predictor
from fleet.planning.prediction.times import TimeTable
from fleet.traffic.engine import Tuning
from fleet.traffic.guidance import Guidance, GuidanceSettings

PAIRS = (("ema", "off"), ("forecast", "ema"), ("auto", "ema"), ("oracle", "ema"))
ARMS = ("off", "ema", "forecast", "auto", "oracle")
#: Between renewals of the weights; how far ahead flow is expected; strength of opposing flow, the same for all arms.
RENEW_S, AHEAD_S, OPPOSING = 10, 60.0, 2.0
TUNING = Tuning(stuck_s=1e9)


def play(
    world: World, arm: str, robots: int, seconds: int, seed: int, delays: Delays, future: F32 | None
) -> tuple[Any, F32, float]:
    """One run: its result, entries of each edge and second float32[T, E], the share of renewals that listened to plans."""
    settings = GuidanceSettings(hard=world.kind == "hard", opposing=OPPOSING, period_s=RENEW_S)
    guidance = Guidance(world.roads, None if world.kind == "two-way" else world.lanes, settings)
    engine = EnginePolicy(world.roads, seed=seed, tuning=TUNING)
    engine.set_weights(guidance.weights())
    run = WatchedRun(engine, world.case(robots, seconds, seed, delays), world.demand)
    predictor = Predictor(world.roads) if arm in ("forecast", "auto") else None
    entries: list[F32] = []
    listened: list[bool] = []

    def told(second: int) -> None:
        entered = run.take_entries(world.roads.n_edges)
        entries.append(entered.astype(np.float32))
        if arm == "off":
            run.take_crossings()
            return
        if second % RENEW_S == 0:
            if predictor is not None:
                run.feed(predictor)
                flow = predictor.flows(AHEAD_S, judged=arm == "auto")
                listened.append(flow is not None)
                guidance.expect(None if flow is None else flow.astype(np.float64))
            elif future is not None:
                rows = future[second : second + int(AHEAD_S)]
                guidance.expect(rows.mean(axis=0) if len(rows) else None)
        if predictor is None:
            run.take_crossings()
        edges = np.repeat(np.arange(len(entered)), entered).astype(np.int32)
        if guidance.observe(edges, run.bodies.at[run.bodies.edge < 0], 1.0):
            engine.set_weights(guidance.weights())

    result = run.play(told)
    return result, np.stack(entries), float(np.mean(listened)) if listened else 0.0


def throughput(
    world: World, robots: int, seconds: int, seeds: Sequence[int], delays: Delays, arms: Sequence[str]
) -> dict[str, Any]:
    rates: dict[str, list[float]] = {arm: [] for arm in arms}
    p95: dict[str, list[float]] = {arm: [] for arm in arms}
    cpu: dict[str, float] = dict.fromkeys(arms, 0.0)
    bad, share = 0, []
    for seed in seeds:
        future: F32 | None = None
        for arm in arms:
            began = time.process_time()
            result, entries, listened = play(world, arm, robots, seconds, seed, delays, future)
            cpu[arm] += time.process_time() - began
            rates[arm].append(result.per_s)
            p95[arm].append(result.errand_p95_s)
            bad += result.collisions
            if arm == "forecast":
                future = entries
            if arm == "auto":
                share.append(listened)
    return {
        "roads": world.kind,
        "demand": world.demand,
        "robots": robots,
        "nodes": world.roads.n_nodes,
        "per_s": {arm: round(float(np.mean(r)), 3) for arm, r in rates.items()},
        "errand_p95_s": {arm: round(float(np.mean(r)), 1) for arm, r in p95.items()},
        **{f"{new}_vs_{old}_pct": paired(rates[new], rates[old]) for new, old in PAIRS if new in rates and old in rates},
        "plans_listened_to": round(float(np.mean(share)), 2) if share else None,
        "collisions": bad,
        "cpu_s_per_run": {arm: round(v / len(seeds), 2) for arm, v in cpu.items()},
    }


def paired(new: Sequence[float], old: Sequence[float]) -> list[float]:
    """[mean, low, high] of the difference in per cent of the old mean, 95 % interval of paired means."""
    gains = 100 * (np.array(new) - np.array(old)) / max(1e-9, float(np.mean(old)))
    half = float(stats.t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else float("nan")
    return [round(float(gains.mean()), 1), round(float(gains.mean()) - half, 1), round(float(gains.mean()) + half, 1)]


class Skill:
    """One long run under running-mean guidance: all levels answer, none is listened to. Errors of the second half."""

    LEVELS = ("free flow", "last seen", "running mean", "forecast")

    def __init__(self, world: World, robots: int, seconds: int, seed: int, delays: Delays) -> None:
        self.world, self.seconds = world, seconds
        self.predictor = Predictor(world.roads)
        settings = GuidanceSettings(hard=world.kind == "hard", opposing=OPPOSING, period_s=RENEW_S)
        self.guidance = Guidance(world.roads, None if world.kind == "two-way" else world.lanes, settings)
        self.engine = EnginePolicy(world.roads, seed=seed, tuning=TUNING)
        self.engine.set_weights(self.guidance.weights())
        self.run = WatchedRun(self.engine, world.case(robots, seconds, seed, delays), world.demand, self._ask)
        self.tables = [TimeTable(world.roads, self.predictor.settings.horizons_s) for _ in self.LEVELS]
        self.edges: dict[float, list[np.ndarray]] = {h: [] for h in self.predictor.settings.horizons_s}
        self._open: list[tuple[int, list[F32]]] = []

    def play(self) -> dict[str, Any]:
        began = time.process_time()
        result = self.run.play(self._told)
        return {
            "roads": self.world.kind,
            "demand": self.world.demand,
            "robots": self.run.n,
            "per_s": result.per_s,
            "collisions": result.collisions,
            "edge_delay": {str(int(h)): self._edge_errors(h) for h in self.edges},
            **self._trip_errors(),
            "levels": [level.name for level in self.predictor.levels()],
            "shadow": list(self.predictor.trial.told),
            "cpu_s": round(time.process_time() - began, 1),
        }

    def _told(self, second: int) -> None:
        entered = self.run.take_entries(self.world.roads.n_edges)
        edges = np.repeat(np.arange(len(entered)), entered).astype(np.int32)
        if self.guidance.observe(edges, self.run.bodies.at[self.run.bodies.edge < 0], 1.0):
            self.engine.set_weights(self.guidance.weights())
        if second % int(self.predictor.settings.bin_s) == 0:
            self.run.feed(self.predictor)
            self._answer(second)

    def _answer(self, second: int) -> None:
        p = self.predictor
        mean, said = p.history.delay_s, p.learning.answers(p.outlook, float(second))
        horizons = range(len(p.settings.horizons_s))
        answers = [
            [np.zeros_like(mean) for _ in horizons],
            [p.history.last_s for _ in horizons],
            [mean for _ in horizons],
            [said.get(h, mean) for h in horizons],
        ]
        for table, rows in zip(self.tables, answers, strict=True):
            table.fill(np.stack([rows[0] if table is not self.tables[3] else mean, *rows]))
        if second < self.seconds / 2:
            return
        self._open.append((p.history.bin, [np.stack(rows).copy() for rows in answers]))
        settle = int(p.settings.settle_s / p.settings.bin_s)
        for h, horizon_s in enumerate(p.settings.horizons_s):
            ahead = int(horizon_s / p.settings.bin_s)
            for bin_, told in self._open:
                if bin_ == p.history.bin - ahead - settle - 2:
                    weight, target = p.history.target(bin_ + ahead)
                    seen = weight > 0
                    columns = [weight[seen], target[seen], *(rows[h][seen] for rows in told)]
                    self.edges[horizon_s].append(np.stack(columns, axis=1))
        del self._open[: max(0, len(self._open) - p.settings.bins_kept)]

    def _ask(self, i: int) -> tuple[float, ...]:
        """Free-flow seconds of its way, and what each level says the way takes; the last one scaled by trips so far."""
        crew = self.engine.crew
        way = self.predictor.way(self.engine.cache.rows[crew.row[i]], int(self.run.bodies.at[i]), int(crew.goal[i]))
        if way is None:
            return ()
        return tuple(table.along(way, 0.0, None) for table in self.tables)

    def _edge_errors(self, horizon_s: float) -> dict[str, Any]:
        rows = np.concatenate(self.edges[horizon_s])
        weight, target = rows[:, 0], rows[:, 1]
        found: dict[str, Any] = {"mean_delay_s": round(float(weight @ target / weight.sum()), 3), "crossings": int(weight.sum())}
        for k, name in enumerate(self.LEVELS):
            missed = rows[:, 2 + k] - target
            mae, rmse = weight @ np.abs(missed) / weight.sum(), np.sqrt(weight @ missed**2 / weight.sum())
            found[name] = {"mae_s": round(float(mae), 3), "rmse_s": round(float(rmse), 3)}
        return found

    def _trip_errors(self) -> dict[str, Any]:
        """ETAs of trips that began in the second half. Scaling learns from trips that had ended when the trip began."""
        trips = [t for t in self.run.seen.trips if len(t) == 2 + len(self.LEVELS)]
        table = np.array(trips)
        began, took, free = table[:, 0], table[:, 1], table[:, 2]
        said = {name: table[:, 2 + k] for k, name in enumerate(self.LEVELS)}
        for name in ("free flow", "running mean", "forecast"):
            said[f"{name}, scaled"] = _scaled(began, took, free, said[name], by_delay=name != "free flow")
        late = began >= self.seconds / 2
        errors = {}
        for name, values in said.items():
            missed = (values - took)[late]
            errors[name] = {
                "mae_s": round(float(np.abs(missed).mean()), 2),
                "rmse_s": round(float(np.sqrt((missed**2).mean())), 2),
                "bias_s": round(float(missed.mean()), 2),
            }
        return {"trips": int(late.sum()), "trip_mean_s": round(float(took[late].mean()), 1), "eta": errors}


def _scaled(began: F32, took: F32, free: F32, said: F32, *, by_delay: bool) -> F32:
    """Predictions scaled by one factor from the trips that had ended before: of the delay, or (free flow) of the whole."""
    from fleet.planning.prediction.trips import Trips

    ended = np.argsort(began + took, kind="stable")
    out, k, trips, ratio = said.copy(), 0, Trips(), [1.0, 1.0]
    for i in np.argsort(began, kind="stable").tolist():
        while k < len(ended) and began[ended[k]] + took[ended[k]] <= began[i]:
            j = ended[k]
            trips.ended(free[j], said[j], took[j])
            ratio = [0.995 * ratio[0] + took[j], 0.995 * ratio[1] + free[j]]
            k += 1
        out[i] = free[i] + (said[i] - free[i]) * trips.scale if by_delay else free[i] * ratio[0] / ratio[1]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("throughput", "skill"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--robots", type=int, default=150)
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("--map", default="", help="a MovingAI map; else a made warehouse of 1,699 cells")
    parser.add_argument("--roads", nargs="+", default=list(ROADS), choices=ROADS)
    parser.add_argument("--demand", nargs="+", default=list(DEMANDS), choices=DEMANDS)
    parser.add_argument("--arms", nargs="+", default=list(ARMS), choices=ARMS, help="forecast comes before oracle")
    parser.add_argument("--stall", type=float, default=0.0)
    args = parser.parse_args()
    rows = Path(args.map).read_text(encoding="utf-8").splitlines()[4:] if args.map else made_warehouse(6, 12)
    delays = Delays(stall=args.stall)
    for roads in args.roads:
        for demand in args.demand:
            world = World.of(rows, roads, demand)
            if args.what == "skill":
                found = Skill(world, args.robots, args.seconds or 3600, args.seed, delays).play()
            else:
                seeds = range(args.seed, args.seed + args.seeds)
                found = throughput(world, args.robots, args.seconds or 360, seeds, delays, args.arms)
            print(json.dumps({"what": args.what, "seed": args.seed, "stall": args.stall, **found}), flush=True)


if __name__ == "__main__":
    main()
