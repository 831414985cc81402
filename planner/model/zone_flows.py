"""Flows through the pairs of one zone: the smallest separators of a pair from the root.

Every pair lets its share of the block pass, so a smallest separator is one that a largest flow
fills (Menger; Ford and Fulkerson 1956).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow, minimum_spanning_tree

from geodata.dtypes import Floats
from planner.model.pairs import PairGraph
from planner.model.rows import Index

_UNITS = 1_000_000  # flow is counted in millionths
_AMPLE = 2_000_000_000
_SPENT = 10 * _UNITS  # more than any broken cut lets pass
_NESTED = 8  # separators of one pair, each apart from those before


@dataclass(frozen=True, slots=True)
class ZoneGraph:
    """Pairs of one zone.

    Parameters
    ----------
    pairs : (v,) positions of the pairs, ascending
    matrix : (v, v) sparse, symmetric
    root : int
        Place of the root's pair, -1 where it is not open.
    """

    pairs: Index
    matrix: csr_array
    root: int


def zone_graph(graph: PairGraph, zone: int) -> ZoneGraph:
    """Return the pairs of one zone with their neighbourhoods."""
    pairs = np.flatnonzero(graph.layout.zone == zone)
    place = np.full(graph.n_pairs, -1)
    place[pairs] = np.arange(len(pairs))
    mine = place[graph.tail] >= 0
    tail, head = place[graph.tail[mine]], place[graph.head[mine]]
    matrix = csr_array((np.ones(len(tail)), (tail, head)), shape=(len(pairs), len(pairs)))
    roots = place[graph.root]
    roots = roots[roots >= 0]
    return ZoneGraph(pairs, matrix, int(roots[0]) if len(roots) else -1)


def widest_way(zone: ZoneGraph, share: Floats) -> Floats:
    """Return the largest share that some way from the root to each pair has all along, (v,).

    Every separator holds a pair of that way, so a pair whose own share is no larger breaks no cut.
    Infinite for the root; of its neighbours at least their own share, for nothing lies between; 0
    for what no way leads to.
    """
    edges = zone.matrix.tocoo()
    room = share.copy()
    room[zone.root] = 1.0
    # ways over a tree of greatest shares are as wide as any; 0 would mean "no edge" to scipy
    narrow = 2.0 - np.minimum(room[edges.coords[0]], room[edges.coords[1]])
    tree = minimum_spanning_tree(csr_array((narrow, edges.coords), shape=edges.shape))
    order, before = breadth_first_order(tree, zone.root, directed=False)
    width = np.zeros(len(share))
    width[zone.root] = np.inf
    for v in order[1:]:
        u = before[v]
        width[v] = min(width[u], np.inf if u == zone.root else room[u])
    return width


@dataclass(frozen=True, slots=True)
class ZoneFlows:
    """Flows from the root through the pairs of a zone, each of which lets its share pass.

    Parameters
    ----------
    zone : ZoneGraph
    share : (v,) float64
    network : (2v, 2v) sparse
        What enters pair i at i leaves it at v + i.
    gate : (v,) positions of the pairs' own edges in ``network.data``
    """

    zone: ZoneGraph
    share: Floats
    network: csr_array
    gate: Index

    @classmethod
    def of(cls, zone: ZoneGraph, share: Floats) -> ZoneFlows:
        """Build the network of a zone."""
        v = len(share)
        edges = zone.matrix.tocoo()
        nodes = np.arange(v)
        tail = np.concatenate([nodes, v + edges.coords[0]])
        head = np.concatenate([v + nodes, edges.coords[1]])
        # one millionth more, so that of two equal separators the smaller one is found
        gates = np.round(share * _UNITS).astype(np.int32) + 1
        room = np.concatenate([gates, np.full(edges.nnz, _AMPLE, dtype=np.int32)])
        network = csr_array((room.astype(np.int32), (tail, head)), shape=(2 * v, 2 * v))
        network.sort_indices()
        return cls(zone, share, network, network.indptr[:v])  # a pair's own edge stands alone

    def broken(self, b: int, violation: float) -> list[Index]:
        """Return separators of pair b from the root that are smaller than its share.

        The smallest one, nearest to the root and nearest to b; then the smallest ones that use
        none of those before, and so on: one point may break many cuts for one pair.
        """
        found: list[Index] = []
        network = self.network.copy()
        for _ in range(_NESTED):
            flow = maximum_flow(network, len(self.share) + self.zone.root, b)
            if flow.flow_value >= (self.share[b] - violation) * _UNITS:
                break
            near_root, near_b = self._separators(csr_array(network - flow.flow), b)
            found += [near_root] if np.array_equal(near_root, near_b) else [near_root, near_b]
            network.data[self.gate[np.union1d(near_root, near_b)]] = _SPENT
        return found

    def _separators(self, left: csr_array, b: int) -> tuple[Index, Index]:
        """Return the separators that a largest flow fills; `left` is what could still pass."""
        v = len(self.share)
        left.data[left.data < 0] = 0
        left.eliminate_zeros()
        separators = []
        for matrix, start in ((left, v + self.zone.root), (csr_array(left.T), b)):
            reached = np.zeros(2 * v, dtype=bool)
            reached[breadth_first_order(matrix, start, return_predecessors=False)] = True
            filled = reached[:v] != reached[v:]
            filled[[self.zone.root, b]] = False
            separators.append(np.flatnonzero(filled))
        return separators[0], separators[1]
