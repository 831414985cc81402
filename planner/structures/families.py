"""What a structure asks of families: buildings, transitions, siblings, drop-offs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.structures.arrangement import Arrangement

__all__ = [
    "Households",
    "buildings_per_family",
    "cohort_kept_together",
    "drop_off_m",
    "siblings_formula",
    "siblings_together",
    "transitions",
    "years_per_building",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Households:
    """Pupils who live together, one row a pupil.

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
        """Read columns ``household_id``, ``block_id``, ``grade``; other grades are left out."""
        block = pd.Index(arrangement.block_ids).get_indexer(pd.Index(table["block_id"]))
        grade = pd.Index(arrangement.grades).get_indexer(pd.Index(table["grade"].astype(str)))
        keep = (block >= 0) & (grade >= 0)
        number = pd.factorize(table["household_id"])[0]
        return cls(number[keep], block[keep], grade[keep])

    def schools(self, arrangement: Arrangement) -> NDArray[np.intp]:
        """School of each pupil, (k,) int."""
        return arrangement.school_of[self.block, self.grade].astype(np.intp)


def transitions(arrangement: Arrangement, weight: Floats) -> float:
    """Count changes of building on the way through school, of the average pupil.

    Maths    ``sum_b w_b * #{g : school[b,g] != school[b,g+1]} / sum_b w_b``
    Range    0 to G - 1; better lower
    Unit     changes

    Parameters
    ----------
    arrangement : Arrangement
    weight : (n,) float64 [students]
        Pupils living in each block.
    """
    changes = arrangement.school_of[:, 1:] != arrangement.school_of[:, :-1]
    return _mean(changes.sum(axis=1).astype(float), weight)


def years_per_building(arrangement: Arrangement, weight: Floats) -> float:
    """Years the average pupil spends in one building.

    Maths    ``grades / (changes + 1)``, averaged over pupils
    Range    1 to G; better higher
    Unit     years
    """
    changes = arrangement.school_of[:, 1:] != arrangement.school_of[:, :-1]
    return _mean(len(arrangement.grades) / (changes.sum(axis=1) + 1.0), weight)


def cohort_kept_together(
    arrangement: Arrangement, students: Floats, *, at_moves_only: bool = True
) -> float:
    """Share of today's grade-mates who go on to the same building, of the average pupil.

    Maths    kappa = average over pupils of grade g in school s of ``f[s,g -> r]``, the share of
             that cohort which goes to the pupil's own next building r
    Range    above 0 to 1 (the whole cohort moves together); better higher
    Unit     share

    Parameters
    ----------
    arrangement : Arrangement
    students : (n, G) float64 [students]
    at_moves_only : bool
        Count only pupils whose building changes; else a grade passed inside a building counts
        too.

    Returns
    -------
    float
        NaN where nobody changes building.
    """
    m = len(arrangement.school_ids)
    kept, pupils = 0.0, 0.0
    for g in range(len(arrangement.grades) - 1):
        here, there = arrangement.school_of[:, g], arrangement.school_of[:, g + 1]
        known = (here >= 0) & (there >= 0) & ~np.isnan(students[:, g])
        n = students[known, g]
        flow = np.bincount(here[known] * m + there[known], weights=n, minlength=m * m)
        flow = flow.reshape(m, m)
        size = flow.sum(axis=1, keepdims=True)
        share = np.divide(flow, size, out=np.zeros_like(flow), where=size > 0)
        counted = flow.copy()
        if at_moves_only:
            np.fill_diagonal(counted, 0.0)
        kept += float((counted * share).sum())
        pupils += float(counted.sum())
    return kept / pupils if pupils > 0 else NAN


def siblings_formula(spans: Sequence[int], gap: int) -> float:
    """Chance that siblings share a building, from grade spans alone.

    Maths    share of grade pairs (h, h + gap) inside one building
    Range    0 to 1; better higher
    Unit     share

    Parameters
    ----------
    spans : sequence of int [grades]
        Grades of each building a pupil passes through: K-5, 6-8, 9-12 is ``(6, 3, 4)``.
    gap : int [grades]
    """
    pairs = sum(spans) - gap
    if pairs <= 0:
        return NAN
    return sum(max(0, span - gap) for span in spans) / pairs


def siblings_together(
    arrangement: Arrangement,
    weight: Floats,
    gap: int,
    households: Households | None = None,
) -> float:
    """Chance that two siblings so many grades apart share a building.

    Maths    with households: share of their pairs of that gap in one building; without: share of
             grade pairs (h, h + gap) with one school, averaged over blocks by pupils
    Range    0 to 1; better higher
    Unit     share

    Parameters
    ----------
    arrangement : Arrangement
    weight : (n,) float64 [students]
    gap : int [grades]
    households : Households, optional
    """
    if households is not None:
        return _pairs_together(arrangement, gap, households)
    if gap >= len(arrangement.grades):
        return NAN
    low = arrangement.school_of[:, : len(arrangement.grades) - gap]
    high = arrangement.school_of[:, gap:]
    return _mean(((low == high) & (low >= 0)).mean(axis=1), weight)


def buildings_per_family(
    arrangement: Arrangement, weight: Floats, households: Households | None = None
) -> float:
    """Count the buildings a family has children in.

    Maths    with households: mean number of distinct schools over families of two or more;
             without: two children, every pair of different grades equally likely
    Range    1 to the number of children; better lower
    Unit     buildings
    """
    if households is not None:
        schools = households.schools(arrangement)
        table = pd.DataFrame({"family": households.household, "school": schools})
        by_family = table.groupby("family")["school"].agg(["size", "nunique"])
        shared = by_family[by_family["size"] > 1]["nunique"]
        return float(shared.mean()) if len(shared) else NAN
    grades = len(arrangement.grades)
    if grades < 2:
        return NAN
    apart = np.zeros(len(arrangement.block_ids))
    for low in range(grades):
        for high in range(low + 1, grades):
            apart += arrangement.school_of[:, low] != arrangement.school_of[:, high]
    return 1.0 + _mean(apart / (grades * (grades - 1) / 2), weight)


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
    return _mean(total / (grades * (grades - 1) / 2), weight)


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


def _pairs_together(arrangement: Arrangement, gap: int, households: Households) -> float:
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


def _mean(values: Floats, weight: Floats) -> float:
    """Weighted mean over blocks with a known weight and value."""
    known = ~np.isnan(values) & ~np.isnan(weight)
    total = weight[known].sum()
    return float((values[known] * weight[known]).sum() / total) if total > 0 else NAN
