"""Who goes to another school in one plan than in another: blocks, grades and students."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.grades import GRADE_RANK, GRADES

if TYPE_CHECKING:
    from geodata import StudentCounts

__all__ = ["RANK", "count_moves", "list_moves", "with_names"]

RANK = GRADE_RANK | {"": -1}
"""The place of each grade; -1 of the empty name, which stands for all grades of a level."""


def list_moves(start: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """List the blocks (and grades) whose school differs between two tables of plans.

    Parameters
    ----------
    start, plan : DataFrame
        As `Plan.table`; blocks that one of them has no row for are left out.

    Returns
    -------
    DataFrame
        As `Plan.moves`.
    """
    keys = ["level", "block_id"]
    before = start.rename(columns={"school_id": "from_school"})
    after = plan.rename(columns={"school_id": "to_school"})
    divided = _divided(start, plan)
    is_fine_before, is_fine_after = (
        pd.MultiIndex.from_frame(side[keys]).isin(divided)
        if len(divided)
        else np.zeros(len(side), dtype=bool)
        for side in (before, after)
    )
    whole = before.loc[~is_fine_before, [*keys, "from_school"]].merge(
        after.loc[~is_fine_after, [*keys, "to_school"]], on=keys, validate="one_to_one"
    )
    whole = whole.assign(grade_low="", grade_high="")
    fine = _by_grade(before[is_fine_before]).merge(
        _by_grade(after[is_fine_after]), on=[*keys, "rank"], validate="one_to_one"
    )
    moved = pd.concat([whole, _grade_runs(fine)], ignore_index=True)
    moved = moved[moved["from_school"] != moved["to_school"]]
    columns = ["level", "block_id", "grade_low", "grade_high", "from_school", "to_school"]
    order = np.lexsort((moved["grade_low"].map(RANK).to_numpy(), moved["block_id"], moved["level"]))
    return moved.iloc[order][columns].reset_index(drop=True)


def count_moves(moves: pd.DataFrame, students: StudentCounts) -> pd.DataFrame:
    """Add up moved blocks and students by level and pair of schools.

    Parameters
    ----------
    moves : DataFrame
        From `Plan.moves`.
    students : StudentCounts

    Returns
    -------
    DataFrame
        `level`, `from_school`, `to_school`, `blocks`, `students` [students]; students are NaN
        where the district has no count of those who move.
    """
    counted = moves.assign(students=np.nan)
    for key, rows in moves.groupby(["level", "grade_low", "grade_high"]):
        level, low, high = (str(part) for part in key)
        grades = None if not low else GRADES[RANK[low] : RANK[high] + 1]
        of_level = level if grades is None else None
        if not students.has(level=of_level, grades=grades):
            continue
        counts = students.count(level=of_level, grades=grades)
        at = students.table.index.get_indexer(pd.Index(rows["block_id"]))
        counted.loc[rows.index, "students"] = counts[at]
    grouped = counted.groupby(["level", "from_school", "to_school"], sort=True)
    return grouped.agg(
        blocks=("block_id", "nunique"), students=("students", lambda s: s.sum(skipna=False))
    ).reset_index()


def with_names(moves: pd.DataFrame, names: pd.Series[str]) -> pd.DataFrame:
    """Add what people call the two schools: `from_name` and `to_name`; empty where nameless.

    Parameters
    ----------
    moves : DataFrame
        With `from_school` and `to_school`.
    names : Series of str
        Index school_id.
    """
    return moves.assign(
        from_name=moves["from_school"].map(names).fillna(""),
        to_name=moves["to_school"].map(names).fillna(""),
    )


def _divided(start: pd.DataFrame, plan: pd.DataFrame) -> pd.MultiIndex:
    """Return (level, block) to compare by grade: several rows, or other grades in each plan."""
    keys = ["level", "block_id"]
    several = [side.loc[side.duplicated(keys, keep=False), keys] for side in (start, plan)]
    both = start.merge(plan, on=keys)
    is_stated = (both["grade_low_x"] != "") & (both["grade_low_y"] != "")
    is_same = (both["grade_low_x"] == both["grade_low_y"]) & (
        both["grade_high_x"] == both["grade_high_y"]
    )
    return pd.MultiIndex.from_frame(pd.concat([*several, both.loc[is_stated & ~is_same, keys]]))


def _by_grade(rows: pd.DataFrame) -> pd.DataFrame:
    """Repeat each row for each of its grades, with the grade's `rank`."""
    low = rows["grade_low"].map(RANK).to_numpy(dtype=int)
    high = rows["grade_high"].map(RANK).to_numpy(dtype=int)
    high = np.where(low < 0, len(GRADES) - 1, high)
    low = np.maximum(low, 0)
    length = high - low + 1
    at = np.repeat(np.arange(len(rows)), length)
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    fine = rows.iloc[at].drop(columns=["grade_low", "grade_high"]).reset_index(drop=True)
    return fine.assign(rank=low[at] + offset)


def _grade_runs(fine: pd.DataFrame) -> pd.DataFrame:
    """Join neighbouring grades with the same pair of schools into one row."""
    fine = fine.sort_values(["level", "block_id", "rank"], ignore_index=True)
    columns = ["level", "block_id", "from_school", "to_school"]
    follows = (fine[columns] == fine[columns].shift()).all(axis=1)
    follows &= fine["rank"] == fine["rank"].shift() + 1
    run = (~follows).cumsum()
    first, last = fine[~run.duplicated()], fine[~run.duplicated(keep="last")]
    names = np.array(GRADES, dtype=object)
    return first[columns].assign(
        grade_low=names[first["rank"].to_numpy(dtype=int)],
        grade_high=names[last["rank"].to_numpy(dtype=int)],
    )
