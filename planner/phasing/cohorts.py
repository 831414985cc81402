"""The students of every block by grade, this year and as they grow older."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geodata.dtypes import Floats
from geodata.grades import GRADE_RANK
from geodata.reserved import POOR
from planner.errors import StructureError
from planner.structures.ageing import Ageing, age
from planner.structures.arrangement import grade_levels
from planner.structures.residents import Residents

if TYPE_CHECKING:
    from geodata import District

__all__ = ["STUDENTS", "Cohorts"]

STUDENTS = "students"


@dataclass(frozen=True, slots=True, eq=False)
class Cohorts:
    """Students by block and grade, of all levels that are counted.

    Parameters
    ----------
    level_of : mapping of grade to level
        Lowest grade first.
    counts : mapping of measure to (n, G) float64 [students]
        `STUDENTS`, the poor and each group; NaN where unknown, and at levels without that count.
    notes : tuple of str
        What a reader must know, such as counts that were spread evenly over grades.
    """

    level_of: Mapping[str, str]
    counts: Mapping[str, Floats]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, district: District) -> Cohorts:
        """Read a district's counts, level by level.

        Raises
        ------
        StructureError
            Where no level's students are counted, or two levels claim one grade.
        """
        grade_levels(district)  # refuses a grade of two levels
        levels = sorted(district.levels, key=lambda name: _first(district, name))
        read = {
            level: Residents.from_district(district, district.levels[level].span.grades)
            for level in levels
            if district.students.has(level=level)
        }
        if not read:
            raise StructureError(
                "the district has no total count of students at any level",
                "who moves up, and whom a school must seat, cannot be told",
                "map a total column under [students]",
            )
        measured = {level: _measures(one) for level, one in read.items()}
        names = dict.fromkeys(name for counts in measured.values() for name in counts)
        return cls(
            level_of={grade: level for level, one in read.items() for grade in one.grades},
            counts={
                name: np.concatenate(
                    [
                        counts.get(name, np.full(counts[STUDENTS].shape, np.nan))
                        for counts in measured.values()
                    ],
                    axis=1,
                )
                for name in names
            },
            notes=tuple(dict.fromkeys(note for one in read.values() for note in one.notes)),
        )

    def aged(self, grades: tuple[str, ...], ageing: Ageing) -> dict[str, Floats]:
        """Move everybody up through all grades, and keep some of these.

        Parameters
        ----------
        grades : (H,) tuple of str
        ageing : Ageing

        Returns
        -------
        dict of measure to (Y + 1, n, H) float64 [students]
            Year 0 is this year.
        """
        every = tuple(self.level_of)
        keep = [every.index(grade) for grade in grades]
        return {
            name: age(counts, every, ageing)[:, :, keep] for name, counts in self.counts.items()
        }


def _first(district: District, level: str) -> int:
    return GRADE_RANK[district.levels[level].span.low]


def _measures(residents: Residents) -> dict[str, Floats]:
    counts = {STUDENTS: residents.students}
    if residents.poor is not None:
        counts[POOR] = residents.poor
    return counts | dict(residents.groups)
