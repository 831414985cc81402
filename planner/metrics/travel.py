"""The way to school, of the students who go it."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Bools, Floats

WALK_METRES = 1609.344
"""Walking distance where nobody states another one: a mile [m]."""

_SEVENTH_DIGIT = 1e-6


def is_beyond(way: Floats, limit: Floats | float) -> Bools:
    """Tell which ways are beyond a limit, to seven digits; unknown ones are not."""
    return np.asarray(way > limit * (1.0 + _SEVENTH_DIGIT))


def can_walk(way: Floats, limit: float) -> Bools:
    """Tell which ways are known and within walking distance, in the unit of both."""
    return np.asarray(~np.isnan(way) & ~is_beyond(way, limit))


def travel_mean(way: Floats, students: Floats) -> float:
    """Way to school of the average student whose way is known.

    Maths    ``sum_b n_b d_b / sum_b n_b`` over the blocks with a known way
    Range    0 upwards
    Better   lower
    Unit     m or min

    Parameters
    ----------
    way : array [m] or [min]
        NaN unknown: those students are left out and counted by `travel_unknown`.
    students : array [students], same shape

    Returns
    -------
    float
        NaN where nobody's way is known or a number of students is unknown.
    """
    known = _known(way, students)
    size = students[known].sum()
    return float((way[known] * students[known]).sum() / size) if size > 0 else float("nan")


def travel_percentile(way: Floats, students: Floats, share: float = 0.9) -> float:
    """Way that nine of ten students do not exceed.

    Maths    smallest d with ``students with d_b <= d  >=  share * all students with a known way``
    Range    0 upwards
    Better   lower
    Unit     m or min

    Parameters
    ----------
    way : array [m] or [min]
        NaN unknown: those students are left out and counted by `travel_unknown`.
    students : array [students], same shape
    share : float

    Returns
    -------
    float
        NaN where nobody's way is known or a number of students is unknown.
    """
    known = _known(way, students)
    if np.isnan(students).any() or not known.any():
        return float("nan")
    value, weight = way[known], students[known]
    order = np.argsort(value, kind="stable")
    upto = np.cumsum(weight[order])
    return float(value[order][np.searchsorted(upto, (share - 1e-12) * upto[-1])])


def travel_longest(way: Floats, students: Floats) -> float:
    """Longest way that any student has.

    Maths    ``max d_b`` over the blocks with students and a known way
    Range    0 upwards
    Better   lower
    Unit     m or min

    Parameters
    ----------
    way : array [m] or [min]
    students : array [students], same shape

    Returns
    -------
    float
        NaN where nobody's way is known.
    """
    known = _known(way, students)
    return float(way[known].max()) if known.any() else float("nan")


def travel_total(way: Floats, students: Floats) -> float:
    """Way of all students together, once and one way.

    Maths    ``sum_b n_b d_b`` over the blocks with a known way
    Range    0 upwards
    Better   lower
    Unit     student-m or student-min

    Parameters
    ----------
    way : array [m] or [min]
    students : array [students], same shape

    Returns
    -------
    float
        NaN where nobody's way is known or a number of students is unknown.
    """
    known = _known(way, students)
    return float((way[known] * students[known]).sum()) if known.any() else float("nan")


def travel_unknown(way: Floats, students: Floats) -> float:
    """Students whose way is unknown in metres or minutes, as far as the district measures in them.

    They are in no figure of the measure that is unknown.

    Maths    ``sum of n_b over the blocks with an unknown way``
    Range    0 upwards
    Better   lower
    Unit     students

    Parameters
    ----------
    way : array [m] or [min]
        NaN unknown.
    students : array [students], same shape
    """
    return float(students[np.isnan(way)].sum())


def walkers(metres: Floats, students: Floats, walk_metres: float) -> float:
    """Students who live within walking distance of their school; hazards are not known here.

    Maths    ``sum of n_b over the blocks with d_b <= walking distance``
    Range    0 upwards
    Better   higher
    Unit     students

    Parameters
    ----------
    metres : array [m]
    students : array [students], same shape
    walk_metres : float [m]

    Returns
    -------
    float
        NaN where nobody's way is known.
    """
    if not _known(metres, students).any():
        return float("nan")
    return float(students[can_walk(metres, walk_metres)].sum())


def walkers_to_riders(today: Floats, plan: Floats, students: Floats, walk_metres: float) -> float:
    """Students who can walk today and could not under the plan.

    Maths    ``sum of n_b over the blocks with d_b(today) <= walking distance < d_b(plan)``
    Range    0 upwards
    Better   lower
    Unit     students

    Parameters
    ----------
    today, plan : array [m]
        Blocks where one of the two is unknown are not counted.
    students : array [students], same shape
    walk_metres : float [m]

    Returns
    -------
    float
        NaN where both ways are known for nobody.
    """
    if not _known(today + plan, students).any():
        return float("nan")
    return float(students[can_walk(today, walk_metres) & is_beyond(plan, walk_metres)].sum())


def riders_to_walkers(today: Floats, plan: Floats, students: Floats, walk_metres: float) -> float:
    """Students who must ride today and could walk under the plan.

    Maths    ``sum of n_b over the blocks with d_b(today) > walking distance >= d_b(plan)``
    Range    0 upwards
    Better   higher
    Unit     students

    Parameters
    ----------
    today, plan : array [m]
    students : array [students], same shape
    walk_metres : float [m]
    """
    return walkers_to_riders(plan, today, students, walk_metres)


def _known(way: Floats, students: Floats) -> Bools:
    """Return where a way is known and somebody (or an unknown number) goes it."""
    return np.asarray(~np.isnan(way) & ~(students == 0))
