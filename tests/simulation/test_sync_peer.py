"""Two SyncPeers, a network that loses, repeats and delays, and processes that die between any two steps."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from fleet.contracts import codec, wire
from fleet.sync.old.effects import DeadLetter, Deliver, DropRows, NumberRow, PutRow, Resync, Row, Send, SetValue
from fleet.sync.old.peer import FRAME_BYTES_MAX, Role, SyncPeer


class Crash(Exception):
    pass


@dataclass
class Disk:
    """What survives a crash: rows, values, and the application's own records."""

    store_id: str
    session: int = 0
    rows: dict[tuple[str, int, str], Row] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    applied: list[tuple[str, str, str]] = field(default_factory=list)
    state: dict[str, str] = field(default_factory=dict)
    own_state: dict[str, str] = field(default_factory=dict)
    dead: list[DeadLetter] = field(default_factory=list)

    def persist(self, effect: Any) -> None:
        match effect:
            case PutRow(row):
                self.rows[(row.stream, row.seq, row.key)] = row
            case NumberRow(stream, key, seq):
                row = self.rows.pop((stream, 0, key))
                self.rows[(stream, seq, key)] = Row(stream, key, seq, row.body, row.at)
            case DropRows(stream, upto):
                for k in [k for k in self.rows if k[0] == stream and 1 <= k[1] <= upto]:
                    del self.rows[k]
            case SetValue(key, value):
                self.values[key] = value


class Node:
    """A thin shell, as in production: persist first, then send; commit a Deliver with its cursor, then ack."""

    def __init__(self, role: Role, disk: Disk, rng: random.Random, crash_rate: float) -> None:
        self.role, self.disk, self.rng, self.crash_rate = role, disk, rng, crash_rate
        self.outbox: list[Send] = []
        self.start()

    def start(self) -> None:
        self.disk.session += 1
        self.outbox = []
        self.peer = SyncPeer(
            self.role,
            me=self.role.value,
            peer="other",
            store_id=self.disk.store_id,
            session=self.disk.session,
            rows=self.disk.rows.values(),
            values=self.disk.values,
        )

    def maybe_crash(self) -> None:
        if self.rng.random() < self.crash_rate:
            raise Crash

    def do(self, effects: list[Any], now: float) -> None:
        self.maybe_crash()
        for effect in effects:
            if not isinstance(effect, Send | Deliver | Resync):
                self.disk.persist(effect)
            if isinstance(effect, DeadLetter):
                self.disk.dead.append(effect)
        for effect in effects:
            if isinstance(effect, Deliver):
                self.apply(effect)
        self.maybe_crash()
        for effect in effects:
            match effect:
                case Send():
                    self.outbox.append(effect)
                case Deliver(stream=stream, seq=seq):
                    self.maybe_crash()
                    self.do(self.peer.committed(stream, seq, now), now)
                case Resync(stream):
                    for key, value in self.disk.own_state.items():
                        self.put(stream, key, value, now)

    def apply(self, deliver: Deliver) -> None:
        for item in deliver.items:
            message = item.message
            text = message.message if isinstance(message, wire.Event) else codec.encode(message).decode()
            self.disk.applied.append((deliver.stream, item.key, text))
            self.disk.state[item.key] = text
        self.disk.persist(deliver.cursor)

    def put(self, stream: str, key: str, value: str, now: float) -> None:
        message = make(self.role, stream, key, value, now)
        self.disk.own_state[key] = value
        for effect in self.peer.enqueue(stream, key, message, now):
            self.disk.persist(effect)


def make(role: Role, stream: str, key: str, value: str, now: float) -> Any:
    if stream == "ev":
        return wire.Event(id=value, at=now, level="info", reason="Test", subject=key, message=value)
    if stream == "st":
        return wire.StatusReport(kind="Robot", name=key, status={"v": value}, at=now)
    if stream == "cfg":
        return wire.ApplyResource(resource={"v": value})
    return wire.ControlCommand(id=value, action="pause", asked_by=value)


def run(seed: int, *, crash_rate: float, loss: float, steps: int = 400) -> tuple[Node, Node, dict[str, list[str]]]:
    rng = random.Random(seed)
    edge = Node(Role.EDGE, Disk("store-e"), rng, crash_rate)
    hub = Node(Role.HUB, Disk("store-h"), rng, crash_rate)
    flying: list[tuple[float, Node, Send]] = []
    made: dict[str, list[str]] = {"ev": [], "cmd": []}
    now, linked = 0.0, False
    for step in range(steps + 400):
        calm = step >= steps
        if calm:
            edge.crash_rate = hub.crash_rate = loss = 0.0
        now += 0.25
        if not linked or (not calm and rng.random() < 0.02):
            linked = True
            flying = [] if rng.random() < 0.5 else flying
            for node in (edge, hub):
                node.peer.link_down()
                attempt(node, lambda n=node: n.do(n.peer.link_up(now), now), now)
        if not calm and rng.random() < 0.5:
            node, stream = rng.choice([(edge, "ev"), (edge, "st"), (hub, "cfg"), (hub, "cmd")])
            value = f"{stream}-{step}"
            key = f"k{rng.randrange(6)}" if stream in ("st", "cfg") else value
            node.put(stream, key, value, now)
            if stream in made:
                made[stream].append(value)
        for node, other in ((edge, hub), (hub, edge)):
            attempt(node, lambda n=node: n.do(n.peer.poll(now), now), now)
            for send in node.outbox:
                if rng.random() >= loss:
                    flying.append((now + rng.random() * 2, other, send))
                    if rng.random() < loss:
                        flying.append((now + rng.random() * 3, other, send))
            node.outbox = []
        due = [f for f in flying if f[0] <= now]
        flying = [f for f in flying if f[0] > now]
        for _, node, send in due:
            attempt(node, lambda n=node, s=send: n.do(n.peer.receive(s.stream, s.payload, now), now), now)
    return edge, hub, made


def attempt(node: Node, action: Any, now: float) -> None:
    try:
        action()
    except Crash:
        rate, node.crash_rate = node.crash_rate, 0.0
        node.start()
        node.do(node.peer.link_up(now), now)
        node.crash_rate = rate


@pytest.mark.parametrize("seed", range(40))
def test_every_event_and_control_arrives_once_and_in_order_whatever_breaks(seed: int) -> None:
    edge, hub, made = run(seed, crash_rate=0.02, loss=0.2)
    assert [text for stream, _, text in hub.disk.applied if stream == "ev"] == made["ev"]
    controls = [codec.decode(text, wire.Down).id for stream, _, text in edge.disk.applied if stream == "cmd"]
    assert controls == made["cmd"]


@pytest.mark.parametrize("seed", range(40))
def test_newest_status_and_spec_win_on_both_sides(seed: int) -> None:
    edge, hub, _ = run(seed + 1000, crash_rate=0.02, loss=0.2)
    for key, value in edge.disk.own_state.items():
        if value.startswith("st"):
            assert f'"v":"{value}"' in hub.disk.state[key]
    for key, value in hub.disk.own_state.items():
        if value.startswith("cfg"):
            assert f'"v":"{value}"' in edge.disk.state[key]
    assert edge.peer.backlog == hub.peer.backlog == 0
    assert not edge.disk.rows
    assert not hub.disk.rows


def test_a_new_edge_store_gets_the_whole_state_again() -> None:
    _edge, hub, _ = run(7, crash_rate=0.0, loss=0.0)
    fresh = Node(Role.EDGE, Disk("store-new"), random.Random(0), 0.0)
    now = 10_000.0
    for node in (hub, fresh):
        node.peer.link_down()
        node.do(node.peer.link_up(now), now)
    for _ in range(200):
        now += 0.25
        for node, other in ((fresh, hub), (hub, fresh)):
            node.do(node.peer.poll(now), now)
            sends, node.outbox = node.outbox, []
            for send in sends:
                other.do(other.peer.receive(send.stream, send.payload, now), now)
    wanted = {k: v for k, v in hub.disk.own_state.items() if v.startswith("cfg")}
    assert wanted
    assert set(wanted) <= set(fresh.disk.state)


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]x", b'{"type":"hello"}', b"\xff\xfe", b"[" * 5000, b"x" * (FRAME_BYTES_MAX + 1)]
)
@pytest.mark.parametrize("stream", ["ctl", "ack", "ev", "nonsense"])
def test_garbage_frames_are_noted_and_change_nothing(stream: str, payload: bytes) -> None:
    peer = SyncPeer(Role.HUB, me="cloud", peer="edge-1", store_id="a", session=1)
    peer.link_up(0.0)
    effects = peer.receive(stream, payload, 1.0)
    assert [e.reason for e in effects] == ["BadFrame"]  # type: ignore[union-attr]
    assert peer.backlog == 0


def test_a_row_that_cannot_be_understood_is_kept_aside_and_the_next_one_arrives() -> None:
    edge = SyncPeer(Role.EDGE, me="edge-1", peer="cloud", store_id="e", session=1)
    hub = SyncPeer(Role.HUB, me="cloud", peer="edge-1", store_id="h", session=1)
    hub.receive("ctl", edge.link_up(0.0)[0].payload, 0.0)  # type: ignore[union-attr]
    hub.link_up(0.0)
    hub.receive("ctl", edge.link_up(0.0)[0].payload, 0.0)  # type: ignore[union-attr]
    good = b'{"type":"event","id":"1","at":0,"level":"info","reason":"R","subject":"s","message":"m"}'
    head = b'{"id":"x","source":"e","type":"t","subject":"k","time":0,"epoch":"e","stream":"ev","specversion":"1.0",'
    frame = b"[" + head + b'"seq":1,"data":{"type":"nonsense"}},' + head + b'"seq":2,"data":' + good + b"}]"
    effects = hub.receive("ev", frame, 1.0)
    assert [type(e) for e in effects] == [DeadLetter, Deliver]
    assert effects[1].seq == 2  # type: ignore[union-attr]
