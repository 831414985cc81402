"""Dissimilarity: how many students would have to change school for even shares."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


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
    return float(dissimilarities(a[None], b[None])[0])


def dissimilarities(a: Floats, b: Floats) -> Floats:
    """Dissimilarity of many arrangements at once, (r,) float64.

    Parameters
    ----------
    a, b : (r, s) float64 [students]
        One row an arrangement.
    """
    all_a, all_b = a.sum(axis=1, keepdims=True), b.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = 0.5 * np.abs(a / all_a - b / all_b).sum(axis=1)
    return np.where((all_a > 0)[:, 0] & (all_b > 0)[:, 0], away, np.nan)
