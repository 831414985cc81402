"""Who goes where: a plan as one array for each level, which every metric is counted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from geodata.dtypes import Bools, Floats, Ints
from geodata.errors import listed
from geodata.grades import GRADE_RANK
from planner.errors import PlanError

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan

__all__ = ["Counts", "Placement", "is_served", "mean_of_blocks", "place"]


class Counts(Protocol):
    """What metrics ask of `geodata.StudentCounts`."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups counted."""
        ...

    def has(
        self,
        *,
        level: str | None = None,
        grades: Sequence[str] | None = None,
        group: str | None = None,
        poor: bool = False,
    ) -> bool:
        """Tell whether `count` can answer the same question."""
        ...

    def count(
        self,
        *,
        level: str | None = None,
        grades: Sequence[str] | None = None,
        group: str | None = None,
        poor: bool = False,
    ) -> Floats:
        """Return the students in each block, (n,) float64 [students]."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """The school of every block and grade of one level.

    Parameters
    ----------
    level : str
    grades : (G,) tuple of str
        Grades of the level, lowest first.
    school_ids : (m,) tuple of str
        Schools that may be named, sorted.
    school_of : (n, G) int32
        Position of the school in `school_ids`; -1 where the plan names none.
    """

    level: str
    grades: tuple[str, ...]
    school_ids: tuple[str, ...]
    school_of: Ints

    @property
    def placed(self) -> Bools:
        """Whether every grade of a block has a school, (n,)."""
        return is_served(self.school_of)

    @property
    def is_divided(self) -> bool:
        """Whether some block's grades go to more than one school."""
        return bool((self.school_of != self.school_of[:, :1]).any())

    def schools(self) -> Ints:
        """Return the schools that serve any block, sorted positions."""
        used = np.unique(self.school_of)
        return used[used >= 0].astype(np.int32)

    def runs(self) -> list[tuple[slice, Ints]]:
        """Return the runs of neighbouring grades that share one map of schools.

        Returns
        -------
        list of (columns, school)
            `columns` is a slice of the grades, `school` the (n,) int32 school of each block.
        """
        same = (self.school_of[:, 1:] == self.school_of[:, :-1]).all(axis=0)
        starts = [0, *(np.flatnonzero(~same) + 1).tolist(), len(self.grades)]
        return [(slice(a, b), self.school_of[:, a]) for a, b in pairwise(starts)]


def place(
    plan: Plan, district: District, school_ids: Sequence[str] | None = None
) -> dict[str, Placement]:
    """Spread a plan's rows over blocks and grades, level by level.

    Parameters
    ----------
    plan : Plan
    district : District
    school_ids : sequence of str, optional
        Schools that exist; the district's own by default.

    Raises
    ------
    PlanError
        Naming every block, school and level the district does not have.
    """
    schools = pd.Index(district.schools.index if school_ids is None else list(school_ids))
    block = district.blocks.index.get_indexer(pd.Index(plan.table["block_id"]))
    school = schools.get_indexer(pd.Index(plan.table["school_id"]))
    level = plan.table["level"].to_numpy()
    _refuse_unknown(plan, {"block_id": block < 0, "school_id": school < 0}, district)
    low, high = (
        plan.table[column].map(GRADE_RANK).fillna(-1).to_numpy(dtype=int)
        for column in ("grade_low", "grade_high")
    )
    placements = {}
    for name in plan.levels:
        grades = district.levels[name].span.grades
        school_of = np.full((district.n_blocks, len(grades)), -1, dtype=np.int32)
        for column, grade in enumerate(grades):
            rank = GRADE_RANK[grade]
            serves = (level == name) & ((low < 0) | ((low <= rank) & (rank <= high)))
            school_of[block[serves], column] = school[serves]
        placements[name] = Placement(name, grades, tuple(map(str, schools)), school_of)
    return placements


def _refuse_unknown(plan: Plan, unknown: dict[str, Bools], district: District) -> None:
    """Raise `PlanError` with every block, school and level that is not the district's."""
    faults = []
    for column, rows in unknown.items():
        names = sorted(set(plan.table.loc[rows, column]))
        if names:
            what = "blocks" if column == "block_id" else "schools"
            faults.append(f"{len(names)} {what} ({listed(names)})")
    strange = [level for level in plan.levels if level not in district.levels]
    if strange:
        faults.append(f"levels {', '.join(strange)}")
    if faults:
        raise PlanError(
            f"the plan names what {district.name} does not have: {'; '.join(faults)}",
            "students cannot be counted at a place or level the district does not know",
            "correct the ids (leading zeros?), or score the plan against its own district",
        )


def is_served(school_of: Ints) -> Bools:
    """Tell the blocks with a school for every grade, (n,)."""
    return np.asarray((school_of >= 0).all(axis=1))


def mean_of_blocks(values: Floats, weight: Floats, known: Bools) -> float:
    """Average a number of the blocks over their students.

    Parameters
    ----------
    values : (n,) float64
    weight : (n,) float64 [students]
        Blocks of nobody do not count, whatever their value.
    known : (n,) bool
        Blocks that have a value.

    Returns
    -------
    float
        NaN over nobody, and where a weight is unknown.
    """
    used = known & ~(weight == 0)
    size = float(weight[used].sum())
    return float((values[used] * weight[used]).sum() / size) if size > 0 else float("nan")


def with_others(group: Floats, total: Floats) -> Floats:
    """Return a group and everybody else, (s, 2) [students].

    Sums of fractional (estimated) counts differ in their last digits, so a school of one group
    only may seem to have less than nobody else; such dust is 0.
    """
    others = total - group
    dust = np.abs(others) <= 1e-9 * np.maximum(1.0, np.abs(total))
    return np.stack([group, np.where(dust, 0.0, others)], axis=1)
