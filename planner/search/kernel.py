"""The inner loops of search: exact scores of a move, contiguity of a zone without a block.

Compiled with numba where it is installed; the same functions run, slower, without it.
"""

from __future__ import annotations

import math
from typing import Any

from planner.search.arrays import HINGE_SUM, HINGE_WORST, RATIO, Arrays, State, Work
from planner.search.compiled import compiled

TINY = 1e-12
REACH = 48


@compiled
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
    if perimeter <= TINY:
        return a.leaf_weight[leaf, zone]
    area = tally[a.leaf_measure[leaf, 0]]
    return a.leaf_weight[leaf, zone] * (1.0 - 4.0 * math.pi * area / (perimeter * perimeter))


@compiled
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


@compiled
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
    return score_of(a, channel)[0]


@compiled
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


@compiled
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


@compiled
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


@compiled
def stands_alone(a: Arrays, s: State, u: int) -> bool:
    """Tell whether the unit is an island of today that stands in today's zone."""
    return a.island_zone[u] >= 0 and a.island_zone[u] == s.zone[u]


@compiled
def cut_off(a: Arrays, s: State, u: int, w: Work) -> int:
    """Find what loses its school when unit `u` leaves its zone.

    Fills ``w.moved`` with `u` and every unit that would be cut off from the zone's root, and
    returns how many: 1 when the rest stays in one piece, -1 when more are cut off than there is
    room for.  Only ``REACH`` units are looked at from each side of `u`; two sides that do not meet
    within that reach count as cut apart, which forbids a few moves and never allows a wrong one.
    """
    zone = s.zone[u]
    stamp, queue = w.stamp, w.queue
    w.moved[0] = u
    if stands_alone(a, s, u):
        return 1
    w.clock[0] += a.indptr[u + 1] - a.indptr[u] + 2
    clock = w.clock[0]
    n_near = 0
    for e in range(a.indptr[u], a.indptr[u + 1]):
        v = a.indices[e]
        if s.zone[v] == zone and not stands_alone(a, s, v):
            stamp[v] = -clock
            n_near += 1
    if n_near <= 1:
        return 1
    stamp[u] = clock
    w.clock[0] += a.indptr[u + 1] - a.indptr[u] + 2
    mark = clock
    home = 0  # mark of the piece that keeps the root, once known
    found = 0
    total = 1
    for e in range(a.indptr[u], a.indptr[u + 1]):
        start = a.indices[e]
        if stamp[start] != -clock:
            continue
        mark += 1
        stamp[start] = mark
        found += 1
        queue[0] = start
        head = 0
        tail = 1
        keeps_root = a.is_root[start]
        joined = False
        while head < tail and not joined:
            if found == n_near and (mark == clock + 1 or (keeps_root and home == 0)):
                break
            if tail > REACH:
                keeps_root = True
                break
            v = queue[head]
            head += 1
            for f in range(a.indptr[v], a.indptr[v + 1]):
                x = a.indices[f]
                if s.zone[x] != zone or stands_alone(a, s, x):
                    continue
                if stamp[x] >= clock:
                    joined = joined or (home > 0 and stamp[x] == home)
                    continue
                if stamp[x] == -clock:
                    found += 1
                stamp[x] = mark
                keeps_root = keeps_root or a.is_root[x]
                queue[tail] = x
                tail += 1
        if found == n_near and mark == clock + 1:
            return 1
        if joined:
            for at in range(tail):
                stamp[queue[at]] = home
            continue
        if keeps_root:
            if home > 0:
                return -1
            home = mark
        else:
            if total + tail > w.moved.shape[0]:
                return -1
            for at in range(tail):
                w.moved[total] = queue[at]
                total += 1
    return total
