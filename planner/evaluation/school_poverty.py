"""How poor the schools are: distance from the poverty of all, bands, and the proof of the gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from geodata.dtypes import Floats
from geodata.reserved import ALL
from planner.evaluation.bodies import Body
from planner.evaluation.indices import pair_name, pairs
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene
from planner.metrics.certificate import gap_limit_by_band, gap_limit_by_evenness
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.poverty_bands import BANDS, schools_in_poverty_band, share_in_poverty_band
from planner.metrics.poverty_near import (
    poverty_distance,
    poverty_range,
    poverty_spread,
    schools_above_poverty,
    schools_below_poverty,
    schools_near_poverty,
)
from planner.metrics.stratified import largest, stratified

__all__ = ["school_poverty"]

NAN = float("nan")
Place = tuple[str, str]


def school_poverty(scene: Scene) -> Rows:
    """Yield how far the schools' poverty is from that of all: by level, grade and within grades."""
    near = scene.settings.near_poverty
    for level in scene.levels:
        body, grades = scene.bodies[level], scene.strata[level]
        yield from _numbers_of_schools(level, body, near)
        for bodies, form in (([body], ""), (list(grades.values()), "_stratified")):
            yield from _apart(("level", level), bodies, near, form)
            yield from _attended(level, bodies, form)
        for grade, one in grades.items():
            yield from _apart(("grade", grade), [one], near)
    yield from _apart(("district", ALL), scene.all_strata, near, "_stratified")


def _numbers_of_schools(level: str, body: Body, near: float) -> Rows:
    """Yield how many schools are much poorer or less poor than all, and in which band they are."""
    poor, place = body.known_poor, ("level", level, ALL)
    yield Row("schools_below_poverty", *place, schools_below_poverty(poor, body.total, near))
    yield Row("schools_above_poverty", *place, schools_above_poverty(poor, body.total, near))
    for band in BANDS:
        count = schools_in_poverty_band(poor, body.total, band)
        yield Row(f"schools_{band}_poverty", *place, count)


def _apart(place: Place, bodies: Sequence[Body], near: float, form: str = "") -> Rows:
    """Yield distances from the poverty of all, and the limits of the gaps they prove."""
    parts = [(body.known_poor, body.total) for body in bodies]
    weight = [_size(body) for body in bodies]
    ranges = [poverty_range(*part) for part in parts]
    spread = _joined(largest, [poverty_spread(*part) for part in parts], weight)
    distance = _joined(stratified, [poverty_distance(*part) for part in parts], weight)
    close = _joined(stratified, [schools_near_poverty(*part, near) for part in parts], weight)
    yield Row(f"poverty_spread{form}", *place, ALL, spread)
    yield Row(f"poverty_distance{form}", *place, ALL, distance)
    yield Row(f"poverty_range{form}", *place, ALL, _joined(stratified, ranges, weight))
    yield Row(f"schools_near_poverty{form}", *place, ALL, close)
    yield Row(f"gap_limit_by_band{form}", *place, ALL, gap_limit_by_band(spread))
    for a, b in pairs(_names(bodies)):
        limits = []
        for body, width in zip(bodies, ranges, strict=True):
            groups = np.empty((0, 0)) if body.groups is None else body.groups
            limits.append(gap_limit_by_evenness(dissimilarity(groups[:, a], groups[:, b]), width))
        pair = pair_name(_names(bodies)[a], _names(bodies)[b])
        limit = _joined(stratified, limits, weight)
        yield Row(f"gap_limit_by_evenness{form}", *place, pair, limit)


def _attended(level: str, bodies: Sequence[Body], form: str) -> Rows:
    """Yield which share of each group attends schools of each band of poverty."""
    for name in (ALL, *(bodies[0].members() if bodies else ())):
        groups = [body.total if name == ALL else body.members()[name] for body in bodies]
        for band in BANDS:
            shares = [
                share_in_poverty_band(group, body.known_poor, body.total, band)
                for group, body in zip(groups, bodies, strict=True)
            ]
            sizes = [_size(body, group) for body, group in zip(bodies, groups, strict=True)]
            share = _joined(stratified, shares, sizes)
            yield Row(f"share_in_{band}_poverty_schools{form}", "group", level, name, share)


def _joined(
    join: Callable[[Floats, Floats], float], values: Sequence[float], weight: Sequence[float]
) -> float:
    """Join the values of several bodies; of a single one the value itself."""
    if len(values) == 1:
        return values[0]
    return join(np.array(values), np.array(weight)) if values else NAN


def _size(body: Body, group: Floats | None = None) -> float:
    """Return how many students a body, or a group in it, has; NaN where poverty is unknown."""
    students = body.total if group is None else group
    return NAN if np.isnan(body.known_poor).any() else float(students.sum())


def _names(bodies: Sequence[Body]) -> tuple[str, ...]:
    """Return the groups that every body counts."""
    if not bodies or any(body.groups is None for body in bodies):
        return ()
    return bodies[0].names
