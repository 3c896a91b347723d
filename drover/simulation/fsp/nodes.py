"""A node: one process on one disk, with a SyncMachine for each peer; a shell as thin as those of production.

All that a machine asks for goes through one queue in order: what is stored first, in one transaction, then what is sent. The
process may die before and after each of these steps; what was not committed is then gone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from drover.simulation.fsp import messages
from drover.simulation.fsp.applying import Poison, apply
from drover.simulation.fsp.clock import Clock
from drover.simulation.fsp.disk import Disk, Half
from fleet.contracts import wire
from fleet.contracts.errors import QueueFull, TooLarge
from fleet.sync import effects as fx
from fleet.sync.machine import Admission, Identity, Limits, Role, SyncMachine

if TYPE_CHECKING:
    from drover.simulation.fsp.world import World

_STORED = (
    fx.PutRow,
    fx.NumberRow,
    fx.DropRows,
    fx.Renumber,
    fx.SetValue,
    fx.PutEntry,
    fx.TakeIdentity,
    fx.DeadLetter,
)
#: `poll` is called again no sooner, seconds.
POLL_S = 0.1


Change = Callable[[], None]


class Crash(Exception):
    """The process is killed here."""


@dataclass(slots=True)
class Batch:
    side: Side
    machine: SyncMachine
    effects: Sequence[Any]
    changes: Sequence[Callable[[], None]] = ()
    waited: bool = False


@dataclass
class Side:
    """One conversation. `mirror`: own state as it was enqueued last, which the disk learns a moment later."""

    edge: str
    machine: SyncMachine
    half: Half
    mirror: dict[str, tuple[int, str]]
    linked: bool = False
    due_at: float = field(default=float("inf"))
    loads: int = 0


class Node:
    def __init__(self, world: World, role: Role, leg: str, disk: Disk, rate: float) -> None:
        self.world, self.role, self.leg, self.disk = world, role, leg, disk
        self.clock = Clock(world.scheduler, rate)
        self.sides: dict[str, Side] = {}
        self.alive = self.full = self.retired = False
        self.stopped_until = 0.0
        self.slow_disk_s = 0.0
        self.boot = ""
        self.run = 0
        self.counter = 0
        self.queue: deque[Batch] = deque()
        self._draining = self._waiting = False
        self._inbox: list[Callable[[], None]] = []

    @property
    def wall_at(self) -> float:
        """The time of day as this node has it, Unix seconds: for people, and as wrong as may be."""
        side = 1 if self.role is Role.EDGE else -1
        return float(1_500_000_000 + int(self.clock.now + side * self.world.config.wall_skew_s))

    # ---- life ----

    @property
    def edge(self) -> str:
        """Whose copy this is."""
        return self.leg.partition("~")[0]

    @property
    def store_id(self) -> str:
        return self.disk.store if self.role is Role.EDGE else f"{self.disk.store}.{self.disk.epoch}{self.disk.word}"

    def start(self) -> None:
        if self.alive or self.retired:
            return
        if self.full:
            self.world.scheduler.after(5.0, self.start)
            return
        self.alive = True
        self.disk.session += 1
        self.boot = f"{self.world.rng.getrandbits(48):012x}"
        self.build()
        if self.role is Role.HUB:
            self.world.moving.hub_started()

    def build(self) -> None:
        """Machines from what the disk holds."""
        self.run += 1
        self.queue.clear()
        self.counter = self.disk.counter
        admission = Admission(concurrent=self.world.config.admission)
        for edge, half in self.disk.halves.items():
            self.world.judges.starting(self, half)
            machine = SyncMachine(
                self.role,
                me=edge if self.role is Role.EDGE else "cloud",
                peer="cloud" if self.role is Role.EDGE else edge,
                identity=Identity(self.store_id, self.disk.session, self.boot, self.disk.epoch * (self.role is Role.HUB)),
                stored=half.stored(),
                values=half.values,
                entries=[(s, k, word) for (s, k), word in half.entries.items()],
                now=self.clock.now,
                limits=Limits(quota_bytes=64 * 1024 * 1024),
                admission=admission if self.role is Role.HUB else None,
            )
            self.sides[edge] = Side(edge, machine, half, dict(half.own))
        for side in self.sides.values():
            self.link(side)

    def die(self, why: str, *, reboot: bool = False, back_s: float | None = None) -> None:
        """Killed. What is on the disk stays."""
        if not self.alive:
            return
        self.alive = False
        self.run += 1
        self.queue.clear()
        self._inbox.clear()
        self.stopped_until = 0.0
        for side in self.sides.values():
            side.linked = False
        if back_s is None:
            back_s = self.world.rng.choice((0.1, 1.0, 5.0, 40.0))

        def back() -> None:
            if reboot:
                self.clock.reboot(self.disk.floor)
            self.start()

        self.world.scheduler.after(back_s, back)

    def awake(self, action: Callable[[], None]) -> None:
        """Now, or when a stopped process goes on."""
        if not self.alive:
            return
        if self.stopped_until <= self.world.scheduler.now:
            action()
            return
        if not self._inbox:
            self.world.scheduler.at(self.stopped_until, self._wake)
        self._inbox.append(action)

    def go_on(self) -> None:
        """A stopped process is let go."""
        self.stopped_until = min(self.stopped_until, self.world.scheduler.now)
        self._wake()

    def _wake(self) -> None:
        actions, self._inbox = self._inbox, []
        for action in actions:
            self.awake(action)

    # ---- the link ----

    def link(self, side: Side) -> None:
        leg = self.world.net.legs[self.leg]
        if self.alive and not side.linked and not (leg.cut_out and leg.cut_in):
            side.linked = True
            self.awake(lambda: self.do(side, side.machine.link_up(self.clock.now)))

    def unlink(self, side: Side) -> None:
        if self.alive and side.linked:
            side.linked = False
            side.machine.link_down(self.clock.now)

    def receive(self, edge: str, frame: tuple[str, bytes]) -> None:
        side = self.sides.get(edge)
        if side is not None and side.linked:
            self.awake(lambda: self._receive(side, frame))

    def _receive(self, side: Side, frame: tuple[str, bytes]) -> None:
        if self.sides.get(side.edge) is side and side.linked:
            self.do(side, side.machine.receive(frame[0], frame[1], self.clock.now))

    # ---- timers ----

    def poll(self, side: Side) -> None:
        self.do(side, side.machine.poll(self.clock.now))

    def plan(self, side: Side) -> None:
        """See that `poll` is called when the machine wants it."""
        if not side.linked:
            return
        due = side.machine.due_at()
        if due == float("inf"):
            return
        time = max(self.clock.true_at(due), self.world.scheduler.now + POLL_S)
        if time >= side.due_at - 1e-9:
            return
        side.due_at = time
        run = self.run

        def fire() -> None:
            if side.due_at != time or run != self.run or not self.alive:
                return
            side.due_at = float("inf")
            self.awake(lambda: self._fire(side))

        self.world.scheduler.at(time, fire)

    def _fire(self, side: Side) -> None:
        if self.sides.get(side.edge) is side:
            self.poll(side)
            self.plan(side)

    # ---- the shell ----

    def do(self, side: Side, effects: Sequence[Any], changes: Sequence[Callable[[], None]] = ()) -> None:
        if effects or changes:
            self.queue.append(Batch(side, side.machine, effects, changes))
        self._drain()
        if self.alive and self.sides.get(side.edge) is side:
            self.plan(side)

    def _drain(self) -> None:
        if self._draining or self._waiting or not self.alive:
            return
        self._draining = True
        try:
            while self.queue and self.alive:
                batch = self.queue[0]
                if not batch.waited and self._waits(batch):
                    return
                self.queue.popleft()
                if batch.side.machine is batch.machine and self.sides.get(batch.side.edge) is batch.side:
                    self._commit(batch)
        except Crash as crash:
            self.die(str(crash))
        finally:
            self._draining = False

    def _waits(self, batch: Batch) -> bool:
        """A commit takes its time: meanwhile other things happen."""
        batch.waited = True
        rng = self.world.rng
        if not self.slow_disk_s or rng.random() < 0.5:
            return False
        self._waiting = True
        run = self.run

        def written() -> None:
            self._waiting = False
            if run == self.run:
                self._drain()
                for side in list(self.sides.values()):
                    self.plan(side)
            elif self.alive:
                self._drain()

        self.world.scheduler.after(rng.random() * self.slow_disk_s, written)
        return True

    def _commit(self, batch: Batch) -> None:
        side, now = batch.side, self.clock.now
        stored = [e for e in batch.effects if isinstance(e, _STORED)]
        deliveries = [e for e in batch.effects if isinstance(e, fx.Deliver)]
        if stored or deliveries or batch.changes:
            self.world.point(self, "before commit")
            if self.full:
                self._no_space(side, stored, deliveries, batch.changes)
                return
            try:
                for delivery in deliveries:
                    apply(self, side, delivery, dry=True)
            except Poison:
                self._store(side, [e for e in stored if not isinstance(e, fx.DeadLetter)], [], batch.changes)
                for delivery in deliveries:
                    self.queue.append(
                        Batch(side, side.machine, side.machine.failed(delivery.stream, delivery.seq, now, poison=True))
                    )
                deliveries, batch.effects = [], [e for e in batch.effects if isinstance(e, fx.Send | fx.LoadRows)]
            else:
                self._store(side, stored, deliveries, batch.changes)
            self.world.point(self, "after commit")
        for effect in batch.effects:
            self._act(side, effect)
            if side is not self.sides.get(side.edge):
                return

    def _store(self, side: Side, stored: list[Any], deliveries: list[fx.Deliver], changes: Sequence[Callable[[], None]]) -> None:
        """The transaction."""
        half, judges = side.half, self.world.judges
        for change in changes:
            change()
        judges.storing(self, side, stored, deliveries)
        for effect in stored:
            if isinstance(effect, fx.TakeIdentity):
                self.disk.store, self.disk.session = effect.store_id, effect.session
            else:
                half.persist(effect)
        for delivery in deliveries:
            apply(self, side, delivery)
            for effect in delivery.persist:
                half.persist(effect)
        self.disk.floor = max(self.disk.floor, self.clock.now)
        judges.stored(self, side, stored, deliveries)

    def _no_space(
        self, side: Side, stored: list[Any], deliveries: list[fx.Deliver], changes: Sequence[Callable[[], None]]
    ) -> None:
        """A delivery may fail; when the machine's own rows cannot be stored, its memory is ahead of the disk: begin again."""
        if changes or [e for e in stored if not isinstance(e, fx.DeadLetter)] or not deliveries:
            self.die("no space")
            return
        for delivery in deliveries:
            failed = side.machine.failed(delivery.stream, delivery.seq, self.clock.now)
            self.queue.append(Batch(side, side.machine, failed))

    def _act(self, side: Side, effect: Any) -> None:
        world, now, machine = self.world, self.clock.now, side.machine
        match effect:
            case fx.Send(stream, payload):
                world.point(self, "before send")
                if side.linked:
                    world.publish(self, side.edge, (stream, payload))
            case fx.Deliver(stream=stream, seq=seq):
                for done in (i.message for i in effect.items if isinstance(i.message, wire.RefillDone)):
                    self.queue.append(Batch(side, machine, machine.refilled(done.hub, now)))
                self.queue.append(Batch(side, machine, machine.committed(stream, seq, now)))
            case fx.LoadRows():
                self._load(side, effect)
            case fx.Resync(stream, keys):
                for key in keys if keys is not None else list(side.mirror):
                    self.put(side, key, side.mirror.get(key), force=True)
            case fx.NeedSnapshot(stream):
                items = [(k, messages.state(stream, k, *v)) for k, v in side.mirror.items()]
                self.queue.append(Batch(side, machine, machine.snapshot(stream, items, now)))
            case fx.Refill(hub):
                self._refill(side, hub)
            case fx.HubRestored(epoch=above):
                self.disk.epoch = max(self.disk.epoch, above) + 1
                self.disk.word = f".{world.rng.getrandbits(32):08x}"
                self.disk.counter = self.counter = self.disk.epoch << 20
                world.judges.told(self, side, effect)
                self.boot = f"{world.rng.getrandbits(48):012x}"
                world.point(self, "after epoch")
                self.build()
            case fx.Note() | fx.StoreReplaced() | fx.Quarantined():
                world.judges.told(self, side, effect)
                world.operator.told(self, side, effect)

    def _load(self, side: Side, ask: fx.LoadRows) -> None:
        rows = side.half.load(ask)
        delay_s = self.world.rng.random() * self.slow_disk_s
        machine, run = side.machine, self.run

        def answer() -> None:
            if run == self.run and side.machine is machine and self.alive:
                self.do(side, machine.loaded(ask, rows, self.clock.now))

        if delay_s:
            self.world.scheduler.after(delay_s, lambda: self.awake(answer))
        else:
            self.queue.append(Batch(side, machine, machine.loaded(ask, rows, self.clock.now)))

    def _refill(self, side: Side, hub: str) -> None:
        """Say all that is known of the peer's state."""
        half, machine, now = side.half, side.machine, self.clock.now
        effects: list[Any] = []
        known = [(k, r, messages.state("cfg", k, r, v).resource, False) for k, (r, v) in half.copy.items()]
        known += [(k, r, None, True) for k, r in half.copy_gone.items()]
        for key, revision, resource, deleted in known:
            name = key.partition("/")[2]
            message = wire.KnownSpec(kind=messages.KIND, name=name, generation=revision, resource=resource, deleted=deleted)
            effects += machine.enqueue("ev", key, message, now, vital=True)
        effects += machine.enqueue("ev", "refill", wire.RefillDone(hub=hub), now, vital=True)
        self.queue.append(Batch(side, machine, effects))

    # ---- what happens at this node ----

    def put(
        self, side: Side, key: str, value: tuple[int, str] | None, *, force: bool = False, also: Change | None = None
    ) -> bool:
        """A change of own state, committed with its row. None: it ends. False: refused."""
        stream, half, now = ("st" if self.role is Role.EDGE else "cfg"), side.half, self.clock.now
        message = messages.gone(stream, key) if value is None else messages.state(stream, key, *value)
        try:
            effects = side.machine.enqueue(stream, key, message, now, gone=value is None, force=force)
        except (TooLarge, QueueFull):
            return False
        if value is None:
            side.mirror.pop(key, None)
        else:
            side.mirror[key] = value
        counter = self.counter

        def change() -> None:
            self.disk.counter = max(self.disk.counter, counter)
            if value is not None:
                half.own[key] = value
                half.own_gone.pop(key, None)
            elif (old := half.own.pop(key, None)) is not None:
                half.own_gone[key] = old[0]
            self.world.judges.own_changed(self, side, key, value)

        self.do(side, effects, [change] if also is None else [change, also])
        return True

    def next_revision(self) -> int:
        self.counter += 1
        return self.counter

    def say(self, side: Side, key: str, id_: str, also: Change | None = None) -> bool:
        """An event or a command; `also` changes with it."""
        stream = "ev" if self.role is Role.EDGE else "cmd"
        try:
            effects = side.machine.enqueue(stream, key, messages.single(stream, key, id_, self.wall_at), self.clock.now)
        except (TooLarge, QueueFull):
            return False

        def change() -> None:
            side.half.made[id_] = side.half.made.get(id_, 0) + 1
            self.world.judges.said(self, side, key, id_)

        self.do(side, effects, [change] if also is None else [change, also])
        return True
