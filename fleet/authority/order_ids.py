"""The fence inside an orderId, so that a plain VDA 5050 order carries it to the robot: `{task}.{step}.{attempt}.f{fence}`.

`.f41` or `.f41.2` is the fence of the attempt at the task (grant, placement at the edge node); without it the order is not
fenced. A last `.h7`, on any orderId, is the fence of whoever holds the robot as a whole (see robot_agent/core/fence.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fleet.authority.fences import CLOSED, GRANT_MAX, NO_FENCE, Fence

#: 19 digits hold int64, 10 a sub-fence; what is longer is no fence of ours but part of somebody's name.
_HOLDER = re.compile(r"^(?P<rest>.+)\.h(?P<holder>\d{1,19})$", re.ASCII)
_FENCED = re.compile(r"^(?P<rest>.+)\.f(?P<grant>\d{1,19})(?:\.(?P<sub>\d{1,10}))?$", re.ASCII)
_STEP = re.compile(r"^(?P<task>.+)\.(?P<step>\d{1,6})\.(?P<attempt>\d{1,6})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class OrderFence:
    """`task` "": not an order of a task that we can tell (a robot driven home, another maker's master control)."""

    task: str
    fence: Fence
    holder: Fence


def order_id(task: str, step: int, attempt: int, fence: Fence = NO_FENCE) -> str:
    """Deterministic, so that an order which is sent again is the same order."""
    plain = f"{task}.{step}.{attempt}"
    if fence == NO_FENCE:
        return plain
    return f"{plain}.f{fence.grant}" + (f".{fence.sub}" if fence.sub else "")


def read_order_id(text: str) -> OrderFence:
    """Never raises: an orderId is free text, and one that is not of this form is simply not fenced."""
    rest, holder, fence = text, NO_FENCE, NO_FENCE
    if (held := _HOLDER.match(rest)) is not None and int(held["holder"]) <= GRANT_MAX:
        rest, holder = held["rest"], Fence(int(held["holder"]))
    if (fenced := _FENCED.match(rest)) is not None:
        found = Fence(int(fenced["grant"]), int(fenced["sub"] or 0))
        if found.grant <= GRANT_MAX and found.sub < CLOSED:
            rest, fence = fenced["rest"], found
    step = _STEP.match(rest)
    return OrderFence(step["task"] if step is not None else "", fence if step is not None else NO_FENCE, holder)
