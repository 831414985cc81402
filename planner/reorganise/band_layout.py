"""Columns and labels of the band program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Ints
from planner.errors import InfeasibleError
from planner.structures.buildings import Buildings
from planner.structures.zones import ZoneUnits

__all__ = ["Layout", "Names", "numbers"]

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Which column says what.

    Parameters
    ----------
    assign : (k,) int
        Columns of the allowed (zone, grade, building) triples.
    triple : (k, 3) int
        Those triples.
    shape : (Z, G, m)
    n_columns : int
    """

    assign: Index
    triple: Index
    shape: tuple[int, int, int]
    n_columns: int

    def cells(self, table: Ints) -> Index:
        """Return the places of a table's triples among the allowed."""
        zones, grades, _ = self.shape
        u, g = np.indices((zones, grades))
        found = numbers(self.triple, self.shape)[u, g, table].ravel()
        if (found < 0).any():
            raise InfeasibleError(
                "the table sends students to a building that is not fit for them or out of reach",
                "it breaks the rules it should be measured by",
                "correct the table, or widen the buildings' allowed grades",
            )
        return found

    def holds(self, table: Ints) -> bool:
        """Tell whether every cell of a table is among the allowed."""
        u, g = np.indices(table.shape)
        return bool((numbers(self.triple, self.shape)[u, g, table] >= 0).all())

    def point(self, table: Ints) -> Floats:
        """Return the assignment columns of a table, as the first columns of a point."""
        out = np.zeros(len(self.assign))
        out[self.cells(table)] = 1.0
        return out

    def table(self, point: Floats) -> Ints:
        """Read a table (Z, G) off a point."""
        zones, grades, _ = self.shape
        out = np.full((zones, grades), -1, dtype=np.int32)
        chosen = self.triple[point[self.assign] > 0.5]
        out[chosen[:, 0], chosen[:, 1]] = chosen[:, 2]
        return out


def numbers(triple: Index, shape: tuple[int, ...]) -> Index:
    """Return the place of every triple among the allowed, (Z, G, m), -1 where forbidden."""
    out = np.full(shape, -1, dtype=np.intp)
    out[tuple(triple.T)] = np.arange(len(triple))
    return out


@dataclass(frozen=True, slots=True)
class Names:
    """Labels of columns and rows."""

    units: ZoneUnits
    buildings: Buildings

    def grade(self, g: int) -> str:
        """Name a grade."""
        return self.units.grades[g]

    def school(self, s: int) -> str:
        """Name a building."""
        return self.buildings.all[s].school_id

    def triple(self, cell: Index) -> str:
        """Name a (zone, grade, building) triple."""
        u, g, s = (int(i) for i in cell)
        return f"{self.units.names[u]},{self.grade(g)},{self.school(s)}"

    def pair(self, cell: Index) -> str:
        """Name a (building, grade) pair."""
        return f"{self.school(int(cell[0]))},{self.grade(int(cell[1]))}"
