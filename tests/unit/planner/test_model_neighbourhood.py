"""One step of large-neighbourhood search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle.enumerate_plans import best_plan, holds, is_connected
from oracle.tiny_district import dissimilarity, grid, moved, size_band, travel

from planner.model.neighbourhood import (
    near_borders,
    prices_of_broken,
    solve_neighbourhood,
    write_neighbourhood,
)
from planner.terms import Contiguous, CutLength, Limit, Spread, Together, ZoneRatio, ZoneShape

RULES = [Contiguous("contiguity")]


def test_a_step_is_better_and_keeps_every_rule() -> None:
    """The new plan has a smaller amount, zones in one piece, and changes freed zones only."""
    problem = grid(8, 6, 5, seed=3)
    amount = dissimilarity(problem)
    rules = [*RULES, size_band(problem, 0.9)]
    plan = problem.current
    found = solve_neighbourhood(problem, RULES, amount, plan, {0, 1, 2})
    assert found is not None
    assert amount.value(problem, found) < amount.value(problem, plan)
    assert is_connected(problem, tuple(int(z) for z in found), dissolve=False)
    changed = found != plan
    assert np.isin(plan[changed], [0, 1, 2]).all()
    assert np.isin(found[changed], [0, 1, 2]).all()
    mended = solve_neighbourhood(problem, rules, amount, plan, {0, 1, 2})
    assert mended is None or is_connected(problem, tuple(map(int, mended)), dissolve=False)


def test_an_optimal_plan_stays() -> None:
    """Where nothing is better the answer is None."""
    problem = grid(3, 2, 2, seed=3)
    amount = travel(problem)
    _, best = best_plan(problem, RULES, amount)
    assert best is not None
    plan = np.array(best, dtype=np.int32)
    assert solve_neighbourhood(problem, RULES, amount, plan, [0, 1], gap=0.0) is None


def test_steps_are_repeatable() -> None:
    """The same arguments give the same plan; another seed may grow zones differently."""
    problem = grid(8, 6, 5, seed=3)
    amount = dissimilarity(problem)
    steps = [
        solve_neighbourhood(problem, RULES, amount, problem.current, [0, 1, 2], seed=7)
        for _ in range(2)
    ]
    assert steps[0] is not None
    assert steps[1] is not None
    assert steps[0].tolist() == steps[1].tolist()


def test_a_broken_band_is_mended_first() -> None:
    """A plan outside its size band gets nearer to it, even where travel gets worse."""
    problem = grid(8, 6, 4, seed=1)
    band = size_band(problem, 0.05)
    rules = [*RULES, band]
    amount = travel(problem)
    plan = problem.current
    before = band.excess(problem, plan).sum()
    assert before > 0
    assert set(prices_of_broken(problem, rules, amount, plan)) == {"size"}
    found = solve_neighbourhood(problem, rules, amount, plan, [0, 1, 2, 3])
    assert found is not None
    assert band.excess(problem, found).sum() < before


def test_limits_over_the_district_hold() -> None:
    """A step moves no more students in all than a limit allows."""
    problem = grid(8, 6, 4, seed=1)
    limit = Limit("most_moved", moved(problem), 20.0)
    rules = [*RULES, limit]
    found = solve_neighbourhood(
        problem, rules, dissimilarity(problem), problem.current, [0, 1, 2, 3]
    )
    assert found is not None
    assert limit.amount.value(problem, found) <= 20.0
    assert holds(problem, limit, tuple(int(z) for z in found))


@pytest.mark.parametrize("kind", ["exposure", "gap", "shape"])
def test_amounts_that_are_not_linear_are_followed_by_their_slope(kind: str) -> None:
    """Some step on ratios and shapes is better by the true amount too."""
    problem = grid(8, 6, 4, seed=2)
    poor, other = problem.measure("poor").sum(), problem.measure("not:poor").sum()
    exposure = ZoneRatio("exposure", "share", "not:poor", "poor", "students", -1.0 / other)
    met = ZoneRatio("met", "share", "not:poor", "poor", "students", 1.0 / other)
    isolation = ZoneRatio("isolation", "share", "poor", "poor", "students", 1.0 / poor)
    amounts = {
        "exposure": exposure,
        "gap": Spread("gap", "share", (met, isolation)),
        "shape": ZoneShape("compactness"),
    }
    amount = amounts[kind]
    plan = problem.current
    gains = []
    for zones in ([0, 1], [1, 2], [2, 3], [0, 3], [0, 1, 2]):
        found = solve_neighbourhood(problem, RULES, amount, plan, zones, patience=100)
        if found is not None:
            gains.append(amount.value(problem, plan) - amount.value(problem, found))
    assert max(gains) > 0


def test_islands_move_whole() -> None:
    """An island of today stays whole or leaves whole."""
    problem = grid(6, 4, 3, seed=5)
    current = problem.current.copy()
    zone_0 = np.flatnonzero(current == 0)
    far = [b for b in (22, 23, 16, 17) if b not in problem.root]
    current[far] = 0
    problem = replace(problem, current=current)
    island = problem.todays_islands()
    assert (island >= 0).any()
    assert len(zone_0)
    for amount in (travel(problem), dissimilarity(problem)):
        found = solve_neighbourhood(problem, RULES, amount, current, [0, 1, 2])
        if found is not None:
            assert is_connected(problem, tuple(int(z) for z in found), dissolve=False)
            for number in np.unique(island[island >= 0]):
                assert len(np.unique(found[island == number])) == 1


def test_groups_move_whole() -> None:
    """Blocks kept together share a zone after a step."""
    problem = grid(8, 6, 4, seed=2)
    group = np.full(48, -1, dtype=np.int32)
    same = np.flatnonzero(problem.current == 1)
    group[same[~np.isin(same, problem.root)][:3]] = 0
    rules = [*RULES, Together("neighbourhoods", group)]
    found = solve_neighbourhood(problem, rules, dissimilarity(problem), problem.current, [0, 1, 2])
    assert found is not None
    assert len(np.unique(found[group == 0])) == 1


def test_only_free_pairs_change() -> None:
    """A mask keeps blocks where they are."""
    problem = grid(8, 6, 4, seed=2)
    free = np.zeros((48, 4), dtype=bool)
    free[:24] = True
    found = solve_neighbourhood(
        problem, RULES, dissimilarity(problem), problem.current, [0, 1, 2], free=free
    )
    assert found is not None
    assert not (found != problem.current)[24:].any()


def test_nothing_to_move_is_none() -> None:
    """A neighbourhood in which no block has a choice is not even solved."""
    problem = grid(2, 1, 2, seed=0)
    assert write_neighbourhood(problem, RULES, travel(problem), problem.current, [0, 1]) is None
    assert solve_neighbourhood(problem, RULES, travel(problem), problem.current, [0]) is None


def test_what_has_no_form_around_a_plan_is_left_to_search() -> None:
    """An aim at long borders has no step; a limit on them is left out and judged by the caller."""
    problem = grid(8, 6, 4, seed=2)
    long = CutLength("borders", "m", -1.0)
    assert solve_neighbourhood(problem, RULES, long, problem.current, [0, 1, 2]) is None
    rules = [*RULES, Limit("long_borders", long, -1e9)]
    amount = dissimilarity(problem)
    assert solve_neighbourhood(problem, rules, amount, problem.current, [0, 1, 2]) is not None


def test_only_the_freed_part_is_written() -> None:
    """The model holds the blocks of the freed zones and no other."""
    problem = grid(10, 10, 8, seed=2)
    written = write_neighbourhood(problem, RULES, travel(problem), problem.current, [2, 5])
    assert written is not None
    inside = np.isin(problem.current, [2, 5])
    assert written.layout.blocks.tolist() == np.flatnonzero(inside).tolist()
    assert written.layout.n_pairs <= 2 * inside.sum()


def test_near_borders_are_zones_within_so_many_steps() -> None:
    """A strip of six blocks in two zones: with a reach of one, two blocks may change."""
    strip = grid(6, 1, 2, 0)
    halves = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    assert near_borders(strip, halves, 0).sum(axis=1).tolist() == [1] * 6
    assert near_borders(strip, halves, 1).sum(axis=1).tolist() == [1, 1, 2, 2, 1, 1]
    assert near_borders(strip, halves, 2).sum(axis=1).tolist() == [1, 2, 2, 2, 2, 1]
