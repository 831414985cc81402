"""What an index would be if chance alone sent students to the schools, at the schools' sizes.

An index of small schools or small groups is above 0 even when nobody separates anybody.  These
expectations stand beside each index, so that chance is not read as segregation.

Students are drawn without replacement: the members of a group in one school follow the
hypergeometric distribution with T students, G of them of the group, t_s drawn.  Fractional
(estimated) counts are rounded to whole students first, except where the formula needs none.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from geodata.dtypes import Floats
from planner.metrics.base import with_others

Wholes = NDArray[np.int64]

__all__ = [
    "expected_dissimilarity",
    "expected_dissimilarity_multigroup",
    "expected_exposure",
    "expected_normalised_exposure",
    "expected_theil_h",
    "expected_theil_h_multigroup",
    "simulate",
]


def expected_normalised_exposure(total: Floats) -> float:
    """Normalised exposure (of any group, and multigroup) under random assignment.

    Maths    ``E[V] = (S - 1) / (T - 1)`` with S schools that have students
    Method   exact
    """
    size, schools = float(total.sum()), int((total > 0).sum())
    return (schools - 1) / (size - 1.0) if size > 1 and schools else float("nan")


def expected_exposure(of: Floats, to: Floats, total: Floats, *, same: bool) -> float:
    """Exposure of one group to another under random assignment; isolation where they are the same.

    Maths    ``E[gPk] = K (T - S) / (T (T - 1))``; isolation ``1 - (1 - Q) (T - S) / (T - 1)``
    Method   exact
    """
    size, schools = float(total.sum()), int((total > 0).sum())
    if not (size > 1 and schools and of.sum() > 0):
        return float("nan")
    mixing = (size - schools) / (size - 1.0)
    share = float(to.sum()) / size
    return 1.0 - (1.0 - share) * mixing if same else share * mixing


def expected_dissimilarity(group: Floats, total: Floats) -> float:
    """Dissimilarity of a group against everyone else under random assignment.

    Maths    ``E[D] = sum_s E|g_s - t_s Q| / (2 T Q (1-Q))``; the mean absolute deviation of the
             hypergeometric is ``2 k (T - G - t + k) / T * P(k)``, ``k = floor(t Q) + 1``
    Method   exact, on whole students
    """
    away, spread = _mean_away(group, total)
    return away / (2.0 * spread) if spread > 0 else float("nan")


def expected_dissimilarity_multigroup(groups: Floats) -> float:
    """Multigroup dissimilarity under random assignment.

    Maths    ``sum_m sum_s E|g_sm - t_s Q_m| / (2 T I)``
    Method   exact, on whole students
    """
    parts = [_mean_away(groups[:, m], groups.sum(axis=1)) for m in range(groups.shape[1])]
    spread = sum(part[1] for part in parts)
    return sum(part[0] for part in parts) / (2.0 * spread) if spread > 0 else float("nan")


def expected_theil_h(group: Floats, total: Floats) -> float:
    """Theil's H of a group against everyone else under random assignment.

    Maths    ``sum_s sum_x P(x) [x ln(q/Q) + (t_s - x) ln((1-q)/(1-Q))] / (T E)``, ``q = x/t_s``
    Method   exact, on whole students
    """
    return expected_theil_h_multigroup(with_others(group, total))


def expected_theil_h_multigroup(groups: Floats) -> float:
    """Multigroup Theil's H under random assignment.

    Maths    ``sum_m sum_s sum_x P_m(x) x ln((x/t_s)/Q_m) / (T E)``
    Method   exact, on whole students
    """
    if np.isnan(groups).any():
        return float("nan")
    total = np.rint(groups.sum(axis=1))
    size = total.sum()
    sums = np.rint(groups.sum(axis=0))
    shares = sums / size if size > 0 else sums
    diversity = -float(xlogy(shares, shares).sum())
    if not diversity > 0:
        return float("nan")
    schools, repeats = np.unique(total[total > 0], return_counts=True)
    x = np.arange(schools.max() + 1)
    away = 0.0
    for part in sums[sums > 0]:
        chance = _chance(schools[:, None], x[None, :], float(part), float(size))
        ratio = x[None, :] / schools[:, None] / (part / size)
        away += float((repeats[:, None] * chance * xlogy(x[None, :], ratio)).sum())
    return away / (float(size) * diversity)


def simulate(groups: Floats, *, draws: int, seed: int) -> Floats:
    """Draw random assignments of whole students to schools of the same sizes.

    Parameters
    ----------
    groups : (s, g) float64 [students]
        Groups that together are all students.
    draws : int
    seed : int

    Returns
    -------
    (draws, s, g) float64 [students]
    """
    total = np.rint(groups.sum(axis=1)).astype(np.int64)
    left = np.rint(groups.sum(axis=0)).astype(np.int64)
    short = int(total.sum() - left.sum())  # rounding may differ by a few students
    left[int(left.argmax())] += short
    left = np.repeat(left[None, :], draws, axis=0)
    rng = np.random.default_rng(seed)
    out = np.zeros((draws, *groups.shape))
    for s, size in enumerate(total):
        open_seats = np.full(draws, size)
        pool = left.sum(axis=1)
        for m in range(groups.shape[1]):
            pool = pool - left[:, m]
            drawn = rng.hypergeometric(left[:, m], pool, open_seats)
            out[:, s, m] = drawn
            open_seats = open_seats - drawn
        left = left - out[:, s].astype(np.int64)
    return out


def _mean_away(group: Floats, total: Floats) -> tuple[float, float]:
    """Return ``sum_s E|g_s - t_s Q|`` and ``T Q (1 - Q)``, both in students."""
    if np.isnan(group).any() or np.isnan(total).any():
        return float("nan"), float("nan")
    t = np.rint(total[total > 0])
    t = t[t > 0]
    size, part = float(t.sum()), float(np.rint(group.sum()))
    if not 0 < part < size:
        return 0.0, 0.0
    k = np.floor(t * part / size) + 1.0
    chance = _chance(t, k, part, size)
    away = 2.0 * k * (size - part - t + k) / size * chance
    return float(away.sum()), size * (part / size) * (1.0 - part / size)


def _chance(t: Floats, x: Floats, part: float, size: float) -> Floats:
    """Return the hypergeometric chance of x members of a group among t drawn students."""
    factorial = _log_factorials(int(size))

    def choose(n: Wholes, k: Wholes) -> Floats:
        return np.asarray(factorial[n] - factorial[k] - factorial[n - k])

    drawn, members, group, everybody = (np.asarray(v).astype(np.int64) for v in (t, x, part, size))
    possible = (members <= drawn) & (members <= group) & (drawn - members <= everybody - group)
    a = np.where(possible, members, 0)
    b = np.where(possible, drawn - members, 0)
    log = choose(group, a) + choose(everybody - group, b) - choose(everybody, drawn)
    return np.where(possible, np.exp(np.where(possible, log, -np.inf)), 0.0)


@lru_cache(maxsize=4)
def _log_factorials(size: int) -> Floats:
    """Return ln(k!) for k = 0 to size."""
    return np.asarray(gammaln(np.arange(size + 1) + 1.0))
