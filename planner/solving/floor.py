"""The least an amount can be by its form alone, whatever the plan."""

from __future__ import annotations

import math

from planner.problem import Problem
from planner.solving.solution import PROVEN, gap_between
from planner.terms import (
    Amount,
    Apart,
    CutLength,
    PairAmount,
    Spread,
    WeightedSum,
    ZoneDeviation,
    ZoneRatio,
    ZoneShape,
    ZoneWorst,
)


def floor_of(problem: Problem, amount: Amount) -> float:
    """Return a number that no plan's amount is below; -inf where the form gives none.

    A proven bound is certified with the solver's rounding against it, so that a bound of zero
    comes out a little below; an amount that cannot be negative shows that it is zero.
    """
    match amount:
        case PairAmount():
            least = amount.constant + float(amount.cost.min(axis=1).sum())
            return least if math.isfinite(least) else -math.inf
        case ZoneDeviation():
            return 0.0 if (amount.weight >= 0).all() else -math.inf
        case ZoneWorst() | Spread() | Apart():
            return 0.0
        case ZoneShape():
            return -math.inf  # a circle is 0, but tables of borders may not be those of shapes
        case ZoneRatio():
            counts = [problem.measure(name) for name in (amount.a, amount.b, amount.c)]
            is_positive = amount.sign > 0 and all((count >= 0).all() for count in counts)
            return 0.0 if is_positive else -math.inf
        case CutLength():
            return 0.0 if amount.weight >= 0 else -math.inf
        case WeightedSum():
            return amount.constant + sum(
                weight * floor_of(problem, part) if weight > 0 else -math.inf
                for weight, part in amount.parts
                if weight
            )


def bound_at(problem: Problem, amount: Amount, value: float, bound: float | None) -> float | None:
    """Return a bound, raised to what the amount is by its form at least.

    Where no bound was proven, the form's own counts only if the plan's `value` reaches it.
    """
    least = floor_of(problem, amount)
    if bound is not None:
        return max(bound, least)
    gap = gap_between(value, least)
    return least if gap is not None and gap <= PROVEN else None
