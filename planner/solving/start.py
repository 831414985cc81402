"""Where a search begins: today's plan, repaired, and the linear relaxation's own solution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.model.bound import Bound, lower_bound
from planner.model.highs import Interrupt
from planner.plan import Plan
from planner.problem import Problem
from planner.search.bench import Bench
from planner.search.starts import grow
from planner.solving.floor import floor_of
from planner.solving.solution import PROVEN, gap_between
from planner.terms import Amount, Limit, PairAmount

COMPACT_ROUNDS = 2
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


def start_plans(bench: Bench, given: Plan | None = None) -> list[Ints]:
    """Return plans of units to start from, in one piece where they must be: a given one, today's.

    Where there is neither, one that is grown from the schools.

    Parameters
    ----------
    bench : Bench
    given : Plan, optional
    """
    problem, units = bench.problem, bench.model.units
    plans = []
    if given is not None and problem.level in given.levels:
        plans.append(units.shrink(given.zone_index(problem)))
    if problem.has_current.any():
        plans.append(units.shrink(problem.current))
    near = units.add_up(nearness(problem))
    plans = plans or [np.full(units.count, -1, dtype=np.int32)]
    return [grow(bench.model.arrays, plan, near) for plan in plans]


def relaxed_plan(bench: Bench, relaxed: Floats) -> Ints:
    """Return the plan of units, whole where it must be, that is nearest to a relaxation's point.

    Parameters
    ----------
    bench : Bench
    relaxed : (n, m) float64
        Share of each block in each zone.
    """
    units = bench.model.units
    near = units.add_up(nearness(bench.problem))
    share = units.add_up(relaxed) / np.bincount(units.of_block)[:, None]
    zone = share.argmax(axis=1).astype(np.int32)
    return grow(bench.model.arrays, zone, near * (1.001 - share))


def proven_start(
    bench: Bench, amount: Amount, starts: Sequence[Ints], bound: Bound | None
) -> Ints | None:
    """Return the plan of blocks of a start that no plan can be better than; None as a rule.

    Today's plan is one where the aim is to move few students and no rule asks for a change.

    Parameters
    ----------
    bench : Bench
    amount : Amount
        The aim.
    starts : sequence of (u,) int32
    bound : Bound or None
        Of the aim; what it is by its form counts too.
    """
    least = floor_of(bench.problem, amount)
    if bound is not None and bound.value is not None:
        least = max(least, bound.value)
    for zone in starts:
        plan = bench.model.units.expand(zone)
        gap = gap_between(amount.value(bench.problem, plan), least)
        if gap is not None and gap <= PROVEN and bench.holds(zone):
            return plan
    return None


def compact_relaxation(
    bench: Bench, bound: Bound, rounds: int, deadline: float, interrupt: Interrupt
) -> Bound | None:
    """Solve the relaxation again for short distances, the aim kept near its bound.

    An interior point of the relaxation spreads blocks over every zone that is as good; among
    equally good points the compact one is nearly whole and nearly connected.

    Parameters
    ----------
    bench : Bench
    bound : Bound
        Of the aim.
    rounds : int
        Linear programs solved at most.
    deadline : float [s]
        On the clock of `time.monotonic`.
    interrupt : function that answers True when it is time to stop

    Returns
    -------
    Bound or None
        With the share of each block in each zone; None where there was no bound, or no time.
    """
    if bound.value is None or rounds == 0:
        return None
    near = PairAmount("nearness", "index", nearness(bench.problem))
    rules = [*bench.constraints, keep_near(bench.amount, bound.value)]
    again = lower_bound(
        bench.problem, rules, near, rounds=rounds, deadline=deadline, interrupt=interrupt
    )
    return None if again.x is None else again


def keep_near(amount: Amount, value: float) -> Limit:
    """Limit an amount to its bound and a little."""
    return Limit("relaxation", amount, value + SLACK * max(abs(value), 1e-9))
