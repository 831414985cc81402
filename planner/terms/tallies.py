"""Measures of blocks added up by zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from geodata.dtypes import Floats, Ints

if TYPE_CHECKING:
    from planner.problem import Problem

__all__ = ["combine", "tally"]


def tally(problem: Problem, measures: Mapping[str, float], zone_of: Ints) -> Floats:
    """Add measures up by zone: ``sum_k factor_k * T[z,k]``, (m,) float64."""
    per_block = combine(problem, measures)
    sums = np.bincount(zone_of, weights=per_block, minlength=problem.n_zones)
    return np.asarray(sums, dtype=np.float64)


def combine(problem: Problem, measures: Mapping[str, float]) -> Floats:
    """Return ``sum_k factor_k * measure_k[b]`` for each block, (n,) float64."""
    total = np.zeros(problem.n_blocks)
    for name, factor in measures.items():
        total += factor * problem.measure(name)
    return total
