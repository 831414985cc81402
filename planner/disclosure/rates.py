"""Averages and indices: what they tell about the unknowns, and whether every world agrees.

A rate is printed rounded.  Around the truth it is a weighted sum of the unknowns (its slope), so
the rounded number is a row with a low and a high end; because the slope is only a tangent, the
rate itself is worked out again in every world, and is shown only where all worlds round alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import District
from geodata.dtypes import Floats
from geodata.reserved import ALL, POOR
from planner.disclosure.areas import Areas, Population
from planner.disclosure.cells import Key
from planner.disclosure.worlds import Row
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.poverty_exposure import exposure_to_poverty
from planner.metrics.poverty_near import poverty_distance, poverty_spread
from planner.metrics.travel import travel_mean

__all__ = ["GRAINS", "Rate", "rates_of", "rounded"]


GRAINS: Mapping[str, float] = {
    "travel_mean_metres": 160.9344,  # a tenth of a mile
    "travel_mean_minutes": 1.0,
    "dissimilarity": 0.01,
    "exposure_to_poverty": 0.01,
    "poverty_spread": 0.01,
    "poverty_distance": 0.01,
}
"""Steps in which rates are shown to the public, in the unit of the metric."""

_STEP = 0.5  # students; for the slope
_MARGIN = 0.15  # share of a grain
_COSTS = {"school": 3.0, "level": 60.0, "group": 20.0}  # what hiding takes from a reader


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """A number that is not a sum.

    Parameters
    ----------
    key : tuple of str
    index : (k,) int
        Unknowns it depends on.
    function : callable ((k,) float64) -> float
    of : Population, optional
        Of a mean way: the students who go it.
    way : (n,) float64, optional [m] or [min]
        Of a mean way: that of each block it counts, NaN elsewhere.
    """

    key: Key
    index: NDArray[np.int64]
    function: Callable[[Floats], float]
    of: Population | None = None
    way: Floats | None = None

    @property
    def grain(self) -> float:
        """Step in which it is shown."""
        return GRAINS[self.key[1]]

    @property
    def cost(self) -> float:
        """What hiding it takes from a reader."""
        return _COSTS[self.key[2]]

    def value(self, world: Floats) -> float:
        """Work the rate out in a world."""
        return self.function(world[self.index])

    def row(self, truth: Floats) -> Row:
        """Return what the rounded rate tells, to first order around the truth."""
        at = truth[self.index]
        middle = self.function(at)
        slope = np.empty(len(at))
        for part in range(len(at)):
            moved = at.copy()
            moved[part] += _STEP
            slope[part] = (self.function(moved) - middle) / _STEP
        shown, base = rounded(middle, self.grain), float(slope @ at) - middle
        scale = 1.0 / max(float(np.abs(slope).max(initial=0.0)), 1e-12)
        near = (0.5 - _MARGIN) * self.grain  # a tangent errs: keep away from the next step
        low, high = min(middle, shown - near) + base, max(middle, shown + near) + base
        return Row(self.key, self.index, slope * scale, low * scale, high * scale, self.cost)


def rounded(value: float, grain: float) -> float:
    """Round to a multiple of the grain, halves away from zero."""
    steps = np.floor(abs(value) / grain + 0.5)
    return round(float(np.sign(value) * steps * grain), 9)


def rates_of(district: District, areas: Areas, plans: Sequence[str]) -> Iterator[Rate]:
    """Yield the rates a packet shows, for every plan.

    Averages of travel for each school, level and group; dissimilarity of each group against the
    rest; exposure to poverty; spread of poverty.

    Parameters
    ----------
    district : District
    areas : Areas
    plans : sequence of str
    """
    for population in areas.populations:
        known = {m for m, counts in population.counts.items() if not np.isnan(counts).any()}
        if ALL not in known:
            continue
        for plan, level in population.units:
            if plan in plans:
                yield from _indices(population, plan, level, known)
                yield from _ways(district, population, plan, level, known)


def _indices(population: Population, plan: str, level: str, known: set[str]) -> Iterator[Rate]:
    unit = population.units[plan, level]
    placed = np.flatnonzero(unit != "")
    _, school = np.unique(unit[placed], return_inverse=True)
    if len(placed) == 0 or level in population.part_of:
        return

    def rate(
        metric: str, group: str, measures: Sequence[str], function: Callable[..., float]
    ) -> Rate:
        index = np.concatenate([population.index(measure, placed) for measure in measures])

        def of(values: Floats) -> float:
            sums = [np.bincount(school, weights=v) for v in values.reshape(len(measures), -1)]
            return function(*sums)

        return Rate((plan, metric, "level", level, group), index, of)

    for group in sorted(known - {ALL}):
        yield rate("dissimilarity", group, (group, ALL), lambda g, t: dissimilarity(g, t - g))
    if POOR in known:
        yield rate("poverty_spread", ALL, (POOR, ALL), poverty_spread)
        yield rate("poverty_distance", ALL, (POOR, ALL), poverty_distance)
        for group in sorted(known - {ALL, POOR}):
            measures = (group, POOR, ALL)
            yield rate("exposure_to_poverty", group, measures, exposure_to_poverty)


def _ways(
    district: District,
    population: Population,
    plan: str,
    level: str,
    known: set[str],
) -> Iterator[Rate]:
    unit = population.units[plan, level]
    for word, matrix in (("metres", district.travel.metres), ("minutes", district.travel.minutes)):
        if matrix is None:
            continue
        metric = f"travel_mean_{word}"
        by_block = _block_ways(district, population, unit, matrix)
        for measure in sorted(known):
            way = _area_ways(population, measure, by_block)
            here = np.flatnonzero((unit != "") & ~np.isnan(way))
            scope = "level" if measure == ALL else "group"
            if level not in population.part_of:
                yield _mean(population, (plan, metric, scope, level, measure), here, way, by_block)
            if measure != ALL:
                continue
            for name in np.unique(unit[here]):
                at = here[unit[here] == name]
                mine = np.where(np.isin(population.area_of, at), by_block, np.nan)
                key = (plan, metric, "school", str(name), ALL)
                yield _mean(population, key, at, way, mine)


def _mean(
    population: Population, key: Key, here: NDArray[np.intp], way: Floats, by_block: Floats
) -> Rate:
    length, index = way[here], population.index(key[4], here)
    return Rate(key, index, lambda n: travel_mean(length, n), population, by_block)


def _block_ways(
    district: District,
    population: Population,
    unit: NDArray[np.str_],
    matrix: NDArray[np.float32],
) -> Floats:
    """Return the way of each block to its school, NaN where unknown.

    Schools that divide the grades of a zone count alike.
    """
    index = district.schools.index
    columns = {u: index.get_indexer(pd.Index(u.split("+"))) for u in np.unique(unit).tolist()}
    way = np.full(len(population.area_of), np.nan)
    for area, schools in enumerate(columns[u] for u in unit.tolist()):
        blocks = population.area_of == area
        if unit[area] and (schools >= 0).all():
            way[blocks] = matrix[np.ix_(blocks, schools)].mean(axis=1)
    return way


def _area_ways(population: Population, measure: str, way: Floats) -> Floats:
    """Return the mean way of each area's students, given each block's, NaN where unknown."""
    weight = np.nan_to_num(population.blocks[measure])
    known = ~np.isnan(way)
    size = population.size
    count = np.bincount(population.area_of[known], minlength=size)
    some = np.bincount(population.area_of[known], weights=weight[known], minlength=size)
    weight = np.where((some > 0)[population.area_of], weight, 1.0)
    total = np.bincount(population.area_of[known], weights=weight[known], minlength=size)
    length = np.bincount(population.area_of[known], weights=(weight * way)[known], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, length / total, np.nan)
