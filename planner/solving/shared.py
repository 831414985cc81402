"""What the levels of a solve owe each other, and what is proven of each.

Levels are drawn one by one, each beside those before it as drawn and the others as today.  A
building's students of all levels sit on the same seats, and classmates go on from level to level.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.dtypes import Floats
from geodata.errors import listed
from planner.model.bound import lower_bound
from planner.rules import Capacity
from planner.scenario.alone import alone, counts_of, schools_beside
from planner.solving.aims import LevelResult, no_aim
from planner.solving.solution import SolveStatus

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.problem import Problem
    from planner.scenario import Scenario

__all__ = ["beside", "held_beside", "measured_whole", "proof_notes"]

ALONE_S = 10.0  # to prove that a level has no plan, whatever the other levels do [s]


def held_beside(scenario: Scenario, problems: Mapping[str, Problem], level: str) -> Scenario:
    """Return the scenario with the rules of seats that levels before have in this one's buildings.

    Such a rule counts everybody in a building, so a level that is drawn later could break it.

    Parameters
    ----------
    scenario : Scenario
    problems : mapping of level to Problem
        In the order of drawing.
    level : str
        The one that is drawn.
    """
    order = list(problems)
    schools = {name: set(problem.zones_of_schools()) for name, problem in problems.items()}
    held = []
    for placed in scenario.rules:
        if not isinstance(placed.rule, Capacity) or placed.holds_for(level):
            continue
        before = [name for name in order[: order.index(level)] if placed.holds_for(name)]
        shared = schools[level] & set().union(*(schools[name] for name in before))
        skip = schools[level] - (shared - set(placed.rule.except_schools))
        if skip != schools[level]:
            rule = replace(placed.rule, except_schools=tuple(sorted(skip)))
            held.append(replace(placed, rule=rule, levels=(level,)))
    return replace(scenario, rules=(*scenario.rules, *held))


def beside(
    result: LevelResult, scenario: Scenario, district: District, problems: Mapping[str, Problem]
) -> LevelResult:
    """Take back that a level has no plan where that is proven beside the other levels only."""
    level = result.problem.level
    shared = schools_beside(held_beside(scenario, problems, level), problems, level)
    if result.status is not SolveStatus.INFEASIBLE or not shared:
        return result
    asked, problem = alone(scenario, district, level, shared)
    until = time.monotonic() + ALONE_S
    held = (problem, asked.constraints(problem), no_aim(problem))
    if not lower_bound(*held, deadline=until).is_infeasible:
        result.status = SolveStatus.NO_PLAN
        result.broken = (
            "no plan holds every rule beside the other levels at "
            f"{listed(sorted(shared))}, as those are drawn or stand today (proven), which does not "
            "prove that none does beside other plans of those levels; draw this level in a "
            "scenario of its own first, or give those levels less room there",
        )
    return result


def measured_whole(
    result: LevelResult,
    scenario: Scenario,
    district: District,
    problems: Mapping[str, Problem],
    plan: Plan,
) -> LevelResult:
    """Measure a level beside all others of the finished plan, and say what its bounds stand beside.

    What was proven beside other students in its buildings than the plan has is not claimed.

    Parameters
    ----------
    result : LevelResult
        With a plan.
    scenario : Scenario
    district : District
    problems : mapping of level to Problem
    plan : Plan
        Of every level.
    """
    level, zone_of = result.problem.level, result.zone_of
    asked = held_beside(scenario, problems, level)
    shared = tuple(sorted(schools_beside(asked, problems, level)))
    if zone_of is None or not shared:
        return result
    problem = asked.problem(district, level, plan)
    aims = [replace(aim, beside=shared) for aim in result.aims]
    if _stand_alike(asked, result.problem, problem):
        return replace(result, aims=aims)
    amounts = scenario.amounts(problem) or (no_aim(problem),)
    aims = [
        replace(aim, value=amount.value(problem, zone_of), bound=None, reached=None)
        for aim, amount in zip(aims, amounts, strict=False)
    ]
    broken = tuple(
        f"{finding.sentence} It held until another level was drawn; draw that level in a "
        "scenario of its own first, or give it less room there, or the same rule"
        for finding in scenario.check(problem, zone_of)
        if not finding.ok
    )
    if broken:
        return replace(result, aims=aims, broken=broken, status=SolveStatus.NO_PLAN, zone_of=None)
    return replace(result, aims=aims, status=SolveStatus.HEURISTIC)


def _taken(problem: Problem) -> Floats:
    """Return the students of other levels in each school, today and in the years counted."""
    years = (problem, *problem.forecasts.values())
    return np.hstack([students for one in years for students in one.partner_taken])


def proof_notes(results: Sequence[LevelResult]) -> Iterator[str]:
    """Tell the levels whose bounds say nothing of plans that draw shared buildings otherwise."""
    for result in results:
        if result.aims and result.aims[0].beside:
            yield (
                f"{result.problem.level}: students of other levels that are drawn too go to "
                f"{listed(result.aims[0].beside)}: what is proven of this level is proven beside "
                "them as this plan draws them, not of plans that draw them otherwise; where they "
                "were drawn after it, nothing is claimed. Levels drawn in another order "
                "(levels = [...]) may give a better plan"
            )


def _stand_alike(asked: Scenario, one: Problem, other: Problem) -> bool:
    """Tell whether the other levels are the same, as far as rules and aims look at them."""
    if not np.array_equal(_taken(one), _taken(other), equal_nan=True):
        return False
    return "feeders" not in counts_of(asked, one.level) or all(
        a.school_ids == b.school_ids and np.array_equal(a.school_of, b.school_of)
        for a, b in zip(one.other_levels, other.other_levels, strict=True)
    )
