"""What a structure asks of families: real households, and the morning round.

Transitions, years a building and the formulas for siblings are in `planner.metrics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.dtypes import Floats
from geodata.errors import DataError, listed
from geodata.grades import parse_grade
from planner.errors import StructureError
from planner.metrics.base import mean_of_blocks
from planner.structures.arrangement import Arrangement

__all__ = [
    "Households",
    "buildings_of_households",
    "drop_off_m",
    "siblings_formula",
    "siblings_in_households",
]

NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Households:
    """Students who live together, one row a student.

    Parameters
    ----------
    household : (k,) int
        Number of the household.
    block, grade : (k,) int
        Indices into the blocks and grades of an arrangement.

    Notes
    -----
    Person-level data: it stays on the planner's machine and never enters a report.
    """

    household: NDArray[np.intp]
    block: NDArray[np.intp]
    grade: NDArray[np.intp]

    @classmethod
    def from_table(cls, table: pd.DataFrame, arrangement: Arrangement) -> Households:
        """Read columns ``household_id``, ``block_id``, ``grade``; other grades are left out.

        Raises
        ------
        StructureError
            Where a row names no block or no grade, or no row is about the arrangement's grades.
        """
        block = pd.Index(arrangement.block_ids).get_indexer(pd.Index(table["block_id"]))
        read = table["grade"].astype(str).map(_grade)
        grade = pd.Index(arrangement.grades).get_indexer(pd.Index(read))
        keep = (block >= 0) & (grade >= 0)
        _refuse_unmatched(table, block < 0, (read == "").to_numpy(), keep)
        number = pd.factorize(table["household_id"])[0]
        return cls(number[keep], block[keep], grade[keep])

    def schools(self, arrangement: Arrangement) -> NDArray[np.intp]:
        """School of each student, (k,) int."""
        return arrangement.school_of[self.block, self.grade].astype(np.intp)


def _grade(text: str) -> str:
    try:
        return parse_grade(text)
    except DataError:
        return ""


def _refuse_unmatched(
    table: pd.DataFrame,
    no_block: NDArray[np.bool_],
    no_grade: NDArray[np.bool_],
    keep: NDArray[np.bool_],
) -> None:
    """Refuse rows that would drop out unseen; ids of households are never told."""
    faults = []
    for column, wrong in (("block_id", no_block), ("grade", no_grade)):
        names = sorted(set(table.loc[wrong, column].astype(str)))
        if names:
            faults.append(
                f"{int(wrong.sum())} of {len(table)} rows have an unknown {column} "
                f"({listed(names)})"
            )
    if not faults and not keep.any():
        faults.append(f"none of {len(table):,} rows is about a grade that is compared")
    if faults:
        raise StructureError(
            f"households: {'; '.join(faults)}",
            "siblings would be counted among the rest only",
            "write blocks and grades as the district does, with leading zeros",
        )


def siblings_formula(spans: Sequence[int], gap: int) -> float:
    """Chance that siblings share a building, from grade spans alone.

    Maths    share of grade pairs (h, h + gap) inside one building
    Range    0 to 1; better higher
    Unit     share

    Parameters
    ----------
    spans : sequence of int [grades]
        Grades of each building a student passes through: K-5, 6-8, 9-12 is ``(6, 3, 4)``.
    gap : int [grades]
    """
    pairs = sum(spans) - gap
    if pairs <= 0:
        return NAN
    return sum(max(0, span - gap) for span in spans) / pairs


def siblings_in_households(arrangement: Arrangement, gap: int, households: Households) -> float:
    """Share of real siblings so many grades apart who share a building.

    Maths    pairs of students of one household and that gap in one building / all such pairs
    Range    0 to 1; better higher
    Unit     share

    Parameters
    ----------
    arrangement : Arrangement
    gap : int [grades]
    households : Households

    Returns
    -------
    float
        NaN where no household has such a pair.
    """
    table = pd.DataFrame(
        {
            "family": households.household,
            "grade": households.grade,
            "school": households.schools(arrangement),
        }
    )
    older = table.assign(grade=table["grade"] - gap)
    pairs = table.merge(older, on=["family", "grade"], validate="many_to_many")
    return float((pairs["school_x"] == pairs["school_y"]).mean()) if len(pairs) else NAN


def buildings_of_households(arrangement: Arrangement, households: Households) -> float:
    """Count the buildings a real family with two or more students has children in.

    Maths    mean number of distinct schools over families of two or more
    Range    1 to the number of children; better lower
    Unit     buildings
    """
    schools = households.schools(arrangement)
    table = pd.DataFrame({"family": households.household, "school": schools})
    by_family = table.groupby("family")["school"].agg(["size", "nunique"])
    shared = by_family.loc[by_family["size"] > 1, "nunique"]
    return float(shared.mean()) if len(shared) else NAN


def drop_off_m(
    arrangement: Arrangement,
    metres: Floats,
    gaps_m: Floats,
    weight: Floats,
    *,
    households: Households | None = None,
) -> float:
    """Length of a morning round home → every child's school → home.

    Maths    shortest round through the family's distinct schools; without households: two
             children of different grades, every pair of grades equally likely
    Unit     metres
    Exact    yes for up to 6 schools a family (every order is tried)

    Parameters
    ----------
    arrangement : Arrangement
    metres : (n, m) float64 [m]
        Block to school; NaN unknown, which leaves the family out.
    gaps_m : (m, m) float64 [m]
        School to school.
    weight : (n,) float64 [students]
    households : Households, optional
    """
    if households is not None:
        return _household_rounds(arrangement, metres, gaps_m, households)
    grades = len(arrangement.grades)
    if grades < 2:
        return NAN
    rows = np.arange(len(arrangement.block_ids))
    total = np.zeros(len(rows))
    for low in range(grades):
        for high in range(low + 1, grades):
            a, b = arrangement.school_of[:, low], arrangement.school_of[:, high]
            total += metres[rows, a] + gaps_m[a, b] + metres[rows, b]
            total[(a < 0) | (b < 0)] = NAN
    return mean_of_blocks(total / (grades * (grades - 1) / 2), weight, ~np.isnan(total))


def _household_rounds(
    arrangement: Arrangement, metres: Floats, gaps_m: Floats, households: Households
) -> float:
    schools = households.schools(arrangement)
    table = pd.DataFrame(
        {"family": households.household, "block": households.block, "school": schools}
    )
    lengths = []
    for _, family in table.groupby("family"):
        stops = sorted(set(family["school"]))
        if len(family) < 2 or stops[0] < 0 or len(stops) > 6:
            continue
        home = metres[int(family["block"].iloc[0])]
        lengths.append(
            min(
                home[order[0]] + sum(gaps_m[a, b] for a, b in pairwise(order)) + home[order[-1]]
                for order in permutations(stops)
            )
        )
    known = np.array(lengths)[~np.isnan(lengths)] if lengths else np.array([])
    return float(known.mean()) if len(known) else NAN
