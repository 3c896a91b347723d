"""One order to drive: the map, the robots, what strikes them, and the policies that are compared on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from drover.bench.traffic import maps
from drover.bench.traffic.bodies import Delays
from drover.bench.traffic.cases import Case, lifelong
from drover.bench.traffic.drive import RandomErrands, Run
from drover.bench.traffic.policies import POLICIES, one_way
from fleet.contracts.errors import InvalidInput
from fleet.traffic.lanes import Lanes


@dataclass(frozen=True, slots=True)
class Order:
    """`against`: names of baselines in POLICIES; chances as in `Delays`."""

    map: Path
    robots: int
    seconds: int = 600
    seed: int = 1
    guidance: bool = True
    stall: float = 0.0
    stop: float = 0.0
    closures: bool = False
    scenario: Path | None = None
    against: tuple[str, ...] = ("b1",)
    radius_m: float = 0.25


def on_or_off(text: str) -> bool:
    """Raises InvalidInput."""
    if text not in ("on", "off"):
        raise InvalidInput(f"{text!r}", field="guidance", fix="use on or off")
    return text == "on"


def baselines(text: str) -> tuple[str, ...]:
    """Names with commas, empty for none. Raises InvalidInput."""
    names = tuple(dict.fromkeys(name for name in text.split(",") if name))
    known = [name for name in POLICIES if not name.startswith("drover")]
    for name in names:
        if name not in known:
            raise InvalidInput(f"no baseline {name!r}", field="against", fix=f"use {', '.join(known)}")
    return names


def make_case(order: Order) -> tuple[Case, Lanes]:
    """Raises NotFound, TooLarge, InvalidInput."""
    delays = Delays(order.stall, order.stop)
    loaded = maps.read(order.map, radius_m=order.radius_m)
    lanes, weights = one_way(loaded.roads)
    starts = goals = None
    if order.scenario is not None:
        starts, goals = maps.read_scenario(order.scenario, loaded, order.robots)
    case = lifelong(
        loaded.roads,
        weights,
        order.robots,
        order.seconds,
        order.seed,
        radius_m=loaded.radius_m,
        grid=loaded.grid,
        delays=delays,
        closures=order.closures,
        starts=starts,
        first_goals=goals,
    )
    return case, lanes


def run(order: Order, told: Callable[[str, int], None] | None = None) -> dict[str, Any]:
    """Baselines, then drover, on one case. Ctrl-C leaves out the policy that was being driven and those after it."""
    case, lanes = make_case(order)
    results: dict[str, dict[str, Any]] = {}
    interrupted = False
    try:
        for name in (*order.against, "drover"):
            policy = POLICIES["drover_unguided" if name == "drover" and not order.guidance else name](case, lanes)
            say = None if told is None else (lambda second, who=name: told(who, second))
            results[name] = asdict(Run(policy, case, RandomErrands(case)).play(say))
    except KeyboardInterrupt:
        interrupted = True
    return {
        "map": order.map.name,
        "nodes": case.roads.n_nodes,
        "seed": order.seed,
        "guidance": "on" if order.guidance else "off",
        "delays": {"stall": order.stall, "stop": order.stop, "closures": len(case.closures)},
        "interrupted": interrupted,
        "policies": results,
        "ratios": _ratios(results),
    }


def _ratios(results: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Throughput of drover over each baseline that finished anything."""
    if "drover" not in results:
        return {}
    ours = results["drover"]["per_s"]
    return {f"drover/{name}": round(ours / r["per_s"], 3) for name, r in results.items() if name != "drover" and r["per_s"]}
