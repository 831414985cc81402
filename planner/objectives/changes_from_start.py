"""What a plan changes of the plan its scenario starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.errors import ScenarioError
from planner.objectives.base import refuse_holes
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount, PairAmount


@dataclass(frozen=True, slots=True)
class ChangesFromStart:
    """The blocks, or their students, with another zone than in the plan the scenario starts from.

    Maths    sum over b with a zone in the start plan, z other than that: count[b] * x[b,z], where
             count is 1 or students[b]
    Units    blocks [blocks], with unit = "students" students [students]
    Exact    yes: linear. Blocks that the start plan gives no zone count nothing; where schools
             share a zone, the students of all its grades count
    Metric   none: metrics compare with today, not with the start
    Plainly  "As little as possible of the plan that the scenario starts from is changed."

    Parameters
    ----------
    unit : {"blocks", "students"}
    """

    name: ClassVar[str] = "changes_from_start"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    unit: Literal["blocks", "students"] = "blocks"

    def amount(self, problem: Problem) -> Amount:
        """Return the blocks or students as a cost of each pair other than the start's."""
        away = self._start(problem)[:, None] != np.arange(problem.n_zones)
        return PairAmount(self.name, self.unit, self._count(problem)[:, None] * away)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Count the blocks or students whose zone is not the start's."""
        refuse_holes(problem, zone_of)
        return float(self._count(problem)[zone_of != self._start(problem)].sum())

    def _count(self, problem: Problem) -> Floats:
        """Return what a change of each block counts, (n,)."""
        known = self._start(problem) >= 0
        return np.where(known, 1.0 if self.unit == "blocks" else problem.students, 0.0)

    def _start(self, problem: Problem) -> Ints:
        if problem.start_zone is None:
            raise ScenarioError(
                f"objective {self.name!r}: no plan of level {problem.level!r} is there to start "
                "from",
                "changes are counted from the plan that the scenario starts from",
                'name a plan file of this level at the top of the scenario: start = "plan.csv"',
            )
        return problem.start_zone

    def sentence(self) -> str:
        """Say the objective in plain words."""
        what = "Blocks" if self.unit == "blocks" else "Students of blocks"
        return f"{what} with another zone than in the plan the scenario starts from."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
