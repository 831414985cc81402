"""Terms as search arrays: every kind of amount, the graph of units, what may be chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle.tiny_district import dissimilarity, grid, moved, random_amount, size_band, travel

from planner.problem import Problem
from planner.search.arrays import APART, HINGE_SUM, HINGE_WORST, RATIO, SHAPE
from planner.search.bench import Bench
from planner.search.kernel import score_of
from planner.search.lower import SearchModel, has_spread, lower
from planner.search.state import fresh_state, measure_plan
from planner.terms import (
    AllowedPairs,
    Amount,
    Contiguous,
    CutLength,
    Limit,
    Spread,
    Together,
    WeightedSum,
    ZoneRatio,
    ZoneShape,
    ZoneWorst,
)


@pytest.fixture
def problem() -> Problem:
    """Return a small grid whose zones are whole today."""
    problem = grid(4, 3, 2, 5)
    west = (np.arange(12) % 4 < 2).astype(np.int32)
    return replace(problem, current=west, root=np.array([3, 0], dtype=np.int32))


def scores(model: SearchModel, zone_of: np.ndarray) -> tuple[float, float, float]:
    """Return score, aim and violation of a plan of blocks."""
    state = fresh_state(model.arrays, model.constant, model.units.shrink(zone_of))
    return score_of(model.arrays, state.channel)


@pytest.mark.parametrize(
    ("amount", "kinds"),
    [
        (dissimilarity, [HINGE_SUM]),
        (lambda p: ZoneWorst("worst", "", dissimilarity(p)), [HINGE_WORST]),
        (lambda p: ZoneRatio("r", "", "poor", "poor", "students", 2.0), [RATIO]),
        (lambda p: ZoneShape("shape"), [SHAPE]),
        (lambda p: random_amount(p, np.random.default_rng(1), 9), []),
        (lambda p: random_amount(p, np.random.default_rng(1), 10), [APART]),
        (travel, []),
        (lambda p: CutLength("borders", "m", 3.0), []),
        (lambda p: random_amount(p, np.random.default_rng(1), 6), []),
        (lambda p: WeightedSum("w", "", ((2.0, travel(p)), (1.0, ZoneShape("s"))), 7.0), [SHAPE]),
    ],
)
def test_every_kind_of_amount_is_what_it_is_by_definition(problem, amount, kinds) -> None:
    """Leaves are of the right kind, and the aim is the amount's own value."""
    term: Amount = amount(problem)
    model = lower(problem, [], term)
    assert model.arrays.leaf_kind.tolist() == kinds
    for plan in (problem.current, 1 - problem.current):
        _, aim, violation = scores(model, plan)
        assert aim == pytest.approx(term.value(problem, plan))
        assert violation == 0.0


def test_amounts_of_the_same_measures_share_a_column(problem: Problem) -> None:
    """A band and an aim about the same counts add them up once."""
    model = lower(problem, [size_band(problem, 0.2), size_band(problem, 0.1)], travel(problem))
    assert model.arrays.measure.shape[1] == 1


def test_rules_cost_nothing_while_they_hold(problem: Problem) -> None:
    """Bands and limits are priced by what is beyond them, and are no part of the aim."""
    most = moved(problem).value(problem, 1 - problem.current)
    held = [Limit("moved", moved(problem), most), Limit("shape", ZoneShape("s"), 2.0)]
    model = lower(problem, held, travel(problem))
    score, aim, violation = scores(model, 1 - problem.current)
    assert (score, violation) == (aim, 0.0)
    broken = lower(problem, [Limit("moved", moved(problem), most - 3.0)], travel(problem))
    score, aim, violation = scores(broken, 1 - problem.current)
    assert (score - aim, violation) == (pytest.approx(3.0), pytest.approx(3.0))


def test_spreads_are_aims_and_limits_but_not_parts_of_limited_sums(problem: Problem) -> None:
    """What search cannot follow is refused, not left out."""
    gap = random_amount(problem, np.random.default_rng(1), 6)
    assert isinstance(gap, Spread)
    both = WeightedSum("both", "m", ((2.0, gap), (1.0, travel(problem))), 4.0)
    assert has_spread(both)
    assert not has_spread(travel(problem))
    value = both.value(problem, problem.current)
    assert scores(lower(problem, [], both), problem.current)[1] == pytest.approx(value)
    at_most = gap.value(problem, problem.current) - 1.0
    limited = lower(problem, [Limit("gap", gap, at_most)], travel(problem))
    assert scores(limited, problem.current)[2] == pytest.approx(1.0)
    with pytest.raises(TypeError, match="spread"):
        lower(problem, [Limit("both", both, 1.0)], travel(problem))


def test_borders_of_units_are_those_of_their_blocks(problem: Problem) -> None:
    """Borders inside a unit are none; those between two units are added up."""
    group = np.full(12, -1, dtype=np.int32)
    group[[5, 6, 9]] = 0
    model = lower(problem, [Contiguous("c"), Together("together", group)], travel(problem))
    a, unit = model.arrays, model.units.of_block
    assert len({unit[b] for b in (5, 6, 9)}) == 1
    assert (a.source[a.reverse] == a.indices).all()
    assert (a.border_m[a.reverse] == a.border_m).all()
    assert (np.diff(a.indptr) == np.bincount(a.source, minlength=len(a.is_root))).all()
    for e, (u, v) in enumerate(zip(a.source, a.indices, strict=True)):
        ends = {(u, v), (v, u)}
        pairs = zip(unit[problem.edge_i], unit[problem.edge_j], strict=True)
        between = [pair in ends for pair in pairs]
        assert a.border_m[e] == pytest.approx(problem.edge_shared_m[between].sum())
    inside = (unit[problem.edge_i] == unit[problem.edge_j]) * problem.edge_shared_m
    outer = problem.perimeter_m.sum() - 2 * inside.sum()
    assert a.perimeter_m.sum() == pytest.approx(outer)


def test_roots_stay_and_units_go_where_all_their_blocks_may(problem: Problem) -> None:
    """A unit with one zone left has nowhere else to go; a root has its own alone."""
    allowed = np.ones((12, 2), dtype=bool)
    allowed[[5, 7], 0] = False
    group = np.full(12, -1, dtype=np.int32)
    group[[5, 6]] = 0
    rules = [AllowedPairs("no", allowed), Together("t", group)]
    model = lower(problem, rules, travel(problem))
    a, unit = model.arrays, model.units.of_block
    assert a.allowed[unit[6]].tolist() == [False, True]
    assert a.allowed[unit[problem.root]].tolist() == [[True, False], [False, True]]
    bound = set(np.flatnonzero(a.allowed.sum(axis=1) == 1))
    assert bound == {unit[0], unit[3], unit[5], unit[7]}
    assert set(np.flatnonzero(a.is_root)) == {unit[0], unit[3]}


def test_a_plan_that_starts_in_a_closed_zone_breaks_a_rule(problem: Problem) -> None:
    """However good its aim, a plan in which no unit stands where it may not comes first."""
    allowed = np.ones((12, 2), dtype=bool)
    outside = np.setdiff1d(np.flatnonzero(problem.current == 0), problem.root)[0]
    allowed[outside, 0] = False
    model = lower(problem, [AllowedPairs("no", allowed)], travel(problem))
    zone = model.units.shrink(problem.current)
    mended = zone.copy()
    mended[model.units.of_block[outside]] = 1
    arrays, constant = model.arrays, model.constant
    assert measure_plan(arrays, constant, zone)[1] == 1.0
    assert measure_plan(arrays, constant, mended)[1] == 0.0
    free = lower(problem, [], travel(problem))
    assert measure_plan(free.arrays, free.constant, zone)[1] == 0.0


def test_a_gap_inside_a_sum_inside_a_sum_is_part_of_the_aim() -> None:
    """As where a guide is added to a sum of aims: the search counts what the amount says."""
    problem = grid(6, 5, 3, 1)
    gap = Spread("gap", "m", (travel(problem), dissimilarity(problem)))
    inner = WeightedSum("both", "m", ((1.0, gap), (0.5, travel(problem))), 2.0)
    aim = WeightedSum("guided", "m", ((1.0, inner), (0.1, moved(problem))))
    bench = Bench.make(problem, [], aim)
    value, _ = bench.measure(bench.model.units.shrink(problem.current))
    assert value == pytest.approx(aim.value(problem, problem.current))
