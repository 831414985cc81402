"""Zones are in one piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from geodata.dtypes import Bools, Ints
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, block_finding
from planner.terms import Constraint, Contiguous


@dataclass(frozen=True, slots=True)
class Contiguity:
    """Every zone is one piece around its school.

    Maths    for every b with x[b,z] = 1 there is a path of neighbouring blocks of zone z from b
             to the zone's root; neighbours share a border of positive length, or a bridge
    Units    none
    Exact    yes: solver by cuts, search and check by walking the zone. An island of today (a
             piece without the zone's root) may stay whole; none may be new, grow or lose a part.
             With islands = "dissolve" none may stay
    Plainly  "Every zone is in one piece around its school; islands of today may stay as they are
             (or must go)."

    Parameters
    ----------
    islands : {"keep", "dissolve"}
    """

    name: ClassVar[str] = "contiguity"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    islands: Literal["keep", "dissolve"] = "keep"

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the contiguity term."""
        return [Contiguous(self.name, dissolve_islands=self.islands == "dissolve")]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Walk every zone from its root and see what is left over."""
        stray = stray_blocks(problem, zone_of, dissolve=self.islands == "dissolve")
        return [
            block_finding(
                self.name,
                problem,
                stray,
                good="Every zone is in one piece"
                + ("" if self.islands == "dissolve" else " (islands of today apart)"),
                bad="Apart from their zone's school",
            )
        ]

    def sentence(self) -> str:
        """Say the rule in plain words."""
        islands = {
            "keep": "islands of today may stay whole, new ones are forbidden",
            "dissolve": "islands of today must go",
        }[self.islands]
        return f"Every zone is in one piece around its school; {islands}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()


def stray_blocks(problem: Problem, zone_of: Ints, *, dissolve: bool) -> Bools:
    """Return the blocks that lie apart from their zone's root and may not.

    Parameters
    ----------
    problem : Problem
    zone_of : (n,) int32
    dissolve : bool
        Whether islands of today count as well.

    Returns
    -------
    (n,) bool
    """
    piece, rooted = problem.pieces(zone_of)
    stray = ~rooted & (zone_of >= 0)
    if dissolve or not stray.any():
        return stray
    island = problem.todays_islands()
    for number in np.unique(piece[stray]):
        blocks = piece == number
        first = island[np.flatnonzero(blocks)[0]]
        stays = first >= 0 and bool(
            np.array_equal(blocks, island == first)
            and (zone_of[blocks] == problem.current[blocks]).all()
        )
        if stays:
            stray[blocks] = False
    return stray
