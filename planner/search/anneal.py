"""Simulated annealing over single blocks, small groups and exchanges across zone borders."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from planner.search.arrays import Arrays, State, Work
from planner.search.compiled import compiled, inlined
from planner.search.contiguity import cut_off, is_rooted
from planner.search.kernel import apply_move, move_change, score_of

FEASIBLE = 1e-9
ALONE = 8  # one in so many moves that are bad for the unit alone is tried with what it cuts off
EXCHANGE = 2  # further proposals that could be tried in the time of an exchange


# Numbers that are handed on are made int64 by name: numba compiles a function anew, a second or
# two each, for every type and for every literal it is called with.


@inlined
def draw_border(s: State, rng: Any) -> int:
    """Draw one of the borders between zones; there must be one."""
    return int(np.int64(s.cut_list[int(rng.random() * s.n_cut[0])]))


@inlined
def take_alone(w: Work, u: int) -> int:
    """Fill ``w.moved`` with one unit; return how many that are."""
    w.moved[0] = u
    return int(np.int64(1))


@inlined
def may_follow(a: Arrays, s: State, e: int) -> bool:
    """Tell whether the unit on this side of border `e` may go to the zone on the other side."""
    u = a.source[e]
    v = a.indices[e]
    return bool(a.allowed[u, s.zone[v]]) and is_rooted(a, s, v)


@inlined
def with_cut_off(a: Arrays, s: State, u: int, target: int, w: Work) -> int:
    """Fill ``w.moved`` with `u` and what leaving cuts off; return how many, 0 if they may not."""
    n_moved = cut_off(a, s, u, w)
    if n_moved < 1:
        return 0
    for at in range(1, n_moved):
        if not a.allowed[w.moved[at], target]:
            return 0
    return n_moved


@inlined
def propose(a: Arrays, s: State, e: int, w: Work) -> int:
    """Fill ``w.moved`` with what would follow across border `e`; return how many, or 0."""
    if not may_follow(a, s, e):
        return 0
    return with_cut_off(a, s, a.source[e], s.zone[a.indices[e]], w)


@compiled
def sample_moves(a: Arrays, s: State, w: Work, rng: Any, channels: Any) -> int:
    """Fill rows of `channels` with the channels after random possible moves; return how many."""
    found = 0
    for _ in range(20 * channels.shape[0]):
        if s.n_cut[0] == 0 or found == channels.shape[0]:
            break
        e = draw_border(s, rng)
        n_moved = propose(a, s, e, w)
        if n_moved == 0:
            continue
        move_change(a, s, w.moved, n_moved, s.zone[a.indices[e]], w.scratch, channels[found])
        found += 1
    return found


@inlined
def border_from(a: Arrays, s: State, rng: Any, zone: int, tries: int) -> int:
    """Draw a border of a zone with another; -1 when none was drawn in so many tries."""
    for _ in range(tries if s.n_cut[0] > 0 else 0):
        e = draw_border(s, rng)
        if s.zone[a.source[e]] == zone:
            return e
    return -1


@inlined
def exchange(
    a: Arrays,
    s: State,
    w: Work,
    rng: Any,
    now: float,
    n_moved: int,
    target: int,
    temperature: float,
) -> float:
    """Follow a move into `target` by one out of `target`; return the score, inf if not accepted.

    The first move stands in ``w.moved``, ``w.scratch`` and ``w.channel``.  Where the two together
    are not accepted, the plan is left as it was.
    """
    old = s.zone[w.moved[0]]
    first = w.moved[0]
    for at in range(n_moved):
        w.first[at] = w.moved[at]
    apply_move(a, s, w.moved, n_moved, target, w.scratch, w.channel)
    e = border_from(a, s, rng, target, 60)
    if e >= 0 and a.source[e] != first:
        second = s.zone[a.indices[e]]
        n_second = propose(a, s, e, w)
        for at in range(n_second):
            if w.moved[at] == first:
                n_second = 0
                break
        if n_second > 0:
            score = move_change(a, s, w.moved, n_second, second, w.scratch, w.channel)
            change = score - now
            if change <= 0.0 or rng.random() < math.exp(-change / temperature):
                apply_move(a, s, w.moved, n_second, second, w.scratch, w.channel)
                return score
    move_change(a, s, w.first, n_moved, old, w.scratch, w.channel)
    apply_move(a, s, w.first, n_moved, old, w.scratch, w.channel)
    return math.inf


@compiled
def anneal(
    a: Arrays,
    s: State,
    w: Work,
    rng: Any,
    n_proposals: int,
    hot: float,
    cold: float,
    best_zone: Any,
    best: Any,
) -> None:
    """Run `n_proposals` proposals while the temperature falls from `hot` to `cold`.

    A unit's own change is worked out first, because that is cheap; only where it may be accepted is
    its zone looked at for what would be cut off.

    `best_zone` (u,) and `best` (2,) [aim, violation] hold the best plan so far and are improved in
    place: fewer broken rules first, then the aim.
    """
    moved, scratch, channel = w.moved, w.scratch, w.channel
    now = score_of(a, s.channel)[0]
    temperature = hot
    turn = 0
    cooled = 0
    while turn < n_proposals and s.n_cut[0] > 0:
        turn += 1
        if turn - cooled >= 100:
            cooled = turn
            temperature = hot * (cold / hot) ** (turn / n_proposals)
        e = draw_border(s, rng)
        if not may_follow(a, s, e):
            continue
        target = s.zone[a.indices[e]]
        bar = now - temperature * math.log(1.0 - rng.random())  # the highest score accepted
        n_moved = take_alone(w, a.source[e])
        score = move_change(a, s, moved, n_moved, target, scratch, channel)
        goes_on = score > bar and rng.random() < w.exchange_share[0]
        if score > bar and not goes_on and turn % ALONE:
            continue  # most moves end here, before the zone is looked at
        n_moved = with_cut_off(a, s, a.source[e], target, w)
        if n_moved == 0:
            continue
        if n_moved > 1:
            score = move_change(a, s, moved, n_moved, target, scratch, channel)
        if score <= bar:
            apply_move(a, s, moved, n_moved, target, scratch, channel)
        else:
            if not goes_on:
                continue
            turn += EXCHANGE
            score = exchange(a, s, w, rng, now, n_moved, target, temperature)
            if score == math.inf:
                continue
        if score < now:
            keep_best(a, s, best_zone, best)
        now = score


@compiled
def keep_best(a: Arrays, s: State, best_zone: Any, best: Any) -> None:
    """Remember the plan if it breaks the rules less, or as little with a better aim."""
    _, aim, violation = score_of(a, s.channel)
    if violation <= FEASIBLE:
        violation = 0.0
    if violation < best[1] or (violation == best[1] and aim < best[0] - 1e-13):
        best[0] = aim
        best[1] = violation
        for u in range(s.zone.shape[0]):
            best_zone[u] = s.zone[u]
