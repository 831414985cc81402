"""Exposure to poverty by group: how poor the school of the average member of a group is."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


def exposure_to_poverty(group: Floats, poor: Floats, total: Floats) -> float:
    """Share of poor students in the school of the average member of a group.

    Maths    ``E_g = sum_s (g_s/G) (p_s/t_s)``; needs no count of poor students by group.  Of all
             students it is the poverty of the district, exactly
    Range    0 (no poor schoolmates) to 1 (only poor schoolmates)
    Better   neither
    Unit     share
    Source   Reardon 2016; Reardon et al. 2019, 2024

    Parameters
    ----------
    group, poor, total : (s,) float64 [students]
        Students of the group, poor students and all students of each school; empty schools are
        left out.

    Returns
    -------
    float
        NaN where the group has no students or a count is unknown.
    """
    return float(poverty_exposures(group[:, None], poor, total)[0])


def poverty_exposures(groups: Floats, poor: Floats, total: Floats) -> Floats:
    """Exposure to poverty of every group, (g,) float64.

    Parameters
    ----------
    groups : (s, g) float64 [students]
    poor, total : (s,) float64 [students]
    """
    used = (total > 0) | np.isnan(total)
    sizes = groups.sum(axis=0)
    met = groups[used].T @ (poor[used] / total[used])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sizes > 0, met / sizes, np.nan)


def poverty_gap(a: Floats, b: Floats, poor: Floats, total: Floats) -> float:
    """How much poorer the schools of one group are than those of another.

    Maths    ``gap(a, b) = E_a - E_b``
    Range    -1 to 1; 0 where both go to equally poor schools
    Better   nearer to 0
    Unit     share
    Source   Reardon 2016: of all aspects of segregation the one most tied to achievement gaps

    Parameters
    ----------
    a, b, poor, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN where a group has no students or a count is unknown.
    """
    return exposure_to_poverty(a, poor, total) - exposure_to_poverty(b, poor, total)


def poverty_ratio(a: Floats, b: Floats, poor: Floats, total: Floats) -> float:
    """How many times as poor the schools of one group are as those of another.

    Maths    ``E_a / E_b``
    Range    0 upwards; 1 where both go to equally poor schools
    Better   nearer to 1
    Unit     ratio
    Source   Reardon et al. 2019

    Parameters
    ----------
    a, b, poor, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN where a group has no students, the second meets no poverty, or a count is unknown.
    """
    second = exposure_to_poverty(b, poor, total)
    return exposure_to_poverty(a, poor, total) / second if second > 0 else float("nan")


def parity_gap(exposures: Floats, sizes: Floats, n_min: float = 0.0) -> float:
    """Largest difference in exposure to poverty between any two groups.

    Maths    ``max_g E_g - min_g E_g`` over the groups with ``G >= n_min`` students
    Range    0 (all groups go to equally poor schools) to 1
    Better   lower
    Unit     share
    Source   Reardon 2016; the measure of the Oakland integration campaign

    Parameters
    ----------
    exposures : (g,) float64
        From `poverty_exposures`.
    sizes : (g,) float64 [students]
        Students of each group.
    n_min : float [students]
        Groups smaller than this are left out: a handful of students would set the figure.

    Returns
    -------
    float
        NaN where fewer than two groups are left or a count is unknown.
    """
    used = (sizes >= max(n_min, np.nextafter(0.0, 1.0))) | np.isnan(sizes)
    if used.sum() < 2:
        return float("nan")
    return float(exposures[used].max() - exposures[used].min())
