"""Theil's H: how much less diverse schools are than the district."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from geodata.dtypes import Floats, Ints
from planner.metrics.base import with_others


def entropy(groups: Floats) -> float:
    """Diversity of a student body.

    Maths    ``E = sum_m Q_m ln(1/Q_m)``, ``0 ln 0 = 0``
    Range    0 (one group) to ln(number of groups)
    Better   neither
    Unit     nats
    Source   Theil & Finizza 1971

    Parameters
    ----------
    groups : (g,) float64 [students]

    Returns
    -------
    float
        NaN without students or with an unknown count.
    """
    size = groups.sum()
    if not size > 0:
        return float("nan")
    shares = groups / size
    return float(-xlogy(shares, shares).sum())


def theil_h(group: Floats, total: Floats) -> float:
    """Schools' lack of diversity between one group and the rest, as a share of the district's.

    Maths    ``H = sum_s t_s (E - E_s) / (T E)``, ``E = -Q ln Q - (1-Q) ln(1-Q)``
    Range    0 (every school mirrors the district) to 1 (no school is mixed)
    Better   lower
    Unit     index
    Source   Theil & Finizza 1971; Reardon & Firebaugh 2002

    Parameters
    ----------
    group, total : (s,) float64 [students]

    Returns
    -------
    float
        NaN where the group is nobody or everybody, or a count is unknown.
    """
    return theil_h_multigroup(with_others(group, total))


def theil_h_multigroup(groups: Floats) -> float:
    """Schools' lack of diversity over all groups at once, as a share of the district's.

    Maths    ``H = 1/(T E) * sum_s sum_m t_s q_sm ln(q_sm/Q_m)``, ``E = sum_m Q_m ln(1/Q_m)``
    Range    0 (every school mirrors the district) to 1 (every school has one group only)
    Better   lower
    Unit     index
    Source   Theil & Finizza 1971; Reardon & Firebaugh 2002 (obeys the principle of transfers)

    Parameters
    ----------
    groups : (s, g) float64 [students]
        Groups that together are all students.

    Returns
    -------
    float
        NaN with fewer than two groups present or with an unknown count.
    """
    size, diversity = groups.sum(), entropy(groups.sum(axis=0))
    if not diversity > 0:
        return float("nan")
    return float(_divergence(groups, groups.sum(axis=0)) / (size * diversity))


@dataclass(frozen=True, slots=True)
class EntropyParts:
    """Theil's H split into the part between clusters of schools and the part within them.

    Attributes
    ----------
    total, between, within : float
        ``total = between + within``.
    """

    total: float
    between: float
    within: float


def theil_h_between(parts: EntropyParts) -> float:
    """Part of Theil's H that lies between levels: their student bodies differ.

    Maths    ``H between = sum_c T_c (E - E_c) / (T E)``, c the levels
    Range    0 to H
    Better   neither
    Unit     index
    Source   Reardon & Firebaugh 2002

    Parameters
    ----------
    parts : EntropyParts
        From `entropy_parts`.
    """
    return parts.between


def theil_h_within(parts: EntropyParts) -> float:
    """Part of Theil's H that lies among the schools of each level.

    Maths    ``H within = sum_c (T_c E_c) / (T E) H_c``, c the levels
    Range    0 to H
    Better   lower
    Unit     index
    Source   Reardon & Firebaugh 2002

    Parameters
    ----------
    parts : EntropyParts
        From `entropy_parts`.
    """
    return parts.within


def entropy_parts(groups: Floats, cluster: Ints) -> EntropyParts:
    """Split Theil's H by clusters of schools, such as levels or grades.

    Maths    ``H = H_between + sum_c (T_c E_c)/(T E) * H_c``
    Source   Reardon & Firebaugh 2002

    Parameters
    ----------
    groups : (s, g) float64 [students]
    cluster : (s,) int32
        Cluster of each school, 0 to c - 1.
    """
    count = int(cluster.max(initial=-1)) + 1
    sums = np.zeros((count, groups.shape[1]))
    np.add.at(sums, cluster, groups)
    size, diversity = groups.sum(), entropy(groups.sum(axis=0))
    if not diversity > 0:
        return EntropyParts(np.nan, np.nan, np.nan)
    weight = np.nan_to_num([row.sum() * entropy(row) for row in sums]) / (size * diversity)
    each = np.array([theil_h_multigroup(groups[cluster == c]) for c in range(count)])
    between = theil_h_multigroup(sums)
    within = float((weight * np.nan_to_num(each)).sum())
    return EntropyParts(theil_h_multigroup(groups), between, within)


def _divergence(groups: Floats, overall: Floats) -> float:
    """Return ``sum_s sum_m t_s q_sm ln(q_sm / Q_m)`` in students times nats."""
    size = groups.sum(axis=1, keepdims=True)
    whole = float(overall.sum())
    used = size[:, 0] > 0
    shares = groups[used] / size[used]
    present = overall > 0
    ratio = shares[:, present] / (overall[present] / whole)
    return float(xlogy(groups[used][:, present], ratio).sum())
