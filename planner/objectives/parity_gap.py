"""Whether every group meets the same poverty at school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.errors import counted, listed
from geodata.reserved import POOR
from planner.errors import ScenarioError
from planner.needs import need_measure, need_total
from planner.objectives.base import ratios, school_sums
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount, Spread


@dataclass(frozen=True, slots=True)
class ParityGap:
    """The gap between groups in exposure to poverty.

    Maths    max_g E_g - min_g E_g, E_g = 100 * sum_s (g[s] / G) * (p[s] / t[s]) over schools s;
             those that share a zone each by its own grades, where counted
    Units    percentage points
    Exact    search and check: yes, on the true ratios. Solver: a ratio of variables times a
             variable is neither convex nor concave, so it is written by products of shares, a
             loose bound; a balance band of δ points guarantees a gap of at most 2 δ (Reardon 2016)
    Metric   ``parity_gap``
    Plainly  "Students of every group meet the same share of poor schoolmates."

    Parameters
    ----------
    groups : tuple of str
        Groups compared (needs race_conscious = true); none: every group of the students file.
    min_students : float [students]
        Groups smaller than this in the district are left out.
    """

    name: ClassVar[str] = "parity_gap"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    unit: ClassVar[str] = "points"
    groups: tuple[str, ...] = ()
    min_students: float = 30.0

    def compared(self, problem: Problem) -> tuple[str, ...]:
        """Return the measures of the groups compared."""
        who = f"objective {self.name!r}"
        if self.groups:
            measures = tuple(need_measure(problem, who, group) for group in self.groups)
        else:
            names = sorted(problem.extra_measures)
            measures = tuple(name for name in names if name.startswith("group:"))
        large = tuple(m for m in measures if problem.measure(m).sum() >= self.min_students)
        if len(large) < 2:
            raise ScenarioError(
                f"{who}: level {problem.level!r} has {counted(len(large), 'group')} of at least "
                f"{counted(self.min_students, 'student')} "
                f"({listed(measures) or 'no group is counted'})",
                "a gap needs two groups",
                "name other groups, lower min_students, or add group counts to the students file",
            )
        return large

    def amount(self, problem: Problem) -> Amount:
        """Return the spread of the groups' exposures."""
        who = f"objective {self.name!r}"
        poor = need_measure(problem, who, POOR)
        need_total(problem, who, poor)
        exposures = tuple(
            ratios(
                f"{self.name}.{measure.removeprefix('group:')}",
                "points",
                problem,
                (measure, poor),
                100 / need_total(problem, who, measure),
            )
            for measure in self.compared(problem)
        )
        return Spread(self.name, self.unit, exposures)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Average the poverty each group meets at its schools."""
        poor = need_measure(problem, self.name, POOR)
        met = []
        for measure in self.compared(problem):
            g, p, t = school_sums(problem, (measure, poor, "students"), zone_of)
            share = np.divide(100 * p, t, out=np.zeros_like(p), where=t > 0)
            met.append(float((share * g).sum() / g.sum()))
        return max(met) - min(met)

    def sentence(self) -> str:
        """Say the objective in plain words."""
        groups = ", ".join(self.groups) or "all groups"
        return f"Gap in exposure to poverty between {groups}, in points."

    def variables(self) -> tuple[str, ...]:
        """Return the poverty measure and the groups' (``group:*``: all of them)."""
        return (POOR, *(f"group:{group}" for group in self.groups or ("*",)))
