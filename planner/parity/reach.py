"""Parity sought under a scenario's rules: the plan, what it costs, and what is proven about it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from geodata.dtypes import Ints
from planner.errors import InfeasibleError, SolverError
from planner.evaluation.parity import Separation, judge_separation
from planner.model.bound import Bound
from planner.parity.band import least_band
from planner.parity.gap_bound import gap_lower_bound
from planner.parity.level import Cost, LevelParity
from planner.parity.limits import separation_limits
from planner.parity.record import parity_record
from planner.parity.schools import Schools
from planner.problem import Problem
from planner.scenario import PlacedRule, Scenario
from planner.scenario.alone import alone, schools_beside
from planner.solving import SolveStatus, solve

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.solving import Solution

ROUNDS = 3  # solves, each with the limits the one before broke

__all__ = ["reach_parity"]


def reach_parity(
    scenario: Scenario,
    district: District,
    *,
    allowance: float | None = 0.0,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    proof_seconds: float = 60.0,
    threads: int | None = None,
    interrupt: threading.Event | None = None,
    hear: Callable[[Plan], None] | None = None,
    proven: Sequence[LevelParity] = (),
) -> tuple[Solution, tuple[LevelParity, ...]]:
    """Solve a scenario and prove what can be proven about parity.

    A proof is of every plan that keeps the rules: where levels share buildings, whatever the plans
    of the other levels are.

    Parameters
    ----------
    scenario : Scenario
        Its first objective should be ``parity_gap`` (race-conscious) or ``poverty_spread``.
    district : District
    allowance : float or None [share]
        Isolation and dissimilarity may rise above today's by this much, so that parity is not
        bought with separation: limits that a plan breaks are added and it is solved again, the
        last time with all of them; a plan that breaks one is never returned.  None, or a scenario
        that is not race-conscious: only watched.
    time_limit_s : float, optional [s]
    iterations : int, optional
    proof_seconds : float [s]
        For the proofs of each level.
    threads : int, optional
    interrupt : Event, optional
        Set from outside, it ends the solve with the best plan so far, and the proofs.
    hear : function of a plan, optional
        Hears the plan as soon as it is found, before the proofs.
    proven : sequence of LevelParity
        Levels of an earlier solve under the same rules: their proofs hold here and are not sought
        again.

    Raises
    ------
    InfeasibleError, SolverError
        Where there is no plan, or none was found, that keeps rules and limits on separation.
    KeyboardInterrupt
        Where it was stopped before it had a plan.
    """
    interrupt = interrupt or threading.Event()
    solution = _solved(
        scenario,
        scenario.problems(district),
        allowance if scenario.race_conscious else None,
        lambda asked: solve(
            asked,
            time_limit_s=time_limit_s,
            iterations=iterations,
            threads=threads,
            interrupt=interrupt,
            district=district,
        ),
    )
    plan = solution.plan
    if plan is None:
        if interrupt.is_set() and solution.status is not SolveStatus.INFEASIBLE:
            raise KeyboardInterrupt
        raise _no_plan(solution, scenario)
    if hear is not None:
        hear(plan)
    levels = []
    earlier = {one.level: one for one in proven}
    verdicts = judge_separation(district, plan, scenario)
    problems = scenario.problems(district, plan)
    for level, problem in problems.items():
        zone_of, verdict = plan.zone_index(problem), verdicts[level]
        if level in earlier:
            levels.append(earlier[level].under(problem, zone_of, verdict))
            continue
        shared = schools_beside(scenario, problems, level)
        asked = alone(scenario, district, level, shared) if shared else (scenario, problem)
        levels.append(_level(*asked, zone_of, verdict, seconds=proof_seconds, interrupt=interrupt))
    return solution, tuple(levels)


def _solved(
    scenario: Scenario,
    problems: dict[str, Problem],
    allowance: float | None,
    attempt: Callable[[Scenario], Solution],
) -> Solution:
    """Solve until the plan keeps the limits on separation; None: without any."""
    every = [] if allowance is None else separation_limits(problems, allowance)
    solution = attempt(scenario)
    if allowance is None:
        return solution
    for number in range(1, ROUNDS + 1):
        if solution.plan is None:
            return solution
        more = _broken(every, problems, solution.plan)
        if not more:
            return solution
        if number == ROUNDS:
            break
        added = every if number == ROUNDS - 1 else more
        solution = attempt(replace(scenario, rules=(*scenario.rules, *added)))
    raise SolverError(
        f"{scenario.title}: no plan was found that keeps "
        + "; ".join(limit.rule.sentence() for limit in more),
        "parity would be bought with separation",
        "give more time, or allow a rise with --allowance",
    )


def _no_plan(solution: Solution, scenario: Scenario) -> InfeasibleError | SolverError:
    kind = InfeasibleError if solution.status is SolveStatus.INFEASIBLE else SolverError
    return kind(
        f"{scenario.title}: {solution.status}; {' '.join(solution.broken)}",
        "parity cannot be measured without a plan",
        "loosen the rules, or give more time",
    )


def _broken(limits: list[PlacedRule], problems: dict[str, Problem], plan: Plan) -> list[PlacedRule]:
    """Return the limits that a plan breaks."""
    zones = {level: plan.zone_index(problem) for level, problem in problems.items()}
    return [
        limit
        for limit in limits
        for level in limit.levels
        if not all(found.ok for found in limit.rule.check(problems[level], zones[level]))
    ]


def _level(
    scenario: Scenario,
    problem: Problem,
    plan: Ints,
    verdict: Separation,
    *,
    seconds: float,
    interrupt: threading.Event,
) -> LevelParity:
    constraints = scenario.constraints(problem)
    left = 0.0 if interrupt.is_set() else seconds
    band = least_band(problem, constraints, plan=plan, seconds=left, interrupt=interrupt)
    bound = Bound(None, False, 0.0, "none: stopped before it was sought")
    if not interrupt.is_set():
        bound = gap_lower_bound(problem, constraints, seconds=seconds)
    points = bound.value if bound.value is not None and bound.value > 1e-6 else None
    return LevelParity(
        level=verdict.level,
        separation=verdict,
        record=parity_record(Schools.today(problem), Schools.under(problem, plan)),
        band=band,
        gap_bound_points=points,
        cost=Cost.of(problem, plan),
        zone_of=plan,
        gap_bound_method=bound.method,
    )
