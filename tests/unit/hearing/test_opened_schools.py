"""A school that one option opens is none of another option's, nor of today."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from test_changed_schools import with_event

from planner.hearing.figures import Figures
from planner.hearing.packet import Packet
from planner.hearing.payload import payload
from planner.hearing.tables import school_tables
from planner.hearing.text import cell_text
from planner.hearing.words import load_words
from planner.plan import Plan

LEVEL, NEW = "elementary", "E900"


@pytest.fixture
def opening(packet: Packet) -> Packet:
    """Return a packet whose option A opens a school and gives it a block; option B does not."""
    block = str(packet.district.blocks.index[-1])
    event = {"kind": "open", "school": NEW, "block": block, "level": LEVEL, "name": "Orchard"}
    opened = with_event(packet, **event)
    first = opened.options[0]
    table = first.plan.table
    here = (table["level"] == LEVEL) & (table["block_id"] == block)
    plan = Plan(table.assign(school_id=table["school_id"].mask(here, NEW)))
    metrics = first.run.metrics
    rows = metrics[(metrics["metric"] == "students") & (metrics["scope"] == "school")].iloc[:1]
    more = rows.assign(id=NEW, baseline=0.0, plan=7.0)
    run = replace(first.run, plan=plan, metrics=pd.concat([metrics, more], ignore_index=True))
    return replace(opened, options=(replace(first, run=run), *opened.options[1:]))


def test_its_map_is_the_only_one_that_has_it(opening: Packet) -> None:
    """It is no closed school of the others: drawings, page and printed key leave it out there."""
    there = {at: NEW in opening.scene_of(LEVEL, at).schools.index for at in ("", "A", "B")}
    assert there == {"": False, "A": True, "B": False}
    (level,) = [one for one in payload(opening)["levels"] if one["id"] == LEVEL]
    placed = {at: NEW in {school[0] for school in seen} for at, seen in level["placed"].items()}
    assert placed == there
    assert NEW in {school[0] for school in level["schools"]}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_tables_say_that_it_is_not_open(opening: Packet, lang: str) -> None:
    """Neither "closed" nor a school without a zone, today and under the other option."""
    words = load_words(lang)
    tables = {table.name: table for table in school_tables(opening, Figures(opening), LEVEL)}
    row = next(r for r in tables[f"{LEVEL} students"].rows if r[0].text == "Orchard")
    told = [cell_text(words, cell)[0] for cell in row[1:]]
    assert told == [words("table.not_open_today"), "7", words("table.not_open")]
    ways = tables[f"{LEVEL} travel_mean_metres"].rows
    way = next(r for r in ways if r[0].text == "Orchard")
    assert [cell.change for cell in way[1:]] == [None, None, None]  # none, and not an unknown one


def test_a_school_closed_today_is_opened_by_one_option_only(packet: Packet) -> None:
    """The other option does not close it: it is closed today."""
    school = str(packet.today[LEVEL].iloc[0])
    other = next(s for s in packet.today[LEVEL] if s != school)
    schools = packet.district.schools.copy()
    schools.loc[school, "is_open"] = False
    current = packet.district.current
    current = current.assign(school_id=current["school_id"].replace(school, str(other)))
    district = replace(packet.district, schools=schools, current=current)
    options = [replace(o, run=replace(o.run, plan=Plan(current))) for o in packet.options]
    closed = replace(packet, district=district, options=tuple(options))
    assert closed.lacks(LEVEL, "B", school)
    opened = with_event(closed, kind="open", school=school)
    assert not opened.lacks(LEVEL, "A", school)
    assert opened.lacks(LEVEL, "B", school)
    assert not packet.lacks(LEVEL, "B", school)
