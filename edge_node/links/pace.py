"""How long robots wait for us: from a `state` that came in to the order that follows from it, stored and sent."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from fleet.contracts import codec
from fleet.contracts.errors import FleetError
from fleet.contracts.vda5050.codec import unix_of

#: So many of the newest waits are kept.
KEPT = 4096


@dataclass(frozen=True, slots=True)
class Cause:
    """The message that something follows from. `came_at`: monotonic seconds."""

    came_at: float
    payload: bytes


class Pace:
    """`answered` is told of each order that left; `view` is for /healthz."""

    def __init__(self) -> None:
        self.messages = self.orders = 0
        self._waits_s: deque[float] = deque(maxlen=KEPT)
        self._ages_s: deque[float] = deque(maxlen=KEPT)

    def answered(self, cause: Cause) -> None:
        """The robot's clock counts for the second figure: it must agree with ours."""
        self.orders += 1
        self._waits_s.append(time.monotonic() - cause.came_at)
        said_at = _said_at(cause.payload)
        if said_at is not None:
            self._ages_s.append(time.time() - said_at)

    def view(self) -> dict[str, Any]:
        """Of the newest orders. `wait_ms`: from the message's arrival to the order's departure; `age_ms`: from the robot's
        own timestamp to it, the way through the broker included."""
        return {
            "messages": self.messages,
            "orders": self.orders,
            "wait_ms": _spread(self._waits_s),
            "age_ms": _spread(self._ages_s),
        }


def _spread(values_s: deque[float]) -> dict[str, float]:
    if not values_s:
        return {}
    ordered = sorted(values_s)
    last = len(ordered) - 1
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {name: round(1000 * ordered[round(share * last)], 1) for name, share in shares.items()}


def _said_at(payload: bytes) -> float | None:
    try:
        text = codec.decode(payload, dict, bytes_max=codec.ROBOT_PAYLOAD_BYTES_MAX).get("timestamp", "")
    except FleetError:
        return None
    return unix_of(text) if isinstance(text, str) else None
