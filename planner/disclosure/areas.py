"""The smallest areas that published numbers can tell apart, and the sums they make.

Everybody may know every plan.  Two blocks that have the same school in every plan, published now
or earlier, are never told apart by sums over schools: together they are one *area*.  The unknowns
of an attack are the students of each area: all of them, each group, the poor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import District
from geodata.dtypes import Floats
from geodata.reserved import ALL, POOR
from planner.disclosure.worlds import Unknowns, Whole
from planner.metrics.base import Placement, place
from planner.plan import Plan

__all__ = ["Areas", "Population", "find_areas"]

Names = NDArray[np.str_]
How = Literal["equal", "below", "each"]
Units = Mapping[tuple[str, str], Names]


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Students who are counted together: one level, or some of its grades.

    Parameters
    ----------
    area_of : (n,) int
        Area of each block.
    units : mapping of (plan, level) to (k,) str
        School of each area ("A+B": counted together), empty for none.
    counts : mapping of measure to (k,) float64 [students]
        ``all``, each group, ``poor``; NaN unknown.
    blocks : mapping of measure to (n,) float64 [students]
        The same for each block.
    how : {"equal", "below", "each"}
        How the groups relate to all students; see `Whole`.
    part_of : frozenset of str
        Levels of which these are only some grades.
    first : int
        Number of the first unknown.
    """

    area_of: NDArray[np.intp]
    units: Units
    counts: Mapping[str, Floats]
    blocks: Mapping[str, Floats]
    how: How
    part_of: frozenset[str]
    first: int

    @property
    def size(self) -> int:
        """Number of areas."""
        return len(self.counts[ALL])

    def index(self, measure: str, areas: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the numbers of the unknowns of some areas."""
        at = list(self.counts).index(measure)
        return np.asarray(self.first + at * self.size + areas, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """All populations of a district.

    Parameters
    ----------
    populations : tuple of Population
    """

    populations: tuple[Population, ...]

    def unknowns(self) -> Unknowns:
        """Return what an attacker does not know."""
        values = [counts for p in self.populations for counts in p.counts.values()]
        flat = np.nan_to_num(np.concatenate(values)) if values else np.empty(0)
        return Unknowns(flat, tuple(self._wholes()))

    def known(self) -> NDArray[np.bool_]:
        """Return which unknowns the district itself has a number for."""
        values = [counts for p in self.populations for counts in p.counts.values()]
        return ~np.isnan(np.concatenate(values)) if values else np.empty(0, dtype=bool)

    def students_by_school(self, plan: str, world: Floats, *, without: str) -> dict[str, float]:
        """Return the students of each school in a world, but for those of one level [students].

        Parameters
        ----------
        plan : str
        world : (v,) float64 [students]
            As `unknowns`.
        without : str
            Level that is left out.
        """
        found: dict[str, float] = {}
        for population in self.populations:
            students = world[population.index(ALL, np.arange(population.size))]
            for (name, level), unit in population.units.items():
                if name != plan or level == without:
                    continue
                for school in np.unique(unit[unit != ""]).tolist():
                    here = float(students[unit == school].sum())
                    found[school] = found.get(school, 0.0) + here
        return found

    def _wholes(self) -> Iterator[Whole]:
        for population in self.populations:
            every = np.arange(population.size)
            number = {m: population.index(m, every) for m in population.counts}
            groups = [m for m in population.counts if m not in (ALL, POOR)]
            for area, whole in enumerate(number[ALL].tolist()):
                if groups:
                    parts = tuple(int(number[group][area]) for group in groups)
                    yield Whole(whole, parts, population.how)
                if POOR in number:
                    yield Whole(whole, (int(number[POOR][area]),), "each")


@dataclass(slots=True)
class _Layer:
    """Levels (or runs of grades) with the very same students."""

    counts: dict[str, Floats]
    units: dict[tuple[str, str], Names] = field(default_factory=dict)
    part_of: set[str] = field(default_factory=set)


def find_areas(
    district: District, plans: Mapping[str, Plan], groups: Sequence[str] | None = None
) -> Areas:
    """Find the areas that the given plans tell apart, and count their students.

    Parameters
    ----------
    district : District
    plans : mapping of name to Plan
        Today's, every option's, and those of earlier public files.
    groups : sequence of str, optional
        Groups to look at; all of them by default.
    """
    wanted = district.students.groups if groups is None else tuple(groups)
    placed = _placements(district, plans)
    layers: dict[bytes, _Layer] = {}
    for level in district.levels:
        of_level = {name: p[level] for name, p in placed.items() if level in p}
        for grades, units in _slots(district, level, of_level):
            counts = _counts(district, level, grades, wanted)
            if not counts:
                continue
            key = b"".join(values.tobytes() for values in counts.values())
            layer = layers.setdefault(key, _Layer(counts))
            layer.units |= {(name, level): unit for name, unit in units.items()}
            if grades is not None:
                layer.part_of.add(level)
    how: How = "each"
    if district.students.exhaustive:
        how = "equal" if set(wanted) >= set(district.students.groups) else "below"
    populations: list[Population] = []
    first = 0
    for layer in layers.values():
        populations.append(_population(layer, how, first))
        first += populations[-1].size * len(layer.counts)
    return Areas(tuple(populations))


def _population(layer: _Layer, how: How, first: int) -> Population:
    """Put blocks with the same schools in every plan together."""
    codes = [np.unique(unit, return_inverse=True)[1] for unit in layer.units.values()]
    _, where, area_of = np.unique(
        np.stack(codes, axis=1), axis=0, return_index=True, return_inverse=True
    )
    area_of = np.asarray(area_of).ravel()
    sums = {
        measure: np.bincount(area_of, weights=values, minlength=len(where)).astype(np.float64)
        for measure, values in layer.counts.items()
    }
    units = {name: unit[where] for name, unit in layer.units.items()}
    part_of = frozenset(layer.part_of)
    return Population(
        area_of=area_of,
        units=units,
        counts=sums,
        blocks=layer.counts,
        how=how,
        part_of=part_of,
        first=first,
    )


def _placements(district: District, plans: Mapping[str, Plan]) -> dict[str, dict[str, Placement]]:
    """Return where each plan sends every block; levels it leaves out are as today."""
    named = {str(s) for plan in plans.values() for s in plan.table["school_id"]}
    schools = sorted(named | {str(school) for school in district.schools.index})
    today = place(Plan.today(district), district, schools)
    return {name: today | place(plan, district, schools) for name, plan in plans.items()}


def _slots(
    district: District, level: str, placed: Mapping[str, Placement]
) -> Iterator[tuple[tuple[str, ...] | None, dict[str, Names]]]:
    """Yield runs of grades with the school of each block in each plan.

    Where students are not counted by grade, the whole level is one run, and schools that divide
    its grades are one unit.
    """
    if not placed:
        return
    some = next(iter(placed.values()))
    cuts = {run.start for placement in placed.values() for run, _ in placement.runs()}
    edges = [*sorted(cuts), len(some.grades)]
    runs = [some.grades[a:b] for a, b in pairwise(edges)]
    if len(runs) > 1 and all(district.students.has(grades=run) for run in runs):
        for start, run in zip(edges, runs, strict=False):
            yield run, {n: _names(p, p.school_of[:, [start]]) for n, p in placed.items()}
    else:
        starts = edges[:-1]
        yield None, {name: _names(p, p.school_of[:, starts]) for name, p in placed.items()}


def _names(placement: Placement, school: NDArray[np.int32]) -> Names:
    """Join the schools of each row, lowest grades first."""
    ids = np.array([*placement.school_ids, ""], dtype=str)
    table = pd.DataFrame(ids[school])
    patterns = table.drop_duplicates()
    joined = ["+".join(dict.fromkeys(s for s in row if s)) for row in patterns.to_numpy()]
    keys = pd.MultiIndex.from_frame(patterns)
    at = keys.get_indexer(pd.MultiIndex.from_frame(table))
    return np.array(joined, dtype=str)[at]


def _counts(
    district: District, level: str, grades: Sequence[str] | None, groups: Sequence[str]
) -> dict[str, Floats]:
    """Return the students of each block by measure, as far as they are known."""
    counts = district.students
    at = (level, None) if grades is None else (None, grades)

    def ask(group: str | None = None, *, poor: bool = False) -> Floats | None:
        if not counts.has(level=at[0], grades=at[1], group=group, poor=poor):
            return None
        return counts.count(level=at[0], grades=at[1], group=group, poor=poor)

    found = {ALL: ask(), **{group: ask(group) for group in groups}, POOR: ask(poor=True)}
    if found[ALL] is None:
        return {}
    return {measure: values for measure, values in found.items() if values is not None}
