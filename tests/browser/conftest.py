"""A real browser before the page of a small town."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from hearing_fixtures import small_town, write_run
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from planner.hearing.figures import Figures
from planner.hearing.packet import Packet, open_packet
from planner.hearing.page import render_page

NO_WEBGL = ["--disable-gpu", "--disable-software-rasterizer"]
AXE = Path(__file__).parent / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@dataclass
class Visit:
    """A page that is open, and what it asked the network for.

    Parameters
    ----------
    page : Page
    requests : list of str
        Addresses other than of this file.
    faults : list of str
        Errors of the page's program.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def answer(self) -> str:
        """Return what the page says about the chosen place."""
        return self.page.locator("#answer").inner_text()


def faults_of(visit: Visit) -> list[str]:
    """Return what axe finds wrong with the page as it is now."""
    if not visit.page.evaluate("typeof window.axe !== 'undefined'"):
        visit.page.evaluate(AXE.read_text(encoding="utf-8"))
    result = visit.page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", RULES
    )
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:160]}: {node.get('failureSummary', '')}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]


def find_chromium() -> str:
    """Return the browser, or skip; with CI set, fail."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        reason = "no Chromium found: install chromium, or name one in CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    chromium = playwright_driver.chromium.launch(
        executable_path=find_chromium(), args=["--no-sandbox"]
    )
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def plain_browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """Return a browser without WebGL."""
    chromium = playwright_driver.chromium.launch(
        executable_path=find_chromium(), args=["--no-sandbox", *NO_WEBGL]
    )
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def packet(tmp_path_factory: pytest.TempPathFactory) -> Packet:
    folder = tmp_path_factory.mktemp("hearing")
    town = small_town(folder / "district")
    runs = [write_run(folder / f"r{seed}", town, seed=seed) for seed in (1, 2)]
    return open_packet(runs, day=date(2026, 11, 21))


@pytest.fixture(scope="session")
def page_file(packet: Packet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "index.html"
    files = (("page.file_workbook", "tables.xlsx"),)
    path.write_text(render_page(packet, Figures(packet), files=files), encoding="utf-8")
    return path


def open_visit(context: BrowserContext, file: Path, *, fragment: str = "") -> Visit:
    """Open a page from disk, with the network off, and wait until it can be used."""
    visit = Visit(context.new_page())
    visit.page.on("request", lambda r: _note(visit, r.url))
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.page.goto(file.as_uri() + fragment)
    visit.page.wait_for_selector("body[data-ready]")
    return visit


def _note(visit: Visit, url: str) -> None:
    if not url.startswith(("file:", "data:", "blob:")):
        visit.requests.append(url)


@pytest.fixture
def visit(browser: Browser, page_file: Path) -> Iterator[Visit]:
    """Return the page with its moving map."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    opened = open_visit(context, page_file)
    opened.page.wait_for_selector("body[data-map]", timeout=60_000)
    yield opened
    context.close()


@pytest.fixture
def simple_visit(plain_browser: Browser, page_file: Path) -> Iterator[Visit]:
    """Return the page in a browser without WebGL."""
    context = plain_browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    opened = open_visit(context, page_file)
    opened.page.wait_for_selector("body[data-map]", timeout=60_000)
    yield opened
    context.close()


@pytest.fixture
def phone(browser: Browser, page_file: Path) -> Iterator[Visit]:
    """Return the page on a phone."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, offline=True, has_touch=True, is_mobile=True
    )
    opened = open_visit(context, page_file)
    opened.page.wait_for_selector("body[data-map]", timeout=60_000)
    yield opened
    context.close()
