"""Plans to start from: today's, repaired; the linear relaxation's, rounded; grown from the schools.

Every start is contiguous where zones must be (search keeps what it starts with), and may break
size bands.
"""

from __future__ import annotations

import heapq

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geodata.dtypes import Bools, Floats, Ints
from planner.search.arrays import Arrays

WAYS = 3  # rounds of opening ways to units that growing zones cannot reach


def exempt_units(a: Arrays, zone: Ints) -> Bools:
    """Return which units are islands of today in today's zone and may stand apart there, (u,)."""
    exempt: Bools = (a.island_zone >= 0) & (a.island_zone == zone)
    return exempt


def keep_rooted(a: Arrays, zone: Ints) -> Ints:
    """Take the zone (-1) from units that may not have it or are not connected to its root.

    Today's islands keep theirs; others may hang on one only where its zone reaches it.
    """
    zone = zone.astype(np.int32).copy()
    root = np.flatnonzero(a.is_root)
    zone[root] = a.allowed[root].argmax(axis=1)
    assigned = zone >= 0
    zone[assigned] = np.where(a.allowed[assigned, zone[assigned]], zone[assigned], -1)
    exempt = exempt_units(a, zone)
    joined = _graph_of(a, zone[a.source] == zone[a.indices])
    count, piece = connected_components(joined, directed=False)
    rooted = np.zeros(count, dtype=bool)
    rooted[piece[root]] = True
    return np.where(exempt | (rooted[piece] & (zone >= 0)), zone, -1).astype(np.int32)


def _graph_of(a: Arrays, joint: Bools) -> csr_array:
    """Return the graph of units with some of their borders, (2e,), as (u, u)."""
    n = len(a.is_root)
    return csr_array((joint[joint], (a.source[joint], a.indices[joint])), shape=(n, n))


def grow(a: Arrays, zone: Ints, preference: Floats) -> Ints:
    """Give every unit a zone by growing the zones, most preferred (unit, zone) pair first.

    Parameters
    ----------
    zone : (u,) int32
        Zones to begin with, -1 where to be found.  What is not connected to its root is regrown.
    preference : (u, m) float64
        Smaller is taken earlier.

    Returns
    -------
    (u,) int32
        All >= 0.  To a unit that no allowed zone reaches a way is opened through others; where
        there is none, it stands alone as it does today, or goes to whichever zone can reach it; one
        that none can reach takes the one it prefers.
    """
    zone = keep_rooted(a, zone)
    within = np.where(a.allowed, preference, np.inf)
    if a.is_free.all():
        return np.where(zone < 0, within.argmin(axis=1), zone).astype(np.int32)
    fill(a, zone, within)
    for _ in range(WAYS):
        shut_out = np.flatnonzero((zone < 0) & (a.island_zone < 0)).astype(np.int32)
        if not open_ways(a, zone, shut_out):
            break
        zone = keep_rooted(a, zone)
        fill(a, zone, within)
    alone = (zone < 0) & (a.island_zone >= 0)
    zone[alone] = a.island_zone[alone]
    if (zone < 0).any():
        fill(a, zone, preference)
    left = zone < 0
    zone[left] = within[left].argmin(axis=1)
    return zone


def open_ways(a: Arrays, zone: Ints, shut_out: Ints) -> bool:
    """Give units, in place, the allowed zone that is nearest, and with it what lies between.

    What the ways cut off from their own roots, and where they cross, is for `keep_rooted` to find.

    Returns
    -------
    bool
        Whether there was a way to any of them.
    """
    nearest: dict[int, tuple[int, list[int]]] = {}
    for to in np.flatnonzero(a.allowed[shut_out].any(axis=0)).tolist():
        for way in _ways(a, zone, shut_out[a.allowed[shut_out, to]], to):
            if way[0] not in nearest or len(way) < len(nearest[way[0]][1]):
                nearest[way[0]] = (to, way)
    for to, way in nearest.values():
        zone[way] = to
    return bool(nearest)


def _ways(a: Arrays, zone: Ints, units: Ints, to: int) -> list[list[int]]:
    """Return, from each unit that can be reached, the units on the shortest way to a zone."""
    own = np.flatnonzero((zone == to) & ~exempt_units(a, zone))
    if not len(own):
        return []
    may_have = a.allowed[:, to]
    through = _graph_of(a, may_have[a.source] & may_have[a.indices])
    steps, before, _ = dijkstra(
        through, indices=own, unweighted=True, min_only=True, return_predecessors=True
    )
    ways = []
    for unit in units[np.isfinite(steps[units])]:
        way = [int(unit)]
        while before[way[-1]] >= 0:
            way.append(int(before[way[-1]]))
        ways.append(way)
    return ways


def fill(a: Arrays, zone: Ints, preference: Floats) -> None:
    """Grow zones in place into the units that have none."""
    exempt = exempt_units(a, zone)
    rooted = ~exempt
    joint = zone[a.source] == zone[a.indices]
    rooted[a.source[joint & ~exempt[a.indices]]] = True
    heap: list[tuple[float, int, int]] = []

    def offer(unit: int, to: int) -> None:
        if zone[unit] < 0 and np.isfinite(preference[unit, to]):
            heapq.heappush(heap, (float(preference[unit, to]), unit, to))

    edge = np.flatnonzero((zone[a.source] >= 0) & (zone[a.indices] < 0) & rooted[a.source])
    for e in edge:
        offer(int(a.indices[e]), int(zone[a.source[e]]))
    while heap:
        _, unit, to = heapq.heappop(heap)
        if zone[unit] >= 0:
            continue
        zone[unit] = to
        for neighbour in a.indices[a.indptr[unit] : a.indptr[unit + 1]]:
            offer(int(neighbour), to)
