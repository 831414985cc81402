"""Separator cuts: find what a point of the model does to break contiguity.

If a set Z of pairs separates b from its zone's root, every connected plan has

    ``x[b,z] <= sum of x[i,z] over Z``,

and for a block of an island of today that may stay whole, with another block c of that island,

    ``x[b,z] <= x[c,z] + sum of x[i,z] over Z``.

Both searches below are pure functions of the pair graph and a point.  Separators are minimal:
each of their pairs touches both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from geodata.dtypes import Bools, Floats
from planner.model.pairs import PairGraph
from planner.model.rows import Index, RowBlock
from planner.model.zone_flows import ZoneFlows, ZoneGraph, widest_way, zone_graph


@dataclass(frozen=True, slots=True)
class Cut:
    """``x[pair] <= sum of x over separator``."""

    pair: int
    separator: tuple[int, ...]


def cut_rows(graph: PairGraph, cuts: Sequence[Cut]) -> RowBlock:
    """Write separator cuts as rows."""
    unique = sorted({(cut.pair, cut.separator) for cut in cuts})
    rows = [np.full(1 + len(z), i) for i, (_, z) in enumerate(unique)]
    columns = [np.array([b, *z]) for b, z in unique]
    data = [np.array([1.0, *[-1.0] * len(z)]) for _, z in unique]
    nothing = np.zeros(0, dtype=np.intp)
    entries = (
        np.concatenate([np.zeros(0), *data]),
        (np.concatenate([nothing, *rows]), np.concatenate([nothing, *columns])),
    )
    return RowBlock(
        "separator",
        lambda i: graph.layout.pair_name(unique[i][0]),
        np.full(len(unique), -np.inf),
        np.zeros(len(unique)),
        csr_array(entries, shape=(len(unique), graph.n_pairs)),
    )


def separate_whole(graph: PairGraph, x: Floats) -> list[Cut]:
    """Find the cuts that a plan breaks; none exactly when every zone is in one piece.

    Parameters
    ----------
    graph : PairGraph
    x : (p,) float64
        0 or 1 at each pair.
    """
    chosen = np.flatnonzero(x > 0.5)
    part_of = connected_components(graph.matrix()[chosen][:, chosen], directed=False)[1]
    part = np.full(graph.n_pairs, -1)
    part[chosen] = part_of
    stray = np.setdiff1d(part_of, part[graph.root])
    cuts: list[Cut] = []
    zone_of_pair = graph.layout.zone
    for number in stray:
        piece = np.flatnonzero(part == number)
        zone = zone_graph(graph, int(zone_of_pair[piece[0]]))
        cuts += _cut_piece(graph, zone, x, piece)
    return cuts


def separate_fraction(
    graph: PairGraph,
    x: Floats,
    *,
    per_zone: int = 30,
    violation: float = 0.02,
    is_over: Callable[[], bool] = lambda: False,
) -> list[Cut]:
    """Find cuts that a point between plans breaks, by the smallest separators.

    Parameters
    ----------
    graph : PairGraph
    x : (p,) float64
    per_zone : int
        Pairs of each zone whose separators are looked for at most, the largest first.
    violation : float
        Cuts broken by less than this are left.
    is_over : function that answers True when it is time to stop
    """
    cuts: list[Cut] = []
    for z in graph.layout.zones:
        zone = zone_graph(graph, int(z))
        if is_over():
            break
        if zone.root >= 0:
            exempt = graph.island[zone.pairs] >= 0
            cuts += _separate_zone(zone, x[zone.pairs].clip(0.0, 1.0), exempt, per_zone, violation)
    return cuts


def _separate_zone(
    zone: ZoneGraph, share: Floats, exempt: Bools, per_zone: int, violation: float
) -> list[Cut]:
    """Find broken cuts of one zone: several for a pair, for one pair behind each separator."""
    cuts = []
    waiting = ~exempt & (share > widest_way(zone, share) + violation)
    flows = None
    for _ in range(per_zone):
        if not waiting.any():
            break
        flows = flows or ZoneFlows.of(zone, share)
        b = int(np.argmax(np.where(waiting, share, -1.0)))
        waiting[b] = False
        for number, separator in enumerate(flows.broken(b, violation)):
            cuts.append(Cut(int(zone.pairs[b]), tuple(int(i) for i in zone.pairs[separator])))
            if number == 0:
                open_way = np.ones(len(share), dtype=bool)
                open_way[separator] = False
                waiting &= _side(zone.matrix, open_way, zone.root)
    return cuts


def minimal_separator(zone: ZoneGraph, separator: Bools, b: int) -> Bools:
    """Drop from a separator of b and the root what does not touch both sides.

    The root alone, where it is in the separator.
    """
    if separator[zone.root]:
        return np.asarray(np.arange(len(separator)) == zone.root)
    for start in (zone.root, b):
        side = _side(zone.matrix, ~separator, start)
        touched = np.zeros(len(side), dtype=bool)
        touched[zone.matrix[np.flatnonzero(side)].indices] = True
        separator = separator & touched
    return separator


def _cut_piece(graph: PairGraph, zone: ZoneGraph, x: Floats, piece: Index) -> list[Cut]:
    """Cut off one stray piece of a zone, from its own side and from the root's side."""
    inside = np.isin(zone.pairs, piece)
    chosen = x[zone.pairs] > 0.5
    around = _touched(zone.matrix, inside) & ~inside
    separators = [around]
    if zone.root >= 0 and chosen[zone.root]:
        home = _side(zone.matrix, chosen, zone.root)
        separators.append(_touched(zone.matrix, home) & ~home)
    island = graph.island[piece]
    free = piece[island < 0]
    extra: tuple[int, ...] = ()
    if not len(free):
        other = np.flatnonzero((graph.island == island[0]) & (x <= 0.5))
        if not len(other):
            return []
        free, extra = piece[:1], (int(other[0]),)
    cuts = []
    for separator in separators:
        for pair in free:
            b = int(np.searchsorted(zone.pairs, pair))
            kept = minimal_separator(zone, separator, b) if zone.root >= 0 else separator & False
            cuts.append(Cut(int(pair), (*extra, *(int(i) for i in zone.pairs[kept]))))
    return cuts


def _touched(matrix: csr_array, nodes: Bools) -> Bools:
    """Return the nodes with a neighbour among these."""
    touched = np.zeros(len(nodes), dtype=bool)
    touched[matrix[np.flatnonzero(nodes)].indices] = True
    return touched


def _side(matrix: csr_array, allowed: Bools, start: int) -> Bools:
    """Return the allowed nodes joined to `start` through allowed nodes."""
    side = np.zeros(len(allowed), dtype=bool)
    nodes = np.flatnonzero(allowed)
    place = int(np.searchsorted(nodes, start))
    reached = breadth_first_order(
        matrix[nodes][:, nodes], place, directed=False, return_predecessors=False
    )
    side[nodes[reached]] = True
    return side
