"""Who lives in which block, in truth and in a possible world of the areas.

A world of the areas says nothing of blocks.  Here it is told block by block, as near to the truth
as it goes, so that groups still fit into their blocks: all students as they are spread in truth,
the parts by iterative proportional fitting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from geodata.dtypes import Floats, Positions
from geodata.reserved import ALL, POOR
from planner.disclosure.areas import Population

__all__ = ["Kind", "People"]


_ROUNDS = 40
_CLOSE = 1e-6  # students
_SEED = 1e-4  # a part of nobody may come to live in any block


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Students of one kind, such as the poor of each block, or all but them.

    Parameters
    ----------
    count : (n,) float64 [students]
    parts : (m, n) float64 [students]
        How many of them each measure counts; where that is not known, as of all students there.
    """

    count: Floats
    parts: Floats


@dataclass(frozen=True, eq=False)
class People:
    """The students of each block of a population, by measure.

    Parameters
    ----------
    population : Population
    """

    population: Population

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Measures with a number in every area; the first counts everybody."""
        counts = self.population.counts
        return tuple(m for m, values in counts.items() if not np.isnan(values).any())

    @cached_property
    def truth(self) -> Floats:
        """Students of each block, (m, n)."""
        return np.array([self.population.blocks[m] for m in self.measures])

    @cached_property
    def _sets(self) -> list[list[int]]:
        """Measures no student has two of, together."""
        own = [at for at, m in enumerate(self.measures) if m not in (ALL, POOR)]
        poor = [[at] for at, m in enumerate(self.measures) if m == POOR]
        groups = [[at] for at in own] if self.population.how == "each" else [own] if own else []
        return groups + poor

    @cached_property
    def blocks_of(self) -> list[Positions]:
        """Blocks of each area."""
        area = self.population.area_of
        order = np.argsort(area, kind="stable")
        return np.split(order, np.cumsum(np.bincount(area, minlength=self.population.size))[:-1])

    @cached_property
    def _to_areas(self) -> csr_array:
        return _membership(self.population.area_of, self.population.size)

    def by_area(self, values: Floats) -> Floats:
        """Sum up the blocks of each area, (…, k)."""
        return np.asarray(values @ self._to_areas)

    def kinds(self, people: Floats) -> Iterator[Kind]:
        """Yield the kinds of students whose small numbers must not be told; see `targets_of`."""
        whole = people[0]
        share = np.divide(people, whole, out=np.zeros_like(people), where=whole > 0)
        yield Kind(whole, people)
        for members in self._sets:
            for at in members:
                inside, outside = share * people[at], share * (whole - people[at])
                inside[members], outside[members] = 0.0, people[members]
                inside[0], inside[at] = people[at], people[at]
                outside[0], outside[at] = whole - people[at], 0.0
                yield Kind(inside[0], inside)
                yield Kind(outside[0], outside)
            if len(members) > 1 and self.population.how == "below":
                others = whole - people[members].sum(axis=0)
                parts = share * others
                parts[0], parts[members] = others, 0.0
                yield Kind(others, parts)

    def of_world(self, world: Floats) -> Floats:
        """Return the students of each block in a world of the areas, (m, n)."""
        every = np.arange(self.population.size)
        now = np.array([world[self.population.index(m, every)] for m in self.measures])
        before = self.by_area(self.truth)
        changed = np.flatnonzero((np.abs(now - before) > _CLOSE).any(axis=0))
        place = np.full(self.population.size, -1)
        place[changed] = np.arange(len(changed))
        area = place[self.population.area_of]
        people = self.truth.copy()
        if len(changed):
            at = area >= 0
            people[:, at] = self._spread(self.truth[:, at], area[at], now[:, changed])
        return people

    def _spread(self, truth: Floats, area: Positions, now: Floats) -> Floats:
        """Spread the students of some areas, (m, k), over their blocks."""
        to_areas = _membership(area, now.shape[1])
        before, blocks = truth[0] @ to_areas, np.ones(len(area)) @ to_areas
        people = np.empty_like(truth)
        people[0] = np.where(
            before[area] > 0, truth[0] * _ratio(now[0], before)[area], (now[0] / blocks)[area]
        )
        for members in self._sets:
            old = np.vstack([truth[members], truth[0] - truth[members].sum(axis=0)])
            new = np.vstack([now[members], now[0] - now[members].sum(axis=0)])
            people[members] = _fitted(old.clip(0.0), people[0], new.clip(0.0), area)[:-1]
        return people


def _fitted(parts: Floats, whole: Floats, wanted: Floats, area: Positions) -> Floats:
    """Fit parts to the whole of each block and to what is wanted of each area.

    Where that has no end, every block is a mixture of its area.
    """
    to_areas = _membership(area, wanted.shape[1])
    mixed = whole * _ratio(wanted, whole @ to_areas)[:, area]
    parts = parts + _SEED * np.minimum(whole, 1.0)
    for _ in range(_ROUNDS):
        parts *= _ratio(wanted, parts @ to_areas)[:, area]
        parts *= _ratio(whole, parts.sum(axis=0))
        off = np.abs(parts @ to_areas - wanted).max(axis=0)
        if (off < _CLOSE).all():
            break
    return np.where((off < _CLOSE)[area], parts, mixed)


def _membership(area: Positions, size: int) -> csr_array:
    """Return the matrix that sums blocks up by area, (n, k)."""
    blocks = np.arange(len(area))
    return csr_array((np.ones(len(area)), (blocks, area)), shape=(len(area), size))


def _ratio(one: Floats, other: Floats) -> Floats:
    return np.divide(one, other, out=np.zeros(np.broadcast(one, other).shape), where=other > 0)
