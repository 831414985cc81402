"""The least band of poverty: what is proven impossible and what a plan reaches."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.dtypes import Ints
from geodata.reserved import POOR
from planner.metrics.certificate import gap_limit_by_band
from planner.model.bound import Bound, lower_bound
from planner.parity.rounding import no_less, no_more
from planner.parity.schools import Schools, need_poverty
from planner.problem import Problem
from planner.terms import Constraint, WeightedSum, ZoneDeviation

__all__ = ["BandSearch", "BandStep", "least_band"]

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
        return gap_limit_by_band(self.reached_points)

    def sentence(self) -> str:
        """Say what is proven."""
        lower = (
            "no plan that keeps the rules has every school within "
            f"{no_less(self.impossible_points)} points of the district's poverty (proven)"
            if self.impossible_points > 0
            else "no band could be proven impossible"
        )
        if math.isnan(self.reached_points):
            return f"{lower}; no plan was measured"
        return (
            f"{lower}; the plan has every school within {no_more(self.reached_points)} points, so "
            f"no gap between groups exceeds {no_more(self.guaranteed_at_most)} points (guaranteed)"
        )


def least_band(
    problem: Problem,
    constraints: Sequence[Constraint],
    *,
    plan: Ints | None = None,
    tolerance_points: float = 0.25,
    seconds: float = 120.0,
    threads: int = 1,
    interrupt: threading.Event | None = None,
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
    interrupt : Event, optional
        Set from outside, it ends the proofs.

    Raises
    ------
    MissingPovertyError
        Where the district has no poverty count.
    """
    need_poverty(problem)
    reached = math.nan if plan is None else 100 * Schools.under(problem, plan).spread
    high = reached if plan is not None else 100 * _widest(problem)
    low, deadline, steps = 0.0, time.monotonic() + seconds, []
    while high - low > tolerance_points and time.monotonic() < deadline:
        if interrupt is not None and interrupt.is_set():
            break
        middle = (low + high) / 2
        bound = _excess(problem, constraints, middle / 100, deadline, threads)
        impossible = bound.is_infeasible or (bound.value or 0.0) > PROVEN_STUDENTS
        steps.append(BandStep(middle, impossible, bound.method, bound.seconds))
        low, high = (middle, high) if impossible else (low, middle)
    proven = max((step.points for step in steps if step.is_impossible), default=0.0)
    return BandSearch(proven, reached, tuple(steps))


def _widest(problem: Problem) -> float:
    """Distance of the furthest block's poverty from the district's: no school is further."""
    used = problem.students > 0
    share = problem.measure(POOR)[used] / problem.students[used]
    mean = problem.measure(POOR).sum() / problem.students.sum()
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
