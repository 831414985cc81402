"""Exposure to poverty by group, and the gaps between groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.dtypes import Floats
from geodata.reserved import ALL, POOR
from planner.evaluation.bodies import Body
from planner.evaluation.draws import Draws
from planner.evaluation.indices import pair_name, pairs
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene, note_unknown
from planner.metrics.poverty_exposure import (
    exposure_to_poverty,
    parity_gap,
    poverty_exposures,
    poverty_ratio,
)
from planner.metrics.stratified import stratified_gaps

__all__ = ["poverty"]

NAN = float("nan")
Place = tuple[str, str]


def poverty(scene: Scene) -> Rows:
    """Yield whom each group meets at school who is poor, and the gaps between groups."""
    for level in scene.levels:
        body, grades = scene.bodies[level], scene.strata[level]
        if body.poor is None:
            scene.notes.add(
                f"{level}: poverty is not counted in a way that can be added up by school; "
                "exposure to poverty, its gaps and the poverty of schools are unknown."
            )
        note_unknown(scene, level, POOR)
        yield from _exposures(scene, ("level", level), body)
        yield from _within(scene, ("level", level), list(grades.values()), "_stratified")
        for grade, one in grades.items():
            yield from _exposures(scene, ("grade", grade), one)
    levels = list(scene.bodies.values())
    yield from _everywhere(levels)
    yield from _within(scene, ("district", ALL), levels, "")
    yield from _within(scene, ("district", ALL), scene.all_strata, "_stratified")


def _exposures(scene: Scene, place: Place, body: Body) -> Rows:
    """Yield each group's exposure to poverty, the gaps, and the parity gap by chance."""
    if body.poor is None or body.groups is None:
        every = NAN if body.poor is None else exposure_to_poverty(body.total, body.poor, body.total)
        yield Row("exposure_to_poverty", *place, ALL, every)
        yield Row("parity_gap", *place, ALL, NAN)
        yield Row("parity_gap_random", *place, ALL, NAN)
        return
    poor, total, n_min = body.poor, body.total, scene.settings.n_min_students
    yield Row("exposure_to_poverty", *place, ALL, exposure_to_poverty(total, poor, total))
    yield Row("exposure_to_poverty", *place, POOR, exposure_to_poverty(poor, poor, total))
    exposures = poverty_exposures(body.groups, poor, total)
    for name, value in zip(body.names, exposures, strict=True):
        yield Row("exposure_to_poverty", *place, name, float(value))
    for a, b in pairs(body.names):
        pair = pair_name(body.names[a], body.names[b])
        yield Row("poverty_gap", *place, pair, float(exposures[a] - exposures[b]))
        ratio = poverty_ratio(body.groups[:, a], body.groups[:, b], poor, total)
        yield Row("poverty_ratio", *place, pair, ratio)
    sizes = body.groups.sum(axis=0)
    yield Row("parity_gap", *place, ALL, parity_gap(exposures, sizes, n_min))
    gaps = [parity_gap(one, sizes, n_min) for one in _drawn(body, scene.draws)]
    yield Row("parity_gap_random", *place, ALL, float(np.mean(gaps)) if gaps else NAN)


def _everywhere(levels: Sequence[Body]) -> Rows:
    """Yield each group's exposure to poverty over the schools of all levels."""
    poor = np.concatenate([body.known_poor for body in levels])
    total = np.concatenate([body.total for body in levels])
    place = ("district", ALL)
    yield Row("exposure_to_poverty", *place, ALL, exposure_to_poverty(total, poor, total))
    if all(body.groups is not None for body in levels):
        exposures = poverty_exposures(np.concatenate([_groups(b) for b in levels]), poor, total)
        for name, value in zip(levels[0].names, exposures, strict=True):
            yield Row("exposure_to_poverty", *place, name, float(value))


def _within(scene: Scene, place: Place, bodies: Sequence[Body], form: str) -> Rows:
    """Yield the gaps within grades (or levels): they are compared with themselves."""
    unknown = not bodies or any(body.poor is None or body.groups is None for body in bodies)
    value = by_chance = NAN
    if not unknown:
        names, n_min = bodies[0].names, scene.settings.n_min_students
        students = np.stack([_known_sizes(body) for body in bodies])
        sizes = np.sum([_groups(body).sum(axis=0) for body in bodies], axis=0)
        exposures = [poverty_exposures(_groups(b), b.known_poor, b.total) for b in bodies]
        gaps = stratified_gaps(np.stack(exposures), students)
        for a, b in pairs(names):
            pair = pair_name(names[a], names[b])
            yield Row(f"poverty_gap{form}", *place, pair, float(gaps[a, b]))
        value = _widest(gaps, sizes, n_min)
        # where the groups of one body overlap it has no draws, and then there is no sample at all
        drawn = zip(*(_drawn(body, scene.draws) for body in bodies), strict=False)
        samples = [_widest(stratified_gaps(np.stack(d), students), sizes, n_min) for d in drawn]
        by_chance = float(np.mean(samples)) if samples else NAN
    yield Row(f"parity_gap{form}", *place, ALL, value)
    yield Row(f"parity_gap{form}_random", *place, ALL, by_chance)


def _known_sizes(body: Body) -> Floats:
    """Return the students of a body for each pair of groups, (g, g).

    Unknown where its poor or one of the two groups are: such a body is not left out.
    """
    counts = np.column_stack([_groups(body), body.known_poor])
    unknown = np.asarray(np.isnan(counts).any(axis=0))
    either = unknown[:-1, None] | unknown[:-1] | unknown[-1]
    return np.where(either, NAN, body.size)


def _widest(gaps: Floats, sizes: Floats, n_min: float) -> float:
    """Return the largest gap between groups that are large enough."""
    used = (sizes >= n_min) & (sizes > 0)
    known = np.abs(gaps[np.ix_(used, used)])
    if used.sum() < 2 or np.isnan(sizes).any():
        return NAN
    return float(np.nanmax(known)) if not np.isnan(known).all() else NAN


def _drawn(body: Body, draws: Draws) -> list[Floats]:
    """Return each group's exposure to poverty in every random assignment."""
    groups, poor = draws.groups(body), draws.poor(body)
    if groups is None or poor is None:
        return []
    count = len(body.names)
    return [
        poverty_exposures(one[:, :count], both[:, 0], both.sum(axis=1))
        for one, both in zip(groups, poor, strict=True)
    ]


def _groups(body: Body) -> Floats:
    return np.empty((len(body.total), 0)) if body.groups is None else body.groups
