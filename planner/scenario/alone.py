"""What is proven of one level whatever the plans of the levels drawn with it are.

A building of two levels has the seats that its other students leave, and rules of feeders look at
the zones of another level.  Levels are drawn one by one, so that no plan of one level fits beside
the others proves nothing about other plans of those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.objectives import Objective
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules import Capacity, Rule

if TYPE_CHECKING:
    from geodata import District
    from planner.scenario import Scenario

__all__ = ["alone", "counts_of", "schools_beside"]

_OTHER_LEVELS: frozenset[Also] = frozenset({"seats", "feeders"})
"""What other levels decide too."""


def _shared_schools(problems: Mapping[str, Problem], level: str) -> frozenset[str]:
    """Return the schools of a level that take a zone of another level of the scenario too."""
    others = (
        set(problem.zones_of_schools()) for name, problem in problems.items() if name != level
    )
    return frozenset(problems[level].zones_of_schools()) & frozenset().union(*others)


def schools_beside(
    scenario: Scenario, problems: Mapping[str, Problem], level: str
) -> frozenset[str]:
    """Return the schools of other levels of the scenario whose plans a level's rules or aims see.

    Those that share seats with it, where seats are counted; all schools of levels that feed it or
    that it feeds, where feeders are.
    """
    counted = counts_of(scenario, level)
    seen: set[str] = set()
    if "seats" in counted:
        seen |= _shared_schools(problems, level)
    if "feeders" in counted:
        for other in problems[level].other_levels:
            if other.level in problems:
                seen |= set(problems[other.level].zones_of_schools())
    return frozenset(seen)


def alone(
    scenario: Scenario, district: District, level: str, shared: frozenset[str]
) -> tuple[Scenario, Problem]:
    """Return rules and arrays that every plan of a level holds which fits beside some others.

    Students of the other levels take no seat, no school of theirs is held to a floor, and no rule
    looks at their zones.

    Parameters
    ----------
    scenario : Scenario
    district : District
    level : str
    shared : frozenset of str
        From `schools_beside`.
    """
    others = set(scenario.levels_of(district)) - {level}
    rows = district.current
    without = replace(district, current=rows[~rows["level"].isin(others)])
    problem = scenario.problem(without, level)
    own = frozenset(problem.zones_of_schools())
    kept = tuple(
        replace(placed, rule=rule)
        for placed in scenario.rules
        for rule in _whatever_others_do(placed.rule, shared & own, own - shared)
    )
    return replace(scenario, rules=kept), problem


def _whatever_others_do(rule: Rule, shared: frozenset[str], own: frozenset[str]) -> Iterator[Rule]:
    """Yield what a rule asks of a level under every plan of the others."""
    if isinstance(rule, Capacity):
        skip = rule.except_schools
        yield replace(rule, except_schools=(*skip, *sorted(shared)))
        if rule.ceiling_share is not None:
            yield replace(rule, floor_share=None, except_schools=(*skip, *sorted(own)))
    elif _OTHER_LEVELS.isdisjoint(rule.counts_also):
        yield rule


def counts_of(scenario: Scenario, level: str) -> set[Also]:
    """Return what a level's rules and aims count besides the students of each block."""
    parts: list[Rule | Objective] = [*scenario.rules_for(level)]
    parts += [aim for stage in scenario.objectives_for(level) for _, aim in stage.parts]
    return {also for part in parts for also in part.counts_also}
