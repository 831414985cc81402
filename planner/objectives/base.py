"""What every objective is made of.

An objective describes itself as an `Amount` for solver and search, and measures a finished plan
from the problem's own numbers.  Smaller is better, always.  Its docstring says Maths, Units, Exact
and Plainly; the README's table is made from it.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

import numpy as np

from planner.errors import PlanError
from planner.needs import OTHERS, counted, listed, measure_of, need_measure
from planner.problem import Floats, Ints, Problem
from planner.terms import Amount

__all__ = ["Objective", "against_measure", "against_variables", "refuse_holes", "zone_sum"]


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
        """Measure the objective on a whole plan, independently of `amount`."""
        ...

    def sentence(self) -> str:
        """Say the objective in plain words."""
        ...

    def variables(self) -> tuple[str, ...]:
        """Return the measures of people it decides by, such as ``poor``."""
        ...


def refuse_holes(problem: Problem, zone_of: Ints) -> None:
    """Raise where a plan leaves blocks without a school: its measures would be of other people.

    Raises
    ------
    PlanError
        Naming the blocks.
    """
    holes = (zone_of < 0) | (zone_of >= problem.n_zones)
    if holes.any():
        blocks = counted(int(holes.sum()), "block")
        raise PlanError(
            f"the plan gives {blocks} of level {problem.level!r} no open school "
            f"({listed(problem.block_ids[holes])})",
            "the other blocks' measure would not be that of the district",
            "give these blocks a school",
        )


def zone_sum(problem: Problem, values: Floats, zone_of: Ints) -> Floats:
    """Add up a number of the blocks by zone, (m,); the plan must be whole."""
    refuse_holes(problem, zone_of)
    total = np.zeros(problem.n_zones)
    np.add.at(total, zone_of, values)
    return total


def against_measure(problem: Problem, who: str, group: str, against: str) -> str:
    """Return the measure of the group compared with: another group, or all others."""
    measure = need_measure(problem, who, group)
    return f"not:{measure}" if against == OTHERS else need_measure(problem, who, against)


def against_variables(group: str, against: str) -> tuple[str, ...]:
    """Return the measures a comparison of two groups decides by."""
    return (measure_of(group),) if against == OTHERS else (measure_of(group), measure_of(against))
