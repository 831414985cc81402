"""Plans with ever narrower bands of poverty, between what is impossible and what was reached."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from planner.evaluation.parity import judge_separation
from planner.parity.level import LevelParity
from planner.parity.limits import separation_limits
from planner.plan import Plan
from planner.problem.seats import as_drawn
from planner.rules import BalanceBand
from planner.scenario import PlacedRule, Scenario
from planner.solving import solve

if TYPE_CHECKING:
    from geodata import District

__all__ = ["narrow_bands"]


def narrow_bands(
    scenario: Scenario,
    district: District,
    plan: Plan,
    levels: Sequence[LevelParity],
    *,
    tries: int = 3,
    seconds: float = 60.0,
    threads: int | None = None,
    allowance: float | None = 0.0,
    interrupt: threading.Event | None = None,
    iterations: int | None = None,
) -> tuple[Plan, tuple[LevelParity, ...]]:
    """Search plans with ever narrower bands of poverty, level by level.

    Maths   each try asks for ``|p[z]/t[z] - P| <= δ`` at every school, δ half way between the
            largest band proven impossible and the least one reached

    Levels that share buildings are searched as `solve` does, one beside those before it as found;
    a plan beside which another level would break a rule is not kept.

    Parameters
    ----------
    scenario : Scenario
    district : District
    plan : Plan
    levels : sequence of LevelParity
        Both from `reach_parity`.
    tries : int
        For each level.
    seconds : float [s]
        For each try.
    threads : int, optional
    allowance : float or None [share]
        As in `reach_parity`.
    interrupt : Event, optional
    iterations : int, optional
        For each try, instead of seconds: the same plan on every machine.

    Returns
    -------
    Plan
        With the narrowest bands found.
    tuple of LevelParity
        Of that plan; the given one where no try succeeds.
    """
    interrupt = interrupt or threading.Event()
    attempt = partial(
        solve,
        time_limit_s=seconds if iterations is None else None,
        iterations=iterations,
        threads=threads,
        interrupt=interrupt,
    )
    found = []
    for given in levels:
        level, best, low = given.level, given, given.band.impossible_points
        names = scenario.levels_of(district)
        beside = as_drawn(district, plan, names[: names.index(level)])
        problem = scenario.problem(beside, level)
        asked = replace(scenario, levels=(level,))
        if allowance is not None and scenario.race_conscious:
            limits = separation_limits({level: problem}, allowance)
            asked = replace(asked, rules=(*asked.rules, *limits))
        for _ in range(tries):
            if interrupt.is_set():
                break
            points = (low + best.band.reached_points) / 2
            drawn = attempt(_within(asked, points), district=beside).plan
            whole = None if drawn is None else _exchanged(plan, drawn)
            if whole is None or not _holds(scenario, district, whole):
                low = points  # not found, which proves nothing
                continue
            plan, verdict = whole, judge_separation(district, whole, scenario)[level]
            best = best.under(problem, plan.zone_index(problem), verdict)
        found.append(best)
    return plan, tuple(found)


def _within(asked: Scenario, points: float) -> Scenario:
    """Ask for every school within so many points of the district's poverty."""
    rule = PlacedRule(BalanceBand(within_points=points), asked.levels)
    return replace(asked, rules=(*asked.rules, rule))


def _exchanged(plan: Plan, drawn: Plan) -> Plan:
    """Return a plan with some levels of another one."""
    others = (plan.level(name) for name in plan.levels if name not in drawn.levels)
    return Plan.combine([*others, drawn])


def _holds(scenario: Scenario, district: District, plan: Plan) -> bool:
    """Tell whether a plan of all levels keeps every rule, as `evaluate` checks it."""
    problems = scenario.problems(district, plan)
    return all(
        finding.ok
        for problem in problems.values()
        for finding in scenario.check(problem, plan.zone_index(problem))
    )
