"""One zone of a plan as a column of a program that puts zones together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_array

from geodata.dtypes import Floats, Ints
from planner.search.arrays import HINGE_WORST, Arrays, State
from planner.search.state import fresh_state

__all__ = ["ROUNDING", "Column", "columns_of", "holds", "most_of"]


ROUNDING = 1e-9


class Column(NamedTuple):
    """The units of one zone and what they add to a plan's channels (c channels, l worst leaves)."""

    zone: int
    units: Ints  # in rising order
    sums: Floats  # (c,) part of each channel
    worst: Floats  # (l,) value of each leaf of which a plan counts only the worst zone


def columns_of(a: Arrays, constant: Floats, plan: Ints, zones: Sequence[int]) -> list[Column]:
    """Return some zones of a plan of units, (u,); `constant`, (c,), is what channels start from."""
    order = np.argsort(plan, kind="stable").astype(np.int32)
    ends = np.searchsorted(plan[order], np.arange(a.allowed.shape[1] + 1))
    sums, worst = _amounts(a, fresh_state(a, constant, plan))
    return [Column(z, order[ends[z] : ends[z + 1]], sums[:, z], worst[:, z]) for z in zones]


def most_of(a: Arrays, constant: Floats, mine: Sequence[Column]) -> tuple[Floats, Floats]:
    """Return what other zones may have for rules to be kept as well as by a whole plan's, `mine`.

    Returns
    -------
    most : (c,) float64
        All zones together, of each channel: its limit, or what the plan has where that is more.
    worst : (l,) float64
        Each zone, of each leaf of which a plan counts only the worst zone.
    """
    amounts = np.sum([one.sums for one in mine], axis=0)
    most = np.maximum(a.limit - constant, amounts) + ROUNDING
    return most, np.max([one.worst for one in mine], axis=0) + ROUNDING


def holds(a: Arrays, columns: Sequence[Column]) -> csc_array:
    """Return which units each column has, (u, k), and below that which zone it is of, (m, k)."""
    units, zones = a.allowed.shape
    rows = [np.append(one.units, units + one.zone) for one in columns]
    ends = np.cumsum([0] + [len(row) for row in rows])
    entries = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    return csc_array((np.ones(ends[-1]), entries, ends), shape=(units + zones, len(columns)))


def _amounts(a: Arrays, state: State) -> tuple[Floats, Floats]:
    """Return each zone's part of each channel, (c, m), and its worst-zone leaves, (l, m)."""
    zone, m = state.zone, a.allowed.shape[1]
    sums = np.zeros((len(a.aim), m))
    is_worst = a.leaf_kind == HINGE_WORST
    np.add.at(sums, a.leaf_channel[~is_worst], state.leaf[~is_worst])
    for p, c in enumerate(a.pair_channel):
        cost = a.pair_cost[p, np.arange(len(zone)), zone]
        sums[c] += np.bincount(zone, weights=cost, minlength=m)
    cut = zone[a.source] != zone[a.indices]
    around = np.bincount(zone[a.source[cut]], weights=a.border_m[cut], minlength=m)
    for q, c in enumerate(a.cut_channel):
        sums[c] += a.cut_weight[q] * around / 2
    return sums, state.leaf[is_worst]
