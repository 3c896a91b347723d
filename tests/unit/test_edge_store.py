"""The edge node's store on real files: of an older version, damaged, full; and rows as the sync machine asks for them."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from edge_node.core.effects import PutResource
from edge_node.store.ballast import Ballast
from edge_node.store.database import Damaged, Database
from edge_node.store.keeper import Keeper
from edge_node.store.salvage import open_or_salvage
from edge_node.store.statements import put_resource, set_value, sync_statements
from fleet.contracts import codec
from fleet.contracts.resources import ClosureSpec, ClosureStatus, Kind, ObjectMeta, Resource
from fleet.contracts.wire import Event
from fleet.sync import effects as fx

OLD_SCHEMA = """
CREATE TABLE state (kind TEXT NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE journal (robot TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE events (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE outbox (stream TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL, at REAL NOT NULL);
CREATE UNIQUE INDEX outbox_waiting ON outbox (stream, key) WHERE seq = 0;
CREATE UNIQUE INDEX outbox_numbered ON outbox (stream, seq) WHERE seq > 0;
CREATE TABLE dead (n INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT, seq INTEGER, reason TEXT, body BLOB);
CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO kv VALUES ('store_id', 'old-store'), ('session', '7');
INSERT INTO outbox VALUES ('ev', 'Task/T-1', 41, '{}', 5.0), ('ev', 'Task/T-1', 42, '{}', 6.0), ('st', 'Task/T-1', 0, '{}', 6.0);
INSERT INTO dead (stream, seq, reason, body) VALUES ('cmd', 3, 'why', '{}');
PRAGMA user_version = 1;
"""
PAGE_BYTES = 4096


def rows_of(stream: str, count: int, *, first: int = 1, bytes_: int = 400) -> list[fx.PutRow]:
    return [fx.PutRow(fx.Row(stream, f"Task/T-{n}", n, b"x" * bytes_, 1.0, False)) for n in range(first, first + count)]


def store(data: Database, *effects: fx.Persist) -> None:
    data.write([statement for effect in effects for statement in sync_statements(effect)])


def seqs(data: Database, stream: str, limit: int = 10_000) -> list[int]:
    return [row.seq for row in data.read_rows(fx.LoadRows(stream, after_seq=0, limit=limit))]


# ---- an older file ---------------------------------------------------------------------------------------------------


def test_a_file_of_version_1_becomes_one_of_version_2_with_all_that_it_held(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "edge.db") as old:
        old.executescript(OLD_SCHEMA)
    old.close()
    data = Database(tmp_path / "edge.db")
    found = data.load()
    assert (found.identity.store_id, found.identity.session) == ("old-store", 8)
    assert found.stored["ev"].first == 41
    assert found.stored["ev"].last == 42
    assert found.stored["st"].waiting == ("Task/T-1",)
    assert [(r.seq, r.gone) for r in data.read_rows(fx.LoadRows("ev", after_seq=0, limit=9))] == [(41, False), (42, False)]
    assert data.dead_letters() == 1
    store(data, fx.DeadLetter("cmd", 4, "Control/x", "why", b"{}"))
    data.close()
    again = Database(tmp_path / "edge.db")  # a second start has nothing to do
    assert again.load().identity.session == 9
    assert again.dead_letters() == 2
    again.close()


def test_a_migration_that_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "edge.db") as old:
        old.executescript(OLD_SCHEMA.replace("reason TEXT,", "reason TEXT, key TEXT,"))  # the second step will fail
    old.close()
    with pytest.raises(Damaged):
        Database(tmp_path / "edge.db")
    with sqlite3.connect(tmp_path / "edge.db") as old:
        assert "gone" not in [row[1] for row in old.execute("PRAGMA table_info(outbox)")]
    old.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "edge.db") as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(Damaged, match="version 99"):
        open_or_salvage(tmp_path / "edge.db")
    assert [p.name for p in tmp_path.iterdir() if "damaged" in p.name] == []


# ---- damaged files ---------------------------------------------------------------------------------------------------


def full_store(path: Path, rows: int) -> str:
    data = Database(path)
    store_id = data.load().identity.store_id
    data.write([put_resource(PutResource(closure(f"c-{n}"))) for n in range(40)])
    data.write([set_value("core.x", "y")])
    store(data, *rows_of("ev", rows), fx.PutRow(fx.Row("st", "Task/T-1", 0, b"{}", 1.0, True)))
    data.close()
    return store_id


def closure(name: str) -> Resource[ClosureSpec, ClosureStatus]:
    spec = ClosureSpec(targets=("n1",))
    return Resource(kind=Kind.CLOSURE, metadata=ObjectMeta(name=name), spec=spec, status=ClosureStatus())


def spoil(path: Path, table: str, shares: tuple[float, ...]) -> int:
    """Overwrite leaf pages of a table, at these places of it; how many."""
    with sqlite3.connect(path) as db:
        query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path"
        try:
            pages = [row[0] for row in db.execute(query, (table,))]
        except sqlite3.OperationalError:
            pages = []
    db.close()
    if not pages:  # SQLite without dbstat: look for leaves that hold the rows
        raw = path.read_bytes()
        pages = [
            n + 1
            for n in range(len(raw) // PAGE_BYTES)
            if raw[n * PAGE_BYTES] == 0x0D and b"x" * 300 in raw[n * PAGE_BYTES :][:PAGE_BYTES]
        ]
    bad = {pages[int(len(pages) * share)] for share in shares}
    with path.open("r+b") as file:
        for page in bad:
            file.seek((page - 1) * PAGE_BYTES)
            file.write(b"\xa5" * PAGE_BYTES)
    return len(bad)


@pytest.mark.parametrize("shares", [(0.5,), (0.2, 0.5, 0.8), (0.0, 0.99)])
def test_a_bad_page_costs_its_own_rows_only(tmp_path: Path, shares: tuple[float, ...]) -> None:
    path = tmp_path / "edge.db"
    store_id = full_store(path, 600)
    pages = spoil(path, "outbox", shares)
    before = path.read_bytes()
    data, salvaged = open_or_salvage(path)
    assert salvaged is not None
    assert salvaged.aside.read_bytes() == before
    found = data.load()
    assert found.identity.store_id != store_id
    assert len(found.resources) == 40
    assert found.values == {"x": "y"}
    kept = seqs(data, "ev")
    assert 600 - 12 * pages <= len(kept) < 600  # about nine rows of 400 bytes a page
    assert kept == sorted(set(kept))
    if 0.0 not in shares:
        assert kept[0] == 1
    assert data._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    data.close()
    sound, again = open_or_salvage(path)
    assert again is None
    sound.close()


def test_after_a_salvage_numbers_begin_anew_and_the_event_list_says_so(tmp_path: Path) -> None:
    path = tmp_path / "edge.db"
    full_store(path, 600)
    data = Database(path)
    store(data, fx.DropRows("ev", 100), fx.SetValue("own_store", "before"), fx.SetValue("next.ev", "601"))
    data.close()
    spoil(path, "outbox", (0.5,))
    data, salvaged = open_or_salvage(path)
    kept = len(seqs(data, "ev"))
    keeper = Keeper.open(data, site="s", edge="edge-1", clock=time.time, note=str(salvaged))
    asyncio.run(keeper.flush())
    numbered = seqs(data, "ev")
    assert numbered[0] == 1
    assert len(numbered) == kept + 1  # and the event of the salvage
    assert keeper.events[-1].reason == "StoreSalvaged"
    assert f"{kept} of outbox" in keeper.events[-1].message or f"{kept + 1} of outbox" in keeper.events[-1].message
    asyncio.run(keeper.close())


@pytest.mark.parametrize("content", [b"this is no database at all, " * 400, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_of_garbage_is_kept_aside_and_a_new_store_begins(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "edge.db"
    path.write_bytes(content)
    data, salvaged = open_or_salvage(path)
    assert salvaged is not None
    assert salvaged.aside.read_bytes() == content
    assert "nothing" in str(salvaged)
    assert data.load().identity.session == 1
    data.close()


def test_an_empty_file_is_a_new_store(tmp_path: Path) -> None:
    (tmp_path / "edge.db").touch()
    data, salvaged = open_or_salvage(tmp_path / "edge.db")
    assert salvaged is None
    assert data.load().identity.session == 1
    data.close()


def test_a_file_that_another_process_holds_is_not_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "edge.db"
    full_store(path, 5)
    real = sqlite3.connect
    holder = real(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **kwargs: real(*args, **{**kwargs, "timeout": 0.05}))
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        open_or_salvage(path)
    holder.execute("ROLLBACK")
    holder.close()
    assert [p.name for p in tmp_path.iterdir() if "damaged" in p.name] == []
    data, salvaged = open_or_salvage(path)
    assert salvaged is None
    data.close()


# ---- a full disk -----------------------------------------------------------------------------------------------------


async def note_work(keeper: Keeper) -> None:
    keeper.change(lambda now: keeper.core._ctx.event("info", "Work", "Task/T-1", "m" * 3000, now))
    await keeper.flush()


def test_on_a_full_disk_the_ballast_is_given_up_and_what_is_finished_is_still_stored(tmp_path: Path) -> None:
    async def scenario() -> None:
        data = Database(tmp_path / "edge.db", pages_max=60)
        keeper = Keeper.open(data, site="s", edge="edge-1", clock=time.time)
        ballast = Ballast(tmp_path)
        assert ballast.make()
        count = 0
        while not keeper.disk_full:
            await note_work(keeper)
            count += 1
            assert count < 200
        assert not ballast.there
        assert keeper.pressure == 1.0
        assert keeper.core._ctx.full  # the core takes no new work, and needs no poll to know
        for _ in range(20):  # what robots finish
            await note_work(keeper)
        reasons = [e.reason for e in keeper.events]
        assert reasons.count("Work") == count + 20
        assert reasons.count("DiskFull") == 1
        keeper.look_after_disk()
        assert not keeper.disk_full
        assert ballast.there
        await keeper.close()

    asyncio.run(scenario())
    again = Database(tmp_path / "edge.db")
    stored = [e.reason for e in again.load().events]
    assert "DiskFull" in stored
    assert stored.count("Work") > 20
    assert seqs(again, "ev") == list(range(1, len(seqs(again, "ev")) + 1))
    again.close()


def test_without_a_reserve_a_full_disk_ends_the_process_and_nothing_half_is_stored(tmp_path: Path) -> None:
    async def scenario() -> None:
        data = Database(tmp_path / "edge.db", pages_max=60)
        keeper = Keeper.open(data, site="s", edge="edge-1", clock=time.time)

        async def fill() -> None:
            for _ in range(200):
                await note_work(keeper)

        with pytest.raises(sqlite3.OperationalError, match="full"):
            await fill()
        data.close()

    asyncio.run(scenario())
    again = Database(tmp_path / "edge.db")
    stored = [e.id for e in again.load().events]
    sent = [
        codec.decode(r.body, Event).id for r in again.read_rows(fx.LoadRows("ev", after_seq=0, limit=999)) if b"Work" in r.body
    ]
    assert set(sent) <= set(stored)
    assert len(stored) == len(seqs(again, "ev"))
    again.close()


# ---- rows ------------------------------------------------------------------------------------------------------------


def test_rows_are_read_by_number_in_order_and_waiting_ones_by_key(tmp_path: Path) -> None:
    data = Database(tmp_path / "edge.db")
    store(data, *rows_of("ev", 20), *rows_of("st", 3))
    for n in range(5):
        store(data, fx.PutRow(fx.Row("st", f"Robot/R-{n}", 0, b"old", 1.0, False)))
        store(data, fx.PutRow(fx.Row("st", f"Robot/R-{n}", 0, b"new", 2.0, n == 4)))
    assert [r.seq for r in data.read_rows(fx.LoadRows("ev", after_seq=7, limit=3))] == [8, 9, 10]
    assert seqs(data, "st") == [1, 2, 3]
    waiting = data.read_rows(fx.LoadRows("st", keys=("Robot/R-1", "Robot/R-4", "Robot/none")))
    assert sorted((r.key, r.seq, r.body, r.gone) for r in waiting) == [
        ("Robot/R-1", 0, b"new", False),
        ("Robot/R-4", 0, b"new", True),
    ]
    store(data, fx.NumberRow("st", "Robot/R-1", 4))
    assert seqs(data, "st") == [1, 2, 3, 4]
    assert data.read_rows(fx.LoadRows("st", keys=("Robot/R-1",))) == []
    data.close()


def test_renumbering_moves_every_row_of_one_stream_down_and_keeps_the_order(tmp_path: Path) -> None:
    data = Database(tmp_path / "edge.db")
    store(data, *rows_of("ev", 30, first=11), *rows_of("st", 3, first=11))
    store(data, fx.PutRow(fx.Row("ev", "Robot/R", 0, b"w", 1.0, False)), fx.Renumber("ev", 10))
    assert seqs(data, "ev") == list(range(1, 31))
    assert [r.key for r in data.read_rows(fx.LoadRows("ev", after_seq=0, limit=2))] == ["Task/T-11", "Task/T-12"]
    assert seqs(data, "st") == [11, 12, 13]
    assert len(data.read_rows(fx.LoadRows("ev", keys=("Robot/R",)))) == 1
    data.close()


def test_a_transaction_that_fails_stores_nothing_of_itself(tmp_path: Path) -> None:
    data = Database(tmp_path / "edge.db")
    store(data, *rows_of("ev", 3))
    with pytest.raises(sqlite3.IntegrityError):
        store(data, *rows_of("ev", 3, first=4), *rows_of("ev", 1, first=2))
    assert seqs(data, "ev") == [1, 2, 3]
    data.close()
