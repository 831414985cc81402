"""What holds in a plan or does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from geodata.dtypes import Bools, Floats, Ints
from planner.terms.amounts import Amount
from planner.terms.tallies import tally

if TYPE_CHECKING:
    from planner.problem import Problem


@dataclass(frozen=True, slots=True)
class AllowedPairs:
    """Only these (block, zone) pairs may be chosen."""

    name: str
    allowed: Bools  # (n, m)


@dataclass(frozen=True, slots=True)
class ZoneBand:
    """Every zone's tally stays in a band.

    Maths   ``lower[z] <= sum_k factor_k * T[z,k] <= upper[z]`` (infinite where not limited)
    """

    name: str
    unit: str
    measures: Mapping[str, float]
    lower: Floats  # (m,)
    upper: Floats  # (m,)

    def excess(self, problem: Problem, zone_of: Ints) -> Floats:
        """Return how far each zone is outside its band, (m,), 0 inside."""
        e = tally(problem, self.measures, zone_of)
        return np.maximum(0.0, e - self.upper) + np.maximum(0.0, self.lower - e)


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount stays at or below a number."""

    name: str
    amount: Amount
    at_most: float


@dataclass(frozen=True, slots=True)
class Contiguous:
    """Every zone is one piece around its school.

    An island of today may stay whole in its zone or leave it; with `dissolve_islands` it must
    leave (or be reached by the rest of its zone).
    """

    name: str
    dissolve_islands: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """Blocks with the same group number (-1: none) share one zone."""

    name: str
    group_of: Ints  # (n,)


Constraint: TypeAlias = AllowedPairs | ZoneBand | Limit | Contiguous | Together
