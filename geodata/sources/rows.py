"""Keep the rows of a file that a section wants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.errors import Fault, fatal
from geodata.sources.cells import as_texts
from geodata.sources.columns import column_missing
from geodata.sources.thousands import without_thousands

__all__ = ["keep_rows"]

_TESTS = frozenset({"not", "min", "max"})


def keep_rows(
    frame: pd.DataFrame, where: dict[str, Any], file: str, what: str, *, header: int = 0
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows that fulfil every condition.

    Parameters
    ----------
    frame : DataFrame
    where : mapping of column to text, list of texts, or ``{not, min, max}``
    file, what : str
        Names of the file and of the section, for faults.
    header : int
        Row of the names of columns, from 1; 0 for layers.
    """
    keep = np.ones(len(frame), dtype=bool)
    faults: list[Fault] = []
    for column, wanted in where.items():
        if column not in frame.columns:
            faults.append(column_missing(frame, column, file, f"{what}.where", header=header))
            continue
        found = _fulfils(frame[column], wanted)
        if found is None:
            faults.append(
                fatal(
                    "config_value",
                    f"[{what}.where]",
                    f"{column!r} has a condition that cannot be read: {wanted!r}",
                    do='write a value, a list of values, or { not = "…", min = 1, max = 9 }',
                )
            )
            continue
        keep &= found
    if len(frame) and not keep.any() and not faults:
        faults.append(
            fatal(
                "file_empty",
                file,
                f"no row fulfils [{what}.where]",
                why=f"[{what}] would be empty",
                do="compare the values there with those in the file",
            )
        )
    return frame[keep], faults


def _fulfils(values: pd.Series[Any], wanted: Any) -> NDArray[np.bool_] | None:
    texts = as_texts(values)
    if _has_flag(wanted):  # a workbook's true is "True", a text table's may be "TRUE"
        texts = texts.map(lambda text: text.lower() if isinstance(text, str) else text)
    if not isinstance(wanted, dict):
        return np.asarray(texts.isin(_texts(wanted)), dtype=bool)
    if not wanted or not set(wanted) <= _TESTS:
        return None
    keep = np.ones(len(values), dtype=bool)
    if "not" in wanted:
        keep &= ~np.asarray(texts.isin(_texts(wanted["not"])), dtype=bool)
        if "" in _texts(wanted["not"]):
            keep &= texts.notna().to_numpy(dtype=bool)
    numbers = pd.to_numeric(without_thousands(texts), errors="coerce").to_numpy(dtype=float)
    for name, is_within in (("min", np.greater_equal), ("max", np.less_equal)):
        if name not in wanted:
            continue
        if isinstance(wanted[name], bool) or not isinstance(wanted[name], int | float):
            return None
        keep &= is_within(numbers, float(wanted[name]))
    return keep


def _has_flag(wanted: Any) -> bool:
    """Tell whether a condition names true or false."""
    named = wanted.get("not") if isinstance(wanted, dict) else wanted
    return any(isinstance(item, bool) for item in (named if isinstance(named, list) else [named]))


def _texts(wanted: Any) -> list[str]:
    items = wanted if isinstance(wanted, list) else [wanted]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in items]
