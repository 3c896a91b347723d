"""A cloud that is put back to an old backup gets from its edge node what has happened since; and what a backup may be called."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from fleet.contracts import wire
from fleet.contracts.resources import Kind
from tests.integration.cloud_world import TRANSPORT, CloudWorld, cloud, free_port, problem
from tests.integration.test_cloud_hub import EDGE, Edge, eventually, nats, online, run


def happened(word: str) -> wire.Event:
    return wire.Event(id=word, at=time.time(), level="info", reason="Test", subject="Robot/AMR-1", message=word)


async def known(world: CloudWorld) -> dict[str, int]:
    """Kind/name -> generation of what a person or the cloud made."""
    found = {}
    for kinds in ("missions", "tasks", "robots", "layouts"):
        for item in (await world.get(f"/api/v1/{kinds}"))["items"]:
            found[f"{item['kind']}/{item['metadata']['name']}"] = item["metadata"]["generation"]
    return found


async def event_ids(world: CloudWorld) -> list[str]:
    return [e["id"] for e in (await world.get("/api/v1/events", limit=1000))["items"]]


async def settled(world: CloudWorld, edge: Edge) -> bool:
    """Both sides hold the same, nothing is on its way."""
    view = (await world.get(f"/api/v1/edgenodes/{EDGE}/link"))["view"]
    return view["state"] == "online" and view["digest"] == "equal" and view["backlog"] == 0 and edge.machine.backlog == 0


@pytest.mark.e2e
def test_a_cloud_put_back_to_an_old_backup_is_filled_again_by_its_edge_node(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        data = tmp_path / "cloud"
        async with nats(tmp_path / "nats", port), Edge(port).running() as edge:
            async with cloud(data, broker_port=port) as world:
                await world.apply_site()
                await online(world, edge)
                early = (await world.post("/api/v1/missions", {"ir": TRANSPORT}, expect=201))["metadata"]["name"]
                edge.say("ev", "e-1", happened("e-1"))
                await eventually(lambda: settled(world, edge))
                assert edge.machine.view(time.time()).kept > 0, "what is in no backup is kept at the edge node"

                backup = await world.post("/api/v1/backup", {"to": "old.db"}, expect=201)
                assert (backup["hub_epoch"], backup["edges"]) == (1, [EDGE])
                await eventually(lambda: edge.machine.view(time.time()).kept == 0)
                assert not [r for r in edge.disk.rows.values() if r.stream == "ev"]

                late = (await world.post("/api/v1/missions", {"ir": TRANSPORT}, expect=201))["metadata"]["name"]
                await world.post("/api/v1/robots/AMR-1/pause")
                deleted = await world.http.delete("/api/v1/robots/FL-1")
                assert deleted.is_success, deleted.text
                await world.post(f"/api/v1/missions/{early}/cancel")
                edge.status(Kind.ROBOT, "AMR-1", battery_pct=33.0)
                edge.say("ev", "e-2", happened("e-2"))
                await eventually(lambda: f"Mission/{late}" in edge.resources)
                await eventually(lambda: "Robot/FL-1" in edge.tombs)
                await eventually(lambda: settled(world, edge))
                before = await known(world)
                assert "e-2" in await event_ids(world)

            for beside in data.glob("cloud.db*"):
                beside.unlink()
            (data / "backups" / "old.db").rename(data / "cloud.db")
            with sqlite3.connect(data / "cloud.db") as old:
                names = {name for (name,) in old.execute("SELECT name FROM resources WHERE deleted_at IS NULL")}
            old.close()
            assert "FL-1" in names
            assert late not in names, "it is an old one"

            async with cloud(data, broker_port=port) as world:
                view = await eventually(lambda: refilled(world), 30)
                assert view["hub_epoch"] == 2
                await eventually(lambda: settled(world, edge))
                after = await known(world)
                assert before.keys() == after.keys(), "what was made is back, what was deleted stays deleted"
                assert all(after[key] >= generation for key, generation in before.items())
                assert (await world.get(f"/api/v1/missions/{early}"))["spec"]["desired"] == "cancel"
                robot = await world.get("/api/v1/robots/AMR-1")
                assert (robot["spec"]["paused"], robot["status"]["battery_pct"]) == (True, 33.0)
                ids = await event_ids(world)
                assert (ids.count("e-1"), ids.count("e-2")) == (1, 1)
                reasons = [e["reason"] for e in (await world.get("/api/v1/events", limit=1000))["items"]]
                assert reasons.count("HubRestored") == 1

    run(scenario())


async def refilled(world: CloudWorld) -> Any:
    """The link's view, once the edge node was asked for what it knows and is done with it."""
    view = (await world.get(f"/api/v1/edgenodes/{EDGE}/link"))["view"]
    return view if view["hub_epoch"] > 1 and view["state"] == "online" else None


def test_a_backup_is_named_within_its_folder_and_overwrites_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            made = await world.post("/api/v1/backup", {}, expect=201)
            assert [(str(f), f.stat().st_size) for f in (tmp_path / "backups").iterdir()] == [(made["file"], made["bytes"])]
            await world.post("/api/v1/backup", {"to": "a.db"}, expect=201)
            again = await world.http.post("/api/v1/backup", json={"to": "a.db"})
            assert (again.status_code, problem(again)["field"]) == (409, "to")
            for name in ("/tmp/a.db", "../a.db", "x/a.db", ".a", "a\0b", "x" * 101, "é.db", "a.db\n"):
                refused = await world.http.post("/api/v1/backup", json={"to": name})
                assert (refused.status_code, problem(refused)["field"]) == (422, "to"), name
            assert {f.name for f in (tmp_path / "backups").iterdir()} == {"a.db", made["file"].rpartition("/")[2]}, (
                "no half files"
            )
            assert (tmp_path / "backups" / "a.db").stat().st_mode & 0o077 == 0

    run(scenario())


def test_a_mark_counts_once_and_not_after_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            token = (await world.post("/api/v1/backup/mark", {}))["token"]
            assert (await world.post("/api/v1/backup/mark", {"token": token}))["file"] == ""
            again = await world.http.post("/api/v1/backup/mark", json={"token": token})
            assert (again.status_code, problem(again)["field"]) == (404, "token")
            token = (await world.post("/api/v1/backup/mark", {}))["token"]
        async with cloud(tmp_path) as world:
            forgotten = await world.http.post("/api/v1/backup/mark", json={"token": token})
            assert forgotten.status_code == 404

    run(scenario())
