"""Many seeds: over several processes, with a checkpoint file to go on from, and one summary at the end."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from drover.simulation.fsp.mutations import applied
from drover.simulation.fsp.run import simulate

#: Seeds handed to a worker at once, and the checkpoint is written after each of these.
CHUNK_SEEDS = 20
#: Failing seeds that are kept with what fell.
FAILING_MAX = 50


@dataclass(frozen=True)
class Plan:
    """`edges`: 0 lets each seed choose. `mutate`: name of a broken rule, or ""."""

    seeds: int
    hours: float
    first: int = 0
    mutate: str = ""
    edges: int = 0


@dataclass
class Tally:
    """What the seeds so far have shown. `next`: the seed to go on with."""

    next: int = 0
    seeds: int = 0
    simulated_hours: float = 0.0
    events: int = 0
    frames: int = 0
    violations: int = 0
    first_failing_seed: int | None = None
    failing: list[dict[str, Any]] = field(default_factory=list)
    fell: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    settled_s: Counter[int] = field(default_factory=Counter)  # histogram, whole seconds
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def add(self, part: Tally) -> None:
        self.next = max(self.next, part.next)
        for name in ("seeds", "simulated_hours", "events", "frames", "violations", "cpu_s"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        if part.first_failing_seed is not None:
            mine = self.first_failing_seed
            self.first_failing_seed = part.first_failing_seed if mine is None else min(mine, part.first_failing_seed)
        self.failing = (self.failing + part.failing)[:FAILING_MAX]
        self.fell.update(part.fell)
        self.faults.update(part.faults)
        self.settled_s.update(part.settled_s)

    def quantile_s(self, share: float) -> int:
        """Of the simulated seconds from the last fault to all being well."""
        left = share * sum(self.settled_s.values())
        for seconds in sorted(self.settled_s):
            left -= self.settled_s[seconds]
            if left <= 0:
                return seconds
        return 0

    def summary(self) -> dict[str, Any]:
        shown = dict(vars(self))
        for name in ("next", "settled_s"):
            del shown[name]
        shown |= {"fell": dict(self.fell), "faults": dict(self.faults.most_common())}
        shown |= {"settled_p50_s": self.quantile_s(0.5), "settled_p99_s": self.quantile_s(0.99)}
        return shown | {"simulated_hours": round(self.simulated_hours, 3), "cpu_s": round(self.cpu_s, 1)}

    def save(self, path: Path, plan: Plan) -> None:
        text = json.dumps({"plan": asdict(plan), "tally": vars(self)})
        other = path.with_suffix(path.suffix + ".new")
        other.write_text(text, "utf-8")
        os.replace(other, path)

    @classmethod
    def load(cls, path: Path, plan: Plan) -> Tally:
        """Raises ValueError when the file is of another plan (more seeds than then are no other plan)."""
        found = json.loads(path.read_text("utf-8"))
        if {**found["plan"], "seeds": 0} != {**asdict(plan), "seeds": 0}:
            raise ValueError(f"{path} is of another run: {found['plan']}")
        raw = found["tally"]
        histogram = Counter({int(k): v for k, v in raw["settled_s"].items()})
        return cls(**{**raw, "fell": Counter(raw["fell"]), "faults": Counter(raw["faults"]), "settled_s": histogram})


def play(plan: Plan, first: int, count: int) -> Tally:
    """A few seeds, in this process."""
    began = time.process_time()
    tally = Tally(next=first + count)
    with applied(plan.mutate):
        for seed in range(first, first + count):
            outcome = simulate(seed, hours=plan.hours, edges=plan.edges)
            tally.seeds += 1
            tally.simulated_hours += outcome.hours
            tally.events += outcome.events
            tally.frames += outcome.frames
            tally.faults.update(outcome.faults)
            tally.settled_s[int(outcome.settled_s)] += 1
            if outcome.violations:
                tally.violations += len(outcome.violations)
                tally.first_failing_seed = seed if tally.first_failing_seed is None else tally.first_failing_seed
                tally.failing.append({"seed": seed, "fell": [f"{v.rule}: {v.text}" for v in outcome.violations[:3]]})
                tally.fell.update({v.rule for v in outcome.violations})
    tally.cpu_s = time.process_time() - began
    return tally


def campaign(plan: Plan, *, jobs: int, checkpoint: Path | None, told: Callable[[Tally], None], tally: Tally) -> None:
    """Adds to `tally` as results come (in order), so that whoever interrupts has what there is."""
    began = time.monotonic() - tally.wall_s
    tally.next = max(tally.next, plan.first)
    end = plan.first + plan.seeds
    chunks = [(at, min(CHUNK_SEEDS, end - at)) for at in range(tally.next, end, CHUNK_SEEDS)]
    for part in _parts(plan, chunks, jobs):
        tally.add(part)
        tally.wall_s = round(time.monotonic() - began, 1)
        if checkpoint is not None:
            tally.save(checkpoint, plan)
        told(tally)


def _parts(plan: Plan, chunks: list[tuple[int, int]], jobs: int) -> Iterator[Tally]:
    if jobs == 1:
        for first, count in chunks:
            yield play(plan, first, count)
        return
    with ProcessPoolExecutor(jobs) as pool:
        left = iter(chunks)
        running = [pool.submit(play, plan, *chunk) for chunk in islice(left, 2 * jobs)]
        try:
            while running:
                yield running.pop(0).result()
                running += [pool.submit(play, plan, *chunk) for chunk in islice(left, 1)]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
