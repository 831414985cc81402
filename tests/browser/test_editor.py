"""The editor in a real browser: what it counts is what is scored, and it works without a map."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Visit, faults_of, open_visit
from playwright.sync_api import Browser

from geodata import read_assignment
from planner.evaluation import evaluate
from planner.hearing.packet import Packet
from planner.plan import Plan
from planner.workbench import open_draft, write_editor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def editor_file(packet: Packet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the editor of the first option's plan."""
    file = tmp_path_factory.mktemp("editor") / "edit.html"
    write_editor(open_draft(packet.options[0].run.folder), file)
    return file


@pytest.fixture
def editor(browser: Browser, editor_file: Path) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1300, "height": 900}, offline=True)
    opened = open_visit(context, editor_file)
    yield opened
    assert opened.requests == []
    assert opened.faults == []
    context.close()


def total(editor: Visit, name: str) -> str:
    """Return the number of a row of the totals, as it is now."""
    row = editor.page.locator("#totals tr", has_text=name)
    return str(row.locator("td").last.inner_text()).replace(",", "")


def give(editor: Visit, block: str, zone: int) -> None:
    editor.page.locator(f"#zones [data-zone='{zone}']").click()
    editor.page.locator("#block").fill(block)
    editor.page.get_by_role("button", name="Give it to the chosen school").click()


def news(editor: Visit) -> str:
    return str(editor.page.locator("#news").inner_text())


def saved(editor: Visit, folder: Path) -> Path:
    with editor.page.expect_download() as download:
        editor.page.get_by_role("button", name="Save plan.csv").click()
    path = folder / "plan.csv"
    download.value.save_as(path)
    return path


def test_what_is_counted_is_what_is_scored(editor: Visit, packet: Packet, tmp_path: Path) -> None:
    """After some edits the totals on the page are those of the saved plan's evaluation."""
    level = editor.page.locator("#level").input_value()
    for block in ("b1", "b2", "b3"):  # none of these: the form says so
        give(editor, block, 1)
        assert "There is no block" in news(editor)
    blocks = [str(b) for b in packet.district.blocks.index[:12]]
    for block in blocks:
        give(editor, block, 1)
    path = saved(editor, tmp_path)
    table = read_assignment(path, packet.district)
    assert level in set(table["level"])
    scored = evaluate(packet.district, Plan(table))

    def value(metric: str, group: str = "all") -> float:
        return scored.value(metric, "level", level, group)

    assert int(total(editor, "Students who change school")) == round(value("students_moved"))
    assert float(total(editor, "Way to school")) == pytest.approx(
        value("travel_mean_metres") / 1000, abs=0.011
    )
    assert float(total(editor, "Dissimilarity, poor")) == pytest.approx(
        value("dissimilarity", "poor"), abs=0.00051
    )
    assert int(total(editor, "Blocks that differ")) > 0


def test_edits_are_undone_and_done_again(editor: Visit) -> None:
    """Undo brings the start back, redo the edit, by keys as by buttons."""
    block = editor.page.evaluate("data.blocks[level.zone.findIndex((z) => z === 0)]")
    give(editor, block, 1)
    assert total(editor, "Blocks that differ") == "1"
    assert f"Block {block} to" in news(editor)
    editor.page.locator("#undo").focus()
    editor.page.keyboard.press("Control+z")
    assert total(editor, "Blocks that differ") == "0"
    editor.page.locator("#redo").focus()
    editor.page.keyboard.press("Control+y")
    assert total(editor, "Blocks that differ") == "1"


def test_a_stroke_over_the_map_is_one_edit(editor: Visit) -> None:
    """Blocks under the pointer go to the chosen school, and one undo takes all of them back."""
    editor.page.locator("#zones [data-zone='1']").click()
    box = editor.page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    editor.page.mouse.move(x - 120, y - 90)
    editor.page.mouse.down()
    editor.page.mouse.move(x + 120, y + 90, steps=40)
    editor.page.mouse.up()
    assert int(total(editor, "Blocks that differ")) > 1
    editor.page.get_by_role("button", name="Undo").click()
    assert total(editor, "Blocks that differ") == "0"


def test_a_locked_zone_neither_gives_nor_takes(editor: Visit) -> None:
    """A lock holds against the form as well."""
    block = editor.page.evaluate("data.blocks[level.zone.findIndex((z) => z === 0)]")
    editor.page.locator("#zones [data-lock='0']").check()
    give(editor, block, 1)
    assert "a zone is locked" in news(editor)
    assert total(editor, "Blocks that differ") == "0"


def test_a_saved_plan_opens_again(editor: Visit, tmp_path: Path) -> None:
    """What was saved comes back as one edit; strange rows are named."""
    block = editor.page.evaluate("data.blocks[level.zone.findIndex((z) => z === 0)]")
    give(editor, block, 1)
    path = saved(editor, tmp_path)
    editor.page.get_by_role("button", name="Undo").click()
    path.write_text(path.read_text() + "nowhere,elementary,nobody,,\n", encoding="utf-8")
    editor.page.locator("#open").set_input_files(path)
    editor.page.wait_for_function("document.querySelector('#news').textContent.includes('Opened')")
    assert "1 block of level" in news(editor)
    assert "Not known here: nowhere" in news(editor)
    assert total(editor, "Blocks that differ") == "1"


def test_everybody_can_use_it(editor: Visit) -> None:
    """Names, labels, contrast and order hold by the rules of WCAG 2.1 AA."""
    assert faults_of(editor) == []
