"""``planner structures`` and ``planner pairs``: schools organised by grade."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.check import DistrictFile
from planner.commands.terminal import (
    INTERRUPTED,
    AsJson,
    answer,
    code_of,
    end,
    say,
    speaking,
    write_json,
)

if TYPE_CHECKING:
    import pandas as pd

    from planner.reorganise import Comparison


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

    Evenness within grades, changes of building, siblings, ways [m], classes [students], seats;
    a picture of the aim against its costs. Ctrl-C keeps the finished options (exit code 130); an
    option without a plan is named with the reason, and the others are compared (2, 3 or 4).

    Example: planner structures structures.toml --out comparison
    """
    from planner.reorganise import compare_structures

    tell = None if as_json else say
    found = compare_structures(file, out, overwrite=overwrite, tell=tell, draw=_draw)
    if as_json:
        write_json(found.to_dict())
    else:
        answer(found.text())
        answer(f"Written: {out}")
    for name, error in found.refused.items():
        say(f"planner: {name} was not worked out: {error}")
    if found.stopped:
        end(INTERRUPTED)
    if found.refused:
        end(min(map(code_of, found.refused.values())))


def _draw(found: Comparison, folder: Path) -> None:
    """Add the picture to a comparison's folder."""
    from planner.hearing.structure_picture import write_structure_picture

    write_structure_picture(found.picture, folder, title=found.file.title)


@speaking
def pairs(
    district: DistrictFile,
    *,
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
        ledger = table.attrs["ledger"].to_dict()
        write_json({"pairs": rows, "notes": table.attrs["notes"], "ledger": ledger})
        return
    answer(_listed(table))
    for note in table.attrs["notes"]:
        answer(f"Note: {note}")
    for sentence in table.attrs["ledger"].sentences():
        answer(sentence)


def _listed(table: pd.DataFrame) -> str:
    """Return pairs as a table for people, with units in its heads."""
    import pandas as pd

    gains = [column for column in table.columns if column.startswith("gain_")]
    columns: dict[str, tuple[str, float, str]] = {  # head, factor and form of numbers
        "names": ("pair", 1, ""),
        "spans": ("grades", 1, ""),
        **{gain: (gain.replace("_", " "), 1, "z.4f") for gain in gains},
        "fits": ("fits", 1, ""),
        "moved": ("students who move", 1, ",.0f"),
        "travel_change_m": ("their way longer [m]", 1, "z,.0f"),
        "district_travel_change_m": ("mean way of all longer [m]", 1, "z,.0f"),
        "fullest": ("fullest [% of seats]", 100, ".0f"),
        "poverty_difference": ("poverty apart [points]", 100, ".0f"),
    }
    said = table.assign(fits=table["fits"].map({True: "yes", False: "no", None: "unknown"}))
    shown = {
        head: [
            str(value) if not form else "unknown" if isnan(value) else f"{factor * value:{form}}"
            for value in said[column]
        ]
        for column, (head, factor, form) in columns.items()
        if column in said
    }
    return pd.DataFrame(shown).to_string(index=False)
