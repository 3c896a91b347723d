"""The sentence word by word, its corrections and its questions: a browser against a cloud whose translator has a script."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from fleet.contracts import codec
from fleet.contracts.command_ir import CommandIr
from fleet.contracts.translate import Asked, TranslateReply, Understood
from tests.integration.cloud_world import TOKEN, cloud, plan_of, planner
from tests.ui.conftest import Opener
from tests.ui.house import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

Shot = Callable[[Page, str], Path]

SENTENCE = "2 totes and Ruby from dok 1 to packing 1 with AMR-1, by the blue door"
OPEN_SENTENCE = "2 totes from the dock to packing 1"
IR = codec.convert(
    plan_of(action="transport", item="tote", quantity=2, robot="AMR-1", **{"from": "Dock 1", "to": "Packing 1"}), CommandIr
)


def word(said: str, kind: str, means: str, *slots: str, fuzzy: bool = False) -> Understood:
    start = SENTENCE.index(said)
    return Understood(start=start, end=start + len(said), kind=kind, means=(means,), slots=slots, fuzzy=fuzzy)


UNDERSTOOD = TranslateReply(
    ir=IR,
    model="a script",
    adapter="0123456789abcdef" * 4,
    confidence=0.87,
    text=SENTENCE,
    understood=(
        word("2", "number", "2", "t1.quantity"),
        word("totes", "item", "tote", "t1.item"),
        word("dok 1", "place", "Dock 1", "t1.from", fuzzy=True),
        word("packing 1", "place", "Packing 1", "t1.to"),
        word("AMR-1", "robot", "AMR-1", "t1.robot"),
        word("blue door", "place", "Dock 2"),
    ),
)
QUESTION = TranslateReply(
    ir=codec.convert({"outcome": "clarify", "why": "Which one is meant: the dock? (Dock 1, Dock 2, Dock 3)"}, CommandIr),
    model="a script",
    choices=("Dock 1", "Dock 2", "Dock 3"),
    asked=Asked(reason="which", start=13, end=21),
)


@pytest.fixture(scope="module")
def address(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a cloud's page, served by a thread of its own: Playwright keeps an event loop in this one."""
    web = ROOT / "cloud" / "web" / "dist"
    if not (web / "index.html").is_file():
        pytest.skip("the page is not built: make web")
    loop, stop, found = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    told: list[str] = []

    async def serve() -> None:
        answers = {SENTENCE: UNDERSTOOD, OPEN_SENTENCE: QUESTION, f"{OPEN_SENTENCE} | Dock 1": UNDERSTOOD}
        async with (
            planner(**answers) as script,
            cloud(tmp_path_factory.mktemp("words"), planner_url=script.url, web_dir=web) as world,
        ):
            await world.apply_site()
            told.append(f"http://127.0.0.1:{world.port}/#token={TOKEN}")
            found.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert found.wait(60)
    yield told[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(30)
    loop.close()


def say(page: Page, sentence: str) -> None:
    box = page.get_by_role("textbox", name="Command")
    box.fill(sentence)
    box.press("Enter")


def assert_no_axe_violation(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_words_are_shown_with_their_slots_and_one_is_corrected_with_the_keyboard(
    address: str, open_page: Opener, shot: Shot
) -> None:
    page = open_page(address)
    say(page, SENTENCE)
    plan = page.get_by_role("group", name="Plan")
    expect(plan).to_contain_text("to Packing 1")
    card = page.get_by_role("article")
    expect(card.get_by_role("button", name="dok 1: from · ≈ Dock 1. Correct it")).to_be_visible()
    expect(card.get_by_text("not used")).to_be_visible()
    expect(card).to_contain_text("a script · adapter 01234567 · 87 % sure")
    assert_no_axe_violation(page)
    shot(page, "words-1-plan")

    place = card.get_by_role("button", name=re.compile("^packing 1: to"))
    place.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Instead of Packing 1")).to_be_focused()
    page.keyboard.type("pack")
    names = page.get_by_role("listbox")
    expect(names.get_by_role("option")).to_have_text(["Packing 2 Packing"])
    expect(names.get_by_role("option")).to_have_attribute("data-combobox-selected", "true")
    page.wait_for_timeout(200)  # for the picture only
    assert_no_axe_violation(page)
    shot(page, "words-2-chooser")
    page.keyboard.press("Enter")
    expect(plan).to_contain_text("to Packing 2")
    expect(card.get_by_role("button", name="packing 1: to · Packing 2. Correct it")).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_label("Instead of Packing 2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(names).to_be_hidden()
    expect(plan).to_be_visible()
    card.get_by_role("button", name=re.compile("^2: how many")).click()
    expect(page.get_by_label("Instead of 2")).to_be_focused()
    page.keyboard.type("300")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="quantity")).to_contain_text("use 1 to 200")
    expect(plan).to_contain_text("to Packing 2")
    shot(page, "words-3-corrected")


def test_a_question_is_answered_with_a_number_key(address: str, open_page: Opener, shot: Shot) -> None:
    page = open_page(address)
    say(page, OPEN_SENTENCE)
    answers = page.get_by_role("group", name="Answers")
    expect(answers.get_by_role("button")).to_have_count(3)
    expect(answers.get_by_role("button", name="Dock 1")).to_be_focused()
    expect(page.get_by_text("Which one is meant: the dock?", exact=True)).to_be_visible()
    assert_no_axe_violation(page)
    shot(page, "words-4-question")
    field = page.get_by_role("textbox", name="Answer")
    field.fill("1")
    expect(field).to_have_value("1")  # in a field a digit is a digit
    field.fill("")
    answers.get_by_role("button", name="Dock 3").focus()
    page.wait_for_timeout(500)  # keys right after the question are meant for the sentence
    page.keyboard.press("1")
    expect(page.get_by_role("group", name="Plan")).to_contain_text("from Dock 1")
