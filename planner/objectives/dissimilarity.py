"""How unevenly two groups are spread over the schools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from planner.errors import ScenarioError
from planner.needs import OTHERS, group_words, need_measure, need_total
from planner.objectives.base import against_measure, against_variables, zone_sum
from planner.problem import Ints, Problem
from planner.terms import Amount, ZoneDeviation


@dataclass(frozen=True, slots=True)
class Dissimilarity:
    """The index of dissimilarity of two groups: 0 even, 1 fully apart.

    Maths    1/2 * sum_z abs(a[z] / A - b[z] / B), capitals are the district's totals
    Units    index, 0 to 1; the share of either group that would have to change school
    Exact    yes: linear, because A and B do not depend on the plan; two rows a school
             (Massey and Denton 1988)
    Plainly  "Two groups are spread over the schools as evenly as possible."

    Parameters
    ----------
    group : str
        ``poor``, or a group of the students file (needs race_conscious = true).
    against : str
        Another group, or ``others``: all students who are not of the group.
    """

    name: ClassVar[str] = "dissimilarity"
    unit: ClassVar[str] = "index"
    group: str
    against: str = OTHERS

    def __post_init__(self) -> None:
        """Refuse a group compared with itself."""
        if self.group == self.against:
            raise ScenarioError("objective 'dissimilarity': group and against are the same")

    def amount(self, problem: Problem) -> Amount:
        """Return the deviation of the two groups' shares in each zone."""
        who = f"objective {self.name!r}"
        a = need_measure(problem, who, self.group)
        b = against_measure(problem, who, self.group, self.against)
        factors = {
            a: 1.0 / need_total(problem, who, a),
            b: -1.0 / need_total(problem, who, b),
        }
        zero, half = np.zeros(problem.n_zones), np.full(problem.n_zones, 0.5)
        return ZoneDeviation(self.name, self.unit, factors, zero, zero, half)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Compare the shares of both groups at each school."""
        first = problem.measure(need_measure(problem, self.name, self.group))
        if self.against == OTHERS:
            second = problem.students - first
        else:
            second = problem.measure(need_measure(problem, self.name, self.against))
        a, b = (zone_sum(problem, group, zone_of) for group in (first, second))
        return float(0.5 * np.abs(a / first.sum() - b / second.sum()).sum())

    def sentence(self) -> str:
        """Say the objective in plain words."""
        against = "all others" if self.against == OTHERS else group_words(self.against)
        return f"Dissimilarity of {group_words(self.group)} and {against} (0 even, 1 apart)."

    def variables(self) -> tuple[str, ...]:
        """Return the groups' measures."""
        return against_variables(self.group, self.against)
