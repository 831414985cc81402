"""Thresholds that measures use: conventions, printed with the numbers, not facts of a district."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.errors import counted
from planner.metrics.travel import WALK_METRES

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds of the measures.

    Parameters
    ----------
    walk_metres : float [m]
        Students up to this far from school count as walkers; hazards are not known here.
    near_poverty : float [share]
        A school this near to the poverty of all students counts as near (0.15: 15 points).
    n_min_students : float [students]
        Smaller groups do not set the parity gap.
    utilization_lower, utilization_upper : float [share of seats]
        Band in which a school counts as well used.
    least_feed_of_leavers : float [share]
        A feed smaller than this part of the lower school's leavers is counted as small.
    least_feed_of_receiver : float [share]
        A feed smaller than this part of the upper school's entrants is counted as small.
    separation_tolerance : float
        Rises of isolation or dissimilarity up to this much raise no "separate but equal" flag.
    random_draws : int
        Random assignments drawn where the expectation of an index has no closed form.
    seed : int
        Seed of those draws.
    """

    walk_metres: float = WALK_METRES  # one mile, as the packet says
    near_poverty: float = 0.15
    n_min_students: float = 30.0
    utilization_lower: float = 0.80
    utilization_upper: float = 1.00
    least_feed_of_leavers: float = 0.25
    least_feed_of_receiver: float = 0.15
    separation_tolerance: float = 0.005
    random_draws: int = 100
    seed: int = 0

    def notes(self) -> tuple[str, ...]:
        """Say the thresholds in sentences."""
        return (
            f"Walkers live up to {self.walk_metres:,.0f} m from their school; hazards on the way "
            "are not known.",
            f"A school is near the poverty of all students within {self.near_poverty * 100:g} "
            "points.",
            f"Groups with fewer than {counted(self.n_min_students, 'student')} do not set the "
            "parity gap.",
            f"A school is well used at {self.utilization_lower:.0%} to "
            f"{self.utilization_upper:.0%} of its seats.",
            f"A feed is small below {self.least_feed_of_leavers:.0%} of the leavers or "
            f"{self.least_feed_of_receiver:.0%} of the entrants.",
            f"Simulated expectations are means of {self.random_draws} random assignments "
            f"(seed {self.seed}).",
        )
