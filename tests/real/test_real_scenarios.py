"""The scenarios of the two real districts mean what they should, before anything is solved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import District, load_district
from planner.objectives import Dissimilarity, StudentsMoved
from planner.plan import Plan
from planner.scenario import load_scenario

HERE = Path(__file__).parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def henrico(shared_data: Path) -> District:
    """Return Henrico."""
    return load_district(HERE / "henrico" / "district.toml")


@pytest.mark.parametrize("name", ["dissimilarity", "travel"])
def test_henricos_plan_of_today_holds_both_scenarios(henrico: District, name: str) -> None:
    """Today's plan is a start that breaks no rule: its islands may stay."""
    scenario = load_scenario(HERE / "henrico" / f"{name}.toml")
    problem = scenario.problems(henrico)["elementary"]
    assert problem.n_zones == 45
    assert problem.students.sum() == 74_372
    assert len(np.unique(problem.todays_islands())) - 1 == 24
    assert (problem.todays_islands() >= 0).sum() == 83
    assert all(finding.ok for finding in scenario.check(problem, problem.current))
    assert scenario.constraints(problem)
    assert scenario.amounts(problem)


def test_henricos_dissimilarity_is_that_of_the_census(henrico: District) -> None:
    """Black children against all others in the zones of 2015-16: 0.5896."""
    scenario = load_scenario(HERE / "henrico" / "dissimilarity.toml")
    problem = scenario.problems(henrico)["elementary"]
    aim = Dissimilarity(group="black")
    assert aim.measure(problem, problem.current) == pytest.approx(0.5896, abs=5e-5)


def test_henricos_pair_of_schools_is_one_zone(henrico: District) -> None:
    """Mehfoud (K-2) leads, Varina (3-5) shares; a plan names both."""
    problem = load_scenario(HERE / "henrico" / "travel.toml").problems(henrico)["elementary"]
    shared = [group for group in problem.partners if len(group) > 1]
    assert [[(p.grade_low, p.grade_high) for p in group] for group in shared] == [
        [("K", "2"), ("3", "5")]
    ]
    plan = Plan.from_zones(problem, problem.current)
    today = Plan.today(henrico).level("elementary")
    assert plan.digest(henrico.levels) == today.digest(henrico.levels)


@pytest.mark.parametrize(
    ("name", "forced", "adopted"), [("closure", 437, 475), ("closure_2027", 358, 405)]
)
def test_santa_rosas_adopted_plan_holds_the_closure_scenario(
    shared_data: Path, name: str, forced: float, adopted: float
) -> None:
    """The district's own plan is inside the stated band, so that the two can be compared."""
    import geopandas as gpd

    scenario = load_scenario(HERE / "santa_rosa" / f"{name}.toml")
    problem = scenario.problems(load_district(scenario.district))["elementary"]
    blocks = gpd.read_file(shared_data / "santa-rosa-ca" / "blocks.geojson", ignore_geometry=True)
    table = pd.DataFrame(
        {
            "block_id": blocks["unit_id"],
            "level": "elementary",
            "school_id": blocks["school_2026_27"],
        }
    )
    plan = Plan(table).zone_index(problem)
    assert all(finding.ok for finding in scenario.check(problem, plan))
    assert problem.students[problem.current < 0].sum() == forced
    assert StudentsMoved().measure(problem, plan) == adopted
