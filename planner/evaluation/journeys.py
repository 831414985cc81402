"""The way to school and its burden: for all students, each group, each school."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats
from geodata.errors import counted
from geodata.reserved import ALL, POOR
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene, Travellers
from planner.metrics import travel

__all__ = ["journeys", "left_out"]


def journeys(scene: Scene) -> Rows:
    """Yield how far students go, who can walk, and who no longer can."""
    every: dict[str, list[tuple[Travellers, Floats]]] = {}
    for level in scene.levels:
        travellers = scene.travellers[level]
        for name, students in _members(scene, level).items():
            every.setdefault(name, []).append((travellers, students))
            scope = "level" if name == ALL else "group"
            yield from _figures(scene, (scope, level, name), travellers, students)
        yield from _schools(scene, level)
    for name, parts in every.items():
        if name != ALL and len(parts) == len(scene.levels):
            yield from _figures(scene, ("group", ALL, name), *_stack(parts))
    yield from _figures(scene, ("district", ALL, ALL), *_stack(every[ALL]))
    scene.notes.add(f"Travel: {scene.district.travel.label or scene.district.travel.method}.")


def _figures(
    scene: Scene, place: tuple[str, str, str], travellers: Travellers, students: Floats
) -> Rows:
    """Yield every figure of travel for some students: their scope, id and group."""
    for word, way in (("metres", travellers.metres), ("minutes", travellers.minutes)):
        if way is None:
            continue
        yield Row(f"travel_mean_{word}", *place, travel.travel_mean(way, students))
        yield Row(f"travel_p90_{word}", *place, travel.travel_percentile(way, students))
        yield Row(f"travel_longest_{word}", *place, travel.travel_longest(way, students))
        if place[0] != "group":
            yield Row(f"travel_total_{word}", *place, travel.travel_total(way, students))
    unknown = travel.travel_unknown(_way_in_all(scene, travellers), students)
    yield Row("travel_unknown", *place, unknown)
    limit = scene.settings.walk_metres
    today, plan = travellers.today_metres, travellers.metres
    yield Row("walkers", *place, travel.walkers(plan, students, limit))
    yield Row("walkers_to_riders", *place, travel.walkers_to_riders(today, plan, students, limit))
    yield Row("riders_to_walkers", *place, travel.riders_to_walkers(today, plan, students, limit))


def _schools(scene: Scene, level: str) -> Rows:
    """Yield how far the students of each school go, and how many could walk."""
    travellers, ids = scene.travellers[level], scene.placements[level].school_ids
    limit = scene.settings.walk_metres
    for school in scene.placements[level].schools():
        cells = travellers.school == school
        students, place = travellers.students[cells], ("school", ids[school], ALL)
        for word, way in (("metres", travellers.metres), ("minutes", travellers.minutes)):
            if way is not None:
                mean = travel.travel_mean(way[cells], students)
                yield Row(f"travel_mean_{word}", *place, mean)
                longest = travel.travel_longest(way[cells], students)
                yield Row(f"travel_longest_{word}", *place, longest)
        unknown = travel.travel_unknown(_way_in_all(scene, travellers)[cells], students)
        yield Row("travel_unknown", *place, unknown)
        yield Row("walkers", *place, travel.walkers(travellers.metres[cells], students, limit))


def left_out(scene: Scene) -> list[str]:
    """Tell how many students with a school no mean in metres (or in minutes) has in it."""
    told = []
    for level in scene.levels:
        travellers = scene.travellers[level]
        for word, way in _measured(scene, travellers).items():
            placed = np.where(travellers.school >= 0, way, 0.0)
            lost = travel.travel_unknown(placed, travellers.students)
            if lost > 0:
                told.append(
                    f"{level}: the way of {counted(round(lost), 'student')} to their school is not "
                    f"known in {word}: no mean in {word} has them in it."
                )
    return told


def _measured(scene: Scene, travellers: Travellers) -> dict[str, Floats]:
    """Return the ways by the measures that the district has; metres where it has none."""
    minutes = {} if travellers.minutes is None else {"minutes": travellers.minutes}
    is_in_metres = not minutes or bool((~np.isnan(scene.district.travel.metres)).any())
    return ({"metres": travellers.metres} if is_in_metres else {}) | minutes


def _way_in_all(scene: Scene, travellers: Travellers) -> Floats:
    """Return a way that is unknown where one of the measures is; none without a school."""
    ways = list(_measured(scene, travellers).values())
    return np.where(travellers.school >= 0, np.sum(ways, axis=0), 0.0)


def _members(scene: Scene, level: str) -> dict[str, Floats]:
    """Return the students of everybody, each group and the poor, in the cells of a level."""
    found: dict[str, Floats] = {ALL: scene.travellers[level].students}
    for name in (*scene.groups, POOR):
        students = scene.members(level, None if name == POOR else name, poor=name == POOR)
        if students is not None:
            found[name] = students
    return found


def _stack(parts: list[tuple[Travellers, Floats]]) -> tuple[Travellers, Floats]:
    """Put the cells of several levels into one row."""

    def beside(name: str) -> Floats:
        return np.concatenate([getattr(one, name).ravel() for one, _ in parts])

    has_minutes = all(one.minutes is not None for one, _ in parts)
    has_today = all(one.today_minutes is not None for one, _ in parts)
    travellers = Travellers(
        students=beside("students"),
        school=beside("school").astype(np.int32),
        today=beside("today").astype(np.int32),
        metres=beside("metres"),
        today_metres=beside("today_metres"),
        minutes=beside("minutes") if has_minutes else None,
        today_minutes=beside("today_minutes") if has_today else None,
    )
    return travellers, np.concatenate([students.ravel() for _, students in parts])
