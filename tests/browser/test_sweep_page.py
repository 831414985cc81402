"""The comparison page of a sweep in a real browser: offline, by keyboard, for everybody."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_scenario import small_scenario

from geodata import synthetic_district, write_district
from planner.batch.sweep import run_sweep

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCENARIO = small_scenario(
    """\
[[objective]]
use = "poverty_spread"

[[objective]]
use = "students_moved"
"""
)
SWEEP = """\
schema = 1
title = "What <seats> & distance cost"
base = "scenario.toml"
iterations = 20
seeds = [1, 2]

[grid]
"rule.capacity.ceiling_share" = [1.4, 1.2, 0.1]

[robustness]
draws = 20
years = 2
"""


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a small sweep: four plans, two scenarios that cannot be meant."""
    folder = tmp_path_factory.mktemp("sweep_page")
    district = synthetic_district(n_blocks=450, n_elementary=6, n_middle=1, n_high=1, seed=3)
    write_district(district, folder / "district")
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    (folder / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    return run_sweep(folder / "sweep.toml", folder / "batch", workers=2).page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a Chromium, or skip."""
    program = _chromium()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium found; set CHROMIUM")
        pytest.skip("no Chromium found; set CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, page_file: Path) -> Iterator[Any]:
    """Open the page with every network request refused; fail on script errors."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    faults: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(page_file.as_uri())
    yield opened
    assert not faults
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert all(url.endswith(".html") for url in asked if url.startswith("file:"))
    context.close()


def test_the_chart_shows_every_plan_and_marks_the_dominated(page: Any) -> None:
    """Four plans, each a link with words; those on the front are discs, the others crosses."""
    links = page.locator("#front a")
    assert links.count() == 4
    words = [links.nth(i).get_attribute("aria-label") for i in range(4)]
    on = sum(text.endswith("on the front") for text in words)
    assert on >= 1
    assert on + sum(text.endswith("dominated") for text in words) == 4
    assert page.locator("#front circle.on").count() == on
    assert f"{on} of 4 plans are on the front" in page.locator("#told").text_content()
    assert page.locator("td.front", has_text="front").count() == on


def _numbers_across(page: Any, values: list[float]) -> list[str]:
    """Return the numbers of the axis across where the plans have these values."""
    shown: list[str] = page.evaluate(
        """(values) => {
          const data = JSON.parse(document.getElementById("data").textContent);
          const x = data.measures[document.getElementById("x").value];
          data.runs.forEach((run, at) => { run.values[x.at] = values[at]; });
          document.getElementById("data").textContent = JSON.stringify(data);
          const code = [...document.scripts].at(-1).textContent;
          new Function(code)();
          const ticks = document.querySelectorAll("#front text[text-anchor=middle]");
          return [...ticks].filter((tick) => !tick.children.length).map((t) => t.textContent);
        }""",
        values,
    )
    return shown


def test_an_axis_has_two_numbers_on_a_telephone_too(page: Any) -> None:
    """One number alone is no scale; and nothing is -0."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert len(_numbers_across(page, [2228, 2476, 2832, 2906])) >= 2
    assert "0" in (shown := _numbers_across(page, [0, 2.5, 5.3, 12.3]))
    assert "-0" not in shown


def test_the_numbers_of_an_axis_differ(page: Any) -> None:
    """Also where the plans differ only behind the point of numbers above a thousand."""
    shown = _numbers_across(page, [1019.6, 1019.7, 1019.8, 1019.9])
    assert len(shown) > 2
    assert len(set(shown)) == len(shown)
    assert all("1,0" in text for text in shown)


def _with_bound(page_file: Path, left_out: int) -> Path:
    """Return a copy of the page with a bound of two steps, proven for all plans but so many."""
    text = page_file.read_text(encoding="utf-8")
    head, rest = text.split('<script type="application/json" id="data">')
    raw, tail = rest.split("</script>", 1)
    data = json.loads(raw)
    shown = [int(n) for n in re.findall(r'<option value="(\d+)" selected>', head)]
    x, y = (data["measures"][at] for at in shown)
    values = [run["values"] for run in data["runs"]]
    middle = sum(row[x["at"]] for row in values) / len(values)
    low = min(row[y["at"]] for row in values)
    jobs = [run["job"] for run in data["runs"]]
    data["bounds"] = [
        {
            "title": "A front", "x": x["key"], "y": y["key"],
            "district": data["runs"][0]["district"], "jobs": jobs[left_out:],
            "steps": [{"a": middle, "b": low * 0.9}, {"a": None, "b": low * 0.8}],
        }
    ]  # fmt: skip
    copy = page_file.parent / f"bound_{left_out}.html"
    data_text = json.dumps(data).replace("</", "<\\/")
    copy.write_text(
        f'{head}<script type="application/json" id="data">{data_text}</script>{tail}', "utf-8"
    )
    return copy


def test_a_bound_is_a_staircase_beside_its_own_plans_only(browser: Any, page_file: Path) -> None:
    """Flat up to its limit, then down, and on to the right edge; not drawn beside other plans."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto(_with_bound(page_file, 0).as_uri())
    spots = opened.locator("#front polyline.bound").get_attribute("points").split(" ")
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = ([float(n) for n in s.split(",")] for s in spots)
    assert (y0, x1, y2) == (y1, x2, y3)
    assert y2 > y1
    assert x0 < x1 < x3
    lines = opened.locator("#front line").evaluate_all(
        "all => all.map((l) => +l.getAttribute('x2'))"
    )
    assert x3 == pytest.approx(max(lines))
    opened.goto(_with_bound(page_file, 1).as_uri())
    assert opened.locator("#front polyline.bound").count() == 0
    assert "“A front” is not drawn" in opened.locator("#told").text_content()
    opened.close()


def test_other_measures_by_keyboard(page: Any) -> None:
    """The selects are reached and changed with keys, and the chart follows."""
    before = page.locator("#front").inner_html()
    page.locator("#y").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("#front").inner_html() != before
    assert page.locator("#front a").count() == 4
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#front') !== null")


def test_the_table_sorts_by_keyboard(page: Any) -> None:
    """Enter on a head sorts by number, again turns it round; unknown stays last; it is told."""
    button = page.get_by_role("button", name="capacity: ceiling share").first
    button.focus()
    page.keyboard.press("Enter")
    table = page.locator("table.sortable").first
    column = table.locator("tbody tr td:nth-child(2)")
    assert column.all_text_contents() == ["0.1"] * 2 + ["1.2"] * 2 + ["1.4"] * 2
    assert "ascending" in page.locator("#news").text_content()
    page.keyboard.press("Enter")
    assert column.all_text_contents()[0] == "1.4"
    value = table.locator("thead th").filter(has_text="aim: poverty spread").locator("button")
    value.focus()
    page.keyboard.press("Enter")
    statuses = table.locator("tbody tr td:nth-child(4)").all_text_contents()
    assert statuses[-2:] == ["failed", "failed"]
    page.keyboard.press("Enter")
    assert table.locator("tbody tr td:nth-child(4)").all_text_contents()[-1] == "failed"


def test_the_gap_stands_beside_each_plan(page: Any, page_file: Path) -> None:
    """How far from the best possible a plan can be is told where its status is, as in runs.csv."""
    table = page.locator("table.sortable").first
    heads = table.locator("thead th").all_text_contents()
    at = [head.strip() for head in heads].index("gap of the first aim")
    shown = [
        row.locator("th, td").nth(at).text_content() for row in table.locator("tbody tr").all()
    ]
    gaps = pd.read_csv(page_file.parent / "runs.csv")["gap"]
    assert shown == ["–" if gap != gap else f"{gap:.1%}" for gap in gaps]
    assert gaps.notna().sum() == 4


def test_what_a_measure_depends_on_is_told_with_its_direction(page: Any) -> None:
    """The ends of a measure name the value of the key that they belong to."""
    part = page.locator("section").filter(has_text="What each measure depends on")
    head = part.locator("thead").text_content()
    assert "capacity: ceiling share" in head
    cell = part.locator("tbody tr").first.locator("td").first.text_content()
    assert re.search(r"at 1\.[24] to .* at 1\.[24] \(\d+%\)", cell)


def test_failures_maps_and_links_are_there(page: Any, page_file: Path) -> None:
    """Why two scenarios failed, a map of each plan, and links that lead to files."""
    assert "above the ceiling" in page.locator("pre").first.text_content()
    maps = page.locator(".maps svg")
    assert maps.count() == 4
    assert "zones" in maps.first.get_attribute("aria-label")
    for link in page.locator("main a[href]").all():
        target = link.get_attribute("href") or ""
        assert (page_file.parent / target).is_file(), target
    assert page.locator("h1").text_content() == "What <seats> & distance cost"
    assert page.get_by_role("heading", name="Other futures").count() == 1


def test_a_summary_of_each_run_is_for_people(page: Any) -> None:
    """Each plan links to a page that says what was asked and what it came to, and back."""
    page.get_by_role("link", name="summary of").first.click()
    assert page.locator("h1").text_content().startswith("capacity ceiling share 1.4")
    assert "students who change school" in page.locator("table").text_content()
    assert page.get_by_text("Every zone is in one piece", exact=False).count() == 1
    page.get_by_role("link", name="All scenarios").click()
    page.locator("#front a").first.wait_for(state="attached")


def test_measures_are_explained(page: Any) -> None:
    """Columns are called in plain words, and a list says what each measure is."""
    page.locator("details summary").click()
    words = page.locator("details dl").text_content()
    assert "In results.csv: travel_mean_metres, scope district" in words
    assert "In results.csv: poverty_spread, scope aim" in words
    assert "theil h" not in page.locator("table").first.text_content().lower()


def test_no_reader_is_left_out(page: Any) -> None:
    """The axe checks for accessibility find nothing."""
    here = Path(__file__).parent
    given = os.environ.get("AXE_JS")
    files = [Path(given)] if given else sorted(here.rglob("axe*.js"))
    if not files:
        pytest.skip("axe-core is not here; set AXE_JS to its file")
    page.add_script_tag(path=str(files[0]))
    found = page.evaluate("async () => (await axe.run(document)).violations")
    assert not [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found]


def test_it_fits_a_telephone(browser: Any, page_file: Path) -> None:
    """At 360 pixels only the tables scroll sideways, not the page."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    opened = context.new_page()
    opened.goto(page_file.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") <= 361
    drawn, shown = opened.evaluate(
        "(() => { const c = document.getElementById('front');"
        " return [c.viewBox.baseVal.width, c.clientWidth]; })()"
    )
    assert abs(drawn - shown) <= 1  # letters are as large as those of the page
    last = opened.locator("table.wide thead th").nth(3)
    last.scroll_into_view_if_needed()
    assert last.bounding_box()["x"] < 360
    context.close()
