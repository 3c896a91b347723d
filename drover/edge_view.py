"""What an operator is told of an edge node and of a command's way to it: one word of state, and sentences. Pure.

The page says the same in the same words (cloud/web/src/model/edges.ts, life.ts).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from fleet.contracts.resources import Phase

Fields = Mapping[str, Any]

#: Words of `sync_state` that say more than the link does.
_SYNC_WORDS = {"quarantined": "quarantined", "refilling": "refilling", "snapshot": "snapshot"}
#: States in which nothing can be delivered now.
AWAY = frozenset({"offline", "suspect", "quarantined"})


def state_word(status: Fields) -> str:
    """online | suspect | offline | quarantined | refilling | snapshot | unknown."""
    conditions = {c.get("type"): c for c in status.get("conditions", ())}
    if conditions.get("Quarantined", {}).get("status") == "True":
        return "quarantined"
    link = str(status.get("link") or "unknown")
    if link == "online":
        if word := _SYNC_WORDS.get(str(status.get("sync_state", ""))):
            return word
        if "Heard" in conditions:
            return "suspect"
    return link


def candidates(status: Fields) -> dict[str, str]:
    """Boot -> what is known of that copy, of a quarantined edge node (cloud/hub/reports.py writes "boot: what; ...")."""
    for condition in status.get("conditions", ()):
        if condition.get("type") == "Quarantined" and condition.get("status") == "True":
            pairs = (part.split(": ", 1) for part in str(condition.get("message", "")).split("; "))
            return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
    return {}


def stop_holders(spec: Fields, status: Fields) -> list[dict[str, str]]:
    """Who holds a stop: "cloud" or "site", and the person."""
    held = [("cloud", i) for i in spec.get("inhibits", ())] + [("site", i) for i in status.get("inhibits", ())]
    return [{"holder": who, "by": str(i.get("by", "")), "id": str(i.get("id", ""))} for who, i in held if i.get("kind") == "stop"]


def budget_text(status: Fields) -> str:
    """ "63 d (storage)", or "no end in sight"."""
    left_s = status.get("offline_budget_s")
    if left_s is None:
        return "no end in sight"
    limit = status.get("offline_limit")
    return length(float(left_s)) + (f" ({limit})" if limit else "")


def length(seconds: float) -> str:
    """A length of time for people: 8 s, 3 min, 2 h, 63 d."""
    for unit, size, most in (("s", 1, 100), ("min", 60, 6000), ("h", 3600, 172800)):
        if seconds < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


def summary(item: Fields, now: float | None = None) -> dict[str, Any]:
    """One edge node for a program: state, backlog both ways, ages in seconds at `now` (Unix seconds)."""
    now = time.time() if now is None else now
    spec, status = item.get("spec", {}), item.get("status", {})
    oldest = [at for at in (status.get("backlog_oldest_at"), status.get("oldest_unacked_at")) if at]
    return {
        "name": item["metadata"]["name"],
        "state": state_word(status),
        "link": status.get("link", "unknown"),
        "last_seen_at": status.get("last_seen_at"),
        "converged_at": status.get("converged_at"),
        "digest": status.get("digest") or "unknown",
        "backlog": {
            "to_edge": {"rows": status.get("backlog", 0), "bytes": status.get("backlog_bytes", 0)},
            "to_cloud": {"rows": status.get("backlog_up", 0), "bytes": status.get("backlog_up_bytes", 0)},
        },
        "oldest_unacked_s": round(now - min(oldest), 1) if oldest else None,
        "kept": status.get("kept", 0),
        "dead_letters": status.get("dead_letters", 0),
        "offline_budget_s": status.get("offline_budget_s"),
        "offline_limit": status.get("offline_limit", ""),
        "edge_epoch": status.get("edge_epoch", 0),
        "clock_offset_s": status.get("clock_offset_s"),
        "stops": stop_holders(spec, status),
        "robots": status.get("robots", 0),
        "robots_online": status.get("robots_online", 0),
        "candidates": candidates(status),
        "api_url": spec.get("api_url", ""),
    }


def life(item: Fields, edges: Mapping[str, Fields], now: float | None = None) -> str:
    """A mission's or task's way: asked, sent, delivered, doing, done, refused; and what it waits for.

    `edges`: EdgeNodes by name. Sent: it is in the queue to its edge node; delivered: that has taken this generation.
    """
    now = time.time() if now is None else now
    spec, status = item.get("spec", {}), item.get("status", {})
    phase = Phase(status.get("phase", Phase.PENDING))
    if phase is Phase.FAILED:
        return ("failed" if status.get("started_at") else "refused") + (f": {status['reason']}" if status.get("reason") else "")
    if phase.ended:
        return phase.value
    taken = int(status.get("observed_generation", 0)) >= int(item["metadata"].get("generation", 0))
    desired = spec.get("desired", "run")
    what = f"{desired} sent" if desired != "run" and not taken else "sent"
    begun = phase in (Phase.RUNNING, Phase.PAUSED, Phase.CANCELLING)
    node = edges.get(spec.get("edge", "")) or (next(iter(edges.values())) if len(edges) == 1 else None)
    if node is None or not state_known(node):  # the edge node's own API: what it shows, it has
        return "doing" if begun else "asked" if node is None else "delivered"
    waits = "" if taken else waiting_for(node, now)
    fates = [c for c in status.get("conditions", ()) if c.get("type") == "Fate" and c.get("status") == "Unknown"]
    if fates and not waits:
        return f"fate unknown ({fates[0].get('reason', '')})"
    if begun or phase is Phase.ASSIGNED or taken:
        word = "doing" if begun else "delivered"
        return f"{word}; {what}, {waits}" if waits and desired != "run" else word
    return f"{what}, {waits}" if waits else what


def waiting_for(node: Fields, now: float) -> str:
    """ "waiting for edge-1, away for 3 min"; "" where it can be reached."""
    status = node.get("status", {})
    if state_word(status) not in AWAY:
        return ""
    seen_at = status.get("last_seen_at")
    return f"waiting for {node['metadata']['name']}, away" + (f" for {length(now - seen_at)}" if seen_at else "")


def state_known(node: Fields) -> bool:
    return state_word(node.get("status", {})) != "unknown"
