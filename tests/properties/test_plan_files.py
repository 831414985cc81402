"""Whatever the ids, a plan survives its file, and moves are what differs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.plan import Plan, read_plan, write_plan

SOME = settings(max_examples=60, deadline=None, derandomize=True)
# ids as planners write them: digits with leading zeros, letters, quotes, commas, accents
IDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8)
PLANS = st.dictionaries(
    IDS | st.sampled_from(["001", "0001", "1", "NA", "nan", "1e3", "-0"]), IDS, min_size=1
)


def plan_of(schools: dict[str, str]) -> Plan:
    """Return a plan of one level."""
    rows = {"block_id": list(schools), "school_id": list(schools.values())}
    return Plan(pd.DataFrame(rows).assign(level="elementary"))


@SOME
@given(PLANS)
def test_a_plan_survives_its_file(schools: dict[str, str]) -> None:
    """No id loses a zero, becomes a number or goes missing."""
    plan = plan_of(schools)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.csv"
        write_plan(plan, path, {})
        again = read_plan(path)
    assert dict(zip(again.table["block_id"], again.table["school_id"], strict=True)) == schools
    assert again.digest({}) == plan.digest({})


@SOME
@given(PLANS, PLANS)
def test_moves_are_what_differs(before: dict[str, str], after: dict[str, str]) -> None:
    """A block moved if both plans know it and name different schools."""
    moved = plan_of(after).moves(plan_of(before))
    expected = {b for b in before.keys() & after.keys() if before[b] != after[b]}
    assert set(moved["block_id"]) == expected
    assert plan_of(before).moves(plan_of(after))["to_school"].tolist() == [
        before[block] for block in sorted(expected)
    ]
