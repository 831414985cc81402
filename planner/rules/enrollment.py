"""Schools stay within stated numbers of students."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Floats, Ints
from geodata.errors import counted
from planner.problem import Problem
from planner.problem.school_counts import Also, need_schools_by_count
from planner.rules.band import Band, band_findings, band_rows, refuse_band
from planner.rules.base import Finding
from planner.terms import Constraint


@dataclass(frozen=True, slots=True)
class Enrollment:
    """Every school has at least and at most a stated number of students.

    Maths    min_students <= sum_b students[b] * x[b,z] <= max_students; schools that share z
             each by the students of their own grades, where counted
    Units    students, min_students, max_students [students]
    Exact    yes: linear; solver, search and check count the same students
    Plainly  "Every school has at least and at most a stated number of students."

    Parameters
    ----------
    min_students, max_students : float, optional [students]
    except_schools : tuple of str
        Schools the rule leaves alone.
    """

    name: ClassVar[str] = "enrollment"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    min_students: float | None = None
    max_students: float | None = None
    except_schools: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a band that is empty or says nothing."""
        refuse_band(self.name, self._band)

    @property
    def _band(self) -> Band:
        return Band(self.min_students, self.max_students)

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return one band on the students of each zone, and on the grades of shared zones."""
        return band_rows(self.name, self._band, self._one(problem))

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Count the students of each school."""
        return band_findings(self.name, problem, zone_of, self._band, self._one(problem))

    def _one(self, problem: Problem) -> dict[str, Floats]:
        held = need_schools_by_count(problem, f"rule {self.name!r}", self.except_schools)
        return {measure: np.where(is_held, 1.0, np.nan) for measure, is_held in held.items()}

    def sentence(self) -> str:
        """Say the rule in plain words."""
        sides = (("at least", self.min_students), ("at most", self.max_students))
        *first, last = [(word, side) for word, side in sides if side is not None]
        told = [f"{word} {side:g}" for word, side in first]
        told.append(f"{last[0]} {counted(last[1], 'student')}")
        skip = f", except {', '.join(self.except_schools)}" if self.except_schools else ""
        return f"Every school has {' and '.join(told)}{skip}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
