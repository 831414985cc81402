"""Parts may not be more than the whole: groups, poverty and grades against totals.

Counts are compared where they meet, whichever section they come from: those by grade also as what
they add up to for a level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.errors import Fault, counted, fatal, warning
from geodata.grades import GRADES
from geodata.reserved import EVERY, POOR
from geodata.students import Cell, StudentCounts

__all__ = ["sum_faults"]

Columns = dict[Cell, NDArray[np.float64]]

TOLERANCE = 1e-6
"""Estimated counts are fractions: rounding up to this share of a whole is none [share]."""


def sum_faults(counts: StudentCounts, file: str) -> list[Fault]:
    """Return a fault for every kind of part that is more than its whole in some block.

    Parameters
    ----------
    counts : StudentCounts
        Estimates may disagree from block to block: a warning then, while the district as a whole
        has no more poor students than students.
    file : str
    """
    cells = _cells(counts)
    faults: list[Fault] = []
    for name, wholes, parts in _comparisons(cells, counts):
        over = {key: whole < parts[key] - _slack(whole) for key, whole in wholes.items()}
        if not np.any(list(over.values())):
            continue
        is_more = any(_is_more(parts[key], whole) for key, whole in wholes.items())
        is_doubtful = counts.estimated and not (is_more and name == "poor students")
        faults.append(_over_fault(name, over, counts.table.index, is_doubtful, file))
    sums = _group_sums(cells, counts.groups) if counts.exhaustive else {}
    short = {key: added < cells[key] - _slack(cells[key]) for key, added in sums.items()}
    if np.any(list(short.values())):
        blocks, places = _where(short, counts.table.index)
        faults.append(
            (warning if counts.estimated else fatal)(
                "groups_under_total",
                file,
                f"in {counted(len(blocks), 'block')} the groups{places} add up to less than the "
                "total",
                rows=blocks,
                why="groups_exhaustive says that every student is in one group",
                do="map the missing group, or leave groups_exhaustive out; where another section "
                "gives the total, check that both count the same students of the same year",
            )
        )
    return faults


def _is_more(parts: NDArray[np.float64], whole: NDArray[np.float64]) -> bool:
    """Tell whether parts are more than their whole, over the blocks where both are known."""
    known = ~np.isnan(parts) & ~np.isnan(whole)
    return bool(parts[known].sum() > whole[known].sum() * (1 + TOLERANCE))


def _slack(whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what is rounding of a count, (n_blocks,) [students]."""
    return TOLERANCE * np.maximum(1.0, np.abs(whole))


def _where(wrong: Mapping[Cell, NDArray[np.bool_]], blocks: pd.Index) -> tuple[pd.Index, str]:
    """Return the blocks where something is wrong, and of which grades or levels in words."""
    places = dict.fromkeys(key[0] for key, found in wrong.items() if found.any())
    named = "" if EVERY in places else f" of {', '.join(places)}"
    return blocks[np.any(list(wrong.values()), axis=0)], named


def _cells(counts: StudentCounts) -> Columns:
    """Return every count there is, and those of each level as they add up."""
    values = counts.table.to_numpy(dtype=np.float64)
    cells: Columns = {
        (str(key[0]), str(key[1]), str(key[2])): values[:, at]
        for at, key in enumerate(counts.table.columns)
    }
    for level, group, is_poor in product(
        counts.level_grades, (EVERY, *counts.groups), (False, True)
    ):
        who = None if group == EVERY else group
        if counts.has(level=level, group=who, poor=is_poor):
            added = counts.count(level=level, group=who, poor=is_poor)
            cells[level, group, POOR if is_poor else EVERY] = added
    return cells


def _comparisons(cells: Columns, counts: StudentCounts) -> list[tuple[str, Columns, Columns]]:
    """Return wholes and parts by kind of comparison."""
    groups = counts.groups
    sums: Columns = {}
    for grade, _, poverty in cells:
        parts = [cells[grade, name, poverty] for name in groups if (grade, name, poverty) in cells]
        if parts and (grade, EVERY, poverty) in cells:
            sums[grade, EVERY, poverty] = np.nansum(parts, axis=0)
    poor = {
        (grade, group, EVERY): values
        for (grade, group, poverty), values in cells.items()
        if poverty == POOR and (grade, group, EVERY) in cells
    }
    grades = {}
    for whole, group, poverty in cells:
        within = GRADES if whole == EVERY else counts.level_grades.get(whole, ())
        parts = [cells[g, group, poverty] for g in within if (g, group, poverty) in cells]
        if parts:
            grades[whole, group, poverty] = np.nansum(parts, axis=0)
    named = (("groups", sums), ("poor students", poor), ("grades", grades))
    return [(name, {key: cells[key] for key in parts}, parts) for name, parts in named if parts]


def _group_sums(cells: Columns, groups: Sequence[str]) -> Columns:
    return {
        (grade, group, poverty): np.sum([cells[grade, name, poverty] for name in groups], axis=0)
        for grade, group, poverty in cells
        if group == EVERY and groups and all((grade, name, poverty) in cells for name in groups)
    }


def _over_fault(
    name: str,
    over: Mapping[Cell, NDArray[np.bool_]],
    index: pd.Index,
    estimated: bool,
    file: str,
) -> Fault:
    code = {"groups": "groups_over_total", "poor students": "poor_over_total"}
    blocks, places = _where(over, index)
    return (warning if estimated else fatal)(
        code.get(name, "grades_over_total"),
        file,
        f"in {counted(len(blocks), 'block')} the {name}{places} add up to more than the whole",
        rows=blocks,
        why="shares of students would exceed 100 %",
        do="check that the columns of all sections count the same students of the same year (a "
        "total of one level needs for_levels), and that they are numbers of students, not "
        "percentages (percentage × students / 100)"
        + ("" if estimated else "; where they are estimates, state estimated = true"),
    )
