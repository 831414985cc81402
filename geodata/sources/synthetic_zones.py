"""Schools of a made-up town, and the zones it drew long ago: neither even nor faultless."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geodata.dtypes import Floats, Longs

__all__ = ["Ground", "LevelPlan", "draw_level", "move_island"]


ROUNDS = 90
ROUGH_ROUNDS = 25
MOVES = 3
OWN_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Ground:
    """What zones are drawn on.

    Parameters
    ----------
    xy : (n, 2) float64 [m]
    ways : (n, n) sparse float64 [m]
        Between neighbouring blocks; longer over a highway, a bridge or into another neighbourhood.
    neighbourhood : (n,) int64
    may_hold_school : (n,) bool
    """

    xy: Floats
    ways: csr_array
    neighbourhood: Longs
    may_hold_school: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LevelPlan:
    """Schools of one level and their zones.

    Parameters
    ----------
    site : (m,) int64
        Block of each school.
    zone_of : (n,) int64
        School of each block.
    crowded, emptied : int
        The school with far too many students and the one with far too few.
    """

    site: Longs
    zone_of: Longs
    crowded: int
    emptied: int


def draw_level(
    rng: np.random.Generator,
    ground: Ground,
    students: Floats,
    count: int,
    *,
    growth: Floats,
    taken: Longs,
    uneven: float,
) -> LevelPlan:
    """Place the schools of a level and draw their zones.

    Parameters
    ----------
    rng : Generator
    ground : Ground
    students : (n,) float64 [students]
        Of the level.
    count : int
        Number of schools.
    growth : (n,) float64
        How fast each block's neighbourhood grows; the crowded school is where it grows most.
    taken : (t,) int64
        Blocks that hold a school of another level.
    uneven : float
        How far the largest and the smallest zone are from even; 0 even.

    Returns
    -------
    LevelPlan
    """
    even = np.full(count, students.sum() / count)
    site = _sites(rng, ground, students, count, taken)
    for _ in range(MOVES):
        zone_of = _spread(dijkstra(ground.ways, indices=site), site, students, even, ROUGH_ROUNDS)
        site = _settle_sites(rng, ground, students, zone_of, count=count, taken=taken)
    away = dijkstra(ground.ways, indices=site)
    wanted = even * (1 + uneven * 0.35 * rng.uniform(-1, 1, count))
    first = _spread(away, site, students, even, ROUGH_ROUNDS)
    grown = np.bincount(first, weights=growth * students, minlength=count)
    pull = grown / np.maximum(np.bincount(first, weights=students, minlength=count), 1)
    crowded, emptied = int(np.argmax(pull)), int(np.argmin(pull))
    if count > 1:
        wanted[crowded] = even[crowded] * (1 + 0.42 * uneven)
        wanted[emptied] = even[emptied] * (1 - 0.42 * uneven)
    return LevelPlan(site, _spread(away, site, students, wanted), crowded, emptied)


def move_island(
    ground: Ground, plan: LevelPlan, students: Floats, blocks: tuple[int, int] = (3, 30)
) -> Longs | None:
    """Give one detached cluster of blocks to the emptied school, an attendance island.

    Parameters
    ----------
    ground : Ground
    plan : LevelPlan
    students : (n,) float64 [students]
    blocks : (least, most)
        Size of the island.

    Returns
    -------
    (n,) int64 or None
        School of each block with the island; None where the district is too small for one.
    """
    zone = plan.zone_of
    linked = csr_array((np.ones(ground.ways.nnz), ground.ways.nonzero()), shape=ground.ways.shape)
    i, j = linked.nonzero()
    same = (zone[i] == zone[j]) & (ground.neighbourhood[i] == ground.neighbourhood[j])
    alike = csr_array((np.ones(same.sum()), (i[same], j[same])), shape=linked.shape)
    cluster = connected_components(alike, directed=False)[1]
    size = np.bincount(cluster)
    load = np.bincount(cluster, weights=students)
    holds_school = np.zeros(len(size), dtype=bool)
    holds_school[cluster[plan.site]] = True
    next_to = np.zeros(len(size), dtype=bool)
    beside = zone[j] == plan.emptied
    next_to[cluster[i[beside]]] = True
    next_to[cluster[zone == plan.emptied]] = True
    fits = (size >= blocks[0]) & (size <= blocks[1]) & ~holds_school & ~next_to & (load > 0)
    goal = 0.09 * students.sum() / len(plan.site)
    for candidate in np.flatnonzero(fits)[np.argsort(np.abs(load[fits] - goal), kind="stable")]:
        moved = np.where(cluster == candidate, plan.emptied, zone)
        left = np.flatnonzero(moved == zone[np.argmax(cluster == candidate)])
        if connected_components(linked[left][:, left], directed=False)[0] == 1:
            return moved
    return None


def _sites(
    rng: np.random.Generator, ground: Ground, students: Floats, count: int, taken: Longs
) -> Longs:
    """Spread schools over where students live, as the crow flies, (m,)."""
    weight = students / students.sum()
    middle = ground.xy[rng.choice(len(weight), count, replace=False, p=weight)]
    for _ in range(40):
        middle = _middles(ground.xy, _nearest(ground.xy, middle), students, middle)
    nearest = _nearest(ground.xy, middle)
    return _settle_sites(rng, ground, students, nearest, count=count, taken=taken)


def _settle_sites(
    rng: np.random.Generator,
    ground: Ground,
    students: Floats,
    zone_of: Longs,
    *,
    count: int,
    taken: Longs,
) -> Longs:
    """Put each school on a free block of its zone, near but not at the middle, (m,) sorted."""
    middle = _middles(ground.xy, zone_of, students, ground.xy[:count])
    spread = np.sqrt(np.ptp(ground.xy[:, 0]) * np.ptp(ground.xy[:, 1]) / count)
    middle += rng.normal(0, 0.06 * spread, middle.shape)
    free = ground.may_hold_school.copy()
    free[taken] = False
    site = np.empty(count, dtype=np.int64)
    for number in range(count):
        away = np.hypot(*(ground.xy - middle[number]).T)
        away += np.where(zone_of == number, 0.0, 1e9) + np.where(free, 0.0, 1e12)
        site[number] = np.argmin(away)
        free[site[number]] = False
    return np.sort(site)


def _middles(xy: Floats, zone_of: Longs, students: Floats, otherwise: Floats) -> Floats:
    """Return where the students of each zone live on average, (m, 2) [m]."""
    count = len(otherwise)
    load = np.bincount(zone_of, weights=students, minlength=count)
    sums = [np.bincount(zone_of, weights=students * one, minlength=count) for one in xy.T]
    found = np.column_stack(sums) / np.maximum(load, 1e-9)[:, None]
    return np.where(load[:, None] > 0, found, otherwise)


def _nearest(xy: Floats, middle: Floats) -> Longs:
    """Return the nearest middle of each block, (n,)."""
    return np.asarray(cKDTree(middle).query(xy)[1], dtype=np.int64)


def _spread(
    away: Floats, site: Longs, students: Floats, wanted: Floats, rounds: int = ROUNDS
) -> Longs:
    """Share the blocks out by distance plus a handicap of each school, until sizes come near.

    Zones by distance along ways plus a constant are connected: all blocks on the shortest way from
    a school to a block of its zone are in that zone.

    Parameters
    ----------
    away : (m, n) float64 [m]
    site : (m,) int64
    students : (n,) float64 [students]
    wanted : (m,) float64 [students]
    rounds : int

    Returns
    -------
    (n,) int64
    """
    count = len(site)
    between = away[:, site] + np.where(np.eye(count, dtype=bool), np.inf, 0.0)
    typical = between.min(axis=1).mean() if count > 1 else 1.0
    handicap, best, best_miss = np.zeros(count), np.zeros(len(students), np.int64), np.inf
    for number in range(rounds):
        zone_of = np.argmin(away + handicap[:, None], axis=0)
        miss = np.bincount(zone_of, weights=students, minlength=count) / wanted - 1
        if (worst := np.abs(miss).mean()) < best_miss:
            best, best_miss = zone_of, worst
        handicap += 0.5 * typical * np.clip(miss, -1, 1) * (1 - number / rounds)
        for _ in range(3):
            handicap = np.minimum(handicap, (handicap[:, None] + OWN_SHARE * between).min(axis=0))
    return best
