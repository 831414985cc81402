"""Students against seats."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats


def seats(capacity_seats: Floats) -> float:
    """Seats of a school, or of all schools of a level.

    Maths    ``sum of the functional seats``
    Range    0 upwards
    Better   neither
    Unit     seats
    Source   the district's own schools file

    Parameters
    ----------
    capacity_seats : float64 array [seats]

    Returns
    -------
    float
        NaN where one is unknown.
    """
    return float(capacity_seats.sum())


def utilization(total: float, seats: float) -> float:
    """Students of a school for each of its seats.

    Maths    ``u_s = t_s / C_s``
    Range    0 upwards; 1 is full
    Better   neither
    Unit     share of seats

    Parameters
    ----------
    total : float [students]
    seats : float [seats]

    Returns
    -------
    float
        NaN where the seats are unknown or 0.
    """
    return total / seats if seats > 0 else float("nan")


def utilization_spread(total: Floats, seats: Floats) -> float:
    """How far the average school is from the utilization of all schools together.

    Maths    ``mean over schools of |t_s/C_s - sum t_s / sum C_s|``
    Range    0 (all filled alike) upwards
    Better   lower
    Unit     share of seats

    Parameters
    ----------
    total : (s,) float64 [students]
    seats : (s,) float64 [seats]
        NaN where unknown; then the figure is unknown too.
    """
    if not len(seats) or not (seats > 0).all():
        return float("nan")
    return float(np.abs(total / seats - total.sum() / seats.sum()).mean())


def utilization_highest(use: Floats) -> float:
    """Utilization of the fullest school.

    Maths    ``max_s t_s / C_s``
    Range    0 upwards; 1 is full
    Better   lower
    Unit     share of seats

    Parameters
    ----------
    use : (s,) float64 [share of seats]
        NaN where unknown; then the figure is unknown too.
    """
    return float(use.max()) if len(use) else float("nan")


def utilization_lowest(use: Floats) -> float:
    """Utilization of the emptiest school.

    Maths    ``min_s t_s / C_s``
    Range    0 upwards
    Better   higher
    Unit     share of seats

    Parameters
    ----------
    use : (s,) float64 [share of seats]
        NaN where unknown; then the figure is unknown too.
    """
    return float(use.min()) if len(use) else float("nan")


def schools_in_band(use: Floats, lower: float, upper: float) -> float:
    """Share of schools whose utilization is in the wanted band.

    Maths    ``#{s : lower <= u_s <= upper} / #{s}``
    Range    0 to 1
    Better   higher
    Unit     share of schools

    Parameters
    ----------
    use : (s,) float64 [share of seats]
        NaN where unknown; then the figure is unknown too.
    lower, upper : float [share of seats]
    """
    if not len(use) or np.isnan(use).any():
        return float("nan")
    slack = 1e-12
    return float(((use >= lower - slack) & (use <= upper + slack)).mean())


def students_over_capacity(total: Floats, seats: Floats) -> float:
    """Students beyond the seats of their school.

    Maths    ``sum_s max(0, t_s - C_s)``
    Range    0 upwards
    Better   lower
    Unit     students

    Parameters
    ----------
    total : (s,) float64 [students]
    seats : (s,) float64 [seats]
        NaN where unknown; then the figure is unknown too.
    """
    return float(np.maximum(total - seats, 0.0).sum())
