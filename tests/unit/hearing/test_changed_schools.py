"""Schools that move, take other grades or seats, or teach two levels; and towns without a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hearing_fixtures import DAY, small_town, write_run

from geodata import load_district
from planner.hearing.figures import TODAY, Figures
from planner.hearing.packet import Option, Packet, open_packet
from planner.hearing.page import render_page
from planner.hearing.payload import payload
from planner.hearing.summary import today_facts
from planner.hearing.tables import Cell, Table, school_tables
from planner.hearing.text import alternative, cell_text
from planner.hearing.words import load_words
from planner.plan import Plan

LEVEL = "elementary"
WORDS = load_words("en")


def with_event(packet: Packet, **event: object) -> Packet:
    """Return a packet whose first option has an event."""
    asked = {"schema": 1, "title": "t", "district": "district.toml", "event": [event]}
    first = packet.options[0]
    record = {**first.run.record, "scenario": asked}
    changed: Option = replace(first, run=replace(first.run, record=record))
    return replace(packet, options=(changed, *packet.options[1:]))


def test_a_school_that_moves_is_drawn_where_it_would_stand(packet: Packet) -> None:
    """Today's map has it at its place, the option's map at its new one, in all drawings."""
    school = str(packet.today[LEVEL].iloc[0])
    block = str(packet.district.blocks.index[-1])
    moved = with_event(packet, kind="relocate", school=school, block=block)
    at = packet.district.blocks.loc[block, ["x_m", "y_m"]]
    place = ["x_m", "y_m"]
    today, after = (moved.scene_of(LEVEL, letter).schools for letter in ("", "A"))
    assert today.loc[school, place].tolist() == packet.district.schools.loc[school, place].tolist()
    assert after.loc[school, place].tolist() == at.tolist()
    (level,) = [one for one in payload(moved)["levels"] if one["id"] == LEVEL]
    points = {view: {s[0]: s[4:] for s in schools} for view, schools in level["placed"].items()}
    assert points[""][school] != points["A"][school]
    other = next(s for s in points[""] if s != school)
    assert points[""][other] == points["A"][other]


def test_a_school_another_option_opens_is_not_closed(packet: Packet) -> None:
    """Under an option that has no such school there is nothing to close."""
    assert not packet.is_closed("A", "E900")


def test_grades_cut_anew_in_a_shared_zone_are_told(packet: Packet) -> None:
    """Nobody changes zone, and the map's words do not say that nobody changes school."""
    zones = packet.today[LEVEL]
    scene = packet.scene_of(LEVEL, "A")
    assert alternative(WORDS, scene, zones, zones, "A") == WORDS("map.alt_none")
    cut = replace(scene, regrades=True)
    assert "take other grades" in alternative(WORDS, cut, zones, zones, "A")


def test_seats_are_told_as_they_are_today_and_after(packet: Packet) -> None:
    """Where an option changes them both numbers stand there, and in the sum."""
    first = packet.options[0]
    school = str(packet.today[LEVEL].iloc[0])
    metrics = first.run.metrics.copy()
    rows = (metrics["metric"] == "seats") & metrics["id"].isin([school, LEVEL])
    metrics.loc[rows, "plan"] += 100.0
    option = replace(first, run=replace(first.run, metrics=metrics))
    changed = replace(packet, options=(option,))
    (table,) = [
        one for one in school_tables(changed, Figures(changed), LEVEL) if "utilization" in one.name
    ]
    told = {cell_text(WORDS, row[0])[0]: cell_text(WORDS, row[1])[0] for row in table.rows}
    before = metrics.loc[rows & (metrics["id"] == school), "baseline"].iloc[0]
    assert told[packet.unit_name(school)] == f"{before:,.0f} / {before + 100:,.0f}"
    assert " / " in told[WORDS("table.all_schools")]
    assert sum(" / " in text for text in told.values()) == 2


def test_a_building_of_two_levels_is_named_by_its_building(packet: Packet) -> None:
    """Its numbers count all its grades; ways are of the level and keep the school's name."""
    school = str(packet.today[LEVEL].iloc[0])
    rows = packet.district.current.iloc[:1].assign(level="middle", school_id=school)
    district = replace(packet.district, current=pd.concat([packet.district.current, rows]))
    shared = replace(packet, district=district)
    named = WORDS("table.building", group=packet.unit_name(school))
    for table in school_tables(shared, Figures(shared), LEVEL):
        names = [cell_text(WORDS, row[0])[0] for row in table.rows]
        assert (named in names) != ("travel" in table.name)
    assert shared.teaches_more(LEVEL, school)
    assert not packet.teaches_more(LEVEL, school)


def test_a_building_new_to_a_level_is_counted_today_too(packet: Packet) -> None:
    """Its students of today stand beside those of the option, and the sum is the level's alone."""
    school, other = sorted(set(packet.today[LEVEL].astype(str)))[:2]
    today = packet.district.current
    mine = today["school_id"].eq(school) & today["level"].eq(LEVEL)
    rows = today[mine].iloc[:1].assign(level="middle")
    moved = pd.concat([today.assign(school_id=today["school_id"].mask(mine, other)), rows])
    metrics = packet.options[0].run.metrics.copy()
    ways = metrics["metric"].str.startswith("travel_mean") & (metrics["id"] == school)
    metrics.loc[ways, "plan"] = np.nan
    option = replace(packet.options[0], run=replace(packet.options[0].run, metrics=metrics))
    shared = replace(
        packet, district=replace(packet.district, current=moved), options=(option,)
    )  # fmt: skip
    tables = {t.name: t for t in school_tables(shared, Figures(shared), LEVEL)}
    row = _row_of(tables[f"{LEVEL} students"], packet.unit_name(school))
    before = metrics[(metrics["metric"] == "students") & (metrics["id"] == school)]["baseline"]
    assert row[1].figure is not None
    assert row[1].figure.value == before.iloc[0]
    assert tables[f"{LEVEL} students"].rows[-1][0].word == "table.all_of_level"
    assert tables[f"{LEVEL} utilization"].rows[-1][0].word == "table.all_schools"
    way = _row_of(tables[f"{LEVEL} travel_mean_metres"], packet.unit_name(school))
    assert (way[1].word, way[2].word) == ("table.no_zone", "table.by_level")


def _row_of(table: Table, school: str) -> tuple[Cell, ...]:
    return next(row for row in table.rows if school in (row[0].text, row[0].group))


def test_what_two_runs_say_differently_of_today_is_unknown(packet: Packet) -> None:
    """One run's way of today, of another level of the building, is not the other run's."""
    first = packet.options[0]
    school = str(packet.today[LEVEL].iloc[0])
    metrics = first.run.metrics.copy()
    row = (metrics["metric"] == "travel_mean_metres") & (metrics["id"] == school)
    metrics.loc[row, "baseline"] += 1000.0
    other = replace(first, letter="Z", run=replace(first.run, metrics=metrics))
    figures = Figures(replace(packet, options=(first, other)))
    assert np.isnan(figures.get(TODAY, "travel_mean_metres", "school", school).value)
    assert figures.get(TODAY, "students", "school", school).is_known


def test_without_a_plan_of_today_nothing_is_called_closed_or_the_same(tmp_path: Path) -> None:
    """Neither "gets better" nor "gets worse" can be said, and no school is crossed out."""
    whole = load_district(small_town(tmp_path / "whole"))
    plan = Plan.today(whole).level(LEVEL)
    town = small_town(tmp_path / "town", current=whole.current.iloc[:0])
    packet = open_packet([write_run(tmp_path / "run", town, plan)], day=DAY)
    figures = Figures(packet)
    page = render_page(packet, figures)
    assert WORDS("effect.not_compared") in page
    assert WORDS("effect.none_worse") not in page
    assert today_facts(WORDS, packet, figures)[0].endswith(WORDS("page.place_none"))


@pytest.mark.parametrize(("factor", "told"), [(1.25, "1.25"), (1.3, "1.3"), (2.0, "2")])
def test_the_detour_factor_is_told_as_it_is(packet: Packet, factor: float, told: str) -> None:
    """No digit of it is lost."""
    from planner.hearing.origins import _travel

    travel = replace(packet.district.travel, detour_factor=factor, method="by the office")
    changed = replace(packet, district=replace(packet.district, travel=travel))
    assert WORDS("caveat.straight_line", factor=told) == _travel(WORDS, changed)
    plain = replace(
        packet, district=replace(packet.district, travel=replace(travel, detour_factor=1.0))
    )
    assert _travel(WORDS, plain) == WORDS("caveat.straight_line_as_is")  # times nothing
