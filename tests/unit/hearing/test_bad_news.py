"""What a plan makes worse is said as plainly as what it makes better."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from geodata.reserved import POOR
from planner.hearing.effects import effects_of
from planner.hearing.figures import TODAY, Figures
from planner.hearing.packet import Packet
from planner.hearing.rule_tables import rule_table
from planner.hearing.summary import rules_fact
from planner.hearing.text import cell_text
from planner.hearing.words import load_words

BAND = [
    ("balance_band", True, 56.52, 56.53, "%", "", "Share of poor students: every school holds the "
     "limit; the closest to it is Elm Heights with 56.52 (at most 56.53 %).",
     "most", "Elm Heights"),
    ("balance_band", False, 26.1, 26.53, "%", "E1", "Share of poor students: limit broken at 1 "
     "school (E1); worst is Oak with 26.1 (at least 26.53 %).", "least", "Oak"),
    ("contiguity", False, 3.0, 0.0, "blocks", "b1", "3 blocks are cut off.", "most",
     ""),
]  # fmt: skip


class Public(Figures):
    """Figures that hide measured numbers, as in a public packet."""

    @property
    def is_public(self) -> bool:
        return True


def test_a_broken_rule_is_bad_news(packet: Packet, inside: Path) -> None:
    """Every rule the plan does not keep stands first among what gets worse, and in short."""
    words, option = load_words("en"), packet.options[0]
    effects = effects_of(packet, Figures(packet), option, packet.levels[0])
    assert effects[0].whom == "rule"
    assert effects[0].side == "worse"
    assert "contiguity" in effects[0].sentence(words)
    told, kept = rules_fact(words, Figures(packet), option)
    assert kept == "broken"
    assert "1 of its 2 rules" in told
    page = (inside / "index.html").read_text(encoding="utf-8")
    assert told in page
    assert words("effect.on_rule") in page


def test_rules_that_were_not_checked_are_not_called_kept(packet: Packet) -> None:
    """A level that the rules do not fit is said so in the place of a verdict on the others."""
    first = packet.options[0]
    rules = first.run.rules.assign(ok=True)
    record = {**first.run.record, "unchecked": ["high: the rules are not checked"]}
    option = replace(first, run=replace(first.run, rules=rules, record=record))
    words = load_words("en")
    told = rules_fact(words, Figures(packet), option)
    assert told == (words("page.rules_unchecked"), "")


def test_each_end_of_a_rule_has_a_row(packet: Packet) -> None:
    """At least or at most, with unit and school; what a band comes to; blanks say why."""
    words, figures = load_words("en"), Figures(packet)
    columns = ["rule", "ok", "measured", "limit", "unit", "where", "sentence", "side", "school"]
    findings = pd.DataFrame(BAND, columns=columns).assign(level=packet.levels[0])
    scenario = {"rule": [{"use": "balance_band", "group": "poor", "within_points": 15}]}
    first = packet.options[0]
    run = replace(
        first.run,
        rules=findings,
        record={**first.run.record, "scenario": scenario},
    )
    option = replace(first, run=run)
    table = rule_table(words, packet, figures, option)
    assert table is not None
    told = [[cell_text(words, cell)[0] for cell in row] for row in table.rows]
    assert told[0][1:] == ["Elm Heights", "at most 56.5%", "56.5%", "kept"]
    assert told[1][1:] == ["Oak", "at least 26.5%", "26.1%", "broken"]
    assert told[2][1:] == ["", "no block may break it", "3", "broken"]
    share = figures.get(TODAY, "share", "level", packet.levels[0], POOR).value
    ends = (words.percent(share - 0.15), words.percent(share + 0.15))
    assert "so this means between {} and {}.".format(*ends) in told[0][0]
    assert rule_table(words, packet, figures, option, packet.levels[0]) == table
    assert rule_table(words, packet, figures, option, "another level") is None
    public = rule_table(words, packet, Public(packet), option)
    assert public is not None
    assert public.rows[0][3].kind == "count"  # it stands to the right, as numbers do
    assert [cell_text(words, cell)[0] for cell in public.rows[0]][2:4] == [
        "as the rule says",
        "not shown",
    ]


def test_rows_that_hide_the_same_stand_once(packet: Packet) -> None:
    """Without school, limit and amount the two ends of a band are one row, not twins."""
    columns = ["rule", "ok", "measured", "limit", "unit", "where", "sentence", "side", "school"]
    findings = pd.DataFrame(BAND[:1] * 2, columns=columns).assign(
        level=packet.levels[0], side=["least", "most"]
    )
    first = packet.options[0]
    option = replace(first, run=replace(first.run, rules=findings))
    words = load_words("en")
    inside, outside = (
        rule_table(words, packet, figures, option) for figures in (Figures(packet), Public(packet))
    )
    assert inside is not None
    assert outside is not None
    assert (len(inside.rows), len(outside.rows)) == (2, 1)


def test_a_rule_of_two_ends_is_broken_in_public_where_one_end_is(packet: Packet) -> None:
    """The same sentence is never called kept in one row and broken in the next."""
    columns = ["rule", "ok", "measured", "limit", "unit", "where", "sentence", "side", "school"]
    findings = pd.DataFrame(BAND[:2], columns=columns).assign(level=packet.levels[0])
    first = packet.options[0]
    option = replace(first, run=replace(first.run, rules=findings))
    words = load_words("en")
    table = rule_table(words, packet, Public(packet), option)
    assert table is not None
    assert [cell_text(words, row[-1])[0] for row in table.rows] == ["broken"]


def test_what_is_printed_elsewhere_is_printed_beside_its_rule(packet: Packet) -> None:
    """How many students change school at a level is no number of a single school."""
    level, first = packet.levels[0], packet.options[0]
    rows = [["max_students_moved", True, 7.0, 90.0, "students", "", "", "most", "", level]]
    columns = ["rule", "ok", "measured", "limit", "unit", "where", "sentence", "side", "school"]
    findings = pd.DataFrame(rows, columns=[*columns, "level"])
    scenario = {"rule": [{"use": "max_students_moved", "max_share": 0.5}]}
    record = {**first.run.record, "scenario": scenario}
    option = replace(first, run=replace(first.run, rules=findings, record=record))
    words, figures = load_words("en"), Public(packet)
    table = rule_table(words, packet, figures, option)
    assert table is not None
    told = [cell_text(words, cell)[0] for cell in table.rows[0]]
    moved = figures.get("A", "students_moved", "level", level)
    assert told[2:] == ["as the rule says", words.number(moved.value), "kept"]
