"""The longest way stands beside the mean one, but not where it could tell where a child lives."""

from __future__ import annotations

from pathlib import Path

from planner.disclosure import find_preset, open_gate
from planner.hearing.criteria import criteria_table
from planner.hearing.figures import Figures
from planner.hearing.packet import Packet
from planner.hearing.text import cell_text
from planner.hearing.words import load_words
from planner.plan import Plan

LEVEL = "elementary"


def test_staff_see_the_longest_way_and_the_public_does_not(packet: Packet) -> None:
    """One student alone in a far block makes it: told, it would tell that somebody lives there."""
    words, inside = load_words("en"), Figures(packet)
    plans = {"": Plan.today(packet.district), **{o.letter: o.plan for o in packet.options}}
    gate = open_gate(packet.district, plans, inside.raw(), preset=find_preset("ten"))
    seen = {}
    for who, figures in (("staff", inside), ("public", Figures(packet, gate))):
        rows = criteria_table(packet, figures, LEVEL).rows
        row = next(r for r in rows if r[0].word == "criterion.travel_longest_metres")
        seen[who] = [cell_text(words, cell) for cell in row[1:]]
    assert len(seen["staff"]) == len(packet.options) + 1
    assert all("mi" in text for text, _ in seen["staff"])
    assert set(seen["public"]) == {(words("number.hidden"), "")}


def test_no_public_file_has_it(outside: Path, packet: Packet) -> None:
    """Nor does its record for later packets."""
    for path in outside.rglob("*.json"):
        assert "travel_longest" not in path.read_text(encoding="utf-8")
    assert "Longest way" in (outside / "index.html").read_text(encoding="utf-8")
