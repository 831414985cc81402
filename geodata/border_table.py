"""A table of borders, read as what it is: pairs of block ids and, perhaps, a length."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.edges import Edges, positions
from geodata.errors import Fault, fatal
from geodata.ids import unmatched_fault

__all__ = ["table_edges"]

_SAYINGS = (
    (
        "border_unknown_block",
        "name a block that the blocks file does not have",
        "correct the ids, or leave these rows out",
    ),
    ("border_with_itself", "join a block to itself", "leave these rows out"),
    (
        "border_length",
        "have a length that is no number of metres of 0 or more",
        "write the length in metres; leave it empty where it is unknown",
    ),
    (
        "border_repeated",
        "give one pair of blocks different lengths",
        "keep one row for each pair",
    ),
)


def table_edges(
    names: NDArray[np.str_], borders: pd.DataFrame, shortest_m: float, file: str
) -> tuple[Edges, list[Fault]]:
    """Return the borders of a table, and the faults of its rows.

    Parameters
    ----------
    names : (n,) str array, sorted
        Block ids.
    borders : DataFrame
        Columns i, j and, optionally, shared_m [m].  Its index names the rows in faults.
    shortest_m : float [m]
        Borders up to this length are corners, not borders.
    file : str

    Returns
    -------
    Edges, list of Fault
        Rows at fault are left out of the edges.
    """
    i, j = positions(names, borders["i"]), positions(names, borders["j"])
    length, unread = _lengths(borders)
    unknown = (i < 0) | (j < 0)
    itself = (i == j) & ~unknown
    impossible = unread | (length < 0) | np.isinf(length)
    readable = ~(unknown | itself | impossible)
    clash = _clashes(i, j, length, readable)
    faults = [
        fatal(
            code,
            file,
            f"{wrong.sum():,} of {len(borders):,} rows {what}",
            rows=borders.index[wrong],
            why="the contiguity of every zone is judged by this table",
            do=remedy,
        )
        for (code, what, remedy), wrong in zip(
            _SAYINGS, (unknown, itself, impossible, clash), strict=True
        )
        if wrong.any()
    ]
    if unknown.any():
        faults += _lost_zeros(names, borders[unknown], file)
    good = readable & ~clash & ~(length <= shortest_m)
    return Edges.of(len(names), i[good], j[good], length[good]), faults


def _lost_zeros(names: NDArray[np.str_], rows: pd.DataFrame, file: str) -> list[Fault]:
    """Tell the ids of unknown blocks that match with other leading zeros."""
    fault = unmatched_fault(
        pd.concat([rows["i"], rows["j"]]).unique(),
        names.tolist(),
        file=file,
        other="the blocks",
        what="blocks",
        why="their borders would be left out",
    )
    return [fault] if fault is not None and fault.code == "id_leading_zeros" else []


def _lengths(borders: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the lengths [m], NaN unknown, and which of them are no numbers."""
    if "shared_m" not in borders:
        return np.full(len(borders), np.nan), np.zeros(len(borders), dtype=bool)
    length = pd.to_numeric(borders["shared_m"], errors="coerce").to_numpy(dtype=np.float64)
    return length, borders["shared_m"].notna().to_numpy() & np.isnan(length)


def _clashes(
    i: NDArray[np.int32],
    j: NDArray[np.int32],
    length: NDArray[np.float64],
    readable: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell which rows give a pair another length than its other rows do."""
    pairs = pd.DataFrame({"i": np.minimum(i, j), "j": np.maximum(i, j), "length": length})
    kinds = pairs[readable].groupby(["i", "j"])["length"].transform("nunique", dropna=False)
    clash = np.zeros(len(pairs), dtype=bool)
    clash[readable] = kinds.to_numpy() > 1
    return clash
