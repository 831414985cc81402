"""Students by block and grade: what structures move around."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats
from geodata.errors import counted, listed
from geodata.grades import grade_index
from planner.errors import EmptyGroupError, MissingPovertyError, StructureError
from planner.structures.ageing import Ageing, age
from planner.structures.arrangement import grade_levels

if TYPE_CHECKING:
    from geodata import District, StudentCounts

__all__ = ["Residents"]

STUDENTS = "students"


@dataclass(frozen=True, slots=True, eq=False)
class Residents:
    """Students who live in each block, by grade.

    Parameters
    ----------
    block_ids : (n,) str array, sorted
    grades : tuple of str
        G grades in school order.
    students : (n, G) float64 [students]
        NaN unknown.
    groups : mapping of group to (n, G) float64 [students]
    poor : (n, G) float64 [students] or None
        None where the district has no poverty count.
    level_of : mapping of grade to level
    notes : tuple of str
        What a reader must know, such as counts that were spread evenly over grades.
    all_grades : tuple of str
        Every grade the district counts, also those that are left out here; they grow into these.
    all_students : (n, A) float64 [students] or None
        None: only the grades here are known.
    """

    block_ids: NDArray[np.str_]
    grades: tuple[str, ...]
    students: Floats
    groups: Mapping[str, Floats] = field(default_factory=dict)
    poor: Floats | None = None
    level_of: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    all_grades: tuple[str, ...] = ()
    all_students: Floats | None = None

    @classmethod
    def from_district(cls, district: District, grades: Sequence[str] | None = None) -> Residents:
        """Read the counts of a district by grade.

        Parameters
        ----------
        district : District
        grades : sequence of str, optional
            The grades wanted; None: every grade of every level.

        Notes
        -----
        Where the district has no counts by grade, a level's students are spread evenly over its
        grades and a note says so: composition by grade, ageing and sections are then estimates.
        """
        level_of = grade_levels(district)
        chosen = (g for g in level_of if grades is None or g in set(grades))
        wanted = tuple(sorted(chosen, key=grade_index))
        if unknown := [g for g in grades or () if g not in level_of]:
            raise StructureError(
                f"no level of the district teaches grade {', '.join(unknown)}",
                "its students cannot be counted",
                "add the grade to a level's span, or leave it out",
            )
        reader = _GradeReader(district.students, {g: level_of[g] for g in wanted}, district)
        students = reader.read(None, poor=False)
        if students is None:
            raise StructureError(
                "the district has no total count of students",
                "schools are filled with students, not with groups alone",
                "give a total column for the blocks",
            )
        found = {group: reader.read(group, poor=False) for group in district.students.groups}
        groups = {group: counts for group, counts in found.items() if counts is not None}
        poor = reader.read(None, poor=True)
        ids = district.blocks.index.to_numpy(dtype=np.str_)
        every, all_students = _every_grade(district, level_of)
        level_of = {grade: level_of[grade] for grade in wanted}
        notes = reader.told()
        return cls(
            block_ids=ids,
            grades=wanted,
            students=students,
            groups=groups,
            poor=poor,
            level_of=level_of,
            notes=notes,
            all_grades=every,
            all_students=all_students,
        )

    def group(self, name: str) -> Floats:
        """Return the counts of a group, (n, G) [students].

        Raises
        ------
        EmptyGroupError
            Where the group is unknown or has no students: an index over it would be 0 / 0.
        """
        if name not in self.groups:
            raise EmptyGroupError(
                f"the district has no group named {name!r}",
                "a share or an index of it cannot be computed",
                f"use one of: {', '.join(sorted(self.groups)) or 'none is given'}",
            )
        counts = self.groups[name]
        if not np.nansum(counts) > 0:
            raise EmptyGroupError(
                f"group {name!r} has no students in grades {self.grades[0]} to {self.grades[-1]}",
                "its distribution over schools is 0 / 0",
                "leave the group out, or correct its column",
            )
        return counts

    def poverty(self) -> Floats:
        """Return the poor students, (n, G) [students].

        Raises
        ------
        MissingPovertyError
            Where the district has no poverty count.
        """
        if self.poor is None:
            raise MissingPovertyError(
                "the district has no poverty column",
                "exposure to poverty and poverty spread need the number of poor students by block",
                "map one in the district file, or choose an aim without poverty",
            )
        return self.poor

    def measure(self, name: str) -> Floats:
        """Return ``students``, ``poor`` or ``group:<name>``, (n, G) [students]."""
        if name == "students":
            return self.students
        if name == "poor":
            return self.poverty()
        return self.group(name.removeprefix("group:"))

    def cohorts(self, ageing: Ageing) -> Floats:
        """Return the students of this year and of later ones, (years + 1, n, G) [students].

        Cohorts age over every grade of the district, so that a level is filled by the level below.
        """
        if self.all_students is None:
            return age(self.students, self.grades, ageing)
        keep = [self.all_grades.index(grade) for grade in self.grades]
        return age(self.all_students, self.all_grades, ageing)[:, :, keep]

    def require_counts(self, measures: Iterable[str] = ("students",)) -> None:
        """Refuse unknown counts where something is searched for by them.

        Raises
        ------
        StructureError
            Naming the blocks.
        """
        faults = []
        for measure in dict.fromkeys(("students", *measures)):
            counts = self.measure(measure)
            if measure == "students" and self.all_students is not None:
                counts = self.all_students
            blocks = self.block_ids[np.isnan(counts).any(axis=1)]
            if len(blocks):
                what = {"students": "all students", "poor": "poor students"}.get(measure, measure)
                faults.append(f"{what} in {counted(len(blocks), 'block')} ({listed(blocks)})")
        if faults:
            raise StructureError(
                f"counts are unknown: {'; '.join(faults)}",
                "structures are found by counting, and unknown is not zero",
                "complete the counts of these blocks, or state the structure instead",
            )

    def unknown_note(self, *measures: str) -> str:
        """Say how many blocks have unknown counts of some measures; empty where none has."""
        gone = [int(np.isnan(self.measure(m)).any(axis=1).sum()) for m in measures]
        return f"counts are unknown in {counted(max(gone), 'block')}" if any(gone) else ""


def _every_grade(district: District, level_of: Mapping[str, str]) -> tuple[tuple[str, ...], Floats]:
    """Read the totals of every grade that the district counts, also where others are not."""
    found = {}
    for grade, level in level_of.items():
        counts = _GradeReader(district.students, {grade: level}, district).read(None, poor=False)
        if counts is not None:
            found[grade] = counts[:, 0]
    grades = tuple(sorted(found, key=grade_index))
    return grades, np.column_stack([found[grade] for grade in grades])


class _GradeReader:
    """Reads one measure by grade, or spreads a level's total over its grades."""

    def __init__(
        self, students: StudentCounts, level_of: Mapping[str, str], district: District
    ) -> None:
        self.students, self.level_of = students, level_of
        self.width = {n: len(level.span.grades) for n, level in district.levels.items()}
        self.notes: list[str] = []
        self.spread: dict[str, dict[str, None]] = {}  # level: counts, in the order met
        if students.proxy:
            self.notes.append(f"student counts are {students.proxy}")
        elif students.estimated:
            self.notes.append("student counts are estimated")

    def read(self, group: str | None, *, poor: bool) -> Floats | None:
        """Return (n, G) counts, or None where the district has no such count."""
        columns = []
        for grade, level in self.level_of.items():
            if self.students.has(grades=(grade,), group=group, poor=poor):
                columns.append(self.students.count(grades=(grade,), group=group, poor=poor))
            elif self._has_level(level, group, poor):
                whole = self.students.count(level=level, group=group, poor=poor)
                columns.append(whole / self.width[level])
                kind = "group" if group else "poverty" if poor else STUDENTS
                self.spread.setdefault(level, {})[kind] = None
            else:
                return None
        return np.column_stack(columns).astype(np.float64)

    def _has_level(self, level: str, group: str | None, poor: bool) -> bool:
        return self.students.has(level=level, group=group, poor=poor)

    def told(self) -> tuple[str, ...]:
        """Say what the counts are, and which of them were spread over the grades of a level."""
        spread = [
            f"{level}: {_who(names)} are not counted by grade; the level's total is spread evenly "
            f"over its {self.width[level]} grades"
            for level, names in self.spread.items()
        ]
        return (*self.notes, *spread)


def _who(names: Collection[str]) -> str:
    """Name the counts that were spread; where all students were, everybody was."""
    return "students" if STUDENTS in names else f"students by {' and '.join(names)}"
