"""Today's building and the plan's for every block and grade of the district."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geodata.dtypes import Bools, Floats, Ints
from geodata.grades import grade_index
from planner.errors import PlanError
from planner.structures.ageing import enters_anew

if TYPE_CHECKING:
    from planner.evaluation.scene import Scene
    from planner.metrics.base import Placement

__all__ = ["Change", "part"]


@dataclass(frozen=True, eq=False)
class Change:
    """Where the students of each block and grade go today, and where the plan sends them.

    Parameters
    ----------
    grades : (G,) tuple of str
        All grades with a building, lowest first.
    school_ids : (m,) tuple of str
    today, plan : (n, G) int32
        Position of the school; -1 where none is known.
    """

    grades: tuple[str, ...]
    school_ids: tuple[str, ...]
    today: Ints
    plan: Ints

    @classmethod
    def of(cls, scene: Scene, level_of: Mapping[str, str]) -> Change:
        """Read both from a plan's scene.

        Parameters
        ----------
        scene : Scene
        level_of : mapping of grade to level
            Grades of levels whose buildings are known neither today nor under the plan are left
            out.

        Raises
        ------
        PlanError
            Where no level is left.
        """
        grades = tuple(
            grade
            for grade in sorted(level_of, key=grade_index)
            if level_of[grade] in scene.around and level_of[grade] in scene.today
        )
        if not grades:
            raise PlanError(
                f"{scene.district.name}: today's zones are not known at any level",
                "who may stay, and where, cannot be told",
                "name today's plan in the district file ([plan])",
            )
        return cls(
            grades=grades,
            school_ids=tuple(map(str, scene.supply.schools.index)),
            today=_joined(scene.today, level_of, grades),
            plan=_joined(scene.around, level_of, grades),
        )

    @cached_property
    def differs(self) -> Bools:
        """Whether the plan names another school than today's, (n, G)."""
        return np.asarray((self.today != self.plan) & (self.today >= 0) & (self.plan >= 0))

    @cached_property
    def is_taught(self) -> Bools:
        """Whether today's school still has the grade under the plan, (n, G).

        A school that serves a grade of no block (it closes, or shares its grades out) does not
        teach it any more: there nobody may stay.
        """
        has = np.zeros((len(self.school_ids), len(self.grades)), dtype=np.bool_)
        for g in range(len(self.grades)):
            served = self.plan[:, g]
            has[served[served >= 0], g] = True
        return has[np.maximum(self.today, 0), np.arange(len(self.grades))] & (self.today >= 0)

    @cached_property
    def could_stay(self) -> Bools:
        """Whether the plan names another school, and today's still has the grade, (n, G)."""
        return self.differs & self.is_taught

    def is_divided(self, grades: Bools) -> bool:
        """Tell whether schools divide some of these grades, (G,), of a block, today or later."""
        maps = self.today[:, grades], self.plan[:, grades]
        return any(bool((school != school[:, :1]).any()) for school in maps)

    @cached_property
    def first_grade(self) -> Ints:
        """Column of the grade in which today's stay in the building began, (n, G)."""
        first = np.zeros(self.today.shape, dtype=np.int32)
        anew = enters_anew(self.grades)
        for g in range(1, len(self.grades)):
            goes_on = (self.today[:, g] == self.today[:, g - 1]) & (not anew[g])
            first[:, g] = np.where(goes_on, first[:, g - 1], g)
        return first

    @cached_property
    def last_grade(self) -> Ints:
        """Column of the grade in which today's stay in the building ends, (n, G)."""
        last = np.full(self.today.shape, len(self.grades) - 1, dtype=np.int32)
        for g in range(len(self.grades) - 2, -1, -1):
            goes_on = self.first_grade[:, g + 1] == self.first_grade[:, g]
            last[:, g] = np.where(goes_on, last[:, g + 1], g)
        return last

    @cached_property
    def taught_from(self) -> Ints:
        """Column from which on today's building is taught in without a break, (n, G)."""
        since = np.zeros(self.today.shape, dtype=np.int32)
        for g in range(1, len(self.grades)):
            goes_on = self.is_taught[:, g - 1] & (self.first_grade[:, g] < g)
            since[:, g] = np.where(goes_on, since[:, g - 1], g)
        return since

    def began_before(self, year: int) -> Bools:
        """Tell who of a later year attends the building of that grade already today, (n, G).

        Parameters
        ----------
        year : int [years]
            Years from today; the plan's first school year is 1.
        """
        grade = np.arange(len(self.grades))[None, :]
        return np.asarray((grade - year >= self.first_grade) & (self.today >= 0))

    def attendance(self, students: Floats, stays: Floats) -> Floats:
        """Add students up by the school they attend, (m, G) [students].

        Parameters
        ----------
        students : (n, G) float64 [students]
        stays : (n, G) float64 [share]
            Of the students of a block and grade, who attends the school of today.
        """
        return self.tally(part(students, stays), self.today) + self.tally(
            part(students, 1.0 - stays), self.plan
        )

    def tally(self, students: Floats, school: Ints) -> Floats:
        """Add up by school and grade, (m, G); who has no school is left out."""
        m, n_grades = len(self.school_ids), len(self.grades)
        placed = school >= 0
        cell = school * n_grades + np.arange(n_grades, dtype=np.int32)
        sums = np.bincount(cell[placed], students[placed], minlength=m * n_grades)
        return np.asarray(sums.reshape(m, n_grades), dtype=np.float64)


def part(students: Floats, share: Floats) -> Floats:
    """Return a share of the students; nobody where it is 0, also of an unknown number."""
    return np.where(share > 0, students * share, 0.0)


def _joined(
    placements: Mapping[str, Placement], level_of: Mapping[str, str], grades: tuple[str, ...]
) -> Ints:
    """Set the levels' maps of schools beside each other, (n, G)."""
    columns = []
    for grade in grades:
        placement = placements[level_of[grade]]
        columns.append(placement.school_of[:, placement.grades.index(grade)])
    return np.stack(columns, axis=1)
