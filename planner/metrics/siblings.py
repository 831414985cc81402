"""Whether children of one family, in several grades, share a building."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.metrics.base import is_served, mean_of_blocks


def siblings_together(school_of: Ints, weight: Floats, gap: int) -> float:
    """Chance that two siblings so many grades apart share a building.

    Maths    share of the grade pairs (h, h + gap) with one school, averaged over blocks by
             students; every pair of grades is taken to be equally likely
    Range    0 to 1
    Better   higher
    Unit     share

    Parameters
    ----------
    school_of : (n, G) int32
        School of each block in consecutive grades; blocks with a -1 are left out.
    weight : (n,) float64 [students]
    gap : int [grades]

    Returns
    -------
    float
        NaN where the grades do not reach that far, or no block has a school for every grade.
    """
    if gap >= school_of.shape[1]:
        return float("nan")
    same = school_of[:, gap:] == school_of[:, : school_of.shape[1] - gap]
    return mean_of_blocks(same.mean(axis=1), weight, is_served(school_of))


def buildings_per_family(school_of: Ints, weight: Floats) -> float:
    """How many buildings a family with two children in different grades has to reach.

    Maths    ``2 - share of the pairs of different grades with one school``, averaged over blocks
             by students; every pair of grades is taken to be equally likely
    Range    1 to 2
    Better   lower
    Unit     buildings

    Parameters
    ----------
    school_of : (n, G) int32
        School of each block in consecutive grades; blocks with a -1 are left out.
    weight : (n,) float64 [students]

    Returns
    -------
    float
        NaN with one grade only, or where no block has a school for every grade.
    """
    grades = school_of.shape[1]
    if grades < 2:
        return float("nan")
    low, high = np.triu_indices(grades, k=1)
    same = (school_of[:, low] == school_of[:, high]).mean(axis=1)
    return mean_of_blocks(2.0 - same, weight, is_served(school_of))
