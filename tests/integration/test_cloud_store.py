"""The store on real databases: what is committed is there after a restart, what is not was never there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from cloud.core.changes import AddEvent, PutCommand, PutSpec, PutStatus, Remove, Send
from cloud.store import store as store_module
from cloud.store import writer
from cloud.store.database import EVENTS_MAX, EdgePersist, PeerRows
from cloud.store.store import Store, sqlite_url
from fleet.contracts.commands import Command, CommandState
from fleet.contracts.errors import Conflict, InvalidInput, Transient
from fleet.contracts.resources import EdgeNodeSpec, Kind, MissionSpec, RobotSpec, RobotStatus
from fleet.contracts.wire import Event
from fleet.sync import effects as fx
from tests.postgres_server import NoPostgres, postgres


def run(scenario: Any) -> None:
    asyncio.run(asyncio.wait_for(scenario, 60))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server of our own, one for the whole run; or $DROVER_TEST_POSTGRES_URL (postgresql+psycopg://user@host/database)."""
    if given := os.environ.get("DROVER_TEST_POSTGRES_URL"):
        yield given
        return
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(postgres(durable=False))
        except NoPostgres as error:
            pytest.skip(f"no PostgreSQL here, and DROVER_TEST_POSTGRES_URL is not set: {error}")
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database; PostgreSQL gets a schema of its own, dropped afterwards."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    base = make_url(request.getfixturevalue("postgres_url"))
    schema = f"drover_{uuid.uuid4().hex[:8]}"
    engine = create_engine(base, pool_pre_ping=True)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield base.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url)
    try:
        yield store
    finally:
        await store.close()


class RecordingOutbox:
    """Stands where the hub stands: one coalesced row for each send."""

    def __init__(self) -> None:
        self.reloaded: list[dict[str, PeerRows]] = []

    def check(self, sends: Any) -> None:
        pass

    def enqueue(self, sends: list[Send], now: float) -> list[EdgePersist]:
        return [EdgePersist(s.edge, fx.PutRow(fx.Row(s.stream, s.key, 0, b"{}", now))) for s in sends]

    def reload(self, peers: dict[str, PeerRows]) -> None:
        self.reloaded.append(peers)


EDGE = PutSpec(Kind.EDGE_NODE, "edge-1", EdgeNodeSpec(), site="s")
ROBOT = PutSpec(Kind.ROBOT, "R1", RobotSpec(model="m", serial_number="1", edge="edge-1"), site="s")


def test_everything_is_there_after_a_restart(url: str) -> None:
    async def scenario() -> None:
        async with opened(url) as store:
            store.outbox = RecordingOutbox()
            await store.commit([EDGE, ROBOT])
            await store.commit([PutStatus(Kind.ROBOT, "R1", RobotStatus(battery_pct=42.0))])
            await store.commit([PutSpec(Kind.MISSION, "gone", MissionSpec(title="x"), site="s")])
            await store.commit([Remove(Kind.MISSION, "gone")])
            command = Command(id="c-1", site="s", text="héllo 停", state=CommandState.TRANSLATING, created_at=1.0)
            event = Event(id="e-1", at=1.0, level="info", reason="R", subject="a/b", message="m")
            await store.commit([PutCommand(command), AddEvent(event), AddEvent(event)])
            before = store.model.resources()
            before_it, version = store.identity, store.model.version
        async with opened(url) as store:
            assert store.model.resources() == before
            assert store.model.need(Kind.ROBOT, "R1").status.battery_pct == 42.0
            assert store.model.commands == {"c-1": command}
            assert [e.id for e in store.model.events] == ["e-1"]
            assert store.model.tombstones == {(Kind.MISSION, "gone"): 2}
            assert (store.identity.store_id, store.identity.session) == (before_it.store_id, before_it.session + 1)
            assert store.identity.boot != before_it.boot
            assert store.model.version == version
            assert set(store.peers["edge-1"].stored["cfg"].waiting) == {"EdgeNode/edge-1", "Robot/R1", "Mission/gone"}

    run(scenario())


def test_the_outbox_keeps_what_the_sync_machine_asks_for(url: str) -> None:
    async def scenario() -> None:
        def row(key: str, seq: int, body: bytes) -> fx.PutRow:
            return fx.PutRow(fx.Row("cfg", key, seq, body, 1.0))

        async with opened(url) as store:
            await store.persist("e", [row("a", 0, b"1"), row("b", 0, b"2"), row("a", 0, b"3")])
            await store.persist(
                "e", [row("b", 0, b"4"), fx.NumberRow("cfg", "a", 1), fx.NumberRow("cfg", "b", 2), row("a", 0, b"5")]
            )
            await store.persist("e", [fx.DropRows("cfg", 1), fx.SetValue("next.cfg", "3"), fx.SetValue("next.cfg", "4")])
            await store.persist("e", [fx.DeadLetter("st", 9, "k", "why", b"x" * 100_000)])
            await store.persist("e", [fx.PutEntry("cfg", "a", "1"), fx.PutEntry("cfg", "b", "2"), fx.PutEntry("cfg", "b", None)])
        async with opened(url) as store:
            found = store.peers["e"]
            assert found.stored["cfg"] == fx.StoredStream(2, 2, ("a",), 2, 2, 1.0)
            assert found.entries == [("cfg", "a", "1")]
            numbered = await store.read_rows("e", fx.LoadRows("cfg", after_seq=1))
            waiting = await store.read_rows("e", fx.LoadRows("cfg", keys=("a", "b")))
            assert [(r.key, r.seq, r.body) for r in (*numbered, *waiting)] == [("b", 2, b"4"), ("a", 0, b"5")]
            assert [d["key"] for d in await store.dead_letters("e")] == ["k"]
            assert store.peers["e"].values == {"next.cfg": "4"}

    run(scenario())


def test_a_database_that_was_restored_becomes_another_store_of_a_higher_epoch(url: str) -> None:
    async def scenario() -> None:
        async with opened(url) as store:
            outbox = RecordingOutbox()
            store.outbox = outbox
            await store.commit([EDGE])
            before = store.identity
            await store.raise_epoch(4)
            raised = store.identity
            assert (before.hub_epoch, raised.hub_epoch) == (1, 5)
            assert len({before.store_id, raised.store_id}) == len({before.boot, raised.boot}) == 2
            assert outbox.reloaded, "the hub greets anew"
        async with opened(url) as store:
            assert (store.identity.store_id, store.identity.hub_epoch) == (raised.store_id, 5)

    run(scenario())


async def cut_off(url: str) -> None:
    """End all sessions of this database but our own, as a restart of the server does."""

    def cut() -> None:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")  # within a transaction the view stands still
        with engine.connect() as connection:
            others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
            while connection.execute(text(f"SELECT count(*) {others}")).scalar():
                time.sleep(0.02)
        engine.dispose()

    await asyncio.to_thread(cut)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.e2e
def test_a_cloud_that_was_cut_off_from_postgresql_goes_on_as_the_one_writer(url: str) -> None:
    async def scenario() -> None:
        async with opened(url) as store:
            await store.commit([EDGE])
            with pytest.raises(Transient, match="another cloud"):
                await Store.open(url)
            await cut_off(url)
            await store.commit([ROBOT])
            with pytest.raises(Transient, match="another cloud"):
                await Store.open(url)
        async with opened(url) as store:
            assert store.model.need(Kind.ROBOT, "R1").spec.edge == "edge-1"

    run(scenario())


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.e2e
def test_a_cloud_whose_place_was_taken_while_it_was_cut_off_writes_nothing_more(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RETRY_S", (0.01,))
    monkeypatch.setattr(store_module, "RELOAD_S", 0.05)

    async def scenario() -> None:
        async with opened(url) as first:
            await first.commit([EDGE])
            await cut_off(url)
            async with opened(url) as second:
                await second.commit([ROBOT])
                with pytest.raises(Transient):
                    await first.commit([PutSpec(Kind.MISSION, "lost", MissionSpec(title="x"), site="s")])
            await asyncio.sleep(0.3)  # it looks for its database again and again
            with pytest.raises(Transient, match="has written"):
                await asyncio.to_thread(first._database.load)
            with pytest.raises(Transient):
                await first.commit([PutSpec(Kind.MISSION, "lost", MissionSpec(title="x"), site="s")])
        async with opened(url) as store:
            assert not store.model.of_kind(Kind.MISSION)
            assert store.model.need(Kind.ROBOT, "R1")

    run(scenario())


def test_a_copy_has_all_that_was_committed_and_never_overwrites(url: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        copy = tmp_path / "copies" / "copy.db"
        async with opened(url) as store:
            store.submit([EDGE, ROBOT])
            if not url.startswith("sqlite"):
                with pytest.raises(InvalidInput, match="pg_dump"):
                    await store.backup(copy)
                return
            assert await store.backup(copy) > 0
            before = store.model.resources()
            with pytest.raises(Conflict):
                await store.backup(copy)
            copy.with_name(".next.db.partial").write_text("what a crash has left")
            await store.backup(copy.with_name("next.db"))
            assert sorted(f.name for f in copy.parent.iterdir()) == ["copy.db", "next.db"]
            with pytest.raises(Transient):
                await store.backup(copy / "below a file")
        async with opened(f"sqlite:///{copy}") as store:
            assert store.model.resources() == before

    run(scenario())


def test_a_deleted_edge_node_takes_its_outbox_along(url: str) -> None:
    async def scenario() -> None:
        async with opened(url) as store:
            store.outbox = RecordingOutbox()
            await store.commit([EDGE])
            await store.commit([Remove(Kind.EDGE_NODE, "edge-1")])
        async with opened(url) as store:
            assert store.peers == {}

    run(scenario())


def test_a_burst_is_committed_in_few_transactions_and_in_order(url: str) -> None:
    async def scenario() -> None:
        async with opened(url) as store:
            seen: list[str] = []
            store.watch(lambda applied: seen.extend(r.metadata.name for r in applied.resources))
            names = [f"m-{i:03}" for i in range(300)]
            await asyncio.gather(*(store.commit([PutSpec(Kind.MISSION, n, MissionSpec(title=n), site="s")]) for n in names))
            assert seen == names
            assert store._writer.commits < 50

    run(scenario())


def test_of_two_changes_on_one_generation_the_second_is_refused(url: str) -> None:
    async def scenario() -> None:
        async with opened(url) as store:
            await store.commit([EDGE, ROBOT])
            change = [PutSpec(Kind.ROBOT, "R1", RobotSpec(model="m", serial_number=s), expect_generation=1) for s in ("2", "3")]
            results = await asyncio.gather(*(store.commit([c]) for c in change), return_exceptions=True)
            assert [type(r) for r in results].count(Conflict) == 1
            assert store.model.need(Kind.ROBOT, "R1").spec.serial_number == "2"

    run(scenario())


def test_when_the_database_fails_the_callers_hear_it_and_memory_goes_back_to_what_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RETRY_S", (0.01,))
    monkeypatch.setattr(store_module, "RELOAD_S", 0.1)

    async def scenario() -> None:
        async with opened(sqlite_url(tmp_path)) as store:
            outbox = RecordingOutbox()
            store.outbox = outbox
            await store.commit([EDGE, ROBOT])
            breaker = sqlite3.connect(tmp_path / "cloud.db", isolation_level=None)
            # a trigger that refuses is how a full disk looks to the writer
            breaker.execute("CREATE TRIGGER full BEFORE INSERT ON resources BEGIN SELECT RAISE(ABORT, 'disk full'); END")
            lost = [store.commit([PutSpec(Kind.MISSION, f"m-{i}", MissionSpec(title="x"), site="s")]) for i in range(5)]
            results = await asyncio.gather(*lost, return_exceptions=True)
            assert {type(r) for r in results} == {Transient}
            assert "disk full" in str(results[0])
            breaker.execute("DROP TRIGGER full")
            breaker.close()
            async with asyncio.timeout(10):
                while store._writer.failure is not None:  # noqa: ASYNC110 (the store tells nobody when it is back)
                    await asyncio.sleep(0.02)
            assert not store.model.of_kind(Kind.MISSION), "what was refused is not there"
            assert outbox.reloaded, "the hub begins again from what is stored"
            await store.commit([PutSpec(Kind.MISSION, "m-9", MissionSpec(title="x"), site="s")])
            assert [m.metadata.name for m in store.model.of_kind(Kind.MISSION)] == ["m-9"]

    run(scenario())


def test_events_are_bounded(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(sqlite_url(tmp_path)) as store:
            events = [
                AddEvent(Event(id=str(i), at=0.0, level="info", reason="R", subject="a/b", message=""))
                for i in range(EVENTS_MAX + 50)
            ]
            await store.commit(events)
        with sqlite3.connect(tmp_path / "cloud.db") as connection:
            assert connection.execute("SELECT count(*), max(number) FROM events").fetchone() == (EVENTS_MAX, EVENTS_MAX + 50)
        connection.close()

    run(scenario())


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite+aiosqlite:///x"])
def test_a_url_that_names_no_database_is_refused_with_a_fix(url: str) -> None:
    async def scenario() -> None:
        with pytest.raises(InvalidInput) as refused:
            await Store.open(url)
        assert refused.value.field == "database_url"

    run(scenario())


def test_a_database_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    async def scenario() -> None:
        for url in (f"sqlite:///{tmp_path}/no/such/folder/x.db", "postgresql+psycopg://nobody@127.0.0.1:9/none"):
            with pytest.raises(Transient) as refused:
                await Store.open(url)
            assert refused.value.fix

    run(scenario())
