"""How much of what earlier packets told is about the students of now."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pytest
from small_town import small_town

from geodata import District
from planner.disclosure import Published
from planner.disclosure.areas import find_areas
from planner.disclosure.cells import sums_of
from planner.disclosure.memory import still_true
from planner.plan import Plan

N = 36
ZONES = {
    "elementary": ["A"] * 9 + ["B"] * 9 + ["C"] * 9 + ["D"] * 9,
    "middle": ["M"] * 18 + ["N"] * 18,
}
AT = {"A": 0, "B": 10, "C": 20, "D": 30, "M": 1, "N": 31}
LEVELS = {"elementary": "K-5", "middle": "6-8"}


def a_town(seed: int = 1) -> District:
    """Return 6 × 6 blocks with two levels, a group and the poor."""
    chance = np.random.default_rng(seed)
    students = chance.poisson(8.0, (N, 9)).astype(float)
    black = chance.binomial(students.astype(int), 0.4).astype(float)
    poor = chance.binomial(students.astype(int), 0.3).astype(float)
    return small_town(
        ZONES, AT, columns=6, levels=LEVELS, students=students, groups={"black": black}, poor=poor
    )


def with_counts(town: District, change: dict[tuple[str, str, str], np.ndarray]) -> District:
    """Add students to some columns (grade, group, poverty) of the count table."""
    table = town.students.table.copy()
    for column, more in change.items():
        table[column] = table[column] + more
    return replace(town, students=replace(town.students, table=table))


def told_of(town: District) -> Published:
    """Return a packet that told every sum of today and of a plan."""
    table = Plan.today(town).table.copy()
    table.loc[table["block_id"].isin(["007", "008"]) & (table["school_id"] == "A"), "school_id"] = (
        "B"
    )
    plans = {"": Plan.today(town), "A": Plan(table)}
    sums = sums_of(find_areas(town, plans), list(plans))
    return Published(plans, frozenset(sums), values={key: row.low for key, row in sums.items()})


def one_more(block: int) -> np.ndarray:
    """Return one student more in a block."""
    return np.eye(N)[block]


def test_the_same_counts_are_remembered_whole() -> None:
    """Nothing is forgotten."""
    told = told_of(a_town())
    (kept,) = still_true(a_town(), [told])
    assert kept.shown == told.shown


@pytest.mark.parametrize("column", [("6", "*", "*"), ("K", "*", "*"), ("K", "black", "*")])
def test_a_correction_somewhere_does_not_forget_the_rest(
    column: tuple[str, str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """One student more in one block: the whole packet still counts, and somebody is told."""
    told = told_of(a_town())
    with caplog.at_level(logging.WARNING):
        (kept,) = still_true(with_counts(a_town(), {column: one_more(20)}), [told])
    assert kept.shown == told.shown
    assert "slightly other counts" in caplog.text


def test_only_the_measure_that_was_counted_anew_is_left_aside() -> None:
    """A new count of poverty says nothing of the old one; all else is as public as it was."""
    told = told_of(a_town())
    more = np.random.default_rng(3).integers(1, 9, N).astype(float)
    change = {(grade, "*", "poor"): more for grade in ("K", "1", "2", "6", "7", "8")}
    (kept,) = still_true(with_counts(a_town(), change), [told])
    kept_of_poor = {key for key in kept.shown if key[4] == "poor"}
    assert kept.shown == {key for key in told.shown if key[4] != "poor"} | kept_of_poor
    assert not any(told.values[key] for key in kept_of_poor)


def test_another_year_is_left_aside() -> None:
    """Other children: hardly any number is still true, and the others are not taken for known."""
    told = told_of(a_town(1))
    kept = still_true(a_town(2), [told])
    assert sum(len(packet.shown) for packet in kept) < len(told.shown) / 10


def test_a_packet_compares_with_its_own_today() -> None:
    """Where zones have changed since, its flows are still those it told."""
    town = a_town()
    told = told_of(town)
    flow = next(key for key in told.shown if key[1] == "moved")
    since = town.current.copy()
    since.loc[since["block_id"].isin(["007"]) & (since["school_id"] == "A"), "school_id"] = "B"
    now = replace(town, current=since)
    (kept,) = still_true(now, [told])
    assert flow in kept.shown
    plans = {"": Plan.today(now), "0:": told.plans[""], "0:A": told.plans["A"]}
    sums = sums_of(find_areas(now, plans), list(plans))
    assert sums["0:A", *flow[1:]].low == told.values[flow]
