"""Zones made to measure: for a price on every unit, a zone that is worth more than it costs.

The plan's other zones do not matter here, so each school has a small search of its own, with two
zones: the school's, and *nowhere*, whose units need not hang together and cost their price.  Moves
and scores are those of every search.

Maths   minimise ``sum_c (aim[c] - rate[c]) channel[c](zone) + sum_{u not in zone} price[u]``
Exact   no: by annealing from zones that are known
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.search.anneal import anneal, keep_best
from planner.search.arrays import (
    HINGE_SUM,
    HINGE_WORST,
    LARGEST_GROUP,
    Arrays,
    counts_worst,
    make_work,
)
from planner.search.columns import Column
from planner.search.regions import go_to
from planner.search.schedule import COLD
from planner.search.state import fresh_state

__all__ = ["Pricer"]


HERE, NOWHERE = 0, 1  # the two zones


class Pricer:
    """Finds zones for prices.

    Parameters
    ----------
    arrays : Arrays
        Of the whole problem, without spreads.
    most : (c,) float64
        What all zones together may have of each channel, infinite where there is no limit.
    typical : float
        Typical change of the aim by one move: the unit of temperatures.
    """

    def __init__(self, arrays: Arrays, most: Floats, typical: float) -> None:
        a = arrays
        self._typical, self._allowed = typical, a.allowed
        self._aim = np.append(a.aim, 1.0)
        self._limit = np.append(_limit_alone(a, most), np.inf)
        self._base = a.aim
        self._is_worst = counts_worst(a)
        self._worst_leaf = a.leaf_kind == HINGE_WORST
        self._alone = [self._problem_of(a, z) for z in range(a.allowed.shape[1])]
        self._nothing = np.zeros(len(self._aim))
        self._room = make_work(self._alone[0], LARGEST_GROUP)
        self.root = [np.flatnonzero(a.is_root & a.allowed[:, z]).astype(np.int32)
                     for z in range(a.allowed.shape[1])]  # fmt: skip

    def set_prices(self, price: Floats, rate: Floats) -> None:
        """Set what each unit is worth, (u,), and each channel, (c,)."""
        self._aim[:-1] = np.where(self._is_worst, 0.0, self._base - rate)
        for one in self._alone:
            one.pair_cost[-1, :, NOWHERE] = price

    def withhold(self, units: Ints) -> None:
        """Let no zone have these units."""
        for one in self._alone:
            one.allowed[units, HERE] = False

    def give_back(self, units: Ints) -> None:
        """Let zones have these units again, as far as they ever may."""
        for z, one in enumerate(self._alone):
            one.allowed[units, HERE] = self._allowed[units, z]

    def make(
        self,
        zone: int,
        starts: Iterable[Ints],
        rng: np.random.Generator,
        moves: int,
        heat: float,
    ) -> Iterator[Column]:
        """Yield the best zone met from each that is known, where it breaks no rule alone.

        Parameters
        ----------
        zone : int
        starts : iterable of (n,) int32
            Units to begin with: connected, with the school's unit.
        rng : numpy Generator
        moves : int
            To be tried from each.
        heat : float
            First temperature, in typical changes of the aim.
        """
        a = self._alone[zone]
        state = fresh_state(a, self._nothing, np.full(len(a.is_root), NOWHERE, dtype=np.int32))
        hot, cold = heat * self._typical, COLD * self._typical
        for units in starts:
            plan = np.full(len(a.is_root), NOWHERE, dtype=np.int32)
            plan[units] = HERE
            go_to(a, state, self._room, plan)
            best = np.array([np.inf, np.inf])
            keep_best(a, state, plan, best)
            anneal(a, state, self._room, rng, moves, hot, cold, plan, best)
            if best[1] > 0.0:
                continue
            go_to(a, state, self._room, plan)
            sums = np.where(self._is_worst, 0.0, state.channel[:-1])
            made = np.flatnonzero(plan == HERE).astype(np.int32)
            yield Column(zone, made, sums, state.leaf[self._worst_leaf, HERE])

    def _problem_of(self, a: Arrays, z: int) -> Arrays:
        """Return the problem of one school and nowhere."""
        n_units = len(a.is_root)
        costs = np.zeros((len(a.pair_channel) + 1, n_units, 2))
        costs[:-1, :, HERE] = a.pair_cost[:, :, z]
        own_root = a.is_root & a.allowed[:, z]

        def beside_nothing(leaf: Floats) -> Floats:
            return np.stack([leaf[:, z], np.zeros(len(leaf))], axis=1)

        return a._replace(
            allowed=np.stack([a.allowed[:, z], ~own_root], axis=1),
            is_free=np.array([a.is_free[z], True]),
            island_zone=np.where(a.island_zone == z, HERE, -1).astype(np.int32),
            pair_cost=costs,
            pair_channel=np.append(a.pair_channel, len(a.aim)).astype(np.int32),
            leaf_lower=beside_nothing(a.leaf_lower),
            leaf_upper=beside_nothing(a.leaf_upper),
            leaf_weight=beside_nothing(a.leaf_weight),
            cut_weight=a.cut_weight / 2,  # the other half is the neighbours'
            aim=self._aim,
            limit=self._limit,
            price=np.append(a.price, 0.0),
            is_violation=np.append(a.is_violation, False),
        )


def _limit_alone(a: Arrays, most: Floats) -> Floats:
    """Return the limits of all zones that one zone alone may not pass either, (c,).

    Bands of sizes only add up; other channels may be paid back by other zones.
    """
    adds_up = np.ones(len(a.aim), dtype=bool)
    adds_up[a.leaf_channel[~np.isin(a.leaf_kind, (HINGE_SUM, HINGE_WORST))]] = False
    adds_up[a.pair_channel] = False
    adds_up[a.cut_channel] = False
    return np.where(adds_up, most, np.inf)
