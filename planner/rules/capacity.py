"""Schools hold what their seats allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from geodata.dtypes import Ints
from planner.problem import Problem
from planner.problem.school_counts import Also, need_seats_by_count
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
class Capacity:
    """No school is filled beyond its seats, nor left too empty.

    Maths    floor_share * seats[z] <= taken[z] + sum_b students[b] * x[b,z]
             <= ceiling_share * seats[z], taken[z] = students of other levels in the building;
             schools that share z each by the students of their own grades, where counted
    Units    students [students], seats [seats], floor_share and ceiling_share [share, 1.0 = full]
    Exact    yes: linear; solver, search and check count the same students
    Plainly  "Every school is filled between a least and a most share of its seats."

    Parameters
    ----------
    ceiling_share : float, optional [share]
    floor_share : float, optional [share]
    except_schools : tuple of str
        Schools the rule leaves alone.
    """

    name: ClassVar[str] = "capacity"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades", "seats")
    ceiling_share: float | None = None
    floor_share: float | None = None
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
        seats, taken = need_seats_by_count(problem, f"rule {self.name!r}", self.except_schools)
        return band_rows(self.name, self._band, seats, taken)

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Count the students of each school against its seats."""
        seats, taken = need_seats_by_count(problem, f"rule {self.name!r}", self.except_schools)
        return band_findings(self.name, problem, zone_of, self._band, seats, others=taken)

    def sentence(self) -> str:
        """Say the rule in plain words."""
        band = band_words(self._band, "its seats")
        skip = f", except {', '.join(self.except_schools)}" if self.except_schools else ""
        return f"Every school is filled to {band}{skip}."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
