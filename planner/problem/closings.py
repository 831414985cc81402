"""Schools that close while a level that is not redrawn still sends students to them.

A scenario redraws some levels; the others keep today's zones.  A building of both (K-8) that
closes leaves its students of the other level without a school: nobody is drawn a new one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from planner.problem.seats import students_by_level

if TYPE_CHECKING:
    from geodata import District
    from planner.problem.events import Supply

__all__ = ["left_behind"]


def left_behind(district: District, levels: Collection[str], supply: Supply) -> list[str]:
    """Tell the schools that close, the levels that keep their zones there, and how many students.

    Parameters
    ----------
    district : District
    levels : collection of str
        Those that are redrawn.
    supply : Supply
        After the events.
    """
    schools = supply.schools
    before = district.schools["is_open"].astype(bool).reindex(schools.index, fill_value=False)
    closed = set(schools.index[before & ~schools["is_open"].astype(bool)])
    names = schools["name"].astype(str)
    told = []
    for (level, school), students in students_by_level(district, supply).items():
        if school not in closed or level in levels:
            continue
        many = "an unknown number" if np.isnan(students) else f"{students:,.0f}"
        told.append(
            f"{names[school]} [{school}] closes, but {level} is not redrawn: {many} "
            f"of its students are left without a school; add {level} to levels, or keep it open"
        )
    return told
