"""Hub and edge node on SyncMachine, a network that loses, repeats and delays, and processes that die between any two steps;
stores that are lost, copied, and restored from old backups."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest

from fleet.contracts import codec, wire
from fleet.contracts.errors import QueueFull
from fleet.sync import effects as fx
from fleet.sync.digest import Section, bucket_of
from fleet.sync.machine import FRAME_BYTES_MAX, Identity, Limits, LinkState, Role, SyncMachine
from tests.unit.sync_disk import Disk


class Crash(Exception):
    pass


class Node:
    """A thin shell, as in production: persist first, then send; commit a Deliver with its cursor, then ack."""

    def __init__(self, role: Role, disk: Disk, rng: random.Random, crash_rate: float = 0.0, now: float = 0.0) -> None:
        self.role, self.disk, self.rng, self.crash_rate = role, disk, rng, crash_rate
        self.notes: list[Any] = []
        self.start(now)

    def start(self, now: float) -> None:
        self.disk.session += 1
        self.boot = f"{self.rng.randrange(1 << 32):08x}"
        self.build(now)

    def build(self, now: float) -> None:
        store = self.disk.store if self.role is Role.EDGE else f"{self.disk.store}.{self.disk.epoch}"
        epoch = self.disk.epoch if self.role is Role.HUB else 0
        self.outbox: list[fx.Send] = []
        self.machine = SyncMachine(
            self.role,
            me="edge-1" if self.role is Role.EDGE else "cloud",
            peer="cloud" if self.role is Role.EDGE else "edge-1",
            identity=Identity(store, self.disk.session, self.boot, epoch),
            stored=self.disk.stored(),
            values=self.disk.values,
            entries=[(s, k, h) for (s, k), h in self.disk.entries.items()],
            now=now,
        )

    def maybe_crash(self) -> None:
        if self.rng.random() < self.crash_rate:
            raise Crash

    def do(self, effects: list[Any], now: float) -> None:
        self.maybe_crash()
        for effect in effects:
            if isinstance(effect, fx.Persist | fx.DeadLetter):
                self.disk.persist(effect)
        self.maybe_crash()
        for effect in effects:
            match effect:
                case fx.Send():
                    self.outbox.append(effect)
                case fx.Deliver(stream=stream, seq=seq):
                    self.apply(effect, now)
                    self.maybe_crash()
                    self.do(self.machine.committed(stream, seq, now), now)
                case fx.LoadRows():
                    self.do(self.machine.loaded(effect, self.disk.load(effect), now), now)
                case fx.Resync(stream, keys):
                    for key in keys if keys is not None else self.keys(stream):
                        self.put(stream, key, self.disk.own.get(key), now, force=True)
                case fx.NeedSnapshot(stream):
                    items = [(k, make(stream, k, self.disk.own[k])) for k in self.keys(stream)]
                    self.do(self.machine.snapshot(stream, items, now), now)
                case fx.Refill(hub):
                    self.refill(hub, now)
                case fx.HubRestored():
                    self.notes.append(effect)
                    self.disk.epoch += 1
                    self.build(now)
                    self.do(self.machine.link_up(now), now)
                    return
                case fx.Note() | fx.StoreReplaced() | fx.Quarantined():
                    self.notes.append(effect)

    def keys(self, stream: str) -> list[str]:
        return [k for k in self.disk.own if k.startswith(f"{stream}/")]

    def apply(self, deliver: fx.Deliver, now: float) -> None:
        refilled = ""
        for item in deliver.items:
            match item.message:
                case wire.Event(id=word) | wire.ControlCommand(id=word):
                    self.disk.applied.append(word)
                case wire.KnownSpec(name=key, resource=resource):
                    assert resource is not None
                    if resource["v"] > self.disk.own.get(key, ""):
                        self.disk.own[key] = resource["v"]
                case wire.RefillDone(hub=hub):
                    refilled = hub
                case None | wire.StatusGone() | wire.DeleteResource():
                    self.disk.state.pop(item.key, None)
                case wire.StatusReport(status=value) | wire.ApplyResource(resource=value):
                    self.disk.state[item.key] = value["v"]
        for effect in deliver.persist:
            self.disk.persist(effect)
        if refilled:
            self.do(self.machine.refilled(refilled, now), now)

    def refill(self, hub: str, now: float) -> None:
        for key, value in self.disk.state.items():
            known = wire.KnownSpec(kind="X", name=key, generation=1, resource={"v": value})
            self.persist(self.machine.enqueue("ev", key, known, now, vital=True))
        self.persist(self.machine.enqueue("ev", "refill", wire.RefillDone(hub=hub), now, vital=True))

    def persist(self, effects: list[Any]) -> None:
        for effect in effects:
            self.disk.persist(effect)

    def put(self, stream: str, key: str, value: str | None, now: float, *, force: bool = False) -> None:
        """None: the key is gone."""
        if stream in ("st", "cfg"):
            if value is None:
                self.disk.own.pop(key, None)
                gone = wire.StatusGone(kind="X", name=key) if stream == "st" else wire.DeleteResource(kind="X", name=key)
                self.persist(self.machine.enqueue(stream, key, gone, now, gone=True, force=force))
                return
            self.disk.own[key] = value
        assert value is not None
        if stream in ("ev", "cmd"):
            self.disk.made.append(value)
        self.persist(self.machine.enqueue(stream, key, make(stream, key, value), now, force=force))


def make(stream: str, key: str, value: str) -> Any:
    match stream:
        case "ev":
            return wire.Event(id=value, at=0.0, level="info", reason="Test", subject=key, message="m")
        case "st":
            return wire.StatusReport(kind="X", name=key, status={"v": value}, at=0.0)
        case "cfg":
            return wire.ApplyResource(resource={"v": value})
    return wire.ControlCommand(id=value, action="pause", asked_by="t")


class World:
    """One hub, one edge node (or copies of it), one network; time in steps of STEP_S."""

    STEP_S = 0.25

    def __init__(self, seed: int, *, crash_rate: float = 0.0, loss: float = 0.0) -> None:
        self.rng = random.Random(seed)
        self.loss, self.delay_s = loss, 2.0 if loss else 0.2
        self.now = 0.0
        self.edges = [Node(Role.EDGE, Disk("store-e"), self.rng, crash_rate)]
        self.hub = Node(Role.HUB, Disk("store-h"), self.rng, crash_rate)
        self.flying: list[tuple[float, Node | None, Node, fx.Send]] = []
        self.cut = False
        self.count = 0
        for node in self.nodes:
            self.attempt(node, lambda n=node: n.do(n.machine.link_up(self.now), self.now))

    @property
    def edge(self) -> Node:
        return self.edges[0]

    @property
    def nodes(self) -> list[Node]:
        return [*self.edges, self.hub]

    def attempt(self, node: Node, action: Callable[[], None]) -> None:
        try:
            action()
        except Crash:
            rate, node.crash_rate = node.crash_rate, 0.0
            node.start(self.now)
            node.do(node.machine.link_up(self.now), self.now)
            node.crash_rate = rate

    def flap(self) -> None:
        if self.rng.random() < 0.5:
            self.flying.clear()
        for node in self.nodes:
            node.machine.link_down(self.now)
            self.attempt(node, lambda n=node: n.do(n.machine.link_up(self.now), self.now))

    def work(self) -> None:
        self.count += 1
        node, stream = self.rng.choice([(self.edge, "ev"), (self.edge, "st"), (self.hub, "cfg"), (self.hub, "cmd")])
        key = f"{stream}/{self.rng.randrange(6)}"
        value: str | None = f"{self.count:06d}"
        if stream in ("st", "cfg") and self.rng.random() < 0.2:
            value = None
        node.put(stream, key, value, self.now)

    def step(self, *, work: float = 0.0, flap: float = 0.0) -> None:
        self.now += self.STEP_S
        if self.rng.random() < flap:
            self.flap()
        if self.rng.random() < work:
            self.work()
        for node in self.nodes:
            self.attempt(node, lambda n=node: n.do(n.machine.poll(self.now), self.now))
            sends, node.outbox = node.outbox, []
            for send in sends:
                for other in self.edges if node is self.hub else [self.hub]:
                    self.fly(other, send)
        due = [f for f in self.flying if f[0] <= self.now]
        self.flying = [f for f in self.flying if f[0] > self.now]
        for _, _, node, send in due:
            if node in self.nodes:
                self.attempt(node, lambda n=node, s=send: n.do(n.machine.receive(s.stream, s.payload, self.now), self.now))

    def fly(self, other: Node, send: fx.Send) -> None:
        if self.cut or self.rng.random() < self.loss:
            return
        for _ in range(1 + (self.rng.random() < self.loss)):
            self.flying.append((self.now + self.rng.random() * self.delay_s, None, other, send))

    def run(self, steps: int, **rates: float) -> None:
        for _ in range(steps):
            self.step(**rates)

    def calm(self, steps: int = 600) -> None:
        self.loss = 0.0
        self.cut = False
        for node in self.nodes:
            node.crash_rate = 0.0
        self.run(steps)

    def assert_converged(self) -> None:
        edge, hub = self.edge, self.hub
        assert edge.machine.backlog == hub.machine.backlog == 0
        assert {k: v for k, v in edge.disk.own.items() if k.startswith("st/")} == hub.disk.state
        assert {k: v for k, v in hub.disk.own.items() if k.startswith("cfg/")} == edge.disk.state
        assert edge.machine.view(self.now).digest == hub.machine.view(self.now).digest == "equal"
        assert edge.machine.view(self.now).state is LinkState.ONLINE


@pytest.mark.parametrize("seed", range(60))
def test_everything_arrives_once_and_in_order_whatever_breaks(seed: int) -> None:
    world = World(seed, crash_rate=0.01, loss=0.2)
    world.run(500, work=0.5, flap=0.02)
    world.calm()
    assert world.hub.disk.applied == world.edge.disk.made
    assert world.edge.disk.applied == world.hub.disk.made
    world.assert_converged()


@pytest.mark.parametrize("seed", range(12))
def test_a_hub_restored_from_an_old_backup_is_noticed_and_refilled(seed: int) -> None:
    world = World(seed, loss=0.05)
    world.run(200, work=0.5)
    backup = copy.deepcopy(world.hub.disk)
    world.run(200, work=0.5)
    world.calm(200)
    made, specs = list(world.edge.disk.made), {k: v for k, v in world.hub.disk.own.items() if k.startswith("cfg/")}
    world.hub.disk = backup
    world.hub.start(world.now)
    world.hub.do(world.hub.machine.link_up(world.now), world.now)
    world.calm()
    assert world.hub.disk.epoch == 2
    assert sorted(world.hub.disk.applied) == sorted(made)
    assert specs.items() <= {k: v for k, v in world.hub.disk.own.items() if k.startswith("cfg/")}.items()
    world.assert_converged()


def test_a_restored_hub_is_noticed_even_when_it_has_made_more_rows_since() -> None:
    """The numbers it has given since the restore go beyond what the edge node has: only their session tells."""
    world = World(5)
    backup = copy.deepcopy(world.hub.disk)
    for n in range(5):
        world.hub.put("cmd", "cmd/1", f"before {n}", world.now)
    world.run(100)
    world.hub.disk = backup
    world.hub.start(world.now)
    for n in range(9):
        world.hub.put("cmd", "cmd/1", f"after {n}", world.now)
    world.hub.start(world.now)
    world.hub.do(world.hub.machine.link_up(world.now), world.now)
    world.calm()
    assert [n for n in world.hub.notes if isinstance(n, fx.HubRestored)]
    world.assert_converged()


def test_a_new_edge_store_gets_the_whole_state_and_the_hub_says_so() -> None:
    world = World(7)
    world.run(200, work=0.5)
    world.edge.disk = Disk("store-new")
    world.edge.start(world.now)
    world.edge.do(world.edge.machine.link_up(world.now), world.now)
    world.calm()
    world.assert_converged()
    assert [n.old_store for n in world.hub.notes if isinstance(n, fx.StoreReplaced)] == ["store-e"]


@pytest.mark.parametrize("seed", range(10))
def test_two_live_copies_are_quarantined_until_one_is_picked(seed: int) -> None:
    world = World(seed)
    world.run(150, work=0.5)
    clone = Node(Role.EDGE, copy.deepcopy(world.edge.disk), world.rng, now=world.now)
    world.edges.append(clone)
    clone.do(clone.machine.link_up(world.now), world.now)
    world.run(200)
    assert [n for n in world.hub.notes if isinstance(n, fx.Quarantined)]
    assert not any(n.machine.online(world.now) for n in world.nodes)
    world.hub.do(world.hub.machine.accept(clone.boot, "store-picked", world.now), world.now)
    world.edges = [clone]
    world.calm()
    clone.put("ev", "ev/x", "after", world.now)
    world.run(100)
    assert "after" in world.hub.disk.applied
    world.assert_converged()


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_that_differs_is_found_by_its_digest_and_repaired(seed: int) -> None:
    world = World(seed)
    world.run(200, work=0.5)
    world.calm(200)
    for node, stream in ((world.hub, "st"), (world.edge, "cfg")):
        stream_keys = [k for s, k in node.disk.entries if s == stream]
        lost = world.rng.choice(stream_keys)
        node.disk.state.pop(lost, None)
        node.disk.entries[(stream, lost)] = "0" * 16
        node.disk.entries[(stream, f"{stream}/ghost")] = "1" * 16
        node.disk.state[f"{stream}/ghost"] = "boo"
        node.start(world.now)
        node.do(node.machine.link_up(world.now), world.now)
    world.calm(500)
    world.assert_converged()


def test_an_idle_edge_node_costs_less_than_two_kilobytes_a_minute() -> None:
    world = World(1)
    world.calm(400)
    before = [n.machine.view(world.now) for n in world.nodes]
    world.run(int(600 / world.STEP_S))
    after = [n.machine.view(world.now) for n in world.nodes]
    assert sum(a.bytes_sent - b.bytes_sent for a, b in zip(after, before, strict=True)) / 10 < 2048


def test_a_backlog_stays_on_the_disk() -> None:
    world = World(1)
    world.cut = True
    for node in world.nodes:
        node.machine.link_down(world.now)
    for n in range(5_000):
        world.edge.put("ev", f"ev/{n}", f"{n:06d}", world.now)
        world.edge.put("st", f"st/{n % 700}", f"{n:06d}", world.now)
    out = world.edge.machine._state.out
    assert not out["ev"]._window
    assert all(row is None for row in out["st"].waiting.values())
    world.cut = False
    for node in world.nodes:
        node.do(node.machine.link_up(world.now), world.now)
    world.run(2_000)
    assert world.hub.disk.applied == world.edge.disk.made
    world.assert_converged()


def test_a_snapshot_waits_until_the_history_of_the_site_is_here() -> None:
    world = World(2)
    world.cut = True
    for node in world.nodes:
        node.machine.link_down(world.now)
    for n in range(2_000):
        world.edge.put("ev", f"ev/{n}", f"{n:06d}", world.now)
    world.hub.put("cfg", "cfg/1", "x", world.now)
    world.cut = False
    for node in world.nodes:
        node.do(node.machine.link_up(world.now), world.now)
    while not world.edge.disk.state and world.now < 500:
        world.step()
    assert world.edge.disk.state
    assert len(world.hub.disk.applied) == 2_000
    world.calm(200)
    world.assert_converged()


def test_rows_are_kept_until_they_are_in_a_backup() -> None:
    world = World(3)
    world.run(200, work=0.5)
    world.calm(200)
    assert world.edge.machine.view(world.now).kept == len(world.edge.disk.made)
    world.hub.do(world.hub.machine.checkpoint(world.hub.machine.cursors, world.now), world.now)
    world.run(40)
    assert world.edge.machine.view(world.now).kept == 0
    assert not world.edge.disk.rows


def test_large_bodies_travel_in_parts() -> None:
    world = World(1)
    value = "".join(chr(33 + world.rng.randrange(90)) for _ in range(2_000_000))
    world.hub.put("cfg", "cfg/large", value, world.now)
    world.run(100)
    world.hub.put("cfg", "cfg/large", value + "!", world.now)
    world.run(100)
    assert world.edge.disk.state["cfg/large"] == value + "!"


@pytest.mark.parametrize("stream", ["ctl", "ack", "snap", "ev", "nonsense"])
@pytest.mark.parametrize("payload", [b"", b"{", b"[]x", b'["hello"]', b"\xff\xfe", b"[" * 5000, b"x" * (FRAME_BYTES_MAX + 1)])
def test_garbage_frames_are_noted_and_change_nothing(stream: str, payload: bytes) -> None:
    machine = SyncMachine(Role.HUB, me="cloud", peer="edge-1", identity=Identity("h.1", 1, "b"), now=0.0)
    machine.link_up(0.0)
    effects = machine.receive(stream, payload, 1.0)
    assert [e.reason for e in effects] == ["BadFrame"]  # type: ignore[union-attr]
    assert machine.backlog == 0


def test_a_full_outbox_takes_only_what_is_vital() -> None:
    machine = SyncMachine(
        Role.EDGE, me="edge-1", peer="cloud", identity=Identity("e", 1, "b"), now=0.0, limits=Limits(quota_bytes=10_000)
    )
    taken = 0
    while machine.room(200):
        machine.enqueue("ev", "k", make("ev", "k", f"{taken}"), 0.0)
        taken += 1
    assert machine.pressure > 0.9
    with pytest.raises(Exception, match="is full"):
        machine.enqueue("ev", "k", make("ev", "k", "x" * 200), 0.0)
    assert machine.enqueue("ev", "k", make("ev", "k", "x" * 200), 0.0, vital=True)


def test_a_full_outbox_takes_the_newest_status_of_what_waits_already() -> None:
    """Else the cloud would be told something stale: the row that waits is replaced, and takes no more room."""
    machine = SyncMachine(
        Role.EDGE, me="edge-1", peer="cloud", identity=Identity("e", 1, "b"), now=0.0, limits=Limits(quota_bytes=10_000)
    )
    disk = Disk("e")
    for effect in machine.enqueue("st", "st/1", make("st", "st/1", "old"), 0.0):
        disk.persist(effect)
    while machine.room(200, vital=True):
        machine.enqueue("ev", "k", make("ev", "k", "x"), 0.0, vital=True)
    with pytest.raises(QueueFull):
        machine.enqueue("st", "st/2", make("st", "st/2", "new"), 0.0)
    rows = machine.backlog
    for effect in machine.enqueue("st", "st/1", make("st", "st/1", "new"), 0.0):
        disk.persist(effect)
    assert machine.backlog == rows
    assert b'"new"' in disk.rows[("st", 0, "st/1")].body
    assert machine.enqueue("st", "st/1", wire.StatusGone(kind="X", name="st/1"), 0.0, gone=True)


def test_digest_words_find_the_bucket_that_differs() -> None:
    one, two = Section([(f"k{i}", "a") for i in range(500)]), Section([(f"k{i}", "a") for i in range(500)])
    assert one.root == two.root
    two.put("k77", "b")
    assert one.differing(two.words()) == [bucket_of("k77")]
    assert one.differing_keys([bucket_of("k77")], two.of_buckets([bucket_of("k77")])) == ("k77",)
    two.put("k77", "a")
    assert one.root == two.root
    assert codec.encode(one.root) == codec.encode(two.root)


def test_a_restored_edge_node_that_has_numbered_other_rows_meanwhile_is_quarantined() -> None:
    world = World(5)
    world.run(100, work=0.5)
    world.calm(100)
    backup = copy.deepcopy(world.edge.disk)
    world.edge.put("ev", "ev/1", "of the first history", world.now)
    world.run(40)
    world.edge.disk = backup
    world.edge.start(world.now)
    world.edge.put("ev", "ev/1", "of the second history", world.now)
    world.edge.do(world.edge.machine.link_up(world.now), world.now)
    world.run(60)
    assert [n for n in world.hub.notes if isinstance(n, fx.Quarantined)]
    world.hub.do(world.hub.machine.accept(world.edge.boot, "store-picked", world.now), world.now)
    world.calm()
    assert {"of the first history", "of the second history"} <= set(world.hub.disk.applied)
    world.assert_converged()


def test_an_edge_node_that_was_deleted_and_comes_back_is_no_proof_of_a_restored_hub() -> None:
    world = World(3)
    world.run(100, work=0.5)
    world.calm(100)
    world.hub.put("cmd", "cmd/1", "never to be sent", world.now)
    world.hub.persist(world.hub.machine.retire(world.now))
    world.run(40)
    assert not [k for k in world.hub.disk.rows if k[0] in ("cmd", "cfg")]
    world.hub.start(world.now)
    for node in world.nodes:
        node.do(node.machine.link_up(world.now), world.now)
    world.calm(200)
    assert not [n for n in world.hub.notes if isinstance(n, fx.HubRestored | fx.StoreReplaced)]
    assert world.hub.disk.epoch == 1
    world.assert_converged()
