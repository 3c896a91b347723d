"""The API's views of the link to an edge node, over a real server: what is asked of links that are not there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.integration.cloud_world import cloud, problem

NODE = {"apiVersion": "drover.dev/v1", "kind": "EdgeNode", "metadata": {"name": "edge-9"}, "spec": {}}


def run(scenario: Any) -> None:
    asyncio.run(asyncio.wait_for(scenario, 60))


def test_the_link_of_an_edge_node_that_was_never_heard_is_away_and_of_an_unknown_one_not_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.post("/api/v1/apply", {"documents": [NODE]})
            link = await world.get("/api/v1/edgenodes/edge-9/link")
            assert (link["edge"], link["view"]["state"], link["view"]["digest"]) == ("edge-9", "away", "unknown")
            missing = await world.http.get("/api/v1/edgenodes/nobody/link")
            assert (missing.status_code, problem(missing)["code"]) == (404, "not_found")

    run(scenario())


def test_a_pick_that_cannot_be_is_refused_with_its_field(tmp_path: Path) -> None:
    asked = (
        ("edge-9", {"boot": "ab12"}, "conflict", "boot"),  # it is not quarantined: nothing to pick
        ("nobody", {"boot": "ab12"}, "not_found", "name"),
        ("edge-9", {"boot": ""}, "invalid_input", "boot"),
        ("edge-9", {"boot": "x" * 65}, "invalid_input", "boot"),
        ("edge-9", {"boot": "a\nb"}, "invalid_input", "boot"),
        ("edge-9", {"bot": "ab12"}, "invalid_input", "bot"),
    )

    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.post("/api/v1/apply", {"documents": [NODE]})
            for edge, body, code, field in asked:
                refused = problem(await world.http.post(f"/api/v1/edgenodes/{edge}/accept", json=body))
                assert (refused["code"], field in str(refused)) == (code, True), (edge, body, refused)

    run(scenario())
