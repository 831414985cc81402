"""Schools that some blocks must not go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Bools, Ints
from geodata.errors import listed
from planner.errors import ScenarioError
from planner.needs import need_blocks, need_zones
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, block_finding
from planner.terms import AllowedPairs, Constraint


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Some blocks never go to some schools.

    Maths    x[b,z] = 0 for every named block b and every named school z
    Units    none
    Exact    yes: pairs are forbidden, also where one of them is today's school
    Plainly  "Named blocks never go to named schools."

    Parameters
    ----------
    blocks : tuple of str
    schools : tuple of str
    """

    name: ClassVar[str] = "forbidden"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    blocks: tuple[str, ...]
    schools: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a rule that forbids nothing."""
        if not self.blocks or not self.schools:
            raise ScenarioError("rule 'forbidden': name blocks and schools")

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the allowed pairs."""
        blocks, zones = self._named(problem)
        return [AllowedPairs(self.name, ~(blocks[:, None] & zones[None, :]))]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Look for named blocks at named schools."""
        blocks, zones = self._named(problem)
        return [
            block_finding(
                self.name,
                problem,
                blocks & np.isin(zone_of, np.flatnonzero(zones)),
                good="No forbidden pair of block and school is used",
                bad="At a school forbidden to them",
            )
        ]

    def _named(self, problem: Problem) -> tuple[Bools, Bools]:
        who = f"rule {self.name!r}"
        return need_blocks(problem, who, self.blocks), need_zones(problem, who, self.schools)

    def sentence(self) -> str:
        """Say the rule in plain words."""
        return f"Blocks {listed(self.blocks)} never go to {', '.join(self.schools)}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
