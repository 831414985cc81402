"""Rows that keep a zone in one piece.

*Ordering rows* let a model find connected plans around a plan it knows: each chosen pair needs a
chosen neighbour that comes before it in an order growing from the root.  They forbid some
connected plans (sufficient, not necessary), so they prove nothing.

*Neighbour rows* and *dominator rows* hold in every connected plan, so bounds may use them.  They
are left out for exempt pairs (see `planner.model.pairs`), for which they would be wrong.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.dtypes import Bools, Ints
from planner.model.dominators import immediate_dominators
from planner.model.pairs import PairGraph
from planner.model.rows import Index, RowBlock


def neighbour_rows(graph: PairGraph) -> RowBlock:
    """Write ``x[b,z] <= sum of x[i,z] over the neighbours i of b``: valid in every plan.

    Left out for roots and exempt pairs.
    """
    kept = np.flatnonzero(_needs_support(graph))
    return _support_rows(graph, "neighbour", kept, np.ones(len(graph.tail), dtype=bool))


def dominator_rows(graph: PairGraph) -> RowBlock:
    """Write ``x[b,z] <= x[d,z]`` with d the last block every way to b passes: valid always.

    Left out where d is the root and held, and for exempt pairs.
    """
    dominator = immediate_dominators(graph.with_source(), graph.n_pairs)[: graph.n_pairs]
    choices = (graph.layout.index >= 0).sum(axis=1)[graph.layout.row_of_pair]
    is_held = np.zeros(graph.n_pairs + 1, dtype=bool)
    is_held[graph.root] = choices[graph.root] == 1
    is_held[graph.n_pairs] = True
    kept = np.flatnonzero(_needs_support(graph) & (dominator >= 0) & ~is_held[dominator])
    count = len(kept)
    columns = np.concatenate([kept, dominator[kept]])
    entries = (np.repeat([1.0, -1.0], count), (np.tile(np.arange(count), 2), columns))
    return RowBlock(
        "dominator",
        lambda i: graph.layout.pair_name(int(kept[i])),
        np.full(count, -np.inf),
        np.zeros(count),
        csr_array(entries, shape=(count, graph.n_pairs)),
    )


def ordering_rows(graph: PairGraph, zone_of: Ints, *, seed: int = 0) -> list[RowBlock]:
    """Write ``x[b,z] <= sum of x[i,z] over the neighbours i that come before b``.

    Parameters
    ----------
    graph : PairGraph
    zone_of : (n,) int32
        The plan whose connected zones stay possible.
    seed : int
        Different seeds give different orders, hence different neighbourhoods of the same plan.

    Returns
    -------
    list of RowBlock
        The ordering rows, and rows that let an island of today stay or leave only whole.
    """
    rank = growth_order(graph, zone_of, seed=seed)
    standing = standing_islands(graph, zone_of)
    before = rank[graph.head] < rank[graph.tail]
    before &= (standing[graph.head] < 0) | (standing[graph.tail] >= 0)
    needs = np.ones(graph.n_pairs, dtype=bool)
    needs[graph.root] = False
    needs &= standing < 0
    return [
        _support_rows(graph, "ordering", np.flatnonzero(needs), before),
        _whole_islands(graph, standing),
    ]


def growth_order(graph: PairGraph, zone_of: Ints, *, seed: int = 0) -> Index:
    """Return the rank of each pair in an order that grows every zone from its root, (p,).

    Shortest paths from the roots, on which steps inside the plan's own zones cost next to
    nothing: so a zone of the plan comes first, and then its surroundings, ring by ring.
    """
    chosen = graph.layout.point(zone_of) > 0
    rng = np.random.default_rng(seed)
    step = 1.0 + 0.5 * rng.random(graph.n_pairs)
    cost = (step[graph.tail] + step[graph.head]) / 2
    inside = chosen[graph.tail] & chosen[graph.head]
    cost[inside] /= 4.0 * (graph.n_pairs + 1)
    distance = np.full(graph.n_pairs, np.inf)
    if len(graph.root):
        distance = dijkstra(graph.matrix(cost), indices=graph.root, min_only=True)
    rank = np.empty(graph.n_pairs, dtype=np.intp)
    rank[np.lexsort((np.arange(graph.n_pairs), distance))] = np.arange(graph.n_pairs)
    return rank


def standing_islands(graph: PairGraph, zone_of: Ints) -> Ints:
    """Return the island number of exempt pairs whose island stands whole and apart, (p,).

    -1 for all other pairs, also for those of an island that its zone has grown to reach.
    """
    islands = np.unique(graph.island[graph.island >= 0])
    standing = np.full(graph.n_pairs, -1, dtype=np.int32)
    if not len(islands):
        return standing
    problem = graph.layout.problem
    island_of = problem.todays_islands()
    member = island_of >= 0
    stays = member & (zone_of == problem.current)
    size = np.bincount(island_of[member])
    staying = np.bincount(island_of[stays], minlength=len(size))
    _, rooted = problem.pieces(zone_of)
    is_whole = staying == size
    joined = np.zeros(len(size), dtype=bool)
    np.logical_or.at(joined, island_of[stays], rooted[stays])
    stands = is_whole & ~joined
    at = np.flatnonzero(graph.island >= 0)
    keep = at[stands[graph.island[at]]]
    standing[keep] = graph.island[keep]
    return standing


def _needs_support(graph: PairGraph) -> Bools:
    """Return the pairs that need a neighbour in every connected plan, (p,)."""
    needs = graph.island < 0
    needs[graph.root] = False
    return needs


def _support_rows(graph: PairGraph, family: str, pairs: Index, arcs: Bools) -> RowBlock:
    """Write ``x[tail] - sum of x[head] over these arcs <= 0`` for these pairs."""
    place = np.full(graph.n_pairs, -1)
    place[pairs] = np.arange(len(pairs))
    used = np.flatnonzero(arcs & (place[graph.tail] >= 0))
    rows = np.concatenate([np.arange(len(pairs)), place[graph.tail[used]]])
    columns = np.concatenate([pairs, graph.head[used]])
    data = np.concatenate([np.ones(len(pairs)), -np.ones(len(used))])
    return RowBlock(
        family,
        lambda i: graph.layout.pair_name(int(pairs[i])),
        np.full(len(pairs), -np.inf),
        np.zeros(len(pairs)),
        csr_array((data, (rows, columns)), shape=(len(pairs), graph.n_pairs)),
    )


def _whole_islands(graph: PairGraph, standing: Ints) -> RowBlock:
    """Write ``x[b,z] = x[first block of the island, z]`` for islands that stand apart."""
    pairs = np.flatnonzero(standing >= 0)
    _, first, member = np.unique(standing[pairs], return_index=True, return_inverse=True)
    leader = pairs[first[member]]
    follower = pairs[leader != pairs]
    leader = leader[leader != pairs]
    count = len(follower)
    matrix = csr_array(
        (
            np.repeat([1.0, -1.0], count),
            (np.tile(np.arange(count), 2), np.concatenate([follower, leader])),
        ),
        shape=(count, graph.n_pairs),
    )
    return RowBlock(
        "whole_island",
        lambda i: graph.layout.pair_name(int(follower[i])),
        np.zeros(count),
        np.zeros(count),
        matrix,
    )
