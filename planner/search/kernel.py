"""The inner loops of search: exact scores of a move.

Compiled with numba where it is installed; the same functions run, slower, without it.
"""

from __future__ import annotations

import math
from typing import Any

from planner.search.arrays import APART, HINGE_SUM, HINGE_WORST, RATIO, Arrays, State
from planner.search.compiled import compiled, inlined

TINY = 1e-12


# The two functions for groups are not inlined: most aims have none, and longer loops are slower.


@compiled
def beside_largest(a: Arrays, leaf: int, tally: Any) -> float:
    """Sum of the parts of a leaf without the largest."""
    largest = 0.0
    whole = 0.0
    for at in range(a.leaf_measure[leaf, 0], a.leaf_measure[leaf, 1]):
        whole += tally[a.part[at]]
        largest = max(largest, tally[a.part[at]])
    return whole - largest


@inlined
def leaf_value(a: Arrays, leaf: int, zone: int, tally: Any, perimeter: float) -> float:
    """Value of one leaf for a zone with these tallies."""
    kind = a.leaf_kind[leaf]
    if kind in (HINGE_SUM, HINGE_WORST):
        e = tally[a.leaf_measure[leaf, 0]]
        over = e - a.leaf_upper[leaf, zone]
        under = a.leaf_lower[leaf, zone] - e
        worst = over if over > under else under
        return a.leaf_weight[leaf, zone] * worst if worst > 0.0 else 0.0
    if kind == RATIO:
        den = tally[a.leaf_measure[leaf, 2]]
        if den <= TINY:
            return 0.0
        top = tally[a.leaf_measure[leaf, 0]] * tally[a.leaf_measure[leaf, 1]]
        return a.leaf_weight[leaf, zone] * top / den
    if kind == APART:
        return a.leaf_weight[leaf, zone] * beside_largest(a, leaf, tally)
    if perimeter <= TINY:
        return a.leaf_weight[leaf, zone]
    area = tally[a.leaf_measure[leaf, 0]]
    return a.leaf_weight[leaf, zone] * (1.0 - 4.0 * math.pi * area / (perimeter * perimeter))


@inlined
def score_of(a: Arrays, channel: Any) -> tuple[float, float, float]:
    """Return score, aim and violation of a vector of channels."""
    aim = 0.0
    price = 0.0
    violation = 0.0
    for c in range(channel.shape[0]):
        value = channel[c]
        aim += a.aim[c] * value
        excess = value - a.limit[c]
        if excess > 0.0:
            price += a.price[c] * excess
            violation += a.price[c] * excess if a.is_violation[c] else 0.0
    for s in range(a.spread_aim.shape[0]):
        low = math.inf
        high = -math.inf
        for at in range(a.spread_first[s], a.spread_first[s + 1]):
            value = channel[a.spread_member[at]]
            low = min(low, value)
            high = max(high, value)
        aim += a.spread_aim[s] * (high - low)
        excess = high - low - a.spread_limit[s]
        if excess > 0.0:
            price += a.spread_price[s] * excess
            violation += a.spread_price[s] * excess
    return aim + price, aim, violation


@inlined
def move_change(
    a: Arrays, s: State, moved: Any, n_moved: int, target: int, scratch: Any, channel: Any
) -> float:
    """Fill `channel` with the channels after moving units to a zone; return the new score.

    All moved units stand in one zone now.  `scratch` is (2, k + 1): tallies and perimeter of the
    old and the new zone after the move; they stay there for `apply_move`.
    """
    n_k = a.measure.shape[1]
    old = s.zone[moved[0]]
    for k in range(n_k):
        amount = 0.0
        for at in range(n_moved):
            amount += a.measure[moved[at], k]
        scratch[0, k] = s.tally[old, k] - amount
        scratch[1, k] = s.tally[target, k] + amount
    with_old, with_new, around, inside = borders_of(a, s, moved, n_moved, old, target)
    # inside counts borders between moved units, once from each side
    scratch[0, n_k] = s.perimeter[old] - around + 2.0 * with_old + inside
    scratch[1, n_k] = s.perimeter[target] + around - 2.0 * with_new - inside
    for c in range(channel.shape[0]):
        channel[c] = s.channel[c]
    for p in range(a.pair_channel.shape[0]):
        change = 0.0
        for at in range(n_moved):
            u = moved[at]
            change += a.pair_cost[p, u, target] - a.pair_cost[p, u, old]
        channel[a.pair_channel[p]] += change
    for q in range(a.cut_channel.shape[0]):
        channel[a.cut_channel[q]] += a.cut_weight[q] * (with_old - with_new)
    for leaf in range(a.leaf_kind.shape[0]):
        v_old = leaf_value(a, leaf, old, scratch[0, :n_k], scratch[0, n_k])
        v_new = leaf_value(a, leaf, target, scratch[1, :n_k], scratch[1, n_k])
        if a.leaf_kind[leaf] == HINGE_WORST:
            before = 0.0
            after = max(v_old, v_new)
            for z in range(s.leaf.shape[1]):
                value = s.leaf[leaf, z]
                before = max(before, value)
                if z != old and z != target:
                    after = max(after, value)
            channel[a.leaf_channel[leaf]] += after - before
        else:
            change = v_old - s.leaf[leaf, old] + v_new - s.leaf[leaf, target]
            channel[a.leaf_channel[leaf]] += change
    if a.group_weight.shape[0] > 0:
        add_groups(a, s, old, target, scratch, channel)
    return score_of(a, channel)[0]


@compiled
def add_groups(a: Arrays, s: State, old: int, target: int, scratch: Any, channel: Any) -> None:
    """Add to the channels what leaves, or joins, the largest part of its group by a move."""
    for g in range(a.group_weight.shape[0]):
        k = a.group[g, 0]
        if scratch[0, k] == s.tally[old, k]:
            continue
        before = 0.0
        after = max(0.0, scratch[0, k], scratch[1, k])
        for z in range(s.tally.shape[0]):
            before = max(before, s.tally[z, k])
            if z != old and z != target:
                after = max(after, s.tally[z, k])
        channel[a.group[g, 1]] += a.group_weight[g] * (before - after)


@inlined
def borders_of(
    a: Arrays, s: State, moved: Any, n_moved: int, old: int, target: int
) -> tuple[float, float, float, float]:
    """Borders of moved units with the rest of their zone, with the target, all, among themselves.

    The last is counted from both sides.
    """
    with_old = 0.0
    with_new = 0.0
    inside = 0.0
    around = 0.0
    for at in range(n_moved):
        u = moved[at]
        around += a.perimeter_m[u]
        for e in range(a.indptr[u], a.indptr[u + 1]):
            zone = s.zone[a.indices[e]]
            if zone == target:
                with_new += a.border_m[e]
            elif zone == old:
                other = False
                if n_moved > 1:
                    v = a.indices[e]
                    for at2 in range(n_moved):
                        if moved[at2] == v:
                            other = True
                            break
                if other:
                    inside += a.border_m[e]
                else:
                    with_old += a.border_m[e]
    return with_old, with_new, around, inside


@inlined
def set_cut(s: State, e: int, cut: bool) -> None:
    """Put a directed border into the list of borders between zones, or take it out."""
    place = s.cut_place[e]
    if cut and place < 0:
        s.cut_list[s.n_cut[0]] = e
        s.cut_place[e] = s.n_cut[0]
        s.n_cut[0] += 1
    elif not cut and place >= 0:
        s.n_cut[0] -= 1
        last = s.cut_list[s.n_cut[0]]
        s.cut_list[place] = last
        s.cut_place[last] = place
        s.cut_place[e] = -1


@inlined
def apply_move(
    a: Arrays, s: State, moved: Any, n_moved: int, target: int, scratch: Any, channel: Any
) -> None:
    """Make the move that `move_change` measured."""
    n_k = a.measure.shape[1]
    old = s.zone[moved[0]]
    for k in range(n_k):
        s.tally[old, k] = scratch[0, k]
        s.tally[target, k] = scratch[1, k]
    s.perimeter[old] = scratch[0, n_k]
    s.perimeter[target] = scratch[1, n_k]
    for c in range(channel.shape[0]):
        s.channel[c] = channel[c]
    for leaf in range(a.leaf_kind.shape[0]):
        s.leaf[leaf, old] = leaf_value(a, leaf, old, scratch[0, :n_k], scratch[0, n_k])
        s.leaf[leaf, target] = leaf_value(a, leaf, target, scratch[1, :n_k], scratch[1, n_k])
    for at in range(n_moved):
        u = moved[at]
        s.zone[u] = target
    for at in range(n_moved):
        u = moved[at]
        for e in range(a.indptr[u], a.indptr[u + 1]):
            other = s.zone[a.indices[e]]
            cut = other != target and s.active[other]
            set_cut(s, e, cut)
            set_cut(s, a.reverse[e], cut)
