"""A problem as search and solver see it, and what a plan is worth there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.problem import Problem
from planner.search.arrays import is_limited, limited_values
from planner.search.lower import SearchModel, lower
from planner.search.state import fresh_state, measure_plan
from planner.terms import Amount, Constraint

BROKEN = 1e-7  # violation above which a plan breaks a rule


@dataclass(frozen=True, slots=True)
class Bench:
    """A problem as search and solver see it; made once and sent to every worker."""

    problem: Problem
    constraints: tuple[Constraint, ...]
    amount: Amount
    model: SearchModel

    @classmethod
    def make(cls, problem: Problem, constraints: Sequence[Constraint], amount: Amount) -> Bench:
        """Lower the terms for search."""
        return cls(problem, tuple(constraints), amount, lower(problem, constraints, amount))

    @property
    def prices(self) -> Floats:
        """Price of each channel and each spread above its limit, (c + s,)."""
        return np.concatenate([self.model.arrays.price, self.model.arrays.spread_price])

    def with_prices(self, prices: Floats) -> Bench:
        """Return a copy in which breaking a rule costs `prices`, (c + s,)."""
        price, spread_price = np.split(prices, [len(self.model.arrays.aim)])
        arrays = self.model.arrays._replace(price=price, spread_price=spread_price)
        return replace(self, model=replace(self.model, arrays=arrays))

    def measure(self, zone: Ints) -> tuple[float, float]:
        """Return aim and violation of a plan of units, counted afresh."""
        return measure_plan(self.model.arrays, self.model.constant, zone)

    def holds(self, zone: Ints) -> bool:
        """Tell whether a plan of units holds every rule."""
        return self.measure(zone)[1] <= BROKEN

    def rank(self, zone: Ints) -> tuple[float, float]:
        """Return violation and aim: plans that break less come first, then those with less aim."""
        aim, violation = self.measure(zone)
        return violation, aim

    def excess(self, zone: Ints) -> Floats:
        """Return how far each channel and each spread is above its limit, (c + s,)."""
        arrays = self.model.arrays
        channel = fresh_state(arrays, self.model.constant, zone).channel
        limit = np.concatenate([arrays.limit, arrays.spread_limit])
        over = np.maximum(0.0, limited_values(arrays, channel) - limit)
        return np.where(is_limited(arrays), over, 0.0)
