"""Residents against enrolled: how many of those who live in a zone attend its school."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


def students_expected(students: Floats, take_up_today: Floats) -> float:
    """Estimate of who attends: each block keeps the take-up of its school of today.

    Maths    ``sum over the blocks assigned of n_b e_s(b) / r_s(b)``, s(b) the block's school of
             today, e_s its enrolled and r_s its residents of today; so today's is e_s
    Range    0 upwards
    Better   neither
    Unit     students
    Source   the district's own counts and enrolment; an estimate: nobody knows whether families
             go on to choose as those of their old zone do, and students from outside the zone are
             taken to come in the same proportion

    Parameters
    ----------
    students : array [students]
        Students by block and grades.
    take_up_today : array [share], same shape
        Of the school each of them has today; may be above 1.

    Returns
    -------
    float
        NaN where a number of students, or the take-up of any, is unknown.
    """
    return float(np.where(students == 0, 0.0, students * take_up_today).sum())


def take_up(attending: float, residents: float) -> float:
    """Students who attend a school for each who lives in its zone; with a plan an estimate.

    Maths    ``e_s / r_s``: enrolled today by residents of today's zone; with a plan
             `students_expected` by `students`
    Range    0 upwards; above 1 more come from outside than stay away
    Better   neither
    Unit     share
    Source   the district's own counts and enrolment

    Parameters
    ----------
    attending, residents : float [students]

    Returns
    -------
    float
        NaN where nobody lives there, or a number is unknown.
    """
    return attending / residents if residents > 0 else float("nan")
