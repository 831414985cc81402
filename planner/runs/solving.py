"""Solve a scenario straight into a run folder: what `planner solve`, the demo and batches do."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.conflicts import find_conflicts
from planner.evaluation import evaluate
from planner.plan import write_plan
from planner.progress import (
    JsonLinesProgress,
    Progress,
    ProgressListener,
    broadcast,
    later,
    silent,
)
from planner.runs.writer import stage_run, write_files
from planner.solving import SolveStatus, solve

if TYPE_CHECKING:
    from planner.evaluation import Evaluation
    from planner.scenario import Scenario
    from planner.solving import Solution

__all__ = ["Outcome", "solve_into"]

CONFLICT_S = 20.0
"""Least time for the rules in conflict of each level, once it is proven that no plan exists [s]."""

FOUND = "plan_found.csv"
"""Zones of the levels that have a plan, where another level has none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A solve and what was written of it.

    Parameters
    ----------
    solution : Solution
    evaluation : Evaluation or None
        None where there is no plan.
    record : dict
        As in run.json.
    """

    solution: Solution
    evaluation: Evaluation | None
    record: dict[str, Any]


def solve_into(
    folder: Path,
    scenario: Scenario,
    *,
    time_limit_s: float | None = None,
    iterations: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    gap: float | None = None,
    overwrite: bool = False,
    progress: ProgressListener = silent,
    interrupt: threading.Event | None = None,
) -> Outcome:
    """Solve a scenario, score its plan and write the run, whole or not at all.

    Parameters
    ----------
    folder : Path
        The run's place.
    scenario : Scenario
    time_limit_s, iterations, seed, threads, gap
        As in `planner.solve`.
    overwrite : bool
        Replace a run that is already there.
    progress : ProgressListener
        Hears what progress.jsonl records.
    interrupt : Event, optional
        Set from outside, it stops the solve; the best plan so far is written.

    Raises
    ------
    RunError
        At once, where the folder may not be written.
    """
    with stage_run(folder, overwrite=overwrite) as staged:
        with JsonLinesProgress(staged / "progress.jsonl") as lines:
            solution = solve(
                scenario,
                time_limit_s=time_limit_s,
                iterations=iterations,
                seed=seed,
                threads=threads,
                gap=gap,
                progress=broadcast(lines, progress),
                interrupt=interrupt,
            )
        scored: Evaluation | None = None
        given = {"time_limit_s": time_limit_s, "iterations": iterations, "gap": gap}
        limits = {
            key: getattr(scenario.stop, key) if value is None else value
            for key, value in given.items()
        }
        more: dict[str, Any] = {"limits": limits}
        if solution.plan is not None:
            scored = evaluate(solution.district, solution.plan, scenario)
        elif solution.status is SolveStatus.INFEASIBLE:
            more["conflicts"] = _conflicts(
                scenario, solution, limits["time_limit_s"], progress, interrupt
            )
        if solution.found is not None:
            more["found"] = {"levels": list(solution.found.levels), "file": FOUND}
        record = write_files(staged, solution, scored, folder=folder, more=more)
        if solution.found is not None:  # beside the run's own tables, which it has none of
            write_plan(solution.found, staged / FOUND, solution.district.levels)
    return Outcome(solution, scored, record)


def _conflicts(
    scenario: Scenario,
    solution: Solution,
    limit_s: float | None,
    progress: ProgressListener,
    interrupt: threading.Event | None,
) -> list[dict[str, Any]]:
    """Return the rules in conflict, sought in what is left of the time limit [s], or a little."""
    message = "no plan holds every rule; looking for the rules in conflict"
    progress(Progress("conflicts", seconds=solution.seconds, message=message))
    found = find_conflicts(
        scenario,
        solution.district,
        drawn=solution.found,
        time_limit_s=max(CONFLICT_S, 0.0 if limit_s is None else limit_s - solution.seconds),
        progress=later(progress, solution.seconds),
        interrupt=interrupt,
    )
    return [conflict.to_dict() for conflict in found]
