"""Feeder patterns: which lower schools send their students to which upper schools."""

from __future__ import annotations

import math

import numpy as np

from geodata.dtypes import Floats, Ints


def feeds(lower: Ints, upper: Ints, students: Floats, shape: tuple[int, int]) -> Floats:
    """Add up students by lower and upper school.

    Parameters
    ----------
    lower, upper : (n,) int32
        School of each block at the top of one level and at the bottom of the next; -1 for none.
    students : (n,) float64 [students]
        Students who go on: the top grade where known, else all students of the lower level.
    shape : (int, int)
        Number of lower and of upper schools.

    Returns
    -------
    (lower, upper) float64 [students]
    """
    known = (lower >= 0) & (upper >= 0)
    cell = lower[known].astype(np.int64) * shape[1] + upper[known]
    flow = np.bincount(cell, weights=students[known], minlength=shape[0] * shape[1])
    return flow.astype(np.float64).reshape(shape)


def upper_schools_fed(flow: Floats) -> Floats:
    """Upper schools that the students of a lower school go on to.

    Maths    ``#{r : f_sr > 0}``
    Range    1 (all stay together) upwards
    Better   lower
    Unit     schools

    Parameters
    ----------
    flow : (lower, upper) float64 [students]
        From `feeds`.

    Returns
    -------
    (lower,) float64
        NaN for a school that sends nobody, or of whose students some are not counted.
    """
    count = (flow > 0).sum(axis=1).astype(np.float64)
    return np.where((count > 0) & ~np.isnan(flow).any(axis=1), count, np.nan)


def split_feeders(flow: Floats) -> float:
    """Lower schools whose students are divided between several upper schools.

    Maths    ``#{s : #{r : f_sr > 0} > 1}``
    Range    0 to the number of lower schools
    Better   lower
    Unit     schools

    Parameters
    ----------
    flow : (lower, upper) float64 [students]
    """
    return math.nan if np.isnan(flow).any() else float((upper_schools_fed(flow) > 1).sum())


def feeder_split(flow: Floats) -> float:
    """Students who go on to another upper school than most of their lower school.

    Maths    ``sum_s (sum_r f_sr - max_r f_sr)``
    Range    0 (every lower school goes on whole) to all who go on
    Better   lower
    Unit     students

    Parameters
    ----------
    flow : (lower, upper) float64 [students]
    """
    return float((flow.sum(axis=1) - flow.max(axis=1, initial=0.0)).sum())


def feed_share_of_leavers(flow: Floats) -> Floats:
    """Smallest part of a lower school's leavers that goes to an upper school of its own.

    Maths    ``min over r with f_sr > 0 of f_sr / sum_r f_sr``
    Range    0 to 1 (all go on together)
    Better   higher
    Unit     share of leavers
    Source   Fairfax County: below 25 % is a split feeder

    Parameters
    ----------
    flow : (lower, upper) float64 [students]

    Returns
    -------
    (lower,) float64
        NaN for a school that sends nobody.
    """
    return _smallest(flow)


def feed_share_of_receiver(flow: Floats) -> Floats:
    """Smallest part of an upper school's entrants that comes from one lower school.

    Maths    ``min over s with f_sr > 0 of f_sr / sum_s f_sr``
    Range    0 to 1
    Better   higher
    Unit     share of entrants
    Source   Howard County policy 6010: feeds below 15 % are to be avoided

    Parameters
    ----------
    flow : (lower, upper) float64 [students]

    Returns
    -------
    (upper,) float64
        NaN for a school that nobody enters.
    """
    return _smallest(flow.T)


def small_feeds_of_leavers(flow: Floats, least: float) -> float:
    """How many feeds take less than a set part of the lower school's leavers.

    Maths    ``#{(s, r) : 0 < f_sr < least * sum_r f_sr}``
    Range    0 upwards
    Better   lower
    Unit     feeds
    Source   Fairfax County (25 %)

    Parameters
    ----------
    flow : (lower, upper) float64 [students]
    least : float [share of leavers]
    """
    return _count_small(flow, least)


def small_feeds_of_receiver(flow: Floats, least: float) -> float:
    """How many feeds make less than a set part of the upper school's entrants.

    Maths    ``#{(s, r) : 0 < f_sr < least * sum_s f_sr}``
    Range    0 upwards
    Better   lower
    Unit     feeds
    Source   Howard County policy 6010 (15 %)

    Parameters
    ----------
    flow : (lower, upper) float64 [students]
    least : float [share of entrants]
    """
    return _count_small(flow.T, least)


def _smallest(flow: Floats) -> Floats:
    size = flow.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(flow > 0, flow / size, np.inf)
    least = share.min(axis=1, initial=np.inf)
    return np.where(np.isfinite(least), least, np.nan)


def _count_small(flow: Floats, least: float) -> float:
    size = flow.sum(axis=1, keepdims=True)
    return math.nan if np.isnan(flow).any() else float(((flow > 0) & (flow < least * size)).sum())
