"""Limits that keep parity from being bought with separation."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from geodata.errors import counted, listed
from planner.errors import ModelError
from planner.objectives import Dissimilarity, Isolation
from planner.parity.schools import Schools
from planner.problem import Problem
from planner.rules import MetricLimit
from planner.scenario import PlacedRule

__all__ = ["integration_limits", "separation_limits"]


def integration_limits(
    problem: Problem, today: Schools, *, allowance: float = 0.0
) -> tuple[MetricLimit, ...]:
    """Return limits that keep parity from being bought with separation.

    Isolation of every group, and dissimilarity of every two groups, may not rise above a plan's
    (today's, as a rule) by more than an allowance.

    Parameters
    ----------
    problem : Problem
    today : Schools
        Of the plan that is not to be exceeded.
    allowance : float [share]

    Raises
    ------
    ModelError
        Where the school of some students is unknown: so is how far apart they are.
    """
    _refuse_unknown(problem, today)
    names = today.groups
    limits = [MetricLimit(Isolation(g), today.among_itself(g) + allowance) for g in names]
    limits += [
        MetricLimit(Dissimilarity(a, b), today.apart(a, b) + allowance)
        for a, b in combinations(names, 2)
    ]
    return tuple(limits)


def separation_limits(problems: Mapping[str, Problem], allowance: float) -> list[PlacedRule]:
    """Return the limits of each level, taken from today's zones."""
    return [
        PlacedRule(rule, (level,))
        for level, problem in problems.items()
        for rule in integration_limits(problem, Schools.today(problem), allowance=allowance)
    ]


def _refuse_unknown(problem: Problem, today: Schools) -> None:
    unknown = (today.zone_of < 0) & (problem.students > 0)
    if unknown.any():
        raise ModelError(
            f"level {problem.level!r}: today's school is unknown in "
            f"{counted(int(unknown.sum()), 'block')} with students "
            f"({listed(problem.block_ids[unknown])})",
            "how far apart groups are today, which may not rise, is unknown too",
            "complete today's plan, or set race_conscious = false to watch only",
        )
