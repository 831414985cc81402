"""Numbers of a plan that are minimised or limited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.terms.tallies import tally

if TYPE_CHECKING:
    from planner.problem import Problem


@dataclass(frozen=True, slots=True)
class PairAmount:
    """Sum of a cost over the chosen (block, zone) pairs.

    Maths   ``sum_{b,z} cost[b,z] * x[b,z] + constant``
    Exact   linear.
    """

    name: str
    unit: str
    cost: Floats  # (n, m)
    constant: float = 0.0

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan, in `unit`."""
        return float(self.cost[np.arange(problem.n_blocks), zone_of].sum() + self.constant)


@dataclass(frozen=True, slots=True)
class ZoneDeviation:
    """Weighted distance of each zone's tally from a band, added up.

    Maths   ``sum_z weight[z] * (max(0, e[z] - upper[z]) + max(0, lower[z] - e[z]))`` with
            ``e[z] = sum_k factor_k * T[z,k]``; with lower = upper it is an absolute deviation.
    Exact   linear, two rows a zone.
    """

    name: str
    unit: str
    measures: Mapping[str, float]
    lower: Floats  # (m,)
    upper: Floats  # (m,)
    weight: Floats  # (m,)

    def by_zone(self, problem: Problem, zone_of: Ints) -> Floats:
        """Return the weighted deviation of each zone, (m,)."""
        e = tally(problem, self.measures, zone_of)
        beyond = np.maximum(0.0, e - self.upper) + np.maximum(0.0, self.lower - e)
        return np.asarray(self.weight * beyond)

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan, in `unit`."""
        return float(self.by_zone(problem, zone_of).sum())


@dataclass(frozen=True, slots=True)
class ZoneWorst:
    """The worst zone of a `ZoneDeviation`.

    Maths   ``max_z weight[z] * (max(0, e[z] - upper[z]) + max(0, lower[z] - e[z]))``
    Exact   linear, two rows a zone and one column.
    """

    name: str
    unit: str
    deviation: ZoneDeviation

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan, in `unit`."""
        return float(self.deviation.by_zone(problem, zone_of).max(initial=0.0))


@dataclass(frozen=True, slots=True)
class ZoneRatio:
    """A sum of ratios of tallies, such as the exposure of a group to poverty.

    Maths   ``sum_z weight[z] * T[z,a] * T[z,b] / T[z,c]``; empty zones (T[z,c] = 0) add nothing.
    Exact   in search.  In the solver: convex when a = b (tangent rows, a lower bound as tight as
            wanted); otherwise neither convex nor concave: products of shares, exact at whole
            numbers and a loose bound between them.
    """

    name: str
    unit: str
    a: str
    b: str
    c: str
    weight: float | Floats = 1.0  # one for all zones, or (m,)

    @property
    def is_convex(self) -> bool:
        """Whether tangent rows bound it from below."""
        return self.a == self.b and self.sign > 0

    @property
    def sign(self) -> int:
        """1 where small ratios make it small, else -1."""
        return 1 if np.min(self.weight) >= 0 else -1

    def weights(self, problem: Problem) -> Floats:
        """Return the weight of each zone, (m,)."""
        return np.broadcast_to(np.asarray(self.weight, dtype=float), problem.n_zones)

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan, in `unit`."""
        ta, tb, tc = (tally(problem, {k: 1.0}, zone_of) for k in (self.a, self.b, self.c))
        ok = tc > 0
        return float((self.weights(problem)[ok] * ta[ok] * tb[ok] / tc[ok]).sum())


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """How far zones are from circles (Polsby-Popper), added up.

    Maths   ``sum_z (1 - 4*pi*A[z] / P[z]^2)`` with A the area and P the outer border of zone z,
            both from tables: ``P = sum perimeter_m - 2 * sum of borders inside the zone``.
            A zone without blocks adds 1.
    Exact   in search; not linear: the solver has its slope around a plan, and no bound.
    """

    name: str
    unit: str = "index"

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan (0 circles, m worst)."""
        area = np.bincount(zone_of, weights=problem.area_m2, minlength=problem.n_zones)
        perimeter = np.bincount(zone_of, weights=problem.perimeter_m, minlength=problem.n_zones)
        i, j, shared = problem.edge_i, problem.edge_j, problem.edge_shared_m
        inside = zone_of[i] == zone_of[j]
        within = np.bincount(zone_of[i[inside]], shared[inside], minlength=problem.n_zones)
        perimeter -= 2 * within
        ok = perimeter > 0
        return float(problem.n_zones - (4 * np.pi * area[ok] / perimeter[ok] ** 2).sum())


@dataclass(frozen=True, slots=True)
class CutLength:
    """Length of the borders between zones.

    Maths   ``weight * sum over neighbouring blocks i,j in different zones of shared_m[i,j]``
    Exact   linear, with one cut variable a border and m rows a border (neighbourhoods), or a
            valid relaxation by the allowed zones (bounds).
    """

    name: str
    unit: str
    weight: float = 1.0

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan, in `unit`."""
        cut = zone_of[problem.edge_i] != zone_of[problem.edge_j]
        return float(self.weight * problem.edge_shared_m[cut].sum())


@dataclass(frozen=True, slots=True)
class Apart:
    """Students apart from most of those they belong with, such as the classmates they leave with.

    Maths   ``T[g,z] = sum over blocks b of group g of count[b] * x[b,z]``;
            ``sum_g (sum_z T[g,z] - max_z T[g,z])`` where zones divide groups, or
            ``sum_z (sum_g T[g,z] - max_g T[g,z])`` where each zone is to hold one group
    Exact   in search; in the solver exact at whole numbers and a loose bound between them: a
            column and a choice for each group and zone.
    """

    name: str
    unit: str
    count: Floats  # (n,) not negative
    group_of: Ints  # (n,) -1: does not count
    of_zones: bool = False  # whether each zone is to hold one group

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.group_of.max(initial=-1)) + 1

    def largest_and_all(self, tallies: Floats) -> tuple[Floats, Floats]:
        """Return the largest part and the sum of each group, or zone, of `tallies`, (g, m)."""
        axis = 0 if self.of_zones else 1
        return tallies.max(axis=axis, initial=0.0), tallies.sum(axis=axis)

    def tallies(self, problem: Problem, zone_of: Ints) -> Floats:
        """Return the students of each group in each zone, (g, m); blocks at -1 are left out."""
        known = (self.group_of >= 0) & (zone_of >= 0)
        cell = self.group_of[known].astype(np.int64) * problem.n_zones + zone_of[known]
        size = self.n_groups * problem.n_zones
        sums = np.bincount(cell, weights=self.count[known], minlength=size)
        return np.asarray(sums, dtype=float).reshape(self.n_groups, problem.n_zones)

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan, in `unit`."""
        largest, whole = self.largest_and_all(self.tallies(problem, zone_of))
        return float((whole - largest).sum())


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """Several amounts in one unit, weighted.

    Maths   ``constant + sum_i weight_i * amount_i``
    """

    name: str
    unit: str
    parts: tuple[tuple[float, Amount], ...]
    constant: float = 0.0

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan, in `unit`."""
        return self.constant + sum(w * part.value(problem, zone_of) for w, part in self.parts)


@dataclass(frozen=True, slots=True)
class Spread:
    """Largest minus smallest of several amounts, such as a parity gap.

    Maths   ``max_i amount_i - min_i amount_i``
    Exact   in search; in the solver as exact as its parts.
    """

    name: str
    unit: str
    parts: tuple[Amount, ...]

    def value(self, problem: Problem, zone_of: Ints) -> float:
        """Evaluate on a plan, in `unit`."""
        values = [part.value(problem, zone_of) for part in self.parts]
        return max(values) - min(values)


Amount: TypeAlias = (
    PairAmount
    | ZoneDeviation
    | ZoneWorst
    | ZoneRatio
    | ZoneShape
    | CutLength
    | Apart
    | WeightedSum
    | Spread
)
