"""Zones of a base plan as units: their students by grade, their schools, their neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Bools, Floats, Ints
from geodata.errors import counted
from planner.errors import StructureError
from planner.structures.ageing import Ageing
from planner.structures.arrangement import Arrangement
from planner.structures.buildings import Buildings
from planner.structures.residents import Residents

if TYPE_CHECKING:
    from geodata import District

__all__ = ["ZoneUnits"]


@dataclass(frozen=True, slots=True, eq=False)
class ZoneUnits:
    """Zones whose blocks stay together while grades move between buildings.

    Parameters
    ----------
    names : tuple of str
        Lead school of each of Z zones (lowest grade).
    grades : tuple of str
    zone_of : (n,) int32
        Zone of each block; -1 where a block has no school in any of the grades.
    base : (Z, G) int32
        School of each zone and grade in the base plan, an index into the buildings.
    counts : mapping of measure to (Z, G) float64 [students]
    cohorts : (years + 1, Z, G) float64 [students]
        Students this year and as cohorts age, those of lower grades among them.
    student_m : (Z, G, m) float64 [students · m]
        Students times metres to every building; NaN where some way is unknown.
    borders : (Z, Z) bool
        Whether two zones touch.
    stays : (Z, G, m) float64 [students] or None
        Students who are in the building today already, where zones have no single school today.
    """

    names: tuple[str, ...]
    grades: tuple[str, ...]
    zone_of: Ints
    base: Ints
    counts: Mapping[str, Floats]
    cohorts: Floats
    student_m: Floats
    borders: Bools
    stays: Floats | None = None

    @classmethod
    def of(
        cls,
        district: District,
        residents: Residents,
        base: Arrangement,
        buildings: Buildings,
        *,
        measures: Sequence[str] = ("students",),
        ageing: Ageing | None = None,
    ) -> ZoneUnits:
        """Group the blocks that a base plan sends to the same schools in every grade.

        Parameters
        ----------
        district : District
        residents : Residents
        base : Arrangement
            Its schools are those of `buildings`, in their order.
        buildings : Buildings
        measures : sequence of str
            ``students``, ``poor``, ``group:<name>``.
        ageing : Ageing, optional
        """
        if list(base.school_ids) != list(buildings.ids):
            raise StructureError(
                "the base plan and the buildings name different schools",
                "a zone cannot be told from a school that is not among the buildings",
                "take the buildings of every school of the base plan",
            )
        kinds, kind_of = np.unique(base.school_of, axis=0, return_inverse=True)
        kind_of = kind_of.reshape(-1)
        whole = np.asarray((kinds >= 0).all(axis=1))
        names, order = _names(kinds, whole, base)
        renumber = np.full(len(kinds), -1, dtype=np.int32)
        renumber[order] = np.arange(len(order), dtype=np.int32)
        zone_of: Ints = renumber[kind_of]
        _refuse_left_out(zone_of, residents)
        table = kinds[order].astype(np.int32)
        return cls.grouped(
            district,
            residents,
            buildings,
            names=names,
            zone_of=zone_of,
            table=table,
            measures=measures,
            ageing=ageing,
        )

    @classmethod
    def grouped(
        cls,
        district: District,
        residents: Residents,
        buildings: Buildings,
        *,
        names: Sequence[str],
        zone_of: Ints,
        table: Ints,
        measures: Sequence[str] = ("students",),
        ageing: Ageing | None = None,
    ) -> ZoneUnits:
        """Take blocks that stay together as they are grouped.

        Parameters
        ----------
        names : sequence of str
        zone_of : (n,) int32
        table : (Z, G) int32
            Building of each group and grade today; -1 for none.
        """
        count = len(names)
        counts = {m: _by_zone(residents.measure(m), zone_of, count) for m in measures}
        aged = residents.cohorts(ageing or Ageing(years=0))
        cohorts = np.stack([_by_zone(year, zone_of, count) for year in aged])
        metres = np.asarray(district.travel.metres, dtype=np.float64)[:, buildings.columns]
        by_grade = residents.students.T
        way = np.stack([_student_metres(n, metres, zone_of, count) for n in by_grade], axis=1)
        borders = np.zeros((count, count), dtype=bool)
        i, j = zone_of[district.graph.edge_i], zone_of[district.graph.edge_j]
        both = (i >= 0) & (j >= 0) & (i != j)
        borders[i[both], j[both]] = borders[j[both], i[both]] = True
        return cls(
            names=tuple(names),
            grades=residents.grades,
            zone_of=zone_of,
            base=table,
            counts=counts,
            cohorts=cohorts,
            student_m=way,
            borders=borders,
        )

    @classmethod
    def whole(
        cls,
        district: District,
        residents: Residents,
        buildings: Buildings,
        *,
        measures: Sequence[str] = ("students",),
        ageing: Ageing | None = None,
    ) -> ZoneUnits:
        """Take the whole district as one zone, with no base plan (base is -1)."""
        nobody = np.full((1, len(residents.grades)), -1, dtype=np.int32)
        one = np.zeros(len(residents.block_ids), dtype=np.int32)
        return cls.grouped(
            district,
            residents,
            buildings,
            names=("*",),
            zone_of=one,
            table=nobody,
            measures=measures,
            ageing=ageing,
        )

    def __len__(self) -> int:
        return len(self.names)

    def adjacent_pairs(self) -> list[tuple[int, int]]:
        """Return every pair of zones that touch, i < j."""
        return [(int(i), int(j)) for i, j in np.argwhere(np.triu(self.borders))]

    def connected_sets(self, largest: int) -> Iterator[tuple[int, ...]]:
        """Yield every set of 2 … `largest` zones that hang together, once each, sorted."""
        level = {frozenset(pair) for pair in self.adjacent_pairs()}
        for _ in range(2, largest + 1):
            yield from sorted(tuple(sorted(group)) for group in level)
            level = {
                group | {int(other)}
                for group in level
                for other in np.flatnonzero(self.borders[sorted(group)].any(axis=0))
                if other not in group
            }

    def arrangement(self, table: Ints, base: Arrangement) -> Arrangement:
        """Apply a table (Z, G) of schools to the blocks."""
        with_nobody = np.vstack([table, np.full((1, table.shape[1]), -1, dtype=np.int32)])
        return Arrangement(base.block_ids, base.grades, base.school_ids, with_nobody[self.zone_of])


def _names(
    kinds: Ints, whole: Bools, base: Arrangement
) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Name each zone by its lead school; a second zone of one lead gets the next schools too."""
    rows = np.flatnonzero(whole)
    lead = [str(base.school_ids[kinds[row, 0]]) for row in rows]
    names = [
        name
        if lead.count(name) == 1
        else "+".join(dict.fromkeys(str(base.school_ids[s]) for s in kinds[row]))
        for name, row in zip(lead, rows, strict=True)
    ]
    order = np.argsort(np.array(names, dtype=np.str_), kind="stable")
    return tuple(names[i] for i in order), rows[order]


def _student_metres(students: Floats, metres: Floats, zone_of: Ints, count: int) -> Floats:
    """Add students times metres up by zone, (count, m); nobody's unknown way does not count."""
    values = np.where((students == 0)[:, None], 0.0, students[:, None] * metres)
    return _by_zone(values, zone_of, count)


def _by_zone(values: Floats, zone_of: Ints, count: int) -> Floats:
    """Add rows of the blocks up by zone, (count, k); blocks at -1 are left out."""
    inside = zone_of >= 0
    out = np.zeros((count, values.shape[1]))
    np.add.at(out, zone_of[inside], values[inside])
    return out


def _refuse_left_out(zone_of: Ints, residents: Residents) -> None:
    outside = zone_of < 0
    left = float(np.nansum(residents.students[outside]))
    if left > 0:
        raise StructureError(
            f"{counted(outside.sum(), 'block')} with {counted(round(left), 'student')} without a "
            "school in some grade",
            "their zone cannot be paired with another",
            "complete today's plan for these blocks, or plan for fewer grades",
        )
