"""A structure as a table: zone (or cluster, or the whole district) and grades → school.

Pairs, asymmetric clusters, grade centers and K-12 chains are rows of this table.  A row for
every zone that a base plan draws keeps that zone; rows for ``*`` serve the whole district.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.grades import GRADE_RANK, GradeSpan
from planner.errors import OverlappingSpansError, StructureError, UnservedGradeError
from planner.structures.arrangement import Arrangement
from planner.structures.buildings import Buildings

__all__ = ["EVERYWHERE", "Served", "Structure"]

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Served:
    """One row: students of a zone in these grades go to this school.

    Parameters
    ----------
    zone : str
        Lead school of a zone of the base plan, or ``*`` for the whole district.
    grades : GradeSpan
    school_id : str
    """

    zone: str
    grades: GradeSpan
    school_id: str


@dataclass(frozen=True, slots=True)
class Structure:
    """Rows that together serve every zone and grade exactly once.

    Parameters
    ----------
    rows : tuple of Served
    name : str
    """

    rows: tuple[Served, ...]
    name: str = ""

    @classmethod
    def grade_centers(cls, spans: Mapping[str, str], name: str = "") -> Structure:
        """One building for the whole district in each grade.

        Parameters
        ----------
        spans : mapping of school to span
            Such as ``{"east": "K-1", "south": "2-3"}``.
        """
        rows = (Served(EVERYWHERE, GradeSpan.parse(t), s) for s, t in spans.items())
        return cls(tuple(rows), name)

    @classmethod
    def cluster(cls, zones: Iterable[str], spans: Mapping[str, str], name: str = "") -> Structure:
        """Zones that share buildings and divide the grades among them.

        Parameters
        ----------
        zones : iterable of str
        spans : mapping of school to span
            A school whose own zone is in the cluster may share its grades with others: each zone
            then keeps its own school for those grades, so ``{"a": "K-2", "b": "K-2", "c": "3-5"}``
            sends zones a and b to their own school first and to c together afterwards.  Zones
            whose school serves other grades need a row of their own (see `with_rows`).
        """
        parsed = {school: GradeSpan.parse(text) for school, text in spans.items()}
        rows, homeless = [], []
        for zone in zones:
            for span in dict.fromkeys(parsed.values()):
                sharing = [s for s, other in parsed.items() if other == span]
                if len(sharing) == 1:
                    rows.append(Served(zone, span, sharing[0]))
                elif zone in sharing:
                    rows.append(Served(zone, span, zone))
                else:
                    homeless.append(f"zone {zone} in grades {span} ({' or '.join(sharing)}?)")
        if homeless:
            raise UnservedGradeError(
                f"not said which school serves {'; '.join(homeless)}",
                "several schools share these grades and the zone's own school is none of them",
                "give rows zone, grades, school instead of spans alone",
            )
        return cls(tuple(rows), name)

    @property
    def schools(self) -> tuple[str, ...]:
        """Schools that serve any grade, sorted."""
        return tuple(sorted({row.school_id for row in self.rows}))

    def with_rows(self, rows: Iterable[Served]) -> Structure:
        """Return the structure with more rows."""
        return Structure((*self.rows, *rows), self.name)

    def over(
        self, base: Arrangement, zone_of: NDArray[np.int32], zones: Sequence[str]
    ) -> Structure:
        """Complete the structure: zones it does not name keep their schools of a base plan.

        Parameters
        ----------
        base : Arrangement
        zone_of : (n,) int32
            Zone of each block in the base plan.
        zones : sequence of str
            Names of the zones.
        """
        named = {row.zone for row in self.rows}
        extra = []
        for z, zone in enumerate(zones):
            inside = np.flatnonzero(zone_of == z)
            if zone in named or EVERYWHERE in named or not len(inside):
                continue
            extra += _rows_of_zone(zone, base, base.school_of[inside])
        return self.with_rows(extra)

    def check(self, grades: Sequence[str], zones: Sequence[str], buildings: Buildings) -> None:
        """Refuse rows that leave a grade out, serve it twice, or ask too much of a building.

        Raises
        ------
        UnservedGradeError, OverlappingSpansError, StructureError
            With every fault of its kind.
        """
        faults = self._strangers(zones, buildings) + self._unfit(grades, buildings)
        if faults:
            raise StructureError(
                "; ".join(faults),
                "a building can only serve the grades it is fit for, once and for known zones",
                "correct the rows, or the building's allowed grades",
            )
        doubled, missing = [], []
        for zone in zones:
            for grade in grades:
                serving = self._serving(zone, grade)
                if len(serving) > 1:
                    doubled.append((zone, grade, serving))
                elif not serving:
                    missing.append((zone, grade))
        if missing:
            raise UnservedGradeError(
                f"served by nobody: {_say(missing)}",
                "every student must have exactly one school in every grade",
                "add rows for these grades, or leave the grades out of the structure",
            )
        if doubled:
            said = [(z, f"{g} ({' and '.join(s)})") for z, g, s in doubled]
            raise OverlappingSpansError(
                f"served twice: {_say(said)}",
                "every student must have exactly one school in every grade",
                "let the grade spans of one zone follow each other without overlap",
            )

    def arrange(
        self,
        *,
        block_ids: NDArray[np.str_],
        grades: Sequence[str],
        zone_of: NDArray[np.int32],
        zones: Sequence[str],
        buildings: Buildings,
    ) -> Arrangement:
        """Apply the table to the blocks of its zones.

        Parameters
        ----------
        block_ids : (n,) str array
        grades : sequence of str
        zone_of : (n,) int32
            Zone of each block; -1 blocks are served only by rows for the whole district.
        zones : sequence of str
        buildings : Buildings
        """
        self.check(grades, zones, buildings)
        index = {school: i for i, school in enumerate(buildings.ids)}
        table = np.full((len(zones) + 1, len(grades)), -1, dtype=np.int32)
        for g, grade in enumerate(grades):
            for row in self.rows:
                if not row.grades.contains(grade):
                    continue
                rows = slice(None) if row.zone == EVERYWHERE else [zones.index(row.zone)]
                table[rows, g] = index[row.school_id]
        return Arrangement(block_ids, tuple(grades), buildings.ids, table[zone_of])

    def _serving(self, zone: str, grade: str) -> list[str]:
        return [
            row.school_id
            for row in self.rows
            if row.zone in (zone, EVERYWHERE) and row.grades.contains(grade)
        ]

    def _strangers(self, zones: Sequence[str], buildings: Buildings) -> list[str]:
        known = set(buildings.ids)
        schools = sorted({r.school_id for r in self.rows} - known)
        strange = sorted({r.zone for r in self.rows} - set(zones) - {EVERYWHERE})
        return [f"unknown school {s}" for s in schools] + [f"unknown zone {z}" for z in strange]

    def _unfit(self, grades: Sequence[str], buildings: Buildings) -> list[str]:
        fit = {b.school_id: b.allowed for b in buildings.all}
        faults = {
            f"{r.school_id} serves {r.grades} but is fit for {fit[r.school_id]}"
            for r in self.rows
            if r.school_id in fit
            and any(g in grades and not fit[r.school_id].contains(g) for g in r.grades.grades)
        }
        return sorted(faults)


def _rows_of_zone(zone: str, base: Arrangement, school_of: NDArray[np.int32]) -> list[Served]:
    """Read a zone's rows off a base plan, where the whole zone goes to one school a grade."""
    first = school_of[0]
    if (school_of != first).any():
        raise StructureError(
            f"zone {zone} is not served as one in every grade",
            "its schools cannot be kept as they are when other zones are reorganised",
            "give rows for this zone",
        )
    return [
        Served(zone, GradeSpan(grade, grade), str(base.school_ids[school]))
        for grade, school in zip(base.grades, first, strict=True)
        if school >= 0
    ]


def _rank(told: str) -> int:
    """Return the rank of a grade that may have its schools behind it, as in "K (A and B)"."""
    return GRADE_RANK[told.partition(" ")[0]]


def _say(cells: Sequence[tuple[str, str]], limit: int = 8) -> str:
    by_zone: dict[str, list[str]] = {}
    for zone, grade in cells:
        by_zone.setdefault(zone, []).append(grade)
    parts = [
        f"zone {zone}: grades {', '.join(sorted(set(g), key=_rank))}"
        for zone, g in list(by_zone.items())[:limit]
    ]
    if len(by_zone) > limit:
        parts.append(f"and {len(by_zone) - limit} more zones")
    return "; ".join(parts)
