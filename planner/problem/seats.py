"""The seats of each school of each zone, and how many students of its other levels sit there.

A building may teach two levels (K-8).  Levels are drawn one by one, so its other students are
known: of levels drawn before it as they are drawn, of the others as today; in a finished plan as
that draws them.  They count for the building as its own do, in rules and in aims.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.errors import counted
from geodata.grades import GradeSpan

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.problem.events import Supply
    from planner.problem.partners import Partner
    from planner.problem.zones import Zones

__all__ = [
    "as_drawn",
    "partner_seats",
    "partner_taken",
    "seats_left",
    "seats_warnings",
    "students_by_level",
    "students_of_other_levels",
]


def as_drawn(district: District, drawn: Plan, levels: Collection[str]) -> District:
    """Return the district with the zones of some levels as a plan draws them, the rest as today.

    Parameters
    ----------
    district : District
    drawn : Plan
    levels : collection of str
        Those that the plan lacks stay as today.
    """
    new = drawn.table[drawn.table["level"].isin(list(levels))]
    old = district.current[~district.current["level"].isin(new["level"].unique())]
    return replace(district, current=pd.concat([old, new[list(old.columns)]], ignore_index=True))


def partner_seats(zones: Zones, supply: Supply) -> tuple[tuple[float, ...], ...]:
    """Return the seats of each school of each zone [seats].

    Parameters
    ----------
    zones : Zones
    supply : Supply

    Returns
    -------
    tuple of tuple of float [seats]
        NaN where they are unknown, and for a school that serves two zones: its seats are not
        divided.
    """
    counts: dict[str, int] = {}
    for partners in zones.partners:
        for partner in partners:
            counts[partner.school_id] = counts.get(partner.school_id, 0) + 1
    seats = supply.schools["capacity_seats"].astype(float)

    def known(school: str) -> float:
        return float("nan") if counts[school] > 1 else float(seats[school])

    return tuple(tuple(known(p.school_id) for p in partners) for partners in zones.partners)


def partner_taken(
    partners: tuple[tuple[Partner, ...], ...], elsewhere: dict[str, float]
) -> tuple[tuple[float, ...], ...]:
    """Return the students of other levels in each school of each zone [students].

    Parameters
    ----------
    partners : tuple of tuple of Partner
        Schools of each zone.
    elsewhere : mapping of school to float [students]
        From `students_of_other_levels`; NaN where nobody knows.
    """
    return tuple(tuple(elsewhere.get(p.school_id, 0.0) for p in group) for group in partners)


def seats_left(
    seats: tuple[tuple[float, ...], ...], taken: tuple[tuple[float, ...], ...]
) -> NDArray[np.float64]:
    """Return the seats of all schools of each zone that no students of other levels take, (m,)."""
    return np.array(
        [
            sum(float(np.maximum(s - t, 0.0)) for s, t in zip(*zone, strict=True))
            for zone in zip(seats, taken, strict=True)
        ]
    )


def students_of_other_levels(district: District, level: str, supply: Supply) -> dict[str, float]:
    """Return how many students of other levels attend each school in the district's zones.

    Parameters
    ----------
    district : District
    level : str
        The level that is drawn.
    supply : Supply
        After events: grades a school does not teach any more are not counted.

    Returns
    -------
    mapping of school to float [students]
        Schools of one level are not named; NaN where the district does not count them.
    """
    found: dict[str, float] = {}
    for (other, school), students in students_by_level(district, supply).items():
        if other != level:
            found[school] = found.get(school, 0.0) + students
    return found


def students_by_level(district: District, supply: Supply) -> dict[tuple[str, str], float]:
    """Return how many students of each level and school attend it in the district's zones.

    Parameters
    ----------
    district : District
    supply : Supply
        As in `students_of_other_levels`.
    """
    found: dict[tuple[str, str], float] = {}
    keys = ["level", "school_id", "grade_low", "grade_high"]
    for key, part in district.current.groupby(keys, sort=True):
        other, school, low, high = (str(text) for text in key)
        span = district.levels[other].span
        grades = GradeSpan(low or span.low, high or span.high).grades
        if school in supply.regraded:
            own = supply.schools.loc[[school], ["grade_low", "grade_high"]].to_numpy()[0]
            taught = GradeSpan(str(own[0]), str(own[1])).grades
            grades = tuple(grade for grade in grades if grade in taught)
        if not grades:
            continue
        asked = {"level": other} if grades == span.grades else {"grades": grades}
        count = np.nan
        if district.students.has(**asked):
            at = district.blocks.index.get_indexer(pd.Index(part["block_id"]))
            count = float(district.students.count(**asked)[at].sum())
        found[other, school] = found.get((other, school), 0.0) + count
    return found


def seats_warnings(zones: Zones, supply: Supply, elsewhere: dict[str, float]) -> list[str]:
    """Tell the schools whose seats are shared with another level, and how many are taken."""
    names, seats = supply.schools["name"], supply.schools["capacity_seats"].astype(float)
    told = []
    for school in sorted({p.school_id for partners in zones.partners for p in partners}):
        if school not in elsewhere or np.isnan(seats[school]):
            continue
        taken = elsewhere[school]
        many = "an unknown number" if np.isnan(taken) else f"{taken:,.0f}"
        told.append(
            f"{names[school]} [{school}] teaches another level too: {many} of its "
            f"{counted(round(seats[school]), 'seat is', 'seats are')} taken by its students of "
            "that level; rules and aims about seats count them"
        )
    return told
