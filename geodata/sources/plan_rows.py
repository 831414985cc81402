"""Put a plan into the one form it has everywhere: block, level, grades, school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.district import CURRENT_COLUMNS
from geodata.errors import DataError, Fault, counted, fatal, warning
from geodata.grades import GRADE_RANK, GRADES, GradeSpan, grade_index, parse_grade

__all__ = ["empty_plan", "plan_table", "read_grades", "with_spans"]


def empty_plan() -> pd.DataFrame:
    """Return a plan without rows."""
    return pd.DataFrame({name: pd.Series([], dtype="str") for name in CURRENT_COLUMNS})


def read_grades(cells: Sequence[str | None], file: str, faults: list[Fault]) -> list[str]:
    """Read a column of grades; empty where the file has none."""
    meaning: dict[str, str] = {}
    wrong = []
    for text in dict.fromkeys(cells):
        try:
            meaning[text or ""] = parse_grade(text) if text else ""
        except DataError:
            wrong.append(str(text))
    if wrong:
        faults.append(
            fatal(
                "grade_unreadable",
                file,
                f"{counted(len(wrong), 'grade')} of the plan cannot be read",
                rows=wrong,
                why="it is not known which students a row is about",
                do=f"use {', '.join(GRADES)}",
            )
        )
    return [meaning.get(text or "", "") for text in cells]


def with_spans(
    rows: pd.DataFrame, spans: Mapping[str, GradeSpan], file: str, faults: list[Fault]
) -> pd.DataFrame:
    """Fill empty grades with those of the level, and keep within them.

    Rows without a level or a school are dropped; so are, and that is told, rows of grades that
    their level does not have.

    Parameters
    ----------
    rows : DataFrame
        Columns of a plan; ``school_id`` None where the block has none.
    spans : mapping of level to GradeSpan
    file : str
    faults : list of Fault
        Grows.
    """
    kept = rows[rows["school_id"].notna() & rows["level"].isin(list(spans))].copy()
    ends = {}
    for name, pick in (("low", np.maximum), ("high", np.minimum)):
        edge = {level: getattr(span, name) for level, span in spans.items()}
        of_level = kept["level"].map(edge).map(GRADE_RANK).to_numpy(dtype=np.int64)
        own = kept[f"grade_{name}"].map(GRADE_RANK).to_numpy(dtype=np.float64)
        ends[name] = np.where(np.isnan(own), of_level, pick(own, of_level)).astype(np.int64)
        stated = np.where(np.isnan(own), of_level, own)
        ends[f"stated {name}"] = stated.astype(np.int64)
    outside = (ends["low"] > ends["high"]) & (ends["stated low"] <= ends["stated high"])
    if outside.any():
        faults.append(_outside(kept[outside], file))
    for name in ("low", "high"):
        kept[f"grade_{name}"] = np.array(GRADES, dtype=object)[ends[name]]
    return kept[~outside]


def plan_table(rows: pd.DataFrame, file: str, faults: list[Fault]) -> pd.DataFrame:
    """Sort a plan, join neighbouring grades of one school, and tell contradictions.

    Parameters
    ----------
    rows : DataFrame
        ``block_id``, ``level``, ``grade_low``, ``grade_high``, ``school_id``.
    file : str
    faults : list of Fault
        Grows where a block is assigned twice for the same grades.

    Returns
    -------
    DataFrame
        One row a block, level and range of grades that goes to one school.
    """
    if rows.empty:
        return empty_plan()
    table = rows[list(CURRENT_COLUMNS)].astype(object).reset_index(drop=True)
    table["low"] = table["grade_low"].map(grade_index).astype(int)
    table["high"] = table["grade_high"].map(grade_index).astype(int)
    table = table.sort_values(["block_id", "level", "low", "high", "school_id"], kind="stable")
    table = table.reset_index(drop=True)
    same = np.zeros(len(table), dtype=bool)
    keys = table[["block_id", "level"]].to_numpy(dtype=object)
    same[1:] = (keys[1:] == keys[:-1]).all(axis=1)
    low, high = table["low"].to_numpy(), table["high"].to_numpy()
    clash = np.zeros(len(table), dtype=bool)
    clash[1:] = same[1:] & (low[1:] <= high[:-1])
    backwards = low > high
    if clash.any() or backwards.any():
        faults.append(_conflict(table[clash | backwards], file))
        table, same = table[~(clash | backwards)].reset_index(drop=True), same[~(clash | backwards)]
        low, high = table["low"].to_numpy(), table["high"].to_numpy()
        keys = table[["block_id", "level"]].to_numpy(dtype=object)
        same[:] = False
        same[1:] = (keys[1:] == keys[:-1]).all(axis=1)
    school = table["school_id"].to_numpy(dtype=object)
    joins = np.zeros(len(table), dtype=bool)
    joins[1:] = same[1:] & (low[1:] == high[:-1] + 1) & (school[1:] == school[:-1])
    run = np.cumsum(~joins)
    joined = table.assign(run=run).groupby("run", sort=False)
    result = joined.agg(
        block_id=("block_id", "first"),
        level=("level", "first"),
        grade_low=("grade_low", "first"),
        grade_high=("grade_high", "last"),
        school_id=("school_id", "first"),
    )
    return result.reset_index(drop=True).astype("str")


def _outside(rows: pd.DataFrame, file: str) -> Fault:
    told = (
        f"{block}: grades {low} to {high}, level {level}"
        for block, low, high, level in zip(
            rows["block_id"], rows["grade_low"], rows["grade_high"], rows["level"], strict=True
        )
    )
    return warning(
        "plan_grades_outside",
        file,
        f"{counted(len(rows), 'row')} of the plan for grades that the level does not have",
        rows=told,
        why="no student of the level is meant by them, so they are left out",
        do="correct the grades or the level of these rows, or the grades of [levels]",
    )


def _conflict(rows: pd.DataFrame, file: str) -> Fault:
    return fatal(
        "plan_conflict",
        file,
        f"{counted(rows['block_id'].nunique(), 'block is', 'blocks are')} assigned twice for the "
        "same grades",
        rows=sorted(rows["block_id"].unique()),
        why="a student goes to one school",
        do="keep one row a block and grade; state for_grades where two columns divide the grades",
    )
