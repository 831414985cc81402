"""A district that lacks something still gets its packet, and the packet says what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hearing_fixtures import DAY, small_town, write_run

from geodata import StudentCounts, load_district, synthetic_district
from planner.disclosure import Release
from planner.disclosure.areas import Areas
from planner.hearing import report
from planner.hearing.document_parts import Author
from planner.hearing.document_zones import zone_pages
from planner.hearing.figures import Figures
from planner.hearing.packet import Packet, open_packet
from planner.hearing.page import render_page
from planner.hearing.words import load_words
from planner.plan import Plan

WORDS = load_words("en")


def without(what: str) -> dict[str, Any]:
    """Return the fields of the made-up town that lack something."""
    town = synthetic_district(220, n_elementary=5, n_middle=2, n_high=1, seed=3)
    table, counts = town.students.table, town.students
    if what == "poverty":
        kept = table.loc[:, table.columns.get_level_values(2) != "poor"]
        return {"students": replace(counts, table=kept)}
    if what == "groups":
        sums = table.T.groupby(level=[0, 2], sort=False).sum().T
        sums.columns = pd.MultiIndex.from_tuples([(g, "*", p) for g, p in sums.columns])
        return {"students": replace(counts, table=sums, groups=(), exhaustive=False)}
    if what == "capacity":
        return {"schools": town.schools.assign(capacity_seats=np.nan)}
    if what == "students":
        return {"students": StudentCounts(table.iloc[:, :0])}
    return {"geometry": None}


def packet_without(what: str, folder: Path) -> Packet:
    town = small_town(folder / "district", **without(what))
    return open_packet([write_run(folder / "run", town)], day=DAY)


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ("poverty", "page.what_poor"),
        ("groups", "page.what_groups"),
        ("capacity", "page.what_capacity"),
    ],
)
def test_a_missing_part_is_told(what: str, key: str, tmp_path: Path) -> None:
    """In both languages, and the rest of the page is whole."""
    packet = packet_without(what, tmp_path)
    page = render_page(packet, Figures(packet))
    for lang in ("en", "es"):
        words = load_words(lang)
        lack = words("page.no_metric", what="\0").split("\0")[0]
        told = page[page.index(lack) : page.index(lack) + 400]
        assert words.texts[key] in told
    assert "maplibre" in page
    assert "nan" not in page.split("<script")[0].lower().replace("financ", "")


def test_without_students_nothing_is_zero(tmp_path: Path) -> None:
    """Unknown numbers are called unknown."""
    packet = packet_without("students", tmp_path)
    page = render_page(packet, Figures(packet))
    assert WORDS("page.moved_unknown") in page
    assert WORDS.texts["page.what_students"] in page


def test_blocks_without_a_school_leave_the_packet_whole(tmp_path: Path) -> None:
    """A plan with holes is drawn with its holes, and nobody is sent to a school without a name."""
    town = small_town(tmp_path / "district")
    today = Plan.today(load_district(town)).table
    holes = today.index[today["level"] == "elementary"][:2]
    run = write_run(tmp_path / "run", town, Plan(today.drop(index=holes)))
    page = report([run], tmp_path / "out", day=DAY)
    assert (page.parent / "option-A.pdf").stat().st_size > 10_000


def test_without_geometry_there_are_tables_and_documents_but_no_maps(tmp_path: Path) -> None:
    """The whole packet of a district that has only a table of borders."""
    town = small_town(tmp_path / "district", **without("geometry"))
    run = write_run(tmp_path / "run", town)
    page = report([run], tmp_path / "out", day=DAY)
    text = page.read_text(encoding="utf-8")
    assert WORDS("page.no_map") in text
    assert 'id="widget"' not in text
    assert (page.parent / "option-A.pdf").stat().st_size > 10_000
    assert (page.parent / "tables.xlsx").is_file()
    assert not (page.parent / "maps").exists()


def test_without_geometry_the_public_packet_is_safe_too(tmp_path: Path) -> None:
    """The gate needs no maps."""
    town = small_town(tmp_path / "district", **without("geometry"))
    page = report([write_run(tmp_path / "run", town)], tmp_path / "out", day=DAY, public=True)
    assert (page.parent / "public-record.json").is_file()


def test_pages_of_zones_leave_out_what_the_district_does_not_know(tmp_path: Path) -> None:
    """Seats nobody gave are not called hidden, where students are hidden from the public."""
    packet = packet_without("capacity", tmp_path)
    hides = Figures(packet, Release({}, {}, {}, frozenset(), (), 10.0, Areas(())))
    author = Author(packet, hides, packet.options[0], WORDS, tmp_path)
    lists = [part["items"] for part in zone_pages(author, "elementary") if part["kind"] == "list"]
    told = {fact.split(":")[0] for facts in lists for fact in facts}
    assert WORDS("zone.students") in told
    assert WORDS("zone.utilization") not in told
