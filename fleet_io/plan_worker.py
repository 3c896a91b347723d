"""`python -m fleet_io.plan_worker`: plans in a process of its own, asked and answered over its pipes.

A solver holds the interpreter while it searches (OR-Tools 0.8 s of a 1 s budget, measured), and so long no robot of the site
would be released anything. Graph and travel times are sent once; a request names them. Pickles go between parent and child
only; the process ends when its input does: with its parent.
"""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
from typing import BinaryIO

from fleet.contracts.errors import FleetError, InvalidInput
from fleet.layout.graph import SiteGraph
from fleet.planning.problem import PlanRequest, PlanResult
from fleet.planning.solve import plan
from fleet.planning.travel import TravelTimes

#: Before each message and each part of one: how many bytes it has.
LENGTH = struct.Struct(">I")
#: Robots and operators wait for the process that asks, not for the plan.
NICE = 5

#: What is sent once and then only named: the graph, and the travel times with the rows that the worker has computed.
Shared = SiteGraph | TravelTimes


class Packer:
    """Requests as bytes, for one worker."""

    def __init__(self) -> None:
        self._sent: dict[type[Shared], Shared] = {}

    def pack(self, request: PlanRequest, budget_s: float) -> bytes:
        """Three parts: graph and travel times if they are others than the last time, and the request."""
        travel = request.travel
        parts = [b"", b""]
        if isinstance(travel, TravelTimes):
            if travel.graph is not self._sent.get(SiteGraph):
                parts[0] = pickle.dumps(travel.graph)
                self._sent[SiteGraph] = travel.graph
            if travel is not self._sent.get(TravelTimes):
                parts[1] = self._dumped(travel)
                self._sent[TravelTimes] = travel
        parts.append(self._dumped((request, budget_s)))
        return b"".join(LENGTH.pack(len(part)) + part for part in parts)

    def _dumped(self, value: object) -> bytes:
        out = io.BytesIO()
        _Pickler(out, self._sent).dump(value)
        return out.getvalue()


class _Pickler(pickle.Pickler):
    def __init__(self, out: io.BytesIO, sent: dict[type[Shared], Shared]) -> None:
        super().__init__(out, protocol=pickle.HIGHEST_PROTOCOL)
        self._sent = sent

    def persistent_id(self, value: object) -> str | None:
        return type(value).__name__ if isinstance(value, Shared) and self._sent.get(type(value)) is value else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, body: bytes, shared: dict[str, object]) -> None:
        super().__init__(io.BytesIO(body))
        self._shared = shared

    def persistent_load(self, name: str) -> object:
        return self._shared[name]


class Worker:
    """The other end: remembers what is shared."""

    def __init__(self) -> None:
        self._shared: dict[str, object] = {}

    def answer(self, message: bytes) -> bytes:
        """A PlanResult, or a text that says why there is none."""
        graph, travel, asked = _parts(message)
        for part in (graph, travel):
            if part:
                found = _Unpickler(part, self._shared).load()
                self._shared[type(found).__name__] = found
        request, budget_s = _Unpickler(asked, self._shared).load()
        try:
            result: PlanResult | str = plan(request, budget_s=budget_s)
        except FleetError as error:
            result = str(error)
        return pickle.dumps(result)


def _parts(message: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(message):
        (size,) = LENGTH.unpack_from(message, at)
        at += LENGTH.size + size
        found.append(message[at - size : at])
    return found


def unpack(answer: bytes) -> PlanResult:
    """Raises InvalidInput when there is no plan."""
    found = pickle.loads(answer)
    if isinstance(found, PlanResult):
        return found
    raise InvalidInput(str(found), field="plan", fix="see the tasks")


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Until the input ends."""
    worker = Worker()
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        answer = worker.answer(source.read(LENGTH.unpack(head)[0]))
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()


if __name__ == "__main__":
    os.nice(NICE)
    serve(sys.stdin.buffer, sys.stdout.buffer)
