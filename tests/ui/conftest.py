"""The page in a real browser, against a real fleet: one `drover up` for all tests here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.ui.house import ROOT, House, find_chromium

#: Where screenshots go, for eyes.
SHOTS = ROOT / "test-results" / "ui"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE = {"width": 1600, "height": 900}

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = find_chromium()
    if found is None:
        pytest.skip("no browser: install Debian's chromium (apt-get install chromium) or set CHROMIUM to one's path")
    return found


@pytest.fixture(scope="session")
def house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if not (ROOT / "cloud" / "web" / "dist" / "index.html").is_file():
        pytest.skip("the page is not built: make web")
    house = House(tmp_path_factory.mktemp("ui") / "data")
    yield house
    house.stop()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    # per module: the sync API keeps an event loop in this thread, which must be gone before other tests run theirs
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Opens an address in a context of its own; the test fails when the page reports an error of its scripts."""
    errors: list[str] = []
    contexts = []

    def opener(url: str, *, before: Callable[[Page], None] | None = None, size: dict[str, int] | None = None) -> Page:
        context = browser.new_context(viewport=size or WIDE)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if before is not None:
            before(page)
        page.goto(url)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def shot() -> Callable[[Page, str], Path]:
    def take(page: Page, name: str) -> Path:
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        page.screenshot(path=path)
        return path

    return take
