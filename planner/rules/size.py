"""Schools stay near a size: today's, or the district's mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from geodata.dtypes import Floats, Ints
from planner.problem import Problem
from planner.problem.school_counts import (
    Also,
    mean_size_by_count,
    need_schools_by_count,
    need_today_by_count,
)
from planner.rules.band import (
    Band,
    band_findings,
    band_rows,
    band_words,
    refuse_band,
    refuse_percent,
)
from planner.rules.base import Finding
from planner.terms import Constraint


@dataclass(frozen=True, slots=True)
class Size:
    """Every school stays near its size of today, or near the district's mean.

    Maths    floor_share * base[z] <= sum_b students[b] * x[b,z] <= ceiling_share * base[z],
             base[z] = today's students of z, or all students / number of schools; schools that
             share z each by the students of their own grades, where counted
    Units    students [students], floor_share and ceiling_share [share, 1.0 = the base]
    Exact    yes: linear; solver, search and check count the same students
    Plainly  "Every school stays between a least and a most share of its size today (or of the
             mean size)."

    Parameters
    ----------
    floor_share, ceiling_share : float, optional [share]
    relative_to : {"today", "mean"}
    except_schools : tuple of str
        Schools the rule leaves alone.
    """

    name: ClassVar[str] = "size"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades",)
    floor_share: float | None = None
    ceiling_share: float | None = None
    relative_to: Literal["today", "mean"] = "today"
    except_schools: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a band that is empty or says nothing."""
        refuse_band(self.name, self._band)
        refuse_percent(self.name, self._band)

    @property
    def _band(self) -> Band:
        return Band(self.floor_share, self.ceiling_share)

    def lower(self, problem: Problem) -> list[Constraint]:
        """Return one band on the students of each zone, and on the grades of shared zones."""
        return band_rows(self.name, self._band, self._base(problem))

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Count the students of each school against its base."""
        return band_findings(self.name, problem, zone_of, self._band, self._base(problem))

    def _base(self, problem: Problem) -> dict[str, Floats]:
        who = f"rule {self.name!r}"
        if self.relative_to == "today":
            return need_today_by_count(problem, who, self.except_schools)
        return mean_size_by_count(problem, need_schools_by_count(problem, who, self.except_schools))

    def sentence(self) -> str:
        """Say the rule in plain words."""
        is_today = self.relative_to == "today"
        base = "its size in today's zone" if is_today else "the mean size of the schools"
        band = band_words(self._band, base)
        skip = f", except {', '.join(self.except_schools)}" if self.except_schools else ""
        return f"Every school has {band}{skip}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
