"""``planner compare``: runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.terminal import AsJson, answer, say, speaking, write_json

if TYPE_CHECKING:
    from planner.comparison import Comparison


@speaking
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Two or more run folders.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write every measure: .csv, .xlsx, or .md for the text."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set runs side by side with today.

    Each measure is told in its own unit, with what got better and what got worse.

    Example: planner compare runs/first runs/second --out comparison.xlsx
    """
    from planner.comparison import compare as set_side_by_side
    from planner.comparison import tell

    comparison = set_side_by_side(runs)
    if out is not None:
        _write(comparison, out)
        say(f"Written: {out}")
    if as_json:
        write_json(comparison.to_dict())
    else:
        answer(tell(comparison))


def _write(comparison: Comparison, out: Path) -> None:
    from planner.comparison import tell
    from planner.errors import PlannerError
    from planner.runs.folder import make_folder

    ending = out.suffix.lower()
    if ending not in (".csv", ".xlsx", ".md", ".txt"):
        raise PlannerError(
            f"{out}: a comparison cannot be written as {ending or 'a file without ending'}",
            remedy="end the name in .csv, .xlsx or .md",
        )
    make_folder(out.parent)
    match ending:
        case ".csv":
            comparison.columns.to_csv(out, index=False, encoding="utf-8", lineterminator="\n")
        case ".xlsx":
            comparison.columns.to_excel(out, index=False, sheet_name="comparison")
        case _:
            out.write_text(tell(comparison) + "\n", encoding="utf-8")
