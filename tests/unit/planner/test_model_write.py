"""Terms as rows: a plan's point of the model says what the plan's amount says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.enumerate_plans import measure
from oracle.tiny_district import (
    dissimilarity,
    grid,
    moved,
    random_amount,
    size_band,
    travel,
)

from geodata.dtypes import Ints
from planner.errors import ModelError
from planner.model.amounts import RatioForm
from planner.model.layout import around
from planner.model.linearise import linearise
from planner.model.write import NotLinearError, write_layout, write_model
from planner.problem import Problem
from planner.terms import (
    AllowedPairs,
    CutLength,
    Limit,
    PairAmount,
    Spread,
    Together,
    WeightedSum,
    ZoneBand,
    ZoneRatio,
    ZoneShape,
)


def _random_plan(problem: Problem, rng: np.random.Generator) -> Ints:
    plan = rng.integers(0, problem.n_zones, problem.n_blocks).astype(np.int32)
    plan[problem.root] = np.arange(problem.n_zones)
    return plan


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10), st.booleans())
def test_a_plan_is_a_point_with_its_amount(seed: int, kind: int, is_part: bool) -> None:
    """Any plan, whole or in a neighbourhood, is feasible and costs its amount."""
    problem = grid(4, 3, 4, seed)
    rng = np.random.default_rng(seed)
    amount = random_amount(problem, rng, kind)
    plan = _random_plan(problem, rng)
    if is_part:
        layout = around(problem, [], plan, np.array([1, 3]))
        written = write_layout(layout, [], amount, ratios=RatioForm.EXACT)
    else:
        written = write_model(problem, [], amount, ratios=RatioForm.EXACT)
    point = written.start(plan)
    assert written.model.worst_violation(point) <= 1e-9
    value = measure(problem, amount, tuple(int(z) for z in plan))
    assert written.model.objective(point) == pytest.approx(value, abs=1e-6)
    assert written.amount.value(point) == pytest.approx(value, abs=1e-6)
    assert written.plan(point).tolist() == plan.tolist()
    assert np.isfinite(written.model.lower).all()
    assert np.isfinite(written.model.upper).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_tangents_stay_below_a_convex_ratio(seed: int) -> None:
    """The convex form is never above the true ratio, and within a thousandth of it."""
    problem = grid(4, 3, 3, seed)
    plan = _random_plan(problem, np.random.default_rng(seed))
    ratio = ZoneRatio("isolation", "share", "poor", "poor", "students", 0.5)
    written = write_model(problem, [], ratio)
    point = written.start(plan)
    assert written.model.worst_violation(point) <= 1e-9
    columns = written.amount.columns
    lowest = point.copy()
    lowest[columns] = 0.0
    lift = written.model.row_lower - written.model.matrix @ lowest
    is_tangent = np.array(
        ["tangent" in written.model.row_name(i) for i in range(written.model.n_rows)]
    )
    below = lift[is_tangent].reshape(len(columns), -1).max(axis=1)
    value = ratio.value(problem, plan)
    assert 0.5 * below.sum() <= value + 1e-9
    assert 0.5 * below.sum() >= value - 1e-3 * problem.students.sum()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_slopes_are_exact_at_their_plan(seed: int) -> None:
    """Around a plan, ratios and shapes cost at that plan what they are."""
    problem = grid(4, 3, 4, seed)
    rng = np.random.default_rng(seed)
    plan = _random_plan(problem, rng)
    exposure = ZoneRatio("exposure", "share", "not:poor", "poor", "students")
    isolation = ZoneRatio("isolation", "share", "poor", "poor", "students")
    gap = Spread("gap", "share", (exposure, isolation))
    layout = around(problem, [], plan, np.array([0, 2]))
    for amount in (exposure, gap, ZoneShape("compactness")):
        written = write_layout(layout, [], amount, ratios=RatioForm.AROUND, plan=plan)
        point = written.start(plan)
        assert written.model.worst_violation(point) <= 1e-6
        assert written.model.objective(point) == pytest.approx(amount.value(problem, plan))
    for amount in (exposure, gap):
        near = linearise(amount, problem, plan)
        assert near.value(problem, plan) == pytest.approx(amount.value(problem, plan))
        other = _random_plan(problem, rng)
        assert np.isfinite(near.value(problem, other))


def test_slopes_point_the_right_way() -> None:
    """One small move changes the linear form about as much as the true ratio."""
    problem = grid(5, 4, 2, seed=3)
    problem = replace(
        problem,
        students=problem.students + 50.0,
        extra_measures={
            "poor": problem.measure("poor") + 20.0,
            "not:poor": problem.measure("not:poor") + 30.0,
        },
    )
    ratio = ZoneRatio("exposure", "share", "not:poor", "poor", "students")
    plan = problem.current
    near = linearise(ratio, problem, plan)
    block = int(np.flatnonzero((plan == 0) & (np.arange(20) != problem.root[0]))[0])
    after = plan.copy()
    after[block] = 1
    true_change = ratio.value(problem, after) - ratio.value(problem, plan)
    change = near.value(problem, after) - near.value(problem, plan)
    assert change == pytest.approx(true_change, abs=0.5)


def test_a_mask_of_free_pairs_frees_only_those() -> None:
    """Blocks outside the mask keep their zone; blocks in it may only take what is free."""
    problem = grid(4, 3, 3, seed=5)
    plan = problem.current
    free = np.zeros((problem.n_blocks, problem.n_zones), dtype=bool)
    block = int(np.flatnonzero(~np.isin(np.arange(12), problem.root))[0])
    other = (int(plan[block]) + 1) % 3
    free[block, other] = True
    written = write_model(problem, [], travel(problem), free=free, zone_of=plan)
    choices = (written.layout.index >= 0).sum(axis=1)
    assert choices.sum() == len(choices) + 1
    assert set(written.layout.zones) == {int(plan[block]), other}
    point = written.start(plan)
    assert written.model.objective(point) == pytest.approx(travel(problem).value(problem, plan))
    with pytest.raises(ValueError, match="plan"):
        write_model(problem, [], None, free=free)


def test_prices_let_bands_and_limits_be_broken() -> None:
    """With a price the excess is a cost; without one the point is infeasible."""
    problem = grid(4, 3, 3, seed=5)
    plan = problem.current
    band, limit = size_band(problem, 0.0), Limit("travel_at_most", travel(problem), 10.0)
    rules = [band, limit]
    hard = write_model(problem, rules, None)
    assert hard.model.worst_violation(hard.start(plan)) > 1.0
    soft = write_model(problem, rules, None, prices={"size": 2.0, "travel_at_most": 3.0})
    point = soft.start(plan)
    excess = float(band.excess(problem, plan).sum())
    over = travel(problem).value(problem, plan) - 10.0
    assert soft.model.worst_violation(point) <= 1e-6
    assert soft.model.objective(point) == pytest.approx(2.0 * excess + 3.0 * over)


def test_forbidden_pairs_and_held_roots_have_no_column() -> None:
    """Pairs a rule forbids are not there; a held root block has one zone."""
    problem = grid(4, 3, 3, seed=5)
    allowed = np.ones((12, 3), dtype=bool)
    allowed[:, 2] = False
    allowed[problem.root[2]] = True
    layout = write_model(problem, [AllowedPairs("travel_limit", allowed)], None).layout
    for zone, root in enumerate(problem.root):
        assert layout.zone[layout.block == root].tolist() == [zone]
    assert (layout.zone == 2).sum() == 1


def test_blocks_kept_together_may_only_go_where_all_may() -> None:
    """A pair forbidden to one block of a group is closed to the whole group."""
    problem = grid(4, 3, 3, seed=5, held=False)
    allowed = np.ones((12, 3), dtype=bool)
    allowed[4, 1] = False
    group = np.full(12, -1, dtype=np.int32)
    group[[4, 5, 6]] = 7
    rules = [AllowedPairs("travel_limit", allowed), Together("neighbourhoods", group)]
    layout = write_model(problem, rules, None).layout
    assert not ((layout.zone == 1) & np.isin(layout.block, [4, 5, 6])).any()


def test_unknown_numbers_of_open_pairs_are_refused() -> None:
    """An unknown distance of a pair that may be chosen is an error that names the block."""
    problem = grid(3, 2, 2, seed=1)
    cost = travel(problem).cost.copy()
    block = int(np.flatnonzero(~np.isin(np.arange(6), problem.root))[0])
    cost[block, 0] = np.nan
    amount = PairAmount("travel", "m", cost)
    with pytest.raises(ModelError, match=str(problem.block_ids[block])):
        write_model(problem, [], amount)
    allowed = np.ones((6, 2), dtype=bool)
    allowed[block, 0] = False
    write_model(problem, [AllowedPairs("reachable", allowed)], amount)


def test_unknown_limits_are_refused() -> None:
    """A band without a number for a zone is an error that names the zone."""
    problem = grid(3, 2, 2, seed=1)
    band = ZoneBand(
        "capacity", "students", {"students": 1.0}, np.full(2, -np.inf), np.array([9.0, np.nan])
    )
    with pytest.raises(ModelError, match="z01"):
        write_model(problem, [band], None)


def test_what_is_not_linear_is_refused() -> None:
    """Shapes, ratios that are not convex, and large values of convex amounts have no rows."""
    problem = grid(3, 2, 2, seed=1)
    exposure = ZoneRatio("exposure", "share", "not:poor", "poor", "students")
    away = WeightedSum("away", "index", ((-1.0, dissimilarity(problem)),))
    spread = Spread("gap", "index", (dissimilarity(problem), travel(problem)))
    long_borders = CutLength("borders", "m", -1.0)
    for amount in (ZoneShape("compactness"), exposure, away, spread, long_borders):
        with pytest.raises(NotLinearError):
            write_model(problem, [], amount)


def test_ratios_need_a_covering_total() -> None:
    """Where a part is counted without its total, the ratio jumps and has no rows."""
    problem = grid(3, 2, 2, seed=1)
    problem = replace(problem, extra_measures={"poor": problem.students + 1.0, "few": np.eye(6)[0]})
    ratio = ZoneRatio("odd", "share", "poor", "poor", "few")
    with pytest.raises(NotLinearError, match="few"):
        write_model(problem, [], ratio)


def test_zones_without_a_limit_have_no_row() -> None:
    """An infinite band writes nothing."""
    problem = grid(3, 2, 2, seed=1)
    band = ZoneBand(
        "capacity", "students", {"students": 1.0}, np.full(2, -np.inf), np.array([9.0, np.inf])
    )
    model = write_model(problem, [band], None).model
    names = [model.row_name(i) for i in range(model.n_rows)]
    assert [name for name in names if name.startswith("capacity")] == ["capacity[z00]"]


def test_moved_students_of_other_zones_stay_counted() -> None:
    """A limit over the whole district counts the blocks outside a neighbourhood."""
    problem = grid(4, 3, 4, seed=9)
    plan = _random_plan(problem, np.random.default_rng(1))
    limit = Limit("most_moved", moved(problem), moved(problem).value(problem, plan))
    layout = around(problem, [limit], plan, np.array([0, 1]))
    written = write_layout(layout, [limit], None)
    point = written.start(plan)
    activity = written.model.matrix @ point
    assert activity[-1] == pytest.approx(written.model.row_upper[-1])
