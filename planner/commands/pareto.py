"""``planner pareto``: what one aim costs in the other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.solve import Iterations, ScenarioFile, Seed, TimeLimit
from planner.commands.sweep import Resume, Scheduler, WorkerMemory, Workers, tell
from planner.commands.terminal import AsJson, answer, speaking, stderr


@speaking
def pareto(
    scenario: ScenarioFile,
    *,
    x: Annotated[
        str,
        typer.Option(
            metavar="METRIC",
            help="Aim across, such as travel, or with options: 'dissimilarity group=poor', "
            "'parity_gap min_students=20 groups=\"Pacific Islander,black\"'. Its unit is told.",
        ),
    ],
    y: Annotated[str, typer.Option(metavar="METRIC", help="Aim upwards.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write.")],
    points: Annotated[int, typer.Option(metavar="N", min=2, help="Points of the front.")] = 7,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    seed: Seed = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    worker_memory: WorkerMemory = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Trace the front of two aims, with bounds.

    Each point is the least y for an x of at most so much; its bound is proven. Time is for each
    point [s]. The scenario's own aims are left out; its rules hold.

    Example: planner pareto scenario.toml --x travel --y poverty_spread --points 7 --out front
    """
    from planner.batch.pareto import trace_front
    from planner.batch.pools import open_pool
    from planner.commands.interrupt import BATCH, stop_on_interrupt
    from planner.progress import TerminalProgress

    with stop_on_interrupt(BATCH) as interrupt, TerminalProgress(stderr()) as line:
        front = trace_front(
            scenario,
            out,
            x,
            y,
            points,
            open_workers=lambda: open_pool(scheduler, workers, worker_memory),
            iterations=iterations,
            time_limit_s=time_limit,
            seed=seed,
            resume=resume,
            progress=line,
            interrupt=interrupt,
        )
    if not as_json and len(front.points):
        shown = front.points[["point", "x", "y", "y_bound", "dominated", "same_as"]]
        answer(shown.to_string(index=False, float_format=lambda value: f"{value:,.6g}"))
        least = front.points["x_bound"].dropna()
        if len(least):
            answer(f"no plan that keeps the rules has x below {least.iloc[0]:,.6g}")
        answer(f"x in {front.points['x_unit'].iloc[0]}, y in {front.points['y_unit'].iloc[0]}")
        if front.different < front.asked:
            answer(
                f"{front.different} different of {front.asked} points asked for: same_as names the "
                "point that is repeated; students have no point between two whole numbers"
            )
    more = {
        "different_points": front.different,
        "front": front.points.astype(object).to_dict("records"),
        "file": str(front.file),
    }
    tell(front.outcome, as_json=as_json, interrupted=interrupt.is_set(), more=more)
