"""Limits that keep parity from being bought with separation."""

from __future__ import annotations

from itertools import combinations

from planner.errors import ModelError
from planner.needs import counted, listed
from planner.objectives import Dissimilarity, Isolation
from planner.parity.record import Schools, group_measures
from planner.problem import Ints, Problem
from planner.rules import MetricLimit

__all__ = ["integration_limits"]


def integration_limits(
    problem: Problem, today: Ints, *, allowance: float = 0.0
) -> tuple[MetricLimit, ...]:
    """Return limits that keep parity from being bought with separation.

    Isolation of every group, and dissimilarity of every two groups, may not rise above a plan's
    (today's, as a rule) by more than an allowance.

    Parameters
    ----------
    problem : Problem
    today : (n,) int32
        The plan that is not to be exceeded: a number for the school of each block, such as
        `Problem.todays_schools`.
    allowance : float [share]

    Raises
    ------
    ModelError
        Where the school of some students is unknown: so is how far apart they are.
    """
    _refuse_unknown(problem, today)
    names = [measure.removeprefix("group:") for measure in group_measures(problem)]
    schools = Schools(problem, today)
    limits = [MetricLimit(Isolation(g), schools.among_itself(g) + allowance) for g in names]
    limits += [
        MetricLimit(Dissimilarity(a, b), schools.apart(a, b) + allowance)
        for a, b in combinations(names, 2)
    ]
    return tuple(limits)


def _refuse_unknown(problem: Problem, today: Ints) -> None:
    unknown = (today < 0) & (problem.students > 0)
    if unknown.any():
        raise ModelError(
            f"level {problem.level!r}: today's school is unknown in "
            f"{counted(int(unknown.sum()), 'block')} with students "
            f"({listed(problem.block_ids[unknown])})",
            "how far apart groups are today, which may not rise, is unknown too",
            "complete today's plan, or set race_conscious = false to watch only",
        )
