"""What an aim is to everybody who steers, limits or measures by one."""

from __future__ import annotations

from typing import ClassVar, Protocol

from geodata.dtypes import Ints
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount

__all__ = ["Objective"]


class Objective(Protocol):
    """An aim; smaller is better."""

    name: ClassVar[str]

    @property
    def counts_also(self) -> tuple[Also, ...]:
        """What it counts besides the students of each block, which the public must not learn."""
        ...

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
