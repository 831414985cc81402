"""Normalised exposure, also called variance ratio, eta squared or correlation ratio."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


def normalised_exposure(group: Floats, total: Floats) -> float:
    """Isolation of a group scaled so that 0 is even and 1 is separate.

    Maths    ``V = sum_s t_s (q_s - Q)^2 / (T Q (1-Q))``, equal to ``(xPx - Q) / (1 - Q)`` and to
             ``xPx - (rest)Px``; the denominator of every share is all students of the school
    Range    0 (even) to 1 (separate)
    Better   lower
    Unit     index
    Source   Bell 1954; Stearns & Logan 1986; Segregation Explorer (Reardon et al. 2024)

    Parameters
    ----------
    group, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN where the group is nobody or everybody, or a count is unknown.
    """
    size, part = float(total.sum()), float(group.sum())
    if np.isnan(size) or not 0 < part < size:
        return float("nan")
    used = total > 0
    t, share = total[used], part / size
    away = (group[used] / t - share) ** 2
    return float((t * away).sum() / (size * share * (1.0 - share)))
