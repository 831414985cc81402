"""A few near schools are candidates for each block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.errors import counted, listed
from planner.errors import ScenarioError
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, at_home_or_today, block_finding, pairs_to_keep
from planner.terms import AllowedPairs, Constraint


@dataclass(frozen=True, slots=True)
class NearestSchools:
    """Only the nearest schools of a block, and its school of today, may be chosen.

    Maths    x[b,z] = 0 where count nearest schools are strictly nearer to b than z is
    Units    count [schools], distances compared in metres
    Exact    yes: pairs are forbidden; schools as far as the last one allowed are allowed too.
             Today's school of a block, and the school that stands in it, are never forbidden.
             A school at an unknown distance is not among the nearest
    Plainly  "Every block goes to one of its nearest schools, or stays with its school of today."

    Parameters
    ----------
    count : int [schools]
    """

    name: ClassVar[str] = "nearest_schools"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    count: int

    def __post_init__(self) -> None:
        """Refuse fewer than one school."""
        if self.count < 1:
            raise ScenarioError("rule 'nearest_schools': count must be at least 1")

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the allowed pairs."""
        way = np.where(np.isnan(problem.metres), np.inf, problem.metres)
        last = min(self.count, problem.n_zones) - 1
        farthest = np.partition(way, last, axis=1)[:, last]
        allowed = np.isfinite(way) & (way <= farthest[:, None])
        allowed |= pairs_to_keep(problem)
        nowhere = ~allowed.any(axis=1)
        if nowhere.any():
            blocks = problem.block_ids[nowhere]
            raise ScenarioError(
                f"rule {self.name!r}: {counted(len(blocks), 'block')} without a school at a known "
                f"distance ({listed(blocks)})",
                "they could go nowhere",
                "complete the travel matrix, or give these blocks a school of today",
            )
        return [AllowedPairs(self.name, allowed)]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Count the schools that are nearer than each block's new one."""
        chosen = problem.metres[np.arange(problem.n_blocks), zone_of]
        nearer = (problem.metres < chosen[:, None]).sum(axis=1)
        broken = (nearer >= self.count) | np.isnan(chosen)
        broken &= (zone_of >= 0) & ~at_home_or_today(problem, zone_of)
        return [
            block_finding(
                self.name,
                problem,
                broken,
                good=f"Every block goes to {self._words()} or stays",
                bad=f"Sent past {counted(self.count, 'nearer school')}",
            )
        ]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        return f"Every block goes to {self._words()}, or stays with its school of today."

    def _words(self) -> str:
        return (
            "its nearest school" if self.count == 1 else f"one of its {self.count} nearest schools"
        )

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
