"""Students, groups and seats of each school, level and grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from geodata.dtypes import Floats
from geodata.errors import counted
from geodata.reserved import ALL, POOR
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene
from planner.metrics import size, utilization
from planner.metrics.enrolment import Enrolment

__all__ = ["Filling", "filling", "seats_of_units", "service", "students_of_buildings"]

NAN = float("nan")


def service(scene: Scene) -> Rows:
    """Yield sizes, make-up and seats of a scene."""
    seats = seats_of_units(scene)
    full = students_of_buildings(scene)
    for level in scene.levels:
        enrolment = scene.enrolments[level]
        yield from _make_up("level", level, _sums(enrolment))
        yield from _level(scene, level, full, seats)
        graded = scene.graded[level]
        for grade, part in graded.strata() if graded.by_grade else ():
            yield from _make_up("grade", grade, _sums(part))
    yield from _make_up("district", ALL, _everyone(scene))
    unplaced = sum(one.unplaced for one in scene.enrolments.values())  # also of other levels
    yield Row("students_unplaced", "district", ALL, ALL, size.students(np.array([unplaced])))
    for school, counts in full.items():
        yield from _make_up("school", school, counts)
        yield Row("seats", "school", school, ALL, seats[school])
        use = utilization.utilization(counts[ALL], seats[school])
        yield Row("utilization", "school", school, ALL, use)


def _level(
    scene: Scene, level: str, full: Mapping[str, Mapping[str, float]], seats: Mapping[str, float]
) -> Rows:
    """Yield how full and how unequal the schools of a level are."""
    settings, place = scene.settings, ("level", level, ALL)
    enrolment = scene.by_school[level]
    ids, filled, room, use = filling(scene, level, full, seats)
    empty = ids[len(enrolment.school_ids) :]
    total = np.append(enrolment.total, np.zeros(len(empty)))
    yield Row("students_unplaced", *place, enrolment.unplaced)
    yield Row("size_spread", *place, size.size_spread(total))
    mean = float(total.mean()) if len(total) else NAN
    for school, students in zip(ids, total, strict=True):
        deviation = size.size_deviation(float(students), mean)
        yield Row("size_deviation", "school", school, ALL, deviation)
    band = (settings.utilization_lower, settings.utilization_upper)
    yield Row("seats", *place, utilization.seats(room))
    yield Row("utilization", *place, utilization.utilization(filled.sum(), room.sum()))
    yield Row("utilization_spread", *place, utilization.utilization_spread(filled, room))
    yield Row("utilization_highest", *place, utilization.utilization_highest(use))
    yield Row("utilization_lowest", *place, utilization.utilization_lowest(use))
    yield Row("schools_in_utilization_band", *place, utilization.schools_in_band(use, *band))
    yield Row("students_over_capacity", *place, utilization.students_over_capacity(filled, room))
    _explain(scene, level, room, empty)


class Filling(NamedTuple):
    """The schools of a level, those that a plan leaves empty last, and how full they are.

    Parameters
    ----------
    school_ids : (s,) tuple of str
    students : (s,) float64 [students]
        In the whole building.
    seats : (s,) float64 [seats]
    utilization : (s,) float64 [share of seats]
    """

    school_ids: tuple[str, ...]
    students: Floats
    seats: Floats
    utilization: Floats


def filling(
    scene: Scene, level: str, full: Mapping[str, Mapping[str, float]], seats: Mapping[str, float]
) -> Filling:
    """Return how full the schools of a level are.

    Parameters
    ----------
    scene : Scene
    level : str
    full, seats : mapping of school
        From `students_of_buildings` and `seats_of_units`.
    """
    empty = (school for school in scene.emptied.get(level, ()) if school in full)
    ids = (*scene.by_school[level].school_ids, *empty)
    students = np.array([full[school][ALL] for school in ids])
    room = np.array([seats[school] for school in ids])
    use = np.array([utilization.utilization(n, c) for n, c in zip(students, room, strict=True)])
    return Filling(ids, students, room, use)


def _explain(scene: Scene, level: str, room: Floats, empty: Sequence[str]) -> None:
    """Note what is unknown of a level, whom it leaves out, and which schools are left empty."""
    enrolment = scene.by_school[level]
    if empty:
        scene.notes.add(
            f"{level}: open, but without a block of this level in the plan, and counted as empty: "
            f"{', '.join(empty)}."
        )
    missing = int(np.isnan(room).sum())
    if missing:
        who = "all schools" if missing == len(room) else f"{missing} of {len(room)} schools"
        scene.notes.add(
            f"{level}: the seats of {who} are unknown, so the level's utilization is unknown."
        )
    if enrolment.unknown_blocks:
        scene.notes.add(
            f"{level}: the number of students is unknown in "
            f"{counted(enrolment.unknown_blocks, 'block')}; what is counted over them is unknown."
        )
    if enrolment.unplaced > 0:
        scene.notes.add(
            f"{level}: {counted(round(enrolment.unplaced), 'student lives', 'students live')} "
            "where an arrangement names no school, counted as unplaced and in no school."
        )


def _make_up(scope: str, where: str, counts: Mapping[str, float]) -> Rows:
    """Yield students and shares of groups and of the poor."""
    for name, students in counts.items():
        yield Row("students", scope, where, name, students)
        if name != ALL:
            yield Row("share", scope, where, name, size.share(students, counts[ALL]))


def _columns(enrolment: Enrolment) -> dict[str, Floats]:
    """Return the students of each school by group, and the poor, (s,) each; NaN where unknown."""
    total, groups, poor = enrolment.total, enrolment.group_totals, enrolment.poor_total
    unknown = np.full(len(total), np.nan)
    columns = {ALL: total}
    for k, name in enumerate(enrolment.groups):
        columns[name] = unknown if groups is None else groups[:, k]
    columns[POOR] = unknown if poor is None else poor
    return columns


def _sums(enrolment: Enrolment) -> dict[str, float]:
    """Return the students of all schools by group, and the poor; NaN where unknown."""
    return {name: size.students(column) for name, column in _columns(enrolment).items()}


def _everyone(scene: Scene) -> dict[str, float]:
    """Return the students of all measured levels."""
    parts = [_sums(scene.enrolments[level]) for level in scene.levels]
    return {name: sum(part[name] for part in parts) for name in parts[0]} if parts else {}


def students_of_buildings(scene: Scene) -> dict[str, dict[str, float]]:
    """Return the students of each school over all its levels, by group.

    Schools that serve a measured level in either arrangement; levels that are not measured add
    today's students of the same building.  A school that nothing uses has 0 students.
    """
    levels = scene.by_school
    measured = {school for level in scene.levels for school in levels[level].school_ids}
    measured |= set(scene.known_schools) & {s for one in levels.values() for s in one.school_ids}
    counts: dict[str, dict[str, float]] = {}
    for enrolment in levels.values():
        columns = _columns(enrolment)
        for row, school in enumerate(enrolment.school_ids):
            building = counts.setdefault(school, dict.fromkeys(columns, 0.0))
            for name, column in columns.items():
                building[name] += float(column[row])
    used = {school: counts[school] for school in sorted(measured)}
    return used | _unused(scene, set(counts))


def _unused(scene: Scene, used: set[str]) -> dict[str, dict[str, float]]:
    """Return 0 students for schools that serve a measured level in the other arrangement only."""
    names = (ALL, *scene.groups, POOR)
    joined = {school for unit in used for school in unit.split("+")}
    return {
        school: dict.fromkeys(names, 0.0) for school in scene.known_schools if school not in joined
    }


def seats_of_units(scene: Scene) -> dict[str, float]:
    """Return the seats of each school, and of schools that are counted together."""

    def of(unit: str) -> float:
        return float(sum(capacity.get(school, NAN) for school in unit.split("+")))

    schools = scene.supply.schools
    units = {school for one in scene.by_school.values() for school in one.school_ids}
    is_used = schools["is_open"].astype(bool) | schools.index.isin(
        [school for unit in units for school in unit.split("+")]
    )
    seats = schools["capacity_seats"].astype(float).where(is_used, 0.0)
    capacity = {str(school): float(seat) for school, seat in seats.items()}
    return {unit: of(unit) for unit in {*units, *capacity}}
