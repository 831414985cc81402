"""Certificates: how large a gap between groups can be at most, proven from school figures."""

from __future__ import annotations


def gap_limit_by_band(spread: float) -> float:
    """Upper limit of every gap in exposure to poverty, from the schools' distance to the mean.

    Maths    ``|p_s/t_s - P| <= delta for all s  =>  |E_a - E_b| <= 2 delta`` for all a, b
    Range    0 to 2
    Better   lower
    Unit     share
    Source   E_g is a weighted mean of the schools, so it lies in [P - delta, P + delta]

    Parameters
    ----------
    spread : float [share]
        delta, from `planner.metrics.poverty_near.poverty_spread`.
    """
    return 2.0 * spread


def gap_limit_by_evenness(dissimilarity: float, poverty_range: float) -> float:
    """Upper limit of the gap between two groups, from how evenly they are spread.

    Maths    ``|E_a - E_b| <= D_ab (max_s p_s/t_s - min_s p_s/t_s)``
    Range    0 to 1
    Better   lower
    Unit     share
    Source   ``E_a - E_b = sum_s (a_s/A - b_s/B) p_s/t_s``, and half the weights' size is D

    Parameters
    ----------
    dissimilarity : float
        Between the two groups.
    poverty_range : float [share]
        From `planner.metrics.poverty_near.poverty_range`.
    """
    return dissimilarity * poverty_range


def holds(gap: float, limit: float, rounding: float = 1e-9) -> bool:
    """Tell whether a measured gap keeps its certified limit (unknown values keep it)."""
    return not abs(gap) > limit + rounding


__all__ = ["gap_limit_by_band", "gap_limit_by_evenness", "holds"]
