"""Neighbourhoods are not split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.errors import listed
from planner.needs import need_attribute
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, block_finding
from planner.terms import Constraint, Together


@dataclass(frozen=True, slots=True)
class KeepTogether:
    """Blocks with the same entry in a column share one zone.

    Maths    x[b,z] = x[c,z] for all blocks b, c with the same non-empty entry, for every z
    Units    none
    Exact    yes: solver, search and check compare the same groups
    Plainly  "Blocks of one neighbourhood (a column of the blocks) go to one school."

    Parameters
    ----------
    attribute : str
        Column of the blocks, listed in the district file.
    except_values : tuple of str
        Neighbourhoods that may be split.
    """

    name: ClassVar[str] = "keep_together"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    attribute: str
    except_values: tuple[str, ...] = ()

    def groups(self, problem: Problem) -> Ints:
        """Return the group number of each block, -1 where it has no entry, (n,)."""
        values = need_attribute(problem, f"rule {self.name!r}", self.attribute)
        names, number = np.unique(values, return_inverse=True)
        free = np.isin(names, ["", *self.except_values])
        return np.where(free[number], -1, number).astype(np.int32)

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the groups."""
        return [Together(self.name, self.groups(problem))]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Compare the first and the last zone that each neighbourhood touches."""
        self.groups(problem)  # refuses a column that is not there
        names, number = np.unique(problem.attributes[self.attribute], return_inverse=True)
        first = np.full(len(names), problem.n_zones)
        last = np.full(len(names), -2)
        np.minimum.at(first, number, zone_of)
        np.maximum.at(last, number, zone_of)
        split = (first != last) & ~np.isin(names, ["", *self.except_values])
        return [
            block_finding(
                self.name,
                problem,
                split[number],
                good=f"No {self.attribute} is split",
                bad=f"Split by {self.attribute} ({listed(names[split])})",
            )
        ]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        skip = f", except {listed(self.except_values)}" if self.except_values else ""
        return f"Blocks with the same {self.attribute} go to one school{skip}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
