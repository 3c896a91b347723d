"""One simulated world: a hub, edge nodes (and copies of them), a network, people and faults; two phases.

First safety: faults and work, for hours. Then everything heals, nobody writes any more, and liveness is demanded within a bound.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from drover.simulation.fsp.clock import Scheduler
from drover.simulation.fsp.config import Config
from drover.simulation.fsp.disk import Disk, Half
from drover.simulation.fsp.faults import Faults
from drover.simulation.fsp.judges import Judge, Judges, Truth
from drover.simulation.fsp.moving import Moving
from drover.simulation.fsp.net import Leg, Net
from drover.simulation.fsp.nodes import Crash, Node
from drover.simulation.fsp.people import Operator, Work
from fleet.sync.machine import Role

HUB = "hub"
TICK_S = 30.0
#: Backups of an edge node's disk that somebody may put back.
EDGE_BACKUPS_MAX = 3


class World:
    judges: Judges

    def __init__(self, seed: int, config: Config, judges: Sequence[type[Judge]], *, log: bool = False) -> None:
        self.rng = random.Random(seed)
        self.config = config
        self.scheduler = Scheduler()
        self.truth = Truth()
        self.lines: list[str] | None = [] if log else None
        self.net = Net(self.scheduler, self.rng, config.weather)
        self.net.deliver = self._deliver
        self.edges = [f"edge-{n + 1}" for n in range(config.edges)]
        self.points = 0
        self.crash_at = 0
        self.crash = config.crash
        self.rows_were_lost = False
        self.backups: list[Disk] = []
        self.edge_backups: dict[str, list[Disk]] = {}
        self.hub_disk_lost = False
        self.unnoticed_copies: list[str] = []
        self.idle_bytes_per_min = 0.0
        self.left = ""
        self.settled_s = 0.0
        self.by_leg: dict[str, Node] = {}
        self.copies: dict[str, list[Node]] = {}
        self._copy_count = 0
        self.work, self.operator, self.faults = Work(self), Operator(self), Faults(self)
        self.moving = Moving(self)
        Judges(self, judges)
        self.hub = self._add(Node(self, Role.HUB, HUB, self._hub_disk(), self._rate()))
        for edge in self.edges:
            store = f"{self.rng.getrandbits(48):012x}"
            self.copies[edge] = [self._add(Node(self, Role.EDGE, edge, Disk(store, {edge: Half()}), self._rate()))]
        for node in self.nodes():
            node.start()

    def _hub_disk(self) -> Disk:
        return Disk(f"{self.rng.getrandbits(48):012x}", {e: Half() for e in self.edges}, counter=1 << 20)

    def _rate(self) -> float:
        return 1.0 + self.rng.uniform(-0.01, 0.01)

    def _add(self, node: Node) -> Node:
        self.by_leg[node.leg] = node
        self.net.legs[node.leg] = Leg()
        node.slow_disk_s = self.config.slow_disk_s
        return node

    def log(self, text: str) -> None:
        if self.lines is not None:
            self.lines.append(f"{self.scheduler.now:10.3f} {text}")

    # ---- who is there ----

    def nodes(self) -> list[Node]:
        return [self.hub, *(n for copies in self.copies.values() for n in copies)]

    def survivors(self) -> list[tuple[str, Node]]:
        """At the end there is one copy of each edge node."""
        return [(edge, copies[0]) for edge, copies in self.copies.items() if len(copies) == 1]

    def add_copy(self, node: Node) -> None:
        self._copy_count += 1
        copy = self._add(Node(self, Role.EDGE, f"{node.edge}~{self._copy_count}", node.disk.clone(), self._rate()))
        copy.clock.reboot(node.disk.floor)
        self.copies[node.edge].append(copy)
        self.truth.copied_at[node.edge] = self.scheduler.now
        copy.start()

    def retire(self, node: Node) -> None:
        """Switched off for good; the last copy stays."""
        copies = self.copies[node.edge]
        if node in copies and len(copies) > 1:
            node.retired = True
            node.die("retired")
            copies.remove(node)

    # ---- between them ----

    def publish(self, node: Node, edge: str, frame: tuple[str, bytes]) -> None:
        if node.role is Role.EDGE:
            self.net.send(edge, node.leg, HUB, frame)
        else:
            for copy in self.copies[edge]:
                self.net.send(edge, HUB, copy.leg, frame)

    def _deliver(self, edge: str, to: str, frame: tuple[str, bytes]) -> None:
        self.by_leg[to].receive(edge, frame)

    def point(self, node: Node, where: str) -> None:
        """A step of a shell: here a process may die."""
        self.points += 1
        if self.points == self.crash_at or (self.crash and self.rng.random() < self.crash):
            self.log(f"{node.leg} dies {where}")
            raise Crash(where)

    def spoils_a_row(self, payload: bytes) -> bool:
        """A broken frame that is still a right one with other contents is a forgery: links are authenticated, so it cannot be."""
        return payload[:1] == b"[" and payload[-1:] == b"]"

    # ---- backups ----

    def back_up(self) -> None:
        hub = self.hub
        if hub.alive and not hub.queue and not hub.full:
            backup = hub.disk.clone()
            self.backups = [backup]
            self.judges.backed_up(backup)
            for edge, side in list(hub.sides.items()):
                half = backup.halves[edge]
                cursors = {s: int(half.values.get(f"cursor.{s}") or 0) for s in side.machine.cursors}
                hub.do(side, side.machine.checkpoint(cursors, hub.clock.now))
        self.scheduler.after(self.config.backup_s, self.back_up)

    def back_up_edges(self) -> None:
        for copies in self.copies.values():
            for node in copies:
                kept = self.edge_backups.setdefault(node.leg, [])
                kept.append(node.disk.clone())
                del kept[:-EDGE_BACKUPS_MAX]
        self.scheduler.after(self.config.backup_s * 0.7, self.back_up_edges)

    # ---- time ----

    def tick(self) -> None:
        self.judges.tick()
        self.operator.look()
        self.scheduler.after(TICK_S, self.tick)

    def run(self) -> None:
        scheduler, config = self.scheduler, self.config
        self.tick()
        scheduler.after(config.backup_s, self.back_up)
        if "edge restored" in config.faults:
            scheduler.after(config.backup_s * 0.7, self.back_up_edges)
        self.moving.start()
        self.work.go_on()
        scheduler.after(60.0, self.faults.go_on)
        scheduler.run(config.hours * 3600.0, self._enough)
        if not self._enough():
            self.heal()
            self.settle()
        if not self._enough():
            self.judges.finish()

    def heal(self) -> None:
        """The last fault is over, and nobody writes any more."""
        self.log("heal")
        self.work.going = self.faults.going = False
        self.crash = 0.0
        self.operator.patience_s = 10.0
        self.net.heal()
        for node in self.nodes():
            node.full = False
            node.slow_disk_s = min(node.slow_disk_s, 0.02)
            node.go_on()
            if not node.alive:
                node.start()
            for side in node.sides.values():
                node.link(side)
        two = [edge for edge, copies in self.copies.items() if len(copies) > 1]
        if two:
            self.run_for(120.0)
            told = self.truth.quarantined_at
            # a copy more of one that is quarantined already is one candidate more
            since = {e: told.get(e, -1.0) for e in two if not self.hub_quarantines(e)}
            self.unnoticed_copies = [e for e, at in since.items() if at < self.truth.copied_at[e] and len(self.copies[e]) > 1]
            for edge in two:
                for copy in self.copies[edge][1:]:
                    self.retire(copy)

    def hub_quarantines(self, edge: str) -> bool:
        return self.hub.alive and self.hub.sides[edge].machine.view(self.hub.clock.now).state == "quarantined"

    def settle(self) -> None:
        """Wait until all is well, at most settle_s; then see that it stays so, and what it costs."""
        began = self.scheduler.now
        while self.scheduler.now - began < self.config.settle_s and self.unsettled() and not self.judges.enough:
            self.run_for(2.0)
        self.settled_s = self.scheduler.now - began
        self.left = self.unsettled()
        if self.left or self.judges.enough:
            return
        for _ in range(4):
            self.faults.old_frames(10)
            self.run_for(10.0)
        self.run_for(60.0)
        for _ in range(600):
            if not self.net.in_flight:
                break  # what was sent before is here: from now on only what idleness costs
            self.run_for(1.0)
        before = self.net.bytes
        self.run_for(self.config.idle_s)
        self.idle_bytes_per_min = (self.net.bytes - before) / (self.config.idle_s / 60.0) / len(self.edges)
        # it stays so; of a beat that is just being answered the queue is never empty for long
        for _ in range(10):
            self.left = self.unsettled()
            if not self.left:
                return
            self.run_for(1.7)

    def _enough(self) -> bool:
        return self.judges.enough

    def run_for(self, seconds: float) -> None:
        self.scheduler.run(self.scheduler.now + seconds, self._enough)

    def unsettled(self) -> str:
        """What is not yet as it should be; ""."""
        return next((left for edge in self.copies if (left := self.unsettled_at(edge))), "")

    def unsettled_at(self, edge: str) -> str:
        for node in (self.hub, self.copies[edge][0]):
            if not node.alive:
                return f"{node.leg} is down"
            side = node.sides[edge]
            view = side.machine.view(node.clock.now)
            if view.backlog or view.digest != "equal" or view.state != "online" or node.queue:
                return f"{node.leg}/{edge}: {view.state}, backlog {view.backlog}, digest {view.digest} {view.detail}"
        return ""
