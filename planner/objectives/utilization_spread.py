"""How evenly schools are filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.errors import ScenarioError
from planner.objectives.base import uneven_sizes, zone_sum
from planner.problem import Problem
from planner.problem.school_counts import (
    Also,
    mean_size_by_count,
    need_open_seats,
    need_schools_by_count,
)
from planner.terms import Amount, ZoneDeviation, ZoneWorst


@dataclass(frozen=True, slots=True)
class UtilizationSpread:
    """How far schools are from the district's utilization, or from its mean size.

    Maths    mean (or max) over schools s of 100 * abs((t[s] + taken[s]) / base[s] - target);
             base = seats, taken = students of other levels in the building and target = all
             students / all seats, or base = mean size, taken = 0 and target = 1; schools that
             share a zone each by its own grades, where counted, but as one for the max
    Units    percentage points of the base
    Exact    yes: linear, two rows a school; of = "worst" counts schools that share a zone as one
    Metric   of = "mean", by seats: ``utilization_spread``; of = "worst", by mean size:
             ``size_spread``
    Plainly  "Schools are filled as evenly as possible (on average, or the worst of them)."

    Parameters
    ----------
    relative_to : {"seats", "mean"}
    of : {"mean", "worst"}
        The mean over the schools, or the worst of them; those that share a zone count as one there.
    target_share : float, optional [share]
        Utilization aimed at, instead of the district's.
    """

    name: ClassVar[str] = "utilization_spread"
    counts_also: ClassVar[tuple[Also, ...]] = ("grades", "seats")
    unit: ClassVar[str] = "points"
    relative_to: Literal["seats", "mean"] = "seats"
    of: Literal["mean", "worst"] = "mean"
    target_share: float | None = None

    def __post_init__(self) -> None:
        """Refuse a target below nothing."""
        if self.target_share is not None and self.target_share <= 0:
            raise ScenarioError("objective 'utilization_spread': target_share must be above 0")

    def amount(self, problem: Problem) -> Amount:
        """Return the deviation of each school's students, in points of its base."""
        base, taken, target = self._base(problem)
        middle = {count: target * base[count] - taken[count] for count in base}
        weight = {count: 100.0 / size for count, size in base.items()}
        if self.of == "mean":
            schools = sum(int((~np.isnan(size)).sum()) for size in base.values())
            mean = {count: each / schools for count, each in weight.items()}
            return uneven_sizes(self.name, self.unit, middle, mean)
        at, each = middle["students"], weight["students"]
        spread = ZoneDeviation(self.name, self.unit, {"students": 1.0}, at, at, each)
        return ZoneWorst(self.name, self.unit, spread)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure each school's share of its base."""
        base, taken, target = self._base(problem)
        filled = [
            (zone_sum(problem, problem.measure(count), zone_of) + taken[count]) / base[count]
            for count in base
        ]
        away = 100 * np.abs(np.concatenate(filled) - target)
        return float(np.nanmean(away) if self.of == "mean" else np.nanmax(away))

    def _base(self, problem: Problem) -> tuple[dict[str, Floats], dict[str, Floats], float]:
        """Return what each school's students are divided by, those beside them, and the target."""
        who, together = f"objective {self.name!r}", self.of == "worst"
        target = 1.0
        if self.relative_to == "seats":
            remedy = "set relative_to = 'mean'"
            base, taken = need_open_seats(problem, who, remedy, together=together)
            everyone = problem.students.sum() + sum(np.nansum(each) for each in taken.values())
            target = float(everyone / sum(np.nansum(room) for room in base.values()))
        else:
            each = need_schools_by_count(problem, who)
            held = {"students": np.ones(problem.n_zones, dtype=bool)} if together else each
            base = mean_size_by_count(problem, held)
            base = {count: np.where(size == 0, 1.0, size) for count, size in base.items()}
            taken = {count: 0.0 * size for count, size in base.items()}
        return base, taken, target if self.target_share is None else self.target_share

    def sentence(self) -> str:
        """Say the objective in plain words."""
        worst = "the worst school; those that share a zone as one"
        which = "mean over the schools" if self.of == "mean" else worst
        if self.relative_to == "seats":
            base, target = "the share of seats filled", "the district's"
        else:
            base, target = "size in % of the mean size", "100 %"
        if self.target_share is not None:
            target = f"{100 * self.target_share:g} %"
        return f"Distance of {base} from {target}, in points ({which})."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
