"""Who can walk to school today can still walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Bools, Ints
from geodata.errors import counted, listed
from planner.errors import ScenarioError
from planner.metrics.travel import WALK_METRES, can_walk
from planner.needs import need_travel, need_way_today
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, at_home_or_today, block_finding, pairs_to_keep
from planner.terms import AllowedPairs, Constraint


@dataclass(frozen=True, slots=True)
class KeepWalkers:
    """A block within walking distance of its school of today only goes to schools as near.

    Maths    x[b,z] = 0 where way[b, today's school] <= within < way[b,z]; where schools share z,
             the way to the farthest of them
    Units    within_km [km], within_minutes [min], one way
    Exact    yes: pairs are forbidden. Today's school of a block, and the school that stands in
             it, are never forbidden. Blocks whose school closes are not held, nor are those whose
             way to their school of today is unknown; a school at an unknown distance is not
             within walking distance. Hazards on the way are not known
    Plainly  "Who lives within walking distance of school today keeps a school within walking
             distance."

    Parameters
    ----------
    within_km : float, optional [km]
        Walking distance; without it, and without within_minutes, the mile at which the measures
        `walkers` and `walkers_to_riders` count.
    within_minutes : float, optional [min]
        The same in minutes, by the district's travel times.
    """

    name: ClassVar[str] = "keep_walkers"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    within_km: float | None = None
    within_minutes: float | None = None

    def __post_init__(self) -> None:
        """Refuse two distances, and none."""
        if self.within_km is not None and self.within_minutes is not None:
            raise ScenarioError(
                "rule 'keep_walkers': km and minutes are different distances; write two rules"
            )
        if not 0 < self.within < np.inf:
            raise ScenarioError("rule 'keep_walkers': the distance must be above 0 and finite")

    @property
    def unit(self) -> str:
        """Unit of the way: ``km`` or ``min``."""
        return "km" if self.within_minutes is None else "min"

    @property
    def within(self) -> float:
        """Walking distance in `unit`."""
        if self.within_minutes is not None:
            return self.within_minutes
        return WALK_METRES / 1000 if self.within_km is None else self.within_km

    def held(self, problem: Problem) -> Bools:
        """Tell which blocks can walk today, to a school that goes on, (n,)."""
        today = need_way_today(problem, f"rule {self.name!r}", self.unit)
        return np.asarray(can_walk(today, self.within) & (problem.current >= 0))

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the allowed pairs."""
        way = need_travel(problem, f"rule {self.name!r}", self.unit, farthest=True)
        allowed = ~self.held(problem)[:, None] | can_walk(way, self.within)
        return [AllowedPairs(self.name, allowed | pairs_to_keep(problem))]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Look up whether each block that can walk today still can."""
        way = need_travel(problem, f"rule {self.name!r}", self.unit, farthest=True)
        chosen = way[np.arange(problem.n_blocks), zone_of]
        held = self.held(problem)
        broken = held & ~can_walk(chosen, self.within) & (zone_of >= 0)
        broken &= ~at_home_or_today(problem, zone_of)
        return [
            block_finding(
                self.name,
                problem,
                broken,
                good=f"{counted(int(held.sum()), 'block')} within {self._words()} of their school "
                f"of today still go to one within it, or stay{self._not_held(problem)}",
                bad=f"Within {self._words()} of their school of today, but sent beyond it"
                f"{self._not_held(problem)}",
            )
        ]

    def _not_held(self, problem: Problem) -> str:
        """Tell the blocks nobody can call near or far."""
        today = need_way_today(problem, f"rule {self.name!r}", self.unit)
        unknown = problem.block_ids[np.isnan(today) & (problem.current >= 0)]
        if not len(unknown):
            return ""
        return (
            f"; {counted(len(unknown), 'block')} ({listed(unknown)}) not held: the way to their "
            "school of today is unknown"
        )

    def _words(self) -> str:
        return f"{self.within:.4g} {self.unit}"

    def sentence(self) -> str:
        """Say the rule in plain words."""
        return (
            f"Blocks within walking distance ({self._words()}) of their school of today only go "
            "to schools within walking distance, or stay."
        )

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
