"""Exact mode on districts too large to enumerate."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.enumerate_plans import is_connected
from oracle.tiny_district import dissimilarity, grid, size_band, travel

from planner.model.exact import ExactStatus, solve_exact
from planner.model.write import NotLinearError
from planner.terms import AllowedPairs, Contiguous, ZoneShape

RULES = [Contiguous("contiguity")]


def test_least_travel_of_a_hundred_blocks_is_proven() -> None:
    """A hundred blocks and five zones within a size band end with a proof."""
    problem = grid(10, 10, 5, seed=1)
    rules = [*RULES, size_band(problem, 0.25)]
    outcome = solve_exact(problem, rules, travel(problem), gap=1e-4)
    assert outcome.status is ExactStatus.OPTIMAL
    assert outcome.zone_of is not None
    assert outcome.value == pytest.approx(travel(problem).value(problem, outcome.zone_of))
    assert outcome.bound >= outcome.value * (1 - 1e-4) - 1e-9
    assert is_connected(problem, tuple(int(z) for z in outcome.zone_of), dissolve=False)
    assert not size_band(problem, 0.25).excess(problem, outcome.zone_of).max() > 1e-6


def test_a_start_is_never_made_worse() -> None:
    """Stopped early, the outcome is at least as good as the plan it began from."""
    problem = grid(10, 8, 5, seed=1)
    amount = dissimilarity(problem)
    outcome = solve_exact(problem, RULES, amount, start=problem.current, time_limit=0.5)
    assert outcome.status in (ExactStatus.FEASIBLE, ExactStatus.OPTIMAL)
    assert outcome.value <= amount.value(problem, problem.current)
    assert outcome.bound <= outcome.value + 1e-9


def test_a_wrong_start_is_not_used() -> None:
    """A start in several pieces is not returned as a plan."""
    problem = grid(4, 1, 2, seed=0)
    split = (1 - problem.current).astype(np.int32)
    outcome = solve_exact(problem, RULES, travel(problem), start=split)
    assert outcome.status is ExactStatus.OPTIMAL
    assert outcome.zone_of is not None
    assert is_connected(problem, tuple(int(z) for z in outcome.zone_of), dissolve=False)


def test_without_time_nothing_is_claimed() -> None:
    """No time: no optimum, and no bound beyond what is known."""
    problem = grid(6, 5, 3, seed=2)
    outcome = solve_exact(
        problem, [*RULES, size_band(problem, 0.02)], travel(problem), time_limit=0
    )
    assert outcome.status in (ExactStatus.NO_PLAN, ExactStatus.FEASIBLE)


def test_no_plan_is_proven() -> None:
    """Ceilings below the number of students leave no plan, and a lost block leaves none."""
    problem = grid(5, 4, 3, seed=1)
    band = size_band(problem, 0.2)
    band = type(band)(band.name, band.unit, band.measures, band.lower, band.lower)
    assert solve_exact(problem, [band], travel(problem)).status is ExactStatus.INFEASIBLE
    allowed = np.ones((20, 3), dtype=bool)
    allowed[3] = False
    outcome = solve_exact(problem, [AllowedPairs("travel_limit", allowed)], travel(problem))
    assert outcome.status is ExactStatus.INFEASIBLE
    assert outcome.zone_of is None


def test_shapes_are_refused() -> None:
    """Exact mode refuses an aim it cannot write, instead of solving something else."""
    problem = grid(4, 3, 2, seed=1)
    with pytest.raises(NotLinearError):
        solve_exact(problem, RULES, ZoneShape("compactness"))
