"""The state of a search: one plan with all its tallies, computed afresh."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.search.arrays import HINGE_WORST, Arrays, State
from planner.search.compiled import compiled
from planner.search.kernel import leaf_value, score_of


@compiled
def fill_leaves(a: Arrays, tally: Floats, perimeter: Floats, leaf: Floats) -> None:
    """Compute every leaf of every zone."""
    for at in range(leaf.shape[0]):
        for z in range(leaf.shape[1]):
            leaf[at, z] = leaf_value(a, at, int(np.int32(z)), tally[z], perimeter[z])


def fresh_state(a: Arrays, constant: Floats, zone: Ints) -> State:
    """Compute the state of a plan from nothing.

    Parameters
    ----------
    a : Arrays
    constant : (c,) float64
        What each channel starts from.
    zone : (u,) int32
        Zone of each unit, all >= 0.
    """
    m = a.allowed.shape[1]
    zone = zone.astype(np.int32).copy()
    tally = np.zeros((m, a.measure.shape[1]))
    np.add.at(tally, zone, a.measure)
    cut = zone[a.source] != zone[a.indices]
    inside = np.bincount(zone[a.source[~cut]], weights=a.border_m[~cut], minlength=m)
    outlines = np.bincount(zone, weights=a.perimeter_m, minlength=m)
    perimeter: Floats = (outlines - inside).astype(float)
    leaf = np.zeros((len(a.leaf_kind), m))
    fill_leaves(a, tally, perimeter, leaf)
    channel = constant.copy()
    for p, c in enumerate(a.pair_channel):
        channel[c] += a.pair_cost[p, np.arange(len(zone)), zone].sum()
    for q, c in enumerate(a.cut_channel):
        channel[c] += a.cut_weight[q] * a.border_m[cut].sum() / 2
    for at, c in enumerate(a.leaf_channel):
        worst = a.leaf_kind[at] == HINGE_WORST
        channel[c] += leaf[at].max(initial=0.0) if worst else leaf[at].sum()
    parts = tally[:, a.group[:, 0]]
    apart = a.group_weight * (parts.sum(axis=0) - parts.max(axis=0, initial=0.0))
    np.add.at(channel, a.group[:, 1], apart)
    cut_list = np.zeros(len(a.indices), dtype=np.int32)
    cut_place = np.full(len(a.indices), -1, dtype=np.int32)
    where = np.flatnonzero(cut)
    cut_list[: len(where)] = where
    cut_place[where] = np.arange(len(where))
    return State(
        zone=zone,
        tally=tally,
        perimeter=perimeter,
        leaf=leaf,
        channel=channel,
        cut_list=cut_list,
        cut_place=cut_place,
        n_cut=np.array([len(where)], dtype=np.int32),
        active=np.ones(m, dtype=bool),
    )


def measure_plan(a: Arrays, constant: Floats, zone: Ints) -> tuple[float, float]:
    """Return aim and violation (at the arrays' prices) of a plan of units."""
    _, aim, violation = score_of(a, fresh_state(a, constant, zone).channel)
    return float(aim), float(violation)
