"""The indices of integration as one list, so that each form of them is counted alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from geodata.dtypes import Floats
from planner.metrics import random_assignment as chance
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.entropy import entropy, theil_h, theil_h_multigroup
from planner.metrics.exposure import isolation, isolation_excess
from planner.metrics.gini import gini, ginis
from planner.metrics.multigroup import dissimilarity_multigroup, normalised_exposure_multigroup
from planner.metrics.normalised_exposure import normalised_exposure

__all__ = ["MULTIGROUP", "TWO_GROUP", "Index", "MultiIndex", "pair_name", "pairs"]


@dataclass(frozen=True, slots=True)
class Index:
    """An index of one group among all students.

    Parameters
    ----------
    name : str
    value : callable (group, total) -> float
    expected : callable (group, total) -> float, or None
        Under random assignment; None where it has no closed form.
    many : callable (groups, totals), each (r, s), -> (r,), or None
        The index of many random assignments at once, where `expected` is None.
    weigh_diversity : bool
        Whether grades are weighted by ``T_h E_h`` instead of ``T_h``.
    by_grade : bool
        Whether it is averaged over grades (isolation is not: it is the make-up of the grade).
    """

    name: str
    value: Callable[[Floats, Floats], float]
    expected: Callable[[Floats, Floats], float] | None
    many: Callable[[Floats, Floats], Floats] | None = None
    weigh_diversity: bool = False
    by_grade: bool = True

    def weight(self, group: Floats, total: Floats) -> float:
        """Return the weight of one grade; NaN where a count is unknown."""
        size, part = float(total.sum()), float(group.sum())
        if np.isnan(part) or not self.weigh_diversity or not size > 0:
            return part if np.isnan(part) else size
        return size * entropy(np.array([part, size - part]))


@dataclass(frozen=True, slots=True)
class MultiIndex:
    """An index over all groups at once; fields as in `Index`, of (s, g) students."""

    name: str
    value: Callable[[Floats], float]
    expected: Callable[[Floats], float]
    weigh_diversity: bool = False

    def weight(self, everyone: Floats) -> float:
        """Return the weight of one grade."""
        size = float(everyone.sum())
        if not self.weigh_diversity or not size > 0:
            return size
        return size * entropy(everyone.sum(axis=0))


def _against_rest(group: Floats, total: Floats) -> float:
    return dissimilarity(group, total - group)


def _expected_normalised(group: Floats, total: Floats) -> float:
    if not 0 < group.sum() < total.sum():
        return float("nan")
    return chance.expected_normalised_exposure(total)


def _expected_isolation(group: Floats, total: Floats) -> float:
    return chance.expected_exposure(group, group, total, same=True)


def _expected_excess(group: Floats, total: Floats) -> float:
    size = float(total.sum())
    return _expected_isolation(group, total) - float(group.sum()) / size if size > 0 else np.nan


def _expected_normalised_multigroup(everyone: Floats) -> float:
    if not (everyone.sum(axis=0) > 0).sum() > 1:
        return float("nan")
    return chance.expected_normalised_exposure(everyone.sum(axis=1))


TWO_GROUP: tuple[Index, ...] = (
    Index("dissimilarity", _against_rest, chance.expected_dissimilarity),
    Index("gini", gini, None, ginis),
    Index("normalised_exposure", normalised_exposure, _expected_normalised),
    Index("theil_h", theil_h, chance.expected_theil_h, weigh_diversity=True),
    Index("isolation", isolation, _expected_isolation, by_grade=False),
    Index("isolation_excess", isolation_excess, _expected_excess),
)

MULTIGROUP: tuple[MultiIndex, ...] = (
    MultiIndex(
        "dissimilarity_multigroup",
        dissimilarity_multigroup,
        chance.expected_dissimilarity_multigroup,
    ),
    MultiIndex(
        "normalised_exposure_multigroup",
        normalised_exposure_multigroup,
        _expected_normalised_multigroup,
    ),
    MultiIndex(
        "theil_h_multigroup",
        theil_h_multigroup,
        chance.expected_theil_h_multigroup,
        weigh_diversity=True,
    ),
)


def pair_name(a: str, b: str) -> str:
    """Return what stands in the column ``group`` for a pair: ``"a|b"``."""
    return f"{a}|{b}"


def pairs(names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return every two groups once."""
    return list(combinations(range(len(names)), 2))
