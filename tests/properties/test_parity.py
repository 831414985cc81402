"""Parity: impossible bands are impossible, certificates hold, separation is flagged."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_town import small_town

from planner.errors import MissingPovertyError
from planner.metrics.certificate import holds
from planner.model.layout import whole
from planner.model.pairs import close_unreachable
from planner.objectives import ParityGap
from planner.parity import (
    Schools,
    gap_lower_bound,
    group_measures,
    integration_limits,
    least_band,
    parity_record,
    poverty_ranges,
)
from planner.problem.build import build_problem
from planner.rules import AssignOnce, Contiguity, SchoolInOwnZone, Size, TravelLimit

FEW = settings(max_examples=15, deadline=None, derandomize=True)
MANY = settings(max_examples=150, deadline=None, derandomize=True)
RULES = (AssignOnce(), Contiguity(), SchoolInOwnZone())


def town_problem(seed: int, blocks: int = 8, poor: bool = True):
    rng = np.random.default_rng(seed)
    students = rng.integers(10, 40, (blocks, 1)).astype(float)
    a = np.floor(students * rng.uniform(0, 1, (blocks, 1)))
    town = small_town(
        {"elementary": ["p"] * (blocks // 2) + ["q"] * (blocks - blocks // 2)},
        {"p": 0, "q": blocks - 1},
        columns=blocks // 2,
        levels={"elementary": "K"},
        students=students,
        groups={"a": a, "b": students - a},
        poor=np.floor(students * rng.uniform(0, 1, (blocks, 1))) if poor else None,
    )
    return build_problem(town, "elementary")


def every_plan(problem):
    """Yield every connected plan with both schools at home."""
    for picks in product(range(2), repeat=problem.n_blocks):
        zone_of = np.array(picks, dtype=np.int32)
        if (zone_of[problem.root] != np.arange(2)).any():
            continue
        if problem.pieces(zone_of)[1].all():
            yield zone_of


def constraints(problem):
    return [term for rule in RULES for term in rule.lower(problem)]


def furthest(problem, zone_of) -> float:
    poor, students = problem.measure("poor"), problem.students
    mean = poor.sum() / students.sum()
    return max(
        abs(poor[zone_of == z].sum() / students[zone_of == z].sum() - mean) for z in range(2)
    )


@FEW
@given(seed=st.integers(0, 10_000))
def test_impossible_band_is_impossible(seed: int) -> None:
    """No plan at all keeps a band that was called impossible; the one reached is kept."""
    problem = town_problem(seed)
    best = min(every_plan(problem), key=lambda z: furthest(problem, z))
    found = least_band(problem, constraints(problem), plan=best, seconds=30)
    least = 100 * furthest(problem, best)
    assert found.impossible_points <= least + 1e-6
    assert found.reached_points == pytest.approx(least)
    gap = ParityGap(min_students=0).measure(problem, best)
    assert gap <= found.guaranteed_at_most + 1e-9


@FEW
@given(seed=st.integers(0, 10_000))
def test_gap_bound_is_below_every_plan(seed: int) -> None:
    """The lower bound on the gap is not above the gap of any plan."""
    problem = town_problem(seed)
    bound = gap_lower_bound(problem, constraints(problem), seconds=20)
    least = min(ParityGap().measure(problem, plan) for plan in every_plan(problem))
    assert bound.value is None or bound.value <= least + 1e-6


@FEW
@given(seed=st.integers(0, 10_000), floor=st.sampled_from([0.0, 0.7, 0.95]))
def test_no_zone_is_outside_its_range_of_poverty(seed: int, floor: float) -> None:
    """Every zone of every plan has a poverty within the range its blocks allow."""
    problem = town_problem(seed)
    rows = constraints(problem)
    if floor:
        rows += Size(floor_share=floor).lower(problem)
    least = floor * problem.today_students
    low, high = poverty_ranges(close_unreachable(whole(problem, rows), rows), rows)
    measured = 0
    for plan in every_plan(problem):
        size = np.array([problem.students[plan == z].sum() for z in range(2)])
        if (size < least - 1e-9).any():
            continue
        share = np.array([problem.measure("poor")[plan == z].sum() for z in range(2)]) / size
        assert (low <= share + 1e-9).all()
        assert (share <= high + 1e-9).all()
        measured += 1
    assert measured


def test_gap_bound_can_be_above_nothing() -> None:
    """Where blocks cannot go far the relaxation proves that some gap must remain."""
    students = np.full((8, 1), 100.0)
    a = np.array([[100.0]] * 4 + [[0.0]] * 4)
    town = small_town(
        {"elementary": ["p"] * 4 + ["q"] * 4},
        {"p": 0, "q": 7},
        columns=8,
        levels={"elementary": "K"},
        students=students,
        groups={"a": a, "b": students - a},
        poor=a * 0.8,
    )
    problem = build_problem(town, "elementary")
    rows = constraints(problem) + TravelLimit(max_km=4.0).lower(problem)
    bound = gap_lower_bound(problem, rows, seconds=20)
    least = min(
        ParityGap().measure(problem, plan)
        for plan in every_plan(problem)
        if abs((plan == 0).sum() - 4) <= 1  # blocks 0-2 reach only p, 5-7 only q
    )
    assert bound.value is not None
    assert 0 < bound.value <= least + 1e-6


@MANY
@given(seed=st.integers(0, 100_000))
def test_certificates_hold_on_random_plans(seed: int) -> None:
    """Both certificates are above the gap of any plan, contiguous or not."""
    problem = town_problem(seed)
    rng = np.random.default_rng(seed)
    zone_of = rng.integers(0, 2, problem.n_blocks).astype(np.int32)
    record = parity_record(Schools.under(problem, problem.current), Schools.under(problem, zone_of))
    assert all(holds(record.gap[1], limit) for limit in record.at_most.values())
    assert record.sentences()


def test_certificates_hold_on_thousands_of_districts() -> None:
    """Thousands of random districts of five groups never violate either certificate."""
    from planner.metrics.certificate import gap_limit_by_band, gap_limit_by_evenness
    from planner.metrics.dissimilarity import dissimilarity
    from planner.metrics.poverty_exposure import exposure_to_poverty
    from planner.metrics.poverty_near import poverty_range, poverty_spread

    rng = np.random.default_rng(0)
    for _ in range(5000):
        groups = rng.integers(0, 30, (int(rng.integers(2, 12)), 2)).astype(float)
        groups[0] += 1
        total = groups.sum(axis=1) + rng.integers(0, 20, len(groups))
        poor = np.floor(total * rng.uniform(0, 1, len(groups)))
        a, b = groups.T
        gap = exposure_to_poverty(a, poor, total) - exposure_to_poverty(b, poor, total)
        band = gap_limit_by_band(poverty_spread(poor, total))
        even = gap_limit_by_evenness(dissimilarity(a, b), poverty_range(poor, total))
        assert holds(gap, band)
        assert holds(gap, even)


def test_integration_limits_hold_today() -> None:
    """The limits against separation hold for the plan they are taken from."""
    problem = town_problem(3)
    rules = integration_limits(problem, Schools.under(problem, problem.current))
    assert {rule.objective.name for rule in rules} == {"isolation", "dissimilarity"}
    assert all(f.ok for rule in rules for f in rule.check(problem, problem.current))
    assert group_measures(problem) == ("group:a", "group:b")


def test_no_poverty_column() -> None:
    """Without poverty the error says what is missing."""
    problem = town_problem(1, poor=False)
    with pytest.raises(MissingPovertyError, match="no poverty count"):
        parity_record(*2 * [Schools.under(problem, problem.current)])
