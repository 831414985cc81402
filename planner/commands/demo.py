"""``planner demo``: the whole job on the built-in town."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.headlines import headline_lines
from planner.commands.interrupt import stop_on_interrupt
from planner.commands.terminal import INTERRUPTED, answer, end, speaking, stderr


@speaking
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to make.")] = Path(
        "demo"
    ),
    time_limit: Annotated[
        float | None,
        typer.Option(metavar="S", min=1.0, help="Solve for S seconds [s]. Default: 60."),
    ] = None,
) -> None:
    """Do the whole job once, on a made-up town.

    Writes the town, a scenario, its plan and the maps; needs no network.  Ways are in metres [m].

    Example: planner demo --out demo
    """
    from planner.demo import run_demo
    from planner.progress import TerminalProgress

    with stop_on_interrupt() as interrupt, TerminalProgress(stderr()) as line:
        outcome = run_demo(out, time_limit_s=time_limit, progress=line, interrupt=interrupt)
    if outcome.evaluation is not None:
        for level in outcome.evaluation.levels:
            answer("\n".join(headline_lines(outcome.evaluation, level)))
        for warning in outcome.evaluation.warnings:
            answer(f"Note: {warning}")
    answer(f"Open {out / 'report' / 'index.html'} in a browser.")
    answer(f"Numbers and map layers: {out / 'run'} · the question asked: {out / 'scenario.toml'}")
    if interrupt.is_set():
        end(INTERRUPTED)
