"""Student counts, looked up once: two scenes ask the same questions many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from geodata.dtypes import Floats

if TYPE_CHECKING:
    from geodata import StudentCounts

__all__ = ["Counted"]

Question = tuple[str | None, tuple[str, ...] | None, str | None, bool]


class Counted:
    """Answers like `StudentCounts`, and remembers.

    Parameters
    ----------
    counts : StudentCounts
    """

    def __init__(self, counts: StudentCounts) -> None:
        self._counts = counts
        self._has: dict[Question, bool] = {}
        self._found: dict[Question, Floats] = {}

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups counted."""
        return self._counts.groups

    def has(
        self,
        *,
        level: str | None = None,
        grades: Sequence[str] | None = None,
        group: str | None = None,
        poor: bool = False,
    ) -> bool:
        """Tell whether `count` can answer the same question."""
        key = (level, None if grades is None else tuple(grades), group, poor)
        if key not in self._has:
            self._has[key] = self._counts.has(level=level, grades=grades, group=group, poor=poor)
        return self._has[key]

    def count(
        self,
        *,
        level: str | None = None,
        grades: Sequence[str] | None = None,
        group: str | None = None,
        poor: bool = False,
    ) -> Floats:
        """Return the students in each block, (n,) float64 [students]."""
        key = (level, None if grades is None else tuple(grades), group, poor)
        if key not in self._found:
            found = self._counts.count(level=level, grades=grades, group=group, poor=poor)
            found.setflags(write=False)
            self._found[key] = found
        return self._found[key]
