"""Not too many students change school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.errors import counted
from planner.errors import ScenarioError
from planner.needs import need_today
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import TOLERANCE, Finding
from planner.terms import Constraint, Limit, PairAmount


@dataclass(frozen=True, slots=True)
class MaxStudentsMoved:
    """At most a stated number, or share, of the students of each level gets another school.

    Maths    sum over b with a school today, z other than today's: students[b] * x[b,z] <= limit,
             level by level; where schools share zones, the students of the grades whose school
             changes, where counted
    Units    max_students [students], max_share [share of the level's students]
    Exact    yes: linear. Students whose school closes count as moved; students whose school of
             today is unknown do not
    Plainly  "At each level, no more than a stated number (or share) of students changes school."

    Parameters
    ----------
    max_students : float, optional [students]
    max_share : float, optional [share]
    """

    name: ClassVar[str] = "max_students_moved"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    max_students: float | None = None
    max_share: float | None = None

    def __post_init__(self) -> None:
        """Refuse a limit that says nothing, or two things."""
        if (self.max_students is None) == (self.max_share is None):
            raise ScenarioError("rule 'max_students_moved': set max_students or max_share")
        limit = self.max_share if self.max_students is None else self.max_students
        if limit is None or not 0 <= limit < np.inf:
            raise ScenarioError("rule 'max_students_moved': the limit must not be negative")

    def limit(self, problem: Problem) -> float:
        """Return the most students that may move [students]."""
        if self.max_students is not None:
            return self.max_students
        return (self.max_share or 0.0) * float(problem.students.sum())

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the limit on students away from today's school."""
        need_today(problem, f"rule {self.name!r}")
        moved = PairAmount(self.name, "students", problem.students_moved())
        return [Limit(self.name, moved, self.limit(problem))]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Count the students whose school changes."""
        need_today(problem, f"rule {self.name!r}")
        moved, limit = float(problem.students_moved_by(zone_of).sum()), self.limit(problem)
        ok = moved <= limit + TOLERANCE * max(1.0, limit)
        students = f"{problem.level} student"
        told = counted(moved, f"{students} changes", f"{students}s change")
        text = f"{told} school; at most {limit:,g} may."
        return [Finding(self.name, ok, moved, limit, "students", (), text, side="most")]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        if self.max_students is not None:
            most = counted(self.max_students, "student changes", "students change")
            return f"At each level, at most {most} school."
        share = 100 * (self.max_share or 0)
        return f"At each level, at most {share:.4g} % of its students change school."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
