"""What goes wrong: one function for each kind of fault of the design's list (section 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from drover.simulation.fsp.disk import Disk, Half
from drover.simulation.fsp.net import Leg

if TYPE_CHECKING:
    from drover.simulation.fsp.nodes import Node
    from drover.simulation.fsp.world import World


class Faults:
    def __init__(self, world: World) -> None:
        self.world = world
        self.going = True
        self.struck: dict[str, int] = {}
        self._kinds: dict[str, Callable[[Node], None]] = {
            "cut": lambda n: self._cut(n, out=True, inward=True),
            "cut one way": self._one_way,
            "hub cut": lambda n: self._cut(world.hub, out=True, inward=True),
            "half open": self._half_open,
            "flap": self._flap,
            "clog": self._clog,
            "slow": self._slow,
            "broker crash": lambda n: self._broker(),
            "kill edge": lambda n: n.die("killed"),
            "kill hub": lambda n: world.hub.die("killed"),
            "reboot edge": lambda n: n.die("power cut", reboot=True),
            "stop edge": self._stop,
            "stop hub": lambda n: self._stop(world.hub),
            "full edge": self._full,
            "full hub": lambda n: self._full(world.hub),
            "hub restored": lambda n: self.hub_restored(),
            "edge restored": self._edge_restored,
            "edge store lost": self._store_lost,
            "edge salvaged": self._salvaged,
            "edge copied": self._copied,
            "garbage": self._garbage,
            "old frames": lambda n: self.old_frames(10),
            "swizzle": lambda n: self._swizzle(),
            "copy damaged": self._damaged,
        }

    def go_on(self) -> None:
        if not self.going:
            return
        world, rng = self.world, self.world.rng
        if world.config.faults:
            kind = rng.choice(world.config.faults)
            edge = rng.choice(world.edges)
            self.strike(kind, rng.choice(world.copies[edge]))
            world.scheduler.after(rng.expovariate(1.0 / world.config.pause_s), self.go_on)

    def strike(self, kind: str, node: Node) -> None:
        self.struck[kind] = self.struck.get(kind, 0) + 1
        self.world.log(f"fault: {kind} ({node.leg})")
        self._kinds[kind](node)

    def _some_time(self) -> float:
        return self.world.rng.choice((0.5, 3.0, 20.0, 60.0, 300.0, 1200.0))

    # ---- network ----

    def _leg(self, node: Node) -> Leg:
        return self.world.net.legs[node.leg]

    def _links(self, node: Node, *, up: bool) -> None:
        for side in node.sides.values():
            if up:
                node.link(side)
            else:
                node.unlink(side)

    def _cut(self, node: Node, *, out: bool, inward: bool, seen: bool = True, for_s: float | None = None) -> None:
        """`seen`: the node notices that its link is gone (after a while)."""
        world, leg = self.world, self._leg(node)
        leg.cut_out, leg.cut_in = leg.cut_out or out, leg.cut_in or inward
        if seen:
            world.scheduler.after(world.rng.choice((0.0, 2.0, 20.0)), lambda: self._notice(node, leg))
        world.scheduler.after(self._some_time() if for_s is None else for_s, lambda: self._heal(node, leg))

    def _notice(self, node: Node, leg: Leg) -> None:
        if leg is self._leg(node) and (leg.cut_out or leg.cut_in):
            self._links(node, up=False)

    def _heal(self, node: Node, leg: Leg) -> None:
        if leg is self._leg(node):
            leg.cut_out = leg.cut_in = False
            self.world.scheduler.after(self.world.rng.uniform(0.0, 3.0), lambda: self._links(node, up=True))

    def _one_way(self, node: Node) -> None:
        node = self.world.rng.choice((node, self.world.hub))
        out = self.world.rng.random() < 0.5
        self._cut(node, out=out, inward=not out, seen=self.world.rng.random() < 0.3)

    def _half_open(self, node: Node) -> None:
        """Nothing comes through, and nobody is told."""
        self._cut(self.world.rng.choice((node, self.world.hub)), out=True, inward=True, seen=False)

    def _flap(self, node: Node, times: int = 20) -> None:
        if not times or not self.going:
            self._links(node, up=True)
            return
        self._links(node, up=bool(times % 2))
        self.world.scheduler.after(0.1, lambda: self._flap(node, times - 1))

    def _clog(self, node: Node) -> None:
        node = self.world.rng.choice((node, self.world.hub))
        self._leg(node).clogged_until = self.world.scheduler.now + self.world.rng.uniform(1.0, 120.0)

    def _slow(self, node: Node) -> None:
        leg = self._leg(node)
        leg.bytes_per_s = 1000.0

        def over() -> None:
            leg.bytes_per_s = leg.free_at = 0.0

        self.world.scheduler.after(self.world.rng.uniform(30.0, 600.0), over)

    def _broker(self) -> None:
        world = self.world
        world.net.crash_broker()
        for node in world.nodes():
            self._links(node, up=False)
            world.scheduler.after(world.rng.uniform(0.1, 5.0), lambda node=node: self._links(node, up=True))  # type: ignore[misc]

    def _swizzle(self) -> None:
        """All are cut off, and come back one after the other in another order."""
        for node in self.world.nodes():
            self._cut(node, out=True, inward=True, for_s=self.world.rng.uniform(20.0, 200.0))

    def old_frames(self, count: int) -> None:
        net, rng = self.world.net, self.world.rng
        for edge, to, frame in [rng.choice(net.memory) for _ in range(count) if net.memory]:
            net.again(edge, to, frame)

    def _garbage(self, node: Node) -> None:
        """Broken, cut and mixed up frames on every topic, at both ends."""
        world, rng = self.world, self.world.rng
        for _ in range(5):
            stream = rng.choice(("ctl", "ack", "snap", "ev", "st", "cfg", "cmd", "nonsense"))
            payload = rng.randbytes(rng.randrange(60))
            if world.net.memory and rng.random() < 0.7:
                broken = bytearray(rng.choice(world.net.memory)[2][1])
                for _ in range(rng.randrange(1, 4)):
                    broken[rng.randrange(len(broken))] = rng.choice(b'[]{}",0\xff')
                payload = bytes(broken[: rng.randrange(1, len(broken) + 1)])
            target = rng.choice((node, world.hub))
            if world.spoils_a_row(payload):
                continue
            target.receive(node.edge, (stream, payload))

    # ---- processes and disks ----

    def _stop(self, node: Node) -> None:
        node.stopped_until = max(node.stopped_until, self.world.scheduler.now + self.world.rng.uniform(1.0, 600.0))

    def _full(self, node: Node) -> None:
        node.full = True

        def over() -> None:
            node.full = False

        self.world.scheduler.after(self.world.rng.choice((1.0, 30.0, 300.0)), over)

    def hub_restored(self) -> None:
        """The newest backup, on a machine that knows nothing of what came after it."""
        world = self.world
        if not world.backups or world.hub_disk_lost:
            return
        world.hub_disk_lost = True
        world.hub.die("disk lost", back_s=0.0)
        world.hub.alive = False

        def back() -> None:
            world.hub.disk = world.backups[-1].clone()
            world.hub_disk_lost = False
            world.hub.start()

        world.hub.retired = True

        def allow() -> None:
            world.hub.retired = False
            back()

        world.scheduler.after(world.rng.choice((1.0, 60.0)), allow)

    def _replace(self, node: Node, disk: Disk) -> None:
        node.die("disk replaced", back_s=self.world.rng.uniform(0.5, 60.0))
        node.disk = disk

    def _edge_restored(self, node: Node) -> None:
        """Somebody puts an older image of its disk back."""
        backups = self.world.edge_backups.get(node.leg)
        if backups and node.alive:
            self.world.rows_were_lost = True
            self._replace(node, self.world.rng.choice(backups).clone())

    def _store_lost(self, node: Node) -> None:
        if node.alive:
            node.die("disk lost")
            node.disk = Disk(f"{self.world.rng.getrandbits(48):012x}", {node.edge: Half()}, floor=node.disk.floor)
            self.world.edge_backups.pop(node.leg, None)

    def _salvaged(self, node: Node) -> None:
        """A corrupt store was renamed, and its rows were saved into a new one."""
        if node.alive:
            node.die("store corrupt")
            node.disk = node.disk.clone()
            node.disk.store, node.disk.session = f"{self.world.rng.getrandbits(48):012x}", 0

    def _copied(self, node: Node) -> None:
        """Its disk image is started on a second machine."""
        world = self.world
        if node.alive and len(world.copies[node.edge]) < 3:
            world.add_copy(node)

    def _damaged(self, node: Node) -> None:
        """A copy of the other's state has changed under its digest (a bug, a bit flip): the next digest must find it."""
        world = self.world
        target = world.rng.choice((node, world.hub))
        if not target.alive or target.queue:
            return
        half = target.disk.halves[node.edge]
        stream = "cfg" if target is node else "st"
        if half.copy:
            key = world.rng.choice(list(half.copy))
            target.die("damaged")
            half.entries.pop((stream, key), None)
            del half.copy[key]
            # and with it what this side knew: a hub that is restored now cannot learn it from here
            for word in [w for w in half.track if w[1] == f"revision of {key}"]:
                del half.track[word]
