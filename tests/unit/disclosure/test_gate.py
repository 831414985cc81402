"""What the gate lets through without looking at a student."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_town import K12, small_town

from geodata import District
from planner.disclosure import GEOMETRIC, find_preset, open_gate
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


def measured(town: District) -> dict[Key, float]:
    """Return every number the package measures on the plan ("A") and on today's ("")."""
    rows = evaluate(town, a_plan(town), settings=Settings(random_draws=0)).metrics
    names = list(rows[["metric", "scope", "id", "group"]].itertuples(index=False, name=None))
    return {
        (letter, *name): float(value)
        for letter, column in (("A", "plan"), ("", "baseline"))
        for name, value in zip(names, rows[column], strict=True)
        if not np.isnan(value)
    }


def counts(seed: int) -> np.ndarray:
    """Draw students of 16 blocks and 13 grades, some blocks empty."""
    chance = np.random.default_rng(seed)
    return chance.poisson(6.0, (SIDE**2, 13)) * chance.integers(0, 2, (SIDE**2, 1)).astype(float)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_shown_as_geometry_says_nothing_of_students(seed: int) -> None:
    """Every metric that is always shown stays the same when other children live in the blocks."""
    full, other = measured(a_town(np.full((SIDE**2, 13), 20.0))), measured(a_town(counts(seed)))
    mine = {key: value for key, value in full.items() if key[1] in GEOMETRIC}
    assert {key[1] for key in mine} >= {"seats", "blocks_moved", "islands", "neighbourhoods_split"}
    assert mine == {key: value for key, value in other.items() if key[1] in GEOMETRIC}


def test_today_nobody_moves_and_everybody_may_know() -> None:
    """The zeros of today are shown, so that a plan can be compared with them."""
    town = a_town(np.full((SIDE**2, 13), 20.0))
    numbers = measured(town)
    plans = {"": Plan.today(town), "A": a_plan(town)}
    release = open_gate(town, plans, numbers, preset=find_preset("ten"))
    zeros = [key for key in numbers if key[0] == "" and key[1] in ("students_moved", "share_moved")]
    assert len(zeros) > 4
    assert {release.values.get(key) for key in zeros} == {0.0}
