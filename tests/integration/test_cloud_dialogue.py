"""Questions with choices, follow-ups and corrected slots: the cloud's own process, real HTTP, a translator with a script."""

from __future__ import annotations

import asyncio
import json
import resource
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloud.store.corrections import REGISTRIES_MAX, Corrections
from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr
from fleet.contracts.corrections import Correction
from fleet.contracts.translate import Asked, Registry, TranslateReply, Understood
from tests.integration.cloud_world import TRANSPORT, CloudWorld, cloud, plan_of, planner, problem

SENTENCE = "bring a tote from dock 1 to packing 1"
WORDS = (
    Understood(start=8, end=12, kind="item", means=("tote",), slots=("t1.item",)),
    Understood(start=18, end=24, kind="place", means=("Dock 1",), slots=("t1.from",)),
    Understood(start=28, end=37, kind="place", means=("Packing 1",), slots=("t1.to",), fuzzy=True),
    Understood(start=90, end=99, kind="place", means=("Moon",)),
)


def run(scenario: Any) -> None:
    asyncio.run(asyncio.wait_for(scenario, 60))


def reply(ir: dict[str, Any], **fields: Any) -> TranslateReply:
    return TranslateReply(
        ir=codec.convert(ir, CommandIr), model="script", adapter="ab" * 32, confidence=0.93, language="de", **fields
    )


def understood() -> TranslateReply:
    return reply(TRANSPORT, understood=WORDS)


async def lines(world: CloudWorld) -> list[dict[str, Any]]:
    answer = await world.http.get("/api/v1/corrections")
    assert answer.headers["content-type"].startswith("application/jsonl")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_command_tells_word_by_word_what_was_understood_and_by_whom(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner(**{SENTENCE: understood()}) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            command = await world.command(SENTENCE)
            assert [(w["means"], w.get("slots")) for w in command["understood"]] == [
                (["tote"], ["t1.item"]),
                (["Dock 1"], ["t1.from"]),
                (["Packing 1"], ["t1.to"]),
            ]
            assert (command["adapter"], command["confidence"], command["language"]) == ("ab" * 32, 0.93, "de")

    run(scenario())


def test_an_answer_goes_to_the_planner_with_what_was_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        asked = Asked(reason="which", start=21, end=25)
        first = reply(
            {"outcome": "clarify", "why": "Which dock?"},
            asked=asked,
            choices=("Dock 1", "Dock 2"),
            text="bring a tote from the dock",
        )
        answers = {"bring a tote from the dock": first, "bring a tote from the dock | Dock 1": reply(TRANSPORT, text=SENTENCE)}
        async with planner(**answers) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            question = await world.command("bring a tote from the dock")
            assert (question["question"], question["choices"]) == ("Which dock?", ["Dock 1", "Dock 2"])
            planned = await world.command("Dock 1", answers=question["id"])
            assert (planned["id"], planned["state"], planned["text"]) == (question["id"], "planned", SENTENCE)
            assert "choices" not in planned
            assert "asked" not in planned
            assert [(r.text, r.answer, r.answers) for r in script.asked][-1] == ("bring a tote from the dock", "Dock 1", asked)

    run(scenario())


def test_the_last_command_that_was_planned_or_confirmed_goes_with_the_next_sentence(tmp_path: Path) -> None:
    async def scenario() -> None:
        answers: dict[str, Any] = {
            "one": TRANSPORT,
            "two": plan_of(action="goto", to="Dock 2"),
            "no": {"outcome": "reject", "why": "no"},
        }
        async with planner(**answers) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            one = await world.command("one")
            await world.command("no")
            two = await world.command("two")
            await world.post(f"/api/v1/commands/{one['id']}/confirm")
            await world.post(f"/api/v1/commands/{two['id']}/discard")
            await world.command("again")
            last = [request.last.tasks[0].target if request.last else None for request in script.asked]
            assert last == [None, "Packing 1", "Packing 1", "Packing 1"]

    run(scenario())


def test_a_corrected_slot_is_planned_anew_and_kept_as_an_example(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner(**{SENTENCE: understood()}) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            before = await world.command(SENTENCE)
            path = f"/api/v1/commands/{before['id']}/correct"
            after = await world.post(path, {"slot": "t1.to", "value": "pack 2", "was": "Packing 1"})
            assert (after["state"], after["ir"]["tasks"][0]["to"]) == ("planned", "Packing 2")
            assert after["title"].endswith("to Packing 2")
            assert after["plan"]["tasks"][0]["title"] != before["plan"]["tasks"][0]["title"]
            assert after["confirm_by_at"] > before["confirm_by_at"]
            assert after["understood"][2]["means"] == ["Packing 2"]
            assert "fuzzy" not in after["understood"][2]
            confirmed = await world.post(f"/api/v1/commands/{before['id']}/confirm")
            tasks = (await world.get("/api/v1/tasks"))["items"]
            assert [t["spec"]["to"] for t in tasks if t["spec"]["mission"] == confirmed["mission"]] == ["Packing 2"]
            late = await world.http.post(path, json={"slot": "t1.to", "value": "Packing 1"})
            assert (late.status_code, problem(late)["field"]) == (409, "state")

            (kept,) = await lines(world)
            assert (kept["text"], kept["by"], kept["slot"], kept["language"]) == (SENTENCE, "operator", "t1.to", "de")
            assert (kept["model"], kept["adapter"]) == ("script", "ab" * 32)
            assert [kept[ir]["tasks"][0]["to"] for ir in ("ir_before", "ir_after")] == ["Packing 1", "Packing 2"]
            registry = await world.get(f"/api/v1/corrections/registries/{kept['registry']}")
            assert "Packing 2" in [place["name"] for place in registry["places"]]
            nowhere = await world.http.get("/api/v1/corrections/registries/..%2F..%2Fcloud.db")
            assert nowhere.status_code == 404

    run(scenario())


@pytest.mark.parametrize(
    ("correction", "status", "field", "fix"),
    [
        ({"slot": "t1.to", "value": "Packing 9"}, 404, "value", "Packing 1"),
        ({"slot": "t7.to", "value": "Packing 2"}, 404, "slot", "t1"),
        ({"slot": "t1.to", "value": "Packing 2", "was": "Dock 3"}, 409, "was", "again"),
        ({"slot": "t1.to", "value": "Packing 1"}, 422, "value", "another"),
        ({"slot": "t1.to", "value": "Break Room"}, 422, "tasks[0].to", "another place"),
        ({"slot": "t1.item", "value": "engine block"}, 422, "tasks[0].item", "split the load"),
        ({"slot": "t1.to", "value": "x" * 500}, 422, "value", "200"),
        ({"slot": "t1.to"}, 422, "$", "contract"),
    ],
)
def test_a_correction_that_cannot_be_leaves_the_plan_as_it_was(
    tmp_path: Path, correction: dict[str, Any], status: int, field: str, fix: str
) -> None:
    async def scenario() -> None:
        async with planner(**{SENTENCE: understood()}) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            before = await world.command(SENTENCE)
            refused = await world.http.post(f"/api/v1/commands/{before['id']}/correct", json=correction)
            assert (refused.status_code, problem(refused)["field"]) == (status, field), refused.text
            assert fix in problem(refused)["fix"]
            assert await world.get(f"/api/v1/commands/{before['id']}") == before
            assert await lines(world) == []

    run(scenario())


def test_a_thing_that_the_site_does_not_know_is_carried_from_where_it_is_said_to_be(tmp_path: Path) -> None:
    async def scenario() -> None:
        toolbox = plan_of(action="transport", item="the blue toolbox", **{"from": "Dock 1", "to": "Packing 1"})
        async with planner(toolbox=toolbox) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            command = await world.command("toolbox")
            assert command["state"] == "planned", command
            assert "weight is not checked" in command["plan"]["warnings"][0]

    run(scenario())


def example(**fields: Any) -> Correction:
    ir = codec.convert(TRANSPORT, CommandIr)
    plain = Correction(
        at=1.0, by="operator", command="c-1", text=SENTENCE, now="10:00", language="en", site="riverside", registry="0" * 64,
        model="script", adapter="", slot="t1.to", value="Packing 2", ir_before=ir, ir_after=ir,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **fields)


def test_the_file_of_corrections_is_bounded_and_the_newest_are_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        size = len(codec.encode(example(text="sentence 00"))) + 1
        kept = Corrections(tmp_path, file_bytes_max=3 * size)
        for n in range(10):
            assert await kept.add(example(text=f"sentence {n:02}"), Registry(site="riverside"))
        found = [json.loads(line)["text"] for line in (await kept.read()).splitlines()]
        assert found == [f"sentence {n:02}" for n in range(6, 10)]
        for n in range(REGISTRIES_MAX + 5):
            await kept.add(example(registry=f"{n:064x}"), Registry(site="riverside"))

    run(scenario())
    assert {path.name for path in tmp_path.glob("corrections*.jsonl")} == {"corrections.jsonl", "corrections.1.jsonl"}
    assert len(list((tmp_path / "corrections-registries").iterdir())) == REGISTRIES_MAX


def test_a_disk_that_takes_nothing_more_loses_the_example_and_not_the_correction(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with planner(**{SENTENCE: understood()}) as script, cloud(tmp_path, planner_url=script.url) as world:
            await world.apply_site()
            command = await world.command(SENTENCE)
            (tmp_path / "corrections-registries").write_text("in the way")
            after = await world.post(f"/api/v1/commands/{command['id']}/correct", {"slot": "t1.to", "value": "Packing 2"})
            assert after["ir"]["tasks"][0]["to"] == "Packing 2"
            assert await lines(world) == []

    run(scenario())


def test_a_line_that_only_half_fits_on_the_disk_is_taken_back(tmp_path: Path) -> None:
    kept, registry = Corrections(tmp_path), Registry(site="riverside")
    asyncio.run(kept.add(example(), registry))
    file = tmp_path / "corrections.jsonl"
    whole = file.read_bytes()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 10, before[1]))
    try:
        assert not asyncio.run(kept.add(example(), registry))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert file.read_bytes() == whole
    assert asyncio.run(kept.add(example(), registry))
    assert len(file.read_bytes()) == 2 * len(whole)
