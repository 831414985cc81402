"""Temperatures and prices from a sample of moves, never by hand.

A temperature is in the unit of the aim: a change for the worse by the temperature is accepted in
37 of 100 cases.  It has to fit the sizes of the changes that single moves make, which differ by
orders of magnitude between districts and aims.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.search.anneal import sample_moves
from planner.search.arrays import LARGEST_GROUP, is_limited, limited_values, make_work
from planner.search.bench import Bench
from planner.search.kernel import score_of
from planner.search.state import fresh_state
from planner.search.tasks import Anneal, Task, do

SAMPLES = 4000
WORTH = 4.0  # typical changes of the aim that a typical excess of a rule costs at first
QUENCH = 60_000  # moves of a short search that shows whether prices are high enough
RAISE, MOST_RAISES = 2.5, 8
TINY = 1e-12
MATTERS = 0.01  # share of the mean change


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes that fit a problem.

    Parameters
    ----------
    typical : float
        Median change of the aim by a move that changes it for more than a trifle.
    prices : (c + s,) float64
        First price of each channel and each spread above its limit: high enough that a plan which
        only gets better does not get better by breaking rules.
    """

    typical: float
    prices: Floats


def measure_scale(bench: Bench, zone: Ints, seed: int) -> Scale:
    """Sample moves around a plan and size temperatures and prices by them."""
    arrays = bench.model.arrays
    state = fresh_state(arrays, bench.model.constant, zone)
    rng = np.random.default_rng((seed, 71))
    rows = np.empty((SAMPLES, len(arrays.aim)))
    found = sample_moves(arrays, state, make_work(arrays, LARGEST_GROUP), rng, rows)
    rows = rows[:found]
    now = score_of(arrays, state.channel)[1]
    aims = np.array([score_of(arrays, row)[1] for row in rows]) - now
    typical = _typical(np.abs(aims))
    changes = limited_values(arrays, rows) - limited_values(arrays, state.channel)
    limited = is_limited(arrays)
    prices = np.zeros(len(limited))
    for at in np.flatnonzero(limited):
        prices[at] = WORTH * typical / _typical(np.abs(changes[:, at]))
    return Scale(typical, _dear_enough(bench, zone, typical, prices, seed))


def _dear_enough(bench: Bench, zone: Ints, typical: float, prices: Floats, seed: int) -> Floats:
    """Raise prices until a quench from the plan breaks no rule further than the plan does."""
    before = bench.excess(zone)
    for turn in range(MOST_RAISES):
        quench = Anneal(QUENCH, 0.1 * typical, 0.01 * typical)
        done = do(bench, Task(quench, zone, prices, (seed, 72, turn)))
        dearer = done.excess > before + TINY
        if not dearer.any():
            break
        prices = np.where(dearer, RAISE * prices, prices)
    return prices


def _typical(changes: Floats) -> float:
    """Return the median of the changes that matter.

    Where an aim says nothing to most moves, what guides the search between near equals does, but
    thousands of times more faintly: temperatures of that size would be none.
    """
    real = changes[changes > TINY]
    return float(np.median(real[real >= MATTERS * real.mean()])) if len(real) else 1.0
