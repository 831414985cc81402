"""Whole zones of many plans: the best plan that remembered zones can make, and no rule lost."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from oracle.tiny_district import dissimilarity, grid, random_amount, size_band, travel

from planner.problem import Problem
from planner.search import recombine
from planner.search.anneal import anneal, keep_best
from planner.search.arrays import make_work
from planner.search.lower import SearchModel, lower
from planner.search.recombine import ZonePool
from planner.search.starts import grow, keep_rooted
from planner.search.state import fresh_state, measure_plan
from planner.terms import Amount, Contiguous, Limit, Spread, ZoneShape


def plans_of(model: SearchModel, problem: Problem, count: int) -> list[np.ndarray]:
    """Return different plans in one piece each."""
    arrays, found = model.arrays, []
    start = grow(arrays, model.units.shrink(problem.current), np.zeros(arrays.allowed.shape))
    for seed in range(count):
        state = fresh_state(arrays, model.constant, start)
        room, best = make_work(arrays, 12), np.array([np.inf, np.inf])
        keep_best(arrays, state, best_zone := start.copy(), best)
        rng = np.random.default_rng(seed)
        anneal(arrays, state, room, rng, 200, 1e9, 1e9, best_zone, best)  # a random walk
        found.append(state.zone.copy())
    return found


@pytest.mark.parametrize("amount", [travel, dissimilarity, lambda p: ZoneShape("shape")])
def test_the_best_plan_of_remembered_zones(amount) -> None:
    """Equal to trying every choice of one remembered zone a school, by brute force."""
    problem = grid(5, 4, 3, 2)
    model = lower(problem, [Contiguous("contiguity")], amount(problem))
    plans = plans_of(model, problem, 12)

    def aim(zone: np.ndarray) -> float:
        return measure_plan(model.arrays, model.constant, zone)[0]

    pool = ZonePool(model.arrays, model.constant)
    for plan in plans:
        pool.add(plan)
    zones = [sorted({tuple(np.flatnonzero(p == z)) for p in plans}) for z in range(3)]
    possible = [
        np.repeat([0, 1, 2], [len(part) for part in parts])[np.argsort(np.concatenate(parts))]
        for parts in product(*zones)
        if sorted(np.concatenate(parts)) == list(range(20))
    ]
    least = min(aim(zone.astype(np.int32)) for zone in possible)
    begin = max(plans, key=aim)
    found = pool.combine(begin, 0)
    assert found is not None
    assert aim(found) == pytest.approx(least)
    assert (keep_rooted(model.arrays, found) == found).all()
    assert pool.combine(found, 0) is None


def test_rules_are_kept_as_well_as_by_the_best_plan() -> None:
    """A better aim is not bought with a broken band."""
    problem = grid(6, 5, 3, 4)
    rules = [Contiguous("contiguity"), size_band(problem, 1.2)]
    model = lower(problem, rules, travel(problem))
    plans = plans_of(model, problem, 30)
    measured = [measure_plan(model.arrays, model.constant, plan) for plan in plans]
    holding = [i for i, (_, violation) in enumerate(measured) if violation == 0]
    best = max(holding, key=lambda i: measured[i][0])
    pool = ZonePool(model.arrays, model.constant)
    for plan in plans:
        pool.add(plan)
    found = pool.combine(plans[best], 0)
    assert found is not None
    aim, violation = measure_plan(model.arrays, model.constant, found)
    assert violation == pytest.approx(0, abs=1e-6)
    assert aim < measured[best][0]


def test_zones_that_are_met_again_are_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full memory makes room with what was not met for longest, never with the plan at hand."""
    problem = grid(5, 4, 3, 2)
    model = lower(problem, [Contiguous("contiguity")], travel(problem))
    plans = plans_of(model, problem, 12)
    monkeypatch.setattr(recombine, "MOST_ZONES", 6)
    pool = ZonePool(model.arrays, model.constant)
    for plan in (*plans, *reversed(plans)):
        pool.add(plan)
        mixed = pool.combine(plan, 0)
        assert mixed is None or sorted(np.unique(mixed)) == [0, 1, 2]
        assert {(one.zone, one.units.tobytes()) for one in pool.fitting(plan)} >= {
            (z, np.flatnonzero(plan == z).astype(np.int32).tobytes()) for z in range(3)
        }


def test_where_zones_cannot_be_added_up_it_is_no_use() -> None:
    """The largest minus the smallest zone is no sum over zones, nor is a group's largest part."""
    problem = grid(5, 4, 3, 2)
    one: Amount = travel(problem)
    spread = Spread("spread", "km", (one, dissimilarity(problem)))
    model = lower(problem, [Contiguous("contiguity")], spread)
    assert not ZonePool(model.arrays, model.constant).is_useful
    divided = random_amount(problem, np.random.default_rng(1), 9)
    model = lower(problem, [Contiguous("contiguity"), Limit("apart", divided, 1.0)], one)
    assert not ZonePool(model.arrays, model.constant).is_useful
    model = lower(problem, [Contiguous("contiguity")], one)
    assert ZonePool(model.arrays, model.constant).is_useful
