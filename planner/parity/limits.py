"""Limits that keep parity from being bought with separation."""

from __future__ import annotations

from itertools import combinations

from planner.objectives import Dissimilarity, Isolation
from planner.parity.record import group_measures
from planner.problem import Ints, Problem
from planner.rules import MetricLimit

__all__ = ["integration_limits"]


def integration_limits(
    problem: Problem, zone_of: Ints, *, allowance: float = 0.0
) -> tuple[MetricLimit, ...]:
    """Return limits that keep parity from being bought with separation.

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
