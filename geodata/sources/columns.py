"""Find the columns that a section names: as spelt, in other capitals, or not in the header row."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import BaseModel

from geodata.config_basics import FileConfig
from geodata.errors import Fault, fatal, warning

__all__ = ["as_named", "column_missing"]

ROWS_SEARCHED = 30
"""The row with the names of columns is looked for in so many rows under the first."""


def as_named(
    frame: pd.DataFrame, wanted: Sequence[BaseModel], file: str
) -> tuple[pd.DataFrame, Fault | None]:
    """Return a table whose columns are spelt as a section names them, and a warning where not.

    A name that only one column bears but for capitals and blanks can mean no other.

    Parameters
    ----------
    frame : DataFrame
    wanted : sequence of models
        The section, and other parts of the district file that name columns of this file.
    file : str
        Name of the file, for the warning.
    """
    there = [str(name) for name in frame.columns]
    found: dict[str, str] = {}
    for name in dict.fromkeys(name for part in wanted for name in _names(part)):
        alike = [column for column in there if _plain(column) == _plain(name)]
        if name not in there and len(alike) == 1 and alike[0] not in found:
            found[alike[0]] = name
    if not found:
        return frame, None
    told = ", ".join(f"{column!r} for {name!r}" for column, name in found.items())
    return frame.rename(columns=found), warning(
        "column_spelling",
        file,
        f"columns are spelt otherwise: read was {told}",
        why="no other column has such a name but for capitals and blanks, so they must be meant",
        do="nothing; or spell the names as the file does",
    )


def column_missing(
    frame: pd.DataFrame,
    column: str,
    file: str,
    what: str,
    *,
    header: int = 0,
    do: str = "state header_row = {row} in every section that reads this file",
) -> Fault:
    """Return the fault of a column that the file does not have.

    Parameters
    ----------
    header : int
        The row that was read as the names of columns, from 1; 0 for layers, which have none.
    do : str
        How another row is named.
    """
    row = _header_row(frame, column, header) if header else None
    if row is not None:
        return fatal(
            "column_missing",
            file,
            f"has no column {column!r} in row {header}; the name stands in row {row}",
            why="rows above the names of the columns are titles",
            do=do.format(row=row),
        )
    names = [str(name) for name in frame.columns]
    close = difflib.get_close_matches(column, names, n=1, cutoff=0.5)
    hint = f": did you mean {close[0]!r}?" if close else ""
    return fatal(
        "column_missing",
        file,
        f"has no column {column!r}{hint}",
        why=f"[{what}] reads it",
        do=f"name one of: {', '.join(names) or '(the file has no columns)'}",
    )


def _header_row(frame: pd.DataFrame, column: str, header: int) -> int | None:
    """Return the row, from 1, of a cell with the name of a column, under the row read as such."""
    for row, cells in frame.head(ROWS_SEARCHED).iterrows():
        if any(_plain(str(cell)) == _plain(column) for cell in cells):
            return int(str(row)) + header + 1
    return None


def _names(part: Any) -> Iterator[str]:
    """Yield every name of a column in a part of the district file."""
    if isinstance(part, FileConfig):
        yield from part.where
    if isinstance(part, BaseModel):
        for key, value in part:
            if key in {"column", "reason_column"} and value:
                yield value
            elif key != "where":
                yield from _names(value)
    elif isinstance(part, Mapping):
        yield from (name for value in part.values() for name in _names(value))
    elif isinstance(part, list):
        yield from (name for value in part for name in _names(value))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
