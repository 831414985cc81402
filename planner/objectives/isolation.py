"""How much a group is among itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from planner.needs import group_words, measure_of, need_measure, need_total
from planner.objectives.base import ratios, school_sums
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount


@dataclass(frozen=True, slots=True)
class Isolation:
    """The share of its own group that an average member meets at school.

    Maths    sum_s (g[s] / G) * (g[s] / t[s]) over schools s; those that share a zone each by its
             own grades, where counted
    Units    share, from the group's share in the district to 1
    Exact    search and check: yes. Solver: convex, by tangent rows, a bound as tight as wanted
    Metric   ``isolation``
    Plainly  "Members of a group are as little among themselves as possible."

    Parameters
    ----------
    group : str
        ``poor``, or a group of the students file (needs race_conscious = true).
    """

    name: ClassVar[str] = "isolation"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    unit: ClassVar[str] = "share"
    group: str

    def amount(self, problem: Problem) -> Amount:
        """Return the convex ratios."""
        measure = need_measure(problem, f"objective {self.name!r}", self.group)
        total = need_total(problem, f"objective {self.name!r}", measure)
        return ratios(self.name, self.unit, problem, (measure, measure), 1 / total)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Average the group's own share at the schools of its members."""
        measure = need_measure(problem, self.name, self.group)
        g, t = school_sums(problem, (measure, "students"), zone_of)
        share = np.divide(g, t, out=np.zeros_like(g), where=t > 0)
        return float((share * g).sum() / g.sum())

    def sentence(self) -> str:
        """Say the objective in plain words."""
        return f"Share of {group_words(self.group)} that an average one of them meets at school."

    def variables(self) -> tuple[str, ...]:
        """Return the group's measure."""
        return (measure_of(self.group),)
