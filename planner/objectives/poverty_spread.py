"""How far schools are from the district's share of poor students."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from geodata.dtypes import Ints
from geodata.reserved import POOR
from planner.needs import need_measure, need_total
from planner.objectives.base import school_sums, uneven_shares, zone_sum
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount, ZoneDeviation, ZoneWorst


@dataclass(frozen=True, slots=True)
class PovertySpread:
    """How far schools are from the district's share of poor students.

    Maths    of = "mean": 100 * sum_s abs(p[s] - P * t[s]) / T over schools s, which is the mean
             over students of abs(p[s] / t[s] - P); schools that share a zone each by its own
             grades, where counted. of = "worst": 100 * max_z abs(p[z] - P * t[z]) * m / T
    Units    percentage points; of = "worst": points of a school of mean size
    Exact    mean: yes, linear. worst: linear too, but it counts poor students too many or too few
             against a school of mean size, so that a small school weighs less than by its share,
             and schools that share a zone count as one
    Metric   ``poverty_distance``; of = "worst": near to the metric ``poverty_spread``, the largest
             distance of a school
    Plainly  "Poor students are spread over the schools as evenly as possible."

    Parameters
    ----------
    of : {"mean", "worst"}
        The mean over students, or the worst school; those that share a zone count as one there.
    """

    name: ClassVar[str] = "poverty_spread"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    unit: ClassVar[str] = "points"
    of: Literal["mean", "worst"] = "mean"

    def amount(self, problem: Problem) -> Amount:
        """Return the poor students each school has too many or too few."""
        measure = need_measure(problem, f"objective {self.name!r}", POOR)
        poor = need_total(problem, f"objective {self.name!r}", measure)
        students = float(problem.students.sum())
        factors = {measure: 1.0, "students": -poor / students}
        if self.of == "mean":
            return uneven_shares(self.name, self.unit, problem, factors, 100 / students)
        zero = np.zeros(problem.n_zones)
        weight = np.full(problem.n_zones, 100 * problem.n_zones / students)
        spread = ZoneDeviation(self.name, self.unit, factors, zero, zero, weight)
        return ZoneWorst(self.name, self.unit, spread)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure each school's share of poor students against the district's."""
        measure = need_measure(problem, self.name, POOR)
        if self.of == "mean":
            p, t = school_sums(problem, (measure, "students"), zone_of)
        else:
            counts = (problem.measure(measure), problem.students)
            p, t = (zone_sum(problem, values, zone_of) for values in counts)
        share = np.divide(p, t, out=np.zeros_like(p), where=t > 0)
        away = 100 * t * np.abs(share - p.sum() / t.sum())
        return float(away.sum() / t.sum() if self.of == "mean" else away.max() / t.mean())

    def sentence(self) -> str:
        """Say the objective in plain words."""
        if self.of == "mean":
            return (
                "Mean distance of schools' share of poor students from the district's, in points."
            )
        return (
            "Poor students the worst school (those that share a zone as one) has too many or too "
            "few, in points of a school of mean size."
        )

    def variables(self) -> tuple[str, ...]:
        """Return the poverty measure."""
        return (POOR,)
