"""How many other bands are as good, and whether that is proven."""

from __future__ import annotations

from planner.errors import InfeasibleError, SolverError
from planner.reorganise.bands import BandRules, BandStage, FoundBands, find_bands
from planner.structures.aims import Aim
from planner.structures.buildings import Buildings
from planner.structures.zones import ZoneUnits

__all__ = ["count_alternatives"]


def count_alternatives(
    found: FoundBands,
    units: ZoneUnits,
    buildings: Buildings,
    rules: BandRules,
    *,
    aim: Aim | None,
    most: int,
) -> str:
    """Say how many other arrangements are as good in all objectives but the last.

    Parameters
    ----------
    most : int
        Counting stops here; 0: nothing is counted and nothing said.
    """
    first = rules.objectives[:-1]
    if not most or not first:
        return ""
    limits = [stage.value + 1e-6 for stage in found.stages[: len(first)]]
    seen, all_found = [found.table], False
    while len(seen) <= most:
        try:
            other = find_bands(units, buildings, rules, aim=aim, unlike=seen)
        except InfeasibleError:
            all_found = True
            break
        except SolverError:
            break
        stages = list(zip(other.stages, limits, strict=False))
        if any(stage.value > limit for stage, limit in stages):
            all_found = _is_worse_surely([stage for stage, _ in stages], limits)
            break
        seen.append(other.table)
    return _told(len(seen) - 1, rules, found.stages[-1].proven, all_found)


def _is_worse_surely(stages: list[BandStage], limits: list[float]) -> bool:
    """Tell whether the first objective that exceeds its limit is proven to exceed it."""
    for stage, limit in zip(stages, limits, strict=False):
        if stage.value > limit:
            return stage.proven or stage.bound > limit
        if not stage.proven:
            return False  # a better value of it might have left room for the next
    return False


def _told(count: int, rules: BandRules, last_proven: bool, all_found: bool) -> str:
    what = " and ".join(rules.objectives[:-1])
    if count == 0:
        return (
            f"; no other arrangement is as good in {what} (proven)"
            if all_found
            else f"; no other arrangement as good in {what} was found in time (nothing is proven)"
        )
    many = str(count) if all_found else f"at least {count}"
    better = f" and none is better in {rules.objectives[-1]}" if last_proven else ""
    return f"; {many} other arrangement{'s are' if count > 1 else ' is'} as good in {what}{better}"
