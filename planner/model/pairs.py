"""The graph of pairs: what can be joined to what within a zone.

Nodes are the open pairs (block, zone); two pairs are neighbours when their blocks share a border
and their zone is the same.  A zone is connected when every chosen pair is joined to the pair of
the zone's root through chosen pairs.

Today's islands: the pair of an island's block with the zone it is in today is *exempt*, because
an island may stay whole without being joined to the root.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.dtypes import Bools, Floats, Ints
from planner.model.layout import Layout, lay_out
from planner.model.rows import Index
from planner.problem import Problem
from planner.terms import Constraint, Contiguous


@dataclass(frozen=True, slots=True)
class PairGraph:
    """Pairs and their neighbours in the same zone.

    Parameters
    ----------
    layout : Layout
    tail, head : (a,) positions of pairs
        Both directions of every neighbourhood, sorted by tail, then head.
    root : (r,) positions
        The open pairs of the zones' roots.
    island : (p,) int32
        Number of today's island for exempt pairs, -1 for all others.
    """

    layout: Layout
    tail: Index
    head: Index
    root: Index
    island: Ints

    @property
    def n_pairs(self) -> int:
        """Number of pairs."""
        return self.layout.n_pairs

    def matrix(self, weight: Floats | None = None) -> csr_array:
        """Return the neighbourhoods as a symmetric (p, p) matrix, 1 or `weight` (a,) at each."""
        data = np.ones(len(self.tail)) if weight is None else weight
        shape = (self.n_pairs, self.n_pairs)
        return csr_array((data, (self.tail, self.head)), shape=shape)

    def with_source(self) -> csr_array:
        """Return the (p + 1, p + 1) matrix with one more node p that is joined to every root."""
        p = self.n_pairs
        source = np.full(len(self.root), p)
        tail = np.concatenate([self.tail, source, self.root])
        head = np.concatenate([self.head, self.root, source])
        return csr_array((np.ones(len(tail)), (tail, head)), shape=(p + 1, p + 1))


def is_contiguous(constraints: Sequence[Constraint]) -> bool:
    """Tell whether zones must be in one piece."""
    return any(isinstance(c, Contiguous) for c in constraints)


def islands_allowed(problem: Problem, constraints: Sequence[Constraint]) -> Ints:
    """Return the number of the island of today that each block may stay in, (n,), -1 for none."""
    contiguous = [c for c in constraints if isinstance(c, Contiguous)]
    if not contiguous or any(c.dissolve_islands for c in contiguous):
        return np.full(problem.n_blocks, -1, dtype=np.int32)
    return problem.todays_islands()


def pair_graph(layout: Layout, constraints: Sequence[Constraint]) -> PairGraph:
    """Build the graph of a layout's open pairs."""
    problem = layout.problem
    row = np.full(problem.n_blocks, -1)
    row[layout.blocks] = np.arange(len(layout.blocks))
    row_i, row_j = row[problem.edge_i], row[problem.edge_j]
    inside = (row_i >= 0) & (row_j >= 0)
    index_i, index_j = layout.index[row_i[inside]], layout.index[row_j[inside]]
    at = np.nonzero((index_i >= 0) & (index_j >= 0))
    pair_i, pair_j = index_i[at].astype(np.intp), index_j[at].astype(np.intp)
    tail, head = np.concatenate([pair_i, pair_j]), np.concatenate([pair_j, pair_i])
    order = np.lexsort((head, tail))
    root_row = row[problem.root[layout.zones]]
    known = root_row >= 0
    root = layout.index[root_row[known], np.flatnonzero(known)].astype(np.intp)
    return PairGraph(
        layout=layout,
        tail=tail[order],
        head=head[order],
        root=root[root >= 0],
        island=_exempt_islands(layout, islands_allowed(problem, constraints)),
    )


def _exempt_islands(layout: Layout, island_of: Ints) -> Ints:
    """Return the island number of each exempt pair, (p,), -1 for all others.

    Only an island all blocks of which may still take today's zone can stay whole.
    """
    island = np.where(
        layout.problem.current[layout.block] == layout.zone, island_of[layout.block], -1
    )
    known = island_of >= 0
    size = np.bincount(island_of[known])
    open_blocks = np.bincount(island[island >= 0], minlength=len(size))
    can_stay = open_blocks == size
    if not len(size):
        return np.asarray(island, dtype=np.int32)
    return np.where(can_stay[island] & (island >= 0), island, -1).astype(np.int32)


def reachable(graph: PairGraph) -> Bools:
    """Return the pairs that a connected plan can use, (p,).

    A pair must be joined to its zone's root through open pairs, or belong to an island of today.
    """
    _, part = connected_components(graph.matrix(), directed=False)
    rooted = np.isin(part, part[graph.root])
    return np.asarray(rooted | (graph.island >= 0))


def close_unreachable(layout: Layout, constraints: Sequence[Constraint]) -> Layout:
    """Return the layout without the pairs that no connected plan can use."""
    if not is_contiguous(constraints):
        return layout
    keep = reachable(pair_graph(layout, constraints))
    if keep.all():
        return layout
    is_open = layout.index >= 0
    is_open[layout.row_of_pair[~keep], layout.place_of_pair[~keep]] = False
    return lay_out(layout.problem, is_open, layout.blocks, layout.zones, layout.others)
