"""Exposure and isolation: whom the average member of a group meets at school."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


def exposure(of: Floats, to: Floats, total: Floats) -> float:
    """Share of another group in the school of the average member of a group.

    Maths    ``gPk = sum_s (g_s/G) (k_s/t_s)``; not symmetric: ``G gPk = K kPg``
    Range    0 (never meets them) to 1; the row of a group over all groups adds up to 1
    Better   neither
    Unit     share
    Source   Lieberson 1981; Massey & Denton 1988

    Parameters
    ----------
    of, to, total : (s,) float64 [students]
        The group that looks, the group that is seen, everybody; empty schools are left out.

    Returns
    -------
    float
        NaN where the looking group has no students or a count is unknown.
    """
    return float(exposure_matrix(of[:, None], total, to[:, None])[0, 0])


def exposure_matrix(groups: Floats, total: Floats, seen: Floats | None = None) -> Floats:
    """Exposure of every group to every group, ``matrix[g, k]``.

    Parameters
    ----------
    groups : (s, g) float64 [students]
        Students of each group in each school: those who look.
    total : (s,) float64 [students]
    seen : (s, k) float64 [students], optional
        Students who are seen; the same groups by default.

    Returns
    -------
    (g, k) float64
        A row of NaN for a group without students.
    """
    seen = groups if seen is None else seen
    unknown = np.isnan(total)
    used = (total > 0) | unknown
    shares = seen[used] / total[used][:, None]
    sizes = groups.sum(axis=0)
    met = groups[used].T @ shares
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sizes[:, None] > 0, met / sizes[:, None], np.nan)


def isolation(group: Floats, total: Floats) -> float:
    """Share of their own group in the school of the average member of a group.

    Maths    ``xPx = sum_s (g_s/G) (g_s/t_s)``
    Range    the group's share of all students (even) to 1 (alone)
    Better   lower
    Unit     share
    Source   Bell 1954; Massey & Denton 1988

    Parameters
    ----------
    group, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN where the group has no students or a count is unknown.
    """
    return exposure(group, group, total)


def isolation_excess(group: Floats, total: Floats) -> float:
    """Isolation above what the district's make-up alone gives.

    Maths    ``xPx - Q``, ``Q = G/T``
    Range    0 (even) to 1 - Q
    Better   lower
    Unit     share
    Source   Massey & Denton 1988

    Parameters
    ----------
    group, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN where the group has no students or a count is unknown.
    """
    size = total.sum()
    if not size > 0:
        return float("nan")
    return isolation(group, total) - float(group.sum() / size)
