"""High- and low-poverty schools, in the bands of the US statistics."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats, Ints

BANDS = ("low", "mid_low", "mid_high", "high")
LIMITS = (0.25, 0.50, 0.75)
"""Upper limits of the first three bands [share]: 25.0, 50.0 and 75.0 % poor."""

_ROUNDING = 1e-12


def poverty_band(poor: Floats, total: Floats) -> Ints:
    """Return the poverty band of each school.

    Parameters
    ----------
    poor, total : (s,) float64 [students]

    Returns
    -------
    (s,) int32
        Position in `BANDS`; -1 for schools without students or with unknown counts.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = poor / total
    band = np.searchsorted(np.asarray(LIMITS) + _ROUNDING, share, side="left")
    return np.where((total > 0) & ~np.isnan(share), band, -1).astype(np.int32)


def schools_in_poverty_band(poor: Floats, total: Floats, band: str) -> float:
    """Count the schools in a band of poverty.

    Maths    ``low: p_s/t_s <= 25 %; mid-low: <= 50 %; mid-high: <= 75 %; high: above 75 %``
    Range    0 to the number of schools
    Better   neither
    Unit     schools
    Source   NCES, Condition of Education (bands of free or reduced-price lunch)

    Parameters
    ----------
    poor, total : (s,) float64 [students]
    band : {"low", "mid_low", "mid_high", "high"}

    Returns
    -------
    float
        NaN where a school's counts are unknown.
    """
    if np.isnan(poor + total).any():
        return float("nan")
    return float((poverty_band(poor, total) == BANDS.index(band)).sum())


def share_in_poverty_band(group: Floats, poor: Floats, total: Floats, band: str) -> float:
    """Share of a group's students who attend a school in a band of poverty.

    Maths    ``sum of g_s over the schools in the band / G``
    Range    0 to 1
    Better   neither
    Unit     share
    Source   NCES, Condition of Education

    Parameters
    ----------
    group, poor, total : (s,) float64 [students]
    band : {"low", "mid_low", "mid_high", "high"}

    Returns
    -------
    float
        NaN where the group has no students or a count is unknown.
    """
    size = float(group.sum())
    if np.isnan(poor + total).any() or not size > 0:
        return float("nan")
    return float(group[poverty_band(poor, total) == BANDS.index(band)].sum() / size)
