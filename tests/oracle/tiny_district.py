"""Tiny districts for tests of the model: grids with random people, schools and zones of today."""

from __future__ import annotations

import numpy as np

from planner.problem import Problem
from planner.terms import (
    AllowedPairs,
    Amount,
    Apart,
    Constraint,
    Contiguous,
    CutLength,
    Limit,
    PairAmount,
    Spread,
    Together,
    WeightedSum,
    ZoneBand,
    ZoneDeviation,
    ZoneRatio,
    ZoneWorst,
)


def grid(
    width: int, height: int, n_zones: int, seed: int = 0, *, held: bool = True, skips: int = 0
) -> Problem:
    """Return a grid of blocks, 100 m wide, with schools at random blocks.

    Parameters
    ----------
    width, height, n_zones : int
    seed : int
    held : bool
        Whether root blocks are held at home.
    skips : int
        Borders taken out at random (a river, say).
    """
    rng = np.random.default_rng(seed)
    n = width * height
    x, y = np.arange(n) % width, np.arange(n) // width
    east = [(b, b + 1) for b in range(n) if x[b] + 1 < width]
    south = [(b, b + width) for b in range(n) if y[b] + 1 < height]
    edges = np.array(sorted(east + south), dtype=np.int32).reshape(-1, 2)
    if skips:
        keep = np.sort(rng.permutation(len(edges))[skips:])
        edges = edges[keep]
    root = np.sort(rng.choice(n, n_zones, replace=False)).astype(np.int32)
    away = np.abs(x[:, None] - x[root]) + np.abs(y[:, None] - y[root])
    students = rng.integers(0, 12, n).astype(float)
    poor = np.floor(students * rng.random(n))
    current = (away + 0.9 * rng.random(away.shape)).argmin(axis=1).astype(np.int32)
    current[root] = np.arange(n_zones)
    return Problem(
        level="elementary",
        block_ids=np.array([f"b{b:03d}" for b in range(n)]),
        zone_ids=np.array([f"z{z:02d}" for z in range(n_zones)]),
        students=students,
        current=current,
        has_current=np.ones(n, dtype=bool),
        root=root,
        fixed_home=np.full(n_zones, held),
        capacity_seats=np.full(n_zones, np.nan),
        today_students=np.bincount(current, weights=students, minlength=n_zones),
        metres=(100.0 * away + 10.0 * rng.random(away.shape)).astype(np.float32),
        minutes=None,
        edge_i=edges[:, 0],
        edge_j=edges[:, 1],
        edge_shared_m=rng.integers(0, 4, len(edges)) * 50.0,
        area_m2=np.full(n, 10_000.0),
        perimeter_m=np.full(n, 400.0),
        extra_measures={"poor": poor, "not:poor": students - poor},
    )


def travel(problem: Problem) -> PairAmount:
    """Return the students' travel [m]."""
    return PairAmount("travel", "m", problem.students[:, None] * problem.metres.astype(float))


def moved(problem: Problem) -> PairAmount:
    """Return the students who change school."""
    n, m = problem.n_blocks, problem.n_zones
    cost = np.repeat(problem.students[:, None], m, axis=1)
    cost[np.arange(n), problem.current] = 0.0
    return PairAmount("students_moved", "students", cost)


def dissimilarity(problem: Problem) -> ZoneDeviation:
    """Return the dissimilarity of poor and other students."""
    m = problem.n_zones
    poor, other = problem.measure("poor"), problem.measure("not:poor")
    factors = {"poor": 0.5 / max(poor.sum(), 1.0), "not:poor": -0.5 / max(other.sum(), 1.0)}
    zero = np.zeros(m)
    return ZoneDeviation("dissimilarity", "index", factors, zero, zero, np.ones(m))


def size_band(problem: Problem, share: float) -> ZoneBand:
    """Return a band of sizes around the mean."""
    m = problem.n_zones
    mean = problem.students.sum() / m
    low, high = np.full(m, (1 - share) * mean), np.full(m, (1 + share) * mean)
    return ZoneBand("size", "students", {"students": 1.0}, low, high)


def random_amount(problem: Problem, rng: np.random.Generator, kind: int) -> Amount:
    """Return an amount of one of the kinds that have an exact linear form."""
    m = problem.n_zones
    sizes = {"students": 1.0}
    target = np.full(m, problem.students.sum() / m)
    weight = rng.integers(0, 3, m).astype(float)
    spread = ZoneDeviation("sizes", "students", sizes, target - 2.0, target, weight)
    match kind % 11:
        case 0:
            return travel(problem)
        case 1:
            return dissimilarity(problem)
        case 2:
            return spread
        case 3:
            return ZoneWorst("fullest", "students", spread)
        case 4:
            return CutLength("borders", "m", 2.0)
        case 5:
            parts = ((1.0, travel(problem)), (40.0, spread), (-3.0, moved(problem)))
            return WeightedSum("mixed", "m", parts, 5.0)
        case 6:
            halves = [problem.students * (problem.measure(k) > 2) for k in ("poor", "not:poor")]
            metres = problem.metres.astype(float)
            parts_of_gap = tuple(
                PairAmount(f"travel{i}", "m", half[:, None] * metres)
                for i, half in enumerate(halves)
            )
            return Spread("gap", "m", parts_of_gap)
        case 7:
            return ZoneRatio("isolation", "share", "poor", "poor", "students", 0.5)
        case 8:
            return ZoneRatio("exposure", "share", "not:poor", "poor", "students")
        case _:
            group = rng.integers(-1, 3, problem.n_blocks).astype(np.int32)
            return Apart("apart", "students", problem.students, group, of_zones=kind % 11 == 10)


def random_constraints(problem: Problem, rng: np.random.Generator) -> list[Constraint]:
    """Return constraints of several kinds, each there or not."""
    n, m = problem.n_blocks, problem.n_zones
    found: list[Constraint] = []
    if rng.random() < 0.8:
        found.append(Contiguous("contiguity", dissolve_islands=bool(rng.random() < 0.3)))
    if rng.random() < 0.5:
        found.append(size_band(problem, float(rng.choice([0.3, 0.6, 0.9]))))
    if rng.random() < 0.4:
        allowed = rng.random((n, m)) < 0.75
        allowed[np.arange(n), problem.current] = True
        found.append(AllowedPairs("travel_limit", allowed))
    if rng.random() < 0.4:
        group = rng.integers(-3, 2, n).clip(-1).astype(np.int32)
        group[problem.root] = -1
        found.append(Together("neighbourhoods", group))
    if rng.random() < 0.4:
        most = float(np.floor(problem.students.sum() * rng.choice([0.2, 0.5])))
        found.append(Limit("most_moved", moved(problem), most))
    if rng.random() < 0.2:
        found.append(Limit("uneven", dissimilarity(problem), 0.3))
    return found
