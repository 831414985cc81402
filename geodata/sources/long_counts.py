"""Read counts that stand in rows: one row a block, grade, group and poverty."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.config_students import LongConfig, StudentsConfig
from geodata.errors import DataError, counted, fatal, warning
from geodata.grades import parse_grade
from geodata.reserved import EVERY, POOR
from geodata.sources.cells import Cells
from geodata.students import Cell

__all__ = ["read_long"]

_ANY = frozenset({"*", "all", "total"})
"""What a file may write for "all grades" or "all groups"."""


def read_long(
    section: StudentsConfig, long: LongConfig, cells: Cells, ids: pd.Series, blocks: pd.Index
) -> dict[Cell, NDArray[np.float64]]:
    """Turn rows into one array for each grade, group and poverty.

    Parameters
    ----------
    section : StudentsConfig
    long : LongConfig
    cells : Cells
    ids : Series of str
        Block id of each row.
    blocks : Index of str, (n_blocks,)

    Returns
    -------
    dict of (grade, group, poverty) to (n_blocks,) float64 [students]
    """
    counts = cells.numbers(long.count, "long.count")
    grades = _grades(long, cells)
    groups = pd.Series(EVERY, index=ids.index, dtype=object)
    named = cells.texts(long.group, "long.group")
    if named is not None:
        groups = named.fillna("unknown")
        groups = groups.where(~groups.str.lower().isin(_ANY), EVERY)
    poor = cells.flags(long.poor, "long.poor")
    poor = np.zeros(len(ids), dtype=bool) if poor is None else poor
    if counts is None or grades is None:
        return {}
    if not section.estimated:
        cells.tell_fractions(counts, long.count.column)
    at = blocks.get_indexer(pd.Index(ids.to_numpy(dtype=object), dtype=object))
    table = pd.DataFrame(
        {
            "at": at,
            "grade": grades.to_numpy(dtype=object),
            "group": groups.to_numpy(dtype=object),
            "poverty": np.where(poor, POOR, EVERY),
            "count": counts,
        }
    )[(at >= 0) & grades.notna().to_numpy()]
    repeated = int(table.duplicated(["at", "grade", "group", "poverty"]).sum())
    if repeated:
        cells.add(
            warning(
                "count_rows_added",
                cells.label,
                f"{counted(repeated, 'row repeats', 'rows repeat')} a block, grade, group and "
                "poverty; all were added up",
                why="right where rows count different students, wrong where one replaces another",
                do="pick the rows that are meant with where",
            )
        )
    read = _pivot(table, len(blocks), 0.0 if section.missing_rows_are_zero else np.nan, long)
    if section.missing_rows_are_zero:
        for cell in _without_rows(table, has_poverty=long.poor is not None):
            read.setdefault(cell, np.zeros(len(blocks)))
    return read


def _without_rows(table: pd.DataFrame, *, has_poverty: bool) -> Iterator[Cell]:
    """Yield every grade crossed with every group, so that what nobody is counts as nobody.

    Where a table has rows of all grades beside rows of one, the cells overlap, and a cell without
    rows is not known to be empty.
    """
    seen = [table[name].unique() for name in ("grade", "group")]
    if any(EVERY in values and len(values) > 1 for values in seen):
        return
    for grade, group in product(*seen):
        yield str(grade), str(group), EVERY
        if has_poverty:
            yield str(grade), str(group), POOR


def _pivot(
    table: pd.DataFrame, n_blocks: int, empty: float, long: LongConfig
) -> dict[Cell, NDArray[np.float64]]:
    read: dict[Cell, NDArray[np.float64]] = {}
    for (grade, group, poverty), rows in table.groupby(["grade", "group", "poverty"], sort=True):
        seen = np.bincount(rows["at"], minlength=n_blocks) > 0
        found = np.full(n_blocks, empty)
        summed = np.bincount(rows["at"], weights=rows["count"], minlength=n_blocks)
        found[seen] = summed[seen]
        read[str(grade), str(group), str(poverty)] = found
    if long.poor is None:
        return read
    whole: dict[Cell, NDArray[np.float64]] = dict(read)
    for (grade, group, poverty), values in read.items():
        if poverty == POOR:
            others = read.get((grade, group, EVERY))
            whole[grade, group, EVERY] = values if others is None else values + others
    return whole


def _grades(long: LongConfig, cells: Cells) -> pd.Series | None:
    if long.grade is None:
        return pd.Series(EVERY, index=cells.raw.frame.index, dtype=object)
    found = cells.texts(long.grade, "long.grade")
    if found is None:
        return None
    meaning: dict[str, str] = {}
    wrong = []
    for text in found.dropna().unique():
        try:
            meaning[text] = EVERY if text.lower() in _ANY else parse_grade(text)
        except DataError:
            wrong.append(text)
    if wrong or found.isna().any():
        rows = found.index[found.isna() | found.isin(wrong)]
        cells.add(
            fatal(
                "grade_unreadable",
                cells.label,
                f"column {long.grade.column!r} has {counted(len(rows), 'cell')} without a grade: "
                + ", ".join(map(repr, wrong[:6] or [""])),
                rows=cells.rows(rows),
                why="the students would belong to no level",
                do="map them with values, or leave the rows out with where",
            )
        )
    return found.map(meaning)
