"""What every objective is made of.

An objective describes itself as an `Amount` for solver and search, and measures a finished plan
from the problem's own numbers.  Smaller is better, always.  Its docstring says Maths, Units, Exact
and Plainly; the README's table is made from it.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

import numpy as np

from planner.needs import OTHERS, measure_of, need_measure
from planner.problem import Floats, Ints, Problem
from planner.terms import Amount

__all__ = ["Objective", "against_measure", "against_variables", "zone_sum"]


class Objective(Protocol):
    """An aim; smaller is better."""

    name: ClassVar[str]

    @property
    def unit(self) -> str:
        """Unit of the amount, the same for every district."""
        ...

    def amount(self, problem: Problem) -> Amount:
        """Write the objective for solver and search."""
        ...

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure the objective on a plan, independently of `amount`."""
        ...

    def sentence(self) -> str:
        """Say the objective in plain words."""
        ...

    def variables(self) -> tuple[str, ...]:
        """Return the measures of people it decides by, such as ``poor``."""
        ...


def zone_sum(problem: Problem, values: Floats, zone_of: Ints) -> Floats:
    """Add up a number of the blocks by zone, (m,); blocks without a zone (-1) are left out."""
    total = np.zeros(problem.n_zones)
    has_zone = zone_of >= 0
    np.add.at(total, zone_of[has_zone], values[has_zone])
    return total


def against_measure(problem: Problem, who: str, group: str, against: str) -> str:
    """Return the measure of the group compared with: another group, or all others."""
    measure = need_measure(problem, who, group)
    return f"not:{measure}" if against == OTHERS else need_measure(problem, who, against)


def against_variables(group: str, against: str) -> tuple[str, ...]:
    """Return the measures a comparison of two groups decides by."""
    return (measure_of(group),) if against == OTHERS else (measure_of(group), measure_of(against))
