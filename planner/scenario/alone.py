"""What is proven of one level whatever the plans of the levels drawn with it are.

A building of two levels has the seats that its other students leave.  Levels are drawn one by one,
so that no plan of one level fits beside the others proves nothing about other plans of those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.objectives import Objective
from planner.problem import Problem
from planner.rules import Capacity, Rule

if TYPE_CHECKING:
    from geodata import District
    from planner.scenario import Scenario

__all__ = ["alone", "counts_seats", "shared_schools"]


def shared_schools(problems: Mapping[str, Problem], level: str) -> frozenset[str]:
    """Return the schools of a level that take a zone of another level of the scenario too."""
    others = (
        set(problem.zones_of_schools()) for name, problem in problems.items() if name != level
    )
    return frozenset(problems[level].zones_of_schools()) & frozenset().union(*others)


def alone(
    scenario: Scenario, district: District, level: str, shared: frozenset[str]
) -> tuple[Scenario, Problem]:
    """Return rules and arrays that every plan of a level holds which fits beside some others.

    Students of the other levels take no seat, and no school of theirs is held to a floor.

    Parameters
    ----------
    scenario : Scenario
    district : District
    level : str
    shared : frozenset of str
        From `shared_schools`.
    """
    others = set(scenario.levels_of(district)) - {level}
    rows = district.current
    without = replace(district, current=rows[~rows["level"].isin(others)])
    problem = scenario.problem(without, level)
    own = frozenset(problem.zones_of_schools())
    kept = tuple(
        replace(placed, rule=rule)
        for placed in scenario.rules
        for rule in _whatever_others_do(placed.rule, shared, own - shared)
    )
    return replace(scenario, rules=kept), problem


def _whatever_others_do(rule: Rule, shared: frozenset[str], own: frozenset[str]) -> Iterator[Rule]:
    """Yield what a rule asks of a level under every plan of the others."""
    if isinstance(rule, Capacity):
        skip = rule.except_schools
        yield replace(rule, except_schools=(*skip, *sorted(shared)))
        if rule.ceiling_share is not None:
            yield replace(rule, floor_share=None, except_schools=(*skip, *sorted(own)))
    elif not counts_seats(rule):
        yield rule


def counts_seats(part: Rule | Objective) -> bool:
    """Tell whether a rule or an aim counts a building's students of other levels."""
    return "seats" in part.counts_also
