"""What an objective is, and what objectives share.

An objective describes itself as an `Amount` for solver and search, and measures a finished plan
from the problem's own numbers.  Smaller is better, always.  Its docstring says Maths, Units,
Exact, Metric (the measures of metrics.csv that it moves) and Plainly; the README's table is made
from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Protocol, TypeVar

import numpy as np

from geodata.dtypes import Floats, Ints
from geodata.errors import counted, listed
from geodata.reserved import OTHERS
from planner.errors import PlanError
from planner.needs import measure_of, need_measure
from planner.problem import Problem
from planner.problem.school_counts import Also, need_schools_by_count, of_count, sums_by_school
from planner.terms import Amount, WeightedSum, ZoneDeviation, ZoneRatio

__all__ = [
    "Objective",
    "against_measure",
    "against_variables",
    "ratios",
    "refuse_holes",
    "school_sums",
    "uneven_shares",
    "uneven_sizes",
    "zone_sum",
]


class Objective(Protocol):
    """An aim; smaller is better."""

    name: ClassVar[str]

    @property
    def counts_also(self) -> tuple[Also, ...]:
        """What it counts besides the students of each block, which the public must not learn."""
        ...

    @property
    def unit(self) -> str:
        """Unit of the amount, the same for every district."""
        ...

    def amount(self, problem: Problem) -> Amount:
        """Write the objective for solver and search."""
        ...

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure the objective on a whole plan, independently of `amount`."""
        ...

    def sentence(self) -> str:
        """Say the objective in plain words."""
        ...

    def variables(self) -> tuple[str, ...]:
        """Return the measures of people it decides by, such as ``poor``."""
        ...


def refuse_holes(problem: Problem, zone_of: Ints) -> None:
    """Raise where a plan leaves blocks without a school: its measures would be of other people.

    Raises
    ------
    PlanError
        Naming the blocks.
    """
    holes = (zone_of < 0) | (zone_of >= problem.n_zones)
    if holes.any():
        blocks = counted(int(holes.sum()), "block")
        raise PlanError(
            f"the plan gives {blocks} of level {problem.level!r} no open school "
            f"({listed(problem.block_ids[holes])})",
            "the other blocks' measure would not be that of the district",
            "give these blocks a school",
        )


Part = TypeVar("Part", ZoneDeviation, ZoneRatio)


def zone_sum(problem: Problem, values: Floats, zone_of: Ints) -> Floats:
    """Add up a number of the blocks by zone, (m,); the plan must be whole."""
    refuse_holes(problem, zone_of)
    total = np.zeros(problem.n_zones)
    np.add.at(total, zone_of, values)
    return total


def school_sums(problem: Problem, measures: Sequence[str], zone_of: Ints) -> list[Floats]:
    """Add numbers of the blocks up by school, (s,) each; the plan must be whole."""
    refuse_holes(problem, zone_of)
    return sums_by_school(problem, problem.partners_of_zones(), measures, zone_of)


def uneven_shares(
    name: str, unit: str, problem: Problem, factors: Mapping[str, float], weight: float
) -> Amount:
    """Return ``weight * sum_s abs(sum_k factor_k * measure_k[s])`` over schools s."""
    zero = np.zeros(problem.n_zones)
    parts = {}
    held = need_schools_by_count(problem, f"objective {name!r}", measures=factors)
    for count, is_about in held.items():
        own = {of_count(count, measure): factor for measure, factor in factors.items()}
        parts[count] = ZoneDeviation(name, unit, own, zero, zero, np.where(is_about, weight, 0.0))
    return _added_up(parts)


def uneven_sizes(
    name: str, unit: str, middle: Mapping[str, Floats], weight: Mapping[str, Floats]
) -> Amount:
    """Return ``sum_s weight[s] * abs(t[s] - middle[s])`` over schools s, t their students.

    Parameters
    ----------
    middle, weight : mapping of measure to (m,) float64
        For each count of students; NaN where it is not about a school.
    """
    parts = {}
    for count in middle:
        at, each = np.nan_to_num(middle[count]), np.nan_to_num(weight[count])
        parts[count] = ZoneDeviation(name, unit, {count: 1.0}, at, at, each)
    return _added_up(parts)


def ratios(
    name: str, unit: str, problem: Problem, measures: tuple[str, str], weight: float
) -> Amount:
    """Return ``weight * sum_s a[s] * b[s] / t[s]`` over schools s, t their students."""
    parts = {}
    held = need_schools_by_count(problem, f"objective {name!r}", measures=measures)
    for count, is_about in held.items():
        a, b = (of_count(count, measure) for measure in measures)
        each = weight if is_about.all() else np.where(is_about, weight, 0.0)
        parts[count] = ZoneRatio(name, unit, a, b, count, each)
    return _added_up(parts)


def _added_up(parts: Mapping[str, Part]) -> Amount:
    """Add up what the schools amount to, one part for each count of students."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    named = [
        replace(part, name=".".join(filter(None, (part.name, count.partition(":")[2]))))
        for count, part in parts.items()
    ]
    return WeightedSum(named[0].name, named[0].unit, tuple((1.0, part) for part in named))


def against_measure(problem: Problem, who: str, group: str, against: str) -> str:
    """Return the measure of the group compared with: another group, or all others."""
    measure = need_measure(problem, who, group)
    return f"not:{measure}" if against == OTHERS else need_measure(problem, who, against)


def against_variables(group: str, against: str) -> tuple[str, ...]:
    """Return the measures a comparison of two groups decides by."""
    return (measure_of(group),) if against == OTHERS else (measure_of(group), measure_of(against))
