"""Cohorts grow older: whether each building holds its grades this year and later.

Pre-kindergarten is a programme that some children attend, not the cohort of kindergarten: both are
filled anew each year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata.dtypes import Bools, Floats
from geodata.grades import grade_index
from planner.structures.arrangement import Arrangement, grade_runs
from planner.structures.buildings import Buildings

__all__ = [
    "Ageing",
    "age",
    "band_capacity",
    "enters_anew",
    "first_overflow",
    "second_sites",
    "survival_ratios",
]

ENTRY_GRADES = ("PK", "K")


@dataclass(frozen=True, slots=True)
class Ageing:
    """How this year's cohorts become those of later years.

    Parameters
    ----------
    years : int [years]
        Years ahead; year 0 is today.
    survival : mapping of grade to share
        Students who go on from a grade into the next one, as a share (1.02 where more move in than
        leave).  Grades not named: 1.  Nothing follows from that of pre-kindergarten.
    entry_growth : float [share a year]
        Growth of the entering grades; 0: each year as many children enter as this year.
    """

    years: int = 5
    survival: Mapping[str, float] | None = None
    entry_growth: float = 0.0

    def sentence(self) -> str:
        """Say the assumption in words."""
        entry = (
            "as many children enter each year as this year"
            if self.entry_growth == 0
            else f"entering grades grow by {self.entry_growth:.1%} a year"
        )
        stay = "every student moves up one grade a year"
        if self.survival:
            stay = "students move up by the stated survival shares"
        return f"{stay}; {entry}; nobody is assumed to move in or out otherwise"


def age(students: Floats, grades: Sequence[str], ageing: Ageing) -> Floats:
    """Move every cohort up one grade a year.

    Parameters
    ----------
    students : (n, G) float64 [students]
        This year, by block and grade.
    grades : sequence of str
    ageing : Ageing

    Returns
    -------
    (years + 1, n, G) float64 [students]
        Year 0 is `students`.  Pre-kindergarten, kindergarten and every grade whose lower grade is
        not among the grades are filled anew each year; those who pass a grade whose higher grade
        is not among them leave.
    """
    survival = np.array([(ageing.survival or {}).get(grade, 1.0) for grade in grades])
    is_entry = enters_anew(grades)
    out = np.empty((ageing.years + 1, *students.shape))
    out[0] = students
    for year in range(1, ageing.years + 1):
        before = out[year - 1]
        out[year, :, 1:] = before[:, :-1] * survival[:-1]
        growth = (1.0 + ageing.entry_growth) ** year
        out[year][:, is_entry] = students[:, is_entry] * growth
    return out


def enters_anew(grades: Sequence[str]) -> Bools:
    """Tell which grades are not the lower one a year later, (G,): they are filled anew each year.

    Pre-kindergarten, kindergarten and every grade whose lower grade is not among the grades.
    """
    return np.array(
        [
            grade in ENTRY_GRADES or g == 0 or grade_index(grades[g - 1]) != grade_index(grade) - 1
            for g, grade in enumerate(grades)
        ],
        dtype=np.bool_,
    )


def survival_ratios(history: ArrayLike, grades: Sequence[str]) -> dict[str, float]:
    """Return the share of each grade's students that is in the next grade a year later.

    Maths    r[g] = sum_t N[t+1,g+1] / sum_t N[t,g]
    Source   the cohort-survival (grade progression) method of school enrolment forecasts

    Parameters
    ----------
    history : (T, G) array [students]
        Students of each school year (oldest first) and grade (lowest first); T at least 2.
    grades : (G,) sequence of str

    Returns
    -------
    mapping of grade to float
        1: everybody moves up; above 1: more move in than out.  Without the highest grade, and
        without grades that were empty.
    """
    counts = np.asarray(history, dtype=float)
    before, after = counts[:-1, :-1].sum(axis=0), counts[1:, 1:].sum(axis=0)
    return {g: float(n / m) for g, m, n in zip(grades, before, after, strict=False) if m > 0}


def band_capacity(
    arrangement: Arrangement,
    students: Floats,
    buildings: Buildings,
    ageing: Ageing,
    *,
    cohorts: Floats | None = None,
    others: Floats | None = None,
) -> pd.DataFrame:
    """Compare each building's students with its seats, year by year.

    Parameters
    ----------
    arrangement : Arrangement
    students : (n, G) float64 [students]
    buildings : Buildings
        In the order of the arrangement's schools.
    ageing : Ageing
    cohorts : (years + 1, n, G) float64 [students], optional
        As `Residents.cohorts`, where lower grades than the arrangement's
        are known; else the arrangement's grades age by themselves.
    others : (years + 1, m) float64 [students], optional
        Students of other grades in each building; they need seats too.

    Returns
    -------
    DataFrame
        `year` [years from now], `school_id`, `grades`, `students` [students], `seats` [seats],
        `utilization` [share], `over` [students]; NaN where seats or students are unknown; without
        any seats a building with students is infinitely full.
    """
    cohorts = age(students, arrangement.grades, ageing) if cohorts is None else cohorts
    served = arrangement.serves()
    rows = []
    for year, counts in enumerate(cohorts):
        filled = arrangement.tally(counts).sum(axis=1)
        filled += 0.0 if others is None else others[year]
        for s in np.flatnonzero(served.any(axis=1)):
            seats = float(buildings.seats[s])
            rows.append(
                {
                    "year": year,
                    "school_id": str(arrangement.school_ids[s]),
                    "grades": ", ".join(grade_runs(arrangement.grades, served[s])),
                    "students": float(filled[s]),
                    "seats": seats,
                    "utilization": _utilization(float(filled[s]), seats),
                    "over": float(np.maximum(0.0, filled[s] - seats)),
                }
            )
    return pd.DataFrame(rows)


def _utilization(students: float, seats: float) -> float:
    if seats == 0:
        return float("inf") if students > 0 else students  # nobody, or unknown
    return students / seats


def first_overflow(capacity: pd.DataFrame, ceiling_share: float = 1.0) -> pd.DataFrame:
    """List the first year in which each building is fuller than allowed.

    Parameters
    ----------
    capacity : DataFrame
        From `band_capacity`.
    ceiling_share : float [share]

    Returns
    -------
    DataFrame
        Rows of `capacity`, one a school that overflows, sorted by year.
    """
    over = capacity[capacity["utilization"] > ceiling_share * (1 + 1e-9)]
    first = over.sort_values(["year", "school_id"]).drop_duplicates("school_id")
    return first.reset_index(drop=True)


def second_sites(
    arrangement: Arrangement,
    capacity: pd.DataFrame,
    buildings: Buildings,
    others: Floats | None = None,
) -> pd.DataFrame:
    """Say for each overflowing band which building fit for it could take the surplus.

    Two sites for one band, each with its own zone, are the asymmetric cluster that a growing
    district turns to.

    Parameters
    ----------
    arrangement : Arrangement
    capacity : DataFrame
        From `band_capacity`.
    buildings : Buildings
    others : (years + 1, m) float64 [students], optional
        As there.

    Returns
    -------
    DataFrame
        `school_id`, `grades`, `year`, `over` [students], `site` (best other building, or empty),
        `spare` [seats] there in the same year.
    """
    served = arrangement.serves()
    fit = buildings.may_serve(arrangement.grades)
    index = {str(school): s for s, school in enumerate(arrangement.school_ids)}
    rows = []
    overflow = first_overflow(capacity)
    years = overflow["year"].astype(int).tolist()
    for row, when in zip(overflow.itertuples(), years, strict=True):
        own = index[str(row.school_id)]
        year = capacity[capacity["year"] == when].set_index("school_id")
        spare = {}
        for s, building in enumerate(buildings.all):
            if s == own or not fit[s][served[own]].all() or np.isnan(building.seats):
                continue
            idle = 0.0 if others is None else others[when, s]
            used = year["students"].get(building.school_id, idle)
            if np.isnan(used):
                continue
            spare[building.school_id] = building.seats - float(used)
        site = max(sorted(spare), key=spare.__getitem__, default="")
        rows.append(
            {
                "school_id": row.school_id,
                "grades": row.grades,
                "year": row.year,
                "over": row.over,
                "site": site if site and spare[site] > 0 else "",
                "spare": spare.get(site, float("nan")),
            }
        )
    columns = ["school_id", "grades", "year", "over", "site", "spare"]
    return pd.DataFrame(rows, columns=columns)
