"""A search that begins with a given plan never does worse than it, and can be repeated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geodata import load_district
from planner.scenario import load_scenario
from planner.solving import solve


@pytest.mark.slow
def test_a_given_start_is_not_lost_and_is_kept_in_the_record(batch_town: Path) -> None:
    """From a good plan, a short search ends no worse; its record alone repeats it."""
    scenario = load_scenario(batch_town / "base.toml")
    scenario = replace(scenario, objectives=scenario.objectives[:1])
    district = load_district(scenario.district)
    good = solve(scenario, district=district, iterations=100, seed=1, threads=1)
    short = solve(scenario, district=district, iterations=2, seed=2, threads=1, start=good.plan)
    value, before = (s.objectives[0]["value"] for s in (short, good))
    assert value <= before + 1e-9
    again = solve(scenario, district=district, iterations=2, seed=2, threads=1, script=short.record)
    assert again.plan is not None
    assert short.plan is not None
    assert again.plan.table.equals(short.plan.table)
    assert "start" not in good.record
