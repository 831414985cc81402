"""The levels around one that is drawn: where its students come from and where they go on to.

Levels are drawn one by one, so the zones of the others are known: of levels drawn before it as
they are drawn, of the others as today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from geodata.dtypes import Floats, Ints
from geodata.grades import GRADE_RANK

if TYPE_CHECKING:
    from geodata import District
    from planner.problem.events import Supply

__all__ = ["OtherLevel", "leavers", "other_levels"]


@dataclass(frozen=True, slots=True)
class OtherLevel:
    """A level that feeds the one that is drawn, or that it feeds.

    Parameters
    ----------
    level : str
    is_below : bool
        Whether its students go on to the level that is drawn, not the other way round.
    school_ids : tuple of str, sorted
    school_of : (n,) int32
        Its school of each block: of its highest grade where it is below, else of its lowest.  -1
        where unknown or closed.
    leavers : (n,) float64 [students]
        Those of the lower of the two levels who go on; NaN where unknown.
    """

    level: str
    is_below: bool
    school_ids: tuple[str, ...]
    school_of: Ints
    leavers: Floats


class Counts(Protocol):
    """What is asked of student counts."""

    def has(self, *, level: str | None = None, grades: Sequence[str] | None = None) -> bool:
        """Tell whether `count` can answer the same question."""
        ...

    def count(self, *, level: str | None = None, grades: Sequence[str] | None = None) -> Floats:
        """Return the students in each block, (n,)."""
        ...


def leavers(counts: Counts, level: str, grades: Sequence[str]) -> Floats | None:
    """Return the students who go on from a level, (n,): its top grade, or all where not by grade.

    None where the level is not counted.
    """
    top = grades[-1:]
    if counts.has(grades=top):
        return counts.count(grades=top)
    return counts.count(level=level) if counts.has(level=level) else None


def other_levels(district: District, level: str, supply: Supply) -> tuple[OtherLevel, ...]:
    """Return the levels around one: those below, from the nearest, then those above.

    Levels that share grades with it neither feed it nor are fed.
    """
    spans = {name: one.span for name, one in district.levels.items()}
    own = spans[level].grades
    below = [n for n, span in spans.items() if _rank(span.high) < _rank(own[0])]
    above = [n for n, span in spans.items() if _rank(span.low) > _rank(own[-1])]
    below.sort(key=lambda name: -_rank(spans[name].high))
    above.sort(key=lambda name: _rank(spans[name].low))
    return tuple(_other(district, level, name, supply) for name in (*below, *above))


def _other(district: District, level: str, other: str, supply: Supply) -> OtherLevel:
    """Return one of the levels around another."""
    grades = district.levels[other].span.grades
    is_below = _rank(grades[-1]) < _rank(district.levels[level].span.low)
    lower = other if is_below else level
    count = leavers(district.students, lower, district.levels[lower].span.grades)
    rank = _rank(grades[-1] if is_below else grades[0])
    rows = district.current[district.current["level"] == other]
    low = rows["grade_low"].map(GRADE_RANK).fillna(rank)
    high = rows["grade_high"].map(GRADE_RANK).fillna(rank)
    served = rows[(low <= rank) & (rank <= high)].drop_duplicates("block_id")
    held = served[~served["school_id"].isin(_closing(district, supply))]
    school = held.set_index("block_id")["school_id"].reindex(district.blocks.index).fillna("")
    ids = sorted(set(held["school_id"]))
    number = {name: at for at, name in enumerate(ids)}
    return OtherLevel(
        level=other,
        is_below=is_below,
        school_ids=tuple(map(str, ids)),
        school_of=np.asarray(school.map(number).fillna(-1), dtype=np.int32),
        leavers=np.full(district.n_blocks, np.nan) if count is None else np.asarray(count, float),
    )


def _closing(district: District, supply: Supply) -> pd.Index[str]:
    """Return the schools that events close."""
    was, is_open = (table["is_open"].astype(bool) for table in (district.schools, supply.schools))
    return was.index[was & ~is_open.reindex(was.index)]


def _rank(grade: str) -> int:
    return GRADE_RANK[grade]
