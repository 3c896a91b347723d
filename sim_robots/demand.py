"""Random transports between the places of a site: the work that a load generator and a simulation ask for, by seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from fleet.contracts.command_ir import Action, CommandIr, Outcome, TaskIr
from fleet.contracts.errors import InvalidInput

#: Kinds of places where nothing is picked or dropped.
NOT_WORKED_AT = frozenset({"charger", "parking", "no_robot_zone", "lift", "elevator", "door"})


class Demand:
    """Pairs (source, target) of distinct places, uniformly; the same seed gives the same pairs."""

    def __init__(self, places: Sequence[str], seed: int) -> None:
        if len(places) < 2:
            raise InvalidInput(f"{len(places)} places to work at", field="places", fix="a transport needs two places")
        self._places = sorted(places)
        self._chance = random.Random(seed)

    def next(self) -> tuple[str, str]:
        source, target = self._chance.sample(self._places, 2)
        return source, target


def work_places(places: Iterable[tuple[str, str]]) -> list[str]:
    """Names out of (name, kind): where loads are picked and dropped."""
    return sorted(name for name, kind in places if kind not in NOT_WORKED_AT)


def transport(source: str, target: str) -> CommandIr:
    return CommandIr(outcome=Outcome.PLAN, tasks=(TaskIr(ref="t1", action=Action.TRANSPORT, source=source, target=target),))
