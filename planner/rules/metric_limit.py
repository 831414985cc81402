"""A limit on the amount of any objective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from geodata.dtypes import Ints
from planner.errors import PlanError
from planner.objectives.base import Objective
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import TOLERANCE, Finding
from planner.terms import Constraint, Limit


@dataclass(frozen=True, slots=True)
class MetricLimit:
    """The amount of an objective stays at or below a number.

    Maths    amount(x) <= at_most
    Units    the objective's own
    Exact    as the objective: linear amounts are exact in the solver, the others in search and
             check only
    Plainly  "A named objective stays at or below a stated number, whatever is aimed at."

    Parameters
    ----------
    objective : objective
        In a scenario its name, with its own keys beside it.
    at_most : float
        In the objective's unit.
    """

    name: ClassVar[str] = "limit"
    objective: Objective
    at_most: float

    @property
    def counts_also(self) -> tuple[Also, ...]:
        """What the objective counts besides the students of each block."""
        return self.objective.counts_also

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the limit on the objective's amount."""
        amount = self.objective.amount(problem)
        return [Limit(f"{self.name}.{self.objective.name}", amount, self.at_most)]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Measure the objective on the plan."""
        rule, unit = f"{self.name}.{self.objective.name}", self.objective.unit
        try:
            value = self.objective.measure(problem, zone_of)
        except PlanError as error:
            text = f"{self.objective.name} cannot be measured: {error.what}."
            return [Finding(rule, False, float("nan"), self.at_most, unit, (), text, side="most")]
        ok = value <= self.at_most + TOLERANCE * max(1.0, abs(self.at_most))
        text = (
            f"{self.objective.name} is {value:.6g} {unit}; at most {self.at_most:.6g} is allowed."
        )
        return [Finding(rule, ok, value, self.at_most, unit, (), text, side="most")]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        aim = self.objective
        return f"{aim.sentence().rstrip('.')}: at most {self.at_most:g} {aim.unit}."

    def variables(self) -> tuple[str, ...]:
        """Return the objective's measures."""
        return self.objective.variables()
