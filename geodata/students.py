"""Students living in each block, by grade, group and poverty, as far as the files tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.digest import Digest
from geodata.errors import MissingCountError
from geodata.grades import GRADES
from geodata.reserved import EVERY, POOR

__all__ = ["Cell", "StudentCounts"]

Cell = tuple[str, str, str]


@dataclass(frozen=True)
class StudentCounts:
    """Students living in each block.

    Parameters
    ----------
    table : DataFrame [students]
        Index ``block_id`` (sorted), columns (grade, group, poverty).  Grade is one of PK, K, 1 …
        12, or ``"*"`` for all, or the name of a level for counts given for that whole level;
        group is a name or ``"*"``; poverty is ``"*"`` or ``"poor"``.  NaN is unknown.
    groups : tuple of str
        Groups counted.
    levels : tuple of str
        Levels for which the grade ``"*"`` stands, where counts are not by grade.
    estimated : bool
        Whether the counts are estimated rather than counted.
    proxy : str
        What the counts are where they are not students (``"2010 under-18 counts"``), or empty.
    exhaustive : bool
        Whether every student is in exactly one of the groups, so that groups add up to the total.
    level_grades : mapping of level name to grades
        Grades of each level, so that counts by grade add up to counts by level.
    """

    table: pd.DataFrame
    groups: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    estimated: bool = False
    proxy: str = ""
    exhaustive: bool = False
    level_grades: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def has(
        self,
        *,
        level: str | None = None,
        grades: Sequence[str] | None = None,
        group: str | None = None,
        poor: bool = False,
    ) -> bool:
        """Tell whether `count` can answer the same question."""
        return self._cells(level, grades, group, poor) is not None

    def count(
        self,
        *,
        level: str | None = None,
        grades: Sequence[str] | None = None,
        group: str | None = None,
        poor: bool = False,
    ) -> NDArray[np.float64]:
        """Return the students in each block, (n_blocks,) float64 [students].

        Finer counts are added up where needed; a block with an unknown part is unknown (NaN).

        Parameters
        ----------
        level : str, optional
            Only students of this level.
        grades : sequence of str, optional
            Only students of these grades.
        group : str, optional
            Only students of this group.
        poor : bool
            Only poor students.

        Raises
        ------
        MissingCountError
            Where the files give no such count and it cannot be added up from those they give.
        """
        cells = self._cells(level, grades, group, poor)
        if cells is None:
            asked = _describe(level, grades, group, poor)
            raise MissingCountError(
                f"no count of {asked}: the district's files give {self.describe()}\n"
                "  what to do: map a column for it under [students], or ask for another count"
            )
        picked = self._values[:, [self._column_of[cell] for cell in cells]]
        return np.asarray(picked.sum(axis=1), dtype=np.float64)

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        """The table's numbers, (n_blocks, columns): asked for hundreds of times a plan."""
        return self.table.to_numpy(dtype=np.float64)

    @cached_property
    def _column_of(self) -> dict[Cell, int]:
        """Position of each column."""
        return {(c[0], c[1], c[2]): at for at, c in enumerate(self.table.columns)}

    def describe(self) -> str:
        """Say in words which counts there are."""
        keys = list(self._column_of)
        if not keys:
            return "no counts"
        by_grade = any(key[0] in GRADES for key in keys)
        words = ("grade" if by_grade else "level", "group", "poverty")
        parts = [word for at, word in enumerate(words) if any(key[at] != EVERY for key in keys)]
        text = "students by " + " and ".join(parts) if parts else "students in total"
        if self.groups:
            text += f" (groups {', '.join(self.groups)})"
        return text + (f", {self.proxy}" if self.proxy else "")

    def feed(self, digest: Digest) -> None:
        """Add the counts and what they stand for to a digest of content."""
        names = ["/".join(map(str, column)) for column in self.table.columns]
        digest.frame(self.table.set_axis(names, axis=1))
        digest.text(self.proxy, str(self.estimated), str(self.exhaustive), *self.levels)

    def _cells(
        self, level: str | None, grades: Sequence[str] | None, group: str | None, poor: bool
    ) -> list[Cell] | None:
        """Return the columns that add up to the count, or None."""
        known = self._column_of.keys()
        poverty = POOR if poor else EVERY
        for keys in self._grade_keys(level, grades):
            for names in self._group_keys(group):
                cells = [(grade, name, poverty) for grade in keys for name in names]
                if cells and known >= set(cells):
                    return cells
        return None

    def _grade_keys(self, level: str | None, grades: Sequence[str] | None) -> list[tuple[str, ...]]:
        """Return the sets of grade keys that may stand for the question, best first."""
        if level is None and grades is None:
            by_grade = tuple(g for g in dict.fromkeys(c[0] for c in self._column_of) if g != EVERY)
            whole = not self.level_grades.keys() & set(by_grade)
            return [(EVERY,), by_grade] if whole else [(EVERY,)]
        of_level = tuple(self.level_grades.get(level or "", ()))
        wanted = of_level if grades is None else tuple(grades)
        if level is not None and of_level and grades is not None:
            wanted = tuple(g for g in of_level if g in set(grades))
        keys: list[tuple[str, ...]] = []
        if level is not None and (grades is None or set(grades) >= set(of_level)):
            keys.append((level,))
            if level in self.levels:
                keys += [wanted, (EVERY,)] if wanted else [(EVERY,)]
        return [*keys, wanted] if wanted else keys

    def _group_keys(self, group: str | None) -> list[tuple[str, ...]]:
        """Return the sets of groups that may stand for the question, best first."""
        if group is not None:
            return [(group,)]
        return [(EVERY,), self.groups] if self.exhaustive and self.groups else [(EVERY,)]


def _describe(
    level: str | None, grades: Sequence[str] | None, group: str | None, poor: bool
) -> str:
    words = ["poor students" if poor else "students"]
    if group is not None:
        words.append(f"of group {group!r}")
    if level is not None:
        words.append(f"of level {level!r}")
    if grades is not None:
        words.append(f"in grades {', '.join(grades)}")
    return " ".join(words)
