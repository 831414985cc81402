"""``planner report``: maps and pages for a hearing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from planner.commands.terminal import answer, speaking, stderr
from planner.privacy import PRESETS

PRIVACY = ", ".join(preset.name for preset in PRESETS)


@speaking
def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Run folders: options A, B, C …")
    ],
    *,
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
    privacy: Annotated[
        str | None,
        typer.Option(metavar="PRESET", help=f"With --public: one of {PRIVACY}. Default: ten."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="N", help="With --public: hide fewer than N students. Default: the preset's."
        ),
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="With --public: an earlier public packet in a folder far from this one. "
            "May be repeated.",
        ),
    ] = None,
    translations: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="TOML: your name, titles, sources and other texts in Spanish."
        ),
    ] = None,
    date: Annotated[
        datetime | None,
        typer.Option(metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="Date. Default: today."),
    ] = None,
) -> None:
    """Write maps and pages for a hearing.

    Distances are shown in miles and kilometres, shares in percent.

    A public packet shows no number from which fewer than 10 students could be counted, and
    remembers the public packets in and near its folder. --privacy chooses another rule: five,
    eleven, fifteen, sixteen and thirty hide smaller numbers than that; ten_coded also shows
    shares of 5 % or less, or of 95 % or more, only as such; ten_percent besides shows groups of
    10 to 20 students only in whole percent.

    Example: planner report runs/a runs/b --out hearing
    """
    from planner.errors import DisclosureError
    from planner.hearing import report as write
    from planner.progress import TerminalProgress

    if not public and (privacy or threshold is not None or earlier):
        raise DisclosureError(
            "--privacy, --threshold and --earlier are about public packets",
            "without --public every number is shown",
            "add --public, or leave them out",
        )
    day = None if date is None else date.date()
    with TerminalProgress(stderr()) as line:
        page = write(
            runs, out, public=public, lang=lang, day=day, adopted=adopted,
            preset=privacy or "ten", threshold=threshold, earlier=earlier or (),
            translations=translations, progress=line,
        )  # fmt: skip
    answer(str(page))
