"""Why a scenario has no plan: what is said beside the rules in conflict."""

from __future__ import annotations

import pytest

from planner.conflicts import find_conflicts
from planner.scenario import parse_scenario
from planner.scenario.words import ROOTED


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_school_without_seats_cannot_give_up_its_own_block(grid_district, is_asked: bool) -> None:
    """No rule says that a zone keeps its school's block, but every proof means it: it is told."""
    district = grid_district(
        ["A", "A", "B", "B"] * 3, {"A": 4, "B": 7}, seats={"A": 200.0, "B": 0.0}
    )
    rules = [{"use": "capacity", "ceiling_share": 1.0}]
    rules += [{"use": "school_in_own_zone"}] * is_asked
    scenario = parse_scenario({"schema": 1, "title": "t", "district": "town.toml", "rule": rules})
    (conflict,) = find_conflicts(scenario, district)
    assert conflict.diagnosis.is_infeasible
    assert (ROOTED.strip() in conflict.diagnosis.sentences) is not is_asked
