"""Who does something all day: robots and planners (the work), and the operator, who answers alarms after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drover.simulation.fsp import messages
from fleet.contracts.errors import Conflict, NotFound
from fleet.sync import effects as fx

if TYPE_CHECKING:
    from drover.simulation.fsp.nodes import Node, Side
    from drover.simulation.fsp.world import World

NAMES = 8
LARGE_CHARS = 1 << 20


class Work:
    """Random edits, deletions, statuses, events and commands; now and then many at once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.going = True
        self.count = 0

    def go_on(self) -> None:
        if not self.going:
            return
        rng, config = self.world.rng, self.world.config
        edge = rng.choice(self.world.edges)
        times = rng.choice((20, 100)) if rng.random() < 0.02 else rng.choice((1, 1, 1, 4))
        for _ in range(times):
            self.one(edge)
        self.world.scheduler.after(rng.expovariate(1.0 / config.work_s), self.go_on)

    def one(self, edge: str) -> None:
        rng, world = self.world.rng, self.world
        at_hub = rng.random() < 0.45
        node = world.hub if at_hub else rng.choice(world.copies[edge])
        if not node.alive or node.stopped_until > world.scheduler.now:
            return
        side = node.sides[edge]
        self.count += 1
        name = self._name()
        if rng.random() < 0.4:
            node.say(side, name, f"{node.leg}-{self.count}")
            return
        key = messages.key_of(name)
        if rng.random() < 0.2 and key in side.mirror:
            node.put(side, key, None)
            return
        value = f"v{self.count}"
        if world.config.large and rng.random() < 0.01:
            value += "x" * LARGE_CHARS
        node.put(side, key, (node.next_revision(), value))

    def _name(self) -> str:
        rng, config = self.world.rng, self.world.config
        dice = rng.random()
        if config.poison and dice < 0.02:
            return f"{messages.POISON}{rng.randrange(2)}"
        if config.future and dice > 0.98:
            return f"{messages.FUTURE}{rng.randrange(2)}"
        return f"r{rng.randrange(NAMES)}"


class Operator:
    """Picks one of two copies, and switches the other off; sooner when there is nothing else to do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.patience_s = 200.0
        self._busy: set[str] = set()
        self.told_count = 0

    def told(self, node: Node, side: Side, effect: Any) -> None:
        self.told_count += 1
        if isinstance(effect, fx.Quarantined) and side.edge not in self._busy:
            self._busy.add(side.edge)
            self.world.scheduler.after(self.world.rng.uniform(5.0, self.patience_s), lambda: self._pick(side.edge))

    def look(self) -> None:
        """At the list of edge nodes: a quarantine may have been told to a process that is gone."""
        for edge, side in self.world.hub.sides.items():
            if side.half.values.get("edge.quarantine") and edge not in self._busy:
                self._busy.add(edge)
                self.world.scheduler.after(self.world.rng.uniform(1.0, self.patience_s), lambda edge=edge: self._pick(edge))  # type: ignore[misc]

    def _pick(self, edge: str) -> None:
        world, hub = self.world, self.world.hub
        self._busy.discard(edge)
        if not hub.alive or not hub.sides[edge].half.values.get("edge.quarantine"):
            return
        side = hub.sides[edge]
        alive = [n for n in world.copies[edge] if n.alive]
        if not alive:
            self._again(edge)
            return
        chosen = world.rng.choice(alive)
        for other in [n for n in world.copies[edge] if n is not chosen]:
            world.scheduler.after(world.rng.uniform(0.0, 60.0), lambda other=other: world.retire(other))  # type: ignore[misc]
        try:
            effects = side.machine.accept(chosen.boot, f"{world.rng.getrandbits(48):012x}", hub.clock.now)
        except (Conflict, NotFound):
            self._again(edge)
            return
        hub.do(side, effects)

    def _again(self, edge: str) -> None:
        self._busy.add(edge)
        self.world.scheduler.after(15.0, lambda: self._pick(edge))
