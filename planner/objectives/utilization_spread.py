"""How evenly schools are filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from planner.errors import ScenarioError
from planner.needs import need_seats
from planner.objectives.base import zone_sum
from planner.problem import Floats, Ints, Problem
from planner.terms import Amount, ZoneDeviation, ZoneWorst


@dataclass(frozen=True, slots=True)
class UtilizationSpread:
    """How far schools are from the district's utilization, or from its mean size.

    Maths    mean (or max) over z of 100 * abs(t[z] / base[z] - target); base = seats and target =
             all students / all seats, or base = mean size and target = 1
    Units    percentage points of the base
    Exact    yes: linear, two rows a school
    Plainly  "Schools are filled as evenly as possible (on average, or the worst of them)."

    Parameters
    ----------
    relative_to : {"seats", "mean"}
    of : {"mean", "worst"}
        The mean over the schools, or the worst of them.
    target_share : float, optional [share]
        Utilization aimed at, instead of the district's.
    """

    name: ClassVar[str] = "utilization_spread"
    unit: ClassVar[str] = "points"
    relative_to: Literal["seats", "mean"] = "seats"
    of: Literal["mean", "worst"] = "mean"
    target_share: float | None = None

    def __post_init__(self) -> None:
        """Refuse a target below nothing."""
        if self.target_share is not None and self.target_share <= 0:
            raise ScenarioError("objective 'utilization_spread': target_share must be above 0")

    def amount(self, problem: Problem) -> Amount:
        """Return the deviation of each zone's students, in points of its base."""
        base, target = self._base(problem)
        weight = 100.0 / base / (problem.n_zones if self.of == "mean" else 1)
        middle = target * base
        spread = ZoneDeviation(self.name, self.unit, {"students": 1.0}, middle, middle, weight)
        return spread if self.of == "mean" else ZoneWorst(self.name, self.unit, spread)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure each school's share of its base."""
        base, target = self._base(problem)
        filled = zone_sum(problem, problem.students, zone_of) / base
        away = 100 * np.abs(filled - target)
        return float(away.mean() if self.of == "mean" else away.max())

    def _base(self, problem: Problem) -> tuple[Floats, float]:
        total = float(problem.students.sum())
        if self.relative_to == "seats":
            base = need_seats(problem, f"objective {self.name!r}")
            if (base <= 0).any():
                raise ScenarioError(
                    f"objective {self.name!r}: a school of level {problem.level!r} has no seats",
                    "its utilization has no meaning",
                    "correct the capacity, close the school, or set relative_to = 'mean'",
                )
            target = total / float(base.sum())
        else:
            base = np.full(problem.n_zones, max(total, 1.0) / problem.n_zones)
            target = 1.0
        return base, target if self.target_share is None else self.target_share

    def sentence(self) -> str:
        """Say the objective in plain words."""
        which = "mean over the schools" if self.of == "mean" else "the worst school"
        if self.relative_to == "seats":
            base, target = "the share of seats filled", "the district's"
        else:
            base, target = "size in % of the mean size", "100 %"
        if self.target_share is not None:
            target = f"{100 * self.target_share:g} %"
        return f"Distance of {base} from {target}, in points ({which})."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
