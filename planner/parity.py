"""Parity of exposure to poverty: how near schools can come to the district's poverty, with proof.

If every school is within δ of the district's share of poor students, no two groups' exposures to
poverty differ by more than 2 δ.  So the least feasible δ is searched from both sides: a δ is
*impossible* when a certified bound says that the band cannot be kept, and *reached* when a plan
keeps it.  What lies between is not known, and is told as such.

The gap itself is a ratio of variables: its true value is improved in search, and a lower bound is
claimed only from a valid relaxation (`planner.model.bound`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from planner.errors import MissingPovertyError
from planner.metrics.certificate import gap_limit_by_band, gap_limit_by_evenness
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.exposure import isolation_excess
from planner.metrics.poverty_exposure import exposure_to_poverty
from planner.metrics.poverty_near import poverty_range, poverty_spread
from planner.metrics.separate_but_equal import separate_but_equal
from planner.model.bound import Bound, lower_bound
from planner.objectives import Dissimilarity, Isolation, ParityGap
from planner.problem import Ints, Problem
from planner.rules import MetricLimit
from planner.terms import Constraint, WeightedSum, ZoneDeviation

__all__ = [
    "BandSearch",
    "BandStep",
    "ParityRecord",
    "gap_lower_bound",
    "group_measures",
    "integration_limits",
    "least_band",
    "parity_record",
]

Floats = NDArray[np.float64]
POOR = "poor"
PROVEN_STUDENTS = 1e-3  # poor students too many or too few; less could be an accident of arithmetic


@dataclass(frozen=True, slots=True)
class BandStep:
    """One δ that was asked about."""

    points: float
    is_impossible: bool
    method: str
    seconds: float


@dataclass(frozen=True, slots=True)
class BandSearch:
    """What is known about the least band that a plan can keep.

    Parameters
    ----------
    impossible_points : float [percentage points]
        Proven: no plan has every school within this many points of the district's poverty; 0
        where nothing could be proven.
    reached_points : float [percentage points]
        A plan has; NaN without one.
    steps : tuple of BandStep
    """

    impossible_points: float
    reached_points: float
    steps: tuple[BandStep, ...] = ()

    @property
    def guaranteed_at_most(self) -> float:
        """Proven upper limit of every gap under the plan that reached the band [points]."""
        return 2.0 * self.reached_points

    def sentence(self) -> str:
        """Say what is proven."""
        lower = (
            f"no plan that keeps the rules has every school within {self.impossible_points:.1f} "
            "points of the district's poverty (proven)"
            if self.impossible_points > 0
            else "no band could be proven impossible"
        )
        if math.isnan(self.reached_points):
            return f"{lower}; no plan was measured"
        return (
            f"{lower}; the plan has every school within {self.reached_points:.1f} points, so no "
            f"gap between groups exceeds {self.guaranteed_at_most:.1f} points (guaranteed)"
        )


@dataclass(frozen=True, slots=True)
class ParityRecord:
    """Parity and both racial axes of one plan, beside today's.

    Parameters
    ----------
    exposure : mapping of group to (today, plan) [share]
        Exposure to poverty.
    gap : (today, plan) [share]
        Parity gap.
    spread : (today, plan) [share]
        Furthest school from the district's poverty.
    dissimilarity : mapping of ``a - b`` to (today, plan)
    isolation : mapping of group to (today, plan) [share]
        Isolation above composition.
    at_most : mapping of certificate to [share]
        Proven upper limits of the plan's gap.
    separated : tuple of str
        What rises although the gap falls; empty: no flag.
    """

    exposure: dict[str, tuple[float, float]]
    gap: tuple[float, float]
    spread: tuple[float, float]
    dissimilarity: dict[str, tuple[float, float]]
    isolation: dict[str, tuple[float, float]]
    at_most: dict[str, float] = field(default_factory=dict)
    separated: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """Say gap, certificates and the flag in words."""
        today, plan = self.gap
        out = [
            f"Gap in exposure to poverty: {100 * today:.1f} points today, {100 * plan:.1f} under the plan."
        ]
        out += [
            f"Proven: at most {100 * limit:.1f} points ({how})."
            for how, limit in self.at_most.items()
        ]
        if self.separated:
            out.append(
                "SEPARATE BUT EQUAL: poverty at school becomes more equal while these rise: "
                + ", ".join(self.separated)
            )
        elif plan < today:
            out.append("Separate but equal? No: no isolation or dissimilarity rises noticeably.")
        return out


def group_measures(problem: Problem, least: float = 30.0) -> tuple[str, ...]:
    """Return the measures of all groups with so many students, sorted."""
    names = (name for name in sorted(problem.extra_measures) if name.startswith("group:"))
    return tuple(name for name in names if problem.measure(name).sum() >= least)


def least_band(
    problem: Problem,
    constraints: Sequence[Constraint],
    *,
    plan: Ints | None = None,
    tolerance_points: float = 0.25,
    seconds: float = 120.0,
    threads: int = 1,
) -> BandSearch:
    """Bisect to the largest band of poverty that is proven impossible.

    Maths   δ is impossible if ``min sum_z max(0, p - (P+δ) t) + max(0, (P-δ) t - p) > 0`` over a
            valid relaxation, certified by weak duality

    Parameters
    ----------
    problem : Problem
    constraints : sequence of Constraint
        The rules, without any band on poverty.
    plan : (n,) int32, optional
        A plan that keeps the rules; the search stays below its band.
    tolerance_points : float [percentage points]
    seconds : float [s]
    threads : int

    Raises
    ------
    MissingPovertyError
        Where the district has no poverty count.
    """
    poor = _poor(problem)
    reached = math.nan if plan is None else 100 * _spread(problem, poor, plan)
    high = reached if plan is not None else 100 * _widest(problem, poor)
    low, deadline, steps = 0.0, time.monotonic() + seconds, []
    while high - low > tolerance_points and time.monotonic() < deadline:
        middle = (low + high) / 2
        bound = _excess(problem, constraints, middle / 100, deadline, threads)
        impossible = bound.is_infeasible or (bound.value or 0.0) > PROVEN_STUDENTS
        steps.append(BandStep(middle, impossible, bound.method, bound.seconds))
        low, high = (middle, high) if impossible else (low, middle)
    proven = max((step.points for step in steps if step.is_impossible), default=0.0)
    return BandSearch(proven, reached, tuple(steps))


def gap_lower_bound(
    problem: Problem,
    constraints: Sequence[Constraint],
    *,
    seconds: float = 60.0,
    threads: int = 1,
) -> Bound:
    """Bound the parity gap from below by a valid relaxation of its ratios [points].

    Returns
    -------
    Bound
        Often 0 or less, which says nothing: the relaxation is valid but loose.
    """
    amount = ParityGap().amount(problem)
    deadline = time.monotonic() + seconds
    return lower_bound(problem, constraints, amount, rounds=2, deadline=deadline, threads=threads)


def integration_limits(
    problem: Problem, zone_of: Ints, *, allowance: float = 0.0
) -> tuple[MetricLimit, ...]:
    """Limits that keep parity from being bought with separation.

    Isolation of every group, and dissimilarity of every two groups, may not rise above a plan's
    (today's, as a rule) by more than an allowance.

    Parameters
    ----------
    problem : Problem
    zone_of : (n,) int32
        The plan that is not to be exceeded.
    allowance : float [share]
    """
    names = [measure.removeprefix("group:") for measure in group_measures(problem)]
    aims: list[Isolation | Dissimilarity] = [Isolation(name) for name in names]
    aims += [Dissimilarity(a, b) for a, b in combinations(names, 2)]
    return tuple(MetricLimit(aim, aim.measure(problem, zone_of) + allowance) for aim in aims)


def parity_record(problem: Problem, today: Ints, plan: Ints) -> ParityRecord:
    """Measure parity and both racial axes of today's plan and another, with certificates."""
    poor = _poor(problem)
    before, after = _Schools(problem, poor, today), _Schools(problem, poor, plan)
    groups = [m.removeprefix("group:") for m in group_measures(problem)]
    pairs = list(combinations(groups, 2))
    apart = {f"{a} - {b}": (before.apart(a, b), after.apart(a, b)) for a, b in pairs}
    alone = {g: (before.alone(g), after.alone(g)) for g in groups}
    gap = (before.gap(groups), after.gap(groups))
    watched = {f"dissimilarity {pair}": values for pair, values in apart.items()}
    watched |= {f"isolation {group}": values for group, values in alone.items()}
    limits = {"twice the furthest school": gap_limit_by_band(after.spread)}
    if pairs:
        worst = max(pairs, key=lambda pair: abs(after.met(pair[0]) - after.met(pair[1])))
        limits[f"dissimilarity of {worst[0]} and {worst[1]} times the range of school poverty"] = (
            gap_limit_by_evenness(after.apart(*worst), after.range)
        )
    return ParityRecord(
        exposure={g: (before.met(g), after.met(g)) for g in groups},
        gap=gap,
        spread=(before.spread, after.spread),
        dissimilarity=apart,
        isolation=alone,
        at_most=limits,
        separated=separate_but_equal(gap, watched),
    )


class _Schools:
    """Counts of one plan by school."""

    def __init__(self, problem: Problem, poor: str, zone_of: Ints) -> None:
        self._problem, self._zone_of = problem, zone_of
        self.poor, self.total = self._sum(poor), self._sum("students")

    def _sum(self, measure: str) -> Floats:
        has_zone = self._zone_of >= 0
        values = self._problem.measure(measure)[has_zone]
        return np.bincount(
            self._zone_of[has_zone], weights=values, minlength=self._problem.n_zones
        ).astype(np.float64)

    @property
    def spread(self) -> float:
        return poverty_spread(self.poor, self.total)

    @property
    def range(self) -> float:
        return poverty_range(self.poor, self.total)

    def met(self, group: str) -> float:
        return exposure_to_poverty(self._sum(f"group:{group}"), self.poor, self.total)

    def gap(self, groups: Sequence[str]) -> float:
        met = [self.met(group) for group in groups]
        return max(met) - min(met) if len(met) > 1 else math.nan

    def apart(self, a: str, b: str) -> float:
        return dissimilarity(self._sum(f"group:{a}"), self._sum(f"group:{b}"))

    def alone(self, group: str) -> float:
        return isolation_excess(self._sum(f"group:{group}"), self.total)


def _poor(problem: Problem) -> str:
    if not problem.has_measure(POOR):
        reason = problem.unavailable.get(POOR, "the district has no such count")
        raise MissingPovertyError(
            f"level {problem.level!r} has no poverty count: {reason}",
            "exposure to poverty needs the number of poor students by block",
            "map a poverty column in the district file",
        )
    return POOR


def _spread(problem: Problem, poor: str, plan: Ints) -> float:
    return _Schools(problem, poor, plan).spread


def _widest(problem: Problem, poor: str) -> float:
    """Distance of the furthest block's poverty from the district's: no school is further."""
    used = problem.students > 0
    share = problem.measure(poor)[used] / problem.students[used]
    mean = problem.measure(poor).sum() / problem.students.sum()
    return float(np.abs(share - mean).max())


def _excess(
    problem: Problem,
    constraints: Sequence[Constraint],
    delta: float,
    deadline: float,
    threads: int,
) -> Bound:
    """Bound from below the poor students that schools have outside a band [students]."""
    share = float(problem.measure(POOR).sum() / problem.students.sum())
    zero, free = np.zeros(problem.n_zones), np.full(problem.n_zones, np.inf)
    one = np.ones(problem.n_zones)
    over = ZoneDeviation(
        "poor.over", "students", {POOR: 1.0, "students": -(share + delta)}, -free, zero, one
    )
    under = ZoneDeviation(
        "poor.under", "students", {POOR: 1.0, "students": -(share - delta)}, zero, free, one
    )
    outside = WeightedSum("poor.outside", "students", ((1.0, over), (1.0, under)))
    return lower_bound(problem, constraints, outside, rounds=2, deadline=deadline, threads=threads)
