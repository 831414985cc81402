"""``planner report``: maps and pages for a hearing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from planner.commands.terminal import answer, speaking


@speaking
def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Run folders: options A, B, C …")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write.")],
    public: Annotated[
        bool,
        typer.Option("--public", help="Hide numbers from which few students could be counted."),
    ] = False,
    lang: Annotated[
        str, typer.Option(metavar="en|es", help="Language that is shown first.")
    ] = "en",
    adopted: Annotated[
        str, typer.Option(metavar="LETTER", help="Option the board has adopted. Default: a draft.")
    ] = "",
    date: Annotated[
        datetime | None,
        typer.Option(metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="Date. Default: today."),
    ] = None,
) -> None:
    """Write maps and pages for a hearing.

    Distances are shown in miles and kilometres, shares in percent.

    Example: planner report runs/a runs/b --out hearing
    """
    from planner.report import report as write

    day = None if date is None else date.date()
    page = write(runs, out, public=public, lang=lang, day=day, adopted=adopted)
    answer(str(page))
