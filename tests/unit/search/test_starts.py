"""Plans to start from are whole, whatever the district looks like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle.tiny_district import grid, travel
from term_holds import stray

from planner.problem import Problem
from planner.search.lower import SearchModel, lower
from planner.search.starts import grow, keep_rooted
from planner.terms import AllowedPairs, Contiguous


def model_of(problem: Problem, *more: AllowedPairs) -> SearchModel:
    """Return search arrays of a problem whose zones are whole."""
    return lower(problem, [Contiguous("contiguity"), *more], travel(problem))


def strip(n: int, current: list[int], root: list[int], cut: tuple[int, ...] = ()) -> Problem:
    """Return blocks in a row, the borders east of blocks in `cut` taken out."""
    problem = grid(n, 1, len(root), 0)
    keep = ~np.isin(problem.edge_i, cut)
    return replace(
        problem,
        current=np.array(current, dtype=np.int32),
        root=np.array(root, dtype=np.int32),
        edge_i=problem.edge_i[keep],
        edge_j=problem.edge_j[keep],
        edge_shared_m=problem.edge_shared_m[keep],
    )


def near(model: SearchModel) -> np.ndarray:
    """Return no preference."""
    return np.zeros(model.arrays.allowed.shape)


def test_nothing_hangs_on_an_island_that_its_zone_does_not_reach() -> None:
    """An island that falls back to its zone stands there alone."""
    problem = strip(5, [0, 1, 0, 1, 1], [0, 4])  # block 2 is an island of zone 0, block 1 of 1
    allowed = np.array([[1, 1], [0, 1], [1, 0], [1, 1], [1, 1]], dtype=bool)
    model = model_of(problem, AllowedPairs("no", allowed))
    assert model.units.island_zone.tolist() == [-1, 1, 0, -1, -1]
    preference = near(model)
    preference[:, 1] = 9  # zone 0 comes first, as far as it gets
    zone = grow(model.arrays, np.full(5, -1, dtype=np.int32), preference)
    assert zone.tolist() == [0, 1, 0, 1, 1]
    assert (keep_rooted(model.arrays, np.array([0, 1, 0, 0, 1])) >= 0).tolist()[3] is False


def test_a_zone_grows_on_from_an_island_it_has_reached() -> None:
    """What hangs on it then hangs together with the school."""
    problem = strip(5, [0, 1, 0, 1, 1], [0, 4])
    model = model_of(problem)
    preference = near(model)
    preference[:, 1] = 9
    zone = grow(model.arrays, np.full(5, -1, dtype=np.int32), preference)
    assert zone.tolist() == [0, 0, 0, 0, 1]
    assert (keep_rooted(model.arrays, zone) == zone).all()
    assert not stray(problem, zone.tolist(), dissolve=False)


def test_a_piece_that_no_school_can_reach_gets_a_zone_all_the_same() -> None:
    """Search needs a zone for every block, also where contiguity cannot hold."""
    problem = strip(6, [0, 0, 1, 1, 0, 0], [0, 3], cut=(3,))
    model = lower(problem, [Contiguous("c", dissolve_islands=True)], travel(problem))
    preference = near(model)
    preference[:, 0] = 1.0
    zone = grow(model.arrays, np.full(6, -1, dtype=np.int32), preference)
    assert zone.tolist()[4:] == [1, 1]
    assert (zone >= 0).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_grown_start_is_whole(seed: int) -> None:
    """Every block hangs together with its school; roots are at home."""
    problem = grid(7, 6, 5, seed)
    model = model_of(problem)
    preference = np.random.default_rng(seed).random(model.arrays.allowed.shape)
    for begin in (model.units.shrink(problem.current), np.full(model.units.count, -1, np.int32)):
        zone_of = model.units.expand(grow(model.arrays, begin, preference))
        assert (zone_of >= 0).all()
        assert zone_of[problem.root].tolist() == list(range(5))
        assert not stray(problem, zone_of.tolist(), dissolve=False)


def test_a_start_that_holds_is_left_alone() -> None:
    """Today's plan with its islands is its own start."""
    problem = grid(7, 6, 5, 3)
    model = model_of(problem)
    today = model.units.shrink(problem.current)
    assert grow(model.arrays, today, near(model)).tolist() == today.tolist()


def test_forbidden_and_loose_blocks_lose_their_zone() -> None:
    """What may not be, and what hangs on it, is found anew."""
    problem = strip(5, [0, 0, 0, 1, 1], [0, 4])
    allowed = np.ones((5, 2), dtype=bool)
    allowed[1, 0] = False
    model = model_of(problem, AllowedPairs("no", allowed))
    kept = keep_rooted(model.arrays, problem.current)
    assert kept.tolist() == [0, -1, -1, 1, 1]
    assert grow(model.arrays, problem.current, near(model)).tolist() == [0, 1, 1, 1, 1]


def test_a_block_walled_in_by_forbidden_pairs_goes_to_whoever_can_reach_it() -> None:
    """Whole zones come before forbidden pairs: the rule is seen to be broken at the end."""
    problem = strip(4, [0, 0, 1, 1], [0, 3])
    allowed = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], dtype=bool)
    model = model_of(problem, AllowedPairs("no", allowed))
    zone_of = grow(model.arrays, np.full(4, -1, dtype=np.int32), near(model))
    assert not stray(problem, zone_of.tolist(), dissolve=False)


def test_a_way_is_opened_to_a_unit_that_only_a_far_zone_may_have() -> None:
    """Today another zone lies between; what that loses it gets back or goes on."""
    problem = grid(4, 3, 2, 0)
    current = np.array([0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1], dtype=np.int32)
    problem = replace(problem, current=current, root=np.array([0, 3], dtype=np.int32))
    allowed = np.ones((12, 2), dtype=bool)
    allowed[10, 1] = False
    model = model_of(problem, AllowedPairs("no", allowed))
    zone = grow(model.arrays, current, near(model))
    assert zone[10] == 0
    assert model.arrays.allowed[np.arange(12), zone].all()
    assert (keep_rooted(model.arrays, zone) == zone).all()


def test_a_unit_that_no_way_leads_to_takes_what_it_can_get() -> None:
    """Its own zone ends where another school's block stands in the way."""
    problem = strip(5, [0, 0, 1, 1, 1], [0, 2])
    allowed = np.ones((5, 2), dtype=bool)
    allowed[4, 1] = False
    model = model_of(problem, AllowedPairs("no", allowed))
    zone = grow(model.arrays, problem.current, near(model))
    assert zone.tolist() == [0, 0, 1, 1, 1]
