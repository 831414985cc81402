"""Temperatures and prices from a sample of moves, never by hand.

A temperature is in the unit of the aim: a change for the worse by the temperature is accepted in
37 of 100 cases.  It has to fit the sizes of the changes that single moves make, which differ by
orders of magnitude between districts and aims.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.search.anneal import sample_moves
from planner.search.arrays import make_work
from planner.search.kernel import score_of
from planner.search.state import fresh_state
from planner.search.tasks import LARGEST_GROUP, Bench

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

SAMPLES = 4000
WORTH = 4.0  # typical changes of the aim that a typical excess of a rule costs at first
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes that fit a problem.

    Parameters
    ----------
    typical : float
        Median change of the aim by a move that changes it.
    prices : (c,) float64
        First price of each channel above its limit.
    """

    typical: float
    prices: Floats


def measure_scale(bench: Bench, zone: Ints, seed: int) -> Scale:
    """Sample moves around a plan and size temperatures and prices by them."""
    arrays = bench.model.arrays
    state = fresh_state(arrays, bench.model.constant, zone)
    rng = np.random.default_rng((seed, 71))
    rows = np.empty((SAMPLES, len(arrays.aim)))
    found = sample_moves(arrays, state, make_work(arrays, state, LARGEST_GROUP), rng, rows)
    rows = rows[:found]
    now = score_of(arrays, state.channel)[1]
    aims = np.array([score_of(arrays, row)[1] for row in rows]) - now
    typical = _typical(np.abs(aims))
    prices = np.zeros(len(arrays.aim))
    for c in np.flatnonzero(arrays.is_violation):
        change = _typical(np.abs(rows[:, c] - state.channel[c]))
        prices[c] = WORTH * typical / change
    return Scale(typical, prices)


def _typical(changes: Floats) -> float:
    """Return the median of the changes that change anything."""
    real = changes[changes > TINY]
    return float(np.median(real)) if len(real) else 1.0
