"""Bands: what is claimed is proven, and what stops early is not lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_town import small_town

from planner.errors import InfeasibleError, SolverError
from planner.plan import Plan
from planner.reorganise import bands
from planner.reorganise.band_alternatives import count_alternatives
from planner.reorganise.bands import BandRules, find_bands
from planner.structures.aims import aim_of
from planner.structures.arrangement import Arrangement
from planner.structures.buildings import Buildings
from planner.structures.pupils import Pupils
from planner.structures.zones import ZoneUnits

MEASURES = ("students", "poor", "group:a", "group:b")


def ready(seats: float = 400.0):
    """Return buildings, zones and pupils of a town of two schools."""
    a = np.array([9.0, 8, 2, 1])[:, None] * np.ones(6)
    town = small_town(
        {"elementary": list("ppqq")}, {"p": 0, "q": 3}, columns=4, students=10.0,
        groups={"a": a, "b": 10 - a}, poor=a * 0.5, seats={"p": seats, "q": seats},
    )  # fmt: skip
    pupils, buildings = Pupils.from_district(town), Buildings.from_district(town)
    base = Arrangement.from_plan(
        Plan.today(town), block_ids=pupils.block_ids, school_ids=buildings.ids,
        level_of=pupils.level_of,
    )  # fmt: skip
    return buildings, ZoneUnits.of(town, pupils, base, buildings, measures=MEASURES), pupils


class Slow:
    """Solves only the first so many times; later solves run out of time without an answer."""

    def __init__(self, monkeypatch, solves: int) -> None:
        self.left, self.real = solves, bands._solve
        monkeypatch.setattr(bands, "_solve", self)

    def __call__(self, model, start, rules):
        self.left -= 1
        outcome = self.real(model, start, rules)
        if self.left >= 0:
            return outcome
        limit = bands.SolverStatus.LIMIT
        return replace(outcome, status=limit, has_solution=False, x=None, bound=-np.inf)


@pytest.mark.parametrize("aim", ["parity_gap", "poverty_spread"])
def test_a_stand_in_proves_nothing_of_the_aim(aim: str) -> None:
    """A program that minimises something else than the aim says so and claims no proof."""
    buildings, units, pupils = ready()
    found = find_bands(units, buildings, BandRules(("balance",)), aim=aim_of(aim, pupils))
    assert found.status == "HEURISTIC"
    assert "mean distance of schools from the district's poverty stands in" in found.sentence
    exact = aim_of("poverty_distance", pupils)
    assert find_bands(units, buildings, BandRules(("balance",)), aim=exact).status == (
        "PROVEN_OPTIMAL"
    )


def test_time_out_is_not_infeasible(monkeypatch) -> None:
    """Without an answer in time nothing is proven; with too few seats it is."""
    buildings, units, pupils = ready()
    aim = aim_of("poverty_distance", pupils)
    small, _, _ = ready(seats=100.0)
    with pytest.raises(InfeasibleError, match="no bands keep the rules"):
        find_bands(units, small, BandRules(("balance",)), aim=aim)
    Slow(monkeypatch, 0)
    with pytest.raises(SolverError, match="does not prove"):
        find_bands(units, buildings, BandRules(("balance",)), aim=aim)


def test_a_found_plan_survives_a_time_out(monkeypatch) -> None:
    """The first objective's bands are kept where the second has no answer, even at 0."""
    buildings, units, pupils = ready()
    Slow(monkeypatch, 1)
    found = find_bands(
        units, buildings, BandRules(("moves", "travel"), use_all=False),
        aim=aim_of("poverty_distance", pupils),
    )  # fmt: skip
    assert found.stages[0].value == 0
    assert (found.table >= 0).all()
    assert [stage.proven for stage in found.stages] == [True, False]
    assert found.status == "FEASIBLE"
    assert "nothing is proven" in found.sentence


@pytest.mark.parametrize(("solves", "said"), [(99, "(proven)"), (2, "nothing is proven")])
def test_alternatives_are_claimed_only_when_all_were_sought(monkeypatch, solves, said) -> None:
    """That no other arrangement is as good is called proven only where the search ended."""
    buildings, units, pupils = ready()
    rules, aim = BandRules(("moves", "travel")), aim_of("poverty_distance", pupils)
    Slow(monkeypatch, solves)
    found = find_bands(units, buildings, rules, aim=aim)
    assert said in count_alternatives(found, units, buildings, rules, aim, 3)
