"""A phase-in by walking every student through the years, one by one: slow and plain."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

ANEW = ("PK", "K")


@dataclass
class Student:
    """One student on the way through school."""

    block: int
    grade: int
    building: int
    may_stay: bool = False


def walk(grades, today, plan, students, kept: float, years: int) -> list[Counter]:
    """Return, for each year from today on, how many attend each (school, grade).

    Parameters
    ----------
    grades : sequence of str
    today, plan : (n, G) int arrays
    students : (n, G) int array
    kept : float
        Last grades of a building whose students may stay; infinite: all.
    years : int
    """
    entries = [g for g in range(len(grades)) if g == 0 or grades[g] in ANEW]
    serves = {(int(plan[b, g]), g) for b in range(len(plan)) for g in range(len(grades))}
    crowd = [
        Student(b, g, int(today[b, g]))
        for b in range(len(students))
        for g in range(len(grades))
        for _ in range(students[b, g])
    ]
    told = [Counter((one.building, one.grade) for one in crowd)]
    for year in range(1, years + 1):
        older = []
        for one in crowd:
            grade = one.grade + 1
            if grade == len(grades) or grade in entries:
                continue
            goes_on = today[one.block, grade] == one.building
            if year == 1:
                left = 0
                while (
                    grade + left + 1 < len(grades)
                    and grade + left + 1 not in entries
                    and today[one.block, grade + left + 1] == one.building
                ):
                    left += 1
                one.may_stay = bool(goes_on and left < kept)
            else:
                one.may_stay = bool(one.may_stay and goes_on)
            stays = one.may_stay and (one.building, grade) in serves
            building = one.building if stays else int(plan[one.block, grade])
            older.append(Student(one.block, grade, building, stays))
        new = [
            Student(b, g, int(plan[b, g]))
            for b in range(len(students))
            for g in entries
            for _ in range(students[b, g])
        ]
        crowd = older + new
        told.append(Counter((one.building, one.grade) for one in crowd))
    return told


def as_table(counter: Counter, n_schools: int, n_grades: int) -> np.ndarray:
    """Return the counts as (m, G)."""
    table = np.zeros((n_schools, n_grades))
    for (school, grade), count in counter.items():
        table[school, grade] = count
    return table
