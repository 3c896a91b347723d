"""What a run came to in figures: throughput once it is steady, service times with those who still wait, where time went.

The first third of a run is dropped (it fills up). Tasks that are still open count with the age that they have reached
(censored): a policy cannot look good by never serving the hard ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from drover.simulation.work import Order
from sim_robots.world.vehicle import Vehicle

#: Share of a run that is not looked at.
WARM_UP_SHARE = 1 / 3
#: A task older than this, while tasks that were ordered later have been done, is starved, seconds.
STARVED_AFTER_S = 1800.0


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """`tasks`: looked at. Seconds from order to end, open ones with their age. `late`: promised ones not done in time."""

    tasks: int
    per_hour: float
    p50_s: float | None
    p95_s: float | None
    max_s: float | None
    promised: int
    late: int
    starved: int


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of the robots' time: driving with and without a load, handling loads, standing with an order (blocked or between
    two messages), without an order, at a charger."""

    loaded: float
    empty: float
    handling: float
    waiting: float
    idle: float
    charging: float


@dataclass
class TimeSheet:
    """`note` each robot every so often; the shares of what was seen are the shares of its time."""

    counts: Counter[str] = field(default_factory=Counter)

    def note(self, vehicle: Vehicle) -> None:
        self.counts[doing(vehicle)] += 1

    def shares(self) -> Time:
        whole = max(1, sum(self.counts.values()))
        return Time(**{name: round(self.counts[name] / whole, 4) for name in Time.__struct_fields__})


def doing(vehicle: Vehicle) -> str:
    """The field of `Time` that fits now."""
    body = vehicle.body
    if body.drive.motion is not None:
        return "loaded" if body.work.loads else "empty"
    if body.battery.charging:
        return "charging"
    if body.work.running:
        return "handling"
    return "waiting" if vehicle.executor.busy or body.work.loads else "idle"


def service(orders: Iterable[Order], begin_s: float, end_s: float) -> Service:
    """Of a run from `begin_s` to `end_s`: throughput of what ended after the warm-up, service of what was ordered after it or
    was still open then."""
    from_s = begin_s + (end_s - begin_s) * WARM_UP_SHARE
    every = [order for order in orders if not order.failed]
    done = [o for o in every if o.ended_at is not None and o.ended_at > from_s]
    seen = [o for o in every if o.ended_at is None or o.ended_at > from_s]
    spans = [(o.ended_at or end_s) - o.made_at for o in seen]
    promised = [o for o in seen if o.deadline_at is not None and (o.ended_at is not None or o.deadline_at <= end_s)]
    return Service(
        tasks=len(seen),
        per_hour=round(len(done) / ((end_s - from_s) / 3600.0), 2),
        p50_s=percentile(spans, 0.50),
        p95_s=percentile(spans, 0.95),
        max_s=round(max(spans), 1) if spans else None,
        promised=len(promised),
        late=sum((o.ended_at or end_s) > (o.deadline_at or 0.0) for o in promised),
        starved=_starved(every, end_s),
    )


def _starved(orders: Sequence[Order], end_s: float) -> int:
    """Older than STARVED_AFTER_S when a later order was done."""
    by_age = sorted(orders, key=lambda o: o.made_at)
    latest_done_s, starved = float("inf"), 0
    for order in reversed(by_age):  # newest first: the earliest end of all that were ordered later
        if (order.ended_at or end_s) - order.made_at > STARVED_AFTER_S and latest_done_s < (order.ended_at or end_s):
            starved += 1
        latest_done_s = min(latest_done_s, order.ended_at or float("inf"))
    return starved


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
