"""Parity and both racial axes of a plan beside today's, with certificates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import MissingPovertyError
from planner.metrics.certificate import gap_limit_by_band, gap_limit_by_evenness
from planner.metrics.dissimilarity import dissimilarities, dissimilarity
from planner.metrics.exposure import exposure, isolation, isolation_excess
from planner.metrics.poverty_exposure import exposure_to_poverty
from planner.metrics.poverty_near import poverty_range, poverty_spread
from planner.metrics.random_assignment import expected_exposure, simulate
from planner.parity.rounding import no_more
from planner.problem import Ints, Problem

__all__ = [
    "POOR",
    "ParityRecord",
    "Schools",
    "group_measures",
    "need_poverty",
    "parity_record",
    "poverty_furthest",
]

Floats = NDArray[np.float64]
POOR = "poor"
DRAWS = 200  # random assignments


@dataclass(frozen=True, slots=True)
class ParityRecord:
    """Parity and both racial axes of one plan, beside today's.

    Parameters
    ----------
    exposure : mapping of group to (today, plan) [share]
        Exposure to poverty.
    gap : (today, plan) [share]
        Parity gap.
    spread : (today, plan) [share]
        Furthest school from the district's poverty.
    dissimilarity : mapping of ``a - b`` to (today, plan)
    isolation : mapping of group to (today, plan) [share]
        Isolation above composition.
    at_most : mapping of certificate to [share]
        Proven upper limits of the plan's gap.
    by_chance : mapping of (measure, group) to [share]
        What the plan's schools would have if chance alone sent students to them.
    met : mapping of (group, group) to (today, plan) [share]
        Whom the average student of the first group meets: its row adds up to 1 over all groups.
    """

    exposure: dict[str, tuple[float, float]]
    gap: tuple[float, float]
    spread: tuple[float, float]
    dissimilarity: dict[str, tuple[float, float]]
    isolation: dict[str, tuple[float, float]]
    at_most: dict[str, float] = field(default_factory=dict)
    by_chance: dict[tuple[str, str], float] = field(default_factory=dict)
    met: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def table(self) -> pd.DataFrame:
        """Return exposure to poverty and both racial axes: today, plan, change, chance [share]."""
        parts = (
            ("exposure to poverty", self.exposure),
            ("isolation above composition", self.isolation),
            ("dissimilarity", self.dissimilarity),
        )
        rows = [
            (measure, group, today, plan, plan - today, self.by_chance.get((measure, group)))
            for measure, values in parts
            for group, (today, plan) in values.items()
        ]
        columns = ["measure", "group", "today", "plan", "change", "by_chance"]
        return pd.DataFrame(rows, columns=columns).astype({"by_chance": float})

    def matrix(self, when: str = "plan") -> pd.DataFrame:
        """Return who meets whom, a row for each group that looks.

        Parameters
        ----------
        when : {"today", "plan"}
        """
        names = list(dict.fromkeys(a for a, _ in self.met))
        place = {"today": 0, "plan": 1}[when]
        rows = [[self.met[a, b][place] for b in names] for a in names]
        return pd.DataFrame(rows, index=names, columns=names)

    def sentences(self) -> list[str]:
        """Say gap and certificates in words."""
        today, plan = self.gap
        return [
            f"Gap in exposure to poverty: {100 * today:.1f} points today, {100 * plan:.1f} under "
            "the plan.",
            *(
                f"Proven: at most {no_more(100 * limit)} points ({how})."
                for how, limit in self.at_most.items()
            ),
        ]


def group_measures(problem: Problem, least: float = 30.0) -> tuple[str, ...]:
    """Return the measures of all groups with so many students, sorted."""
    names = (name for name in sorted(problem.extra_measures) if name.startswith("group:"))
    return tuple(name for name in names if problem.measure(name).sum() >= least)


def parity_record(problem: Problem, today: Ints, plan: Ints) -> ParityRecord:
    """Measure parity and both racial axes of today's plan and another, with certificates.

    Parameters
    ----------
    problem : Problem
    today : (n,) int32
        Number of today's school of each block, such as `Problem.todays_schools`; -1 unknown.
    plan : (n,) int32

    Raises
    ------
    MissingPovertyError
        Where the district has no poverty count.
    """
    before, after = Schools(problem, today), Schools(problem, plan)
    groups = [m.removeprefix("group:") for m in group_measures(problem)]
    pairs = list(combinations(groups, 2))
    apart = {f"{a} - {b}": (before.apart(a, b), after.apart(a, b)) for a, b in pairs}
    alone = {g: (before.alone(g), after.alone(g)) for g in groups}
    gap = (before.gap(groups), after.gap(groups))
    limits = {"twice the furthest school": gap_limit_by_band(after.spread)}
    if pairs:
        worst = max(pairs, key=lambda pair: abs(after.met(pair[0]) - after.met(pair[1])))
        limits[f"dissimilarity of {worst[0]} and {worst[1]} times the range of school poverty"] = (
            gap_limit_by_evenness(after.apart(*worst), after.range)
        )
    return ParityRecord(
        exposure={g: (before.met(g), after.met(g)) for g in groups},
        gap=gap,
        spread=(before.spread, after.spread),
        dissimilarity=apart,
        isolation=alone,
        at_most=limits,
        by_chance=_by_chance(after, groups),
        met={(a, b): (before.meets(a, b), after.meets(a, b)) for a in groups for b in groups},
    )


def _by_chance(schools: Schools, groups: Sequence[str]) -> dict[tuple[str, str], float]:
    """Return what chance alone would give at a plan's school sizes."""
    total, out = schools.total, {}
    counts = np.column_stack([schools.of(group) for group in groups] or [total])
    rest = np.maximum(total - counts.sum(axis=1), 0.0)
    drawn = simulate(np.column_stack([counts, rest]), draws=DRAWS, seed=0)
    for (i, a), (j, b) in combinations(enumerate(groups), 2):
        apart = dissimilarities(drawn[:, :, i], drawn[:, :, j])
        out["dissimilarity", f"{a} - {b}"] = float(apart.mean())
    for group in groups:
        n = schools.of(group)
        alone = expected_exposure(n, n, total, same=True) - float(n.sum() / total.sum())
        out["isolation above composition", group] = alone
        out["exposure to poverty", group] = float(schools.poor.sum() / total.sum())
    return out


class Schools:
    """Counts of one plan by school.

    Parameters
    ----------
    problem : Problem
    zone_of : (n,) int32
        Zone of each block, or any other number of its school; -1 where unknown.
    """

    def __init__(self, problem: Problem, zone_of: Ints) -> None:
        self._problem, self._zone_of = problem, zone_of
        self.total = self._sum("students")

    @cached_property
    def poor(self) -> Floats:
        """Poor students of each school [students]."""
        return self._sum(need_poverty(self._problem))

    def _sum(self, measure: str) -> Floats:
        has_zone = self._zone_of >= 0
        values = self._problem.measure(measure)[has_zone]
        return np.bincount(
            self._zone_of[has_zone], weights=values, minlength=self._problem.n_zones
        ).astype(np.float64)

    @property
    def spread(self) -> float:
        """Distance of the school furthest from the poverty of all [share]."""
        return poverty_spread(self.poor, self.total)

    @property
    def range(self) -> float:
        """Poverty of the poorest school less that of the least poor [share]."""
        return poverty_range(self.poor, self.total)

    def met(self, group: str) -> float:
        """Return how poor the schools of an average member of a group are [share]."""
        return exposure_to_poverty(self.of(group), self.poor, self.total)

    def gap(self, groups: Sequence[str]) -> float:
        """Return the largest difference of that between groups [share]; NaN with fewer than two."""
        met = [self.met(group) for group in groups]
        return max(met) - min(met) if len(met) > 1 else math.nan

    def apart(self, a: str, b: str) -> float:
        """Return the dissimilarity of two groups."""
        return dissimilarity(self.of(a), self.of(b))

    def of(self, group: str) -> Floats:
        """Return the students of a group by school [students]."""
        return self._sum(f"group:{group}")

    def meets(self, a: str, b: str) -> float:
        """Return the exposure of one group to another [share]."""
        return exposure(self.of(a), self.of(b), self.total)

    def alone(self, group: str) -> float:
        """Return the isolation of a group above composition [share]."""
        return isolation_excess(self.of(group), self.total)

    def among_itself(self, group: str) -> float:
        """Return the isolation of a group [share]."""
        return isolation(self.of(group), self.total)


def need_poverty(problem: Problem) -> str:
    """Return the measure of poor students, or refuse."""
    if not problem.has_measure(POOR):
        reason = problem.unavailable.get(POOR, "the district has no such count")
        raise MissingPovertyError(
            f"level {problem.level!r} has no poverty count: {reason}",
            "exposure to poverty needs the number of poor students by block",
            "map a poverty column in the district file",
        )
    return POOR


def poverty_furthest(problem: Problem, plan: Ints) -> float:
    """Return the distance of the school furthest from the district's poverty [share]."""
    return Schools(problem, plan).spread
