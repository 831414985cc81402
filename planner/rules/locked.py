"""Blocks that stay, or go where they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Bools, Ints
from geodata.errors import counted, listed
from planner.errors import ScenarioError
from planner.needs import need_blocks, need_entries, need_numbers, need_zones
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, block_finding
from planner.terms import AllowedPairs, Constraint


@dataclass(frozen=True, slots=True)
class Locked:
    """Some blocks stay with their school of today, or go to a stated one.

    Maths    x[b,z] = 0 for every locked block b and every z other than its school
    Units    at_least as the column's numbers, such as years
    Exact    yes: pairs are forbidden. Blocks chosen by a column whose school of today closes, or
             is unknown, are not held, unless a school is stated; an empty entry chooses no block
    Plainly  "Named blocks, all blocks of named zones, and those with stated entries in a column,
             such as moved in 2023, keep their school (or get a stated one)."

    Parameters
    ----------
    blocks : tuple of str
        Blocks that are locked.
    zones : tuple of str
        Schools whose blocks of today are all locked.
    attribute : str, optional
        Column of the blocks, listed in the district file, that says which are locked.
    values : tuple of str
        Entries of this column that lock a block.
    at_least : float, optional
        Numbers of this column from here on lock a block: `at_least = 2022` those that moved in
        2022 or later.
    school : str, optional
        School the blocks go to; without it each stays with its school of today.
    """

    name: ClassVar[str] = "locked"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    blocks: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    attribute: str | None = None
    values: tuple[str, ...] = ()
    at_least: float | None = None
    school: str | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that locks nothing, or by half a column."""
        if not self.blocks and not self.zones and self.attribute is None:
            raise ScenarioError("rule 'locked': name blocks, zones or an attribute of the blocks")
        said = bool(self.values) + (self.at_least is not None)
        if said != (self.attribute is not None):
            raise ScenarioError(
                "rule 'locked': to an attribute belong its values, or the number at_least from "
                "which on it locks; one of the two"
            )

    def targets(self, problem: Problem) -> Ints:
        """Return the zone each block is locked to, -1 where free, (n,)."""
        who = f"rule {self.name!r}"
        locked = need_blocks(problem, who, self.blocks)
        zones = np.flatnonzero(need_zones(problem, who, self.zones))
        locked |= np.isin(problem.current, zones)
        target = problem.current
        if self.school is not None:
            zone = int(np.flatnonzero(need_zones(problem, who, (self.school,)))[0])
            target = np.full(problem.n_blocks, zone, dtype=np.int32)
        homeless = locked & (target < 0)
        if homeless.any():
            blocks = problem.block_ids[homeless]
            raise ScenarioError(
                f"{who}: {len(blocks)} locked blocks have no open school today ({listed(blocks)})",
                "they cannot stay with it",
                "say which school they go to (school = ...), or leave them out",
            )
        return np.where(locked | self._by_attribute(problem), target, -1).astype(np.int32)

    def _by_attribute(self, problem: Problem) -> Bools:
        """Tell which blocks the column locks, (n,)."""
        if self.attribute is None:
            return np.zeros(problem.n_blocks, dtype=bool)
        who = f"rule {self.name!r}"
        if self.at_least is None:
            return need_entries(problem, who, self.attribute, self.values)
        numbers = need_numbers(problem, who, self.attribute)
        if not (numbers >= self.at_least).any():
            raise ScenarioError(
                f"{who}: no block has {self.at_least:.12g} or more in column {self.attribute!r}; "
                f"the highest is {np.nanmax(numbers):.12g}",
                "the rule would silently do nothing",
                "correct at_least, or leave the rule out",
            )
        return numbers >= self.at_least

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the allowed pairs."""
        target = self.targets(problem)
        allowed = (target < 0)[:, None] | (target[:, None] == np.arange(problem.n_zones))
        return [AllowedPairs(self.name, allowed)]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Compare each locked block's school with the one it is locked to."""
        target = self.targets(problem)
        free = self._not_held(problem, target)
        return [
            block_finding(
                self.name,
                problem,
                (target >= 0) & (zone_of != target),
                good=f"Locked blocks keep their school ({int((target >= 0).sum())}){free}",
                bad=f"Locked, but with another school{free}",
            )
        ]

    def _not_held(self, problem: Problem, target: Ints) -> str:
        """Tell the blocks that the column chooses and that cannot stay."""
        free = problem.block_ids[self._by_attribute(problem) & (target < 0)]
        if not len(free):
            return ""
        blocks = counted(len(free), "block")
        return f"; {blocks} without an open school of today ({listed(free)}) not held"

    def sentence(self) -> str:
        """Say the rule in plain words."""
        what = [f"blocks {listed(self.blocks)}"] if self.blocks else []
        what += [f"all blocks of {', '.join(self.zones)}"] if self.zones else []
        if self.attribute is not None:
            entries = listed(self.values) if self.values else f"from {self.at_least:.12g} on"
            what += [f"all blocks with {self.attribute} {entries}"]
        where = "stay with their school of today" if self.school is None else f"go to {self.school}"
        text = f"{' and '.join(what)} {where}."
        return text[0].upper() + text[1:]

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
