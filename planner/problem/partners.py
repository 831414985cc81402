"""The schools of a zone, which may divide its grades, and the ways to the farthest of them."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.dtypes import Singles
from geodata.grades import GradeSpan

__all__ = ["Farthest", "Partner"]


@dataclass(frozen=True, slots=True)
class Partner:
    """One school of a zone and the grades it serves there.

    Parameters
    ----------
    school_id : str
    grade_low, grade_high : str
        Empty where the district does not say: the whole level.
    """

    school_id: str
    grade_low: str = ""
    grade_high: str = ""

    @property
    def grades(self) -> tuple[str, ...]:
        """Every grade it serves there, in order."""
        return GradeSpan(self.grade_low, self.grade_high).grades

    @property
    def measure(self) -> str:
        """Name of the count of its students in a shared zone."""
        return f"grades:{self.grade_low}-{self.grade_high}"

    def measure_of(self, measure: str) -> str:
        """Return the name of a count, such as ``poor``, of its students in a shared zone."""
        return self.measure if measure == "students" else f"{self.measure}:{measure}"


@dataclass(frozen=True, slots=True)
class Farthest:
    """Ways to the farthest school of each zone: what a limit looks at where schools share zones.

    The same arrays as those of `Problem`, NaN where the way to any school of the zone is unknown.
    """

    metres: Singles
    minutes: Singles | None
    today_metres: Singles | None
    today_minutes: Singles | None
