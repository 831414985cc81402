"""Residents against enrolled: who lives in a school's zone of today, and how many attend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.dtypes import Floats
from geodata.errors import Fault, counted, warning
from geodata.grades import GradeSpan

if TYPE_CHECKING:
    from geodata.district import District

__all__ = ["ENROLLED", "enrolled_faults", "enrolled_today", "residents_today"]

ENROLLED = "enrolled_students"
"""Column of `District.schools`, where the district file gives it: students who attend today."""

_FEWEST, _MOST = 0.1, 3.0  # enrolled for each resident; beyond these a column is not what was meant


def enrolled_today(district: District) -> pd.Series[float] | None:
    """Return the students who attend each school today, NaN unknown; None where not given."""
    known = district.schools.get(ENROLLED)
    return known if known is not None and pd.api.types.is_float_dtype(known) else None


def residents_today(district: District) -> pd.Series[float]:
    """Return the students who live in each school's zone of today, in the grades it has there.

    Returns
    -------
    Series of float64 [students]
        By school; NaN where a count is unknown, or where grades of a zone are divided and students
        are not counted by grade.  Schools without a zone have no row.
    """
    parts = []
    for (level, low, high), rows in district.current.groupby(["level", "grade_low", "grade_high"]):
        lives = pd.Series(_lives(district, str(level), str(low), str(high)), district.blocks.index)
        parts.append(pd.Series(lives[rows["block_id"]].to_numpy(), rows["school_id"]))
    if not parts:
        return pd.Series(dtype=np.float64)
    return pd.concat(parts).groupby(level=0).agg(lambda counts: counts.sum(skipna=False))


def _lives(district: District, level: str, low: str, high: str) -> Floats:
    """Return the students of some grades of a level in each block, NaN where not counted, (n,)."""
    whole, counts = district.levels[level].span, district.students
    span = GradeSpan(low, high) if low and high else whole
    if span == whole and counts.has(level=level):
        return counts.count(level=level)
    if counts.has(grades=span.grades):
        return counts.count(grades=span.grades)
    return np.full(len(district.blocks), np.nan)


def enrolled_faults(district: District, file: str) -> Iterator[Fault]:
    """Tell schools whose enrolled students are unknown, or cannot be those of their zone."""
    enrolled = enrolled_today(district)
    if enrolled is None:
        return
    schools = district.schools
    zoned = schools.index[schools["is_open"] & schools["takes_zone"]]
    unknown = zoned[enrolled[zoned].isna()]
    if len(unknown):
        yield warning(
            "enrolled_missing",
            file,
            f"it is unknown how many students attend {len(unknown):,} of {len(zoned):,} open "
            "schools with a zone",
            rows=unknown,
            why="unknown is not zero: how many will attend is not told where their residents go",
            do="fill the numbers in, or nothing where they are truly unknown",
        )
    share = enrolled / residents_today(district).reindex(schools.index).where(lambda n: n > 0)
    far = schools.index[(share < _FEWEST) | (share > _MOST)]
    if len(far):
        worst = share[far].iloc[0]
        yield warning(
            "enrolled_unlikely",
            file,
            f"{counted(len(far), 'school has', 'schools have')} fewer than a tenth, or more than "
            f"three times, as many enrolled as live in the zone (the first {worst:.3g} for each "
            "resident)",
            rows=far,
            why="every estimate of who will attend multiplies residents with this share",
            do="give [schools] enrolled as the number of students in the grades the zone is for, "
            "not as a share; nothing where it is so",
        )
