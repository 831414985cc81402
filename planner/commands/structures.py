"""``planner structures`` and ``planner pairs``: schools organised by grade."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.check import DistrictFile
from planner.commands.terminal import AsJson, answer, say, speaking, write_json


@speaking
def structures(
    file: Annotated[
        Path, typer.Argument(metavar="STRUCTURES", help="Structures file (TOML): the options.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier comparison in DIR.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare today, redrawn zones, pairs and grade centers, each made for the same aim.

    Evenness within grades, changes of building, siblings, ways [m], classes [students], seats.

    Example: planner structures structures.toml --out comparison
    """
    from planner.reorganise import compare_structures

    tell = None if as_json else say
    found = compare_structures(file, out, overwrite=overwrite, tell=tell)
    if as_json:
        write_json(found.to_dict())
    else:
        answer(found.text())
        answer(f"Written: {out}")


@speaking
def pairs(
    district: DistrictFile,
    level: Annotated[str, typer.Option(metavar="L", help="Level whose zones are paired.")],
    groups: Annotated[
        str,
        typer.Option(metavar="A,B", help="Two groups to bring together. Default: by poverty."),
    ] = "",
    most: Annotated[int, typer.Option(metavar="N", min=0, help="Pairs listed; 0: all.")] = 10,
    ceiling: Annotated[
        float, typer.Option(metavar="S", min=0.0, help="How full a building may be [share].")
    ] = 1.0,
    as_json: AsJson = False,
) -> None:
    """List the touching zones that would gain most from sharing their schools, and the cost.

    Gains are those of this pair alone; ways are means of the students who move [m].

    Example: planner pairs district.toml --level elementary --groups black,white
    """
    from geodata import load_district
    from planner.reorganise import list_pairs

    known = load_district(district)
    named = tuple(group.strip() for group in groups.split(",") if group.strip())
    table = list_pairs(known, level, groups=named, most=most, ceiling_share=ceiling)
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        write_json({"pairs": rows, "notes": table.attrs["notes"]})
        return
    shown = table[["names", *(c for c in table.columns if c not in {"names", "zone", "other"})]]
    answer(shown.to_string(index=False, float_format=lambda value: f"{value:,.4g}"))
    for note in table.attrs["notes"]:
        answer(f"Note: {note}")
