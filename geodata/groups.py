"""Parts may not be more than the whole: groups, poverty and grades against totals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.errors import Fault, fatal, warning
from geodata.grades import GRADES
from geodata.students import ALL, POOR, Cell

__all__ = ["sum_faults"]

Columns = dict[Cell, NDArray[np.float64]]

TOLERANCE = 1e-6
"""Estimated counts are fractions: rounding up to this share of a whole is none [share]."""


def sum_faults(
    table: pd.DataFrame, groups: Sequence[str], *, estimated: bool, exhaustive: bool, file: str
) -> list[Fault]:
    """Return a fault for every kind of part that is more than its whole in some block.

    Parameters
    ----------
    table : DataFrame [students]
        As in `StudentCounts`.
    groups : sequence of str
    estimated : bool
        Estimates may disagree from block to block: a warning then, while the district as a whole
        has no more poor students than students.
    exhaustive : bool
        Whether the groups are said to add up to the total.
    file : str
    """
    values = table.to_numpy(dtype=np.float64)
    cells: Columns = {
        (str(key[0]), str(key[1]), str(key[2])): values[:, at]
        for at, key in enumerate(table.columns)
    }
    faults: list[Fault] = []
    for name, wholes, parts in _comparisons(cells, groups):
        over = np.zeros(len(table), dtype=bool)
        is_more = False
        for key, whole in wholes.items():
            is_more |= bool(np.nansum(parts[key]) > np.nansum(whole) * (1 + TOLERANCE))
            over |= whole < parts[key] - TOLERANCE * np.maximum(1.0, np.abs(whole))
        if over.any():
            is_doubtful = estimated and not (is_more and name == "poor students")
            faults.append(_over_fault(name, table.index[over], is_doubtful, file))
    if exhaustive and groups:
        short = np.zeros(len(table), dtype=bool)
        for whole, added in _group_sums(cells, groups):
            short |= added < whole - TOLERANCE * np.maximum(1.0, np.abs(whole))
        if short.any():
            faults.append(
                (warning if estimated else fatal)(
                    "groups_under_total",
                    file,
                    f"in {short.sum():,} blocks the groups add up to less than the total",
                    rows=table.index[short],
                    why="groups_exhaustive says that every student is in one group",
                    do="map the missing group, or leave groups_exhaustive out",
                )
            )
    return faults


def _comparisons(cells: Columns, groups: Sequence[str]) -> list[tuple[str, Columns, Columns]]:
    """Return wholes and parts by kind of comparison."""
    sums: Columns = {}
    for grade, _, poverty in cells:
        parts = [cells[grade, name, poverty] for name in groups if (grade, name, poverty) in cells]
        if parts and (grade, ALL, poverty) in cells:
            sums[grade, ALL, poverty] = np.nansum(parts, axis=0)
    poor = {
        (grade, group, ALL): values
        for (grade, group, poverty), values in cells.items()
        if poverty == POOR and (grade, group, ALL) in cells
    }
    grades = {}
    for _, group, poverty in cells:
        parts = [cells[g, group, poverty] for g in GRADES if (g, group, poverty) in cells]
        if parts and (ALL, group, poverty) in cells:
            grades[ALL, group, poverty] = np.nansum(parts, axis=0)
    named = (("groups", sums), ("poor students", poor), ("grades", grades))
    return [(name, {key: cells[key] for key in parts}, parts) for name, parts in named if parts]


def _group_sums(
    cells: Columns, groups: Sequence[str]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    return [
        (whole, np.sum([cells[grade, name, poverty] for name in groups], axis=0))
        for (grade, group, poverty), whole in cells.items()
        if group == ALL and all((grade, name, poverty) in cells for name in groups)
    ]


def _over_fault(name: str, blocks: pd.Index, estimated: bool, file: str) -> Fault:
    code = {"groups": "groups_over_total", "poor students": "poor_over_total"}
    return (warning if estimated else fatal)(
        code.get(name, "grades_over_total"),
        file,
        f"in {len(blocks):,} blocks the {name} add up to more than the whole",
        rows=blocks,
        why="shares of students would exceed 100 %",
        do="check that the columns count the same students of the same year, and that they are "
        "numbers of students, not percentages (percentage × students / 100)"
        + ("" if estimated else "; where they are estimates, state estimated = true"),
    )
