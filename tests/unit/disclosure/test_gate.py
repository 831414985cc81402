"""What the gate lets through without looking at a student."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from packet_numbers import packet_numbers
from small_town import K12, small_town

from geodata import District
from planner.disclosure import GEOMETRIC, Published, find_preset, gate, open_gate
from planner.errors import DisclosureError, SolverError
from planner.evaluation import Settings, evaluate
from planner.plan import Plan

SIDE = 4
Key = tuple[str, str, str, str, str]
ZONES = {
    "elementary": ["A"] * 8 + ["B"] * 8,
    "middle": ["M", "M", "N", "N"] * 4,
    "high": ["H"] * 16,
}
AT = {"A": 0, "B": 15, "M": 4, "N": 7, "H": 8}


def a_town(students: np.ndarray) -> District:
    """Return 4 × 4 blocks in two neighbourhoods, students of block and grade as given."""
    town = small_town(
        ZONES, AT, columns=SIDE, levels=K12, students=students, seats=dict.fromkeys(AT, 300.0),
        poor=np.floor(students / 3),
    )  # fmt: skip
    names = ["north", "south"] * (SIDE**2 // 2)
    return replace(town, blocks=town.blocks.assign(neighbourhood=names))


def a_plan(town: District) -> Plan:
    """Give two blocks of A to B, one of them an island."""
    table = Plan.today(town).table.copy()
    table.loc[table["block_id"].isin(["003", "007"]) & (table["school_id"] == "A"), "school_id"] = (
        "B"
    )
    return Plan(table)


def counts(seed: int) -> np.ndarray:
    """Draw students of 16 blocks and 13 grades, some blocks empty."""
    chance = np.random.default_rng(seed)
    return chance.poisson(6.0, (SIDE**2, 13)) * chance.integers(0, 2, (SIDE**2, 1)).astype(float)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_shown_as_geometry_says_nothing_of_students(seed: int) -> None:
    """Every metric that is always shown stays the same when other children live in the blocks."""
    full, other = a_town(np.full((SIDE**2, 13), 20.0)), a_town(counts(seed))
    full, other = (packet_numbers(town, a_plan(town)) for town in (full, other))
    mine = {key: value for key, value in full.items() if key[1] in GEOMETRIC}
    assert {key[1] for key in mine} >= {"seats", "blocks_moved", "islands", "neighbourhoods_split"}
    assert mine == {key: value for key, value in other.items() if key[1] in GEOMETRIC}


def test_today_nobody_moves_and_everybody_may_know() -> None:
    """The zeros of today are shown, so that a plan can be compared with them."""
    town = a_town(np.full((SIDE**2, 13), 20.0))
    numbers = packet_numbers(town, a_plan(town))
    plans = {"": Plan.today(town), "A": a_plan(town)}
    release = open_gate(town, plans, numbers, preset=find_preset("ten"))
    zeros = [key for key in numbers if key[0] == "" and key[1] in ("students_moved", "share_moved")]
    assert len(zeros) > 4
    assert {release.values.get(key) for key in zeros} == {0.0}


def two_levels_in_one(middle: float) -> tuple[District, dict[Key, float], dict[str, Plan]]:
    """Return a town whose school A teaches elementary and a few of the middle, and its numbers."""
    spans = {"elementary": "K-5", "middle": "6-8"}
    zones = {
        "elementary": ["A", "A", "B", "B"] * SIDE,
        "middle": ["A"] * 2 + ["N"] * (SIDE**2 - 2),
    }
    students = np.full((SIDE**2, 9), 3.0)
    students[:, 6:] = 20.0
    students[:2, 6:] = middle / 6
    at = {"A": 0, "B": 15, "N": 7}
    town = small_town(
        zones, at, columns=SIDE, levels=spans, students=students, seats=dict.fromkeys(at, 300.0)
    )
    table = Plan.today(town).level("elementary").table.copy()
    table.loc[table["block_id"].isin(["002", "006"]), "school_id"] = "A"
    plan = Plan(table)
    rows = evaluate(town, plan, settings=Settings(random_draws=0)).metrics
    names = list(rows[["metric", "scope", "id", "group"]].itertuples(index=False, name=None))
    numbers = {
        (letter, *name): float(value)
        for letter, column in (("A", "plan"), ("", "baseline"))
        for name, value in zip(names, rows[column], strict=True)
        if not np.isnan(value)
    }
    return town, numbers, {"": Plan.today(town), "A": plan}


def test_what_sits_in_the_same_building_is_not_told_by_utilization() -> None:
    """Six students of another level cannot be worked out from a level's utilization and seats."""
    town, numbers, plans = two_levels_in_one(6.0)
    release = open_gate(town, plans, numbers, preset=find_preset("ten"))
    level = ("level", "elementary", "all")
    assert ("A", "students", *level) in release.values
    assert numbers["A", "utilization", *level] * numbers["A", "seats", *level] == pytest.approx(
        numbers["A", "students", *level] + 6.0
    )
    assert ("A", "utilization", *level) not in release.values
    assert ("A", "size_deviation", "school", "A", "all") not in release.values


def test_the_way_of_a_building_is_that_of_the_level_measured() -> None:
    """A number of the run is shown as it is, never that of the building's other level."""
    town, numbers, plans = two_levels_in_one(120.0)
    release = open_gate(town, plans, numbers, preset=find_preset("ten"))
    ways = [key for key in release.values if key[1:3] == ("travel_mean_metres", "school")]
    assert ("A", "travel_mean_metres", "school", "A", "all") in ways
    for key in ways:
        assert abs(release.values[key] - numbers[key]) <= 160.9344 / 2


def test_who_has_no_school_is_not_told_by_the_share_that_moves() -> None:
    """A share of all students, beside the placed ones and the moved, would tell the others."""
    town = a_town(np.full((SIDE**2, 13), 20.0))
    table = a_plan(town).table
    lonely = (table["block_id"] == "001") & (table["level"] == "elementary")
    plan = Plan(table[~lonely])
    counts = town.students.table.copy()
    counts.loc["001", :] = 0.0
    counts.loc["001", ("K", "*", "*")] = 3.0
    today = Plan(Plan.today(town).table[~lonely.reindex(Plan.today(town).table.index)])
    town = replace(town, students=replace(town.students, table=counts), current=today.table)
    rows = evaluate(town, plan, settings=Settings(random_draws=0)).metrics
    names = list(rows[["metric", "scope", "id", "group"]].itertuples(index=False, name=None))
    numbers = dict(zip([("A", *name) for name in names], rows["plan"].astype(float), strict=True))
    numbers = {key: value for key, value in numbers.items() if not np.isnan(value)}
    release = open_gate(town, {"": today, "A": plan}, numbers, preset=find_preset("ten"))
    level = ("level", "elementary", "all")
    moved, share = numbers["A", "students_moved", *level], numbers["A", "share_moved", *level]
    assert moved / share - numbers["A", "students", *level] == pytest.approx(3.0)
    assert ("A", "students_moved", *level) in release.values
    assert ("A", "share_moved", *level) not in release.values


def published(town: District, folder: str) -> Published:
    """Return a packet that has told the students of school B under the plan and today."""
    plans = {"": Plan.today(town), "A": a_plan(town)}
    keys = [(letter, "students", "school", "B", "all") for letter in plans]
    numbers = packet_numbers(town, a_plan(town))
    return Published(plans, frozenset(keys), values={k: numbers[k] for k in keys}, folder=folder)


def test_what_is_given_away_is_said_in_words() -> None:
    """Blocks, group and schools by name, and the files that tell it: no internal key."""
    town = a_town(np.full((SIDE**2, 13), 1.0))
    plans = {"": Plan.today(town), "A": a_plan(town)}
    with pytest.raises(DisclosureError) as told:
        open_gate(
            town, plans, packet_numbers(town, a_plan(town)), preset=find_preset("ten", 13.0),
            earlier=[published(town, "hearing/may")],
        )  # fmt: skip
    for said in (
        "hearing/may already",
        "students live in blocks 003, 007",
        "A School: today",
        "option A",
    ):
        assert said in str(told.value)
    assert " / " not in str(told.value)


@pytest.mark.parametrize("options", ["A", "AB"])
@pytest.mark.parametrize("folder", ["", "hearing/may"])
def test_a_proof_without_an_answer_advises_what_can_be_done(
    monkeypatch: pytest.MonkeyPatch, options: str, folder: str
) -> None:
    """Fewer options only where there are several, earlier packets only where there are any."""

    def no_answer(*_: object) -> None:
        raise SolverError("no answer")

    monkeypatch.setattr(gate, "protect", no_answer)
    town = a_town(np.full((SIDE**2, 13), 20.0))
    plans = {"": Plan.today(town)} | {letter: a_plan(town) for letter in options}
    with pytest.raises(SolverError) as told:
        open_gate(
            town, plans, packet_numbers(town, a_plan(town)), preset=find_preset("ten"),
            earlier=[published(town, folder)] if folder else [],
        )  # fmt: skip
    assert ("fewer options" in told.value.remedy) == (len(options) > 1)
    assert ("hearing/may" in told.value.remedy) == bool(folder)
    assert "--privacy" in told.value.remedy
