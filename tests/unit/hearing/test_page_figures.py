"""Every figure on the page is the run's own number, rounded."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from html_tables import number_in, read_tables

from planner.hearing.criteria import CRITERIA
from planner.hearing.packet import Packet
from planner.hearing.words import load_words

MILE = 1609.344
METRICS = {
    "students": ("students", 1.0, 0.5),
    "utilization": ("utilization", 1.0, 0.005),
    "travel_mean_metres": ("travel_mean_metres", MILE, 0.05),
    "share": ("share", 1.0, 0.005),
}


def metrics_of(packet: Packet) -> dict[str, pd.DataFrame]:
    """Read metrics.csv of every option."""
    keys = ["metric", "scope", "id", "group"]
    return {
        option.letter: pd.read_csv(
            option.run.folder / "metrics.csv", dtype=dict.fromkeys(keys, str)
        ).set_index(keys)
        for option in packet.options
    }


def expect(text: str, value: float, unit: float, half: float) -> None:
    """Assert that a cell shows a value, rounded."""
    shown = number_in(text)
    if pd.isna(value):
        assert text == load_words("en").texts["number.unknown"]
    else:
        assert shown == pytest.approx(value / unit, abs=half + 1e-9), text


@pytest.mark.parametrize("kind", METRICS)
def test_school_tables_are_metrics_csv(inside: Path, packet: Packet, kind: str) -> None:
    """Today, each option and the change, for each school and each group."""
    metric, unit, half = METRICS[kind]
    tables = read_tables(inside / "index.html")
    numbers = metrics_of(packet)
    units = {packet.unit_name(unit): unit for unit in packet.district.schools.index}
    found = 0
    for name, rows in tables.items():
        parts = name.removeprefix("en-").split("-")
        if not name.startswith("en-elementary") or parts[1] != metric:
            continue
        group = "-".join(parts[2:]) or "all"
        seats = rows[0][1] == "Seats"
        for school, *cells in rows[1:]:
            scope, where = ("school", units[school]) if school in units else ("level", "elementary")
            cells = cells[1:] if seats else cells
            today = numbers["A"].loc[(metric, scope, where, group)]
            expect(cells[0], today["baseline"], unit, half)
            for letter, cell in zip("AB", cells[1:], strict=True):
                value = numbers[letter].loc[(metric, scope, where, group)]
                expect(cell.split("|")[0], value["plan"], unit, half)
                found += 1
    assert found >= 12


def test_the_criteria_are_metrics_csv(inside: Path, packet: Packet) -> None:
    """Row by row, in the order of the list of criteria."""
    rows = read_tables(inside / "index.html")["en-elementary-criteria"][1:]
    numbers, words = metrics_of(packet), load_words("en")
    shown = {row[0]: row[1:] for row in rows}
    for criterion in CRITERIA:
        title = words.texts[f"criterion.{criterion.metric}"]
        if title not in shown or criterion.group != "all":
            continue
        where = (criterion.metric, criterion.scope, "elementary", "all")
        unit = {"miles": MILE, "points": 0.01}.get(criterion.kind, 1.0)
        half = {"count": 0.5, "share": 0.005, "points": 0.05, "miles": 0.05, "index": 0.005}[
            criterion.kind
        ]
        expect(shown[title][0], numbers["A"].loc[where, "baseline"], unit, half)
        for letter, cell in zip("AB", shown[title][1:], strict=True):
            expect(cell.split("|")[0], numbers[letter].loc[where, "plan"], unit, half)


def test_the_flows_are_moves_csv(inside: Path, packet: Packet) -> None:
    """Each row of moves.csv stands in the table with its blocks and students."""
    tables = read_tables(inside / "index.html")
    assert len(packet.options) == 2
    for option in packet.options:
        moves = pd.read_csv(option.run.folder / "moves.csv", dtype={"from_school": str})
        rows = tables[f"en-elementary-moves-{option.letter}"][1:]
        shown = {(a, b): (number_in(blocks), number_in(n)) for a, b, blocks, n in rows}
        assert len(shown) == len(moves) > 0
        for a, b, blocks, n in moves[["from_school", "to_school", "blocks", "students"]].itertuples(
            index=False, name=None
        ):
            assert shown[packet.unit_name(a), packet.unit_name(b)] == (blocks, round(n))


def test_every_criterion_has_words_and_a_metric() -> None:
    """A criterion nobody measures, or nobody can read, would never show."""
    from planner.metrics import metric_texts

    for criterion in CRITERIA:
        assert criterion.metric in metric_texts()
        assert f"criterion.{criterion.metric}" in load_words("en").texts
        assert criterion.better != "neither"
