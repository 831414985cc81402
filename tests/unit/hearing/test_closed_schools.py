"""A school that closes is told first: on the card, among the losses, under the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hearing_fixtures import DAY, write_run

from geodata import load_district
from planner.hearing.document import document
from planner.hearing.document_parts import Author
from planner.hearing.effects import effects_of
from planner.hearing.figures import TODAY, Figures
from planner.hearing.packet import Packet, open_packet
from planner.hearing.summary import option_facts
from planner.hearing.words import load_words
from planner.layers import served_by
from planner.plan import Plan

LEVEL = "elementary"


@pytest.fixture(scope="module")
def closing(town: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Packet, str]:
    """Return a packet whose option closes a school, and that school."""
    zones = served_by(Plan.today(load_district(town)), LEVEL)
    closed, other = sorted(zones.unique())[:2]
    rows = [
        (block, LEVEL, other if school == closed else school, "K", "5")
        for block, school in zones.items()
    ]
    columns = ["block_id", "level", "school_id", "grade_low", "grade_high"]
    event = {"kind": "close", "school": closed}
    scenario = {"schema": 1, "title": "Fewer", "district": str(town), "event": [event]}
    folder = tmp_path_factory.mktemp("closing") / "run"
    plan = Plan(pd.DataFrame(rows, columns=columns))
    return open_packet([write_run(folder, town, plan, scenario=scenario)], day=DAY), closed


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_closed_school_comes_first_on_the_card(closing: tuple[Packet, str], lang: str) -> None:
    """Nothing else an option does matters more to those who lose their school."""
    packet, closed = closing
    first = option_facts(load_words(lang), packet, Figures(packet), packet.options[0])[0]
    assert packet.unit_name(closed) in first


def test_a_closed_school_leads_the_losses_of_schools(closing: tuple[Packet, str]) -> None:
    """With the number of its students today."""
    packet, closed = closing
    words, figures = load_words("en"), Figures(packet)
    effects = effects_of(packet, figures, packet.options[0], LEVEL)
    lost = next(e for e in effects if e.whom == "school" and e.side == "worse")
    students = figures.get(TODAY, "students", "school", closed)
    said = lost.sentence(words)
    assert packet.unit_name(closed) in said
    assert words.number(students.value) in said


def test_the_key_under_a_map_says_which_school_is_closed(
    closing: tuple[Packet, str], tmp_path: Path
) -> None:
    """A crossed-out disc alone explains nothing."""
    packet, closed = closing
    words = load_words("en")
    author = Author(packet, Figures(packet), packet.options[0], words, tmp_path)
    texts = [str(part.get("text", "")) for part in document(author)["parts"]]
    assert any(f"{packet.unit_name(closed)} ({words('table.closed')})" in text for text in texts)


def test_students_of_other_levels_are_not_forgotten(
    closing: tuple[Packet, str],
) -> None:
    """Where a school of two levels closes and one is not redrawn, the losses say so first."""
    packet, closed = closing
    today = packet.district.current.copy()
    upper = today.index[today["level"] == "middle"]
    today.loc[upper[:3], "school_id"] = closed
    both = replace(packet.district, current=today)
    told = effects_of(replace(packet, district=both), Figures(packet), packet.options[0], LEVEL)
    first = next(effect for effect in told if effect.whom == "all").sentence(load_words("en"))
    assert packet.unit_name(closed) in first
    assert "left without a school" in first
    none = effects_of(packet, Figures(packet), packet.options[0], LEVEL)
    assert not any(effect.key == "effect.school_left_behind" for effect in none)
