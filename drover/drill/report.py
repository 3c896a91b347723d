"""What a drill has found, as one document with a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from drover.drill.watch import Watch
from drover.drill.work import Made, Work
from fleet.contracts.resources import Phase

if TYPE_CHECKING:
    from drover.drill.partition import Run

_COUNTERS = ("rows_sent", "rows_resent", "bytes_sent", "bytes_received")
LISTED_MAX = 20


def report(run: Run, watch: Watch, work: Work | None) -> dict[str, Any]:
    lost = watch.undelivered
    at_cloud, at_site = run.missions
    missions = {} if work is None else {"cloud": _side(work.cloud, at_cloud), "site": _side(work.edge, at_cloud)}
    missing = sum(side["lost"] for side in missions.values())
    differing = _differing(at_cloud, at_site)
    twice = {**watch.again, **_titles_twice(at_cloud, "at the cloud"), **_titles_twice(at_site, "at the site")}
    why = []
    if lost:
        why.append(f"{len(lost)} events did not reach the cloud")
    if missing:
        why.append(f"{missing} missions are lost")
    if twice:
        why.append(f"{len(twice)} things were done twice")
    if run.converged_s is None:
        why.append("the two sides did not agree in time")
    if differing:
        why.append(f"{len(differing)} missions ended differently at the two sides")
    return {
        "drill": run.id,
        "edge": run.edge,
        "began_at": round(run.began_at, 3),
        "asked_s": run.for_s,
        "cut_s": round(run.cut_s, 1),
        "interrupted": run.interrupted,
        "events": {"made": len(watch.edge_events), "delivered": len(watch.edge_events) - len(lost), "lost": len(lost)},
        "lost_events": [watch.edge_events[i] for i in lost[:LISTED_MAX]],
        "missions": missions,
        "done_twice": dict(list(twice.items())[:LISTED_MAX]),
        "ended_differently": differing[:LISTED_MAX],
        "robots": {"moved_meanwhile": len(watch.moved), "way_m": round(watch.way_m, 1)},
        "backlog_peak": {
            "to_edge": {"rows": run.peak_down, "bytes": run.peak_down_bytes},
            "to_cloud": {"rows": run.peak_up, "bytes": run.peak_up_bytes},
        },
        "delivered_s": _rounded(run.delivered_s),
        "converged_s": _rounded(run.converged_s),
        "wire": {"edge": _grown(run.before[0], run.after[0]), "cloud": _grown(run.before[1], run.after[1])},
        "problems": run.problems,
        "verdict": "passed" if not why else "failed",
        "why": why,
    }


def _side(made: Made, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Missions made at one side, by what the cloud says of them in the end."""
    by_name = {m["metadata"]["name"]: m.get("status", {}).get("phase", Phase.PENDING) for m in found}
    ends = Counter(str(by_name[name]) for name in made.names.values() if name in by_name)
    done = ends.pop(Phase.DONE, 0)
    failed = ends.pop(Phase.FAILED, 0) + ends.pop(Phase.CANCELLED, 0)
    return {
        "asked": len(made.asked),
        "made": len(made.names),
        "done": done,
        "failed": failed,
        "open": sum(ends.values()),
        "lost": sum(name not in by_name for name in made.names.values()),
        "refused": made.refused[:LISTED_MAX],
    }


def _titles_twice(found: list[dict[str, Any]], where: str) -> dict[str, str]:
    counts = Counter(m["spec"]["title"] for m in found)
    return {f"Mission/{title}": f"is there {n} times {where}" for title, n in counts.items() if n > 1}


def _differing(at_cloud: list[dict[str, Any]], at_site: list[dict[str, Any]]) -> list[str]:
    here = {m["metadata"]["name"]: str(m.get("status", {}).get("phase", "pending")) for m in at_site}
    there = {m["metadata"]["name"]: str(m.get("status", {}).get("phase", "pending")) for m in at_cloud}
    ended = (name for name in here.keys() & there.keys() if Phase(here[name]).ended and Phase(there[name]).ended)
    return [
        f"{name}: {here[name]} at the site, {there[name]} at the cloud" for name in sorted(ended) if here[name] != there[name]
    ]


def _grown(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, int]:
    """Counters of one side of the link since the drill began; a process that was started anew counts from 0."""
    return {
        key: int(after.get(key, 0)) - (int(before.get(key, 0)) if after.get(key, 0) >= before.get(key, 0) else 0)
        for key in _COUNTERS
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
