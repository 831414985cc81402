"""Blocks that stay, or go where they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from geodata.errors import listed
from planner.errors import ScenarioError
from planner.needs import need_blocks, need_zones
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, block_finding
from planner.terms import AllowedPairs, Constraint


@dataclass(frozen=True, slots=True)
class Locked:
    """Some blocks stay with their school of today, or go to a stated one.

    Maths    x[b,z] = 0 for every locked block b and every z other than its school
    Units    none
    Exact    yes: pairs are forbidden
    Plainly  "Named blocks, and all blocks of named zones, keep their school (or get a stated one)."

    Parameters
    ----------
    blocks : tuple of str
        Blocks that are locked.
    zones : tuple of str
        Schools whose blocks of today are all locked.
    school : str, optional
        School the blocks go to; without it each stays with its school of today.
    """

    name: ClassVar[str] = "locked"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    blocks: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    school: str | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that locks nothing."""
        if not self.blocks and not self.zones:
            raise ScenarioError("rule 'locked': name blocks or zones")

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
        return np.where(locked, target, -1).astype(np.int32)

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the allowed pairs."""
        target = self.targets(problem)
        allowed = (target < 0)[:, None] | (target[:, None] == np.arange(problem.n_zones))
        return [AllowedPairs(self.name, allowed)]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Compare each locked block's school with the one it is locked to."""
        target = self.targets(problem)
        return [
            block_finding(
                self.name,
                problem,
                (target >= 0) & (zone_of != target),
                good=f"Locked blocks keep their school ({int((target >= 0).sum())})",
                bad="Locked, but with another school",
            )
        ]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        what = [f"blocks {listed(self.blocks)}"] if self.blocks else []
        what += [f"all blocks of {', '.join(self.zones)}"] if self.zones else []
        where = "stay with their school of today" if self.school is None else f"go to {self.school}"
        text = f"{' and '.join(what)} {where}."
        return text[0].upper() + text[1:]

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
