"""Gini index of segregation: how unequal the schools' shares of a group are."""

from __future__ import annotations

import numpy as np

from planner.metrics.base import Floats


def gini(group: Floats, total: Floats) -> float:
    """Mean difference between the shares of a group in any two students' schools, scaled.

    Maths    ``G = sum_s sum_r t_s t_r |q_s - q_r| / (2 T^2 Q (1-Q))``, ``q_s = g_s/t_s``
    Range    0 (every school has the same share) to 1 (no school is mixed)
    Better   lower
    Unit     index
    Source   Massey & Denton 1988

    Parameters
    ----------
    group, total : (s,) float64 [students]
        Students of the group and all students in each school; empty schools are left out.

    Returns
    -------
    float
        NaN where the group is nobody or everybody, or a count is unknown.

    Notes
    -----
    With schools sorted by share the double sum is ``2 * sum_s t_s q_s * (before_s - after_s)``
    with the students of all schools before and after s: n log n instead of n squared.
    """
    if np.isnan(total).any() or np.isnan(group).any():
        return float("nan")
    used = total > 0
    t, g = total[used], group[used]
    size, part = t.sum(), g.sum()
    if not 0 < part < size:
        return float("nan")
    order = np.argsort(g / t, kind="stable")
    t, g = t[order], g[order]
    upto = np.cumsum(t)
    before, after = upto - t, size - upto
    twice = 2.0 * float((g * (before - after)).sum())
    return max(0.0, twice / (2.0 * float(part) * float(size - part)))
