"""How far each school is from full, added up: the form published benchmarks use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.objectives.base import uneven_sizes, zone_sum
from planner.problem import Problem
from planner.problem.school_counts import Also, need_open_seats
from planner.terms import Amount


@dataclass(frozen=True, slots=True)
class UtilizationDeviation:
    """How far schools are from exactly full, added up.

    Maths    sum_s abs(1 - (t[s] + taken[s] + students_offset) / (seats[s] + seats_offset)) over
             schools s, taken[s] = students of other levels in the building; schools that share a
             zone each by its own grades, where counted
    Units    index (0 = every school exactly full; offsets [students], [seats])
    Exact    yes: linear, two rows a school
    Metric   none; ``utilization`` tells each school's
    Plainly  "Schools are as close to exactly full as possible."

    Parameters
    ----------
    students_offset : float [students]
    seats_offset : float [seats]
        Small numbers by which published benchmarks avoid dividing by zero.
    """

    name: ClassVar[str] = "utilization_deviation"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades", "seats")
    unit: ClassVar[str] = "index"
    students_offset: float = 0.0
    seats_offset: float = 0.0

    def amount(self, problem: Problem) -> Amount:
        """Return the deviation of each school's students from its seats, in shares of them."""
        seats, taken = self._seats(problem)
        full = {count: seats[count] - taken[count] - self.students_offset for count in seats}
        share = {count: 1.0 / room for count, room in seats.items()}
        return uneven_sizes(self.name, self.unit, full, share)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure each school's utilization."""
        seats, taken = self._seats(problem)
        away = 0.0
        for count, room in seats.items():
            students = zone_sum(problem, problem.measure(count), zone_of) + taken[count]
            away += float(np.nansum(np.abs(1 - (students + self.students_offset) / room)))
        return away

    def _seats(self, problem: Problem) -> tuple[dict[str, Floats], dict[str, Floats]]:
        who = f"objective {self.name!r}"
        return need_open_seats(problem, who, "set seats_offset", more=self.seats_offset)

    def sentence(self) -> str:
        """Say the objective in plain words."""
        return "Distance of every school from exactly full, in shares of its seats, added up."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
