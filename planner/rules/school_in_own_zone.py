"""A school lies in its own zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.errors import listed
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, block_finding
from planner.terms import AllowedPairs, Constraint


@dataclass(frozen=True, slots=True)
class SchoolInOwnZone:
    """The block a school stands in belongs to its zone.

    Maths    x[root[z], z] = 1 for every zone whose school stands in its zone today, opens or moves
    Units    none
    Exact    yes: pairs are forbidden. A school that stands outside its zone today is not held, nor
             is one that stands in the block of another school
    Plainly  "Every school lies in its own zone, unless it lies outside of it today or in the block
             of another school."
    """

    name: ClassVar[str] = "school_in_own_zone"
    counts_also: ClassVar[tuple[Also, ...]] = ()

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the allowed pairs: home blocks only with their own zone."""
        allowed = np.ones((problem.n_blocks, problem.n_zones), dtype=bool)
        held = np.flatnonzero(problem.fixed_home)
        allowed[problem.root[held]] = False
        allowed[problem.root[held], held] = True
        return [AllowedPairs(self.name, allowed)]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Look at the block of each school."""
        away = np.zeros(problem.n_blocks, dtype=bool)
        for zone in np.flatnonzero(problem.fixed_home):
            away[problem.root[zone]] |= zone_of[problem.root[zone]] != zone
        free = problem.zone_ids[~problem.fixed_home]
        good = "Every school lies in its own zone"
        if len(free):
            good = (
                f"Every school that is held lies in its own zone; not held: {listed(free)} "
                "(outside of it today, or in the block of another school)"
            )
        return [
            block_finding(
                self.name,
                problem,
                away,
                good=good,
                bad="Schools' own blocks outside their zone",
            )
        ]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        return (
            "Every school lies in its own zone, unless it lies outside of it today or in the block "
            "of another school."
        )

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
