"""The offline budget: how long an edge node can run without the cloud, and what ends first (sync design, 7).

    inputs = BudgetInputs(quota_bytes=..., queued_bytes=..., bytes_per_s=meter.rate(now), ...)
    budget = offline_budget(inputs, now)
    budget.seconds, budget.sentence      # 5443200.0, "can run 63 d without the cloud; what ends first: storage"

Nothing at a site needs the cloud to run: robots, batteries, planning and the page are local, and no local function looks at
anything that the cloud issues and that expires. What ends is room for what the cloud has not yet heard, on the disk or in the
quota of its queue, and the lease of a task that somebody wants to stop when the cloud is silent. Each limit says what it stops:
the whole site, one task, or nothing (it only makes the return more costly).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fleet.autonomy.durations import in_words
from fleet.contracts.resources import OnDisconnect

#: From this share of the queue's quota on, no new work is taken (sync design, 7).
NO_NEW_WORK_AT = 0.8
#: On the disk, a row takes about so many times the bytes of its body (index entries, page fill, the write-ahead log).
DISK_FACTOR = 1.6
#: A budget that has changed by less than this share is not reported anew: an idle site says little.
STEADY_SHARE = 0.1
#: A budget longer than this is as good as none, and numbers beyond are guesses, seconds (10 years).
LONGEST_S = 10 * 365 * 86400.0


class Scope(StrEnum):
    """What a limit stops when it comes."""

    SITE = "site"  # no new work is taken
    TASK = "task"  # this task stops, as it was asked to
    MERGE = "merge"  # nothing stops; coming back costs more


@dataclass(frozen=True, slots=True)
class LeaseInput:
    """A leased task in hand. `ends_at`: this clock's time at which its lease ends; None: it has ended, or was never confirmed."""

    task: str
    policy: OnDisconnect
    ends_at: float | None
    lease_s: float = 0.0


@dataclass(frozen=True, slots=True)
class BudgetInputs:
    """What the edge node's shell knows. Bytes, seconds; times on the shell's own clock, as `now`.

    `queued_bytes`: rows that the cloud has not committed; `bytes_per_s`: how fast they come when the cloud is away (RateMeter);
    None: not measured yet. `disk_free_bytes` None: unknown. `reserve_bytes`: what must stay free (ballast). `kept_rows`: tail
    that is committed but in no backup yet. `away_since`: when the cloud was last heard; None: it is heard. `known_s`: how long
    deletions are remembered (tombstones). `expiries`: name -> time of what expires (certificate, token); none now.
    """

    quota_bytes: int
    queued_bytes: int
    bytes_per_s: float | None = None
    disk_free_bytes: int | None = None
    reserve_bytes: int = 0
    kept_rows: int = 0
    leases: tuple[LeaseInput, ...] = ()
    away_since: float | None = None
    known_s: float = 30 * 86400.0
    expiries: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """`seconds` None: no end in sight. `sentence`: what happens, for people."""

    name: str
    seconds: float | None
    sentence: str
    scope: Scope = Scope.SITE


@dataclass(frozen=True, slots=True)
class Budget:
    """`limits`: the soonest first, those without an end last. `seconds`: until the first that stops the site; None: none does."""

    limits: tuple[Limit, ...]
    seconds: float | None
    sentence: str

    @property
    def first(self) -> Limit:
        """The soonest of all that stop something: the site, or a task."""
        return next((limit for limit in self.limits if limit.scope is not Scope.MERGE), self.limits[0])

    @property
    def first_of_site(self) -> Limit:
        return next(limit for limit in self.limits if limit.scope is Scope.SITE)


def offline_budget(inputs: BudgetInputs, now: float) -> Budget:
    """All limits, and the sentence for an operator. Never raises; odd numbers count as their nearest sensible value."""
    limits = [
        _storage(inputs),
        _disk(inputs),
        _kept(inputs),
        _tombs(inputs, now),
        Limit("batteries", None, "robots charge by the site's own rules; no cloud is needed"),
        *_leases(inputs, now),
        *_expiries(inputs, now),
    ]
    limits.sort(key=lambda limit: (limit.seconds is None, limit.seconds or 0.0))
    site = next((limit for limit in limits if limit.scope is Scope.SITE and limit.seconds is not None), None)
    return Budget(tuple(limits), site.seconds if site is not None else None, _sentence(site, limits))


def budget_status(budget: Budget, previous_s: float | None = None, previous_limit: str = "") -> dict[str, Any]:
    """Fields for EdgeNodeStatus. As before while the change is small, so that an idle site does not report it each second."""
    seconds = None if budget.seconds is None else float(int(budget.seconds))
    limit = budget.first_of_site.name if seconds is not None else ""
    known = previous_s if previous_limit == limit else None
    if seconds is not None and known and abs(seconds - known) <= STEADY_SHARE * known:
        seconds = known
    return {"offline_budget_s": seconds, "offline_limit": limit}


# ---- the limits ---------------------------------------------------------------------------------------------------------


def _storage(inputs: BudgetInputs) -> Limit:
    room = max(0.0, inputs.quota_bytes * NO_NEW_WORK_AT - inputs.queued_bytes)
    name, what = "storage", "the queue to the cloud has no room for new work"
    return _filling(name, room, inputs.bytes_per_s, 1.0, what)


def _disk(inputs: BudgetInputs) -> Limit:
    if inputs.disk_free_bytes is None:
        return Limit("disk", None, "free space on the disk is unknown")
    room = max(0.0, float(inputs.disk_free_bytes - inputs.reserve_bytes))
    return _filling("disk", room, inputs.bytes_per_s, DISK_FACTOR, "the disk is full but for its reserve")


def _filling(name: str, room: float, bytes_per_s: float | None, factor: float, what: str) -> Limit:
    if room <= 0.0:
        return Limit(name, 0.0, f"{what} now")
    if bytes_per_s is None:
        return Limit(name, None, f"{room / 2**20:.0f} MiB left; how fast it fills is not measured yet")
    if bytes_per_s <= 0.0 or room / (bytes_per_s * factor) > LONGEST_S:
        return Limit(name, None, f"{room / 2**20:.0f} MiB left, and next to nothing is written")
    seconds = room / (bytes_per_s * factor)
    return Limit(name, seconds, f"in {in_words(seconds)}, {what}")


def _kept(inputs: BudgetInputs) -> Limit:
    """It only shrinks while the cloud is away: rows enter it when the cloud has committed them, and it gives way to the queue."""
    text = f"{inputs.kept_rows} rows kept for the cloud's backups; no more come while the cloud is away"
    return Limit("kept tail", None, text, Scope.MERGE)


def _tombs(inputs: BudgetInputs, now: float) -> Limit:
    """They are for a cloud that was restored from a backup; a cloud that remembers repairs by digest, however long it took."""
    since = inputs.away_since if inputs.away_since is not None else now
    seconds = max(0.0, since + inputs.known_s - now)
    text = f"in {in_words(seconds)} away, old deletions are forgotten here: a cloud restored from a backup could bring them back"
    return Limit("deletions", seconds, text, Scope.MERGE)


def _leases(inputs: BudgetInputs, now: float) -> list[Limit]:
    """Those that end by themselves: `continue` never does."""
    limits = []
    for lease in inputs.leases:
        if lease.policy is OnDisconnect.CONTINUE:
            continue
        does = "stops" if lease.policy is OnDisconnect.STOP_NOW else "goes to a safe point and waits"
        seconds = 0.0 if lease.ends_at is None else max(0.0, lease.ends_at - now)
        when = f"in {in_words(seconds)}" if seconds else "now"
        limits.append(Limit(f"lease of {lease.task}", seconds, f"{when}, {lease.task} {does} ({lease.policy})", Scope.TASK))
    return limits


def _expiries(inputs: BudgetInputs, now: float) -> list[Limit]:
    if not inputs.expiries:
        return [Limit("certificates", None, "no expiry: nothing that the cloud issues is needed for local work", Scope.MERGE)]
    limits = []
    for name, at in inputs.expiries.items():
        seconds = max(0.0, at - now)
        limits.append(Limit(name, seconds, f"in {in_words(seconds)}, {name} expires: local work goes on", Scope.MERGE))
    return limits


def _sentence(site: Limit | None, limits: list[Limit]) -> str:
    if site is None or site.seconds is None:
        text = "can run without the cloud with no end in sight"
    elif site.seconds <= 0.0:
        text = f"takes no new work until the cloud is back: {site.name} is used up"
    else:
        text = f"can run {in_words(site.seconds)} without the cloud; what ends first: {site.name}"
    tasks = [limit for limit in limits if limit.scope is Scope.TASK]
    if tasks:
        who = "1 task will, by its policy," if len(tasks) == 1 else f"{len(tasks)} tasks will, by their policy,"
        text += f"; {who} not go on" + (f" (from {in_words(tasks[0].seconds)} on)" if tasks[0].seconds else "")
    return text
