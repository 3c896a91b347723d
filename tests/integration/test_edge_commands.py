"""Sentences at the site itself, with the cloud and its broker away: a real edge node, asking a real planner's port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from edge_node.app import serve_edge
from edge_node.config import EdgeConfig
from fleet.contracts import codec, manifest
from fleet.contracts.command_ir import CommandIr
from fleet.contracts.translate import Asked, TranslateReply
from fleet_io.mqtt import MqttSettings
from tests.integration.cloud_world import TRANSPORT, ScriptedPlanner, plan_of, planner
from tests.unit import sites

TOKEN = "t0ken"
NOBODY = MqttSettings(port=9)


class EdgeWorld:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str) -> Any:
        answer = await self.http.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, *, expect: int = 200) -> Any:
        answer = await self.http.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def say(self, text: str, **fields: Any) -> Any:
        return await self.post("commands", {"text": text, **fields}, expect=202)


@asynccontextmanager
async def edge(data: Path, planner_url: str) -> AsyncIterator[EdgeWorld]:
    """Both brokers are away, and with them the cloud."""
    config = EdgeConfig(
        data_dir=data,
        site=sites.SITE,
        name="edge-1",
        port=0,
        token=TOKEN,
        cloud_broker=NOBODY,
        robot_broker=NOBODY,
        planner_url=planner_url,
    )
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    running = asyncio.create_task(serve_edge(config, stop=stop, ready=port.set_result))
    url = f"http://127.0.0.1:{await asyncio.wait_for(port, 20)}"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=20) as http:
            world = EdgeWorld(http)
            assert not (await http.get("/healthz")).json()["cloud"]
            await world.post("apply", {"documents": [manifest.to_document(r) for r in sites.resources()]})
            yield world
    finally:
        stop.set()
        await asyncio.wait_for(running, 20)


@asynccontextmanager
async def site(data: Path, **answers: Any) -> AsyncIterator[tuple[EdgeWorld, ScriptedPlanner]]:
    async with planner() as script:
        script.answers |= answers
        async with edge(data, script.url) as world:
            yield world, script


def test_a_sentence_is_shown_first_and_becomes_a_mission_once_when_confirmed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with site(tmp_path, fetch=TRANSPORT) as (world, script):
            shown = await world.say("fetch")
            assert (shown["state"], shown["model"]) == ("planned", "script")
            assert "tote" in shown["title"]
            assert len(shown["plan"]["tasks"]) == 1
            assert script.asked[0].registry.site == sites.SITE
            assert (await world.get("missions"))["items"] == []
            first, second = await asyncio.gather(*(world.post(f"commands/{shown['id']}/confirm") for _ in range(2)))
            assert first["state"] == second["state"] == "confirmed"
            (mission,) = (await world.get("missions"))["items"]
            assert mission["spec"]["text"] == "fetch"
            assert mission["spec"]["command"] == shown["id"]
            events = (await world.get("events"))["items"]
            assert any(e["reason"] == "CommandConfirmed" and '"fetch"' in e["message"] for e in events)

    asyncio.run(scene())


def test_a_question_is_answered_and_a_plan_dropped(tmp_path: Path) -> None:
    asks = TranslateReply(
        ir=codec.convert({"outcome": "clarify", "why": "From where?"}, CommandIr),
        model="script",
        asked=Asked(reason="source"),
        choices=("Dock 1",),
    )

    async def scene() -> None:
        async with site(tmp_path, **{"a tote": asks, "a tote | Dock 1": TRANSPORT}) as (world, script):
            asked = await world.say("a tote")
            assert (asked["state"], asked["question"], asked["choices"]) == ("clarify", "From where?", ["Dock 1"])
            planned = await world.say("Dock 1", answers=asked["id"])
            assert (planned["state"], planned["id"]) == ("planned", asked["id"])
            assert script.asked[1].answers == Asked(reason="source")
            assert (await world.post(f"commands/{asked['id']}/discard"))["state"] == "discarded"
            refused = await world.post(f"commands/{asked['id']}/confirm", expect=409)
            assert refused["fix"] == "send the sentence again"

    asyncio.run(scene())


def test_what_the_site_cannot_do_is_refused_whatever_the_planner_says(tmp_path: Path) -> None:
    zone = {
        "apiVersion": "fleet.drover/v1",
        "kind": "LanguagePolicy",
        "metadata": {"name": "rules", "site": sites.SITE},
        "spec": {"forbidden_zones": ["Packing 1"]},
    }

    async def scene() -> None:
        unknown = plan_of(action="goto", to="Moon Base")
        async with site(tmp_path, moon=unknown, fetch=TRANSPORT) as (world, _):
            asked = await world.say("moon")
            assert asked["state"] == "clarify"
            assert "Moon Base" in asked["question"]
            shown = await world.say("fetch")
            zone["apiVersion"] = manifest.to_document(sites.resources()[0])["apiVersion"]
            await world.post("apply", {"documents": [zone]})
            refused = await world.say("fetch")
            assert (refused["state"], refused["rule"]) == ("rejected", "forbidden_zones")
            late = await world.post(f"commands/{shown['id']}/confirm", expect=403)
            assert "forbidden_zones" in late["field"]
            assert (await world.get("missions"))["items"] == []

    asyncio.run(scene())


def test_a_stop_word_stops_the_site_with_nobody_to_ask(tmp_path: Path) -> None:
    async def scene() -> None:
        async with edge(tmp_path, "") as world:
            assert (await world.say("STOP everything!"))["state"] == "confirmed"
            assert (await world.http.get("/healthz")).json()["stopped"]

    asyncio.run(scene())


def test_without_a_planner_or_with_a_dead_one_the_error_says_what_to_do(tmp_path: Path) -> None:
    async def scene() -> None:
        async with edge(tmp_path / "none", "") as world:
            problem = await world.post("commands", {"text": "fetch"}, expect=503)
            assert problem["code"] == "transient"
            assert "--planner-url" in problem["fix"]
        async with edge(tmp_path / "dead", "http://127.0.0.1:9") as world:
            problem = await world.post("commands", {"text": "fetch"}, expect=503)
            assert "is away" in problem["detail"]
            assert (await world.get("commands"))["items"] == []
            for body, status in (({"text": ""}, 422), ({"text": "x" * 501}, 422), ({"text": "a", "site": "other"}, 404)):
                await world.post("commands", body, expect=status)

    asyncio.run(scene())
