"""Dissimilarity and normalised exposure over all groups at once."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


def dissimilarity_multigroup(groups: Floats) -> float:
    """Share of all students who would have to change school, of those who would if separate.

    Maths    ``D = sum_m sum_s t_s |q_sm - Q_m| / (2 T I)``, ``I = sum_m Q_m (1 - Q_m)``
    Range    0 (every school mirrors the district) to 1 (every school has one group only)
    Better   lower
    Unit     index
    Source   Sakoda 1981; Reardon & Firebaugh 2002

    Parameters
    ----------
    groups : (s, g) float64 [students]
        Groups that together are all students.

    Returns
    -------
    float
        NaN with fewer than two groups present or with an unknown count.
    """
    size, shares = _shares(groups)
    interaction = float((shares * (1.0 - shares)).sum())
    if not interaction > 0:
        return float("nan")
    away = np.abs(groups - groups.sum(axis=1, keepdims=True) * shares)
    return float(away.sum() / (2.0 * size * interaction))


def normalised_exposure_multigroup(groups: Floats) -> float:
    """Normalised exposure averaged over the groups by their size.

    Maths    ``P* = sum_m sum_s t_s (q_sm - Q_m)^2 / (T (1 - Q_m))``
    Range    0 (every school mirrors the district) to 1 (every school has one group only)
    Better   lower
    Unit     index
    Source   James 1986; Reardon & Firebaugh 2002

    Parameters
    ----------
    groups : (s, g) float64 [students]
        Groups that together are all students.

    Returns
    -------
    float
        NaN with fewer than two groups present or with an unknown count.
    """
    size, shares = _shares(groups)
    present = shares > 0
    if not present.sum() > 1:
        return float("nan")
    total = groups.sum(axis=1)
    used = total > 0
    square = (groups[used] / total[used][:, None] - shares) ** 2
    spread = (total[used][:, None] * square).sum(axis=0)
    return float((spread[present] / (size * (1.0 - shares[present]))).sum())


def _shares(groups: Floats) -> tuple[float, Floats]:
    """Return the number of students and each group's share of them; NaN where unknown."""
    sums = groups.sum(axis=0)
    size = float(sums.sum())
    return size, sums / size if size > 0 else np.full(len(sums), np.nan)
