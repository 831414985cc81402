"""Units of search: blocks that can only move together are contracted into one.

An island of today may stay whole in its zone or leave it, so its blocks are one unit; so are the
blocks that a rule keeps together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.errors import ModelError
from planner.problem import Problem
from planner.terms import Constraint, Contiguous, Together

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Units:
    """A contraction of blocks.

    Parameters
    ----------
    of_block : (n,) int32
        Unit of each block.
    island_zone : (u,) int32
        Zone of today in which the unit may stand apart; -1 for all but today's islands.
    """

    of_block: Ints
    island_zone: Ints

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
    """Contract today's islands and the groups that rules keep together.

    Raises
    ------
    ModelError
        Where a group to be kept together is not connected: it could be held in one zone only by
        chance, and the search could not tell.
    """
    contiguous = [c for c in constraints if isinstance(c, Contiguous)]
    islands = np.full(problem.n_blocks, -1, dtype=np.int32)
    if contiguous and not any(c.dissolve_islands for c in contiguous):
        islands = problem.todays_islands()
    groups = [c.group_of for c in constraints if isinstance(c, Together)]
    for constraint in constraints if contiguous else ():
        if isinstance(constraint, Together):
            refuse_scattered(problem, constraint)
    of_block = merge(problem.n_blocks, [islands, *groups])
    count = int(of_block.max()) + 1
    island_zone = np.full(count, -1, dtype=np.int32)
    blocks = np.bincount(of_block, minlength=count)
    first = np.empty(count, dtype=np.int32)
    first[of_block[::-1]] = islands[::-1]
    in_island = np.bincount(of_block, weights=islands == first[of_block], minlength=count)
    whole = in_island[of_block] == blocks[of_block]
    alone = (islands >= 0) & whole  # one island and nothing else
    island_zone[of_block[alone]] = problem.current[alone]
    return Units(of_block, island_zone)


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


def refuse_scattered(problem: Problem, together: Together) -> None:
    """Raise where a group is not connected by shared borders."""
    group = together.group_of
    same = (group[problem.edge_i] == group[problem.edge_j]) & (group[problem.edge_i] >= 0)
    i, j = problem.edge_i[same], problem.edge_j[same]
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(problem.n_blocks, problem.n_blocks))
    _, piece = connected_components(graph, directed=False)
    grouped = group >= 0
    pairs = np.unique(np.stack([group[grouped], piece[grouped]]), axis=1)
    numbers, pieces = np.unique(pairs[0], return_counts=True)
    scattered = numbers[pieces > 1]
    if len(scattered):
        example = problem.block_ids[np.isin(group, scattered)][:6]
        raise ModelError(
            f"rule {together.name!r}: {len(scattered)} group(s) to be kept together are in "
            f"several pieces (blocks such as {', '.join(example)})",
            "a zone is one piece, so a scattered group can be kept together only by chance",
            "split these groups into connected ones, or declare bridges between their pieces",
        )
