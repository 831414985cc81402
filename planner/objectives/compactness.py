"""How round zones are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from geodata.dtypes import Ints
from planner.needs import need_borders
from planner.objectives.base import zone_sum
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.terms import Amount, ZoneShape


@dataclass(frozen=True, slots=True)
class Compactness:
    """How far zones are from circles, added up.

    Maths    sum_z (1 - 4 π area[z] / border[z]^2) (Polsby and Popper 1991); border[z] = perimeters
             of its blocks less twice the borders inside
    Units    index, 0 (circles) to the number of zones
    Exact    search and check: yes. Solver: not linear, so neighbourhoods take its slope around
             the plan, and no bound is claimed; border_length is its linear kin
    Metric   ``polsby_popper_mean``, which is higher for rounder zones
    Plainly  "Zones are as round as possible."
    """

    name: ClassVar[str] = "compactness"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    unit: ClassVar[str] = "index"

    def amount(self, problem: Problem) -> Amount:
        """Return the shape term."""
        need_borders(problem, f"objective {self.name!r}", areas=True)
        return ZoneShape(self.name, self.unit)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure each zone's area and outer border."""
        area = zone_sum(problem, problem.area_m2, zone_of)
        across = zone_of[problem.edge_i] != zone_of[problem.edge_j]
        outer = problem.perimeter_m.copy()  # what of each block's border is no border to a block
        np.subtract.at(outer, problem.edge_i, problem.edge_shared_m)
        np.subtract.at(outer, problem.edge_j, problem.edge_shared_m)
        np.add.at(outer, problem.edge_i[across], problem.edge_shared_m[across])
        np.add.at(outer, problem.edge_j[across], problem.edge_shared_m[across])
        border = zone_sum(problem, outer, zone_of)
        round_share = np.zeros(problem.n_zones)
        np.divide(4 * np.pi * area, border**2, out=round_share, where=border > 0)
        return float((1 - round_share).sum())

    def sentence(self) -> str:
        """Say the objective in plain words."""
        return "Distance of zones from circles (Polsby-Popper), added up."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people."""
        return ()
