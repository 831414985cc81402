"""Schools that share a zone: every rule and aim means each of them, as the measurement does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.district import District
from planner.conflicts.plain_counts import plain_counts
from planner.evaluation import Settings, evaluate
from planner.objectives import (
    Dissimilarity,
    Isolation,
    PovertySpread,
    Travel,
    UtilizationSpread,
)
from planner.parity import Schools
from planner.plan import Plan
from planner.problem.build import build_problem
from planner.problem.events import Regrade
from planner.rules import BalanceBand, Enrollment, Size, TravelLimit

LEFT_RIGHT = ["A", "A", "B", "B"] * 3
EAST = np.array(LEFT_RIGHT) == "B"


def _divided() -> pd.DataFrame:
    """Return today's zones: K-5 at A in the west; K-2 at C and 3-5 at B in the east."""
    ids = np.array([f"{i:03d}" for i in range(12)])
    parts = (("A", "K", "5", ~EAST), ("C", "K", "2", EAST), ("B", "3", "5", EAST))
    return pd.concat(
        [
            pd.DataFrame({"block_id": ids[where]}).assign(
                level="elementary", grade_low=low, grade_high=high, school_id=school
            )
            for school, low, high, where in parts
        ],
        ignore_index=True,
    )


def _uneven(grid_district) -> District:
    """Return a shared zone of K-2 (C) and 3-5 (B) in the east; block 2 has only grades 3-5."""
    district = grid_district(
        LEFT_RIGHT, {"A": 4, "B": 7, "C": 6}, current=_divided(), by_grade=True,
        seats={"A": 90, "B": 90, "C": 90},
    )  # fmt: skip
    table = district.students.table.copy()
    low = [(grade, "*", "*") for grade in ("K", "1", "2")]
    table.loc["002", low] = 0.0
    for (grade, *_), counts in table.items():
        share = 0.5 if grade in ("K", "1", "2") else 0.25
        table[grade, "*", "poor"] = counts * share
    return replace(district, students=replace(district.students, table=table))


def test_ways_to_a_shared_zone_are_those_of_each_blocks_own_students(grid_district) -> None:
    """Solver and measurement mean the same way: nobody of block 2 goes to the K-2 school."""
    district = _uneven(grid_district)
    problem = build_problem(district, "elementary")
    to_b, to_c = (district.travel.metres[:, at] for at in (1, 2))
    assert problem.metres[2, 1] == to_b[2]
    assert problem.metres[3, 1] == pytest.approx((to_b[3] + to_c[3]) / 2)
    aim = Travel().measure(problem, problem.current)
    scored = evaluate(district, Plan.today(district), settings=Settings(random_draws=0)).metrics
    row = scored[(scored["metric"] == "travel_mean_metres") & (scored["scope"] == "level")]
    told = row[row["group"] == "all"]["plan"].iloc[0]
    assert 1000 * aim == pytest.approx(told)


def test_a_shared_zone_of_nobody_has_a_way_all_the_same(grid_district) -> None:
    """Without any student the schools count by their grades; counts are in the order of schools."""
    district = _uneven(grid_district)
    table = district.students.table * 0.0
    nobody = replace(district, students=replace(district.students, table=table))
    problem = build_problem(nobody, "elementary")
    to_b, to_c = (district.travel.metres[:, at] for at in (1, 2))
    assert problem.metres[:, 1] == pytest.approx((to_b + to_c) / 2)
    counted = [name for name in problem.extra_measures if name.startswith("grades:")]
    parts = ("", ":poor", ":not:poor")
    assert counted == [f"grades:{span}{part}" for span in ("K-2", "3-5") for part in parts]


def test_a_limit_looks_at_the_farthest_school_of_a_shared_zone(grid_district) -> None:
    """The mean of a near and a far school is nobody's way."""
    problem = build_problem(_uneven(grid_district), "elementary")
    plan = np.array([0, 1, 1, 1] + [0, 0, 1, 1] * 2, dtype=np.int32)
    farthest = problem.farthest.metres[1, 1] / 1000
    mean = problem.metres[1, 1] / 1000
    assert mean < farthest
    near, far = TravelLimit(max_km=(mean + farthest) / 2), TravelLimit(max_km=farthest)
    assert [rule.check(problem, plan)[0].ok for rule in (near, far)] == [False, True]
    assert [rule.lower(problem)[0].allowed[1, 1] for rule in (near, far)] == [False, True]
    assert build_problem(grid_district(LEFT_RIGHT, {"A": 4, "B": 7}), "elementary").farthest is None


def test_a_balance_band_holds_each_school_of_a_shared_zone(grid_district) -> None:
    """The K-2 school is half poor, the 3-5 school a quarter: the zone between them hides it."""
    problem = build_problem(_uneven(grid_district), "elementary")
    rule = BalanceBand(low_percent=30, high_percent=45)
    most, least = rule.check(problem, problem.current)
    assert (most.where, least.where) == (("C",), ("B",))
    assert (most.measured, least.measured) == (pytest.approx(50), pytest.approx(25))
    excess = {row.name: row.excess(problem, problem.current) for row in rule.lower(problem)}
    assert set(excess) == {
        f"balance_band{part}.{side}" for part in ("", ".K-2", ".3-5") for side in ("least", "most")
    }
    broken = {name for name, amount in excess.items() if amount.sum() > 1e-9}
    assert broken == {"balance_band.K-2.most", "balance_band.3-5.least"}
    whole = replace(problem, extra_measures={"poor": problem.measure("poor")})
    assert all(finding.ok for finding in rule.check(whole, whole.current))


AIMS = {
    "dissimilarity": (Dissimilarity("poor"), ("dissimilarity", "poor"), 1),
    "isolation": (Isolation("poor"), ("isolation", "poor"), 1),
    "poverty_spread": (PovertySpread(), ("poverty_distance", "all"), 100),
    "utilization_spread": (UtilizationSpread(), ("utilization_spread", "all"), 100),
}


@pytest.mark.parametrize("name", AIMS)
def test_aims_measure_each_school_of_a_shared_zone(grid_district, name: str) -> None:
    """The aim's number, the solver's and that of metrics.csv are one number."""
    district = _uneven(grid_district)
    problem = build_problem(district, "elementary")
    aim, (metric, group), scale = AIMS[name]
    scored = evaluate(district, Plan.today(district), settings=Settings(random_draws=0)).metrics
    row = scored[(scored["metric"] == metric) & (scored["scope"] == "level")]
    told = scale * row[row["group"].str.startswith(group)]["plan"].iloc[0]
    assert aim.measure(problem, problem.current) == pytest.approx(told)
    assert aim.amount(problem).value(problem, problem.current) == pytest.approx(told)
    together = replace(problem, extra_measures={
        name: values for name, values in problem.extra_measures.items() if "grades:" not in name
    })  # fmt: skip
    assert aim.measure(together, together.current) != pytest.approx(told)


def test_a_zone_half_counted_by_grade_is_counted_as_one(grid_district) -> None:
    """Where a group of one of its schools is unknown, no student counts twice."""
    problem = build_problem(_uneven(grid_district), "elementary")
    known = dict(problem.extra_measures)
    del known["grades:3-5:poor"]
    half = replace(problem, extra_measures=known)
    whole = replace(problem, extra_measures={m: known[m] for m in ("poor", "not:poor")})
    for aim in (Dissimilarity("poor"), Isolation("poor"), PovertySpread()):
        expected = aim.measure(whole, whole.current)
        assert aim.measure(half, half.current) == pytest.approx(expected)
        assert aim.amount(half).value(half, half.current) == pytest.approx(expected)


def test_today_is_the_schools_of_today_whatever_shares_a_zone_later(grid_district) -> None:
    """Schools are told apart today as in a plan, so that limits from today hold for today."""
    district = _uneven(grid_district)
    problem = build_problem(district, "elementary")
    today, plan = Schools.today(problem), Schools.under(problem, problem.current)
    assert today.spread == pytest.approx(plan.spread)
    assert len(today.counts()[1][0]) == 3
    apart = build_problem(district, "elementary", events=[Regrade("C", "K-3"), Regrade("B", "4-5")])
    assert Schools.today(apart).spread == pytest.approx(today.spread)


def _cut(grid_district) -> District:
    """Return A and B, each with K-2 of its side, and C with 3-5 of both sides."""
    sides = (("A", "K", "2", ~EAST), ("B", "K", "2", EAST), ("C", "3", "5", ~EAST | EAST))
    ids = np.array([f"{i:03d}" for i in range(12)])
    current = pd.concat(
        [
            pd.DataFrame({"block_id": ids[where]}).assign(
                level="elementary", grade_low=low, grade_high=high, school_id=school
            )
            for school, low, high, where in sides
        ],
        ignore_index=True,
    )
    district = grid_district(LEFT_RIGHT, {"A": 4, "B": 7, "C": 5}, current=current, by_grade=True)
    table = district.students.table.copy()
    for (grade, *_), counts in list(table.items()):
        table[grade, "*", "poor"] = counts * np.where(EAST, 0.2, 0.8)
    return replace(district, students=replace(district.students, table=table))


def test_a_school_of_two_zones_is_not_checked_in_halves(grid_district) -> None:
    """C has 60 students, 30 of each zone: no rule may call either half a school."""
    problem = build_problem(_cut(grid_district), "elementary")
    (finding,) = Enrollment(max_students=40).check(problem, problem.current)
    assert (finding.ok, finding.measured) == (False, 60.0)
    assert "zone" in finding.sentence
    excepted = Enrollment(max_students=40, except_schools=("C",))
    (finding,) = excepted.check(problem, problem.current)
    assert (finding.ok, finding.measured) == (True, 30.0)
    (mean,) = Size(ceiling_share=1.0, relative_to="mean").check(problem, problem.current)
    assert mean.limit == pytest.approx(120 / 3 * 1.5)
    band = BalanceBand(low_percent=30, high_percent=50)
    names = {f.school for f in band.check(problem, problem.current)}
    assert names <= {"A School + C School", "B School + C School"}


def test_unknown_grades_are_not_nobody(grid_district) -> None:
    """A blank grade in one block: its students move as their zone does, their way is no one's."""
    district = _uneven(grid_district)
    table = district.students.table.copy()
    table.loc["003", ("K", "*", "*")] = np.nan
    table["elementary", "*", "*"] = 10.0
    counts = replace(district.students, table=table, levels=("elementary",))
    problem = build_problem(replace(district, students=counts), "elementary")
    assert problem.partly_moved is None
    to_b, to_c = (district.travel.metres[3, at] for at in (1, 2))
    assert min(to_b, to_c) < problem.metres[3, 1] < max(to_b, to_c)
    events = [Regrade("C", "K-1"), Regrade("B", "2-5")]
    told = build_problem(replace(district, students=counts), "elementary", events=events).warnings
    assert not [text for text in told if "under every plan" in text]  # grade 2 is known
    table.loc["003", ("2", "*", "*")] = np.nan
    counts = replace(counts, table=table)
    told = build_problem(replace(district, students=counts), "elementary", events=events).warnings
    assert [text for text in told if "are not counted by grade everywhere" in text]


def test_size_today_is_that_of_todays_grades(grid_district) -> None:
    """C gives grade 2 to B: it shrinks by a third, which is not near its size today."""
    district = grid_district(
        LEFT_RIGHT, {"A": 4, "B": 7, "C": 6}, current=_divided(), by_grade=True
    )
    events = [Regrade("C", "K-1"), Regrade("B", "2-5")]
    problem = build_problem(district, "elementary", events=events)
    least, most = sorted(
        Size(floor_share=0.9, ceiling_share=1.1).check(problem, problem.current),
        key=lambda finding: finding.side,
    )
    assert (least.where, most.where) == (("C",), ("B",))
    assert (least.measured, least.limit) == (pytest.approx(20), pytest.approx(27))
    assert (most.measured, most.limit) == (pytest.approx(40), pytest.approx(33))


@pytest.mark.parametrize(("most", "places"), [(30, "90 places in all"), (40, "")])
def test_places_of_a_shared_zone_are_added_up_school_by_school(grid_district, most, places) -> None:
    """Both schools of the east have room for their own grades, and both rooms count."""
    problem = build_problem(_uneven(grid_district), "elementary")
    told = plain_counts(problem, {"rule": Enrollment(max_students=most)}).get("rule", "")
    assert (places in told) if places else not told
