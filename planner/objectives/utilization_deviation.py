"""How far each school is from full, added up: the form published benchmarks use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from planner.errors import ScenarioError
from planner.needs import need_seats
from planner.objectives.base import zone_sum
from planner.problem import Floats, Ints, Problem
from planner.terms import Amount, ZoneDeviation


@dataclass(frozen=True, slots=True)
class UtilizationDeviation:
    """How far schools are from exactly full, added up.

    Maths    sum_z abs(1 - (t[z] + students_offset) / (seats[z] + seats_offset))
    Units    index (0 = every school exactly full; offsets [students], [seats])
    Exact    yes: linear, two rows a school
    Plainly  "Schools are as close to exactly full as possible."

    Parameters
    ----------
    students_offset : float [students]
    seats_offset : float [seats]
        Small numbers by which published benchmarks avoid dividing by zero.
    """

    name: ClassVar[str] = "utilization_deviation"
    unit: ClassVar[str] = "index"
    students_offset: float = 0.0
    seats_offset: float = 0.0

    def amount(self, problem: Problem) -> Amount:
        """Return the deviation of each zone's students from its seats, in shares of them."""
        seats = self._seats(problem)
        full = seats - self.students_offset
        return ZoneDeviation(self.name, self.unit, {"students": 1.0}, full, full, 1.0 / seats)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure each school's utilization."""
        students = zone_sum(problem, problem.students, zone_of) + self.students_offset
        return float(np.abs(1 - students / self._seats(problem)).sum())

    def _seats(self, problem: Problem) -> Floats:
        seats = need_seats(problem, f"objective {self.name!r}") + self.seats_offset
        if (seats <= 0).any():
            raise ScenarioError(
                f"objective {self.name!r}: a school of level {problem.level!r} has no seats",
                "its utilization has no meaning",
                "correct the capacity, close the school, or set seats_offset",
            )
        return seats

    def sentence(self) -> str:
        """Say the objective in plain words."""
        return "Distance of every school from exactly full, in shares of its seats, added up."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
