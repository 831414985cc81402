"""Gini index of segregation: how unequal the schools' shares of a group are."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


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
    """
    return float(ginis(group[None], total[None])[0])


def ginis(group: Floats, total: Floats) -> Floats:
    """Gini of many arrangements at once, (r,) float64.

    Parameters
    ----------
    group, total : (r, s) float64 [students]
        One row an arrangement.

    Notes
    -----
    With schools sorted by share the double sum is ``2 * sum_s t_s q_s * (before_s - after_s)``
    with the students of all schools before and after s: n log n instead of n squared.
    """
    size, part = total.sum(axis=1, keepdims=True), group.sum(axis=1, keepdims=True)
    share = np.divide(group, total, out=np.zeros_like(group), where=total > 0)
    order = np.argsort(share, axis=1, kind="stable")
    t, g = np.take_along_axis(total, order, 1), np.take_along_axis(group, order, 1)
    upto = np.cumsum(t, axis=1)
    twice = 2.0 * (g * (2.0 * upto - t - size)).sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        index = np.maximum(0.0, twice / (2.0 * part * (size - part)))
    return np.where((part > 0) & (part < size), index, np.nan)[:, 0]
