"""Ids are texts: missing, repeated, without their leading zeros, or unknown to another file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from geodata.errors import Fault, counted, fatal, warning

__all__ = ["id_faults", "unmatched_fault"]

GEOID_WIDTHS = (5, 7, 11, 12, 15)
"""Census ids of counties, districts, tracts, block groups and blocks [characters]."""

_NUMBER = re.compile(r"\d+\.0+|\d(\.\d+)?[eE]\+?\d+")
_PAD = "state width: {{ column = …, width = {width} }} fills the zeros in"


def id_faults(ids: pd.Series, rows: Sequence[str], file: str, what: str) -> list[Fault]:
    """Return the faults of a column of ids that must be there and must not repeat.

    Parameters
    ----------
    ids : Series of str or None
    rows : sequence of str
        Names of the rows, for those without an id.
    file, what : str
        Names of the file and of what the ids stand for.
    """
    faults = []
    missing = ids.isna().to_numpy(dtype=bool)
    if missing.any():
        faults.append(
            fatal(
                "id_missing",
                file,
                f"{missing.sum():,} {what} have no id",
                rows=[row for row, gone in zip(rows, missing, strict=True) if gone],
                why="nothing can be matched to them",
                do="fill the ids in, or leave the rows out with where",
            )
        )
    present = ids[~missing]
    repeated = present[present.duplicated(keep=False)]
    if len(repeated):
        faults.append(
            fatal(
                "id_duplicate",
                file,
                f"{counted(repeated.nunique(), 'id')} of {what} in {len(repeated):,} "
                f"rows{_mangled(repeated)}",
                rows=sorted(repeated.unique()),
                why="each must be one row; otherwise students and plans are counted twice",
                do="merge the rows, name another id column, or pick rows with where",
            )
        )
    return faults + _short_ids(present, file, what)


def _short_ids(ids: pd.Series, file: str, what: str) -> list[Fault]:
    """Find ids of digits that are one digit short: their leading zero went lost."""
    if ids.empty or not ids.str.isdigit().all():
        return []
    lengths = ids.str.len()
    longest = int(lengths.max())
    short = ids[lengths == longest - 1]
    if longest in GEOID_WIDTHS and len(short) > 0 and set(lengths) <= {longest, longest - 1}:
        padded = longest
    elif (lengths == 14).all() or (lengths == 10).all():
        short, padded = ids, longest + 1
    else:
        return []
    return [
        warning(
            "id_leading_zeros",
            file,
            f"{counted(len(short), 'id')} of {what} with {padded - 1} digits, as where a leading "
            "zero was lost",
            rows=sorted(short.unique()),
            why="they will not match the same ids in other files",
            do=_PAD.format(width=padded),
        )
    ]


def _mangled(ids: Iterable[str]) -> str:
    """Return a hint at ids that a spreadsheet wrote as numbers, or nothing."""
    found = [name for name in ids if _NUMBER.fullmatch(name)]
    if not found:
        return ""
    return (
        f"; {found[0]} was written by a spreadsheet that took the id for a number: export the "
        "column as text again"
    )


def unmatched_fault(
    ids: Iterable[str],
    known: Iterable[str],
    *,
    file: str,
    other: str,
    what: str,
    why: str,
    make: Callable[..., Fault] = warning,
) -> Fault | None:
    """Return a fault where ids of one file are not in another, or None.

    Ids that would match with their leading zeros are told as such, and are fatal; so it is when
    no id matches at all.

    Parameters
    ----------
    ids : iterable of str
        Ids used in `file`.
    known : iterable of str
        Ids of `other`.
    what : str
        What the ids stand for.
    why : str
        What happens to the rows.
    make : function
        `warning` or `fatal`.
    """
    there, used = set(known), set(ids)
    strangers = sorted(used - there)
    if not strangers:
        return None
    make = fatal if len(strangers) == len(used) else make
    stripped = {name.lstrip("0"): name for name in there}
    padded = [name for name in strangers if name.lstrip("0") in stripped]
    if padded:
        match = [stripped[name.lstrip("0")] for name in padded]
        own, theirs = (int(np.median([len(name) for name in names])) for names in (padded, match))
        short = file if own < theirs else other
        return fatal(
            "id_leading_zeros",
            file,
            f"{counted(len(padded), 'id')} of {what} would match {other} only with other leading "
            "zeros",
            rows=padded,
            why=f"a spreadsheet took the ids of {short} for numbers; " + why,
            do=f"for the ids of {short}: " + _PAD.format(width=max(own, theirs)),
        )
    plain = {" ".join(name.split()).casefold() for name in there}
    nearly = sum(" ".join(name.split()).casefold() in plain for name in strangers)
    hint = f"; {nearly:,} would match but for spaces or capitals" if nearly else ""
    return make(
        "id_unmatched",
        file,
        f"{counted(len(strangers), 'id')} of {what} not in {other}{hint}{_mangled(strangers)}",
        rows=strangers,
        why=why,
        do="correct the ids, map them with values, or leave the rows out with where",
    )
