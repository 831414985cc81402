"""Where no rule keeps zones in one piece, search may scatter them, and finds the best such plan."""

from __future__ import annotations

import enumerate_plans as oracle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.tiny_district import dissimilarity, grid, size_band, travel

from planner.problem import Problem
from planner.search import Bench, Search, Workers
from planner.search.lower import lower
from planner.search.regions import choose_region
from planner.search.rounds import run_rounds
from planner.search.schedule import rounds_of
from planner.search.starts import grow, keep_rooted
from planner.search.state import fresh_state
from planner.terms import (
    AllowedPairs,
    Amount,
    Constraint,
    Contiguous,
    PairAmount,
    Together,
    ZoneShape,
)


def found(problem: Problem, rules: list[Constraint], amount: Amount) -> tuple[float, np.ndarray]:
    """Return violation and aim of the plan that a short search finds, and the plan of blocks."""
    bench = Bench.make(problem, rules, amount)
    near = np.zeros(bench.model.arrays.allowed.shape)
    start = grow(bench.model.arrays, bench.model.units.shrink(problem.current), near)
    with Workers(1) as workers:
        search = Search(bench, workers, [start], 1)
        run_rounds(search, rounds_of(60_000, 2), lambda best, share: False)
    assert search.best.violation == 0.0
    return search.best.aim, bench.model.units.expand(search.best.zone)


@given(seed=st.integers(0, 2**31))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_the_best_scattered_plan_is_found(seed: int) -> None:
    """As the enumeration of all plans says, under a band of sizes; often in several pieces."""
    problem = grid(4, 2, 3, seed)
    rules = [size_band(problem, 0.6)]
    best, plan = oracle.best_plan(problem, rules, dissimilarity(problem))
    if plan is None:
        return
    aim, _ = found(problem, rules, dissimilarity(problem))
    assert aim == pytest.approx(best, abs=1e-9)


def test_a_block_goes_to_a_zone_it_does_not_touch() -> None:
    """Each block of a row gets the zone it wishes, whatever lies between."""
    problem = grid(9, 1, 3, 4)
    cost = np.zeros((9, 3))
    cost[np.arange(9), np.arange(9) % 3] = -1.0
    cost[problem.root, np.arange(3)] = 0.0
    rules: list[Constraint] = [AllowedPairs("all", np.ones((9, 3), dtype=bool))]
    _, plan = found(problem, rules, PairAmount("wish", "blocks", cost))
    free = np.setdiff1d(np.arange(9), problem.root)
    assert (plan[free] == free % 3).all()


def test_ways_to_schools_have_no_length() -> None:
    """Shapes and borders are those of the map; only moves know the ways."""
    problem = grid(5, 4, 3, 2)
    whole = lower(problem, [Contiguous("contiguity")], ZoneShape("shape")).arrays
    free = lower(problem, [], ZoneShape("shape")).arrays
    assert free.is_free.all()
    assert not whole.is_free.any()
    assert len(free.indices) > len(whole.indices)
    assert free.border_m.sum() == whole.border_m.sum()
    assert (free.perimeter_m == whole.perimeter_m).all()


def test_a_start_keeps_its_pieces() -> None:
    """Any plan of allowed zones stands: a rounded relaxation is not regrown."""
    problem = grid(6, 5, 3, 3)
    arrays = lower(problem, [], travel(problem)).arrays
    zone = np.random.default_rng(1).integers(0, 3, 30).astype(np.int32)
    zone[problem.root] = np.arange(3)
    assert (keep_rooted(arrays, zone) == zone).all()


def test_blocks_far_apart_may_be_kept_together() -> None:
    """Where zones need not hang together, neither does such a group."""
    problem = grid(6, 1, 2, 0)
    ends = np.setdiff1d(np.arange(6), problem.root)[[0, -1]]
    group = np.full(6, -1, dtype=np.int32)
    group[ends] = 0
    _, plan = found(problem, [Together("keep_together", group)], travel(problem))
    assert plan[ends[0]] == plan[ends[1]]


def test_any_two_zones_can_be_a_region() -> None:
    """Every unit touches all roots; the first ones in the list are not preferred."""
    problem = grid(12, 10, 8, 3)
    arrays = lower(problem, [], travel(problem)).arrays
    state = fresh_state(arrays, np.zeros(len(arrays.aim)), problem.current)
    rng = np.random.default_rng(1)
    met = np.zeros((8, 8), dtype=int)
    for _ in range(1500):
        assert choose_region(arrays, state, rng, 2) == 2
        one, two = np.flatnonzero(state.active)
        met[one, two] += 1
    pairs = met[np.triu_indices(8, 1)]
    assert pairs.min() > 0.2 * pairs.mean()


def test_a_unit_without_a_zone_takes_the_nearest_it_may_have() -> None:
    """Growing is not needed where nothing has to hang together."""
    problem = grid(6, 5, 3, 3)
    allowed = np.ones((30, 3), dtype=bool)
    allowed[::2, 0] = False
    allowed[problem.root, np.arange(3)] = True
    arrays = lower(problem, [AllowedPairs("some", allowed)], travel(problem)).arrays
    near = problem.metres.astype(float)
    zone = grow(arrays, np.full(30, -1, dtype=np.int32), near)
    assert (zone == np.where(arrays.allowed, near, np.inf).argmin(axis=1)).all()
