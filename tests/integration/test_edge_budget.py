"""The offline budget of a real edge node's store: on its API, on its status, and remembered over a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fastapi.testclient import TestClient

from edge_node.api.context import Context
from edge_node.api.live import LiveFeed
from edge_node.api.server import make_app
from edge_node.store.budget import status_of
from edge_node.store.database import Database
from edge_node.store.keeper import Keeper
from fleet.contracts.resources import Kind
from tests.unit import sites

TOKEN = "t0ken"
HOUR_S = 3600.0


class NoLink:
    cut_until = 0.0

    def cut(self, for_s: float) -> None: ...
    def heal(self) -> None: ...


def opened(path: Path, now: list[float]) -> Keeper:
    return Keeper.open(Database(path / "edge.db"), site=sites.SITE, edge="edge-1", clock=lambda: now[0])


def client_of(keeper: Keeper) -> TestClient:
    context = Context(keeper=keeper, site_name=sites.SITE, edge="edge-1", cloud=NoLink())
    feed = LiveFeed(keeper, site=sites.SITE, token=TOKEN)
    return TestClient(make_app(context, feed, token=TOKEN, health=dict, web_dir=None))


def test_the_budget_is_measured_shown_and_remembered(tmp_path: Path) -> None:
    now = [sites.NOW]
    keeper = opened(tmp_path, now)
    client = client_of(keeper)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/api/v1/offline-budget").status_code == 401
    assert client.get("/api/v1/offline-budget", headers=headers).json()["seconds"] is None
    for n in range(600):  # an hour of events, one every six seconds
        now[0] += HOUR_S / 600
        keeper.change(lambda at, n=n: keeper.core.note("info", "Tried", f"event {n}", at))  # type: ignore[misc]
    shown = client.get("/api/v1/offline-budget", headers=headers).json()
    assert shown["first"]["name"] in ("storage", "disk")
    assert shown["sentence"].startswith("can run ")
    assert [limit["name"] for limit in shown["limits"]].count("storage") == 1
    keeper.change(lambda at: keeper.core.report_link(now=at, **status_of(keeper)))
    status = keeper.core.resource(Kind.EDGE_NODE, "edge-1").status
    assert status.offline_limit == shown["first"]["name"]
    assert abs(status.offline_budget_s - shown["seconds"]) < 0.01 * shown["seconds"] + 1
    asyncio.run(keeper.close())
    again = client_of(opened(tmp_path, now)).get("/api/v1/offline-budget", headers=headers).json()
    assert abs(again["seconds"] - shown["seconds"]) < 0.05 * shown["seconds"]
