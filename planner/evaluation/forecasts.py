"""Students and seats in the later years that the district has a forecast of."""

from __future__ import annotations

from dataclasses import replace

from planner.evaluation.counted import Counted
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene
from planner.evaluation.service import filling, seats_of_units, students_of_buildings
from planner.metrics import size, utilization

__all__ = ["forecasts"]


def forecasts(scene: Scene) -> Rows:
    """Yield how full the schools of a scene are in every year of the forecast.

    The year stands where other rows have their group.
    """
    for year in sorted(scene.district.forecasts):
        yield from _year(_in_year(scene, year), str(year))


def _in_year(scene: Scene, year: int) -> Scene:
    """Return the same arrangement with the students expected in a year, and no notes."""
    counts = Counted(scene.district.forecasts[year])
    return replace(scene, district=scene.district.in_year(year), counts=counts, notes=set())


def _year(scene: Scene, year: str) -> Rows:
    expected = students_of_buildings(scene)
    seats = seats_of_units(scene)
    for level in scene.levels:
        if not scene.counts.has(level=level):
            continue
        ids, full, room, use = filling(scene, level, expected, seats)
        place = ("level", level, year)
        yield Row("students_forecast", *place, size.students(scene.by_school[level].total))
        yield Row("utilization_forecast", *place, utilization.utilization(full.sum(), room.sum()))
        yield Row("utilization_highest_forecast", *place, utilization.utilization_highest(use))
        over = utilization.students_over_capacity(full, room)
        yield Row("students_over_capacity_forecast", *place, over)
        for school, students, share in zip(ids, full, use, strict=True):
            yield Row("students_forecast", "school", school, year, float(students))
            yield Row("utilization_forecast", "school", school, year, float(share))
