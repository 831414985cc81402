"""Simulated annealing over single blocks, small groups and exchanges across zone borders."""

from __future__ import annotations

import math
from typing import Any


from planner.search.arrays import Arrays, State, Work
from planner.search.compiled import compiled
from planner.search.kernel import apply_move, cut_off, move_change, score_of, stands_alone

FEASIBLE = 1e-9


@compiled
def propose(a: Arrays, s: State, e: int, stamp: Any, clock: int, queue: Any, moved: Any) -> int:
    """Fill `moved` with what would follow across border `e`; return how many, 0 if it may not."""
    u = a.source[e]
    v = a.indices[e]
    target = s.zone[v]
    if a.fixed[u] or not a.allowed[u, target] or stands_alone(a, s, v):
        return 0
    n_moved = cut_off(a, s, u, stamp, clock, queue, moved)
    if n_moved < 1:
        return 0
    for at in range(1, n_moved):
        if a.fixed[moved[at]] or not a.allowed[moved[at], target]:
            return 0
    return n_moved


@compiled
def sample_changes(a: Arrays, s: State, w: Work, rng: Any, changes: Any) -> int:
    """Fill `changes` with score changes of random possible moves; return how many were found."""
    stamp, queue, moved, scratch, channel = w.stamp, w.queue, w.moved, w.scratch, w.channel
    now = score_of(a, s.channel)[0]
    found = 0
    for turn in range(20 * changes.shape[0]):
        if s.n_cut[0] == 0 or found == changes.shape[0]:
            break
        e = s.cut_list[int(rng.random() * s.n_cut[0])]
        n_moved = propose(a, s, e, stamp, w.clock[0] + 64 * turn, queue, moved)
        if n_moved == 0:
            continue
        target = s.zone[a.indices[e]]
        changes[found] = move_change(a, s, moved, n_moved, target, scratch, channel) - now
        found += 1
    w.clock[0] += 64 * (20 * changes.shape[0] + 1)
    return found


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
) -> int:
    """Run `n_proposals` proposals while the temperature falls from `hot` to `cold`.

    `best_zone` (u,) and `best` (2,) [aim, violation] hold the best plan so far and are improved in
    place: fewer broken rules first, then the aim.  Returns the number of accepted moves.
    """
    stamp, queue, moved, scratch, channel = w.stamp, w.queue, w.moved, w.scratch, w.channel
    now = score_of(a, s.channel)[0]
    accepted = 0
    cooling = (cold / hot) ** (1.0 / max(1, n_proposals // 100))
    temperature = hot
    for turn in range(n_proposals):
        if turn % 100 == 99:
            temperature *= cooling
        if s.n_cut[0] == 0:
            break
        e = s.cut_list[int(rng.random() * s.n_cut[0])]
        n_moved = propose(a, s, e, stamp, w.clock[0] + 64 * turn, queue, moved)
        if n_moved == 0:
            continue
        target = s.zone[a.indices[e]]
        score = move_change(a, s, moved, n_moved, target, scratch, channel)
        change = score - now
        if change > 0.0 and rng.random() >= math.exp(-change / temperature):
            continue
        apply_move(a, s, moved, n_moved, target, scratch, channel)
        now = score
        accepted += 1
        if change < 0.0:
            keep_best(a, s, best_zone, best)
    w.clock[0] += 64 * (n_proposals + 1)
    return accepted


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
