"""Neighbourhoods in several pieces: zones hang together, and one zone may hold all the pieces."""

from __future__ import annotations

import enumerate_plans as oracle
import numpy as np
import pytest
from oracle.term_question import question
from oracle.tiny_district import grid, moved, size_band

from planner.problem import Problem
from planner.search.lower import lower
from planner.search.state import measure_plan
from planner.search.units import contract
from planner.solving import SolveStatus, level, solve_problem
from planner.terms import Constraint, Contiguous, Together

KEEP = Contiguous("contiguity")


def scattered(problem: Problem, seed: int) -> Together:
    """Return the rule that three blocks, no roots and not all of them neighbours, stay together."""
    rng = np.random.default_rng(seed)
    group = np.full(problem.n_blocks, -1, dtype=np.int32)
    others = np.setdiff1d(np.arange(problem.n_blocks), problem.root)
    while not len(contract(problem, [KEEP, Together("keep_together", group)]).tied):
        group[:] = -1
        group[rng.choice(others, size=3, replace=False)] = 0
    return Together("keep_together", group)


@pytest.mark.parametrize("seed", range(4))
def test_the_search_finds_what_the_exact_model_finds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best connected plan with the pieces in one zone, as the enumeration of all says."""
    problem = grid(4, 3, 3, seed)
    rules: list[Constraint] = [KEEP, scattered(problem, seed), size_band(problem, 1.0)]
    best, plan = oracle.best_plan(problem, rules, moved(problem))
    assert plan is not None
    asked = question(rules, moved(problem))
    exact = solve_problem(asked, problem, time_limit_s=20.0, threads=1)
    monkeypatch.setattr(level, "EXACT_PAIRS", -1)
    found = solve_problem(asked, problem, iterations=60, threads=1, seed=1)
    for one in (exact, found):
        assert one.zone_of is not None
        assert one.aims[0].value == pytest.approx(best)
        assert len(set(one.zone_of[rules[1].group_of >= 0])) == 1  # type: ignore[union-attr]
    assert exact.status is SolveStatus.PROVEN_OPTIMAL


def test_each_piece_in_another_zone_is_one_breach() -> None:
    """Three pieces in three zones break the rule twice, in one zone not at all."""
    problem = grid(7, 3, 3, 1)
    group = np.full(21, -1, dtype=np.int32)
    spots = np.setdiff1d(np.arange(21), problem.root)[[0, 8, 17]]
    group[spots] = 0
    rules = [KEEP, Together("keep_together", group)]
    model = lower(problem, rules, moved(problem))
    zone = np.zeros(model.units.count, dtype=np.int32)
    for zones, breaches in (([0, 0, 0], 0), ([0, 0, 1], 1), ([1, 0, 2], 2)):
        zone[model.units.of_block[spots]] = zones
        over = measure_plan(model.arrays, model.constant, zone)[1]
        zone[model.units.of_block[spots]] = 0
        least = measure_plan(model.arrays, model.constant, zone)[1]
        assert over - least == pytest.approx(breaches)
