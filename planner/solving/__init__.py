"""Solve a scenario: every level, every aim, with a plan that holds and a bound that is proven."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.plan import Plan
from planner.progress import Progress, ProgressListener, silent
from planner.scenario import DEFAULT_TIME_S
from planner.search import Bench, Workers, is_compiled, warm_up
from planner.solving.aims import Budget, LevelResult, no_aim
from planner.solving.level import EXACT_PAIRS, UNPROVEN, LevelSolver
from planner.solving.one_problem import MOVES_AN_ITERATION, solve_problem
from planner.solving.session import Session, processes
from planner.solving.shared import beside, held_beside, measured_whole, proof_notes
from planner.solving.solution import AimValue, Solution, SolveStatus
from planner.solving.start import start_plans
from planner.terms import Contiguous

if TYPE_CHECKING:
    from geodata import District
    from planner.problem import Problem
    from planner.scenario import Scenario

__all__ = [
    "UNPROVEN",
    "AimValue",
    "LevelResult",
    "Solution",
    "SolveStatus",
    "solve",
    "solve_problem",
]

THREADS = 2

_SURE = (
    SolveStatus.INFEASIBLE,
    SolveStatus.NO_PLAN,
    SolveStatus.HEURISTIC,
    SolveStatus.FEASIBLE,
    SolveStatus.PROVEN_OPTIMAL,
)


def solve(
    scenario: Scenario,
    *,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    gap: float | None = None,
    progress: ProgressListener = silent,
    interrupt: threading.Event | None = None,
    script: dict[str, Any] | None = None,
    district: District | None = None,
    start: Plan | None = None,
) -> Solution:
    """Find a plan for every level of a scenario.

    Parameters
    ----------
    scenario : Scenario
    time_limit_s : float, optional [s]
        Default: the scenario's, else 120 s; none where `iterations` are given.  Compiling, once
        after installation, does not count.
    iterations : int, optional
        Thousands of moves to try.  The same inputs, seed and iterations give the same plan.
    seed : int, optional
    threads : int, optional
        Processes that search.  Their number does not change the plan.
    gap : float, optional [share]
        Stop when the plan is proven to be this near to the best possible.
    progress : ProgressListener
    interrupt : Event, optional
        Set from outside, it ends the solve with the best plan so far.
    script : dict, optional
        The record of an earlier solve, to be repeated.
    district : District, optional
        Where it is loaded already.
    start : Plan, optional
        A plan that the search begins with, beside its own; where it holds the rules, the plan
        found is no worse in the first aim.  It is kept in the record.  Without it, the plan the
        scenario starts from.

    Returns
    -------
    Solution

    Raises
    ------
    DataError, ScenarioError
        Where the district or the scenario cannot be used.
    """
    begin = time.monotonic()
    interrupt = interrupt or threading.Event()
    district = district or _load(scenario, progress)
    seed = scenario.seed if seed is None else seed
    counts = iterations is not None  # what is asked here to be counted is not timed
    iterations = scenario.stop.iterations if iterations is None else iterations
    limit = _time_limit(scenario, None if counts else time_limit_s, iterations, script)
    threads = min(THREADS, os.cpu_count() or 1) if threads is None else threads
    scenario = scenario.with_start(district)
    problems = scenario.problems(district)
    sizes = {level: float(p.n_blocks * p.n_zones) for level, p in problems.items()}
    begin += _compile_once(problems.values(), progress)
    start = _begin_with(scenario, start, script)
    results: list[LevelResult] = []
    with Workers(processes(threads, limit), interrupt.is_set) as workers:
        session = Session(workers, seed, progress, interrupt, begin, start)
        for number, (level, problem) in enumerate(problems.items()):
            asked = held_beside(scenario, problems, level)
            if results:  # buildings of both levels have the seats that the plan leaves free
                problem = asked.problem(district, level, _drawn(results))
            share = sizes[level] / sum(list(sizes.values())[number:])
            now = time.monotonic()
            moves = None
            if iterations is not None and script is None:
                moves = int(iterations * MOVES_AN_ITERATION * sizes[level] / sum(sizes.values()))
            budget = Budget(
                deadline=now + share * (begin + limit - now) if math.isfinite(limit) else limit,
                moves=moves,
                script=script["levels"][number]["stages"] if script else None,
                gap=scenario.stop.gap if gap is None else gap,
            )
            result = LevelSolver(asked, problem, budget, session).run()
            results.append(beside(result, scenario, district, problems))
    plan = _drawn(results)
    if plan is not None and all(r.zone_of is not None for r in results):
        results = [measured_whole(r, scenario, district, problems, plan) for r in results]
    solution = _solution(district, scenario, results, seed=seed, threads=threads, begin=begin)
    if start is not None:
        solution.record["start"] = start.table.to_dict("list")
    return solution


def _begin_with(
    scenario: Scenario, given: Plan | None, script: dict[str, Any] | None
) -> Plan | None:
    """Return the plan to begin with: that of the solve repeated, a given one, the scenario's."""
    if script is not None and "start" in script:
        return Plan(pd.DataFrame(script["start"]))
    if given is None and scenario.begun is not None:
        return scenario.begun.plan
    return given


def _load(scenario: Scenario, progress: ProgressListener) -> District:
    from geodata import load_district

    progress(Progress(phase="load", message=f"reading {scenario.district}"))
    return load_district(scenario.district)


def _compile_once(problems: Iterable[Problem], progress: ProgressListener) -> float:
    """Compile the search's inner loops, once after installation; return the seconds it took.

    They are not a solve's own, so its clock starts later by them.
    """
    large = [p for p in problems if p.n_blocks * p.n_zones > EXACT_PAIRS]
    if not large or is_compiled():
        return 0.0
    begin = time.monotonic()
    progress(Progress(phase="prepare", message="compiling the search, once after installation"))
    bench = Bench.make(large[0], (Contiguous("contiguity"),), no_aim(large[0]))
    warm_up(bench, start_plans(bench)[0])
    return time.monotonic() - begin


def _time_limit(
    scenario: Scenario,
    asked_s: float | None,
    iterations: int | None,
    script: dict[str, Any] | None,
) -> float:
    if script is not None:
        return math.inf
    if asked_s is not None:
        return asked_s
    if iterations is not None:
        return math.inf
    return DEFAULT_TIME_S if scenario.stop.time_limit_s is None else scenario.stop.time_limit_s


def _drawn(results: list[LevelResult]) -> Plan | None:
    """Return the plan of the levels that have one."""
    plans = [Plan.from_zones(r.problem, r.zone_of) for r in results if r.zone_of is not None]
    return Plan.combine(plans) if plans else None


def _solution(
    district: District,
    scenario: Scenario,
    results: list[LevelResult],
    *,
    seed: int,
    threads: int,
    begin: float,
) -> Solution:
    is_whole = all(r.zone_of is not None for r in results)
    status = min((r.status for r in results), key=_SURE.index)
    found = _drawn(results)
    moves = sum(r.moves for r in results)
    return Solution(
        district=district,
        scenario=scenario,
        plan=found if is_whole else None,
        status=status,
        objectives=[aim.as_dict() for r in results for aim in r.aims],
        seconds=time.monotonic() - begin,
        iterations=math.ceil(moves / MOVES_AN_ITERATION),
        seed=seed,
        threads=threads,
        solver="HiGHS, annealing and neighbourhoods",
        record={"levels": [{"level": r.problem.level, "stages": r.stages} for r in results]},
        broken=tuple(
            text if len(results) == 1 else f"{r.problem.level}: {text}"
            for r in results
            for text in r.broken
        ),
        found=None if is_whole else found,
        notes=tuple(proof_notes(results)),
    )
