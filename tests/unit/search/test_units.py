"""What moves together in a search is one unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle.tiny_district import grid

from planner.problem import Problem
from planner.search.units import contract, merge
from planner.terms import Contiguous, Together

KEEP = Contiguous("contiguity")
DISSOLVE = Contiguous("contiguity", dissolve_islands=True)


@pytest.fixture
def strip() -> Problem:
    """Return seven blocks in a row; blocks 2 and 3 are islands, of zones 1 and 0."""
    return replace(
        grid(7, 1, 2, 0),
        current=np.array([0, 0, 1, 0, 1, 1, 1], dtype=np.int32),
        root=np.array([0, 6], dtype=np.int32),
    )


def together(*groups: list[int]) -> Together:
    """Return the rule that these blocks of the strip stay together."""
    group = np.full(7, -1, dtype=np.int32)
    for number, blocks in enumerate(groups):
        group[blocks] = number
    return Together("keep_together", group)


def test_blocks_are_their_own_units_without_rules(strip: Problem) -> None:
    """Nothing is contracted without a reason."""
    units = contract(strip, [])
    assert units.of_block.tolist() == list(range(7))
    assert (units.island_zone == -1).all()


def test_islands_may_stand_alone_only_where_the_rule_keeps_them(strip: Problem) -> None:
    """Each in today's zone; a rule that dissolves islands leaves none."""
    assert contract(strip, [KEEP]).island_zone.tolist() == [-1, -1, 1, 0, -1, -1, -1]
    assert (contract(strip, [KEEP, DISSOLVE]).island_zone == -1).all()


def test_two_islands_kept_together_cannot_stand_alone(strip: Problem) -> None:
    """In either zone one of them would be in the wrong place."""
    units = contract(strip, [KEEP, together([2, 3])])
    assert units.of_block.tolist() == [0, 1, 2, 2, 3, 4, 5]
    assert (units.island_zone == -1).all()


def test_an_island_kept_together_with_its_neighbour_cannot_stand_alone(strip: Problem) -> None:
    """It would not be today's island any more."""
    units = contract(strip, [KEEP, together([3, 4])])
    assert units.island_zone.tolist() == [-1, -1, 1, -1, -1, -1]


def test_each_piece_of_a_scattered_group_is_a_unit_and_they_are_tied(strip: Problem) -> None:
    """Where zones hang together units do; without that rule the group moves as one."""
    group = together([0, 1], [2, 4, 6])
    units = contract(strip, [KEEP, group])
    assert units.of_block.tolist() == [0, 0, 1, 2, 3, 4, 5]
    assert units.tied.tolist() == [[1, 3], [1, 5]]
    free = contract(strip, [group])
    assert free.of_block.tolist() == [0, 0, 1, 2, 1, 3, 1]
    assert free.tied.tolist() == []


def test_plans_go_back_and_forth(strip: Problem) -> None:
    """Expanding and shrinking a plan of units changes nothing; sums keep their total."""
    units = contract(strip, [KEEP, together([4, 5])])
    zone = np.arange(units.count, dtype=np.int32)
    assert units.shrink(units.expand(zone)).tolist() == zone.tolist()
    assert units.add_up(strip.students).sum() == strip.students.sum()
    assert units.add_up(strip.metres.astype(float)).shape == (units.count, 2)


def test_groups_that_overlap_are_one() -> None:
    """Blocks that share a group of one rule or of another move together."""
    first = np.array([0, 0, -1, -1, 1, 1], dtype=np.int32)
    second = np.array([-1, 7, 7, -1, -1, -1], dtype=np.int32)
    assert merge(6, [first, second]).tolist() == [0, 0, 0, 1, 2, 2]
    assert merge(3, []).tolist() == [0, 1, 2]
