"""Where a search begins: today's plan, repaired, and the linear relaxation's own solution."""

from __future__ import annotations

import numpy as np

from planner.model.bound import Bound, lower_bound
from planner.plan import Plan
from planner.problem import Problem
from planner.search.starts import grow
from planner.search.tasks import Bench
from planner.terms import Amount, Floats, Ints, Limit, PairAmount

SLACK = 3e-4  # share of the aim the rounded relaxation may give back to be compact


def nearness(problem: Problem) -> Floats:
    """Distance of each pair in zone widths, (n, m); where travel is unknown, no preference.

    Blocks without students count a little, so that they too have a nearest school.
    """
    known = problem.metres.astype(float)
    farthest = float(np.nanmax(known, initial=1.0))
    metres = np.where(np.isnan(known), farthest, known)
    weight = problem.students + 0.05 * max(problem.students.mean(), 1e-9)
    cost: Floats = weight[:, None] * metres / max(float((weight * metres.min(axis=1)).sum()), 1e-9)
    return cost


def start_plans(bench: Bench, bound: Bound | None, given: Plan | None = None) -> list[Ints]:
    """Return contiguous plans of units to start from.

    A given plan is first, else today's where there is one.
    """
    problem, units, arrays = bench.problem, bench.model.units, bench.model.arrays
    near = units.add_up(nearness(problem))
    plans = []
    if problem.has_current.any():
        today = units.shrink(problem.current)
        plans.append(grow(arrays, today, near))
    rounded = None if bound is None else compact_relaxation(problem, bench, bound)
    if rounded is not None:
        share = units.add_up(rounded) / np.bincount(units.of_block)[:, None]
        zone = share.argmax(axis=1).astype(np.int32)
        plans.append(grow(arrays, zone, near * (1.001 - share)))
    if not plans:
        plans.append(grow(arrays, np.full(units.count, -1, dtype=np.int32), near))
    if given is not None and problem.level in given.levels:
        first = grow(arrays, units.shrink(given.zone_index(problem)), near)
        plans = [first, *reversed(plans)]
    return plans


def compact_relaxation(problem: Problem, bench: Bench, bound: Bound) -> Floats | None:
    """Solve the relaxation again for short distances, the aim kept near its bound.

    An interior point of the relaxation spreads blocks over every zone that is as good; among
    equally good points the compact one is nearly whole and nearly connected.

    Returns
    -------
    (n, m) float64 or None
        Share of each block in each zone.
    """
    if bound.value is None or bound.x is None:
        return None
    near = PairAmount("nearness", "index", nearness(problem))
    again = lower_bound(
        problem,
        [*bench.constraints, keep_near(bench.amount, bound.value)],
        near,
        rounds=2,
    )
    return bound.x if again.x is None else again.x


def keep_near(amount: Amount, value: float) -> Limit:
    """Limit an amount to its bound and a little."""
    return Limit("relaxation", amount, value + SLACK * max(abs(value), 1e-9))
