"""Who serves whom: the plan table as one array, block by grade.

Every structure (zones, pairs, grade centers) is the same array, so every measure below works on
all of them.  A `planner.plan.Plan` turns into an arrangement and back without loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.dtypes import Floats, Ints
from geodata.errors import counted, listed
from geodata.grades import GRADE_RANK, GRADES
from planner.errors import OverlappingSpansError, StructureError, UnservedGradeError
from planner.plan import Plan

if TYPE_CHECKING:
    from geodata import District

__all__ = ["Arrangement", "grade_levels", "grade_runs"]

Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The school of every block and grade.

    Parameters
    ----------
    block_ids : (n,) str array, sorted
    grades : tuple of str
        G grades in school order.
    school_ids : (m,) str array, sorted
    school_of : (n, G) int32
        Index of the school; -1 where nobody serves the grade there.
    """

    block_ids: NDArray[np.str_]
    grades: tuple[str, ...]
    school_ids: NDArray[np.str_]
    school_of: Ints

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other."""
        shape = (len(self.block_ids), len(self.grades))
        if self.school_of.shape != shape:
            raise StructureError(
                f"the table of schools is {self.school_of.shape}, blocks × grades is {shape}",
                "each block needs one school a grade",
                "give one row a block and one column a grade",
            )

    @classmethod
    def from_plan(
        cls,
        plan: Plan,
        *,
        block_ids: NDArray[np.str_],
        school_ids: NDArray[np.str_],
        level_of: Mapping[str, str],
    ) -> Arrangement:
        """Spread a plan's rows over grades.

        Parameters
        ----------
        plan : Plan
        block_ids, school_ids : sorted str arrays
        level_of : mapping of grade to level
            The grades wanted, in any order; a row without grades serves its whole level.

        Raises
        ------
        OverlappingSpansError
            Where a block has two schools for one grade.
        StructureError
            Where the plan names an unknown block or school.
        """
        grades = tuple(sorted(level_of, key=GRADE_RANK.__getitem__))
        table = plan.table[plan.table["level"].isin(set(level_of.values()))]
        block = pd.Index(block_ids).get_indexer(pd.Index(table["block_id"]))
        school = pd.Index(school_ids).get_indexer(pd.Index(table["school_id"]))
        _refuse_unknown(table, block, school)
        low = table["grade_low"].map(GRADE_RANK).fillna(0).to_numpy(dtype=int)
        high = table["grade_high"].map(GRADE_RANK).fillna(len(GRADES)).to_numpy(dtype=int)
        school_of = np.full((len(block_ids), len(grades)), -1, dtype=np.int32)
        for column, grade in enumerate(grades):
            rows = (low <= GRADE_RANK[grade]) & (high >= GRADE_RANK[grade])
            rows &= (table["level"] == level_of[grade]).to_numpy()
            taken, count = np.unique(block[rows], return_counts=True)
            if (count > 1).any():
                _refuse_overlap(grade, block_ids[taken[count > 1]])
            school_of[block[rows], column] = school[rows]
        return cls(block_ids, grades, school_ids, school_of)

    def plan(self, level_of: Mapping[str, str]) -> Plan:
        """Write the arrangement as a plan, one row a block, level and run of grades."""
        parts = []
        for level in dict.fromkeys(level_of[grade] for grade in self.grades):
            columns = [c for c, grade in enumerate(self.grades) if level_of[grade] == level]
            parts.append(self._level_rows(level, columns))
        return Plan(pd.concat(parts, ignore_index=True))

    def _level_rows(self, level: str, columns: Sequence[int]) -> pd.DataFrame:
        part = self.school_of[:, columns]
        starts = np.ones(part.shape, dtype=bool)
        starts[:, 1:] = part[:, 1:] != part[:, :-1]
        block, first = np.nonzero(starts)
        ends = np.ones(part.shape, dtype=bool)
        ends[:, :-1] = starts[:, 1:]
        last = np.nonzero(ends)[1]
        school = part[block, first]
        keep = school >= 0
        names = np.array(self.grades, dtype=object)[list(columns)]
        return pd.DataFrame(
            {
                "block_id": self.block_ids[block[keep]],
                "level": level,
                "school_id": self.school_ids[school[keep]],
                "grade_low": names[first[keep]],
                "grade_high": names[last[keep]],
            }
        )

    def require_served(self, students: Floats | None = None) -> None:
        """Refuse an arrangement that leaves students without a school.

        Parameters
        ----------
        students : (n, G) float64 [students], optional
            Blocks without students in a grade may go without; None: every block counts.

        Raises
        ------
        UnservedGradeError
            Naming every grade that somebody is left out of, and how many.
        """
        missing = self.school_of < 0
        if students is not None:
            missing &= ~(students == 0)
        if not missing.any():
            return
        parts = []
        for column in np.flatnonzero(missing.any(axis=0)):
            blocks = int(missing[:, column].sum())
            who = "every block" if blocks == len(self.block_ids) else f"{blocks} blocks"
            parts.append(f"grade {self.grades[column]} ({who})")
        raise UnservedGradeError(
            f"served by nobody: {', '.join(parts)}",
            "every student must have exactly one school in every grade",
            "add a row for these grades, or leave the grades out of the structure",
        )

    def tally(self, counts: Floats) -> Floats:
        """Add up students by school and grade.

        Parameters
        ----------
        counts : (n, G) float64 [students]

        Returns
        -------
        (m, G) float64 [students]
            A school's cell is NaN where a block it serves has an unknown count.
        """
        m, width = len(self.school_ids), len(self.grades)
        cell = self.school_of * width + np.arange(width)
        served = self.school_of >= 0
        total = np.bincount(cell[served], weights=counts[served], minlength=m * width)
        return np.asarray(total.reshape(m, width), dtype=np.float64)

    def serves(self) -> NDArray[np.bool_]:
        """Tell which grades each school serves, (m, G) bool."""
        out = np.zeros((len(self.school_ids), len(self.grades)), dtype=bool)
        block, grade = np.nonzero(self.school_of >= 0)
        out[self.school_of[block, grade], grade] = True
        return out

    def spans(self) -> dict[str, str]:
        """Return the grades of each school that serves any, such as ``{"east": "K-1"}``."""
        served = self.serves()
        return {
            str(school): ", ".join(grade_runs(self.grades, served[s]))
            for s, school in enumerate(self.school_ids)
            if served[s].any()
        }


def grade_runs(grades: Sequence[str], mask: NDArray[np.bool_]) -> list[str]:
    """Write a set of grades as runs, such as ``["K-2", "5"]``."""
    runs: list[list[str]] = []
    for position, (grade, wanted) in enumerate(zip(grades, mask, strict=True)):
        if not wanted:
            continue
        if runs and position and mask[position - 1]:
            runs[-1].append(grade)
        else:
            runs.append([grade])
    return [run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]


def grade_levels(district: District) -> dict[str, str]:
    """Return the level of every grade the district teaches.

    Raises
    ------
    OverlappingSpansError
        Where two levels claim one grade.
    """
    level_of: dict[str, str] = {}
    for name, level in district.levels.items():
        for grade in level.span.grades:
            if grade in level_of:
                raise OverlappingSpansError(
                    f"grade {grade} belongs to level {level_of[grade]} and to level {name}",
                    "a plan has one row a grade",
                    "correct the grade spans of the levels in the district file",
                )
            level_of[grade] = name
    return level_of


def _refuse_unknown(table: pd.DataFrame, block: Positions, school: Positions) -> None:
    faults = []
    for index, column, what in ((block, "block_id", "blocks"), (school, "school_id", "schools")):
        names = sorted(set(table[column].to_numpy()[index < 0]))
        if names:
            faults.append(f"{len(names)} unknown {what} ({listed(names)})")
    if faults:
        raise StructureError(
            f"the plan names {' and '.join(faults)}",
            "students cannot be counted at a place the district does not know",
            "correct the ids, or plan for the district they belong to",
        )


def _refuse_overlap(grade: str, blocks: NDArray[np.str_]) -> None:
    raise OverlappingSpansError(
        f"grade {grade} has two schools in {counted(len(blocks), 'block')} ({listed(blocks)})",
        "every student must have exactly one school in every grade",
        "let the grade spans of schools that share a zone follow each other",
    )
