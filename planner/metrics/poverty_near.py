"""Schools whose poverty is near the district's: the evenness that parity alone does not show."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats

_ROUNDING = 1e-12


def schools_near_poverty(poor: Floats, total: Floats, within: float) -> float:
    """Share of schools whose poverty is within some points of that of all students.

    Maths    ``#{s : |p_s/t_s - P| <= k} / #{s : t_s > 0}``, ``P = sum p_s / sum t_s``
    Range    0 to 1
    Better   higher
    Unit     share of schools
    Source   Integrate Oakland Schools (k = 15 points)

    Parameters
    ----------
    poor, total : (s,) float64 [students]
    within : float [share]
        0.15 is 15 points.

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    away = _away(poor, total)
    return float((np.abs(away) <= within + _ROUNDING).mean()) if len(away) else float("nan")


def schools_below_poverty(poor: Floats, total: Floats, within: float) -> float:
    """Count the schools that are much less poor than all students together.

    Maths    ``#{s : p_s/t_s < P - k}``
    Range    0 to the number of schools
    Better   lower
    Unit     schools
    Source   Integrate Oakland Schools

    Parameters
    ----------
    poor, total : (s,) float64 [students]
    within : float [share]

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    away = _away(poor, total)
    return float((away < -within - _ROUNDING).sum()) if len(away) else float("nan")


def schools_above_poverty(poor: Floats, total: Floats, within: float) -> float:
    """Count the schools that are much poorer than all students together.

    Maths    ``#{s : p_s/t_s > P + k}``
    Range    0 to the number of schools
    Better   lower
    Unit     schools
    Source   Integrate Oakland Schools

    Parameters
    ----------
    poor, total : (s,) float64 [students]
    within : float [share]

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    away = _away(poor, total)
    return float((away > within + _ROUNDING).sum()) if len(away) else float("nan")


def poverty_spread(poor: Floats, total: Floats) -> float:
    """Largest distance of a school's poverty from that of all students.

    Maths    ``delta = max_s |p_s/t_s - P|``
    Range    0 to 1
    Better   lower
    Unit     share
    Source   this project; half of the certified limit on every gap between groups

    Parameters
    ----------
    poor, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    away = _away(poor, total)
    return float(np.abs(away).max()) if len(away) else float("nan")


def poverty_distance(poor: Floats, total: Floats) -> float:
    """How far the average student's school is from the poverty of all students.

    Maths    ``sum_s t_s |p_s/t_s - P| / T = 2 P (1 - P) D`` with D the dissimilarity of the poor
    Range    0 to 0.5
    Better   lower
    Unit     share
    Source   this project; the aim `poverty_spread` of the mean, there in points

    Parameters
    ----------
    poor, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    away = _away(poor, total)
    return float((total[total > 0] * np.abs(away)).sum() / total.sum()) if len(away) else np.nan


def poverty_range(poor: Floats, total: Floats) -> float:
    """Poverty of the poorest school minus that of the least poor.

    Maths    ``max_s p_s/t_s - min_s p_s/t_s``
    Range    0 to 1
    Better   lower
    Unit     share
    Source   this project; part of the certificate of the gap

    Parameters
    ----------
    poor, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    away = _away(poor, total)
    return float(away.max() - away.min()) if len(away) else float("nan")


def _away(poor: Floats, total: Floats) -> Floats:
    """Return each school's poverty minus that of all; nothing at all where a count is unknown."""
    used = total > 0
    if np.isnan(poor + total).any() or not used.any():
        return np.empty(0)
    return np.asarray(poor[used] / total[used] - poor.sum() / total.sum())
