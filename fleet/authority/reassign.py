"""May a new attempt at a task start? And which attempt stands when both were made? Pure rules, used by the cloud.

The cloud cannot see whether an edge node that it does not hear is dead or at work. For effects that must not happen twice at
once (exclusive) a new attempt may start only if
  (a) the old holder has answered that its attempt is over (Revoked), or
  (b) its policy stops it by itself, its lease is over for certain (leases.HubLeases), and the time to stop has passed, or
  (c) a person attests what became of it (audited).
Otherwise the task's fate is Unknown, with the reason and, where (b) will apply, from when. An idempotent task may be placed
anew as soon as its lease is over. (b) proves that nothing moves under the old fence, not that nothing was done: what the old
attempt had finished before it stopped comes to light when the edge node is back, and is then kept as what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleet.authority.leases import granted_s
from fleet.contracts.commands import Attested
from fleet.contracts.resources import Effects, OnDisconnect, Reconcile
from fleet.contracts.wire import RevokeOutcome

#: How long an edge node may take, after a lease has ended, until its robot stands: on its own clock, in seconds. To the next
#: safe point (a node of the route, an action in hand brought to its end); it stops outright when that takes longer.
STOP_BOUND_S = {OnDisconnect.STOP_NOW: 10.0, OnDisconnect.FINISH_TO_SAFE_POINT: 180.0}


class Basis(StrEnum):
    """Why a new attempt may start."""

    ANSWERED = "answered"
    LEASE_OVER = "lease_over"
    ATTESTED = "attested"


class Why(StrEnum):
    """Reasons of Unknown: CamelCase words, as in conditions."""

    NO_SELF_STOP = "NoSelfStop"  # policy continue: it may be at work for as long as it is cut off
    LEASE_RUNS = "LeaseRuns"  # it stops by itself, but may not have yet
    STORE_LOST = "StoreLost"  # the edge node came back without memory of it
    UNCLEAR = "Unclear"  # the edge node has answered that it does not know


@dataclass(frozen=True, slots=True)
class Holder:
    """What the cloud knows of the attempt in question. Times: the hub's monotone clock."""

    effects: Effects
    on_disconnect: OnDisconnect
    lease_over_at: float  # HubLeases.expires_at
    answered: RevokeOutcome | None = None
    attested: Attested | None = None
    store_lost: bool = False  # its edge node has come back with an empty store: it answers, and knows nothing


@dataclass(frozen=True, slots=True)
class Allowed:
    basis: Basis


@dataclass(frozen=True, slots=True)
class Unknown:
    """`earliest_at`: when (b) becomes true, on the same clock; None: only an answer or a person can tell."""

    reason: Why
    earliest_at: float | None


def may_start(old: Holder, now: float) -> Allowed | Unknown:
    """The reassign rule. The caller gives the new attempt a higher fence and revokes the old one, in one transaction."""
    if old.attested in (Attested.STOPPED, Attested.NOT_DONE):
        return Allowed(Basis.ATTESTED)
    if old.answered in (RevokeOutcome.NEVER_BEGUN, RevokeOutcome.STOPPED):
        return Allowed(Basis.ANSWERED)
    if old.store_lost:
        # the robots may still drive what the lost store had ordered: no lease of that store ends it
        return Unknown(Why.STORE_LOST, None)
    if old.answered is RevokeOutcome.UNKNOWN:
        return Unknown(Why.UNCLEAR, None)
    earliest_at = stopped_at(old)
    if earliest_at is None:
        return Unknown(Why.NO_SELF_STOP, None)
    return Allowed(Basis.LEASE_OVER) if now >= earliest_at else Unknown(Why.LEASE_RUNS, earliest_at)


def stopped_at(old: Holder) -> float | None:
    """When it is certain, without a word from the edge node, that nothing moves under the old fence; None: never."""
    if old.effects is Effects.IDEMPOTENT:
        return old.lease_over_at
    bound_s = STOP_BOUND_S.get(old.on_disconnect)
    return None if bound_s is None else old.lease_over_at + granted_s(bound_s)


class Kept(StrEnum):
    ORIGINAL = "original"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far an attempt came. `over`: it has ended, or was given up; it cannot go on."""

    done: bool = False
    over: bool = False
    steps_done: int = 0


def reconcile(policy: Reconcile, original: Attempt, replacement: Attempt) -> Kept:
    """Which attempt's result stands, when the edge node of the original one is back. The other one is revoked.

    Work that is done is never undone by a policy: of one that is done and one that is not, the done one stands.
    """
    if original.done != replacement.done:
        return Kept.ORIGINAL if original.done else Kept.REPLACEMENT
    if original.over != replacement.over:
        return Kept.REPLACEMENT if original.over else Kept.ORIGINAL
    match policy:
        case Reconcile.KEEP_ORIGINAL:
            return Kept.ORIGINAL
        case Reconcile.KEEP_REPLACEMENT:
            return Kept.REPLACEMENT
        case Reconcile.MOST_PROGRESS:
            return Kept.REPLACEMENT if replacement.steps_done > original.steps_done else Kept.ORIGINAL
