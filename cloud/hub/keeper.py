"""Watches over work whose edge node is not heard: each second, the reassign rule on the newest model.

The hub's leases count on the boot clock: it goes on in suspend and does not jump. `renewals` (edge node -> the hub's own stamp
of its last answered beat) is only compared with what it was: what is new counts as heard at the moment of looking, which is
later than it came, and so on the safe side.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Mapping

from cloud.core.placement import away_of, placed_anew
from cloud.store.store import Store
from fleet.authority.leases import HubLeases
from fleet.contracts.errors import FleetError
from fleet_io.clock import boot_seconds

log = logging.getLogger("drover.cloud.keeper")

LOOK_S = 1.0


class Keeper:
    def __init__(
        self,
        store: Store,
        renewals: Callable[[], Mapping[str, float]],
        *,
        clock: Callable[[], float] = time.time,
        boot_clock: Callable[[], float] = boot_seconds,
    ) -> None:
        self._store = store
        self._renewals = renewals
        self._clock = clock
        self._boot_clock = boot_clock
        self._seen: dict[str, float] = {}
        self.leases = HubLeases(boot_clock())

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except FleetError as error:
                log.warning("tasks of silent edge nodes stay as they are: %s", error)

    async def look(self) -> None:
        """Once. Raises FleetError when it could not be stored; the next look tries again."""
        boot_now = self._boot_clock()
        renewals = self._renewals()
        for edge, at in renewals.items():
            if self._seen.get(edge) != at:
                self._seen[edge] = at
                self.leases.heard(edge, boot_now)
        for edge in self._seen.keys() - renewals.keys():
            del self._seen[edge]
        model = self._store.model
        ops = placed_anew(
            model,
            self.leases,
            away_of(model),
            now=self._clock(),
            boot_now=boot_now,
            new_id=lambda: uuid.uuid4().hex,
        )
        if ops:
            await self._store.commit(ops)
