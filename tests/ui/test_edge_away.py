"""The page while an edge node is away: the link is cut with the drill's own API, and healed again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.conftest import Opener
from tests.ui.house import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

Shot = Callable[[Page, str], Path]
#: The link heals by itself after so long, should the test end before it does so.
CUT_S = 120.0
AWAY_WITHIN_MS = 45_000
BACK_WITHIN_MS = 60_000


@pytest.fixture
def site(house: House) -> Iterator[httpx.Client]:
    """The edge node's own API; whole again afterwards."""
    url = house.items("/edgenodes")[0]["spec"]["api_url"]
    with httpx.Client(base_url=f"{url}/api/v1", headers=dict(house.api.headers), timeout=20.0, trust_env=False) as client:
        yield client
        client.delete("/drill/partition")


def test_an_edge_node_that_is_away_is_told_of_and_its_robots_are_shown_as_old(
    house: House, site: httpx.Client, open_page: Opener, shot: Shot
) -> None:
    page = open_page(house.page)
    robots = page.get_by_role("table", name="Robots")
    expect(robots.get_by_role("row").filter(has_text="AMR-1").first).to_be_visible()
    expect(robots.get_by_text(re.compile(r" old$"))).to_have_count(0)
    page.keyboard.press("n")
    card = page.get_by_role("region", name="Edge node edge-1")
    expect(card).to_contain_text("Both sides hear each other.")
    expect(card).to_contain_text("nothing waits")
    page.wait_for_timeout(300)
    shot(page, "edges-online")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")

    site.post("/drill/partition", json={"for_s": CUT_S}).raise_for_status()
    banner = page.get_by_role("alert").filter(has_text="edge-1 is away")
    expect(banner).to_contain_text("its robots go on with what they have", ignore_case=True, timeout=AWAY_WITHIN_MS)
    expect(banner).to_contain_text("new commands are stored and sent when it is back")
    expect(robots.get_by_text(re.compile(r"^\w+ · \d+ (s|min) old$")).first).to_be_visible()

    task = {"ref": "t", "action": "goto", "to": "Dock 1"}
    asked = house.api.post("/missions", json={"title": "While away", "ir": {"outcome": "plan", "tasks": [task]}})
    assert asked.status_code == 201, asked.text
    row = page.get_by_role("table", name="Missions").get_by_role("row").filter(has_text="While away")
    expect(row).to_contain_text("sent")
    expect(row).to_contain_text(re.compile(r"waiting for edge-1, away for \d+ (s|min)"), timeout=AWAY_WITHIN_MS)
    shot(page, "edge-away")
    page.keyboard.press("n")
    expect(card).to_contain_text(re.compile(r"Waiting for the site\s*\d+ rows?, "))
    expect(card).to_contain_text(re.compile("offline|suspect"))
    page.wait_for_timeout(300)
    shot(page, "edges-away")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")

    # nobody can tell what became of it, but a person who has looked can
    banner.get_by_role("button", name=re.compile("of unknown fate")).click(timeout=AWAY_WITHIN_MS)
    fate = page.get_by_role("region", name=re.compile("^Task "))
    expect(fate).to_contain_text("edge-1")
    page.wait_for_timeout(300)
    shot(page, "fate-unknown")
    assert Axe().run(page).violations_count == 0
    fate.get_by_role("button", name="Nothing was done…").click()
    page.get_by_label("What you saw").fill("the robot stands at its park")
    page.get_by_role("button", name="I have seen it").click()
    name = asked.json()["metadata"]["name"]
    house.until(lambda: _fate(house, f"{name}-1") == "", 45.0, "it is known again")
    expect(page.get_by_text("There is none: all tasks are known again.")).to_be_visible()
    page.keyboard.press("Escape")

    site.delete("/drill/partition").raise_for_status()
    expect(banner).to_have_count(0, timeout=BACK_WITHIN_MS)
    expect(robots.get_by_text(re.compile(r" old$"))).to_have_count(0)
    house.until(lambda: _status(house).get("digest") == "equal" and not _status(house).get("backlog"), 60.0, "both sides agree")
    house.until(
        lambda: house.api.get(f"/missions/{name}").json()["status"].get("phase") == "done", 180.0, "it was done after all"
    )
    expect(row).to_contain_text("done")
    shot(page, "edge-back")


def _status(house: House) -> dict[str, object]:
    return dict(house.items("/edgenodes")[0]["status"])


def _fate(house: House, task: str) -> str:
    """Why it is not known what became of the task; "": it is known."""
    conditions = house.api.get(f"/tasks/{task}").json()["status"].get("conditions", [])
    return "".join(str(c.get("reason", "")) for c in conditions if c["type"] == "Fate" and c["status"] == "Unknown")
