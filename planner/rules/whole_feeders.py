"""Schools whose students all go on to one school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Bools, Ints
from geodata.errors import listed
from planner.errors import ScenarioError
from planner.metrics.feeders import feeds
from planner.needs import need_other_level, need_zones
from planner.problem import Problem
from planner.problem.feeders import OtherLevel
from planner.problem.school_counts import Also
from planner.rules.base import Finding, block_finding
from planner.terms import AllowedPairs, Constraint, Together


@dataclass(frozen=True, slots=True)
class WholeFeeders:
    """All blocks of a lower school's zone go on to one upper school.

    Maths    where the upper level is drawn, x[b,z] = x[c,z] for all blocks b, c of one lower
             school; where the lower level is drawn, x[b,z] = 0 for every block b whose upper school
             is not that of the block zone z grows from
    Units    none
    Exact    yes. The other level is as drawn before in the scenario, else as today; blocks whose
             school of it is unknown or closes are free. Two upper schools in one lower zone cannot
             both be kept: except that one
    Plainly  "The students of a school all go on to one school."

    Parameters
    ----------
    other_level : str, optional
        Level that feeds the one that is drawn, or that it feeds: without it the level right below,
        and for the lowest level the one right above.
    except_schools : tuple of str
        Lower schools that may be divided.
    """

    name: ClassVar[str] = "whole_feeders"
    counts_also: ClassVar[tuple[Also, ...]] = ("feeders",)
    other_level: str | None = None
    except_schools: tuple[str, ...] = ()

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the lower schools as groups, or the pairs inside one upper school."""
        other = self._other(problem)
        if other.is_below:
            free = self._excepted(problem, other)
            group = np.where(free[other.school_of], -1, other.school_of).astype(np.int32)
            return [Together(self.name, group)]
        leaves = self._leaves(problem, other, np.arange(problem.n_zones, dtype=np.int32)[None, :])
        return [AllowedPairs(self.name, ~leaves)]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Look for blocks that go on elsewhere than most blocks of their lower school."""
        other = self._other(problem)
        if other.is_below:
            size = len(other.school_ids) + 1, problem.n_zones  # the last: of no school
            blocks = feeds(other.school_of, zone_of, np.ones(problem.n_blocks), size)
            apart = zone_of != blocks.argmax(axis=1)[other.school_of]
            apart &= ~self._excepted(problem, other)[other.school_of]
        else:
            apart = self._leaves(problem, other, zone_of[:, None])[:, 0]
        return [
            block_finding(
                self.name,
                problem,
                apart,
                good="Every school's students go on to one school",
                bad="Blocks that go on to another school than most of their school",
            )
        ]

    def _other(self, problem: Problem) -> OtherLevel:
        return need_other_level(problem, f"rule {self.name!r}", self.other_level)

    def _leaves(self, problem: Problem, other: OtherLevel, zone: Ints) -> Bools:
        """Tell where a zone, of (1, m) or (n, 1), has another upper school than a block."""
        free = need_zones(problem, f"rule {self.name!r}", self.except_schools)
        block, home = other.school_of[:, None], other.school_of[problem.root][zone]
        return np.asarray((zone >= 0) & (block >= 0) & (home >= 0) & (block != home) & ~free[zone])

    def _excepted(self, problem: Problem, other: OtherLevel) -> Bools:
        """Return which lower schools may be divided, (s + 1,): the last, of no school, may."""
        unknown = [school for school in self.except_schools if school not in other.school_ids]
        if unknown:
            raise ScenarioError(
                f"rule {self.name!r}: level {other.level!r} has no school {listed(unknown)} with a "
                "zone",
                "the rule excepts schools that are not there",
                "correct the ids in except_schools, or restrict the rule with levels = [...]",
            )
        return np.array([*np.isin(other.school_ids, self.except_schools), True], dtype=bool)

    def sentence(self) -> str:
        """Say the rule in plain words."""
        of = f" (with level {self.other_level})" if self.other_level else ""
        skip = f", except {listed(self.except_schools)}" if self.except_schools else ""
        return f"The students of a school all go on to one school{of}{skip}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
