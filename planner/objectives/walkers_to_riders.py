"""Students who can walk to school today and no longer could."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Bools, Ints
from planner.errors import ScenarioError
from planner.metrics.travel import WALK_METRES, can_walk
from planner.needs import need_travel, need_way_today
from planner.objectives.base import refuse_holes
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount, PairAmount


@dataclass(frozen=True, slots=True)
class WalkersToRiders:
    """The students who live within walking distance of school today and would not any more.

    Maths    sum over b with way[b, today's school] <= within_km, z with way[b,z] > within_km:
             students[b] * x[b,z]; where schools share a zone, the way to the farthest of them
    Units    students [students], within_km [km] one way
    Metric   ``walkers_to_riders``, which counts at a mile
    Exact    yes: linear. Blocks whose way to their school of today is unknown count nothing; a
             school at an unknown distance is not within walking distance. The measure of the
             same name counts within a mile, grade by grade where schools share a zone, and leaves
             out blocks with an unknown way. Hazards on the way are not known
    Plainly  "As few students as possible who can walk to school today no longer can."

    Parameters
    ----------
    within_km : float [km]
        Walking distance: the mile of the measure, where it is left out.
    """

    name: ClassVar[str] = "walkers_to_riders"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades", "ways")
    unit: ClassVar[str] = "students"
    within_km: float = WALK_METRES / 1000

    def __post_init__(self) -> None:
        """Refuse a distance that nobody could walk."""
        if not 0 < self.within_km < np.inf:
            raise ScenarioError(
                "objective 'walkers_to_riders': within_km must be above 0 and finite"
            )

    def amount(self, problem: Problem) -> Amount:
        """Return the students who walk today as a cost of each pair too far to walk."""
        way = need_travel(problem, f"objective {self.name!r}", "km", farthest=True)
        loses = self._walks_today(problem)[:, None] & ~can_walk(way, self.within_km)
        return PairAmount(self.name, self.unit, problem.students[:, None] * loses)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Count the students who walk today and whose new way is too far."""
        refuse_holes(problem, zone_of)
        way = need_travel(problem, f"objective {self.name!r}", "km", farthest=True)
        chosen = way[np.arange(problem.n_blocks), zone_of]
        lost = self._walks_today(problem) & ~can_walk(chosen, self.within_km)
        return float(problem.students[lost].sum())

    def _walks_today(self, problem: Problem) -> Bools:
        """Tell which blocks are within walking distance of their school of today, (n,)."""
        today = need_way_today(problem, f"objective {self.name!r}", "km")
        return can_walk(today, self.within_km)

    def sentence(self) -> str:
        """Say the objective in plain words."""
        return f"Students who can walk to school today ({self.within_km:.4g} km) and no longer can."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
