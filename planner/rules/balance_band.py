"""No school is far from the district's share of a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.errors import counted
from geodata.reserved import POOR
from planner.errors import ScenarioError
from planner.needs import group_words, need_measure, need_total
from planner.problem import Problem
from planner.problem.school_counts import Also, need_schools_by_count, of_count
from planner.rules.band import schools_counted
from planner.rules.base import Finding, school_finding, zone_sum
from planner.terms import Constraint, ZoneBand


@dataclass(frozen=True, slots=True)
class BalanceBand:
    """A group's share at every school stays near the district's, or in a court order's band.

    Maths    low * t[z] <= g[z] <= high * t[z] with g the group's students and t all students;
             low, high = district's share ± within_points / 100, or the stated percentages;
             schools that share z each by the students of their own grades, where counted
    Units    within_points [percentage points], low_percent and high_percent [%]
    Exact    yes: linear, because the band is fixed; a zone without students holds it
    Plainly  "A group's share at every school is within so many points of the district's share (or
             inside a band that an order states)."

    Parameters
    ----------
    group : str
        ``poor``, or a group of the students file (needs race_conscious = true).
    within_points : float, optional [percentage points]
    low_percent, high_percent : float, optional [%]
        An order's own band, instead of within_points.
    """

    name: ClassVar[str] = "balance_band"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    group: str = POOR
    within_points: float | None = None
    low_percent: float | None = None
    high_percent: float | None = None

    def __post_init__(self) -> None:
        """Refuse a band that says nothing, or two things."""
        stated = self.low_percent is not None or self.high_percent is not None
        if stated == (self.within_points is not None):
            raise ScenarioError(
                "rule 'balance_band': set within_points, or low_percent and high_percent"
            )
        if self.within_points is not None and self.within_points < 0:
            raise ScenarioError("rule 'balance_band': within_points must not be negative")
        low, high = (
            self.low_percent or 0.0,
            100.0 if self.high_percent is None else self.high_percent,
        )
        if stated and not 0 <= low <= high <= 100:
            raise ScenarioError(
                "rule 'balance_band': 0 <= low_percent <= high_percent <= 100 must hold"
            )

    def band(self, problem: Problem) -> tuple[float, float]:
        """Return the lowest and highest share allowed [share]."""
        if self.within_points is None:
            high = 100.0 if self.high_percent is None else self.high_percent
            return (self.low_percent or 0.0) / 100, high / 100
        measure = need_measure(problem, f"rule {self.name!r}", self.group)
        total = need_total(problem, f"rule {self.name!r}", measure)
        share = total / float(problem.students.sum())
        return share - self.within_points / 100, share + self.within_points / 100

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return one band for each side."""
        measure = need_measure(problem, f"rule {self.name!r}", self.group)
        low, high = self.band(problem)
        free = np.full(problem.n_zones, np.inf)
        rows: list[Constraint] = []
        held = need_schools_by_count(problem, f"rule {self.name!r}", measures=[measure])
        for count, is_held in held.items():
            part, end = of_count(count, measure), np.where(is_held, 0.0, np.inf)
            name = self.name if count == "students" else f"{self.name}.{count.partition(':')[2]}"
            if low > 0:
                least = {part: 1.0, count: -low}
                rows.append(ZoneBand(f"{name}.least", "students", least, 0.0 - end, free))
            if high < 1:
                most = {part: 1.0, count: -high}
                rows.append(ZoneBand(f"{name}.most", "students", most, -free, end))
        return rows

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Measure the group's share at each school."""
        measure = need_measure(problem, f"rule {self.name!r}", self.group)
        low, high = self.band(problem)
        shares, schools = [], []
        held = need_schools_by_count(problem, f"rule {self.name!r}", measures=[measure])
        for count, is_held in held.items():
            group = zone_sum(problem, problem.measure(of_count(count, measure)), zone_of)
            students = zone_sum(problem, problem.measure(count), zone_of)
            share = np.full(problem.n_zones, np.nan)
            np.divide(100 * group, students, out=share, where=is_held & (students > 0))
            shares.append(share)
            schools += schools_counted(problem, count)
        words = f"Share of {group_words(self.group)}"
        sides = [("most", high)] * (high < 1) + [("least", low)] * (low > 0)
        return [
            school_finding(
                self.name,
                schools,
                np.concatenate(shares),
                np.full(len(schools), 100 * limit),
                side=side,
                unit="%",
                words=words,
            )
            for side, limit in sides
        ]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        who = f"The share of {group_words(self.group)} at every school"
        if self.within_points is not None:
            return (
                f"{who} is within {counted(self.within_points, 'point')} of the district's share."
            )
        high = 100.0 if self.high_percent is None else self.high_percent
        return f"{who} is between {self.low_percent or 0:g} % and {high:g} %."

    def variables(self) -> tuple[str, ...]:
        """Return the group's measure."""
        return (POOR if self.group == POOR else f"group:{self.group}",)
