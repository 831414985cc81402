"""Objectives on hand-worked cases, their edges, and what they refuse."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from tiny_problem import OBJECTIVE_CASES, make_problem, tiny_problem

from planner.errors import PlanError, ScenarioError
from planner.objectives import (
    BorderLength,
    Compactness,
    Dissimilarity,
    Exposure,
    Isolation,
    ParityGap,
    PovertySpread,
    StudentsMoved,
    Travel,
    UtilizationDeviation,
    UtilizationSpread,
)
from planner.problem import Problem
from planner.problem.measures import Lack
from planner.problem.school_counts import sums_by_school
from planner.rules.max_students_moved import MaxStudentsMoved
from planner.terms import ZoneRatio

APART = np.array([0, 0, 1, 1], dtype=np.int32)
MIXED = np.array([0, 1, 0, 1], dtype=np.int32)


def changed(**values: object) -> Problem:
    """Return the tiny problem with other values."""
    return replace(tiny_problem(), **values)


def two_towns() -> Problem:
    """Return four blocks of ten students: two all black and poor, two all white and not poor."""
    ten = np.full(4, 10.0)
    black = np.array([10.0, 10, 0, 0])
    return make_problem(
        rows=2, columns=2, schools=[0, 3], current=APART, students=ten, poor=black, black=black,
        seats=np.array([20.0, 20.0]), hoods=[""] * 4,
    )  # fmt: skip


def test_schools_fully_apart() -> None:
    """Each school has one group only: every index is at its worst."""
    problem = two_towns()
    assert Dissimilarity(group="black").measure(problem, APART) == 1
    assert Isolation(group="black").measure(problem, APART) == 1
    assert Exposure(group="black", to="white").measure(problem, APART) == 0
    assert ParityGap(min_students=1).measure(problem, APART) == 100
    assert PovertySpread().measure(problem, APART) == 50
    assert PovertySpread(of="worst").measure(problem, APART) == 50


def test_a_plan_that_serves_nobody_has_counts_like_any_other() -> None:
    """Sums over no block are numbers that shares can be taken of."""
    problem, nobody = two_towns(), np.full(4, -1, dtype=np.int32)
    (sums,) = sums_by_school(problem, problem.partners_of_zones(), ("students",), nobody)
    assert sums.dtype == np.float64
    assert sums.tolist() == [0.0, 0.0]


def test_exposure_to_a_group_without_students_is_refused() -> None:
    """Nobody can be met of a group that is counted and has nobody."""
    problem = changed(extra_measures=tiny_problem().extra_measures | {"group:none": np.zeros(4)})
    with pytest.raises(ScenarioError, match="nobody of 'none'"):
        Exposure(group="black", to="none").amount(problem)


def test_schools_alike() -> None:
    """Each school is like the district: evenness is 0, isolation the district's share."""
    problem = two_towns()
    assert Dissimilarity(group="black").measure(problem, MIXED) == 0
    assert Isolation(group="black").measure(problem, MIXED) == 0.5
    assert Exposure(group="black", to="white").measure(problem, MIXED) == 0.5
    assert ParityGap(groups=("black", "white"), min_students=1).measure(problem, MIXED) == 0
    assert PovertySpread().measure(problem, MIXED) == 0


def test_more_exposure_is_less_of_all_others() -> None:
    """An aim to meet more white students is an aim to meet fewer who are not."""
    problem = two_towns()
    more = Exposure(group="black", to="white", aim="more")
    assert more.measure(problem, APART) == 1
    assert more.amount(problem).value(problem, MIXED) == 0.5


def test_an_empty_school_adds_nothing_to_a_ratio() -> None:
    """A school without students has no share; the amount still has a value."""
    problem, everyone = two_towns(), np.zeros(4, dtype=np.int32)
    assert Isolation(group="black").amount(problem).value(problem, everyone) == 0.5
    assert Dissimilarity(group="black").measure(problem, everyone) == 0


def test_isolation_is_convex_and_exposure_is_not() -> None:
    """Only a ratio of a group with itself may be bounded by tangents."""
    problem = two_towns()
    isolation = Isolation(group="black").amount(problem)
    exposure = Exposure(group="black", to="poor").amount(problem)
    assert isinstance(isolation, ZoneRatio)
    assert isolation.is_convex
    assert isinstance(exposure, ZoneRatio)
    assert not exposure.is_convex


@pytest.mark.parametrize(
    "aim",
    [Dissimilarity(group="black"), Isolation(group="black"),
     Exposure(group="black", to="poor"), ParityGap(groups=("black", "white"), min_students=0)],
    ids=lambda aim: aim.name,
)  # fmt: skip
def test_a_group_without_students_is_refused(aim: object) -> None:
    """A share of nobody has no meaning."""
    problem = two_towns()
    nobody = dict(problem.extra_measures) | {"group:black": np.zeros(4)}
    with pytest.raises(ScenarioError, match="total 0"):
        aim.amount(replace(problem, extra_measures=nobody))


def test_no_poverty_column_is_told() -> None:
    """Poverty spread and parity name what is missing."""
    problem = changed(extra_measures={}, unavailable={"poor": Lack("uncounted", "no such count")})
    for aim in (PovertySpread(), Exposure(group="poor", to="black")):
        with pytest.raises(ScenarioError, match="poor students"):
            aim.amount(problem)


def test_a_gap_needs_two_groups() -> None:
    """Groups too small to compare are told."""
    with pytest.raises(ScenarioError, match="a gap needs two groups"):
        ParityGap(min_students=1000).amount(two_towns())


def test_a_group_is_not_compared_with_itself() -> None:
    """That index would be 0 whatever the plan."""
    with pytest.raises(ScenarioError):
        Dissimilarity(group="black", against="black")
    with pytest.raises(ScenarioError):
        Exposure(group="black", to="black")


def test_travel_is_the_mean_over_students_not_blocks() -> None:
    """Blocks without students do not count, however far they are."""
    problem = changed(students=np.array([1.0, 0, 0, 0, 0, 1]))
    assert Travel().measure(problem, problem.current) == 0


def test_an_unknown_way_is_refused_or_counts_as_the_farthest() -> None:
    """Unknown is never 0; where nobody lives it does not matter."""
    metres = tiny_problem().metres.copy()
    metres[1, 1] = np.nan
    problem = changed(metres=metres)
    with pytest.raises(ScenarioError, match="001"):
        Travel().amount(problem)
    farthest = float(np.nanmax(metres)) / 1000
    amount = Travel(unknown="farthest").amount(problem)
    assert amount.cost[1, 1] == pytest.approx(2 * farthest / 21)
    empty = changed(metres=metres, students=np.array([1.0, 0, 3, 4, 5, 6]))
    assert np.isfinite(Travel().amount(empty).cost).all()


def test_a_district_without_students_has_no_travel() -> None:
    """Zero students give zero, not a division by zero."""
    problem = changed(students=np.zeros(6))
    assert Travel().measure(problem, problem.current) == 0
    assert Travel().amount(problem).value(problem, problem.current) == 0


def test_students_of_a_closed_school_move_wherever_they_go() -> None:
    """Their moves are forced, and counted."""
    problem = changed(current=np.array([0, 0, -1, 0, 1, 1], dtype=np.int32))
    assert StudentsMoved().measure(problem, np.array([0, 0, 1, 0, 1, 1])) == 3


@pytest.mark.parametrize("aim", OBJECTIVE_CASES.values(), ids=OBJECTIVE_CASES)
def test_a_plan_with_holes_is_not_measured(aim: object) -> None:
    """The measure of the other blocks would be that of other people."""
    plan = tiny_problem().current.copy()
    plan[2] = -1
    with pytest.raises(PlanError, match="002"):
        aim.measure(tiny_problem(), plan)


def test_utilization_of_a_school_without_seats_is_refused() -> None:
    """Zero seats have no utilization."""
    problem = changed(capacity_seats=np.array([10.0, 0.0]))
    for aim in (UtilizationSpread(), UtilizationDeviation()):
        with pytest.raises(ScenarioError, match="no seats"):
            aim.amount(problem)
    assert UtilizationDeviation(seats_offset=0.00001).amount(problem)


def test_a_target_below_nothing_is_refused() -> None:
    """A target of zero seats filled is no target."""
    with pytest.raises(ScenarioError):
        UtilizationSpread(target_share=0)


def test_unknown_borders_are_refused() -> None:
    """Shape is not measured from what nobody measured."""
    problem = changed(edge_shared_m=np.full(7, np.nan))
    with pytest.raises(ScenarioError, match="7 borders"):
        BorderLength().amount(problem)
    with pytest.raises(ScenarioError, match="perimeter of 6 blocks"):
        Compactness().amount(changed(perimeter_m=np.full(6, np.nan)))


def test_two_squares_are_as_round_as_squares_are() -> None:
    """A square's Polsby-Popper score is pi / 4."""
    problem = replace(
        two_towns(),
        edge_i=np.array([0], dtype=np.int32),
        edge_j=np.array([1], dtype=np.int32),
        edge_shared_m=np.array([1000.0]),
    )
    score = 4 * np.pi * 2e6 / 6000**2
    expected = (1 - score) + (1 - 4 * np.pi * 2e6 / 8000**2)
    assert Compactness().measure(problem, APART) == pytest.approx(expected)


def test_the_published_benchmark_form_is_expressible(shared_bench) -> None:
    """F1 of the published plans, |1 - (pop + 0.001) / (cap + 0.00001)|, comes out as published."""
    folder = shared_bench / "lcps_hs"
    with (folder / "areas.csv").open(newline="") as file:
        areas = sorted(csv.DictReader(file), key=lambda row: row["id"])
    schools = sorted({row["school_id"] for row in areas} - {""})
    zone = {school: z for z, school in enumerate(schools)}
    students = np.array([float(row["population"]) for row in areas])
    seats = np.zeros(len(schools))
    for row in areas:
        if row["school_id"]:
            seats[zone[row["school_id"]]] += float(row["capacity"])
    plan = np.array([zone[row["existing_zone"]] for row in areas], dtype=np.int32)
    problem = replace(
        tiny_problem(),
        block_ids=np.array([row["id"] for row in areas]),
        zone_ids=np.array(schools),
        students=students,
        capacity_seats=seats,
    )
    aim = UtilizationDeviation(students_offset=0.001, seats_offset=0.00001)
    expected = sum(
        abs(1 - (students[plan == z].sum() + 0.001) / (seats[z] + 0.00001))
        for z in range(len(schools))
    )
    assert aim.measure(problem, plan) == pytest.approx(expected, abs=1e-12)
    assert aim.amount(problem).value(problem, plan) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("use", [StudentsMoved(), MaxStudentsMoved(max_students=3)])
def test_nobody_moves_from_an_unknown_school(use) -> None:
    """Without any zone of today the number of students moved is unknown, not none."""
    problem = changed(has_current=np.zeros(tiny_problem().n_blocks, dtype=bool))
    ask = use.amount if isinstance(use, StudentsMoved) else use.lower
    with pytest.raises(ScenarioError, match="today's zones are not known"):
        ask(problem)


def test_poverty_that_is_unknown_somewhere_is_completed_not_replaced() -> None:
    """No group of students is proposed in place of poverty."""
    gone = changed(extra_measures={}, unavailable={"poor": Lack("incomplete", "not in block 007")})
    with pytest.raises(ScenarioError, match="complete the count in these blocks"):
        PovertySpread().amount(gone)
    none = changed(unavailable={"poor": Lack("uncounted", "no such count")}, extra_measures={})
    with pytest.raises(ScenarioError, match="map a column of poor students"):
        PovertySpread().amount(none)
