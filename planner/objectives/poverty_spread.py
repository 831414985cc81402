"""How far schools are from the district's share of poor students."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from planner.needs import POOR, need_measure, need_total
from planner.objectives.base import zone_sum
from planner.problem import Ints, Problem
from planner.terms import Amount, ZoneDeviation, ZoneWorst


@dataclass(frozen=True, slots=True)
class PovertySpread:
    """How far schools are from the district's share of poor students.

    Maths    of = "mean": 100 * sum_z abs(p[z] - P * t[z]) / T, which is the mean over students of
             abs(p[z] / t[z] - P); of = "worst": 100 * max_z abs(p[z] - P * t[z]) * m / T
    Units    percentage points; of = "worst": points of a school of mean size
    Exact    mean: yes, linear. worst: linear too, but it counts poor students too many or too few
             against a school of mean size, so that a small school weighs less than by its share
    Plainly  "Poor students are spread over the schools as evenly as possible."

    Parameters
    ----------
    of : {"mean", "worst"}
        The mean over students, or the worst school.
    """

    name: ClassVar[str] = "poverty_spread"
    unit: ClassVar[str] = "points"
    of: Literal["mean", "worst"] = "mean"

    def amount(self, problem: Problem) -> Amount:
        """Return the poor students each zone has too many or too few."""
        measure = need_measure(problem, f"objective {self.name!r}", POOR)
        poor = need_total(problem, f"objective {self.name!r}", measure)
        students = float(problem.students.sum())
        one = 100 / students * (1 if self.of == "mean" else problem.n_zones)
        zero, weight = np.zeros(problem.n_zones), np.full(problem.n_zones, one)
        factors = {measure: 1.0, "students": -poor / students}
        spread = ZoneDeviation(self.name, self.unit, factors, zero, zero, weight)
        return spread if self.of == "mean" else ZoneWorst(self.name, self.unit, spread)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure each school's share of poor students against the district's."""
        poor = problem.measure(need_measure(problem, self.name, POOR))
        p, t = zone_sum(problem, poor, zone_of), zone_sum(problem, problem.students, zone_of)
        share = np.divide(p, t, out=np.zeros_like(p), where=t > 0)
        away = 100 * t * np.abs(share - poor.sum() / problem.students.sum())
        mean_size = problem.students.sum() / problem.n_zones
        return float(
            away.sum() / problem.students.sum() if self.of == "mean" else away.max() / mean_size
        )

    def sentence(self) -> str:
        """Say the objective in plain words."""
        if self.of == "mean":
            return (
                "Mean distance of schools' share of poor students from the district's, in points."
            )
        return (
            "Poor students the worst school has too many or too few, in points of a school of "
            "mean size."
        )

    def variables(self) -> tuple[str, ...]:
        """Return the poverty measure."""
        return (POOR,)
