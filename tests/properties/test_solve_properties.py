"""What a solve says is so, held against every plan of tiny districts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle.enumerate_plans import best_plan, holds, measure
from oracle.term_question import question
from oracle.tiny_district import grid, moved, random_amount, random_constraints

from planner.errors import ModelError
from planner.problem import Problem
from planner.solving import LevelResult, SolveStatus, level, solve_problem
from planner.terms import Contiguous

SEEDS = st.integers(0, 2**32 - 1)
SHAPES = ((2, 2, 2), (3, 2, 2), (3, 2, 3), (4, 2, 2), (4, 2, 3), (3, 3, 2), (3, 3, 3))
EXACT = settings(max_examples=60, deadline=None, derandomize=True)
SEARCH = settings(max_examples=25, deadline=None, derandomize=True)


@contextmanager
def no_exact_mode() -> Iterator[None]:
    """Let even the tiniest district be searched."""
    before = level.EXACT_PAIRS
    level.EXACT_PAIRS = -1
    try:
        yield
    finally:
        level.EXACT_PAIRS = before


def random_question(seed: int, kind: int) -> tuple[Problem, list, object, float]:
    """Return a tiny problem, its constraints, an amount and the least it can be."""
    rng = np.random.default_rng(seed)
    width, height, zones = SHAPES[int(rng.integers(len(SHAPES)))]
    problem = grid(width, height, zones, seed, skips=int(rng.integers(0, 3)))
    amount = random_amount(problem, rng, kind)
    constraints = random_constraints(problem, rng)
    least, _ = best_plan(problem, constraints, amount)
    return problem, constraints, amount, least


def says_the_truth(
    result: LevelResult, problem: Problem, constraints: list, amount: object, least: float
) -> None:
    """Fail where status, value, bound or plan are not what enumeration finds."""
    scale = max(1.0, abs(least)) if math.isfinite(least) else 1.0
    if result.zone_of is None:
        assert result.status in {SolveStatus.INFEASIBLE, SolveStatus.NO_PLAN}
        assert result.status is SolveStatus.NO_PLAN or math.isinf(least)
        return
    plan = tuple(int(z) for z in result.zone_of)
    assert all(holds(problem, term, plan) for term in constraints)
    value = result.aims[0].value
    assert value == pytest.approx(measure(problem, amount, plan), abs=1e-9 * scale)
    assert value >= least - 1e-9 * scale
    bound = result.aims[0].bound
    assert bound is None or bound <= least + 1e-7 * scale
    if result.status is SolveStatus.PROVEN_OPTIMAL:
        assert value == pytest.approx(least, rel=1e-5, abs=1e-5)


@EXACT
@given(seed=SEEDS, kind=st.integers(0, 10))
def test_small_districts_are_solved_to_the_proven_best(seed: int, kind: int) -> None:
    """Exact mode finds what enumeration finds, and proves it; where nothing holds, it says so."""
    problem, constraints, amount, least = random_question(seed, kind)
    result = solve_problem(question(constraints, amount), problem, iterations=10, threads=1)
    says_the_truth(result, problem, constraints, amount, least)
    if math.isinf(least):
        assert result.status is SolveStatus.INFEASIBLE
    else:
        assert result.aims[0].value == pytest.approx(least, rel=1e-5, abs=1e-5)
        assert result.status is SolveStatus.PROVEN_OPTIMAL


@SEARCH
@given(seed=SEEDS, kind=st.integers(0, 10))
def test_searched_districts_claim_no_more_than_is_true(seed: int, kind: int) -> None:
    """Without exact mode: every rule holds, bounds are valid, `proven` is true where it is said."""
    problem, constraints, amount, least = random_question(seed, kind)
    assume(any(isinstance(term, Contiguous) for term in constraints))
    with no_exact_mode():
        try:
            result = solve_problem(question(constraints, amount), problem, iterations=30, threads=1)
        except ModelError:
            assume(False)
    says_the_truth(result, problem, constraints, amount, least)


@SEARCH
@given(seed=SEEDS)
def test_a_second_aim_gives_back_no_more_than_it_may(seed: int) -> None:
    """The aim above stays within its share of the best; below it the second aim is the best."""
    rng = np.random.default_rng(seed)
    problem, constraints, amount, least = random_question(seed, int(rng.integers(0, 5)))
    assume(math.isfinite(least))
    share = float(rng.choice([0.0, 0.05, 0.2]))
    asked = question(constraints, amount, moved(problem), share=share)
    result = solve_problem(asked, problem, iterations=20, threads=1)
    assert result.zone_of is not None
    assert len(result.aims) == 2
    assert result.aims[0].value <= least + share * abs(least) + 1e-5 * max(1.0, abs(least))
    assert result.aims[1].value == pytest.approx(moved(problem).value(problem, result.zone_of))
