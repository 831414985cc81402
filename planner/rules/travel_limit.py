"""Nobody is sent too far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from geodata.dtypes import Floats, Ints
from geodata.errors import counted, listed
from planner.errors import ScenarioError
from planner.metrics.travel import is_beyond
from planner.needs import need_travel, way_today
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules.base import Finding, at_home_or_today, block_finding, pairs_to_keep
from planner.terms import AllowedPairs, Constraint


@dataclass(frozen=True, slots=True)
class TravelLimit:
    """No block is sent further than a fixed way or a multiple of today's, whichever is more.

    Maths    x[b,z] = 0 where way[b,z] > limit[b],
             limit[b] = max(times_today * way[b, today's school], max_km or max_minutes)
             with way[b,z] to the farthest school of z where schools share it
    Units    way and limit [km] or [min], times_today [factor]
    Exact    yes: pairs are forbidden. Today's school of a block, and the school that stands in
             it, are never forbidden. A block without a school today has only the fixed limit
    Plainly  "No block is sent further than a fixed distance, or a multiple of today's way,
             whichever is more; its school of today always stays possible."

    Parameters
    ----------
    max_km : float, optional [km]
    max_minutes : float, optional [min]
        One of the two at most; for both write two rules.
    times_today : float, optional
        The limit is at least this many times the block's way to today's school.
    unknown : {"error", "forbid", "allow"}
        What to do with pairs whose way is unknown.
    """

    name: ClassVar[str] = "travel_limit"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    max_km: float | None = None
    max_minutes: float | None = None
    times_today: float | None = None
    unknown: Literal["error", "forbid", "allow"] = "error"

    def __post_init__(self) -> None:
        """Refuse a limit that says nothing, or two things."""
        given = [self.max_km, self.max_minutes, self.times_today]
        if all(value is None for value in given):
            raise ScenarioError("rule 'travel_limit': set max_km, max_minutes or times_today")
        if self.max_km is not None and self.max_minutes is not None:
            raise ScenarioError(
                "rule 'travel_limit': km and minutes are different limits; write two rules"
            )
        if any(value is not None and not 0 < value < np.inf for value in given):
            raise ScenarioError("rule 'travel_limit': limits must be above 0 and finite")

    @property
    def unit(self) -> str:
        """Unit of the way: ``km`` or ``min``."""
        return "km" if self.max_minutes is None else "min"

    def limits(self, problem: Problem) -> Floats:
        """Return the limit of each block in `unit`, (n,); NaN where nothing limits it."""
        fixed = self.max_km if self.max_minutes is None else self.max_minutes
        limit = np.full(problem.n_blocks, np.nan if fixed is None else fixed)
        if self.times_today is None:
            return limit
        today = way_today(problem, f"rule {self.name!r}", self.unit)
        unclear = np.isnan(today) & problem.has_current
        if self.unknown == "forbid":
            unclear &= np.isnan(limit)  # elsewhere the fixed limit holds alone
        if self.unknown != "allow" and unclear.any():
            blocks = problem.block_ids[unclear]
            self._refuse(problem, f"from {counted(len(blocks), 'block')} to today's school", blocks)
        return np.asarray(np.fmax(limit, self.times_today * today))

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return the allowed pairs."""
        way = need_travel(problem, f"rule {self.name!r}", self.unit, farthest=True)
        limit = self.limits(problem)
        allowed = ~is_beyond(way, limit[:, None]) | pairs_to_keep(problem)
        unknown = np.isnan(way) & ~pairs_to_keep(problem)
        if unknown.any():
            if self.unknown == "error":
                blocks = problem.block_ids[unknown.any(axis=1)]
                self._refuse(problem, f"of {int(unknown.sum())} block-school pairs", blocks)
            allowed &= ~unknown if self.unknown == "forbid" else True
        return [AllowedPairs(self.name, allowed)]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Look up each block's way to its new school."""
        way = need_travel(problem, f"rule {self.name!r}", self.unit, farthest=True)
        chosen = way[np.arange(problem.n_blocks), zone_of]
        broken = is_beyond(chosen, self.limits(problem))
        if self.unknown != "allow":
            broken |= np.isnan(chosen)
        kept = at_home_or_today(problem, zone_of)
        broken &= (zone_of >= 0) & ~kept
        unknown = problem.block_ids[np.isnan(chosen) & kept]
        note = ""
        if len(unknown):
            note = (
                f"; {counted(len(unknown), 'block')} ({listed(unknown)}) stay where they are today "
                "or in their school's own block, and their way is unknown"
            )
        return [
            block_finding(
                self.name,
                problem,
                broken,
                good=f"No block goes beyond its limit ({self._words()}){note}",
                bad=f"Beyond the limit of {self._words()}{note}",
            )
        ]

    def _refuse(self, problem: Problem, what: str, blocks: object) -> None:
        raise ScenarioError(
            f"rule {self.name!r}: the way {what} is unknown at level {problem.level!r} "
            f"({listed(np.asarray(blocks))})",
            "an unknown way can be neither within nor beyond a limit",
            "complete the travel matrix, or set unknown = 'forbid' (beside a fixed limit where "
            "the way of today is unknown) or 'allow'",
        )

    def _words(self) -> str:
        unit = self.unit
        fixed = self.max_km if self.max_minutes is None else self.max_minutes
        parts = [] if fixed is None else [f"{fixed:g} {unit}"]
        if self.times_today is not None:
            parts.insert(0, f"{self.times_today:g} × today's way")
        return " or ".join(parts) + (", whichever is more" if len(parts) > 1 else "")

    def sentence(self) -> str:
        """Say the rule in plain words."""
        unknown = {
            "error": "",
            "forbid": " Schools with an unknown way are forbidden.",
            "allow": " Schools with an unknown way are allowed.",
        }[self.unknown]
        return (
            f"No block is sent further than {self._words()}; its school of today always stays "
            f"possible.{unknown}"
        )

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
