"""Residents against enrolled: how many of a zone's students can be expected at its school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.dtypes import Bools, Floats, Ints
from geodata.errors import listed
from geodata.reserved import ALL
from geodata.take_up import enrolled_today, residents_today
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene
from planner.evaluation.service import seats_of_units
from planner.metrics.base import Placement, place
from planner.metrics.take_up import students_expected, take_up
from planner.metrics.utilization import utilization
from planner.plan import Plan

__all__ = ["residents_and_enrolled"]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Students of one level by block and grade, or by block where no zone's grades are divided.

    Parameters
    ----------
    school : (n, h) int32
        School under this arrangement; -1 for none.
    students : (n, h) float64 [students]
    take_up : (n, h) float64 [share]
        Of the school of today.
    """

    school: Ints
    students: Floats
    take_up: Floats

    def of(self, chosen: Bools) -> Floats:
        """Return the students who live in some cells, and those expected to attend, (2,)."""
        students = self.students[chosen]
        return np.array([students.sum(), students_expected(students, self.take_up[chosen])])


def residents_and_enrolled(scene: Scene) -> Rows:
    """Yield take-up and expected students, where the district counts who is enrolled."""
    enrolled = enrolled_today(scene.district)
    if enrolled is None:
        return
    ids, seats = list(map(str, scene.supply.schools.index)), seats_of_units(scene)
    cells = _cells(scene, ids, _take_up_today(scene, ids, enrolled))
    building = {
        school: np.sum([one.of(one.school == ids.index(school)) for one in cells.values()], axis=0)
        for school in scene.known_schools
    }
    for school, both in building.items():
        yield from _figures(("school", school, ALL), both, both[1], seats[school])
    for level in scene.levels:
        serving = [ids[at] for at in scene.placements[level].schools()]
        serving += scene.emptied.get(level, ())
        full = float(sum(building[school][1] for school in serving))
        room = sum(seats[school] for school in serving)
        of_level = cells[level].of(cells[level].school >= 0)
        yield from _figures(("level", level, ALL), of_level, full, room)


def _figures(where: tuple[str, str, str], both: Floats, full: float, room: float) -> Rows:
    """Yield the figures of a school or level; `full` are all students in its buildings."""
    lives, attends = map(float, both)
    yield Row("students_expected", *where, attends)
    yield Row("take_up", *where, take_up(attends, lives))
    yield Row("utilization_expected", *where, utilization(full, room))


def _cells(scene: Scene, ids: Sequence[str], of_school: Floats) -> dict[str, _Cells]:
    """Return the students of every level, with the take-up of their school of today."""
    today = place(Plan.today(scene.district), scene.district, ids)
    found = {}
    for level, placement in scene.around.items():
        school = placement.school_of
        was = today[level].school_of if level in today else np.full_like(school, -1)
        if not (_differs(school) or _differs(was)):
            school, was = school[:, :1], was[:, :1]
        found[level] = _Cells(school, _students(scene, placement, school), of_school[was])
    return found


def _differs(school: Ints) -> bool:
    """Tell whether some block's grades go to more than one school."""
    return bool((school != school[:, :1]).any())


def _students(scene: Scene, placement: Placement, school: Ints) -> Floats:
    """Return the students of each cell; NaN where they are not counted so, (n, h)."""
    counts, level, grades = scene.counts, placement.level, placement.grades
    if school.shape[1] == 1 and counts.has(level=level):
        return counts.count(level=level)[:, None]
    if all(counts.has(grades=(grade,)) for grade in grades) and school.shape[1] == len(grades):
        return np.stack([counts.count(grades=(grade,)) for grade in grades], axis=1)
    scene.notes.add(f"{level}: students are not counted by grade; who will attend is unknown.")
    return np.full(school.shape, np.nan)


def _take_up_today(scene: Scene, ids: Sequence[str], enrolled: pd.Series[float]) -> Floats:
    """Return the take-up of each school today, and NaN last for blocks without one, (s + 1,)."""
    lives = residents_today(scene.district)
    lives = lives.where(lives > 0)
    share = (enrolled / lives.reindex(enrolled.index)).reindex(list(ids)).to_numpy(dtype=float)
    unknown = lives.index[enrolled.reindex(lives.index).isna()]
    if len(unknown):
        scene.notes.add(
            f"Enrolled students are unknown of {listed(unknown)}: how many will attend is unknown "
            "wherever their residents go."
        )
    scene.notes.add(
        "Expected students are an estimate: residents keep the take-up of their school of today "
        "(enrolled there for each resident of its zone), wherever a plan sends them."
    )
    return np.append(share, np.nan)
