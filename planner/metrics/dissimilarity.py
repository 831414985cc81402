"""Dissimilarity: how many students would have to change school for even shares."""

from __future__ import annotations

import numpy as np

from planner.metrics.base import Floats


def dissimilarity(a: Floats, b: Floats) -> float:
    """Share of one group that would have to change school for both to be spread alike.

    Maths    ``D = 1/2 * sum_s |a_s/A - b_s/B|``; against everyone else, ``b = t - a``
    Range    0 (every school has the same mix) to 1 (no school has both)
    Better   lower
    Unit     index
    Source   Duncan & Duncan 1955; Massey & Denton 1988

    Parameters
    ----------
    a, b : (s,) float64 [students]
        Students of the two groups in each school.

    Returns
    -------
    float
        NaN where a group has no students or a count is unknown.
    """
    all_a, all_b = a.sum(), b.sum()
    if not (all_a > 0 and all_b > 0):
        return float("nan")
    return float(0.5 * np.abs(a / all_a - b / all_b).sum())
