"""Search a few neighbouring zones at a time and keep what is better.

The zones of a plan are nearly independent, so a plan gets better faster when many small regions
are annealed on their own, each keeping its best, than when everything is annealed at once.
"""

from __future__ import annotations

from typing import Any

from planner.search.anneal import anneal, keep_best, take_alone
from planner.search.arrays import Arrays, State, Work
from planner.search.compiled import compiled
from planner.search.kernel import apply_move, move_change, score_of


@compiled
def focus(a: Arrays, s: State) -> None:
    """Rebuild the list of borders between zones for the active zones."""
    s.n_cut[0] = 0
    for e in range(a.indices.shape[0]):
        one = s.zone[a.source[e]]
        two = s.zone[a.indices[e]]
        if one != two and s.active[one] and s.active[two]:
            s.cut_list[s.n_cut[0]] = e
            s.cut_place[e] = s.n_cut[0]
            s.n_cut[0] += 1
        else:
            s.cut_place[e] = -1


@compiled
def choose_region(a: Arrays, s: State, rng: Any, n_zones: int) -> int:
    """Activate up to `n_zones` zones that touch each other; return how many."""
    n = s.zone.shape[0]
    for z in range(s.active.shape[0]):
        s.active[z] = False
    s.active[s.zone[int(rng.random() * n)]] = True
    found = 1
    tries = 0
    while found < n_zones and tries < 40 * n:
        tries += 1
        u = int(rng.random() * n)
        if not s.active[s.zone[u]]:
            continue
        first, last = a.indptr[u], a.indptr[u + 1]
        if a.is_free[s.zone[u]]:  # it touches the roots of all zones, always in the same order
            first += int(rng.random() * (last - first))
        for e in range(first, last):
            z = s.zone[a.indices[e]]
            if not s.active[z]:
                s.active[z] = True
                found += 1
                break
    return found


@compiled
def copy_state(source: State, target: State) -> None:
    """Copy a plan and its tallies (not its list of borders)."""
    for u in range(source.zone.shape[0]):
        target.zone[u] = source.zone[u]
    for z in range(source.perimeter.shape[0]):
        target.perimeter[z] = source.perimeter[z]
        for k in range(source.tally.shape[1]):
            target.tally[z, k] = source.tally[z, k]
        for at in range(source.leaf.shape[0]):
            target.leaf[at, z] = source.leaf[at, z]
    for c in range(source.channel.shape[0]):
        target.channel[c] = source.channel[c]


@compiled
def go_to(a: Arrays, s: State, w: Work, zone: Any) -> None:
    """Move unit by unit to another plan."""
    for u in range(zone.shape[0]):
        if s.zone[u] != zone[u]:
            n_moved = take_alone(w, u)
            move_change(a, s, w.moved, n_moved, zone[u], w.scratch, w.channel)
            apply_move(a, s, w.moved, n_moved, zone[u], w.scratch, w.channel)


@compiled
def search_regions(
    a: Arrays,
    s: State,
    backup: State,
    w: Work,
    rng: Any,
    n_regions: int,
    n_proposals: int,
    zones: tuple[int, int],
    hot: tuple[float, float],
    cold: float,
    patience: float,
) -> int:
    """Anneal `n_regions` random regions one after the other; return how many got better.

    Each has between ``zones[0]`` and ``zones[1]`` zones and starts at a temperature drawn between
    ``hot[0]`` and ``hot[1]`` (log-uniform).  The plan in `s` after each region is the region's
    best, where that is no worse than before by more than `patience`, else the plan from before.
    `backup` is a state of the same size, to keep that plan in.
    """
    better = 0
    for _ in range(n_regions):
        size = zones[0] + int(rng.random() * (zones[1] - zones[0] + 1))
        choose_region(a, s, rng, size)
        focus(a, s)
        copy_state(s, backup)
        score = score_of(a, s.channel)[0]
        w.best[0] = 1e300
        w.best[1] = 1e300
        start = hot[0] * (hot[1] / hot[0]) ** rng.random()
        anneal(a, s, w, rng, n_proposals, start, cold, w.best_zone, w.best)
        keep_best(a, s, w.best_zone, w.best)
        after = w.best[0] + w.best[1]
        if after <= score + patience:
            go_to(a, s, w, w.best_zone)
            better += after < score - 1e-12
        else:
            copy_state(backup, s)
    for z in range(s.active.shape[0]):
        s.active[z] = True
    focus(a, s)
    return better
