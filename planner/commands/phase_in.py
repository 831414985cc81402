"""``planner phase-in``: a plan's first years, by who may stay where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.terminal import AsJson, answer, say, speaking, write_json

__all__ = ["phase_in"]


@speaking
def phase_in(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder with the plan.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write.")],
    stay: Annotated[
        str,
        typer.Option(
            metavar="N,N,...",
            help="Who may stay, policy by policy: students in the last N grades of their "
            "building, none, or all.",
        ),
    ] = "none,1,all",
    years: Annotated[
        int, typer.Option(metavar="N", min=1, max=13, help="School years ahead [years].")
    ] = 5,
    siblings: Annotated[
        str,
        typer.Option(
            metavar="SHARE,...",
            help="Shares of students with an older sibling 1, 2, ... grades above, who may join "
            "them. Default: nobody joins.",
        ),
    ] = "",
    entry_growth: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Yearly growth of entering grades; 0.01 = 1 %."),
    ] = 0.0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier phase-in in DIR.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Follow a plan through its first years: seats, evenness and ways, by who may stay.

    Students [students] of moved blocks may stay at their school of today (grandfathering) by each
    policy of --stay; every year all move up a grade. Shows seats [seats], who must change midway,
    dissimilarity [index] and mean ways [m], beside what comes if nothing changes.

    Example: planner phase-in runs/first --out phase_in --stay none,1,all
    """
    from planner.hearing.phase_in_page import write_phase_in_page
    from planner.phasing import follow_run, phase_in_text

    found = follow_run(
        run,
        out,
        stay=stay,
        siblings=siblings,
        years=years,
        entry_growth=entry_growth,
        overwrite=overwrite,
        draw=write_phase_in_page,
    )
    if as_json:
        write_json(found.to_dict())
    else:
        answer(phase_in_text(found))
    say(f"Written: {out / 'index.html'}")
