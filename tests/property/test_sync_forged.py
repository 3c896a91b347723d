"""Frames that name the right runs and are wrong in one field: the broker's rights should keep them out, yet nothing raises.

Whatever they do to this conversation, the next one is sound: rows still arrive, and what was stored can be stored.
"""

from __future__ import annotations

import base64
import itertools
import json
import zlib
from typing import Any

import pytest

from fleet.sync import effects as fx
from fleet.sync.digest import Section, hash_of
from fleet.sync.frames import PROTOCOL_MAX
from fleet.sync.view import LinkState
from tests.simulation.test_sync_machine import Node, World

#: More digits than Python turns into a number, and numbers that no database holds.
DIGITS = "9" * 5000
TEXTS: tuple[Any, ...] = ("", "é", "edge-2", "\x00", f"store-h.{DIGITS}", f"store-h.{10**30}", f"boot-{DIGITS}")
LISTS: tuple[Any, ...] = ([], [[]], [-1, 10**400], [10**400, 10**400], ["cfg", "x", -1, "y"])
ODD: tuple[Any, ...] = (None, -1, 2**63, 10**400, 1e308, *TEXTS, *LISTS, {}, {"ev": 10**400, "cfg": -1}, {"cfg": 2**63})
COUNT = itertools.count()
#: Welcome, Later, Refused, Adopt
ANSWERS = range(1, 5)
ITEM = '[["cfg/1",{"type":"resource.apply","resource":{"v":"1"}}]]'


def world() -> World:
    made = World(1)
    made.run(60, work=0.5)
    made.calm(100)
    return made


def talk(me: Node, other: Node) -> list[tuple[str, list[Any]]]:
    """(stream, frame) of each kind that `other` could say to `me`, as sound as it gets."""
    said, to = other.boot, me.boot
    mine, store = me.machine.identity.store_id, other.machine.identity.store_id
    body, root = (
        ITEM.encode(),
        Section([("cfg/1", hash_of(json.dumps(json.loads(ITEM)[0][1], separators=(",", ":")).encode()))]).root,
    )
    last, at = {"ev": 1, "st": 1}, 1e6 + next(COUNT)  # only a newer hello is listened to
    roots = [["cfg", mine, 3, "00"]]
    return [
        ("ctl", ["hello", "edge-1", store, 2, said, [1, PROTOCOL_MAX], mine, 1, last, last, last, last, roots, 3, at, "p"]),
        ("ctl", ["welcome", to, said, 1, store, 1, 1, 1, last, last, last, [10, 10_000], "none", roots, at, at]),
        ("ctl", ["later", to, 1.0, at]),
        ("ctl", ["refused", to, "stale", "word", at]),
        ("ctl", ["adopt", to, "store-x", 5, at]),
        ("ctl", ["who", said]),
        ("ctl", ["b", said, to, 1.0, 0, True, True, roots]),
        ("ctl", ["r", said, to, 1.0, 1.0, True, roots]),
        ("ack", ["ack", said, to, mine, {"ev": 1, "cfg": 1}, False, {"ev": 1}]),
        ("ctl", ["digest", said, to, "cfg", 1, [1, 2]]),
        ("ctl", ["buckets", said, to, "cfg", 1, "0" * 4096]),
        ("ctl", ["entries", said, to, "cfg", 1, [1, 2], {"cfg/1": "00"}]),
        ("snap", ["begin", said, to, f"{said}-50", "cfg", me.machine.cursors.get("cfg", 1), 1, 1, root]),
        ("snap", ["chunk", said, to, f"{said}-50", 0, base64.b64encode(zlib.compress(body)).decode()]),
        ("snap", ["have", said, to, f"{said}-50", 1]),
        ("snap", ["done", said, to, f"{said}-50", True]),
    ]  # fmt: skip


def storable(node: Node) -> None:
    """Numbers that a shell writes into a column, or into a text that is read again."""
    assert 0 <= node.machine.identity.session <= 2**53
    assert all(0 <= seq <= 2**53 for seq in node.machine.cursors.values())
    assert all(len(v) < 100_000 for v in node.disk.values.values())


def goes_on(made: World, word: str) -> None:
    """Both start again (as after any fault), an operator picks where a forged hello looked like a copy; honest rows arrive."""
    for node in made.nodes:
        storable(node)
        node.start(made.now)
        node.do(node.machine.link_up(made.now), made.now)
    made.calm(100)
    if made.hub.machine.view(made.now).state is LinkState.QUARANTINED:
        made.hub.do(made.hub.machine.accept(made.edge.boot, f"picked-{word}", made.now), made.now)
    made.edge.put("ev", "ev/x", word, made.now)
    made.hub.put("cmd", "cmd/x", word, made.now)
    made.calm(300)
    assert word in made.hub.disk.applied
    assert word in made.edge.disk.applied


@pytest.mark.parametrize("number", range(16))
@pytest.mark.parametrize("role", ["edge", "hub"])
def test_a_control_frame_with_one_odd_field_raises_nothing_at_either_end(number: int, role: str) -> None:
    made = world()
    me, other = (made.edge, made.hub) if role == "edge" else (made.hub, made.edge)
    for field in range(1, len(talk(me, other)[number][1])):
        for odd in ODD:
            me.machine.link_down(made.now)
            me.do(me.machine.link_up(made.now), made.now)
            made.run(12 if number not in ANSWERS else 0)  # they count only while a hello is not answered
            stream, frame = talk(me, other)[number]
            frame[field] = odd
            if frame[0] == "chunk":
                me.do(me.machine.receive(stream, json.dumps(talk(me, other)[number - 1][1]).encode(), made.now), made.now)
            me.do(me.machine.receive(stream, json.dumps(frame).encode(), made.now), made.now)
            me.do(me.machine.poll(made.now), made.now)
            storable(me)
    goes_on(made, "after-all")


@pytest.mark.parametrize("data", ["é", "x", base64.b64encode(zlib.compress(b'[["k",' + b"[" * 200_000)).decode(), "A" * 200_000])
def test_a_snapshot_that_does_not_unpack_is_refused_and_the_stream_goes_on(data: str) -> None:
    made = world()
    begin, chunk = talk(made.edge, made.hub)[12:14]
    chunk[1][5] = data
    for stream, frame in (begin, chunk):
        made.edge.do(made.edge.machine.receive(stream, json.dumps(frame).encode(), made.now), made.now)
    goes_on(made, "after-it")
    made.assert_converged()


def test_the_snapshot_that_is_spoilt_here_would_be_taken_as_it_is() -> None:
    made = world()
    for stream, frame in talk(made.edge, made.hub)[12:14]:
        made.edge.do(made.edge.machine.receive(stream, json.dumps(frame).encode(), made.now), made.now)
    assert made.edge.disk.state == {"cfg/1": "1"}


@pytest.mark.parametrize("spoilt", [b"", b'{"x', b'{"a":1}}', b"{" * 5000, b'{"v":"\xff\xfe"}', b"\x00" * 40])
def test_a_row_that_the_disk_has_spoilt_is_set_aside_and_the_sound_rows_of_its_frame_arrive(spoilt: bytes) -> None:
    made = world()
    for node in made.nodes:
        node.machine.link_down(made.now)
    sides = [(made.edge, "ev", made.hub), (made.hub, "cmd", made.edge)]
    for node, stream, _ in sides:
        for word in ("before", "spoilt", "after"):
            node.put(stream, f"{stream}/{word}", word, made.now)
        place, row = next((k, r) for k, r in node.disk.rows.items() if r.key == f"{stream}/spoilt")
        node.disk.rows[place] = fx.Row(row.stream, row.key, row.seq, spoilt, row.at)
    for node in made.nodes:
        node.do(node.machine.link_up(made.now), made.now)
    made.calm(200)
    for _, stream, other in sides:
        assert [w for w in other.disk.applied if w in ("before", "spoilt", "after")] == ["before", "after"]
        assert [d.key for d in other.disk.dead] == [f"{stream}/spoilt"]
        assert all(d.reason for d in other.disk.dead)
    made.assert_converged()


def test_a_row_that_claims_more_parts_than_it_has_gives_way_to_the_sound_one() -> None:
    made = world()
    made.edge.put("ev", "ev/x", "sound", made.now)
    made.edge.do(made.edge.machine.poll(made.now), made.now)
    send = next(s for s in made.edge.outbox if s.stream == "ev")
    rows = json.loads(send.payload)
    for parts in (2, 250, 10**6, 2**53):
        forged = [{**row, "data": "x", "part": 0, "parts": parts} for row in rows]
        made.hub.do(made.hub.machine.receive("ev", json.dumps(forged).encode(), made.now), made.now)
    made.hub.do(made.hub.machine.receive("ev", send.payload, made.now), made.now)
    assert made.hub.disk.applied[-1] == "sound"
    made.calm(200)
    made.assert_converged()
    assert made.hub.disk.applied == made.edge.disk.made


@pytest.mark.parametrize("count", [2**31, 2**63, 10**30, -1])
def test_a_number_that_no_database_holds_makes_a_dead_letter_and_not_a_write(count: int) -> None:
    made = world()
    for number in range(3):
        made.edge.put("ev", "ev/x", f"row-{number}", made.now)
    place, row = next((k, r) for k, r in made.edge.disk.rows.items() if b"row-1" in r.body)
    body = {"type": "known", "kind": "Closure", "name": "c", "generation": count, "deleted": True}
    made.edge.machine.link_down(made.now)
    made.edge.disk.rows[place] = fx.Row(row.stream, row.key, row.seq, json.dumps(body).encode(), row.at)
    made.edge.do(made.edge.machine.link_up(made.now), made.now)
    made.calm(200)
    assert [w for w in made.hub.disk.applied if w.startswith("row")] == ["row-0", "row-2"]
    assert ["generation" in d.reason for d in made.hub.disk.dead] == [True]
