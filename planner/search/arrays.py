"""Rules and an aim as plain arrays: the form in which search can keep them up to date.

Every term of `planner.terms` becomes *leaves* (one number per zone) and *channels* (one number
per plan).  A leaf is one of five kinds; a channel adds up leaves, pair costs, cut borders and
groups less their largest part in any zone; the score of a plan is a weighted sum of channels, plus
a price on each channel above its limit, plus a price on each spread of channels.  Nothing here
knows which rule a number came from.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Bools, Floats, Ints

HINGE_SUM, HINGE_WORST, RATIO, SHAPE, APART = 0, 1, 2, 3, 4


LARGEST_GROUP = 12  # units moved at once


class Arrays(NamedTuple):
    """What does not change during a search (u units, m zones, k measures, l leaves, c channels)."""

    # graph of units
    indptr: Ints  # (u + 1,)
    indices: Ints  # (2e,)
    source: Ints  # (2e,) unit each border is seen from
    reverse: Ints  # (2e,) position of the opposite direction of each border
    border_m: Floats  # (2e,)
    # what may be chosen
    allowed: Bools  # (u, m) roots only in their own zone
    is_root: Bools  # (u,) holds the block its zone grows from
    is_free: Bools  # (m,) zones whose units need not hang together
    island_zone: Ints  # (u,) zone in which the unit may stand apart, -1 none
    # measures
    measure: Floats  # (u, k)
    perimeter_m: Floats  # (u,)
    # pair costs
    pair_cost: Floats  # (p, u, m)
    pair_channel: Ints  # (p,)
    # leaves
    leaf_kind: Ints  # (l,)
    leaf_channel: Ints  # (l,)
    leaf_lower: Floats  # (l, m)
    leaf_upper: Floats  # (l, m)
    leaf_weight: Floats  # (l, m)
    leaf_measure: Ints  # (l, 3) measure of a hinge, area of a shape, a, b, c of a ratio, or the
    # first and last + 1 of the `part` of which a zone is to hold one
    part: Ints  # measures that are the parts of leaves
    # groups that are to be in one zone: a channel counts all but the largest part
    group: Ints  # (g, 2) its measure, and the channel
    group_weight: Floats  # (g,)
    # cut borders
    cut_channel: Ints  # (q,)
    cut_weight: Floats  # (q,)
    # channels
    aim: Floats  # (c,) weight in the objective
    limit: Floats  # (c,) infinite where none
    price: Floats  # (c,) price a unit above the limit; for violation channels price above 0
    is_violation: Bools  # (c,) whether being above the limit breaks a rule
    # spreads: largest minus smallest of the channels first[s]:last[s] of spread_member
    spread_first: Ints  # (s + 1,)
    spread_member: Ints
    spread_aim: Floats  # (s,)
    spread_limit: Floats  # (s,)
    spread_price: Floats  # (s,)


class State(NamedTuple):
    """What changes: one plan and its tallies."""

    zone: Ints  # (u,)
    tally: Floats  # (m, k)
    perimeter: Floats  # (m,) outer border of each zone
    leaf: Floats  # (l, m)
    channel: Floats  # (c,)
    cut_list: Ints  # (2e,) borders between zones, first n_cut entries
    cut_place: Ints  # (2e,) place in cut_list, -1 if not cut
    n_cut: Ints  # (1,)
    active: Bools  # (m,) zones that may change; borders of others are not in cut_list


class Work(NamedTuple):
    """Room the inner loops work in, so that they need not make arrays."""

    stamp: NDArray[np.int64]  # (u,)
    clock: NDArray[np.int64]  # (1,)
    queue: Ints  # (u,)
    moved: Ints  # (group,)
    first: Ints  # (group,)
    exchange_share: Floats  # (1,) how often a refused move is followed by a second one
    scratch: Floats  # (2, k + 1)
    channel: Floats  # (c,)
    best_zone: Ints  # (u,) of the region being searched
    best: Floats  # (2,)


def is_limited(a: Arrays) -> Bools:
    """Return which channels, then which spreads, a rule or an aim above limits, (c + s,)."""
    return np.concatenate([a.is_violation, np.isfinite(a.spread_limit)])


def limited_values(a: Arrays, channels: Floats) -> Floats:
    """Return the channels (…, c) and behind them the spreads: what limits are about, (…, c + s)."""
    parts = [a.spread_member[i:j] for i, j in pairwise(a.spread_first.tolist())]
    spreads = [np.ptp(channels[..., members], axis=-1) for members in parts]
    return np.concatenate([channels, *(spread[..., None] for spread in spreads)], axis=-1)


def counts_worst(a: Arrays) -> Bools:
    """Return which channels count only a worst zone, (c,)."""
    counted: Bools = np.isin(np.arange(len(a.aim)), a.leaf_channel[a.leaf_kind == HINGE_WORST])
    return counted


def make_work(a: Arrays, largest_group: int, exchange_share: float = 0.0) -> Work:
    """Make room for moves of up to `largest_group` units."""
    n = len(a.is_root)
    return Work(
        best_zone=np.zeros(n, dtype=np.int32),
        best=np.zeros(2),
        stamp=np.zeros(n, dtype=np.int64),
        clock=np.ones(1, dtype=np.int64),
        queue=np.empty(n, dtype=np.int32),
        moved=np.empty(largest_group, dtype=np.int32),
        first=np.empty(largest_group, dtype=np.int32),
        exchange_share=np.array([exchange_share]),
        scratch=np.empty((2, a.measure.shape[1] + 1)),
        channel=np.empty(len(a.aim)),
    )
