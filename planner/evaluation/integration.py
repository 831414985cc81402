"""How evenly groups are spread over schools, and whom they meet: pooled, by grade, by chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np

from geodata.dtypes import Floats
from geodata.reserved import ALL, POOR
from planner.evaluation.bodies import Body
from planner.evaluation.draws import Draws
from planner.evaluation.indices import MULTIGROUP, TWO_GROUP, Index, MultiIndex, pair_name, pairs
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene, note_unknown
from planner.metrics.dissimilarity import dissimilarities, dissimilarity
from planner.metrics.entropy import entropy, entropy_parts
from planner.metrics.exposure import exposure_matrix
from planner.metrics.random_assignment import expected_exposure
from planner.metrics.stratified import stratified

__all__ = ["integration"]

NAN = float("nan")
Place = tuple[str, str]


def integration(scene: Scene) -> Rows:
    """Yield every index of integration of a scene, by level, grade and district."""
    draws = scene.draws
    for level in scene.levels:
        body, grades = scene.bodies[level], scene.strata[level]
        _explain(scene, level, body, bool(grades))
        yield from _evenness(("level", level), [body], draws)
        yield from _exposures(("level", level), body)
        yield from _evenness(("level", level), list(grades.values()), draws, "_stratified")
        for grade, one in grades.items():
            yield from _evenness(("grade", grade), [one], draws)
            yield from _exposures(("grade", grade), one)
    levels, everywhere = list(scene.bodies.values()), ("district", ALL)
    yield from _evenness(everywhere, levels, draws)
    yield from _evenness(everywhere, scene.all_strata, draws, "_stratified")
    yield from _between_levels(levels)


def _evenness(place: Place, bodies: Sequence[Body], draws: Draws, form: str = "") -> Rows:
    """Yield the indices of a set of bodies, averaged over them, and what chance would give."""
    members = [body.members() for body in bodies]
    names = [name for name in (members[0] if members else ()) if name != POOR]
    known = [name for name in (*names, POOR) if members and all(name in m for m in members)]
    for index in TWO_GROUP:
        if form and not index.by_grade:
            continue
        if not names:
            yield Row(index.name + form, *place, ALL, NAN)
        for name in known:
            parts = [(m[name], body.total) for m, body in zip(members, bodies, strict=True)]
            weights = [index.weight(*part) for part in parts]
            yield Row(index.name + form, *place, name, _mean(index.value, parts, weights))
            yield Row(
                f"{index.name}{form}_random",
                *place,
                name,
                _chance(index, name, bodies, weights, draws),
            )
    for multi in MULTIGROUP:
        yield from _multigroup(multi, place, bodies, form)
    yield from _pairs(place, bodies, tuple(names), draws, form)


def _multigroup(multi: MultiIndex, place: Place, bodies: Sequence[Body], form: str) -> Rows:
    value = expected = NAN
    groups = [body.everyone for body in bodies if body.everyone is not None]
    if groups and len(groups) == len(bodies):
        weights = [multi.weight(one) for one in groups]
        value = _average([multi.value(one) for one in groups], weights)
        expected = _average([multi.expected(one) for one in groups], weights)
    yield Row(multi.name + form, *place, ALL, value)
    yield Row(f"{multi.name}{form}_random", *place, ALL, expected)


def _pairs(
    place: Place, bodies: Sequence[Body], names: tuple[str, ...], draws: Draws, form: str
) -> Rows:
    """Yield the dissimilarity of every two groups."""
    for a, b in pairs(names):
        weights = [
            NAN if body.groups is None or np.isnan(body.groups[:, [a, b]]).any() else body.size
            for body in bodies
        ]

        def apart(drawn: Floats, a: int = a, b: int = b) -> Floats:
            return dissimilarities(drawn[:, :, a], drawn[:, :, b])

        values = [
            NAN if body.groups is None else dissimilarity(body.groups[:, a], body.groups[:, b])
            for body in bodies
        ]
        name = pair_name(names[a], names[b])
        random = [draws.mean(body, f"dissimilarity {name}", apart, poor=False) for body in bodies]
        yield Row(f"dissimilarity{form}", *place, name, _average(values, weights))
        yield Row(f"dissimilarity{form}_random", *place, name, _average(random, weights))


def _exposures(place: Place, body: Body) -> Rows:
    """Yield whom the average member of each group meets, and how diverse the students are."""
    everyone = body.everyone
    yield Row("diversity", *place, ALL, NAN if everyone is None else entropy(everyone.sum(axis=0)))
    seen, names = body.seen()
    if body.groups is None:
        yield Row("exposure", *place, ALL, NAN)
        return
    matrix = exposure_matrix(body.groups, body.total, seen)
    for g, of in enumerate(body.names):
        for k, to in enumerate(names):
            if of == to:
                continue
            name = pair_name(of, to)
            yield Row("exposure", *place, name, float(matrix[g, k]))
            by_chance = expected_exposure(body.groups[:, g], seen[:, k], body.total, same=False)
            yield Row("exposure_random", *place, name, by_chance)


def _between_levels(levels: Sequence[Body]) -> Rows:
    """Yield Theil's H over all schools, split into between and within levels."""
    groups = [body.everyone for body in levels if body.everyone is not None]
    between = within = NAN
    if groups and len(groups) == len(levels):
        level = np.repeat(np.arange(len(groups)), [len(one) for one in groups]).astype(np.int32)
        width = max(one.shape[1] for one in groups)
        wide = [np.pad(one, ((0, 0), (0, width - one.shape[1]))) for one in groups]
        parts = entropy_parts(np.concatenate(wide), level)
        between, within = parts.between, parts.within
    yield Row("theil_h_between_levels", "district", ALL, ALL, between)
    yield Row("theil_h_within_levels", "district", ALL, ALL, within)


def _chance(
    index: Index, name: str, bodies: Sequence[Body], weights: list[float], draws: Draws
) -> float:
    """Return what an index of one group would be by chance, averaged over bodies."""
    values = []
    for body in bodies:
        if index.expected is not None:
            values.append(index.expected(body.members()[name], body.total))
            continue
        column = 0 if name == POOR else body.names.index(name)
        values.append(
            draws.mean(
                body,
                f"{index.name} {name}",
                partial(_drawn, index=index, column=column),
                poor=name == POOR,
            )
        )
    return _average(values, weights)


def _drawn(drawn: Floats, *, index: Index, column: int) -> Floats:
    """Return an index of one group in every random assignment, (r,)."""
    if index.many is None:
        return np.empty(0)
    return index.many(drawn[:, :, column], drawn.sum(axis=2))


def _mean(
    value: Callable[[Floats, Floats], float],
    parts: Iterable[tuple[Floats, Floats]],
    weights: list[float],
) -> float:
    return _average([value(*part) for part in parts], weights)


def _average(values: list[float], weights: list[float]) -> float:
    """Return the weighted mean; of a single value the value itself."""
    if len(values) == 1:
        return values[0]
    return stratified(np.array(values), np.array(weights)) if values else NAN


def _explain(scene: Scene, level: str, body: Body, is_graded: bool) -> None:
    """Note why indices of a level are unknown."""
    if not scene.groups:
        scene.notes.add(
            "Groups: the district counts none, so who goes to school with whom is unknown."
        )
    elif body.groups is None:
        scene.notes.add(
            f"{level}: groups are not counted in a way that can be added up by school, so its "
            "indices of groups are unknown."
        )
    elif body.everyone is None:
        scene.notes.add(
            f"{level}: the groups add up to more than all students, so indices over all groups "
            "at once are unknown."
        )
    for name in scene.groups:
        note_unknown(scene, level, name)
    if body.groups is not None:
        for name, size in zip(body.names, body.groups.sum(axis=0), strict=True):
            if size == 0:
                scene.notes.add(f"{level}: no students of group {name}; its indices are undefined.")
    if not is_graded:
        scene.notes.add(
            f"{level}: students are not counted by grade, so grade-stratified indices are unknown."
        )
