"""Bands: what is claimed is proven, and what stops early is not lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_town import small_town

from geodata.grades import GradeSpan
from planner.errors import InfeasibleError, SolverError, StructureError
from planner.plan import Plan
from planner.reorganise import bands
from planner.reorganise.band_alternatives import count_alternatives
from planner.reorganise.band_rows import write_bands
from planner.reorganise.bands import BandRules, find_bands
from planner.reorganise.find import _reach
from planner.structures.aims import aim_of
from planner.structures.arrangement import Arrangement
from planner.structures.buildings import Buildings
from planner.structures.residents import Residents
from planner.structures.zones import ZoneUnits

MEASURES = ("students", "poor", "group:a", "group:b")


def ready(seats: float = 400.0):
    """Return buildings, zones and students of a town of two schools."""
    a = np.array([9.0, 8, 2, 1])[:, None] * np.ones(6)
    town = small_town(
        {"elementary": list("ppqq")}, {"p": 0, "q": 3}, columns=4, students=10.0,
        groups={"a": a, "b": 10 - a}, poor=a * 0.5, seats={"p": seats, "q": seats},
    )  # fmt: skip
    residents, buildings = Residents.from_district(town), Buildings.from_district(town)
    base = Arrangement.from_plan(
        Plan.today(town), block_ids=residents.block_ids, school_ids=buildings.ids,
        level_of=residents.level_of,
    )  # fmt: skip
    return buildings, ZoneUnits.of(town, residents, base, buildings, measures=MEASURES), residents


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
    buildings, units, residents = ready()
    found = find_bands(units, buildings, BandRules(("balance",)), aim=aim_of(aim, residents))
    assert found.status == "HEURISTIC"
    assert "mean distance of schools from the district's poverty stands in" in found.sentence
    exact = aim_of("poverty_distance", residents)
    assert find_bands(units, buildings, BandRules(("balance",)), aim=exact).status == (
        "PROVEN_OPTIMAL"
    )


def test_time_out_is_not_infeasible(monkeypatch) -> None:
    """Without an answer in time nothing is proven; with too few seats it is."""
    buildings, units, residents = ready()
    aim = aim_of("poverty_distance", residents)
    small, _, _ = ready(seats=100.0)
    with pytest.raises(InfeasibleError, match="no bands keep the rules"):
        find_bands(units, small, BandRules(("balance",)), aim=aim)
    Slow(monkeypatch, 0)
    with pytest.raises(SolverError, match="does not prove"):
        find_bands(units, buildings, BandRules(("balance",)), aim=aim)


def test_a_found_plan_survives_a_time_out(monkeypatch) -> None:
    """The first objective's bands are kept where the second has no answer, even at 0."""
    buildings, units, residents = ready()
    Slow(monkeypatch, 1)
    found = find_bands(
        units, buildings, BandRules(("moves", "travel"), use_all=False),
        aim=aim_of("poverty_distance", residents),
    )  # fmt: skip
    assert found.stages[0].value == 0
    assert (found.table >= 0).all()
    assert [stage.proven for stage in found.stages] == [True, False]
    assert found.status == "FEASIBLE"
    assert "nothing is proven" in found.sentence


def test_changes_are_those_of_the_bands_after_a_time_out(monkeypatch) -> None:
    """What the solver left loose while another objective was sought is not told as changes."""
    buildings, units, _ = ready()
    rules = BandRules(("travel", "transitions"))
    _, _, costs = write_bands(units, buildings, rules, None)
    solves, loose = Slow(monkeypatch, 1), costs["transitions"] != 0
    real = solves.real

    def loosened(*asked):
        outcome = real(*asked)
        return replace(outcome, x=np.where(loose, 1.0, outcome.x))

    solves.real = loosened
    found = find_bands(units, buildings, rules)
    assert (found.table == found.table[:, :1]).all()
    assert found.stages[1].value == 0


@pytest.mark.parametrize(("solves", "said"), [(99, "(proven)"), (2, "nothing is proven")])
def test_alternatives_are_claimed_only_when_all_were_sought(monkeypatch, solves, said) -> None:
    """That no other arrangement is as good is called proven only where the search ended."""
    buildings, units, residents = ready()
    rules, aim = BandRules(("moves", "travel")), aim_of("poverty_distance", residents)
    Slow(monkeypatch, solves)
    found = find_bands(units, buildings, rules, aim=aim)
    assert said in count_alternatives(found, units, buildings, rules, aim=aim, most=3)


def test_a_start_that_is_not_allowed_is_only_a_hint() -> None:
    """Today's grades may not fit the rules: bands are found without them."""
    buildings, units, residents = ready()
    aim = aim_of("poverty_distance", residents)
    fit = tuple(
        replace(b, allowed=GradeSpan.parse("K-2" if b.school_id == "p" else "3-5"))
        for b in buildings.all
    )
    found = find_bands(
        units, replace(buildings, all=fit), BandRules(("balance",)), aim=aim, start=units.base
    )
    assert found.table.tolist() == [[0, 0, 0, 1, 1, 1]] * 2


def test_unknown_seats_have_no_fullest_building() -> None:
    """The fullest cannot be told; other objectives say that unknown seats limit nothing."""
    _, units, residents = ready()
    buildings, _, _ = ready(seats=np.nan)
    with pytest.raises(StructureError, match="seats are unknown for p, q"):
        find_bands(units, buildings, BandRules(("fullest",)))
    aim = aim_of("poverty_distance", residents)
    found = find_bands(units, buildings, BandRules(("balance",)), aim=aim)
    assert "seats of 2 buildings are unknown and limit nothing" in found.sentence


def test_unknown_ways_are_told_and_are_not_called_impossible() -> None:
    """A zone without any known way is named; a building left out for one is counted."""
    buildings, units, residents = ready()
    aim = aim_of("poverty_distance", residents)
    way = units.student_m.copy()
    way[0, :, 1] = np.nan
    found = find_bands(units_with(units, way), buildings, BandRules(("balance",)), aim=aim)
    assert "1 choice was left out: the way to the building is unknown" in found.sentence
    way[0] = np.nan
    with pytest.raises(StructureError, match="unknown for students of zones p"):
        find_bands(units_with(units, way), buildings, BandRules(("balance",)), aim=aim)


def units_with(units: ZoneUnits, student_m: np.ndarray) -> ZoneUnits:
    """Return the zones with other ways."""
    return replace(units, student_m=student_m)


def test_the_nearest_are_counted_among_those_that_may_serve_the_grade() -> None:
    """Two nearest buildings of another kind do not use up the count."""
    _, units, _ = ready()
    way = np.tile(np.array([1.0, 2.0, 3.0, 4.0]), (2, 6, 1))
    may = np.zeros((4, 6), dtype=bool)
    may[2:] = True
    reach = _reach(units_with(units, way), 1, (), may)
    assert reach.tolist() == [[False, False, True, False]] * 2


def test_moves_of_the_whole_district_count_who_stays() -> None:
    """With one building a grade, students who keep their building are not counted as moved."""
    buildings, units, _ = ready()
    one = ZoneUnits(
        ("*",), units.grades, np.zeros(4, dtype=np.int32), np.full((1, 6), -1, dtype=np.int32),
        {m: n.sum(axis=0, keepdims=True) for m, n in units.counts.items()},
        units.cohorts.sum(axis=1, keepdims=True), units.student_m.sum(axis=0, keepdims=True),
        np.zeros((1, 1), dtype=bool),
    )  # fmt: skip
    stays = np.zeros((1, 6, 2))
    stays[0, :, 0], stays[0, :, 1] = 25.0, 15.0
    rules = BandRules(("moves",), one_building_a_grade=True, use_all=False)
    found = find_bands(replace(one, stays=stays), buildings, rules)
    assert found.table.tolist() == [[0] * 6]
    assert found.stages[0].value == pytest.approx(6 * 15.0)
