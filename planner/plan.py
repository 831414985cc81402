"""A plan: one long table that says which school serves each block, level and grade range.

Redrawn zones, pairs, grade centers and closures are all this table; they differ only in which
rows may change.  A level whose grades all go to one building has one row a block; where schools
divide the grades there is one row a block and grade range.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.dtypes import Bools, Ints
from geodata.errors import counted, listed
from geodata.grades import GRADES
from planner.errors import PlanError
from planner.moves import RANK, list_moves

if TYPE_CHECKING:
    from geodata import District, Level
    from planner.problem import Problem

__all__ = ["COLUMNS", "Plan", "plan_columns", "read_plan", "write_plan"]

COLUMNS = ["block_id", "level", "school_id", "grade_low", "grade_high"]


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
        rank = table["grade_low"].map(RANK).fillna(-1)
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
        return list_moves(start.table, self.table)

    def is_whole(self, levels: Mapping[str, Level]) -> Bools:
        """Tell of each row whether it is about every grade of its level.

        Parameters
        ----------
        levels : mapping of name to Level
            Those of the district.
        """
        level = self.table["level"]
        first = level.map({name: RANK[one.span.low] for name, one in levels.items()})
        last = level.map({name: RANK[one.span.high] for name, one in levels.items()})
        low, high = (self.table[column].map(RANK) for column in ("grade_low", "grade_high"))
        return np.asarray((low < 0) | ((low <= first) & (high >= last)), dtype=np.bool_)

    def digest(self, levels: Mapping[str, Level]) -> str:
        """Return the SHA-256 of what the plan decides, the same for every way to write it.

        Parameters
        ----------
        levels : mapping of name to Level
            Those of the district: all grades of one may be written or left out.
        """
        canonical = self.table.copy()
        canonical.loc[self.is_whole(levels), ["grade_low", "grade_high"]] = ""
        text = canonical.to_csv(index=False, lineterminator="\n")
        return hashlib.sha256(text.encode()).hexdigest()


def plan_columns(plan: Plan, levels: Mapping[str, Level]) -> list[str]:
    """Return the columns to write: grades only where some row is about a part of its level."""
    return COLUMNS[:3] if plan.is_whole(levels).all() else COLUMNS


def write_plan(plan: Plan, path: Path, levels: Mapping[str, Level]) -> None:
    """Write a plan of a district with some levels as CSV."""
    table = plan.table[plan_columns(plan, levels)]
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


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
    """Raise `PlanError` with every fault: empty ids, grades that are none or served twice."""
    faults = []
    for column in ("block_id", "level", "school_id"):
        if count := int((table[column] == "").sum()):
            faults.append(f"{counted(count, 'row')} with an empty {column}")
    low, high = (table[column].map(RANK) for column in ("grade_low", "grade_high"))
    unknown = {*table["grade_low"], *table["grade_high"]} - RANK.keys()
    if unknown:
        faults.append(f"unknown grades: {', '.join(sorted(unknown))}")
    before = table.shift()
    same = (table["block_id"] == before["block_id"]) & (table["level"] == before["level"])
    last = high.replace(-1, len(GRADES)).shift()  # no grades are all grades
    wrong = {
        "with a first grade or a last one, not both": (low < 0) != (high < 0),
        "with grades from high to low": (high >= 0) & (low > high),
        "with two schools for the same level and grade": same & ~(low > last),
    }
    for told, rows in wrong.items() if not unknown else ():
        ids = table.loc[rows, "block_id"].unique()
        if len(ids):
            faults.append(f"{counted(len(ids), 'block')} {told} ({listed(ids)})")
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
        table["grade_low"].map(RANK) == table["grade_high"].shift().map(RANK).fillna(-9) + 1
    )
    if not follows.any():
        return table
    run = (~follows).cumsum()
    last = table["grade_high"].groupby(run).transform("last")
    return table.assign(grade_high=last)[~follows].reset_index(drop=True)
