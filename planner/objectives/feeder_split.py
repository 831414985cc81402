"""Students who go on to another school than most of their classmates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.errors import counted, listed
from planner.errors import ScenarioError
from planner.metrics.feeders import feeder_split, feeds
from planner.needs import need_other_level
from planner.objectives.base import refuse_holes
from planner.problem import Problem
from planner.problem.feeders import OtherLevel
from planner.problem.school_counts import Also
from planner.terms import Amount, Apart


@dataclass(frozen=True, slots=True)
class FeederSplit:
    """The students who leave a school for another one than most of their classmates.

    Maths    sum over lower schools f: leavers of f less the most of them that go on to one upper
             school; leavers are the lower level's highest grade where counted, else all its
             students
    Units    students [students]
    Metric   ``feeder_split``
    Exact    yes: one choice of a main upper school for each lower school; the bound is loose. The
             other level is as drawn before in the scenario, else as today; blocks whose school of
             it is unknown or closes count nothing. Of the lower level each zone is one school
    Plainly  "Classmates go on together: few are parted from most of their school."

    Parameters
    ----------
    other_level : str, optional
        Level that feeds the one that is drawn, or that it feeds: without it the level right below,
        and for the lowest level the one right above.
    """

    name: ClassVar[str] = "feeder_split"
    counts_also: ClassVar[tuple[Also, ...]] = ("feeders", "leavers")
    unit: ClassVar[str] = "students"
    other_level: str | None = None

    def amount(self, problem: Problem) -> Amount:
        """Return the leavers apart: of the lower schools, or where these are drawn of the zones."""
        other = self._other(problem)
        name = f"{self.name}.{other.level}" if self.other_level else self.name
        return Apart(name, self.unit, other.leavers, other.school_of, not other.is_below)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Count the leavers by lower and upper school."""
        refuse_holes(problem, zone_of)
        other = self._other(problem)
        ends, sizes = (other.school_of, zone_of), (len(other.school_ids), problem.n_zones)
        if not other.is_below:
            ends, sizes = ends[::-1], sizes[::-1]
        return feeder_split(feeds(*ends, other.leavers, sizes))

    def _other(self, problem: Problem) -> OtherLevel:
        other = need_other_level(problem, f"objective {self.name!r}", self.other_level)
        unknown = np.isnan(other.leavers) & (other.school_of >= 0)
        if unknown.any():
            lower = other.level if other.is_below else problem.level
            raise ScenarioError(
                f"objective {self.name!r}: how many students go on from level {lower!r} is unknown "
                f"in {counted(int(unknown.sum()), 'block')} ({listed(problem.block_ids[unknown])})",
                "those who are parted cannot be counted, and unknown is not zero",
                "fill in the students of its highest grade, or of the level",
            )
        return other

    def sentence(self) -> str:
        """Say the objective in plain words."""
        of = f" (with level {self.other_level})" if self.other_level else ""
        return f"Students who go on to another school than most of their classmates{of}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
