"""``planner edit``: a page on which a plan is drawn by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.terminal import AsJson, answer, speaking, write_json

__all__ = ["edit"]


@speaking
def edit(
    source: Annotated[
        Path,
        typer.Argument(metavar="RUN|DISTRICT", help="Run folder, or a district: today's zones."),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Page to write (.html).")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace FILE where it is there already.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a page on which blocks are given to schools by hand, with live totals.

    Students [students], seats [seats], shares [%], students moved, detached parts, dissimilarity
    [index] and the mean way [km] follow every edit; undo, locks, plan.csv in and out. One file
    that works without a network; for staff.

    Example: planner edit runs/first --out edit.html
    """
    from planner.workbench import open_draft, write_editor

    draft = open_draft(source)
    write_editor(draft, out, overwrite=overwrite)
    if as_json:
        write_json({"page": str(out), "levels": list(draft.problems)})
        return
    answer(f"Open in a browser: {out}")
    answer(f"Score what you save: planner evaluate {draft.place} --plan plan.csv")
