"""Grade-stratified indices: grades are compared with themselves, not with each other.

Schools that serve different grades differ because cohorts differ; pooled over grades that reads
as segregation.  A stratified index is taken among the buildings that serve one grade and then
averaged over grades: with one building a grade it is 0, whatever the cohorts are.
"""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Bools, Floats


def stratified(index_by_grade: Floats, weight: Floats) -> float:
    """Mean of an index over grades, each grade measured among its own buildings.

    Maths    ``I = sum_h w_h I_h / sum_h w_h`` over the grades where ``I_h`` is defined;
             ``w_h = T_h`` (students), for Theil's H ``w_h = T_h E_h``, for a share of a group
             ``w_h = G_h``
    Range    that of the index; every evenness index is 0 with one building a grade
    Better   as the index
    Unit     as the index
    Source   Reardon & Firebaugh 2002 (decomposition of H); Clotfelter, Ladd & Turaeva

    Parameters
    ----------
    index_by_grade : (h,) float64
        NaN where undefined, such as a grade without students of the group.
    weight : (h,) float64
        0 or more; NaN (unknown) makes the result unknown.

    Returns
    -------
    float
        NaN where no grade is left.
    """
    return float(_mean(index_by_grade, weight))


def largest(index_by_grade: Floats, weight: Floats) -> float:
    """Largest value of an index over grades: what holds in every grade.

    Maths    ``max_h I_h`` over the grades with students where ``I_h`` is defined

    Parameters
    ----------
    index_by_grade, weight : (h,) float64
        As in `stratified`.

    Returns
    -------
    float
        NaN where no grade is left.
    """
    used = _counted_grades(index_by_grade, weight)
    return float(index_by_grade[used].max()) if used.any() else float("nan")


def stratified_gaps(exposures: Floats, students: Floats) -> Floats:
    """Gaps in exposure to poverty between every two groups, within grades.

    Maths    ``gap(a,b) = sum_h T_h (E_a,h - E_b,h) / sum_h T_h`` over the grades where both groups
             have students (exposures are not pooled over grades first: cohort differences would
             read as a gap)

    Parameters
    ----------
    exposures : (h, g) float64
        Exposure of each group within each grade; NaN where the grade has none of the group.
    students : (h, g, g) float64 [students]
        Of each grade; NaN for the pairs for which it is unknown.

    Returns
    -------
    (g, g) float64
        Antisymmetric.
    """
    within = exposures[:, :, None] - exposures[:, None, :]
    return _mean(within, students)


def _mean(index_by_grade: Floats, weight: Floats) -> Floats:
    """Mean over grades, the first axis, of those that count; NaN where none does."""
    counted = _counted_grades(index_by_grade, weight)
    weighted = np.where(counted, index_by_grade * weight, 0.0).sum(axis=0)
    total = np.where(counted, weight, 0.0).sum(axis=0)
    mean: Floats = np.divide(weighted, total, out=np.full(total.shape, np.nan), where=total > 0)
    return mean


def _counted_grades(index_by_grade: Floats, weight: Floats) -> Bools:
    """Tell which grades count: with students and a defined index; none if one is unknown."""
    used = ~np.isnan(index_by_grade) & (weight > 0)
    return np.asarray(used & ~np.isnan(weight).any(axis=0))
