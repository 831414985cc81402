"""Solve one problem that is at hand as arrays, without any district file."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any

from planner.progress import ProgressListener, silent
from planner.search import Workers
from planner.solving.aims import Budget, LevelResult
from planner.solving.level import LevelSolver
from planner.solving.session import Session, processes

if TYPE_CHECKING:
    from planner.problem import Problem
    from planner.scenario import Scenario

__all__ = ["solve_problem"]

MOVES_AN_ITERATION = 1000


def solve_problem(
    scenario: Scenario,
    problem: Problem,
    *,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    threads: int = 2,
    gap: float | None = None,
    progress: ProgressListener = silent,
    interrupt: threading.Event | None = None,
    script: list[dict[str, Any]] | None = None,
) -> LevelResult:
    """Find a plan for one problem by the rules and aims of a scenario.

    The search starts from ``problem.current`` where that is known.  The result does not depend on
    the number of processes.

    Parameters
    ----------
    scenario : Scenario
        Its rules and objectives are used; its district file is not read.
    problem : Problem
    time_limit_s : float, optional [s]
        None where `iterations` or a `script` are given.
    iterations : int, optional
        Thousands of moves to try.
    seed : int
    threads : int
        Processes that search.
    gap : float, optional [share]
        Stop when the plan is proven to be this near to the best possible.
    progress : ProgressListener
    interrupt : Event, optional
        Set from outside, it ends the solve with the best plan so far.
    script : list of dict, optional
        `LevelResult.stages` of an earlier solve, to be repeated.

    Returns
    -------
    LevelResult
    """
    begin = time.monotonic()
    interrupt = interrupt or threading.Event()
    budget = Budget(
        deadline=math.inf if time_limit_s is None else begin + time_limit_s,
        moves=None if iterations is None else iterations * MOVES_AN_ITERATION,
        script=script,
        gap=gap,
    )
    with Workers(processes(threads, time_limit_s), interrupt.is_set) as workers:
        session = Session(workers, seed, progress, interrupt, begin)
        return LevelSolver(scenario, problem, budget, session).run()
