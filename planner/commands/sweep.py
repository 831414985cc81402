"""``planner sweep``: hundreds of scenarios, one answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.commands.terminal import (
    BAD_INPUT,
    INTERRUPTED,
    NO_PLAN,
    AsJson,
    answer,
    end,
    say,
    speaking,
    stderr,
    write_json,
)

if TYPE_CHECKING:
    from planner.batch.sweep import Outcome

__all__ = ["Resume", "Scheduler", "WorkerMemory", "Workers", "Yes", "sweep", "tell"]

Workers = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Processes that work. Default: one a processor."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Dask scheduler, such as tcp://host:8786, in place of processes of this machine.",
    ),
]
WorkerMemory = Annotated[
    float | None,
    typer.Option(
        metavar="GB", min=0.1, help="The most data memory of a worker [GB]. Default: its share, 4."
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with what was begun in DIR: only what is missing.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Run even more scenarios than the limit.")]


@speaking
def sweep(
    file: Annotated[Path, typer.Argument(metavar="SWEEP.toml", help="Sweep file (TOML).")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder; sweeps may share it.")],
    workers: Workers = None,
    scheduler: Scheduler = None,
    worker_memory: WorkerMemory = None,
    resume: Resume = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Solve many what-ifs side by side, and compare them on one page.

    A scenario that fails does not stop the others; nothing that is done is done twice. Times are
    in seconds [s], memory in gigabytes [GB]. Exit code 2: some scenarios could not be meant;
    4: some could not be finished (--resume tries them again).

    Example: planner sweep sweep.toml --out batch --workers 4
    """
    from planner.batch.sweep import run_sweep
    from planner.commands.interrupt import BATCH, stop_on_interrupt
    from planner.progress import TerminalProgress

    with stop_on_interrupt(BATCH) as interrupt, TerminalProgress(stderr()) as line:
        outcome = run_sweep(
            file,
            out,
            workers=workers,
            scheduler=scheduler,
            worker_memory_gb=worker_memory,
            resume=resume,
            confirmed=yes,
            progress=line,
            interrupt=interrupt,
        )
    tell(outcome, as_json=as_json, interrupted=interrupt.is_set())


def tell(
    outcome: Outcome, *, as_json: bool, interrupted: bool, more: Mapping[str, Any] | None = None
) -> None:
    """Print what came of a batch and leave with its exit code."""
    from planner.batch.sweep import exit_kind

    for name, message in outcome.problems:
        say(f"failed: {name}: {message}")
    if as_json:
        write_json(outcome.to_dict() | dict(more or {}))
    else:
        tally = outcome.tally
        counts = ", ".join(f"{count} {status}" for status, count in outcome.statuses.items())
        answer(f"{tally.done} of {tally.total} scenarios have a run: {counts}")
        for note in outcome.notes:
            answer(note)
        answer(f"Compare: {outcome.page} · table: {outcome.table}")
    if interrupted:
        say("interrupted: add --resume to go on")
        end(INTERRUPTED)
    kind = exit_kind(list(outcome.tally.failed.values()))
    if kind != "done":
        end(BAD_INPUT if kind == "input" else NO_PLAN)
