"""Moves, regions and what is remembered of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracle.tiny_district import dissimilarity, grid, size_band, travel

from planner.problem import Problem
from planner.search.anneal import anneal, exchange, keep_best, propose, sample_moves
from planner.search.arrays import State, Work, make_work
from planner.search.kernel import move_change, score_of, set_cut
from planner.search.lower import SearchModel, lower
from planner.search.regions import choose_region, copy_state, focus, go_to, search_regions
from planner.search.starts import grow
from planner.search.state import fresh_state
from planner.terms import Contiguous, ZoneShape


def bench(
    problem: Problem, amount: object = None, *rules: object
) -> tuple[SearchModel, State, Work]:
    """Return arrays, the state of today's plan and room to work in."""
    model = lower(problem, [Contiguous("contiguity"), *rules], amount or travel(problem))
    near = np.zeros(model.arrays.allowed.shape)
    zone = grow(model.arrays, model.units.shrink(problem.current), near)
    state = fresh_state(model.arrays, model.constant, zone)
    return model, state, make_work(model.arrays, 12, 0.5)


def same(one: State, two: State) -> bool:
    """Tell whether two plans and their tallies are the same."""
    names = ("zone", "tally", "perimeter", "leaf", "channel")
    return all(np.allclose(getattr(one, n), getattr(two, n), atol=1e-7) for n in names)


def cut_of(state: State) -> list[int]:
    """Return the list of borders between zones, sorted."""
    return sorted(state.cut_list[: state.n_cut[0]].tolist())


def test_borders_go_in_and_out_of_the_list() -> None:
    """Twice in or twice out changes nothing."""
    _, state, _ = bench(grid(5, 4, 3, 1))
    before = cut_of(state)
    for e in (before[0], before[-1], before[len(before) // 2]):
        for cut in (True, False, False, True, True):
            set_cut(state, e, cut)
    assert cut_of(state) == before


def test_measuring_a_move_changes_nothing() -> None:
    """A move that is not made leaves no trace."""
    model, state, room = bench(grid(6, 5, 3, 2), ZoneShape("shape"))
    before = fresh_state(model.arrays, model.constant, state.zone)
    rows = np.empty((50, len(model.arrays.aim)))
    found = sample_moves(model.arrays, state, room, np.random.default_rng(1), rows)
    assert found > 0
    assert same(state, before)
    assert cut_of(state) == cut_of(before)


def test_an_exchange_that_is_not_accepted_leaves_the_plan() -> None:
    """At no temperature, only what is better stays."""
    problem = grid(7, 6, 3, 2)
    model, state, room = bench(problem, dissimilarity(problem), size_band(problem, 0.1))
    a, rng = model.arrays, np.random.default_rng(3)
    kept = 0
    for _ in range(300):
        before = fresh_state(a, model.constant, state.zone)
        e = int(state.cut_list[rng.integers(state.n_cut[0])])
        count = propose(a, state, e, room)
        if not count:
            continue
        now = score_of(a, state.channel)[0]
        target = int(state.zone[a.indices[e]])
        move_change(a, state, room.moved, count, target, room.scratch, room.channel)
        after = exchange(a, state, room, rng, now, count, target, 1e-300)
        if math.isinf(after):
            assert same(state, before)
            assert cut_of(state) == cut_of(before)
        else:
            kept += 1
            assert after <= now + 1e-9
            assert after == pytest.approx(score_of(a, state.channel)[0])
    assert kept > 0


def test_annealing_keeps_the_best_it_has_seen() -> None:
    """Fewer broken rules first, then the aim; the plan kept has the numbers kept."""
    problem = grid(8, 7, 4, 3)
    model, state, room = bench(problem, dissimilarity(problem), size_band(problem, 0.3))
    a, best_zone, best = model.arrays, state.zone.copy(), np.array([np.inf, np.inf])
    rng = np.random.default_rng(1)
    seen = (math.inf, math.inf)
    for hot in (1.0, 0.1, 0.01):
        anneal(a, state, room, rng, 3000, hot, 1e-4, best_zone, best)
        assert (best[1], best[0]) <= seen
        seen = (best[1], best[0])
        again = fresh_state(a, model.constant, best_zone)
        _, aim, violation = score_of(a, again.channel)
        assert aim == pytest.approx(best[0])
        assert violation == pytest.approx(best[1], abs=1e-7)
        assert same(state, fresh_state(a, model.constant, state.zone))


def test_a_worse_plan_is_not_remembered() -> None:
    """What breaks rules never takes the place of what does not."""
    problem = grid(6, 5, 3, 2)
    model, state, _ = bench(problem)
    _, aim, _ = score_of(model.arrays, state.channel)
    for best in ([aim - 1.0, 0.0], [aim, 0.0]):
        kept, zone = np.array(best), np.full_like(state.zone, 7)
        keep_best(model.arrays, state, zone, kept)
        assert kept.tolist() == best
        assert (zone == 7).all()
    kept, zone = np.array([aim - 1.0, 2.0]), np.full_like(state.zone, 7)
    keep_best(model.arrays, state, zone, kept)
    assert kept.tolist() == [aim, 0.0]
    assert (zone == state.zone).all()


def test_a_region_changes_its_own_zones_only() -> None:
    """Zones outside the region keep every block."""
    problem = grid(12, 10, 9, 4)
    model, state, room = bench(problem, dissimilarity(problem))
    a, rng = model.arrays, np.random.default_rng(2)
    for _ in range(10):
        count = choose_region(a, state, rng, 3)
        assert count == state.active.sum() == 3
        focus(a, state)
        before = state.zone.copy()
        best_zone, best = state.zone.copy(), np.array([np.inf, np.inf])
        anneal(a, state, room, rng, 1000, 0.1, 0.01, best_zone, best)
        outside = ~state.active
        for zone in np.flatnonzero(outside):
            assert ((before == zone) == (state.zone == zone)).all()


def test_regions_never_make_a_plan_worse() -> None:
    """Each region keeps its best; the tallies stay those of the plan."""
    problem = grid(12, 10, 9, 4)
    model, state, room = bench(problem, dissimilarity(problem), size_band(problem, 0.4))
    a, rng = model.arrays, np.random.default_rng(2)
    before, backup = score_of(a, state.channel)[0], fresh_state(a, model.constant, state.zone)
    for _ in range(5):
        search_regions(a, state, backup, room, rng, 4, 2000, (2, 5), (0.01, 0.3), 1e-3, 0.0)
        after = score_of(a, state.channel)[0]
        assert after <= before + 1e-9
        before = after
        assert same(state, fresh_state(a, model.constant, state.zone))
        assert state.active.all()
    assert cut_of(state) == cut_of(fresh_state(a, model.constant, state.zone))


def test_plans_are_copied_and_walked_to() -> None:
    """Block by block to another plan gives that plan's tallies."""
    problem = grid(6, 5, 3, 2)
    model, state, room = bench(problem, ZoneShape("shape"))
    a, rng = model.arrays, np.random.default_rng(2)
    other = fresh_state(a, model.constant, state.zone)
    best_zone, best = state.zone.copy(), np.array([np.inf, np.inf])
    anneal(a, state, room, rng, 500, 10.0, 1.0, best_zone, best)
    assert not (state.zone == other.zone).all()
    go_to(a, other, room, state.zone)
    assert same(other, state)
    third = fresh_state(a, model.constant, np.zeros_like(state.zone))
    copy_state(state, third)
    assert same(third, state)


def test_one_zone_has_nowhere_to_go() -> None:
    """No borders between zones: nothing is tried, nothing breaks."""
    model, state, room = bench(grid(4, 3, 1, 1))
    before, best_zone, best = state.zone.copy(), state.zone.copy(), np.array([np.inf, np.inf])
    anneal(model.arrays, state, room, np.random.default_rng(1), 100, 1.0, 0.1, best_zone, best)
    assert (state.zone == before).all()
    assert np.isinf(best).all()
