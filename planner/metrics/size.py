"""How many students schools have, and how unequal their sizes are."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


def students(counts: Floats) -> float:
    """Students who attend: of a school, a group or all schools.

    Maths    ``sum of the students living in the blocks assigned``
    Range    0 upwards
    Better   neither
    Unit     students
    Source   the district's own counts

    Parameters
    ----------
    counts : float64 array [students]

    Returns
    -------
    float
        NaN where a count is unknown.
    """
    return float(counts.sum())


def unplaced_students(counts: Floats) -> float:
    """Students who live where the plan names no school for their grade.

    Maths    ``sum of the students of the blocks and grades without a row in the plan``
    Range    0 upwards
    Better   lower
    Unit     students

    Parameters
    ----------
    counts : float64 array [students]
    """
    return float(counts.sum())


def share(part: float, whole: float) -> float:
    """Share of a group, or of poor students, among all students of a school or level.

    Maths    ``g_s / t_s``
    Range    0 to 1
    Better   neither
    Unit     share
    Source   the district's own counts

    Parameters
    ----------
    part, whole : float [students]

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    return part / whole if whole > 0 else float("nan")


def size_deviation(total: float, mean: float) -> float:
    """How far a school is from the mean size of the level's schools.

    Maths    ``t_s / mean - 1``
    Range    -1 (empty) upwards; 0 is the mean
    Better   nearer to 0
    Unit     share of the mean

    Parameters
    ----------
    total, mean : float [students]

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    return total / mean - 1.0 if mean > 0 else float("nan")


def size_spread(total: Floats) -> float:
    """Largest distance of a school's size from the mean size.

    Maths    ``max_s |t_s / mean - 1|``
    Range    0 (all alike) upwards
    Better   lower
    Unit     share of the mean

    Parameters
    ----------
    total : (s,) float64 [students]

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    mean = float(total.mean()) if len(total) else 0.0
    return float(np.abs(total / mean - 1.0).max()) if mean > 0 else float("nan")
