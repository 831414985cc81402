"""The least an amount can be by its form, and gaps near zero."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracle.enumerate_plans import measure, plans
from oracle.tiny_district import dissimilarity, grid, moved, random_amount, travel

from planner.solving.floor import bound_at, floor_of
from planner.solving.solution import AimValue, gap_between
from planner.terms import CutLength, WeightedSum, ZoneDeviation, ZoneRatio, ZoneShape


@pytest.mark.parametrize("kind", range(11))
def test_no_plan_is_below_the_floor(kind: int) -> None:
    """On every plan of a few tiny districts."""
    for seed in range(5):
        problem = grid(3, 2, 2, seed)
        amount = random_amount(problem, np.random.default_rng(seed), kind)
        floor = floor_of(problem, amount)
        assert all(floor <= measure(problem, amount, plan) + 1e-9 for plan in plans(problem))


def test_amounts_that_cannot_be_negative_start_at_zero() -> None:
    """Deviations, borders, ratios of counts; and nobody moved."""
    problem = grid(3, 3, 2, 1)
    for amount in (
        dissimilarity(problem),
        moved(problem),
        CutLength("borders", "m"),
        ZoneRatio("r", "", "poor", "poor", "students"),
    ):
        assert floor_of(problem, amount) == 0.0
    both = WeightedSum("sum", "m", ((2.0, travel(problem)), (0.0, ZoneShape("s"))), 3.0)
    nearest = (problem.students * problem.metres.min(axis=1)).sum()
    assert floor_of(problem, both) == pytest.approx(2.0 * nearest + 3.0)


def test_nothing_is_claimed_where_the_form_gives_nothing() -> None:
    """Negative weights, shapes, unknown costs."""
    problem = grid(3, 3, 2, 1)
    one = np.ones(2)
    negative = ZoneDeviation("d", "", {"students": 1.0}, one, one, -one)
    less = WeightedSum("less", "m", ((-1.0, moved(problem)),))
    unknown = travel(problem)
    unknown.cost[0, 0] = math.nan
    for amount in (negative, less, unknown, ZoneShape("shape"), CutLength("c", "m", -1.0)):
        assert floor_of(problem, amount) == -math.inf


def test_gaps_are_shares_of_the_value() -> None:
    """Unknown without a bound, zero where the two meet, never negative."""
    assert gap_between(None, 1.0) is None
    assert gap_between(1.0, None) is None
    assert gap_between(2.0, 1.5) == pytest.approx(0.25)
    assert gap_between(0.0, 0.0) == 0.0
    assert gap_between(1.0, 1.0 + 1e-9) == 0.0
    assert AimValue("a", "elementary", "m", 1.0, 1.0 - 1e-7).is_proven
    assert not AimValue("a", "elementary", "m", 1.0, 0.999).is_proven
    assert not AimValue("a", "elementary", "m", 1.0, None).is_proven


def test_a_floor_counts_as_bound_where_the_plan_reaches_it() -> None:
    """Nobody moved is proven best without a linear program; elsewhere a floor claims nothing."""
    problem = grid(4, 3, 2, 1)
    few = moved(problem)
    assert bound_at(problem, few, 0.0, None) == 0.0
    assert bound_at(problem, few, 7.0, None) is None
    assert bound_at(problem, few, 7.0, -1e-9) == 0.0
    assert bound_at(problem, few, 7.0, 3.0) == 3.0
    assert bound_at(problem, ZoneShape("s"), 0.0, None) is None
