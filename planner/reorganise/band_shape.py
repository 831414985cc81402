"""Rows that keep redrawn areas in one piece, and bands at the grades where they may begin."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components, dijkstra

from geodata.dtypes import Floats, Ints
from planner.model.sheet import Sheet
from planner.reorganise.band_layout import Names
from planner.structures.coarse import Parts

__all__ = ["Connected", "write_cuts", "write_homes", "write_ordering"]

Index = NDArray[np.intp]
DISCOUNT = 0.01  # of a way inside today's area, so that today's plan stays possible


@dataclass(frozen=True, slots=True, eq=False)
class Connected:
    """Every building's area, in every grade, is one piece around the building.

    Parameters
    ----------
    parts : Parts
    before : (m, Z) float64 [m]
        Distance of each part from each building, along parts.
    """

    parts: Parts
    before: Floats

    @classmethod
    def around(cls, parts: Parts, table: Ints) -> Connected:
        """Measure ways from every building, shorter inside its area of a table (Z, G)."""
        i, j = parts.edge_i, parts.edge_j
        before = np.empty((len(parts.root), parts.count))
        for s, root in enumerate(parts.root):
            own = (table == s).any(axis=1)
            lengths = np.where(own[i] & own[j], DISCOUNT, 1.0) * np.maximum(parts.metres, 1.0)
            before[s] = dijkstra(parts.graph(lengths), directed=False, indices=np.array([root]))[0]
        return cls(parts, before)

    def mend(self, table: Ints) -> Ints:
        """Give parts that are cut off from their building to a building next to them."""
        out = table.copy()
        for g in range(table.shape[1]):
            column = out[:, g]
            for _ in range(len(column)):
                stray = ~self._rooted(column)
                if not stray.any():
                    break
                i = np.concatenate([self.parts.edge_i, self.parts.edge_j])
                j = np.concatenate([self.parts.edge_j, self.parts.edge_i])
                beside = stray[i] & ~stray[j]
                if not beside.any():
                    break
                column[i[beside][0]] = column[j[beside][0]]
        return out

    def _rooted(self, column: Ints) -> NDArray[np.bool_]:
        i, j = self.parts.edge_i, self.parts.edge_j
        same = column[i] == column[j]
        graph = self.parts.graph(np.where(same, 1.0, 0.0))
        graph.eliminate_zeros()
        piece = connected_components(graph, directed=False)[1]
        rooted = np.zeros(len(column), dtype=bool)
        for s in np.unique(column):
            root = self.parts.root[s]
            if column[root] == s:
                rooted |= (piece == piece[root]) & (column == s)
        return rooted


def write_ordering(
    sheet: Sheet, names: Names, connected: Connected, number: Index, assign: Index
) -> None:
    """Write that a part may join a building only together with a neighbour nearer to it.

    Maths   ``w[u,g,s] <= sum of w[v,g,s] over neighbours v of u nearer to s``
    Exact   sufficient for contiguity, not necessary: some connected areas are left out

    Parameters
    ----------
    number : (Z, G, m) int
        Place of each triple among the allowed, -1 where forbidden.
    """
    parts = connected.parts
    i = np.concatenate([parts.edge_i, parts.edge_j])
    j = np.concatenate([parts.edge_j, parts.edge_i])
    zones, grades, m = number.shape
    kept: list[Index] = []
    entries: list[tuple[Index, Index, Floats]] = []
    count = 0
    for s in range(m):
        nearer = connected.before[s][j] < connected.before[s][i]
        to, via = i[nearer], j[nearer]
        for g in range(grades):
            own = number[:, g, s]
            here = np.flatnonzero((own >= 0) & (np.arange(zones) != parts.root[s]))
            row_of = np.full(zones, -1, dtype=np.intp)
            row_of[here] = count + np.arange(len(here))
            linked = (row_of[to] >= 0) & (own[via] >= 0)
            entries.append((row_of[here], assign[own[here]], np.ones(len(here))))
            less = -np.ones(int(linked.sum()))
            entries.append((row_of[to[linked]], assign[own[via[linked]]], less))
            kept.append(np.column_stack([here, np.full(len(here), g), np.full(len(here), s)]))
            count += len(here)
    triple = np.concatenate(kept)
    _add(
        sheet,
        "ordering",
        lambda k: names.triple(triple[k]),
        (-math.inf, 0),
        entries=entries,
        count=count,
    )


def write_homes(
    sheet: Sheet, names: Names, connected: Connected, *, number: Index, assign: Index, serve: Index
) -> None:
    """Write that a building serves its own part in every grade it serves.

    Maths   ``serve[s,g] <= w[root(s),g,s]``

    Parameters
    ----------
    serve : (m, G) int
        Column of each building and grade, -1 where it may not serve it.
    """
    home = number[connected.parts.root, :, np.arange(number.shape[2])]
    cell = np.argwhere((serve >= 0) & (home >= 0))
    row, ones = np.arange(len(cell)), np.ones(len(cell))
    at = tuple(cell.T)
    entries = [(row, serve[at], ones), (row, assign[home[at]], -ones)]
    _add(
        sheet,
        "home",
        lambda k: names.pair(cell[k]),
        (-math.inf, 0),
        entries=entries,
        count=len(cell),
    )


def _add(
    sheet: Sheet,
    family: str,
    label: Callable[[int], str],
    sides: tuple[float, float],
    *,
    entries: Sequence[tuple[Index, Index, Floats]],
    count: int,
) -> None:
    """Add rows from pieces of (row, column, factor)."""
    if count:
        row, column, factor = (np.concatenate([entry[k] for entry in entries]) for k in range(3))
        sheet.add_rows(family, label, sides, (row, column, factor), count=count)


def write_cuts(
    sheet: Sheet, names: Names, cuts: tuple[str, ...], number: Index, assign: Index
) -> None:
    """Write: students change building only before the grades named."""
    grades = names.units.grades
    kept: list[Index] = []
    entries: list[tuple[Index, Index, Floats]] = []
    count = 0
    for g in range(len(grades) - 1):
        if grades[g + 1] in cuts:
            continue
        low, high = number[:, g], number[:, g + 1]
        u, s = np.nonzero((low >= 0) | (high >= 0))
        row = count + np.arange(len(u))
        for place, factor in ((low[u, s], 1.0), (high[u, s], -1.0)):
            on = place >= 0
            entries.append((row[on], assign[place[on]], np.full(int(on.sum()), factor)))
        kept.append(np.column_stack([u, np.full(len(u), g), s]))
        count += len(u)
    triple = np.concatenate(kept) if kept else np.zeros((0, 3), dtype=np.intp)
    _add(sheet, "no_cut", lambda k: names.triple(triple[k]), (0, 0), entries=entries, count=count)
