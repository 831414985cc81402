"""What parity one level reached, what it costs, and what is proven about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.evaluation.parity import Separation
from planner.metrics.travel import travel_mean, travel_percentile
from planner.objectives import StudentsMoved
from planner.parity.band import BandSearch
from planner.parity.record import ParityRecord, parity_record
from planner.parity.rounding import no_less
from planner.parity.schools import Schools
from planner.problem import Problem

__all__ = ["Cost", "LevelParity"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs families of one level.

    Parameters
    ----------
    moved : float [students]
        Students whose zone is another than today.
    students : float [students]
    travel_mean_m, travel_p90_m : (today, plan) [m]
        NaN where ways are unknown.
    """

    moved: float
    students: float
    travel_mean_m: tuple[float, float]
    travel_p90_m: tuple[float, float]

    @classmethod
    def of(cls, problem: Problem, plan: Ints) -> Cost:
        """Measure the cost of a plan."""
        today = problem.today_metres
        before = _way(problem, problem.current) if today is None else today.astype(np.float64)
        new, n = _way(problem, plan), problem.students
        return cls(
            StudentsMoved().measure(problem, plan),
            float(n.sum()),
            (travel_mean(before, n), travel_mean(new, n)),
            (travel_percentile(before, n), travel_percentile(new, n)),
        )

    def sentence(self) -> str:
        """Say the cost in words."""
        mean, high = self.travel_mean_m, self.travel_p90_m
        share = f" ({self.moved / self.students:.0%})" if self.students > 0 else ""
        return (
            f"{self.moved:,.0f} of {self.students:,.0f} students{share} "
            f"change school; the mean way goes from {mean[0] / 1000:.2f} to {mean[1] / 1000:.2f} "
            f"km, nine of ten from at most {high[0] / 1000:.2f} to {high[1] / 1000:.2f} km"
        )


@dataclass(frozen=True, slots=True, eq=False)
class LevelParity:
    """Parity of one level.

    Parameters
    ----------
    level : str
    separation : Separation
        Whether parity was bought with separate schools, as `evaluate` judges it.
    record : ParityRecord
    band : BandSearch
    gap_bound_points : float or None [percentage points]
        No plan that keeps the rules has a smaller gap; None where nothing is proven.
    cost : Cost
    zone_of : (n,) int32
    gap_bound_method : str
        How the lower bound was sought; ``none: …`` says why there is none.
    """

    level: str
    separation: Separation
    record: ParityRecord
    band: BandSearch
    gap_bound_points: float | None
    cost: Cost
    zone_of: Ints
    gap_bound_method: str = ""

    def under(self, problem: Problem, zone_of: Ints, separation: Separation) -> LevelParity:
        """Return what is proven with another plan."""
        after = Schools.under(problem, zone_of)
        return replace(
            self,
            separation=separation,
            record=parity_record(Schools.today(problem), after),
            band=replace(self.band, reached_points=100 * after.spread),
            cost=Cost.of(problem, zone_of),
            zone_of=zone_of,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "level": self.level,
            "axes": self.record.table().to_dict("records"),
            "exposure": [
                {"group": a, "to": b, "today": today, "plan": plan}
                for (a, b), (today, plan) in self.record.met.items()
            ],
            "gap": list(self.record.gap),
            "gap_bound_points": self.gap_bound_points,
            "guaranteed_at_most": dict(self.record.at_most),
            "band_impossible_points": self.band.impossible_points,
            "band_reached_points": self.band.reached_points,
            "separate_but_equal": list(self.separation.worse) if self.separation.judged else None,
            "moved": self.cost.moved,
            "travel_mean_m": list(self.cost.travel_mean_m),
            "travel_p90_m": list(self.cost.travel_p90_m),
            "sentences": self.sentences(),
        }

    def sentences(self) -> list[str]:
        """Say everything in words, first the verdict on separation."""
        bound = (
            f"No lower bound on the gap is claimed: {self._why_no_bound()}."
            if self.gap_bound_points is None
            else "No plan that keeps the rules has a gap below "
            f"{no_less(self.gap_bound_points)} points."
        )
        band = self.band.sentence()
        return [
            self.separation.sentence(),
            *self.record.sentences(),
            bound,
            f"Band: {band[0].lower()}{band[1:]}.",
            f"Cost: {self.cost.sentence()}.",
        ]

    def _why_no_bound(self) -> str:
        if not self.gap_bound_method.startswith("none: "):
            return "the valid relaxation proves nothing above 0"
        return self.gap_bound_method.removeprefix("none: ")


def _way(problem: Problem, zone_of: Ints) -> Floats:
    way = problem.metres[np.arange(problem.n_blocks), zone_of].astype(np.float64)
    return np.where(zone_of >= 0, way, math.nan)
