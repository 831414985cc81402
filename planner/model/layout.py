"""Which (block, zone) pairs are columns of a model, and what the other blocks contribute.

A whole problem has all blocks and zones.  A neighbourhood has the blocks and zones that may
change; every other block keeps its zone and only adds constants.  A neighbourhood always holds
all blocks of its zones, so that its zones can be seen whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geodata.dtypes import Bools, Floats, Ints
from planner.model.rows import Index
from planner.problem import Problem
from planner.terms import AllowedPairs, Constraint, Together, combine


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of a model.

    Parameters
    ----------
    problem : Problem
    blocks : (f,) positions of the blocks that are in the model, ascending
    zones : (k,) positions of the zones that are in the model, ascending
    others : (n,) int32
        Zone of each block outside the model; -1 for those in it.
    index : (f, k) int32
        Column of each pair, -1 where the pair is not open.
    block, zone : (p,) int32
        Block and zone of each column, by block, then zone (positions in the problem).
    """

    problem: Problem
    blocks: Index
    zones: Index
    others: Ints
    index: Ints
    block: Ints
    zone: Ints

    @property
    def n_pairs(self) -> int:
        """Number of columns."""
        return len(self.block)

    @property
    def is_whole(self) -> bool:
        """Whether every block is in the model."""
        return len(self.blocks) == self.problem.n_blocks

    @property
    def row_of_pair(self) -> Index:
        """Position in `blocks` of each column's block, (p,)."""
        return np.asarray(np.searchsorted(self.blocks, self.block))

    @property
    def place_of_pair(self) -> Index:
        """Position in `zones` of each column's zone, (p,)."""
        return np.asarray(np.searchsorted(self.zones, self.zone))

    def blocks_without_zone(self) -> Index:
        """Return the blocks that may go nowhere."""
        return self.blocks[(self.index < 0).all(axis=1)]

    def pair_name(self, column: int) -> str:
        """Return ``block,zone`` of a column."""
        return f"{self.block_name(self.block[column])},{self.zone_name(self.zone[column])}"

    def block_name(self, block: int) -> str:
        """Return the id of a block."""
        return str(self.problem.block_ids[block])

    def zone_name(self, zone: int) -> str:
        """Return the id of a zone's lead school."""
        return str(self.problem.zone_ids[zone])

    def per_pair(self, table: Floats) -> Floats:
        """Return the entries of an (n, m) table at the columns, (p,)."""
        return np.asarray(table[self.block, self.zone], dtype=np.float64)

    def tally_matrix(self, per_block: Floats) -> csr_array:
        """Return the rows ``sum_b per_block[b] x[b,z]`` of the zones in the model, (k, p)."""
        value = per_block[self.block]
        keep = value != 0
        entries = (value[keep], (self.place_of_pair[keep], np.flatnonzero(keep)))
        return csr_array(entries, shape=(len(self.zones), self.n_pairs))

    def outside(self, per_block: Floats) -> Floats:
        """Return what the blocks outside the model add to each zone's tally, (m,)."""
        m = self.problem.n_zones
        if self.is_whole:
            return np.zeros(m)
        out = self.others >= 0
        total = np.bincount(self.others[out], weights=per_block[out], minlength=m)
        return np.asarray(total, dtype=np.float64)

    def outside_tally(self, measures: Mapping[str, float]) -> Floats:
        """Return what the blocks outside the model add to a combined tally, (m,)."""
        return self.outside(combine(self.problem, measures))

    def point(self, zone_of: Ints) -> Floats:
        """Return the values of the columns under a plan, (p,)."""
        return np.asarray(zone_of[self.block] == self.zone, dtype=np.float64)

    def plan(self, x: Floats) -> Ints:
        """Return the plan in which each block of the model takes its largest column, (n,)."""
        table = np.full(self.index.shape, -1.0)
        table[self.row_of_pair, self.place_of_pair] = x[: self.n_pairs]
        zone_of = self.others.copy()
        zone_of[self.blocks] = self.zones[table.argmax(axis=1)]
        return zone_of

    def table(self, x: Floats) -> Floats:
        """Return column values as an (n, m) table, 0 elsewhere."""
        table = np.zeros((self.problem.n_blocks, self.problem.n_zones))
        table[self.block, self.zone] = x[: self.n_pairs]
        out = np.flatnonzero(self.others >= 0)
        table[out, self.others[out]] = 1.0
        return table


def open_pairs(
    problem: Problem, constraints: Sequence[Constraint], blocks: Index, zones: Index
) -> Bools:
    """Return the pairs that no rule forbids one by one, (f, k).

    `AllowedPairs` forbid pairs; a block that a zone grows from has that zone alone; blocks kept
    together may only go where all of them may.
    """
    is_open = np.ones((len(blocks), len(zones)), dtype=bool)
    for constraint in constraints:
        if isinstance(constraint, AllowedPairs):
            is_open &= constraint.allowed[np.ix_(blocks, zones)]
    is_open &= _home_pairs(problem, blocks, zones)
    for constraint in constraints:
        if isinstance(constraint, Together):
            _close_together(is_open, constraint.group_of[blocks])
    return is_open


def _home_pairs(problem: Problem, blocks: Index, zones: Index) -> Bools:
    """Return the pairs left when every zone keeps the block it grows from, (f, k)."""
    row = np.full(problem.n_blocks, -1)
    row[blocks] = np.arange(len(blocks))
    place = np.full(problem.n_zones, -1)
    place[zones] = np.arange(len(zones))
    home = np.ones((len(blocks), len(zones)), dtype=bool)
    for zone in np.flatnonzero(row[problem.root] >= 0):
        only = np.zeros(len(zones), dtype=bool)
        if place[zone] >= 0:
            only[place[zone]] = True
        home[row[problem.root[zone]]] &= only
    return home


def _close_together(is_open: Bools, group: Ints) -> None:
    """Close, in place, the pairs that are not open to a whole group."""
    grouped = np.flatnonzero(group >= 0)
    if not len(grouped):
        return
    numbers, member = np.unique(group[grouped], return_inverse=True)
    shared = np.ones((len(numbers), is_open.shape[1]), dtype=bool)
    np.logical_and.at(shared, member, is_open[grouped])
    is_open[grouped] = shared[member]


def lay_out(problem: Problem, is_open: Bools, blocks: Index, zones: Index, others: Ints) -> Layout:
    """Give every open pair a column; see `Layout`."""
    row, place = np.nonzero(is_open)
    index = np.full(is_open.shape, -1, dtype=np.int32)
    index[row, place] = np.arange(len(row), dtype=np.int32)
    return Layout(
        problem=problem,
        blocks=blocks,
        zones=zones,
        others=others,
        index=index,
        block=blocks[row].astype(np.int32),
        zone=zones[place].astype(np.int32),
    )


def whole(problem: Problem, constraints: Sequence[Constraint]) -> Layout:
    """Lay out all blocks and zones."""
    blocks, zones = np.arange(problem.n_blocks), np.arange(problem.n_zones)
    others = np.full(problem.n_blocks, -1, dtype=np.int32)
    return lay_out(problem, open_pairs(problem, constraints, blocks, zones), blocks, zones, others)


def around(
    problem: Problem,
    constraints: Sequence[Constraint],
    zone_of: Ints,
    zones: Index,
    free: Bools | None = None,
) -> Layout:
    """Lay out all blocks of some zones of a plan; every other block keeps its zone.

    Parameters
    ----------
    problem : Problem
    constraints : sequence of Constraint
    zone_of : (n,) int32
        The plan.
    zones : (k,) ascending
    free : (n, m) bool, optional
        Pairs that may change; a block's own pair always stays open.
    """
    inside = np.isin(zone_of, zones)
    blocks = np.flatnonzero(inside)
    is_open = open_pairs(problem, constraints, blocks, zones)
    if free is not None:
        is_open &= free[np.ix_(blocks, zones)]
    is_open[np.arange(len(blocks)), np.searchsorted(zones, zone_of[blocks])] = True
    others = np.where(inside, np.int32(-1), zone_of).astype(np.int32)
    return lay_out(problem, is_open, blocks, zones, others)


def around_free(
    problem: Problem, constraints: Sequence[Constraint], zone_of: Ints, free: Bools
) -> Layout:
    """Lay out the zones that free pairs touch; see `around`."""
    changes = free.copy()
    changes[np.arange(problem.n_blocks), zone_of] = False
    movable = changes.any(axis=1)
    zones = np.unique(np.concatenate([zone_of[movable], np.flatnonzero(changes.any(axis=0))]))
    return around(problem, constraints, zone_of, zones, free)
