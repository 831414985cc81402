"""Draws of future demand: cohorts that move up a grade a year, and counts that are not certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata import District
from geodata.dtypes import Floats
from geodata.grades import GRADES
from geodata.students import StudentCounts
from planner.batch.further import Robustness
from planner.structures.ageing import Ageing, age, survival_ratios

__all__ = ["DemandDraws", "draw_demand"]


@dataclass(frozen=True, slots=True)
class DemandDraws:
    """Futures of a level: students of each block in some school years, draw by draw.

    Every plan adds up the same draws by its own zones, so plans are compared on the same futures.

    Parameters
    ----------
    level : str
    expected : (Y + 1, n) float64 [students]
        Expected students; today's school year first.
    drawn : (Y + 1, D, n) int32 [students]
        Whole students: Poisson draws around what is expected, times the error of the block's
        count (the same in all years) and the growth of the whole district beyond the expected
        (none today).
    by_grade : bool
        Whether cohorts moved up by grade.
    by_history : bool
        Whether their survival came from a history.
    """

    level: str
    expected: Floats
    drawn: NDArray[np.int32]
    by_grade: bool
    by_history: bool = False

    def by_zone(self, zone_of: NDArray[np.int32], n_zones: int) -> Floats:
        """Return the students of each draw, year and zone, (D, Y + 1, m)."""
        one = np.zeros((len(zone_of), n_zones))
        placed = zone_of >= 0
        one[np.flatnonzero(placed), zone_of[placed]] = 1.0
        return np.stack([year.astype(float) @ one for year in self.drawn], axis=1)


def draw_demand(
    district: District,
    level: str,
    asked: Robustness,
    history: Sequence[Sequence[float]] | None = None,
) -> DemandDraws | None:
    """Draw futures of a level; None where its students are not known in every block.

    Parameters
    ----------
    district : District
    level : str
    asked : Robustness
    history : (T, G) sequence of sequences [students], optional
        Students of the district by year and grade, for survival ratios; without it, or for a
        level of another number of grades, everybody moves up, as all do from the level below.
    """
    students, grades = district.students, district.levels[level].span.grades
    by_grade = all(students.has(grades=(grade,)) for grade in grades)
    told = history if by_grade and history and len(history[0]) == len(grades) else None
    growth: Floats = (1.0 + asked.growth_share) ** np.arange(asked.years + 1, dtype=float)
    if by_grade:
        survival = survival_ratios(told, grades) if told else None
        ageing = Ageing(asked.years, survival, asked.growth_share)
        expected = _aged(students, grades, ageing)
    elif students.has(level=level):
        expected = np.asarray(students.count(level=level), dtype=float)[None, :] * growth[:, None]
    else:
        return None
    if np.isnan(expected).any():
        return None
    rng = np.random.default_rng((asked.seed, 11))
    n = expected.shape[1]
    noise = rng.normal(-(asked.noise_share**2) / 2, asked.noise_share, (asked.draws, n))
    spread = asked.growth_spread_share
    steps = rng.normal(-(spread**2) / 2, spread, (asked.draws, asked.years))
    shock = np.concatenate([np.zeros((asked.draws, 1)), np.cumsum(steps, axis=1)], axis=1)
    block_factor, year_factor = np.exp(noise), np.exp(shock)
    drawn = np.empty((len(expected), asked.draws, n), dtype=np.int32)
    rng = np.random.default_rng((asked.seed, 17))
    for year, mean in enumerate(expected):
        drawn[year] = rng.poisson(block_factor * mean * year_factor[:, year, None])
    return DemandDraws(level, expected, drawn, by_grade, told is not None)


def _aged(students: StudentCounts, grades: Sequence[str], ageing: Ageing) -> Floats:
    """Return the students of a level's grades in each year, (Y + 1, n) [students].

    Whoever is in a level below enters this one in time, where every block's count there is known.
    """
    counts = {g: students.count(grades=(g,)) for g in GRADES if students.has(grades=(g,))}
    known = [g for g, count in counts.items() if g in grades or not np.isnan(count).any()]
    aged = age(np.column_stack([counts[g] for g in known]), known, ageing)
    return np.asarray(aged[:, :, [known.index(g) for g in grades]].sum(axis=2))
