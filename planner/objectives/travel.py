"""The way to school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from geodata.dtypes import Floats, Ints
from geodata.errors import listed
from planner.errors import ScenarioError
from planner.needs import need_travel
from planner.objectives.base import refuse_holes
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount, PairAmount


@dataclass(frozen=True, slots=True)
class Travel:
    """The mean way to school of a student.

    Maths    sum_{b,z} students[b] * way[b,z] * x[b,z] / sum_b students[b]
    Units    way [km] or [min] one way
    Exact    yes: linear. Unknown ways are refused; with unknown = "farthest" they count as the
             farthest known way of the level, never as 0
    Metric   ``travel_mean_metres``; in minutes ``travel_mean_minutes``
    Plainly  "Students' mean way to school is as short as possible."

    Parameters
    ----------
    unit : {"km", "min"}
    unknown : {"error", "farthest"}
    """

    name: ClassVar[str] = "travel"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades", "ways")
    unit: Literal["km", "min"] = "km"
    unknown: Literal["error", "farthest"] = "error"

    def amount(self, problem: Problem) -> Amount:
        """Return the mean as a cost of each pair."""
        share = problem.students / max(float(problem.students.sum()), 1.0)
        way = self._way(problem)
        return PairAmount(self.name, self.unit, share[:, None] * way)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Average the way of the blocks with students."""
        refuse_holes(problem, zone_of)
        lived = np.flatnonzero(problem.students > 0)
        if not len(lived):
            return 0.0
        way = self._way(problem)[lived, zone_of[lived]]
        return float(np.average(way, weights=problem.students[lived]))

    def _way(self, problem: Problem) -> Floats:
        """Return the way, known wherever students live, (n, m)."""
        way = need_travel(problem, f"objective {self.name!r}", self.unit).astype(float)
        empty = problem.students <= 0
        unknown = np.isnan(way) & ~empty[:, None]
        if unknown.any() and self.unknown == "error":
            blocks = problem.block_ids[unknown.any(axis=1)]
            raise ScenarioError(
                f"objective {self.name!r}: the way of {int(unknown.sum())} block-school pairs is "
                f"unknown at level {problem.level!r} ({listed(blocks)})",
                "an unknown way has no length, least of all 0",
                "complete the travel matrix, or set unknown = 'farthest'",
            )
        farthest = float(np.nanmax(way)) if (~np.isnan(way)).any() else 0.0
        return np.where(np.isnan(way), farthest, way)

    def sentence(self) -> str:
        """Say the objective in plain words."""
        unit = "kilometres" if self.unit == "km" else "minutes"
        unknown = " (unknown ways count as the farthest known)" * (self.unknown == "farthest")
        return f"Students' mean way to school in {unit}{unknown}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
