"""Leases: until when an edge node may go on with a task without hearing from the cloud. Only a bound on clock *rates* is needed.

The edge node's beat carries its own clock; the hub's answer to it renews. Holder: valid until (clock at which the answered
beat was sent) + ttl. Granter: over at (clock at which that beat was received) + ttl * (1 + 3 rho) + eps. A beat is received
after it was sent, and the two rates differ by less than (1 + rho) / (1 - rho) < 1 + 3 rho, so the holder's end comes first, in
true time, whatever the delays and wherever either clock stands (C. Gray and D. Cheriton, "Leases", SOSP 1989; sync design, 6).
Clocks: boot time (it counts on in suspend), never the wall clock.

An answer to a beat names no tasks, so there is one more rule, against a task that was moved while its edge node was cut off:
a lease that has run out is not renewed by an answer as such, only by a *settled* one. Settled (frames.BeatReply.equal) means that
the edge node has committed everything the hub had decided when it answered, the removal of moved tasks included. As long
as a lease is unbroken, the hub cannot have moved its task: it waits for its own, later end.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Bound on the drift of any clock against true time, as a fraction. Quartz keeps 1e-4; 1 % is far on the safe side.
RHO = 0.01
#: Slack for what the rates do not cover (timer resolution, an event loop that was busy), in seconds.
EPS_S = 2.0
#: Leases outside these are not sensible: renewals come every 10 s. In seconds.
TTL_MIN_S = 20.0
TTL_MAX_S = 7 * 86400.0


@dataclass(slots=True)
class _Lease:
    fence: int
    ttl_s: float
    until: float | None  # None: not confirmed since it was granted, or since the restart


class EdgeLeases:
    """The holder's side: one lease per task that is in hand. In memory only: after a restart nothing is valid until confirmed.

    Feed `renewed` with each answer of the hub, `hold` when a task is taken (and for each known one at start), `release` when it
    has ended. `valid(task, now)` says whether it may go on as if the cloud were there; where it is not, the task's
    `on_disconnect` policy applies. Ask it when it is needed; nothing here runs on a timer.
    """

    def __init__(self) -> None:
        self._held: dict[str, _Lease] = {}
        self._renewed_at: float | None = None
        self._gap_s: float | None = None  # longest time without a renewal since the last settled answer; None: none yet

    def hold(self, task: str, fence: int, ttl_s: float, now: float) -> None:
        """The task is granted here. Valid at once while the link is unbroken; else with the next settled answer.

        A new fence begins anew; the same fence with another ttl keeps what it has (and gets the new ttl with the next renewal).
        """
        ttl_s = min(max(ttl_s, TTL_MIN_S), TTL_MAX_S)
        old = self._held.get(task)
        if old is not None and old.fence == fence:
            old.ttl_s = ttl_s
            return
        self._held[task] = _Lease(fence, ttl_s, self._unbroken_until(ttl_s, now))

    def release(self, task: str) -> None:
        self._held.pop(task, None)

    def renewed(self, echo: float, *, settled: bool, now: float) -> None:
        """The hub has answered the beat that was sent at `echo` of this clock. Late and repeated answers do no harm."""
        if echo > now:
            return  # not our clock: an answer to an earlier run
        if settled:
            self._gap_s = max(0.0, now - echo)
        elif self._gap_s is not None and self._renewed_at is not None:
            self._gap_s = max(self._gap_s, now - self._renewed_at)
        for lease in self._held.values():
            unbroken = lease.until is not None and now < lease.until
            if settled or unbroken:
                lease.until = max(lease.until or 0.0, echo + lease.ttl_s) if unbroken else echo + lease.ttl_s
        self._renewed_at = echo if self._renewed_at is None else max(self._renewed_at, echo)

    def valid(self, task: str, now: float) -> bool:
        """Only for a task that is held; one without a fence has no lease and needs none."""
        until = self.until(task)
        return until is not None and now < until

    def until(self, task: str) -> float | None:
        """This clock's time at which it ends; None: not held, or not confirmed."""
        lease = self._held.get(task)
        return lease.until if lease is not None else None

    def _unbroken_until(self, ttl_s: float, now: float) -> float | None:
        """For a ttl: until when a grant that comes now is good, if renewals never stayed away for that long."""
        if self._gap_s is None or self._renewed_at is None or max(self._gap_s, now - self._renewed_at) >= ttl_s:
            return None
        return self._renewed_at + ttl_s


class HubLeases:
    """The granter's side: when is it certain that an edge node's lease is over?

    In memory only: a restart counts as a sign of life.
    """

    def __init__(self, started_at: float) -> None:
        """`started_at`: this clock, before the first answer of this run could be sent."""
        self._started_at = started_at
        self._heard_at: dict[str, float] = {}

    def heard(self, edge: str, at: float) -> None:
        """A beat that is (or may be) answered was received at `at` of this clock."""
        self._heard_at[edge] = max(at, self.heard_at(edge))

    def heard_at(self, edge: str) -> float:
        """The last sign of life, at the earliest the start of this run."""
        return self._heard_at.get(edge, self._started_at)

    def expires_at(self, edge: str, ttl_s: float) -> float:
        """From this moment on, the edge node itself knows that a lease of `ttl_s` is over."""
        ttl_s = min(max(ttl_s, TTL_MIN_S), TTL_MAX_S)
        return self.heard_at(edge) + granted_s(ttl_s)

    def forget(self, edge: str) -> None:
        """The edge node was deleted."""
        self._heard_at.pop(edge, None)


def granted_s(ttl_s: float) -> float:
    """How long the hub waits for something that the edge node's clock ends after `ttl_s`."""
    return ttl_s * (1 + 3 * RHO) + EPS_S
