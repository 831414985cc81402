"""How long the borders between zones are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from geodata.dtypes import Ints
from planner.needs import need_borders
from planner.objectives.base import refuse_holes
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount, CutLength


@dataclass(frozen=True, slots=True)
class BorderLength:
    """The length of the borders between zones.

    Maths    sum over neighbouring blocks i, j in different zones of shared_m[i,j] / 1000
    Units    km
    Exact    yes: linear with one variable a border
    Metric   ``border_length``
    Plainly  "Borders between zones are as short as possible."
    """

    name: ClassVar[str] = "border_length"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    unit: ClassVar[str] = "km"

    def amount(self, problem: Problem) -> Amount:
        """Return the cut length."""
        need_borders(problem, f"objective {self.name!r}", areas=False)
        return CutLength(self.name, self.unit, 1 / 1000)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Add up the borders that two zones share."""
        refuse_holes(problem, zone_of)
        return (
            sum(
                float(shared)
                for i, j, shared in zip(
                    problem.edge_i.tolist(),
                    problem.edge_j.tolist(),
                    problem.edge_shared_m.tolist(),
                    strict=True,
                )
                if zone_of[i] != zone_of[j]
            )
            / 1000
        )

    def sentence(self) -> str:
        """Say the objective in plain words."""
        return "Length of the borders between zones, in km."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
