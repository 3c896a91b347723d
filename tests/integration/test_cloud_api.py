"""The cloud's HTTP API over a real server and a real database file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fleet.contracts import manifest
from tests.integration.cloud_world import TRANSPORT, cloud, plan_of, planner, problem
from tests.unit import sites


def run(scenario: Any) -> None:
    asyncio.run(asyncio.wait_for(scenario, 60))


def test_a_site_is_applied_and_read_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            robots = (await world.get("/api/v1/robots"))["items"]
            assert [r["metadata"]["name"] for r in robots] == ["AMR-1", "AMR-2", "AMR-3", "FL-1"]
            assert robots[0]["metadata"]["generation"] == 1
            registry = await world.get("/api/v1/registry")
            assert "Dock 1" in [p["name"] for p in registry["places"]]
            assert (await world.http.get("/healthz", headers={"Authorization": ""})).json()["status"] == "ok"

    run(scenario())


def test_a_sentence_becomes_a_plan_and_a_confirmed_mission(tmp_path: Path) -> None:
    async def scenario() -> None:
        sentence = "bring a tote from dock 1 to packing 1"
        async with planner(**{sentence: TRANSPORT}) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            command = await world.command(sentence)
            assert command["state"] == "planned", command
            assert command["model"] == "script"
            assert len(command["plan"]["tasks"]) == 1
            assert not (await world.get("/api/v1/missions"))["items"], "nothing is stored before the confirmation"
            confirmed = await world.post(f"/api/v1/commands/{command['id']}/confirm")
            again = await world.post(f"/api/v1/commands/{command['id']}/confirm")
            assert confirmed["state"] == again["state"] == "confirmed"
            missions = (await world.get("/api/v1/missions"))["items"]
            assert [m["metadata"]["name"] for m in missions] == [confirmed["mission"]]
            assert missions[0]["spec"]["text"] == sentence
            tasks = (await world.get("/api/v1/tasks"))["items"]
            assert [t["spec"]["to"] for t in tasks] == ["Packing 1"]
            events = (await world.get("/api/v1/events"))["items"]
            assert "MissionCreated" in [e["reason"] for e in events]

    run(scenario())


def test_without_a_planner_a_command_fails_with_reason_and_everything_else_works(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            command = await world.command("bring a tote to packing 1")
            assert command["state"] == "failed"
            assert "planner" in command["reason"]
            assert "drover planner" in command["reason"]
            await world.post("/api/v1/missions", {"ir": TRANSPORT}, expect=201)

    run(scenario())


@pytest.mark.parametrize(
    "sentence",
    ["stop", "STOP!", "Emergency stop, please", "alle anhalten", "arrêtez tout", "¡alto!", "急停", "st\u200boooop\u0007!!"],
)
def test_a_stop_word_acts_at_once_without_any_planner(tmp_path: Path, sentence: str) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            command = await world.command(sentence)
            assert command["state"] == "confirmed"
            assert command["title"] == "Stop all robots"
            assert "StopAll" in [e["reason"] for e in (await world.get("/api/v1/events"))["items"]]

    run(scenario())


def test_an_answer_goes_on_with_the_same_command(tmp_path: Path) -> None:
    async def scenario() -> None:
        answers: dict[str, Any] = {
            "bring a tote": {"outcome": "clarify", "why": "From where to where?"},
            "bring a tote. from dock 1 to packing 1": TRANSPORT,
        }
        async with planner(**answers) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            asked = await world.command("bring a tote")
            assert (asked["state"], asked["question"]) == ("clarify", "From where to where?")
            planned = await world.command("from dock 1 to packing 1", answers=asked["id"])
            assert (planned["id"], planned["state"]) == (asked["id"], "planned")
            refused = await world.http.post("/api/v1/commands", json={"text": "again", "answers": asked["id"]})
            assert refused.status_code == 409
            assert problem(refused)["field"] == "state"

    run(scenario())


def test_unknown_names_ask_and_impossible_plans_are_rejected(tmp_path: Path) -> None:
    async def scenario() -> None:
        answers: dict[str, Any] = {
            "go to the moon": plan_of(action="goto", to="Moon"),
            "bring the engine": plan_of(action="transport", item="engine block", to="Packing 1"),
            "no": {"outcome": "reject", "why": "Robots don't do that."},
            "busy": 429,
            "crash": 500,
        }
        async with planner(**answers) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            moon = await world.command("go to the moon")
            assert moon["state"] == "clarify"
            assert "Moon" in moon["question"]
            heavy = await world.command("bring the engine")
            assert heavy["state"] == "rejected", heavy
            assert (await world.command("no"))["reason"] == "Robots don't do that."
            assert (await world.command("busy"))["state"] == "failed"
            assert (await world.command("crash"))["state"] == "failed"
            assert not (await world.get("/api/v1/missions"))["items"]

    run(scenario())


def test_a_hundred_missions_in_one_burst_are_all_there_also_after_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            answers = await asyncio.gather(*(world.http.post("/api/v1/missions", json={"ir": TRANSPORT}) for _ in range(100)))
            assert {a.status_code for a in answers} == {201}
            names = {a.json()["metadata"]["name"] for a in answers}
            assert len(names) == 100
        async with cloud(tmp_path) as world:
            assert {m["metadata"]["name"] for m in (await world.get("/api/v1/missions"))["items"]} == names
            assert len((await world.get("/api/v1/tasks"))["items"]) == 100

    run(scenario())


def test_a_plan_that_nobody_confirms_expires(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner(go=TRANSPORT) as script, cloud(tmp_path, planner_url=script.url, confirm_within_s=0.05) as world:
            await world.apply_site()
            command = await world.command("go")
            await asyncio.sleep(0.1)
            late = await world.http.post(f"/api/v1/commands/{command['id']}/confirm")
            assert late.status_code == 409
            assert (await world.get(f"/api/v1/commands/{command['id']}"))["state"] == "expired"
            assert not (await world.get("/api/v1/missions"))["items"]

    run(scenario())


def test_commands_survive_a_restart_and_interrupted_ones_say_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner(go=TRANSPORT) as script:
            async with cloud(tmp_path, planner_url=script.url) as world:
                await world.apply_site()
                planned = await world.command("go")
                script.delay_s = 30.0
                hanging = await world.post("/api/v1/commands", {"text": "slow one"}, expect=202)
            script.delay_s = 0.0
            async with cloud(tmp_path, planner_url=script.url) as world:
                assert (await world.get(f"/api/v1/commands/{hanging['id']}"))["state"] == "failed"
                confirmed = await world.post(f"/api/v1/commands/{planned['id']}/confirm")
                assert (await world.get(f"/api/v1/missions/{confirmed['mission']}"))["spec"]["command"] == planned["id"]

    run(scenario())


def test_a_slow_planner_blocks_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner() as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            script.delay_s = 3.0
            commands = [await world.post("/api/v1/commands", {"text": f"sentence {i}"}, expect=202) for i in range(8)]
            assert {c["state"] for c in commands} == {"translating"}
            loop = asyncio.get_running_loop()
            for _ in range(20):
                asked_at = loop.time()
                await world.get("/api/v1/robots")
                assert loop.time() - asked_at < 0.5
            discarded = await world.post(f"/api/v1/commands/{commands[0]['id']}/discard")
            assert discarded["state"] == "discarded"

    run(scenario())


def test_missions_are_steered_by_what_is_desired(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            name = (await world.post("/api/v1/missions", {"ir": TRANSPORT}, expect=201))["metadata"]["name"]
            assert (await world.http.delete(f"/api/v1/missions/{name}")).status_code == 409
            assert (await world.post(f"/api/v1/missions/{name}/pause"))["spec"]["desired"] == "pause"
            assert "desired" not in (await world.post(f"/api/v1/missions/{name}/resume"))["spec"]
            await world.post(f"/api/v1/missions/{name}/cancel")
            assert (await world.get(f"/api/v1/missions/{name}"))["spec"]["desired"] == "cancel"
            refused = await world.http.post(f"/api/v1/missions/{name}/resume")
            assert (refused.status_code, problem(refused)["field"]) == (409, "spec.desired")

    run(scenario())


def test_controls_close_and_open_areas_and_pause_robots(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            await world.post("/api/v1/controls", {"action": "close_area", "targets": ["Packing"]})
            closures = (await world.get("/api/v1/closures"))["items"]
            assert sorted(closures[0]["spec"]["targets"]) == ["Packing 1", "Packing 2"]
            await world.post("/api/v1/controls", {"action": "open_area", "targets": ["Packing 1"]})
            assert (await world.get("/api/v1/closures"))["items"][0]["spec"]["targets"] == ["Packing 2"]
            await world.post("/api/v1/controls", {"action": "open_area", "targets": ["all"]})
            assert not (await world.get("/api/v1/closures"))["items"]
            await world.post("/api/v1/controls", {"action": "pause", "targets": ["forklift"]})
            assert (await world.get("/api/v1/robots/FL-1"))["spec"]["paused"] is True
            await world.post("/api/v1/robots/FL-1/resume")
            assert "paused" not in (await world.get("/api/v1/robots/FL-1"))["spec"]
            assert (await world.post("/api/v1/stop"))["stopped"] is True
            assert (await world.post("/api/v1/resume"))["stopped"] is False

    run(scenario())


BIG = b'{"text": "' + b"x" * (5 * 1024 * 1024) + b'"}'
BAD_REQUESTS: list[tuple[str, str, bytes, int, str]] = [
    ("POST", "/api/v1/commands", b"{not json", 422, "$"),
    ("POST", "/api/v1/commands", b'{"text": 5}', 422, "$.text"),
    ("POST", "/api/v1/commands", b"{}", 422, "$"),
    ("POST", "/api/v1/commands", b'{"text": "   "}', 422, "text"),
    ("POST", "/api/v1/commands", b'{"text": "a\\u0000b"}', 422, "text"),
    ("POST", "/api/v1/commands", b'{"text": "' + b"x" * 501 + b'"}', 422, "text"),
    ("POST", "/api/v1/commands", b'{"text": "go", "site": "mars"}', 404, "site"),
    ("POST", "/api/v1/commands", b'{"text": "go", "answers": "c-none"}', 404, "answers"),
    ("POST", "/api/v1/commands?wait_s=x", b'{"text": "go"}', 422, "wait_s"),
    ("POST", "/api/v1/commands", BIG, 413, "body"),
    ("POST", "/api/v1/commands/c-none/confirm", b"", 404, "id"),
    ("POST", "/api/v1/missions", b'{"ir": {"outcome": "plan"}}', 422, "tasks"),
    ("POST", "/api/v1/missions", b'{"ir": {"outcome": "control"}}', 422, "ir.outcome"),
    (
        "POST",
        "/api/v1/missions",
        b'{"ir": {"outcome": "plan", "tasks": [{"ref": "a", "action": "fly"}]}}',
        422,
        "$.ir.tasks[0].action",
    ),
    (
        "POST",
        "/api/v1/missions",
        b'{"ir": {"outcome": "plan", "tasks": [{"ref": "a", "action": "goto", "where": 1}]}}',
        422,
        "$.ir.tasks[0]",
    ),
    (
        "POST",
        "/api/v1/missions",
        b'{"ir": {"outcome": "plan", "tasks": [{"ref": "a", "action": "goto", "to": "Moon"}]}}',
        422,
        "tasks[0].to",
    ),
    ("POST", "/api/v1/missions/none/cancel", b"", 404, "name"),
    ("POST", "/api/v1/robots/none/pause", b"", 404, "name"),
    ("POST", "/api/v1/controls", b'{"action": "dance"}', 422, "$.action"),
    ("POST", "/api/v1/controls", b'{"action": "pause", "targets": ["HAL"]}', 404, "control.targets[0]"),
    ("POST", "/api/v1/apply", b"[]", 422, "$"),
    ("POST", "/api/v1/apply", b'{"documents": [{"kind": "Spaceship"}]}', 422, "documents[0].kind"),
    (
        "POST",
        "/api/v1/apply",
        b'{"documents": [{"kind": "Closure", "metadata": {"name": "a/#"}}]}',
        422,
        "documents[0].metadata.name",
    ),
    ("GET", "/api/v1/spaceships", b"", 404, "kinds"),
    ("GET", "/api/v1/robots/HAL", b"", 404, "name"),
    (
        "PUT",
        "/api/v1/closures/x",
        b'{"kind": "Closure", "metadata": {"name": "y"}, "spec": {"targets": ["a"]}}',
        422,
        "metadata.name",
    ),
    ("PUT", "/api/v1/robots/R9", b'{"spec": {"model": "none", "serial_number": "9"}}', 422, "spec.model"),
    ("PUT", "/api/v1/robots/R9", b'{"spec": {"model": "carter-100", "serial_number": "a/b"}}', 422, "spec.serial_number"),
    ("PUT", "/api/v1/robots/R9", b'{"spec": {"model": "carter-100", "serial_number": "AMR-1"}}', 409, "spec.serial_number"),
    ("PUT", "/api/v1/robots/R9", b'{"spec": {"modell": "carter-100"}}', 422, "spec.modell"),
    ("PUT", "/api/v1/layouts/L9", b'{"spec": {"lif": {}}}', 422, "spec.lif"),
    ("DELETE", "/api/v1/robotmodels/carter-100", b"", 409, "name"),
    ("DELETE", "/api/v1/layouts/ground", b"", 409, "name"),
    ("GET", "/api/v1/events?limit=-1", b"", 422, "limit"),
]


def test_bad_requests_name_field_and_fix_and_change_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()

            async def everything() -> list[Any]:
                # the hub writes the edge node's status all the time
                kinds = ("layouts", "robotmodels", "robots", "missions", "tasks", "closures", "commands")
                return [await world.get(f"/api/v1/{kind}") for kind in kinds]

            before = await everything()
            for method, path, content, status, field in BAD_REQUESTS:
                answer = await world.http.request(method, path, content=content)
                told = problem(answer)
                assert (answer.status_code, told["status"]) == (status, status), (method, path, content[:80], told)
                assert told["field"].startswith(field), (method, path, content[:80], told)
                assert told["code"], told
                assert told["fix"], told
            assert await everything() == before

    run(scenario())


def test_only_the_right_token_gets_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            for value in ("", "Bearer", "Bearer wrong", "Basic dGVzdA==", "test-token"):
                answer = await world.http.post("/api/v1/stop", headers={"Authorization": value})
                assert (answer.status_code, problem(answer)["code"]) == (401, "unauthorized"), value
            assert not (await world.get("/api/v1/events"))["items"]

    run(scenario())


def test_a_change_on_an_old_version_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            robot = await world.get("/api/v1/robots/AMR-1")
            await world.post("/api/v1/robots/AMR-1/pause")
            robot["spec"]["home"] = "Charger 2"
            answer = await world.http.put("/api/v1/robots/AMR-1", json=robot)
            assert (answer.status_code, problem(answer)["field"]) == (409, "metadata.generation")
            assert (await world.get("/api/v1/robots/AMR-1"))["spec"]["home"] == "Charger 1"

    run(scenario())


def test_an_apply_with_one_bad_document_applies_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            closure = {"kind": "Closure", "metadata": {"name": "spill"}, "spec": {"targets": ["Dock 1"]}}
            robot = {"kind": "Robot", "metadata": {"name": "R9"}, "spec": {"model": "none", "serial_number": "9"}}
            answer = await world.http.post("/api/v1/apply", json={"documents": [closure, robot]})
            assert answer.status_code == 422
            assert not (await world.get("/api/v1/closures"))["items"]

    run(scenario())


def test_the_page_is_served_with_a_fallback_and_strict_headers(tmp_path: Path) -> None:
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<h1>Drover</h1>")
    (web / "assets" / "app-1.js").write_text("1")

    async def scenario() -> None:
        async with cloud(tmp_path / "data", web_dir=web) as world:
            for path in ("/", "/missions/m-1"):
                answer = await world.http.get(path, headers={"Authorization": ""})
                assert "<h1>Drover" in answer.text
                assert "default-src 'self'" in answer.headers["content-security-policy"]
                assert answer.headers["x-content-type-options"] == "nosniff"
            assert (await world.http.get("/assets/app-1.js")).text == "1"
            assert (await world.http.get("/..%2f..%2fdata/cloud.db")).text == "<h1>Drover</h1>"
            missing = await world.http.get("/api/v2/robots")
            assert (missing.status_code, problem(missing)["code"]) == (404, "not_found")

    run(scenario())


def test_the_openapi_document_describes_each_path_with_the_contracts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            document = await world.get("/openapi.json")
            post = document["paths"]["/api/v1/commands"]["post"]
            assert post["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/NewCommand"}
            assert "RobotStatus" in document["components"]["schemas"]
            text = str(document)
            names = {ref.split("'")[0] for ref in text.split("#/components/schemas/")[1:]}
            assert names <= set(document["components"]["schemas"]), "every reference leads somewhere"

    run(scenario())


def test_manifests_survive_the_round_trip_through_the_api(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(tmp_path) as world:
            await world.apply_site()
            layout = manifest.typed(await world.get("/api/v1/layouts/ground"))
            assert layout.spec == sites.layout().spec

    run(scenario())
