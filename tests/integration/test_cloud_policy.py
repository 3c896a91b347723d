"""The language policy and the audit on a whole cloud: two people, two tokens, and a record of both."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from tests.integration.cloud_world import TRANSPORT, CloudWorld, cloud, planner

SENTENCE, OPEN, FAR = "bring a tote from dock 1 to packing 1", "open dock 2 again", "a tote to dock 3"
POLICY: dict[str, Any] = {
    "kind": "LanguagePolicy",
    "metadata": {"name": "floor"},
    "spec": {
        "forbidden_zones": ["Dock 3"],
        "roles": {"operator": {}, "picker": {"may": ["transport", "close_area"]}},
        "users": {
            "anna": {"role": "picker", "token_sha256": hashlib.sha256(b"anna-token").hexdigest()},
            "ben": {"role": "operator", "token_sha256": hashlib.sha256(b"ben-token").hexdigest()},
        },
        "second_person": ["transport"],
    },
}
ANSWERS: dict[str, Any] = {
    SENTENCE: TRANSPORT,
    OPEN: {"outcome": "control", "control": {"action": "open_area", "targets": ["Dock 2"]}},
    FAR: {"outcome": "plan", "tasks": [{"ref": "t1", "action": "transport", "item": "tote", "from": "Dock 1", "to": "Dock 3"}]},
}


async def as_person(world: CloudWorld, token: str, path: str, body: Any = None, method: str = "POST") -> tuple[int, Any]:
    answer = await world.http.request(method, path, json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()


def test_two_people_confirm_and_the_audit_names_both(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner(**ANSWERS) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            await world.post("/api/v1/apply", {"documents": [POLICY]})
            status, command = await as_person(world, "anna-token", "/api/v1/commands?wait_s=10", {"text": SENTENCE})
            assert (status, command["state"], command["plan"]["risk"]) == (202, "planned", "second_person"), command
            confirm = f"/api/v1/commands/{command['id']}/confirm"

            status, once = await as_person(world, "anna-token", confirm)
            assert (status, once["state"], once["confirmations"]) == (200, "planned", ["anna"])
            status, problem = await as_person(world, "anna-token", confirm)
            assert (status, problem["field"]) == (409, "confirmations"), "one person is not two"
            assert not (await world.get("/api/v1/missions"))["items"], "nothing is stored before the second confirmation"
            status, done = await as_person(world, "ben-token", confirm)
            assert (status, done["state"], done["confirmations"]) == (200, "confirmed", ["anna", "ben"])
            mission = (await world.get("/api/v1/missions"))["items"][0]
            assert mission["spec"]["created_by"] == "anna"

            audit = (await world.get("/api/v1/audit", command=command["id"]))["items"]
            assert [(e["state"], e.get("by", "")) for e in audit] == [("planned", ""), ("planned", "anna"), ("confirmed", "ben")]
            last = audit[-1]
            assert (last["text"], last["said_by"], last["model"], last["outcome"]) == (SENTENCE, "anna", "script", "plan")
            assert (last["rule"], last["risk"], last["mission"]) == (
                "second_person",
                "second_person",
                mission["metadata"]["name"],
            )
            assert last["ir"]["tasks"][0]["to"] == "Packing 1"

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_what_the_policy_forbids_is_refused_with_its_rule_and_a_stop_never_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner(**ANSWERS) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            await world.post("/api/v1/apply", {"documents": [POLICY]})
            for token, text, rule in (("anna-token", OPEN, "roles.picker.may"), ("ben-token", FAR, "forbidden_zones")):
                _, command = await as_person(world, token, "/api/v1/commands?wait_s=10", {"text": text})
                assert (command["state"], command["rule"]) == ("rejected", rule), command
            status, problem = await as_person(world, "anna-token", "/api/v1/missions", {"ir": TRANSPORT})
            assert (status, problem["code"]) == (403, "forbidden"), "the door without language is not a person's"
            assert (await as_person(world, "guessed", "/api/v1/robots", method="GET"))[0] == 401
            _, stopped = await as_person(world, "anna-token", "/api/v1/commands", {"text": "STOP!!!"})
            assert (stopped["state"], stopped["created_by"]) == ("confirmed", "anna")
            entry = (await world.get("/api/v1/audit", limit=1))["items"][0]
            assert (entry["text"], entry["model"], entry["by"]) == ("STOP!!!", "stop words", "anna")

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_a_plan_that_needs_more_care_than_was_shown_is_looked_at_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner(**ANSWERS) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            command = await world.command(SENTENCE)
            assert command["plan"].get("risk", "medium") == "medium"
            await world.post("/api/v1/apply", {"documents": [POLICY]})
            confirm = f"/api/v1/commands/{command['id']}/confirm"
            problem = await world.post(confirm, expect=409)
            assert problem["field"] == "plan.risk"
            assert (await world.post(confirm))["state"] == "planned", "now one of two people has confirmed"
            assert (await as_person(world, "ben-token", confirm))[1]["state"] == "confirmed"
            twice = await world.post("/api/v1/apply", {"documents": [{**POLICY, "metadata": {"name": "other"}}]}, expect=409)
            assert "one" in twice["fix"]

    asyncio.run(asyncio.wait_for(scenario(), 60))
