"""Leases over the real sync machines: losses, repeats, delays, partitions and crashes never let two hold one task at once."""

from __future__ import annotations

import pytest

from fleet.authority.leases import EdgeLeases, HubLeases
from tests.simulation.test_sync_machine import World

TTL_S = 20.0
KEY = "cfg/T-1"


class Authority:
    """A hub that grants a task, takes it away when the lease is over for certain, and grants it anew under a higher fence."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.edge_machine, self.hub_machine = world.edge.machine, world.hub.machine
        self.leases, self.hub = EdgeLeases(), HubLeases(world.now)
        self.fence = 0
        self.granted = False
        self.held = 0
        self.moves = self.valid_steps = 0

    def step(self) -> None:
        world, now = self.world, self.world.now
        if world.hub.machine is not self.hub_machine:
            self.hub_machine, self.hub = world.hub.machine, HubLeases(now)
        if (heard_at := world.hub.machine.renewal_heard_at) is not None:
            self.hub.heard("E", heard_at)
        self._edge(now)
        self._decide(now)
        if self.leases.valid("T-1", now):
            self.valid_steps += 1
            assert self.granted, f"{now}: held although the hub took it away"
            assert self.held == self.fence, f"{now}: fence {self.held} is held, {self.fence} is granted"

    def _edge(self, now: float) -> None:
        machine = self.world.edge.machine
        stored = int(self.world.edge.disk.state.get(KEY, "0"))
        if machine is not self.edge_machine:
            self.edge_machine, self.leases, self.held = machine, EdgeLeases(), 0
        if stored != self.held:
            self.held = stored
            if stored:
                self.leases.hold("T-1", stored, TTL_S, now)
            else:
                self.leases.release("T-1")
        if machine.renewed_at is not None:
            self.leases.renewed(machine.renewed_at, settled=machine.renewal_settled, now=now)

    def _decide(self, now: float) -> None:
        over = now >= self.hub.expires_at("E", TTL_S)
        if not self.granted and (not over or self.world.rng.random() < 0.01):
            self.fence += 1
            self.granted = True
            self.world.hub.put("cfg", KEY, str(self.fence), now)
        elif self.granted and over:
            self.moves += 1
            self.granted = False
            self.world.hub.put("cfg", KEY, None, now)


@pytest.mark.parametrize("seed", range(40))
def test_a_task_that_was_taken_away_is_never_held_and_one_that_is_granted_is_held_again(seed: int) -> None:
    world = World(seed, crash_rate=0.002, loss=0.05 if seed % 2 else 0.3)
    authority = Authority(world)
    for _ in range(1200):
        if world.rng.random() < 0.01:
            world.cut = not world.cut
        world.step(work=0.1, flap=0.005)
        authority.step()
    world.cut, world.loss = False, 0.0
    for node in world.nodes:
        node.crash_rate = 0.0
    for _ in range(400):
        world.step()
        authority.step()
    assert authority.granted
    assert authority.leases.valid("T-1", world.now), "when the network is well, the lease is"
    assert authority.moves or authority.valid_steps > 1000
