"""Whom a group meets at school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from geodata.dtypes import Ints
from planner.errors import ScenarioError
from planner.needs import group_words, measure_of, need_measure, need_total
from planner.objectives.base import ratios, school_sums
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount


@dataclass(frozen=True, slots=True)
class Exposure:
    """The share of a second group that an average member of a first one meets at school.

    Maths    aim = "less": sum_s (g[s] / G) * (k[s] / t[s]) over schools s;
             aim = "more": sum_s (g[s] / G) * ((t[s] - k[s]) / t[s]), the share of all others;
             schools that share a zone each by its own grades, where counted
    Units    share, 0 to 1
    Exact    search and check: yes. Solver: neither convex nor concave, so it is written by
             products of shares, a loose bound
    Metric   ``exposure``; to = "poor": ``exposure_to_poverty``
    Plainly  "Members of a group meet as little (or as much) of a second group as possible."

    Parameters
    ----------
    group, to : str
        ``poor``, or a group of the students file (needs race_conscious = true).
    aim : {"less", "more"}
    """

    name: ClassVar[str] = "exposure"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    unit: ClassVar[str] = "share"
    group: str
    to: str
    aim: Literal["less", "more"] = "less"

    def __post_init__(self) -> None:
        """Refuse a group that meets itself."""
        if self.group == self.to:
            raise ScenarioError("objective 'exposure': group and to are the same; use 'isolation'")

    def amount(self, problem: Problem) -> Amount:
        """Return the ratios."""
        who = f"objective {self.name!r}"
        group, to = need_measure(problem, who, self.group), need_measure(problem, who, self.to)
        need_total(problem, who, to)
        met = to if self.aim == "less" else f"not:{to}"
        weight = 1 / need_total(problem, who, group)
        return ratios(self.name, self.unit, problem, (group, met), weight)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Average the second group's share at the schools of the first."""
        measures = (
            need_measure(problem, self.name, self.group),
            need_measure(problem, self.name, self.to),
            "students",
        )
        g, k, t = school_sums(problem, measures, zone_of)
        share = np.divide(k, t, out=np.zeros_like(k), where=t > 0)
        met = float((share * g).sum() / g.sum())
        return met if self.aim == "less" else 1 - met

    def sentence(self) -> str:
        """Say the objective in plain words."""
        who = group_words(self.to) if self.aim == "less" else f"students who are not {self.to}"
        return f"Share of {who} that an average one of {group_words(self.group)} meets."

    def variables(self) -> tuple[str, ...]:
        """Return the groups' measures."""
        return (measure_of(self.group), measure_of(self.to))
