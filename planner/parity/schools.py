"""The schools of one plan, or of today, as parity sees them: whom each of them serves."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from geodata.dtypes import Floats, Ints
from geodata.reserved import POOR
from planner.errors import MissingPovertyError
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.exposure import exposure, isolation, isolation_excess
from planner.metrics.poverty_exposure import exposure_to_poverty
from planner.metrics.poverty_near import poverty_range, poverty_spread
from planner.problem import Problem
from planner.problem.measures import Lack
from planner.problem.partners import Partner
from planner.problem.school_counts import sums_by_school

__all__ = ["Schools", "group_measures", "need_poverty"]


def group_measures(problem: Problem, least: float = 30.0) -> tuple[str, ...]:
    """Return the measures of all groups with so many students, sorted."""
    names = (name for name in sorted(problem.extra_measures) if name.startswith("group:"))
    return tuple(name for name in names if problem.measure(name).sum() >= least)


class Schools:
    """Counts of one plan by school; schools of a shared zone one by one where counted.

    Parameters
    ----------
    problem : Problem
    zone_of : (n,) int32
        Zone of each block; -1 where unknown.
    partners : sequence of tuple of Partner
        Schools of each of these zones.
    """

    def __init__(
        self, problem: Problem, zone_of: Ints, partners: Sequence[tuple[Partner, ...]]
    ) -> None:
        self._problem, self.zone_of, self._partners = problem, zone_of, partners

    @classmethod
    def under(cls, problem: Problem, plan: Ints) -> Schools:
        """Return the schools of a plan."""
        return cls(problem, plan, problem.partners_of_zones())

    @classmethod
    def today(cls, problem: Problem) -> Schools:
        """Return the schools of today, closed ones too."""
        return cls(problem, problem.todays_schools(), problem.todays_partners())

    def _sums(self, *measures: str) -> list[Floats]:
        return sums_by_school(self._problem, self._partners, measures, self.zone_of)

    @property
    def groups(self) -> list[str]:
        """Groups that are large enough to be compared."""
        return [measure.removeprefix("group:") for measure in group_measures(self._problem)]

    def counts(self) -> tuple[Floats, tuple[Floats, Floats]]:
        """Return the students of all groups, (s, g), and all and the poor students, (s,) each."""
        names = [f"group:{group}" for group in self.groups]
        *each, total, poor = self._sums(*names, "students", need_poverty(self._problem))
        return np.column_stack(each or [total]), (total, poor)

    @property
    def spread(self) -> float:
        """Distance of the school furthest from the poverty of all [share]."""
        return poverty_spread(*self._sums(need_poverty(self._problem), "students"))

    @property
    def range(self) -> float:
        """Poverty of the poorest school less that of the least poor [share]."""
        return poverty_range(*self._sums(need_poverty(self._problem), "students"))

    def met(self, group: str) -> float:
        """Return how poor the schools of an average member of a group are [share]."""
        poor = need_poverty(self._problem)
        return exposure_to_poverty(*self._sums(f"group:{group}", poor, "students"))

    def gap(self, groups: Sequence[str]) -> float:
        """Return the largest difference of that between groups [share]; NaN with fewer than two."""
        met = [self.met(group) for group in groups]
        return max(met) - min(met) if len(met) > 1 else math.nan

    def apart(self, a: str, b: str) -> float:
        """Return the dissimilarity of two groups."""
        return dissimilarity(*self._sums(f"group:{a}", f"group:{b}"))

    def meets(self, a: str, b: str) -> float:
        """Return the exposure of one group to another [share]."""
        return exposure(*self._sums(f"group:{a}", f"group:{b}", "students"))

    def alone(self, group: str) -> float:
        """Return the isolation of a group above composition [share]."""
        return isolation_excess(*self._sums(f"group:{group}", "students"))

    def among_itself(self, group: str) -> float:
        """Return the isolation of a group [share]."""
        return isolation(*self._sums(f"group:{group}", "students"))


def need_poverty(problem: Problem) -> str:
    """Return the measure of poor students, or refuse."""
    if not problem.has_measure(POOR):
        nobody = Lack("uncounted", "the district has no such count")
        reason = problem.unavailable.get(POOR, nobody).text
        raise MissingPovertyError(
            f"level {problem.level!r} has no poverty count: {reason}",
            "exposure to poverty needs the number of poor students by block",
            "map a poverty column in the district file",
        )
    return POOR
