"""Courses as tables: each school's seats, and how even and how far a level is, year by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.dtypes import Bools, Floats
from geodata.reserved import ALL, POOR
from planner.evaluation.settings import Settings
from planner.metrics.base import with_others
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.poverty_exposure import parity_gap, poverty_exposures
from planner.metrics.stratified import stratified
from planner.metrics.utilization import students_over_capacity
from planner.phasing.change import Change
from planner.phasing.cohorts import STUDENTS
from planner.phasing.course import Course
from planner.problem.events import Supply

__all__ = ["measures_by_year", "schools_by_year"]

MEASURES = ["policy", "year", "level", "metric", "group", "value", "unit"]
_TOLERANCE = 1e-6  # dust of shares and survival is no student

Row = tuple[str, str, float, str]


def schools_by_year(courses: Sequence[Course], supplies: Mapping[bool, Supply]) -> pd.DataFrame:
    """Compare each school's students with its seats, year by year.

    Parameters
    ----------
    courses : sequence of Course
    supplies : mapping of bool to Supply
        Schools after the plan's events (True) and today (False), in one order.

    Returns
    -------
    DataFrame
        As `PhaseIn.schools`; schools that nobody attends in any course are left out.
    """
    used = np.any([_attended(course) for course in courses], axis=0)
    tables = []
    for course in courses:
        schools = supplies[course.policy is not None].schools.iloc[np.flatnonzero(used)]
        seats = schools["capacity_seats"].to_numpy(dtype=np.float64)
        for year in course.years:
            students = course.attending[STUDENTS][year].sum(axis=1)[used]
            with np.errstate(divide="ignore", invalid="ignore"):
                use = np.where(seats > 0, students / seats, np.nan)
            rows = {
                "policy": course.name,
                "year": year,
                "school_id": schools.index.astype(str),
                "name": schools["name"].astype(str).to_numpy(),
                "students": students,
                "staying": course.staying[year].sum(axis=1)[used],
                "seats": seats,
                "utilization": use,
                "over_seats": np.maximum(0.0, students - seats),
            }
            tables.append(pd.DataFrame(rows))
    return pd.concat(tables, ignore_index=True)


def measures_by_year(
    courses: Sequence[Course],
    change: Change,
    level_of: Mapping[str, str],
    supplies: Mapping[bool, Supply],
) -> pd.DataFrame:
    """Measure every level, and all of them together, year by year.

    Parameters
    ----------
    courses : sequence of Course
    change : Change
    level_of : mapping of grade to level
        Of the change's grades.
    supplies : mapping of bool to Supply
        As in `schools_by_year`.

    Returns
    -------
    DataFrame
        As `PhaseIn.measures`.
    """
    levels = dict.fromkeys(level_of[grade] for grade in change.grades)
    columns = {ALL: np.ones(len(change.grades), dtype=np.bool_)} | {
        level: np.array([level_of[grade] == level for grade in change.grades]) for level in levels
    }
    rows = []
    for course in courses:
        seats = supplies[course.policy is not None].schools["capacity_seats"].to_numpy(dtype=float)
        for year in course.years:
            for level, grades in columns.items():
                found = [*_students(course, year, grades)]
                if level == ALL:
                    found += _seats(course, year, seats)
                else:
                    found += _evenness(course, year, grades, change.is_divided(grades))
                rows += [(course.name, year, level, *row) for row in found]
    return pd.DataFrame(rows, columns=MEASURES)


def _attended(course: Course) -> Bools:
    """Tell which schools have (or may have) students in some year, (m,)."""
    students = course.attending[STUDENTS].sum(axis=(0, 2))
    return np.asarray(~(students == 0))


def _students(course: Course, year: int, grades: Bools) -> Iterator[Row]:
    """Yield how many students there are, stay, and are sent away; and their way."""
    students = float(course.attending[STUDENTS][year][:, grades].sum())
    yield "students", ALL, students, "students"
    yield "students_staying", ALL, float(course.staying[year][:, grades].sum()), "students"
    yield "students_interrupted", ALL, float(course.interrupted[year][grades].sum()), "students"
    ways, known = (float(one[year][grades].sum()) for one in (course.metres, course.travellers))
    yield "travel_mean_metres", ALL, ways / known if known > 0 else float("nan"), "m"


def _seats(course: Course, year: int, seats: Floats) -> Iterator[Row]:
    """Yield how many schools, and students, lack seats; NaN where seats are unknown."""
    students = course.attending[STUDENTS][year].sum(axis=1)
    serves = ~(students == 0)
    over = (students - seats)[serves]
    unknown = bool(np.isnan(over).any())
    lacking = over > _TOLERANCE
    yield "schools_over_seats", ALL, float("nan") if unknown else float(lacking.sum()), "schools"
    short = students_over_capacity(students[serves], seats[serves])
    yield "students_over_seats", ALL, short, "students"


def _evenness(course: Course, year: int, grades: Bools, by_grade: bool) -> Iterator[Row]:
    """Yield dissimilarity and exposure to poverty, each grade by itself where `by_grade`."""
    parts = [np.array([g]) for g in np.flatnonzero(grades)] if by_grade else [grades]
    counts = {
        name: [students[year][:, part].sum(axis=1) for part in parts]
        for name, students in course.attending.items()
    }
    sizes = np.array([total.sum() for total in counts[STUDENTS]])
    ending = "_stratified" if by_grade else ""
    groups = [name for name in counts if name != STUDENTS]
    for name in groups:
        apart = [
            dissimilarity(*with_others(group, total).T)
            for group, total in zip(counts[name], counts[STUDENTS], strict=True)
        ]
        yield f"dissimilarity{ending}", name, stratified(np.array(apart), sizes), "index"
    if POOR not in groups:
        return
    named = [name for name in groups if name != POOR]
    members = np.stack([np.stack(counts[name], axis=1) for name in (STUDENTS, *named)], axis=2)
    met = np.stack(
        [
            poverty_exposures(members[:, at], poor, total)
            for at, (poor, total) in enumerate(zip(counts[POOR], counts[STUDENTS], strict=True))
        ]
    )
    weights = members.sum(axis=0)
    exposures = np.array([stratified(met[:, k], weights[:, k]) for k in range(len(named) + 1)])
    for name, value in zip((ALL, *named), exposures, strict=True):
        yield f"exposure_to_poverty{ending}", name, float(value), "share"
    gap = parity_gap(exposures[1:], weights[:, 1:].sum(axis=0), Settings().n_min_students)
    yield f"parity_gap{ending}", ALL, gap, "share"
