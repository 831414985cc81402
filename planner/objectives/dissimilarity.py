"""How unevenly two groups are spread over the schools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.reserved import OTHERS
from planner.errors import ScenarioError
from planner.needs import group_words, need_measure, need_total
from planner.objectives.base import (
    against_measure,
    against_variables,
    school_sums,
    uneven_shares,
)
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount


@dataclass(frozen=True, slots=True)
class Dissimilarity:
    """The index of dissimilarity of two groups: 0 even, 1 fully apart.

    Maths    1/2 * sum_s abs(a[s] / A - b[s] / B) over schools s, capitals are the district's
             totals; schools that share a zone each by its own grades, where counted
    Units    index, 0 to 1; the share of either group that would have to change school
    Exact    yes: linear, because A and B do not depend on the plan; two rows a school
             (Massey and Denton 1988)
    Metric   ``dissimilarity``
    Plainly  "Two groups are spread over the schools as evenly as possible."

    Parameters
    ----------
    group : str
        ``poor``, or a group of the students file (needs race_conscious = true).
    against : str
        Another group, or ``others``: all students who are not of the group.
    """

    name: ClassVar[str] = "dissimilarity"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    unit: ClassVar[str] = "index"
    group: str
    against: str = OTHERS

    def __post_init__(self) -> None:
        """Refuse a group compared with itself."""
        if self.group == self.against:
            raise ScenarioError("objective 'dissimilarity': group and against are the same")

    def amount(self, problem: Problem) -> Amount:
        """Return the deviation of the two groups' shares in each school."""
        who = f"objective {self.name!r}"
        a = need_measure(problem, who, self.group)
        b = against_measure(problem, who, self.group, self.against)
        factors = {
            a: 1.0 / need_total(problem, who, a),
            b: -1.0 / need_total(problem, who, b),
        }
        return uneven_shares(self.name, self.unit, problem, factors, 0.5)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Compare the shares of both groups at each school."""
        first = need_measure(problem, self.name, self.group)
        is_all = self.against == OTHERS
        second = "students" if is_all else need_measure(problem, self.name, self.against)
        a, b = school_sums(problem, (first, second), zone_of)
        b = b - a if is_all else b
        return float(0.5 * np.abs(a / a.sum() - b / b.sum()).sum())

    def sentence(self) -> str:
        """Say the objective in plain words."""
        against = "all others" if self.against == OTHERS else group_words(self.against)
        return f"Dissimilarity of {group_words(self.group)} and {against} (0 even, 1 apart)."

    def variables(self) -> tuple[str, ...]:
        """Return the groups' measures."""
        return against_variables(self.group, self.against)
