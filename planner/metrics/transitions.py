"""Changes of building on the way through school, and whom a student makes them with."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.metrics.base import is_served, mean_of_blocks


def transitions(school_of: Ints, weight: Floats) -> float:
    """How often the average student changes building on the way through the grades.

    Maths    ``sum_b w_b #{h : school[b,h] != school[b,h+1]} / sum_b w_b``
    Range    0 to grades - 1
    Better   lower
    Unit     changes

    Parameters
    ----------
    school_of : (n, G) int32
        School of each block in consecutive grades; blocks with a -1 are left out.
    weight : (n,) float64 [students]

    Returns
    -------
    float
        NaN where no block has a school for every grade.
    """
    return mean_of_blocks(_changes(school_of), weight, is_served(school_of))


def years_per_building(school_of: Ints, weight: Floats) -> float:
    """Years the average student spends in one building.

    Maths    ``sum_b w_b G / (changes_b + 1) / sum_b w_b``
    Range    1 to the number of grades
    Better   higher
    Unit     years

    Parameters
    ----------
    school_of : (n, G) int32
        School of each block in consecutive grades; blocks with a -1 are left out.
    weight : (n,) float64 [students]

    Returns
    -------
    float
        NaN where no block has a school for every grade.
    """
    return mean_of_blocks(
        school_of.shape[1] / (_changes(school_of) + 1.0), weight, is_served(school_of)
    )


def cohort_kept_together(school_of: Ints, students: Floats) -> float:
    """Share of grade-mates who go on to the same next building, of the average student who moves.

    Maths    ``kappa = sum_{s,r,h} n_srh^2 / n_sh  /  sum n_srh`` over the changes from building s
             to another building r after grade h; ``n_sh`` is the whole grade h of s
    Range    above 0 to 1 (the whole cohort moves together)
    Better   higher
    Unit     share

    Parameters
    ----------
    school_of : (n, G) int32
        School of each block in consecutive grades, -1 for none.
    students : (n, G) float64 [students]

    Returns
    -------
    float
        NaN where nobody changes building or a count is unknown.
    """
    size = int(school_of.max(initial=-1)) + 1
    kept, movers = 0.0, 0.0
    for h in range(school_of.shape[1] - 1):
        here, there = school_of[:, h], school_of[:, h + 1]
        known = (here >= 0) & (there >= 0)
        cell = here[known].astype(np.int64) * size + there[known]
        flow = np.bincount(cell, students[known, h], minlength=size * size).astype(np.float64)
        flow = flow.reshape(size, size)  # bincount of nobody gives whole numbers
        cohort = flow.sum(axis=1, keepdims=True)
        np.fill_diagonal(flow, 0.0)
        kept += float(np.divide(flow**2, cohort, out=np.zeros_like(flow), where=cohort != 0).sum())
        movers += float(flow.sum())
    return kept / movers if movers > 0 else float("nan")


def _changes(school_of: Ints) -> Floats:
    return np.asarray((school_of[:, 1:] != school_of[:, :-1]).sum(axis=1), dtype=np.float64)
