"""A plan: one long table that says which school serves each block, level and grade range.

Redrawn zones, pairs, grade centers and closures are all this table; they differ only in which
rows may change.  A level whose grades all go to one building has one row a block; where schools
divide the grades there is one row a block and grade range.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.grades import GRADE_RANK, GRADES
from planner.errors import PlanError

if TYPE_CHECKING:
    from geodata import District, StudentCounts
    from planner.problem import Ints, Problem

__all__ = ["COLUMNS", "Plan", "count_moves", "read_plan", "write_plan"]

COLUMNS = ["block_id", "level", "school_id", "grade_low", "grade_high"]
_RANK = GRADE_RANK | {"": -1}


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Which school serves each block, level and grade range.

    Parameters
    ----------
    table : DataFrame
        Columns `block_id`, `level`, `school_id`, `grade_low`, `grade_high`, all strings.  Empty
        grades mean the whole level.  Rows are put in the order of level, block and grade.
    """

    table: pd.DataFrame

    def __post_init__(self) -> None:
        """Put the rows in order and refuse a table that is not a plan."""
        table = _as_strings(self.table)
        rank = table["grade_low"].map(_RANK).fillna(-1)
        order = np.lexsort((rank, table["block_id"], table["level"]))
        table = table.iloc[order].reset_index(drop=True)
        _refuse_faults(table)
        object.__setattr__(self, "table", _join_ranges(table))

    @classmethod
    def from_zones(cls, problem: Problem, zone_of: Ints) -> Plan:
        """Write zones as rows, one a block and partner school of the zone.

        Parameters
        ----------
        problem : Problem
        zone_of : (n,) int32
            Zone of each block; blocks at -1 get no row.
        """
        zone, school, low, high = [], [], [], []
        for z, partners in enumerate(problem.partners_of_zones()):
            for partner in partners:
                zone.append(z)
                school.append(partner.school_id)
                low.append(partner.grade_low)
                high.append(partner.grade_high)
        rows = pd.DataFrame(
            {"zone": zone, "school_id": school, "grade_low": low, "grade_high": high}
        )
        blocks = pd.DataFrame({"block_id": problem.block_ids, "zone": zone_of})
        table = blocks.merge(rows, on="zone", how="inner", validate="many_to_many")
        return cls(table.assign(level=problem.level))

    @classmethod
    def today(cls, district: District) -> Plan:
        """Return the district's plan of today; blocks without a known school have no row."""
        return cls(district.current)

    @classmethod
    def combine(cls, plans: Iterable[Plan]) -> Plan:
        """Put the plans of several levels into one."""
        return cls(pd.concat([plan.table for plan in plans], ignore_index=True))

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels the plan has rows for, sorted."""
        return tuple(sorted(self.table["level"].unique()))

    def level(self, level: str) -> Plan:
        """Return the rows of one level."""
        return Plan(self.table[self.table["level"] == level])

    def zone_index(self, problem: Problem) -> Ints:
        """Return each block's zone in a problem.

        Returns
        -------
        (n,) int32
            -1 where the plan has no row, or its school leads no zone of the problem.
        """
        lead = self.table[self.table["level"] == problem.level].drop_duplicates("block_id")
        school = lead.set_index("block_id")["school_id"].reindex(problem.block_ids)
        zone = school.map(problem.zone_of_school()).fillna(-1)
        return np.asarray(zone, dtype=np.int32)

    def moves(self, start: Plan) -> pd.DataFrame:
        """List the blocks (and grades) that go to another school than in a starting plan.

        Parameters
        ----------
        start : Plan
            Usually today's; blocks it has no row for are not counted as moved.

        Returns
        -------
        DataFrame
            `level`, `block_id`, `grade_low`, `grade_high` (empty: the whole level),
            `from_school`, `to_school`.
        """
        keys = ["level", "block_id"]
        before = start.table.rename(columns={"school_id": "from_school"})
        after = self.table.rename(columns={"school_id": "to_school"})
        divided = set(_divided(start.table)) | set(_divided(self.table))
        is_fine_before, is_fine_after = (
            pd.MultiIndex.from_frame(side[keys]).isin(list(divided))
            if divided
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
        order = np.lexsort(
            (moved["grade_low"].map(_RANK).to_numpy(), moved["block_id"], moved["level"])
        )
        return moved.iloc[order][columns].reset_index(drop=True)

    def digest(self) -> str:
        """Return the SHA-256 of what the plan decides, the same for every way to write it."""
        canonical = self.table.copy()
        whole = ~canonical.duplicated(["level", "block_id"], keep=False)
        canonical.loc[whole, ["grade_low", "grade_high"]] = ""
        text = canonical[COLUMNS].to_csv(index=False, lineterminator="\n")
        return hashlib.sha256(text.encode()).hexdigest()


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
        grades = None if not low else GRADES[_RANK[low] : _RANK[high] + 1]
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


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan as CSV; the grade columns only where some block's grades are divided."""
    divided = plan.table.duplicated(["level", "block_id"]).any()
    columns = COLUMNS if divided else COLUMNS[:3]
    plan.table[columns].to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def read_plan(path: Path) -> Plan:
    """Read a plan from CSV; every id stays the string it is, leading zeros included."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise PlanError(f"{path} cannot be read as a plan: {error}") from error
    return Plan(table)


def _as_strings(table: pd.DataFrame) -> pd.DataFrame:
    missing = {"block_id", "level", "school_id"} - set(table.columns)
    if missing:
        raise PlanError(
            f"the plan has no column {', '.join(sorted(missing))}",
            "a plan says block, level and school",
            f"add the column; found: {', '.join(map(str, table.columns))}",
        )
    table = table.assign(**{c: "" for c in ("grade_low", "grade_high") if c not in table})
    return table[COLUMNS].fillna("").astype(str).astype(object)


def _refuse_faults(table: pd.DataFrame) -> None:
    """Raise `PlanError` with every fault: empty ids, unknown grades, grades served twice."""
    faults = []
    for column in ("block_id", "level", "school_id"):
        if count := int((table[column] == "").sum()):
            faults.append(f"{count} rows have an empty {column}")
    ranks = table[["grade_low", "grade_high"]].apply(lambda column: column.map(_RANK))
    unknown = ranks.isna().any(axis=1)
    if unknown.any():
        bad = table.loc[unknown, ["grade_low", "grade_high"]].to_numpy().ravel()
        names = sorted({grade for grade in bad if grade not in _RANK})
        faults.append(f"unknown grades: {', '.join(names)}")
    same = (table["block_id"] == table["block_id"].shift()) & (
        table["level"] == table["level"].shift()
    )
    twice = same & ~(ranks["grade_low"] > ranks["grade_high"].shift())
    if twice.any() and not unknown.any():
        ids = table.loc[twice, "block_id"].unique()
        faults.append(
            f"{len(ids)} blocks have two schools for the same level and grade "
            f"({', '.join(ids[:5])}{' …' if len(ids) > 5 else ''})"
        )
    if faults:
        raise PlanError(
            "the table is not a plan: " + "; ".join(faults),
            "every block has one school for each level and grade",
            "correct these rows",
        )


def _join_ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Join rows of one block and school whose grades follow each other."""
    same = (
        table[["block_id", "level", "school_id"]]
        == table[["block_id", "level", "school_id"]].shift()
    ).all(axis=1)
    follows = same & (
        table["grade_low"].map(_RANK) == table["grade_high"].shift().map(_RANK).fillna(-9) + 1
    )
    if not follows.any():
        return table
    run = (~follows).cumsum()
    last = table["grade_high"].groupby(run).transform("last")
    return table.assign(grade_high=last)[~follows].reset_index(drop=True)


def _divided(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return (level, block) whose grades go to more than one row."""
    rows = table[table.duplicated(["level", "block_id"], keep=False)]
    return list(rows[["level", "block_id"]].drop_duplicates().itertuples(index=False, name=None))


def _by_grade(rows: pd.DataFrame) -> pd.DataFrame:
    """Repeat each row for each of its grades, with the grade's `rank`."""
    low = rows["grade_low"].map(_RANK).to_numpy(dtype=int)
    high = rows["grade_high"].map(_RANK).to_numpy(dtype=int)
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
