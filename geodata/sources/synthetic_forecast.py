"""What a demographer might expect of a made-up town: it grows at its edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.district import District
from geodata.students import StudentCounts

__all__ = ["synthetic_forecast"]

_MIDDLE, _EDGE = 0.94, 1.30  # students expected for each of today's


def synthetic_forecast(district: District) -> StudentCounts:
    """Return the students expected in some years: fewer in the middle of town, more at its edge.

    Maths    ``today * (0.94 + 0.36 * (r / R)**2)`` with r the block's distance from the middle of
             town and R that of the farthest block

    Parameters
    ----------
    district : District
        With points of its blocks.

    Returns
    -------
    StudentCounts [students]
        Estimated, to a tenth of a student.
    """
    points = district.blocks[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    away = np.hypot(*(points - points.mean(axis=0)).T)
    growth = _MIDDLE + (_EDGE - _MIDDLE) * (away / away.max()) ** 2
    table = district.students.table.mul(growth, axis=0).round(1)
    return replace(district.students, table=table, estimated=True)
