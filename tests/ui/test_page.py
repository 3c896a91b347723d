"""What an operator does with the page, done by a browser: look, say a sentence, confirm, stop, lose the feed."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.ui.conftest import Opener
from tests.ui.house import ROOT, House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

Shot = Callable[[Page, str], Path]

SENTENCE = "bring 1 pallet from Dock 1 to Packing 1"
#: The language model on a slow machine.
PLAN_WITHIN_MS = 60_000
MISSION_WITHIN_S = 180.0


def assert_no_axe_violation(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def rows(page: Page, table: str) -> Any:
    return page.get_by_role("table", name=table).get_by_role("row")


def say(page: Page, sentence: str) -> Locator:
    """The plan that the sentence became; fails at once, with the page's words, when it became something else."""
    box = page.get_by_role("textbox", name="Command")
    box.fill(sentence)
    box.press("Enter")
    page.wait_for_selector("article[data-state]:not([data-state=translating])", timeout=PLAN_WITHIN_MS)
    plan = page.get_by_role("group", name="Plan")
    assert plan.is_visible(), page.get_by_role("article").inner_text()
    return plan


def test_the_page_shows_the_fleet_and_has_no_axe_violation(house: House, open_page: Opener, shot: Shot) -> None:
    page = open_page(house.page)
    expect(rows(page, "Robots").filter(has_text="AMR-1").first).to_be_visible()
    expect(page.get_by_role("img", name="Fleet map")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^data \d s old$"))).to_be_visible()
    expect(page.get_by_text("edge-1 online")).to_be_visible()
    assert "token" not in page.url
    assert_no_axe_violation(page)
    shot(page, "overview")
    small = open_page(house.page, size={"width": 1280, "height": 720})
    expect(rows(small, "Robots").filter(has_text="AMR-1").first).to_be_visible()
    shot(small, "overview-1280")


def test_help_opens_with_a_key_and_has_no_axe_violation(house: House, open_page: Opener) -> None:
    page = open_page(house.page)
    expect(rows(page, "Robots").filter(has_text="AMR-1").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys and signs")).to_be_visible()
    assert_no_axe_violation(page)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Command")).to_be_focused()


def test_a_robot_selected_in_the_table_is_told_of_under_the_map(house: House, open_page: Opener) -> None:
    page = open_page(house.page)
    page.get_by_role("table", name="Robots").get_by_role("button", name="AMR-1", exact=True).click()
    expect(page.get_by_role("complementary", name="Robot AMR-1")).to_be_visible()
    assert_no_axe_violation(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary", name="Robot AMR-1")).to_have_count(0)


def test_a_sentence_is_planned_confirmed_and_carried_out(house: House, open_page: Opener, shot: Shot) -> None:
    page = open_page(house.page)
    house.until_language_is_ready()
    plan = say(page, SENTENCE)
    expect(plan).to_contain_text("Dock 1")
    expect(plan).to_contain_text("Packing 1")
    expect(plan.get_by_role("list", name="Tasks of the plan").get_by_role("listitem")).to_have_count(1)
    assert_no_axe_violation(page)
    shot(page, "sentence-1-plan")
    missions_before = {mission["metadata"]["name"] for mission in house.items("/missions")}

    plan.get_by_role("button", name="Confirm").click()
    expect(plan).to_have_count(0)
    house.until(lambda: len(house.items("/missions")) > len(missions_before), 20.0, "the mission is stored")
    mission = next(m["metadata"]["name"] for m in house.items("/missions") if m["metadata"]["name"] not in missions_before)

    expect(page.get_by_role("table", name="Robots").get_by_text("pallet", exact=False).first).to_be_visible()
    house.until(
        lambda: any(robot["status"].get("loads") for robot in house.items("/robots")), MISSION_WITHIN_S, "the load is on a robot"
    )
    page.wait_for_timeout(1_500)  # for the picture only: let the robot leave the dock
    picture = shot(page, "sentence-2-carrying")
    house.until(lambda: _phase(house, mission) == "done", MISSION_WITHIN_S, "the mission is done")
    expect(page.get_by_role("progressbar").first).to_have_attribute("aria-valuenow", "100")
    expect(rows(page, "Missions").filter(has_text="done").first).to_be_visible()
    shot(page, "sentence-3-done")
    if os.environ.get("DROVER_SCREENSHOTS"):
        images = ROOT / "docs" / "images"
        images.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, images / "page.png")


def _phase(house: House, mission: str) -> str:
    answer = house.api.get(f"/missions/{mission}")
    return str(answer.json().get("status", {}).get("phase", "pending"))


def test_a_plan_that_is_discarded_changes_nothing(house: House, open_page: Opener) -> None:
    before = len(house.items("/missions"))
    page = open_page(house.page)
    house.until_language_is_ready()
    plan = say(page, SENTENCE)
    expect(plan.get_by_role("button", name="Confirm")).to_be_focused()
    page.keyboard.press("Escape")
    expect(plan).to_have_count(0)
    assert len(house.items("/missions")) == before
    box = page.get_by_role("textbox", name="Command")
    box.press("ArrowUp")
    expect(box).to_have_value(SENTENCE)


def test_a_mission_is_paused_resumed_and_cancelled_from_its_row(house: House, open_page: Opener) -> None:
    made = house.api.post(
        "/missions",
        json={
            "title": "Across the hall",
            "ir": {
                "outcome": "plan",
                "tasks": [{"ref": "t1", "action": "transport", "from": "Dock 6", "to": "Rack A-05", "item": "tote"}],
            },
        },
    )
    assert made.status_code == 201, made.text
    name = made.json()["metadata"]["name"]
    page = open_page(house.page)
    page.get_by_role("button", name="Pause Across the hall").click()
    house.until(lambda: _phase(house, name) == "paused", 60.0, "the mission is paused")
    page.get_by_role("button", name="Resume Across the hall").click()
    house.until(lambda: _phase(house, name) in ("assigned", "running"), 60.0, "the mission goes on")
    page.get_by_role("button", name="Cancel Across the hall").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Across the hall")
    dialog.get_by_role("button", name="Cancel the mission").click()
    house.until(lambda: _phase(house, name) == "cancelled", 60.0, "the mission is cancelled")
    expect(rows(page, "Missions").filter(has_text="Across the hall").filter(has_text="cancelled").first).to_be_visible()


def test_stop_all_asks_once_stops_everybody_and_resumes(house: House, open_page: Opener, shot: Shot) -> None:
    page = open_page(house.page)
    expect(rows(page, "Robots").filter(has_text="AMR-1").first).to_be_visible()
    page.get_by_role("button", name="Stop all", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("not a safety stop")
    assert_no_axe_violation(page)
    try:
        dialog.get_by_role("button", name=re.compile("^Stop all")).click()
        expect(page.get_by_text("All robots are stopped.")).to_be_visible()
        house.until(lambda: _activities(house) == {"stopped"}, 30.0, "every robot says that it is stopped")
        expect(rows(page, "Robots").filter(has_text="stopped").first).to_be_visible()
        assert_no_axe_violation(page)
        shot(page, "stopped")
        page.get_by_role("button", name="Resume…").click()
        page.get_by_role("dialog").get_by_role("button", name=re.compile("^Resume")).click()
        expect(page.get_by_text("All robots are stopped.")).to_have_count(0)
        house.until(lambda: "stopped" not in _activities(house), 30.0, "robots may drive again")
    finally:
        house.api.post("/resume")


def _activities(house: House) -> set[str]:
    return {robot.get("status", {}).get("activity", "offline") for robot in house.items("/robots")}


def test_a_lost_feed_is_told_with_its_age_and_found_again(house: House, open_page: Opener, shot: Shot) -> None:
    routes: list[WebSocketRoute] = []
    cut = [False]

    def route(socket: WebSocketRoute) -> None:
        routes.append(socket)
        if cut[0]:
            socket.close(code=1013)
        else:
            socket.connect_to_server()

    page = open_page(house.page, before=lambda page: page.route_web_socket(re.compile("/api/v1/live"), route))
    expect(rows(page, "Robots").filter(has_text="AMR-1").first).to_be_visible()
    cut[0] = True
    routes[0].close(code=1013)
    banner = page.get_by_role("alert").filter(has_text="No live data")
    expect(banner).to_be_visible()
    page.wait_for_timeout(2_500)
    expect(banner).to_contain_text(re.compile(r"[2-9] s old"))
    expect(page.locator(".panel.map")).to_have_attribute("data-stale", "true")
    assert_no_axe_violation(page)
    shot(page, "feed-lost")
    cut[0] = False
    expect(banner).to_have_count(0, timeout=20_000)
    assert len(routes) >= 3  # it tried while the feed was away


def test_a_wrong_token_leads_to_the_form_and_a_right_one_into_the_room(house: House, open_page: Opener) -> None:
    page = open_page(f"{house.url}/#token=wrong")
    field = page.get_by_label("Access token")
    expect(page.get_by_text("The server does not accept this token.")).to_be_visible()
    assert_no_axe_violation(page)
    field.fill("two words")
    page.get_by_role("button", name="Open the control room").click()
    expect(page.get_by_text("A token has no spaces")).to_be_visible()
    field.fill(house.token)
    page.get_by_role("button", name="Open the control room").click()
    expect(rows(page, "Robots").filter(has_text="AMR-1").first).to_be_visible()
    began = time.monotonic()
    page.reload()
    expect(rows(page, "Robots").filter(has_text="AMR-1").first).to_be_visible()
    assert time.monotonic() - began < 10  # kept for the tab
