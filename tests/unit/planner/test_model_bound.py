"""Bounds that hold whatever the solver says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.tiny_district import dissimilarity, grid, moved, size_band, travel

from planner.model.bound import Bound, lower_bound
from planner.model.certificate import certify, next_whole_value
from planner.model.feasibility import PROVEN_EXCESS, least_excess
from planner.model.layout import whole
from planner.model.solve import solve_lp, solve_mip
from planner.model.write import write_model
from planner.terms import (
    AllowedPairs,
    Contiguous,
    Limit,
    Spread,
    Together,
    ZoneRatio,
    ZoneShape,
)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.floats(-3.0, 3.0))
def test_any_duals_give_a_bound(seed: int, size: float) -> None:
    """Duals drawn at random never prove more than the optimum."""
    problem = grid(3, 3, 3, seed)
    written = write_model(problem, [size_band(problem, 0.9)], travel(problem))
    best = solve_mip(written.model, gap=0.0)
    if best.x is None:
        return
    rng = np.random.default_rng(seed)
    y = 10.0**size * rng.normal(size=written.model.n_rows)
    for layout in (None, written.layout):
        assert certify(written.model, y, layout) <= best.objective + 1e-6


def test_good_duals_give_the_optimum_of_the_relaxation() -> None:
    """The certified value of interior points is that of the simplex method, to six digits."""
    problem = grid(6, 5, 4, seed=1)
    for amount in (travel(problem), dissimilarity(problem)):
        written = write_model(problem, [size_band(problem, 0.5)], amount)
        inner = solve_lp(written.model)
        assert inner.row_dual is not None
        proven = certify(written.model, inner.row_dual, written.layout)
        exact = solve_lp(written.model, method="simplex").objective
        assert proven <= exact + 1e-9 * max(1.0, abs(exact))
        assert proven == pytest.approx(exact, rel=1e-5, abs=1e-6)


def test_duals_of_missing_sides_count_as_zero() -> None:
    """A dual that points at a side a row does not have proves nothing, and breaks nothing."""
    problem = grid(3, 2, 2, seed=0)
    model = write_model(problem, [Limit("far", travel(problem), 1e9)], travel(problem)).model
    y = np.zeros(model.n_rows)
    y[-1] = 5.0
    assert certify(model, y) == certify(model, np.zeros(model.n_rows))
    y[-1] = np.nan
    assert np.isfinite(certify(model, y))


def test_bounds_on_whole_students_are_whole() -> None:
    """A bound on students who move is the next whole number; one on travel stays as it is."""
    problem = grid(6, 5, 3, seed=3)
    model = write_model(problem, [], moved(problem)).model
    assert next_whole_value(model, 436.2) == 437.0
    assert next_whole_value(model, 437.0 + 1e-9) == pytest.approx(437.0)
    assert next_whole_value(model, -np.inf) == -np.inf
    double = replace(moved(problem), cost=6.0 * moved(problem).cost, constant=1.0)
    assert next_whole_value(write_model(problem, [], double).model, 8.0) == 13.0
    assert next_whole_value(write_model(problem, [], travel(problem)).model, 436.2) == 436.2
    assert next_whole_value(write_model(problem, [], dissimilarity(problem)).model, 0.2) == 0.2


def test_bounds_only_rise_and_are_told() -> None:
    """Each better bound is told once, in rising order, and the last is returned."""
    problem = grid(6, 6, 3, seed=4, skips=15)
    amount = replace(travel(problem), cost=travel(problem).cost[:, ::-1].copy())
    told: list[Bound] = []
    bound = lower_bound(problem, [Contiguous("contiguity")], amount, on_bound=told.append)
    values = [b.value for b in told]
    assert values == sorted(values)
    assert bound.value == values[-1]
    assert bound.rounds > 1
    assert "certified" in bound.method


def test_contiguity_rows_strengthen_a_bound() -> None:
    """With zones in one piece the least dissimilarity is higher than without."""
    problem = grid(6, 6, 3, seed=4, skips=15)
    amount = travel(problem)
    cost = amount.cost[:, ::-1].copy()
    amount = replace(amount, cost=cost)
    free = lower_bound(problem, [], amount)
    held = lower_bound(problem, [Contiguous("contiguity")], amount, rounds=10)
    assert free.value is not None
    assert held.value is not None
    assert held.value > free.value


def test_the_relaxation_comes_with_shares() -> None:
    """Shares of a block add up to one; pairs a rule forbids have no share."""
    problem = grid(5, 4, 3, seed=2)
    allowed = problem.metres < 400
    allowed[np.arange(20), problem.current] = True
    bound = lower_bound(problem, [AllowedPairs("travel_limit", allowed)], travel(problem))
    assert bound.x is not None
    assert bound.x.sum(axis=1) == pytest.approx(np.ones(20), abs=1e-5)
    assert (bound.x[~allowed] == 0).all()


def test_a_block_without_a_zone_is_proof_enough() -> None:
    """Where rules leave a block nowhere to go, nothing needs to be solved."""
    problem = grid(3, 2, 2, seed=0)
    allowed = np.ones((6, 2), dtype=bool)
    allowed[1] = False
    bound = lower_bound(problem, [AllowedPairs("travel_limit", allowed)], travel(problem))
    assert bound.is_infeasible
    assert bound.value is None


def test_an_impossible_band_is_proven_impossible() -> None:
    """More students than all ceilings together: infeasible, by a certified excess."""
    problem = grid(5, 4, 3, seed=1)
    low = size_band(problem, 0.2)
    band = replace(low, upper=low.lower.copy())
    assert lower_bound(problem, [band], travel(problem)).is_infeasible
    excess = least_excess(whole(problem, [band]), [band])
    assert excess is not None
    assert excess > PROVEN_EXCESS


def test_a_possible_band_is_not_called_impossible() -> None:
    """The least excess of rules that hold together is zero, to rounding."""
    problem = grid(5, 4, 3, seed=1)
    rules = [size_band(problem, 0.5), Limit("far", travel(problem), 1e9)]
    excess = least_excess(whole(problem, rules), rules)
    assert excess is not None
    assert excess <= PROVEN_EXCESS


def test_amounts_without_rows_have_no_bound() -> None:
    """A shape has no linear form: no bound is invented, and the reason is given."""
    problem = grid(4, 3, 2, seed=1)
    bound = lower_bound(problem, [], ZoneShape("compactness"))
    assert bound.value is None
    assert not bound.is_infeasible
    assert "compactness" in bound.method


def test_limits_without_rows_are_left_out_and_named() -> None:
    """A limit on shapes relaxes the bound instead of taking it away, and the method says so."""
    problem = grid(4, 3, 2, seed=1)
    limit = Limit("round_zones", ZoneShape("compactness"), 1.0)
    plain = lower_bound(problem, [], travel(problem))
    bound = lower_bound(problem, [limit], travel(problem))
    assert bound.value == plain.value
    assert "without round_zones" in bound.method
    assert least_excess(whole(problem, [limit]), [limit]) == pytest.approx(0.0, abs=1e-9)


def test_ratios_have_valid_bounds() -> None:
    """Exposure and a gap between two ratios have bounds below their value today."""
    problem = grid(5, 4, 3, seed=1)
    exposure = ZoneRatio("exposure", "share", "not:poor", "poor", "students")
    isolation = ZoneRatio("isolation", "share", "poor", "poor", "students")
    for amount in (exposure, isolation, Spread("gap", "share", (exposure, isolation))):
        bound = lower_bound(problem, [Contiguous("contiguity")], amount)
        assert bound.value is not None
        assert bound.value <= amount.value(problem, problem.current)


def test_a_deadline_in_the_past_gives_no_bound() -> None:
    """Without time there is no bound, and nothing is claimed."""
    problem = grid(6, 5, 3, seed=1)
    bound = lower_bound(problem, [], travel(problem), deadline=0.0)
    assert not bound.is_infeasible
    assert bound.value is None or bound.value <= travel(problem).value(problem, problem.current)


def test_groups_that_tie_two_schools_together_in_a_chain_are_proven_impossible() -> None:
    """No rule alone ties the schools' blocks, and no block is without a zone: the rows collide."""
    problem = grid(6, 5, 3, seed=1)
    one, other = np.setdiff1d(np.arange(30), problem.root)[[3, 17]]
    groups = [[(one, other)], [(problem.root[0], one), (other, problem.root[1])]]
    rules = []
    for number, pairs in enumerate(groups):
        group = np.full(30, -1, dtype=np.int32)
        for at, pair in enumerate(pairs):
            group[list(pair)] = at
        rules.append(Together(f"together_{number}", group))
    assert not len(whole(problem, rules).blocks_without_zone())
    assert lower_bound(problem, rules, travel(problem)).is_infeasible
    for rule in rules:
        assert not lower_bound(problem, [rule], travel(problem)).is_infeasible
