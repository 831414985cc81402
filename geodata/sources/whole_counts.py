"""Counts over all grades beside counts by grade: which level they stand for, and which none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from geodata.errors import Fault, counted, warning
from geodata.grades import GRADES, GradeSpan
from geodata.reserved import EVERY, POOR
from geodata.students import Cell, StudentCounts

__all__ = ["level_faults", "stands_for"]

LEAST_SHARE = 1e-6
"""Totals above their grades by up to this share are rounding [share]."""


def stands_for(levels: Mapping[str, str], sections: Sequence[Collection[Cell]]) -> tuple[str, ...]:
    """Return the levels that counts over all grades stand for.

    Without any grades they stand for every level.  Beside grades they stand for the level whose
    grades are exactly those, where they are mapped together or the district has no other level.

    Parameters
    ----------
    levels : mapping of level to grade span
    sections : sequence of cells
        What each section of students counts.
    """
    whole = [cells for cells in sections if any(grade == EVERY for grade, _, _ in cells)]
    graded = {grade for cells in sections for grade, _, _ in cells if grade in GRADES}
    if not whole:
        return ()
    if not graded:
        return tuple(levels)
    together = all(graded <= {grade for grade, _, _ in cells} for cells in whole)
    exact = [name for name, span in levels.items() if set(GradeSpan.parse(span).grades) == graded]
    return tuple(exact) if together or len(levels) == 1 else ()


def level_faults(counts: StudentCounts, file: str) -> list[Fault]:
    """Tell counts that no level can use, and totals above the grades they are the whole of."""
    return [*_unused(counts, file), *_above_grades(counts, file)]


def _unused(counts: StudentCounts, file: str) -> list[Fault]:
    """Tell groups and poverty counted over grades that are not exactly a level's."""
    lost = []
    for key in counts.table.columns:
        grade, group, poverty = tuple(key)
        who = None if group == EVERY else str(group)
        is_poor = poverty == POOR
        if grade != EVERY or (who is None and not is_poor):
            continue
        if not any(counts.has(level=name, group=who, poor=is_poor) for name in counts.level_grades):
            lost.append(" ".join(part for part in (group, poverty) if part != EVERY))
    if not lost:
        return []
    return [
        warning(
            "counts_of_no_level",
            file,
            f"{counted(len(lost), 'count')} over all grades, beside counts by grade, of no level",
            rows=lost,
            why="the grades mapped are not exactly one level's, so no rule or aim can use them",
            do='state for_levels = ["…"] in a section of their own, or map them by grade (cells)',
        )
    ]


def _above_grades(counts: StudentCounts, file: str) -> list[Fault]:
    """Tell blocks whose total is more than all its grades, where every grade of it is counted."""
    columns = counts.table.columns
    graded = [grade for grade in GRADES if (grade, EVERY, EVERY) in columns]
    every = {grade for grades in counts.level_grades.values() for grade in grades}
    wholes = {EVERY: graded if every <= set(graded) else [], **counts.level_grades}
    faults = []
    for whole, grades in wholes.items():
        if not grades or (whole, EVERY, EVERY) not in columns or not set(grades) <= set(graded):
            continue
        total = counts.table[whole, EVERY, EVERY].to_numpy(dtype=np.float64)
        added = counts.table[[(grade, EVERY, EVERY) for grade in grades]].to_numpy(dtype=np.float64)
        missing = total - added.sum(axis=1)
        above = missing > LEAST_SHARE * np.maximum(1.0, total)
        told = "" if whole == EVERY else f" of {whole}"
        if above.any():
            faults.append(
                warning(
                    "grades_under_total",
                    file,
                    f"in {counted(above.sum(), 'block')} the total{told} is more than all grades "
                    f"together, by {counted(round(missing[above].sum()), 'student')} in all",
                    rows=counts.table.index[above],
                    why="levels are counted by grade, so these students are in no school"
                    if whole == EVERY
                    else "figures by grade leave these students out, and those of the level count "
                    "them",
                    do="map the grade that is missing, or correct the total",
                )
            )
    return faults
