"""Replace what is not linear by its slope around a plan.

Good near the plan only: a neighbourhood is solved with it, and the result is judged by the true
amount.
"""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.problem import Problem
from planner.terms import Amount, PairAmount, Spread, WeightedSum, ZoneRatio, tally


def ratio_slopes(
    problem: Problem, ratio: ZoneRatio, zone_of: Ints
) -> tuple[Floats, Floats, Floats]:
    """Return the slope of a sum of ratios in each zone's tallies of a, b and c.

    Maths   ``f = w A B / C``, w the zone's weight: ``df/dA = w B/C``, ``df/dB = w A/C``,
            ``df/dC = -w A B / C^2``; an empty zone takes the district's shares.

    Returns
    -------
    slope_a, slope_b, slope_c : (m,) float64 each
    """
    a, b, c = (tally(problem, {k: 1.0}, zone_of) for k in (ratio.a, ratio.b, ratio.c))
    whole = float(c.sum()) or 1.0
    filled = c > 0
    size = np.where(filled, c, 1.0)
    share_a = np.where(filled, a / size, a.sum() / whole)
    share_b = np.where(filled, b / size, b.sum() / whole)
    return ratio.weight * share_b, ratio.weight * share_a, -ratio.weight * share_a * share_b


def linearise(amount: Amount, problem: Problem, zone_of: Ints) -> Amount:
    """Return an amount whose ratios that are not convex are replaced by their slopes.

    Parameters
    ----------
    amount : Amount
    problem : Problem
    zone_of : (n,) int32
        The plan at which the replacement is exact.

    Returns
    -------
    Amount
        Equal to `amount` at `zone_of`.  Parts that are linear already, convex ratios (which have
        tangent rows) and `ZoneShape` are left as they are.
    """
    return _linear_part(amount, problem, zone_of, 1.0)


def _linear_part(amount: Amount, problem: Problem, zone_of: Ints, weight: float) -> Amount:
    """Linearise a part; where it is wanted large (weight below 0), convex ratios too."""
    match amount:
        case ZoneRatio():
            is_convex = amount.is_convex and weight >= 0
            return amount if is_convex else _slope_amount(amount, problem, zone_of)
        case WeightedSum():
            parts = tuple(
                (w, _linear_part(part, problem, zone_of, weight * w)) for w, part in amount.parts
            )
            return WeightedSum(amount.name, amount.unit, parts, amount.constant)
        case Spread():
            ends = tuple(_linear_part(part, problem, zone_of, -1.0) for part in amount.parts)
            return Spread(amount.name, amount.unit, ends)
        case _:
            return amount


def _slope_amount(ratio: ZoneRatio, problem: Problem, zone_of: Ints) -> PairAmount:
    """Return the ratio's slope as a cost per pair."""
    slopes = ratio_slopes(problem, ratio, zone_of)
    measures = (problem.measure(name) for name in (ratio.a, ratio.b, ratio.c))
    cost = np.zeros((problem.n_blocks, problem.n_zones))
    for slope, measure in zip(slopes, measures, strict=True):
        cost += np.outer(measure, slope)
    return PairAmount(ratio.name, ratio.unit, cost)
