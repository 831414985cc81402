"""Crowds of plans that keep the rules, and where one plan stands in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import load_district
from planner.batch.ensemble import draw_crowd, stand_in
from planner.batch.folder import BatchFolder
from planner.batch.further import Ensemble
from planner.scenario import load_scenario


def test_a_crowd_repeats_and_places_its_own_members(batch_town: Path, tmp_path: Path) -> None:
    """The same seed draws the same crowd; today's plan moves fewest students of all."""
    scenario = load_scenario(batch_town / "base.toml")
    district = load_district(scenario.district)
    asked = Ensemble(plans=12, moves_between=300, chains=2, seed=5)
    batch = BatchFolder(tmp_path)
    (crowd,) = draw_crowd(scenario, district, asked, batch)
    assert len(crowd.measures) + crowd.refused == 12
    assert len(crowd.measures) > 0
    (again,) = draw_crowd(scenario, district, asked)
    np.testing.assert_allclose(again.measures.to_numpy(), crowd.measures.to_numpy())
    (kept,) = draw_crowd(scenario, district, asked, batch)
    np.testing.assert_allclose(kept.measures.to_numpy(), crowd.measures.to_numpy())
    problem = scenario.problems(district)["elementary"]
    table = stand_in(crowd, scenario, problem, problem.current).set_index("measure")
    assert table.loc["students_moved", "share_lower"] == 0
    assert table.loc["students_moved", "is_outlier"]
    assert (table["crowd_low"] <= table["crowd_high"]).all()
    assert table.loc["poverty_spread", "value"] == pytest.approx(
        scenario.objectives[0].measure(problem, problem.current)
    )


def test_the_page_says_how_the_crowd_was_drawn() -> None:
    """A reader learns that short borders were preferred, before the word outlier is believed."""
    from planner.batch.standing import _crowd_part

    columns = ["measure", "disagreement", "name"]
    part = _crowd_part(
        "Town", "elementary", 9, refused=1, other=0, table=pd.DataFrame(columns=columns)
    )
    told = " ".join(part.texts)
    assert "no even draw" in told
    assert "short borders" in told
    assert "0.25 of the typical change" in told
