"""Students who change school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from geodata.dtypes import Ints
from planner.needs import need_today
from planner.objectives.base import refuse_holes
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount, PairAmount


@dataclass(frozen=True, slots=True)
class StudentsMoved:
    """The students who get another school than today's.

    Maths    sum over b with a school today, z other than today's: students[b] * x[b,z]; where
             schools share zones, the students of the grades whose school changes, where counted
    Units    students [students]
    Exact    yes: linear. Students whose school closes count as moved; students whose school of
             today is unknown do not
    Metric   ``students_moved``, ``share_moved``
    Plainly  "As few students as possible change school."
    """

    name: ClassVar[str] = "students_moved"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    unit: ClassVar[str] = "students"

    def amount(self, problem: Problem) -> Amount:
        """Return the students as a cost of each pair away from today's."""
        need_today(problem, f"objective {self.name!r}")
        return PairAmount(self.name, self.unit, problem.students_moved())

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Count the students whose school changes."""
        need_today(problem, f"objective {self.name!r}")
        refuse_holes(problem, zone_of)
        return float(problem.students_moved_by(zone_of).sum())

    def sentence(self) -> str:
        """Say the objective in plain words."""
        return "Students who change school."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
