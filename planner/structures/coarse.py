"""Zones cut into a few connected parts each, so that zones can be redrawn in one small program.

A part is connected in the contiguity graph and lies in one zone of the base plan.  Any area that
is connected in parts is connected in blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.dtypes import Bools, Floats, Ints
from planner.errors import StructureError
from planner.structures.arrangement import Arrangement
from planner.structures.buildings import Buildings

if TYPE_CHECKING:
    from geodata import District

__all__ = ["Parts", "cut_into_parts"]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Connected parts of zones.

    Parameters
    ----------
    part_of : (n,) int32
        Part of each block, -1 where it has no school.
    edge_i, edge_j : (e,) int32
        Parts that share a border, i < j.
    metres : (e,) float64 [m]
        Between their middles.
    root : (m,) int32
        Part each building stands in, or the nearest of its zone where it stands outside of it.
    """

    part_of: Ints
    edge_i: Ints
    edge_j: Ints
    metres: Floats
    root: Ints

    @property
    def count(self) -> int:
        """Number of parts."""
        return int(self.part_of.max(initial=-1)) + 1

    def graph(self, lengths: Floats) -> csr_array:
        """Return the symmetric graph of parts with these edge lengths."""
        i = np.concatenate([self.edge_i, self.edge_j])
        j = np.concatenate([self.edge_j, self.edge_i])
        both = np.concatenate([lengths, lengths])
        return csr_array((both, (i, j)), shape=(self.count, self.count))


def cut_into_parts(
    district: District,
    base: Arrangement,
    students: Floats,
    buildings: Buildings,
    *,
    parts: int = 120,
) -> Parts:
    """Cut the zones of a base plan into about so many connected parts of like size.

    Parameters
    ----------
    district : District
    base : Arrangement
    students : (n,) float64 [students]
    buildings : Buildings
    parts : int

    Notes
    -----
    A zone is halved along its longer side until no part has more than its share of students; what
    falls into pieces becomes parts of its own, the smallest pieces join a neighbour of their zone.
    """
    served = np.asarray((base.school_of >= 0).all(axis=1))
    zone_of = np.unique(base.school_of, axis=0, return_inverse=True)[1].reshape(-1)
    graph = _inner_graph(district, zone_of, served)
    most = float(students[served].sum()) / max(parts, 1)
    xy = district.blocks[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    piece = connected_components(graph, directed=False)[1]
    waiting = [np.flatnonzero(served & (piece == p)) for p in np.unique(piece[served])]
    done: list[NDArray[np.intp]] = []
    while waiting:
        blocks = waiting.pop()
        if students[blocks].sum() <= most * 1.3 or len(blocks) < 4:
            done.append(blocks)
            continue
        for half in _halves(blocks, xy, students):
            inner = connected_components(graph[half][:, half], directed=False)[1]
            waiting += [half[inner == c] for c in range(int(inner.max()) + 1)]
    done.sort(key=lambda blocks: int(blocks.min()))
    part_of = np.full(len(served), -1, dtype=np.int32)
    for number, blocks in enumerate(done):
        part_of[blocks] = number
    part_of = _join_small(part_of, graph, students, most * 0.2)
    return _finish(district, base, part_of, xy=xy, students=students, buildings=buildings)


def _inner_graph(district: District, zone_of: NDArray[np.intp], served: Bools) -> csr_array:
    """Keep the borders inside zones."""
    i, j = district.graph.edge_i, district.graph.edge_j
    same = (zone_of[i] == zone_of[j]) & served[i] & served[j]
    i, j = i[same], j[same]
    n = len(zone_of)
    ones = np.ones(2 * len(i))
    return csr_array((ones, (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n, n))


def _halves(
    blocks: NDArray[np.intp], xy: Floats, students: Floats
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Split blocks into two halves of like many students, across the longer side."""
    inside = xy[blocks]
    axis = int(np.argmax(np.ptp(inside, axis=0)))
    order = blocks[np.argsort(inside[:, axis], kind="stable")]
    load = np.cumsum(students[order])
    middle = int(np.searchsorted(load, load[-1] / 2))
    middle = min(max(middle, 1), len(order) - 1)
    return np.sort(order[:middle]), np.sort(order[middle:])


def _join_small(part_of: Ints, graph: csr_array, students: Floats, least: float) -> Ints:
    """Join parts with very few students to the smallest neighbouring part of their zone."""
    part_of = part_of.copy()
    i, j = graph.nonzero()
    while True:
        inside = part_of >= 0
        load = np.bincount(part_of[inside], weights=students[inside])
        crossing = part_of[i] != part_of[j]
        links = np.unique(np.column_stack([part_of[i], part_of[j]])[crossing], axis=0)
        small = [p for p in np.argsort(load, kind="stable") if load[p] < least]
        joined = False
        for p in small:
            neighbours = links[links[:, 0] == p, 1]
            if len(neighbours):
                into = neighbours[np.argmin(load[neighbours])]
                part_of[part_of == p] = into
                part_of[part_of > p] -= 1
                joined = True
                break
        if not joined:
            return part_of


def _finish(
    district: District,
    base: Arrangement,
    part_of: Ints,
    *,
    xy: Floats,
    students: Floats,
    buildings: Buildings,
) -> Parts:
    count = int(part_of.max(initial=-1)) + 1
    inside = part_of >= 0
    weight = np.maximum(students[inside], 1e-9)
    load = np.bincount(part_of[inside], weights=weight, minlength=count)
    middle = np.column_stack(
        [
            np.bincount(part_of[inside], weights=weight * xy[inside, k], minlength=count) / load
            for k in (0, 1)
        ]
    )
    i, j = part_of[district.graph.edge_i], part_of[district.graph.edge_j]
    keep = (i >= 0) & (j >= 0) & (i != j)
    low, high = np.minimum(i, j)[keep], np.maximum(i, j)[keep]
    pairs = np.unique(np.column_stack([low, high]), axis=0).astype(np.int32)
    root = _roots(district, base, part_of, xy, buildings)
    metres = np.hypot(*(middle[pairs[:, 0]] - middle[pairs[:, 1]]).T)
    return Parts(part_of, pairs[:, 0], pairs[:, 1], metres, root)


def _roots(
    district: District, base: Arrangement, part_of: Ints, xy: Floats, buildings: Buildings
) -> Ints:
    """Return the part each building's zone grows from, (m,).

    Its own block's, or the nearest block's of its zone where it stands outside of it.
    """
    stands = pd.Index(list(district.schools["block_id"].iloc[buildings.columns]))
    root = np.full(len(stands), -1, dtype=np.int32)
    for s, block in enumerate(district.blocks.index.get_indexer(stands)):
        mine = np.flatnonzero((base.school_of == s).any(axis=1) & (part_of >= 0))
        away = np.hypot(xy[mine, 0] - buildings.x_m[s], xy[mine, 1] - buildings.y_m[s])
        if block >= 0 and block in mine:
            root[s] = part_of[block]
        elif len(mine) and not np.isnan(away).all():
            root[s] = part_of[mine[int(np.nanargmin(away))]]
    if (root < 0).any():
        lost = [b.school_id for b, r in zip(buildings.all, root, strict=True) if r < 0]
        raise StructureError(
            f"no place is known for {', '.join(lost)}",
            "a zone that is redrawn grows from its building's block",
            "give these schools a place in the schools file, or keep zones as they are",
        )
    return root
