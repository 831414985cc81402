"""The model against every plan of tiny districts, one by one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.enumerate_plans import best_plan, holds, measure, plans
from oracle.tiny_district import grid, random_amount, random_constraints, size_band, travel

from planner.model.bound import lower_bound
from planner.model.exact import ExactStatus, solve_exact
from planner.model.neighbourhood import solve_neighbourhood
from planner.objectives import ChangesFromStart
from planner.terms import Contiguous, Limit, ZoneRatio

SHAPES = ((2, 2, 2), (3, 2, 2), (3, 2, 3), (4, 2, 2), (4, 2, 3), (3, 3, 2), (3, 3, 3))


@st.composite
def _cases(draw: st.DrawFn) -> tuple[int, int, bool, int, int]:
    return (
        draw(st.integers(0, len(SHAPES) - 1)),
        draw(st.integers(0, 10**6)),
        draw(st.booleans()),
        draw(st.integers(0, 10)),
        draw(st.integers(0, 3)),
    )


@settings(max_examples=200, deadline=None)
@given(_cases())
def test_exact_mode_equals_enumeration(case: tuple[int, int, bool, int, int]) -> None:
    """The optimum of exact mode is that of enumeration, and so is 'no plan'; bounds are valid."""
    shape, seed, held, kind, skips = case
    width, height, zones = SHAPES[shape]
    held = held or zones > 2 or width * height > 6
    problem = grid(width, height, zones, seed, held=held, skips=skips)
    rng = np.random.default_rng(seed)
    amount = random_amount(problem, rng, kind)
    constraints = random_constraints(problem, rng)
    value, _ = best_plan(problem, constraints, amount)
    outcome = solve_exact(problem, constraints, amount)
    bound = lower_bound(problem, constraints, amount)
    if math.isinf(value):
        assert outcome.status is ExactStatus.INFEASIBLE
        return
    assert outcome.status is ExactStatus.OPTIMAL
    assert outcome.zone_of is not None
    plan = tuple(int(z) for z in outcome.zone_of)
    assert all(holds(problem, c, plan) for c in constraints)
    scale = max(1.0, abs(value))
    assert measure(problem, amount, plan) == pytest.approx(outcome.value, abs=1e-9 * scale)
    assert outcome.value == pytest.approx(value, abs=1e-5 * scale)
    assert not bound.is_infeasible
    assert bound.value is not None
    assert bound.value <= value + 1e-9 * scale


@settings(max_examples=100, deadline=None)
@given(_cases())
def test_neighbourhood_steps_keep_every_rule(case: tuple[int, int, bool, int, int]) -> None:
    """From any plan that keeps the rules, a step is better and keeps them too."""
    shape, seed, held, kind, skips = case
    width, height, zones = SHAPES[shape]
    held = held or zones > 2 or width * height > 6
    problem = grid(width, height, zones, seed, held=held, skips=skips)
    rng = np.random.default_rng(seed)
    if seed % 3 == 0:
        current = rng.integers(0, zones, width * height).astype(np.int32)
        current[problem.root] = np.arange(zones)
        problem = replace(problem, current=current)
    constraints = random_constraints(problem, rng)
    _, start = best_plan(problem, constraints, random_amount(problem, rng, kind + 1))
    if start is None:
        return
    amount = random_amount(problem, rng, kind)
    plan = np.array(start, dtype=np.int32)
    freed = rng.permutation(zones)[: rng.integers(2, zones + 1)]
    found = solve_neighbourhood(problem, constraints, amount, plan, freed, seed=seed)
    if found is None:
        return
    after = tuple(int(z) for z in found)
    assert all(holds(problem, c, after) for c in constraints)
    if not isinstance(amount, ZoneRatio):
        assert measure(problem, amount, after) < measure(problem, amount, start) + 1e-9


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["blocks", "students"]))
def test_the_fewest_changes_from_an_amendment_are_those_of_enumeration(
    seed: int, unit: Literal["blocks", "students"]
) -> None:
    """A plan drawn at random breaks sizes and contiguity; no repair changes less than the found."""
    rng = np.random.default_rng(seed)
    problem = grid(3, 3, 3, seed)
    amendment = rng.integers(-1, 3, problem.n_blocks).astype(np.int32)
    problem = replace(problem, start_zone=amendment)
    constraints = [size_band(problem, 0.4), Contiguous("contiguity")]
    aim = ChangesFromStart(unit=unit)
    count = np.ones(problem.n_blocks) if unit == "blocks" else problem.students
    kept = [p for p in plans(problem) if all(holds(problem, c, p) for c in constraints)]
    changes = [sum(c for c, a, z in zip(count, amendment, p, strict=True) if a not in (-1, z))
               for p in kept]  # fmt: skip
    outcome = solve_exact(problem, constraints, aim.amount(problem))
    if not kept:
        assert outcome.status is ExactStatus.INFEASIBLE
        return
    assert outcome.zone_of is not None
    assert aim.measure(problem, outcome.zone_of) == pytest.approx(min(changes))
    limited = Limit("limit", aim.amount(problem), min(changes))
    within = solve_exact(problem, [*constraints, limited], travel(problem))
    few = [p for p, c in zip(kept, changes, strict=True) if c <= min(changes) + 1e-9]
    least = min(measure(problem, travel(problem), p) for p in few)
    assert within.value == pytest.approx(least, rel=1e-5)
