"""``planner solve``: a scenario's best plan, as a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.interrupt import stop_on_interrupt
from planner.commands.summary import run_lines
from planner.commands.terminal import (
    INFEASIBLE,
    INTERRUPTED,
    NO_PLAN,
    AsJson,
    answer,
    end,
    speaking,
    stderr,
    write_json,
)

__all__ = ["ScenarioFile", "solve"]

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML).")]
TimeLimit = Annotated[
    float | None,
    typer.Option(
        metavar="S", min=0.0, help="Stop after S seconds [s]. Default: the scenario's, or 120."
    ),
]
Iterations = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Stop after N thousand moves, not by the clock: gives the same plan again.",
    ),
]
Seed = Annotated[int | None, typer.Option(metavar="N", min=0, help="Seed of the random numbers.")]
Threads = Annotated[int | None, typer.Option(metavar="N", min=1, help="Processors to use.")]
Gap = Annotated[
    float | None,
    typer.Option(
        metavar="G",
        min=0.0,
        max=1.0,
        help="Stop once the plan is proven this near the best possible [share, 0.01 = 1 %].",
    ),
]


@speaking
def solve(
    scenario: ScenarioFile,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="RUN", help="Folder to write.")],
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    seed: Seed = None,
    threads: Threads = None,
    gap: Gap = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace RUN where it is a run already.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find the best plan and write it as a run.

    Ctrl-C stops early: the best plan so far is written whole first (exit code 130).
    Exit code 3: proven that no plan holds every rule. Exit code 4: stopped without a plan.

    Example: planner solve scenario.toml --out runs/first --time-limit 120
    """
    from planner.progress import TerminalProgress
    from planner.runs.solving import solve_into
    from planner.scenario import load_scenario

    with stop_on_interrupt() as interrupt, TerminalProgress(stderr()) as line:
        outcome = solve_into(
            out,
            load_scenario(scenario),
            time_limit_s=time_limit,
            iterations=iterations,
            seed=seed,
            threads=threads,
            gap=gap,
            overwrite=overwrite,
            progress=line,
            interrupt=interrupt,
        )
    record = outcome.record
    if as_json:
        write_json({"run": str(out), **record})
    else:
        answer(run_lines(record, outcome.evaluation, out))
    if interrupt.is_set():
        end(INTERRUPTED)
    if outcome.solution.plan is None:
        end(INFEASIBLE if record["status"] == "INFEASIBLE" else NO_PLAN)
