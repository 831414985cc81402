"""A run whose plan is another one's: found by no search of its own, repeated from its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from geodata import District
from planner.plan import Plan
from planner.scenario import Scenario
from planner.solving import Solution, SolveStatus, solve
from planner.solving.solution import PROVEN, gap_between

__all__ = ["adopt"]

_NO_SEARCH = {"method": "search", "relaxation": False, "compact": 0, "rounds": []}


def adopt(
    scenario: Scenario,
    district: District,
    plan: Plan,
    seed: int,
    proven: Sequence[Mapping[str, Any]],
) -> Solution:
    """Return a plan as the solution of a scenario whose rules it holds.

    Parameters
    ----------
    scenario : Scenario
    district : District
    plan : Plan
    seed : int
    proven : sequence of mapping
        `objectives` of the scenario's own search: what that proved holds for every plan.
    """
    levels = scenario.levels_of(district)
    script = {"levels": [{"level": level, "stages": [_NO_SEARCH]} for level in levels]}
    found = solve(
        scenario, seed=seed, threads=1, district=district, start=plan, script=script
    )  # fmt: skip
    if found.plan is None:
        return found
    aims = _with_bounds(found.objectives, proven)
    gaps = [aim["gap"] for aim in aims]
    status = SolveStatus.HEURISTIC
    if gaps and all(gap is not None and gap <= PROVEN for gap in gaps):
        status = SolveStatus.PROVEN_OPTIMAL
    elif gaps and gaps[0] is not None:
        status = SolveStatus.FEASIBLE
    return replace(found, objectives=aims, status=status)


def _with_bounds(
    aims: Sequence[Mapping[str, Any]], proven: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return aims with the bounds that hold for every plan of the scenario."""
    bounds = [None if aim["beside"] else aim["bound"] for aim in proven] or [None] * len(aims)
    return [
        {**aim, "bound": bound, "gap": gap_between(aim["value"], bound)}
        for aim, bound in zip(aims, bounds, strict=True)
    ]
