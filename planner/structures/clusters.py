"""Ways a cluster of zones can divide the grades among its buildings, and what each is worth.

A way is a table (zone of the cluster, grade) → building.  The buildings stand in tiers: the first
tier takes the lowest grades, and so on.  A tier of one building serves the whole cluster; in a
tier of several each zone keeps its own building, and a zone whose own building is in another
tier is given to one of them.  So pairs, triples and "two K-2 schools feed one 3-5" are all here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations, product

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Ints
from planner.errors import StructureError
from planner.structures.aims import Aim
from planner.structures.buildings import Buildings
from planner.structures.zones import ZoneUnits

__all__ = ["LARGEST", "Way", "Ways", "divide", "evaluate", "tier_orders"]

LARGEST = 4  # larger clusters have too many ways to list; planner.reorganise.bands finds those


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way to run a cluster.

    Parameters
    ----------
    zones : tuple of int
    table : (k, G) int32
        Building of each zone of the cluster and grade.
    terms : (c,) float64
        Its part of the aim.
    student_m : float [students · m]
    moved : float [students]
        Students whose building is another than in the base plan.
    """

    zones: tuple[int, ...]
    table: Ints
    terms: Floats
    student_m: float
    moved: float


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Every way of one cluster, evaluated together; w ways, k zones.

    Parameters
    ----------
    zones : tuple of int
    tables : (w, k, G) int32
    terms : (w, c) float64
    student_m, moved : (w,) float64
    fits : (w,) bool
        Whether every building is fit for its grades, teaches one span of them (with those of
        another level) and holds its students in every year.
    fullest : (w,) float64 [share]
        Utilization of the fullest building in its worst year; NaN where no seats are known.
    """

    zones: tuple[int, ...]
    tables: Ints
    terms: Floats
    student_m: Floats
    moved: Floats
    fits: NDArray[np.bool_]
    fullest: Floats

    def best(self) -> list[Way]:
        """Return the fitting ways that no other way beats: same effect, less travel."""
        fitting = np.flatnonzero(self.fits & ~np.isnan(self.student_m))
        seen: dict[tuple[float, ...], int] = {}
        for w in fitting[np.argsort(self.student_m[fitting], kind="stable")]:
            key = (*np.round(self.terms[w], 12), round(float(self.moved[w]), 6))
            seen.setdefault(key, int(w))
        return [self.way(w) for w in seen.values()]

    def way(self, w: int) -> Way:
        """Return one of them."""
        metres, moved = float(self.student_m[w]), float(self.moved[w])
        return Way(self.zones, self.tables[w], self.terms[w], metres, moved)


def divide(units: ZoneUnits, zones: tuple[int, ...]) -> Ints:
    """List every way a cluster can divide the grades, (w, k, G) int32.

    The buildings are those the zones use today; all are used.  The first way is today's.

    Raises
    ------
    StructureError
        For clusters larger than `LARGEST`.
    """
    today = units.base[list(zones)]
    schools = sorted(set(today.ravel().tolist()))
    if len(schools) > LARGEST:
        raise StructureError(
            f"a cluster of {len(schools)} buildings has too many ways to list",
            f"up to {LARGEST} are listed one by one",
            "set largest = 4, or find larger clusters with kind = 'bands'",
        )
    width = len(units.grades)
    tables = [today]
    for tiers in tier_orders(schools):
        if len(tiers) == 1 or len(tiers) > width:
            continue
        choices = [
            [_home(zone_row, tier) for zone_row in today] for tier in tiers
        ]  # tier → zone → buildings it may go to
        for picks in product(*(product(*options) for options in choices)):
            if len(set(chain.from_iterable(picks))) < len(schools):
                continue  # two zones of one tier chose one building, and another would stand empty
            for cuts in combinations(range(1, width), len(tiers) - 1):
                tier_of = np.searchsorted(np.array(cuts), np.arange(width), side="right")
                tables.append(np.array(picks, dtype=np.int32).T[:, tier_of])
    return np.unique(np.array(tables, dtype=np.int32), axis=0)


def tier_orders(schools: list[int]) -> Iterator[list[list[int]]]:
    """Yield every ordered split of buildings into tiers."""
    if not schools:
        yield []
        return
    for size in range(1, len(schools) + 1):
        for first in combinations(schools, size):
            rest = [school for school in schools if school not in first]
            for tail in tier_orders(rest):
                yield [list(first), *tail]


def evaluate(
    units: ZoneUnits,
    zones: tuple[int, ...],
    aim: Aim,
    buildings: Buildings,
    *,
    ceiling_share: float = 1.0,
    tables: Ints | None = None,
) -> Ways:
    """Evaluate every way of a cluster at once.

    Parameters
    ----------
    units : ZoneUnits
    zones : tuple of int
    aim : Aim
    buildings : Buildings
    ceiling_share : float [share]
        How full a building may be in any year; one that would be fuller under the base plan in that
        year may be as full as there.
    tables : (w, k, G) int32, optional
        Other ways than those of `divide`.
    """
    tables = divide(units, zones) if tables is None else tables
    at = list(zones)
    rows, columns = np.arange(len(at))[:, None], np.arange(len(units.grades))[None, :]
    student_m = units.student_m[at][rows, columns, tables].sum(axis=(1, 2))
    other = tables != units.base[at]
    moved = (other * units.counts["students"][at]).sum(axis=(1, 2))
    terms = []
    fits = np.ones(len(tables), dtype=bool)
    fullest = np.full(len(tables), np.nan)
    may, seats = buildings.may_serve(units.grades), buildings.seats
    for school in np.unique(tables):
        here = tables == school
        terms.append(
            aim.terms({m: np.einsum("wkg,kg->wg", here, units.counts[m][at]) for m in aim.measures})
        )
        served, base = here.any(axis=1), (units.base == school).any(axis=0)
        today_runs = int(buildings.runs(school, units.grades, base))
        whole = buildings.runs(school, units.grades, served) <= max(1, today_runs)
        fits &= (whole & ~(served & ~may[school]).any(axis=1)) | ~other.any(axis=(1, 2))
        if np.isnan(seats[school]):
            continue
        filled = np.einsum("wkg,ykg->wy", here, units.cohorts[:, at])
        today = ((units.base == school) * units.cohorts).sum(axis=(1, 2))
        if np.isfinite(ceiling_share):
            limit = np.maximum(ceiling_share * seats[school], today)
            fits &= (filled <= limit + 1e-9 * max(1.0, seats[school])).all(axis=1)
        most = filled.max(axis=1)
        share = most / seats[school] if seats[school] > 0 else np.where(most > 0, np.inf, 0.0)
        fullest = np.fmax(fullest, share)
    joined = aim.join(np.stack(terms))
    return Ways(zones, tables, joined, student_m, moved, fits, fullest)


def _home(zone_row: Ints, tier: list[int]) -> list[int]:
    """Return the buildings of a tier a zone may go to: its own if it is there."""
    own = [school for school in tier if school in zone_row]
    return own or tier
