"""Units of search: blocks that can only move together are contracted into one.

An island of today may stay whole in its zone or leave it, so its blocks are one unit; so are the
blocks that a rule keeps together.  Where zones must hang together, so must units: each piece of a
group is one, and the search is told which units are to have one zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.dtypes import Floats, Ints
from planner.problem import Problem
from planner.terms import Constraint, Contiguous, Together


@dataclass(frozen=True, slots=True)
class Units:
    """A contraction of blocks.

    Parameters
    ----------
    of_block : (n,) int32
        Unit of each block.
    island_zone : (u,) int32
        Zone of today in which the unit may stand apart; -1 for all but today's islands.
    tied : (p, 2) int32
        Pairs of units that are to have one zone: pieces of a group that is kept together.
    """

    of_block: Ints
    island_zone: Ints
    tied: Ints

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.island_zone)

    def add_up(self, per_block: Floats) -> Floats:
        """Add a number per block up by unit; keeps further axes."""
        if per_block.ndim == 1:
            return np.bincount(self.of_block, weights=per_block, minlength=self.count).astype(float)
        total = np.zeros((self.count, *per_block.shape[1:]))
        np.add.at(total, self.of_block, per_block)
        return total

    def expand(self, zone: Ints) -> Ints:
        """Zone of each block from the zone of each unit."""
        return zone[self.of_block]

    def shrink(self, zone_of: Ints) -> Ints:
        """Zone of each unit: that of its first block."""
        zone = np.empty(self.count, dtype=np.int32)
        zone[self.of_block[::-1]] = zone_of[::-1]
        return zone


def contract(problem: Problem, constraints: Sequence[Constraint]) -> Units:
    """Contract today's islands and the groups that rules keep together."""
    contiguous = [c for c in constraints if isinstance(c, Contiguous)]
    islands = np.full(problem.n_blocks, -1, dtype=np.int32)
    if contiguous and not any(c.dissolve_islands for c in contiguous):
        islands = problem.todays_islands()
    groups = [c.group_of for c in constraints if isinstance(c, Together)]
    whole = [pieces_of(problem, group) for group in groups] if contiguous else groups
    of_block = merge(problem.n_blocks, [islands, *whole])
    count = int(of_block.max()) + 1
    island_zone = np.full(count, -1, dtype=np.int32)
    blocks = np.bincount(of_block, minlength=count)
    first = np.empty(count, dtype=np.int32)
    first[of_block[::-1]] = islands[::-1]
    in_island = np.bincount(of_block, weights=islands == first[of_block], minlength=count)
    is_island = in_island[of_block] == blocks[of_block]
    alone = (islands >= 0) & is_island  # one island and nothing else
    island_zone[of_block[alone]] = problem.current[alone]
    tied = [tied_units(of_block, group) for group in groups]
    return Units(of_block, island_zone, np.concatenate([np.empty((0, 2), np.int32), *tied]))


def merge(n: int, labels: Sequence[Ints]) -> Ints:
    """Give numbers to the classes of blocks that share a label (not -1) in any of the labellings.

    Units are numbered in the order of their first block.
    """
    rows, columns = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for label in labels:
        order = np.argsort(label, kind="stable")
        same = (label[order][1:] == label[order][:-1]) & (label[order][1:] >= 0)
        rows.append(order[:-1][same])
        columns.append(order[1:][same])
    i, j = np.concatenate(rows), np.concatenate(columns)
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    _, first, inverse = np.unique(part, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    merged: Ints = rank[inverse].astype(np.int32)
    return merged


def pieces_of(problem: Problem, group: Ints) -> Ints:
    """Return the number of the connected piece of its group each block is in, -1 in none, (n,)."""
    same = (group[problem.edge_i] == group[problem.edge_j]) & (group[problem.edge_i] >= 0)
    i, j = problem.edge_i[same], problem.edge_j[same]
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(problem.n_blocks, problem.n_blocks))
    _, piece = connected_components(graph, directed=False)
    return np.where(group >= 0, piece, -1).astype(np.int32)


def tied_units(of_block: Ints, group: Ints) -> Ints:
    """Return the first unit of each group with each other unit of it, (p, 2)."""
    inside = group >= 0
    number, unit = np.unique(np.stack([group[inside], of_block[inside]]), axis=1)
    _, first, of_group = np.unique(number, return_index=True, return_inverse=True)
    pairs = np.stack([unit[first[of_group]], unit], axis=1)
    tied: Ints = pairs[pairs[:, 0] != pairs[:, 1]].astype(np.int32)
    return tied
