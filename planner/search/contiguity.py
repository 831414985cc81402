"""What a zone loses when a unit leaves it: contiguity, looked at only around the unit."""

from __future__ import annotations

from planner.search.arrays import Arrays, State, Work
from planner.search.compiled import inlined

REACH = 48  # units looked at from each side of a unit that may leave
CUT_OFF, KEEPS_ROOT, JOINED = 0, 1, 2


@inlined
def is_exempt(a: Arrays, s: State, u: int) -> bool:
    """Tell whether the unit is an island of today in today's zone, so it may stand apart there."""
    return a.island_zone[u] >= 0 and a.island_zone[u] == s.zone[u]


@inlined
def is_rooted(a: Arrays, s: State, u: int) -> bool:
    """Tell whether others may hang on the unit, because its zone reaches it.

    All but exempt units are reached.  An exempt one surely is where it touches one of those; one
    that is reached only through another exempt unit counts as apart, which forbids a few moves and
    never allows a wrong one.  In a free zone nobody needs to be reached.
    """
    if a.is_free[s.zone[u]] or not is_exempt(a, s, u):
        return True
    for e in range(a.indptr[u], a.indptr[u + 1]):
        v = a.indices[e]
        if s.zone[v] == s.zone[u] and not is_exempt(a, s, v):
            return True
    return False


@inlined
def mark_neighbours(a: Arrays, s: State, u: int, w: Work, mark: int) -> int:
    """Stamp the neighbours of `u` in its zone; return how many."""
    count = 0
    for e in range(a.indptr[u], a.indptr[u + 1]):
        v = a.indices[e]
        if s.zone[v] == s.zone[u]:
            w.stamp[v] = mark
            count += 1
    return count


@inlined
def explore(
    a: Arrays, s: State, w: Work, start: int, mark: int, clock: int, home: int, missing: int
) -> tuple[int, int, int]:
    """Walk from one neighbour through its zone, until all neighbours are met or at most ``REACH``.

    Parameters
    ----------
    mark, clock : int
        This walk's stamp; the stamp of the unit that leaves, below those of all walks.
        Neighbours that were not met yet are stamped ``-clock``.
    home : int
        Stamp of the walk that keeps the root; `clock` where none does yet.
    missing : int
        Neighbours not met yet.

    Returns
    -------
    tail, missing, side : int
        Units met (they stand in ``w.queue``), neighbours still missing, and whether this side of
        the zone is cut off, keeps the root, or joined the side that does.
    """
    zone = s.zone[start]
    stamp, queue = w.stamp, w.queue
    stamp[start] = mark
    missing -= 1
    queue[0] = start
    head, tail = 0, 1
    side = KEEPS_ROOT if a.is_root[start] else CUT_OFF
    while head < tail and side != JOINED:
        if missing == 0 and (mark == clock + 1 or (side == KEEPS_ROOT and home == clock)):
            break
        if tail > REACH:
            side = KEEPS_ROOT
            break
        v = queue[head]
        head += 1
        for e in range(a.indptr[v], a.indptr[v + 1]):
            x = a.indices[e]
            if s.zone[x] != zone:
                continue
            if stamp[x] >= clock:
                if home > clock and stamp[x] == home:
                    side = JOINED
                continue
            missing -= stamp[x] == -clock
            stamp[x] = mark
            if a.is_root[x] and side == CUT_OFF:
                side = KEEPS_ROOT
            queue[tail] = x
            tail += 1
    return tail, missing, side


@inlined
def may_stay(a: Arrays, s: State, w: Work, n_met: int) -> bool:
    """Tell whether all units that a walk met are exempt."""
    others = 0
    for at in range(n_met):
        others += not is_exempt(a, s, w.queue[at])
    return others == 0


@inlined
def cut_off(a: Arrays, s: State, u: int, w: Work) -> int:
    """Find what loses its school when unit `u` leaves its zone.

    Fills ``w.moved`` with `u` and every unit that would be cut off from the zone's root, and
    returns how many: 1 when the rest stays in one piece, -1 when more are cut off than there is
    room for.  A side of nothing but exempt units may stay where it is.  Two sides of `u` that do
    not meet within ``REACH`` units count as cut apart, which forbids a few moves and never allows a
    wrong one.
    """
    w.moved[0] = u
    if a.is_free[s.zone[u]]:
        return 1
    clock = w.clock[0] + 1
    w.clock[0] = clock + a.indptr[u + 1] - a.indptr[u]
    missing = mark_neighbours(a, s, u, w, -clock)
    if missing <= 1:
        return 1
    w.stamp[u] = clock
    mark, home, total = clock, clock, 1
    for e in range(a.indptr[u], a.indptr[u + 1]):
        if w.stamp[a.indices[e]] != -clock:
            continue
        mark += 1
        tail, missing, side = explore(a, s, w, a.indices[e], mark, clock, home, missing)
        if missing == 0 and mark == clock + 1:
            return 1
        if side == CUT_OFF and may_stay(a, s, w, tail):
            continue
        if side == CUT_OFF and total + tail > w.moved.shape[0]:
            return -1
        if side == KEEPS_ROOT and home > clock:
            return -1
        for at in range(tail):
            if side == JOINED:
                w.stamp[w.queue[at]] = home
            elif side == CUT_OFF:
                w.moved[total] = w.queue[at]
                total += 1
        home = mark if side == KEEPS_ROOT else home
    return total
