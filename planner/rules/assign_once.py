"""Every block has one school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from geodata.dtypes import Ints
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, block_finding
from planner.terms import Constraint


@dataclass(frozen=True, slots=True)
class AssignOnce:
    """Every block is assigned to exactly one open school.

    Maths    sum_z x[b,z] = 1 for every block b
    Units    none
    Exact    yes; it holds by construction in solver and search, and is always checked
    Plainly  "Every block has exactly one school."
    """

    name: ClassVar[str] = "assign_once"
    counts_also: ClassVar[tuple[Also, ...]] = ()

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return nothing: zones of a plan are one number a block."""
        return []

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Find blocks without an open school."""
        return [
            block_finding(
                self.name,
                problem,
                (zone_of < 0) | (zone_of >= problem.n_zones),
                good="Every block has one school",
                bad="Without an open school",
            )
        ]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        return "Every block has exactly one school."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
