"""Small problems made by hand or at random, and a case of every rule and objective for them."""

from __future__ import annotations

import numpy as np

from planner.objectives import (
    BorderLength,
    ChangesFromStart,
    Compactness,
    Dissimilarity,
    Exposure,
    FeederSplit,
    Isolation,
    ParityGap,
    PovertySpread,
    StudentsMoved,
    Travel,
    UtilizationDeviation,
    UtilizationSpread,
    WalkersToRiders,
)
from planner.problem import Problem
from planner.problem.feeders import OtherLevel
from planner.rules import (
    AssignOnce,
    BalanceBand,
    Capacity,
    Contiguity,
    Enrollment,
    Forbidden,
    KeepTogether,
    KeepWalkers,
    Locked,
    MaxStudentsMoved,
    MetricLimit,
    NearestSchools,
    SchoolInOwnZone,
    Size,
    TravelLimit,
    WholeFeeders,
)

SIDE_M = 1000.0


def tiny_problem() -> Problem:
    """Return six blocks in two rows and two schools, A in the west and B in the east.

    Students run from 1 to 6 from block to block; every block but the last has one poor and one
    black student, the last has none.
    """
    students = np.arange(1.0, 7.0)
    return make_problem(
        rows=2,
        columns=3,
        schools=[0, 5],
        current=np.array([0, 0, 1, 0, 1, 1]),
        students=students,
        poor=np.array([1.0, 1, 1, 1, 1, 0]),
        black=np.array([1.0, 1, 1, 1, 1, 0]),
        seats=np.array([10.0, 14.0]),
        hoods=["x", "x", "", "y", "", "y"],
    )


def random_problem(seed: int) -> tuple[Problem, np.ndarray]:
    """Return a random grid with schools, counts and faults of real life, and a random plan."""
    rng = np.random.default_rng(seed)
    rows, columns = (int(k) for k in rng.integers(2, 5, 2))
    n = rows * columns
    m = int(rng.integers(2, min(5, n)))
    students = rng.integers(0, 12, n) * (rng.random(n) < 0.8).astype(float)
    students[0] += 1
    poor, black = np.floor(students * rng.random(n)), np.floor(students * rng.random(n))
    poor[0], black[0], students[0] = 1, 1, students[0] + 2
    schools = rng.choice(n, m, replace=False)
    current = rng.integers(0, m, n)
    stays = rng.random(n) < 0.7
    near = np.abs(np.subtract.outer(np.arange(n), schools)).argmin(axis=1)
    current = np.where(stays, near, current)
    current[schools[rng.random(m) < 0.8]] = -2  # a home block, put right below
    for z, block in enumerate(schools):
        if current[block] == -2:
            current[block] = z
    problem = make_problem(
        rows=rows,
        columns=columns,
        schools=schools.tolist(),
        current=np.where(rng.random(n) < 0.1, -1, current),
        students=students,
        poor=poor,
        black=black,
        seats=rng.integers(5, 60, m).astype(float),
        hoods=[str(name) for name in rng.choice(["", "x", "y", "z"], n)],
        closed=rng.random(n) < 0.5,
    )
    plan = np.where(rng.random(n) < rng.random(), problem.current, rng.integers(0, m, n))
    return problem, np.where(plan < 0, 0, plan).astype(np.int32)


def make_problem(
    *, rows, columns, schools, current, students, poor, black, seats, hoods, closed=None
) -> Problem:
    """Return a grid of square blocks as a problem; blocks at -1 lost their school or have none."""
    n, m = rows * columns, len(schools)
    number = np.arange(n)
    xy = np.column_stack([number % columns, number // columns]) * SIDE_M
    metres = np.hypot(*(xy[:, None, :] - xy[None, schools, :]).transpose(2, 0, 1))
    edges = [(i, i + 1) for i in range(n) if i % columns < columns - 1]
    edges = np.array(sorted(edges + [(i, i + columns) for i in range(n - columns)]))
    current = np.asarray(current, dtype=np.int32)
    root, fixed = [], []
    for z, block in enumerate(schools):
        own = np.flatnonzero(current == z)
        fixed.append(bool(current[block] == z))
        nearest = own[np.argmin(metres[own, z])] if len(own) else block
        root.append(int(block if fixed[-1] else nearest))
    size = np.bincount(current[current >= 0], students[current >= 0], minlength=m)
    has_current = (current >= 0) | (np.zeros(n, dtype=bool) if closed is None else closed)
    today = metres[number, current].astype(np.float32)
    today[current < 0] = np.where(has_current[current < 0], 1500.0, np.nan)
    feeders = np.where(number % 7 == 6, -1, number * 3 // n).astype(np.int32)
    measures = {"poor": poor, "group:black": black, "group:white": students - black}
    measures |= {f"not:{name}": students - values for name, values in measures.items()}
    return Problem(
        level="elementary",
        block_ids=np.array([f"{i:03d}" for i in range(n)]),
        zone_ids=np.array(list("ABCDEFGH"[:m])),
        students=np.asarray(students, dtype=float),
        current=current,
        has_current=has_current,
        root=np.array(root, dtype=np.int32),
        fixed_home=np.array(fixed),
        capacity_seats=np.asarray(seats, dtype=float),
        today_students=size.astype(float),
        metres=metres.astype(np.float32),
        minutes=(metres / 500).astype(np.float32),
        edge_i=edges[:, 0].astype(np.int32),
        edge_j=edges[:, 1].astype(np.int32),
        edge_shared_m=np.full(len(edges), SIDE_M),
        area_m2=np.full(n, SIDE_M**2),
        perimeter_m=np.full(n, 4 * SIDE_M),
        extra_measures=measures,
        today_metres=today,
        today_minutes=(today / 500).astype(np.float32),
        start_zone=np.where(number % 4 == 3, -1, (number // 2) % m).astype(np.int32),
        other_levels=(
            OtherLevel("primary", True, ("p", "q", "r"), feeders, np.floor(students / 2)),
            OtherLevel("middle", False, ("t", "u"), columns_west(number, columns), students),
        ),
        attributes={"hood": np.array(hoods)},
    )


def columns_west(number: np.ndarray, columns: int) -> np.ndarray:
    """Return 0 for blocks in the western half of a grid, 1 for the others, and -1 for the third."""
    west = (2 * (number % columns) >= columns).astype(np.int32)
    return np.where(number == 2, np.int32(-1), west)


# every rule and objective at least once; the key names the golden text
RULE_CASES = {
    "assign_once": AssignOnce(),
    "capacity": Capacity(ceiling_share=1.0, floor_share=0.5),
    "capacity.except": Capacity(ceiling_share=0.9, except_schools=("A",)),
    "size.today": Size(floor_share=0.85, ceiling_share=1.15),
    "size.mean": Size(floor_share=0.6, relative_to="mean"),
    "enrollment": Enrollment(min_students=8, max_students=12),
    "travel_limit.km": TravelLimit(max_km=1.2),
    "travel_limit.today": TravelLimit(times_today=1.0, max_km=1.0),
    "travel_limit.minutes": TravelLimit(max_minutes=2.0),
    "nearest_schools": NearestSchools(count=1),
    "keep_walkers": KeepWalkers(),
    "keep_walkers.minutes": KeepWalkers(within_minutes=2.0),
    "contiguity": Contiguity(),
    "contiguity.dissolve": Contiguity(islands="dissolve"),
    "school_in_own_zone": SchoolInOwnZone(),
    "balance_band": BalanceBand(within_points=10),
    "balance_band.order": BalanceBand(group="black", low_percent=20, high_percent=60),
    "locked": Locked(blocks=("000", "001")),
    "locked.attribute": Locked(attribute="hood", values=("y",)),
    "locked.school": Locked(blocks=("002",), school="A"),
    "forbidden": Forbidden(blocks=("000", "003"), schools=("B",)),
    "keep_together": KeepTogether(attribute="hood"),
    "whole_feeders": WholeFeeders(),
    "whole_feeders.except": WholeFeeders(except_schools=("p",)),
    "whole_feeders.above": WholeFeeders(other_level="middle"),
    "whole_feeders.above.except": WholeFeeders(other_level="middle", except_schools=("A",)),
    "max_students_moved": MaxStudentsMoved(max_share=0.25),
    "limit": MetricLimit(Dissimilarity(group="black"), at_most=0.3),
}

OBJECTIVE_CASES = {
    "travel": Travel(),
    "travel.minutes": Travel(unit="min"),
    "students_moved": StudentsMoved(),
    "walkers_to_riders": WalkersToRiders(),
    "walkers_to_riders.near": WalkersToRiders(within_km=1.2),
    "changes_from_start": ChangesFromStart(),
    "changes_from_start.students": ChangesFromStart(unit="students"),
    "utilization_spread": UtilizationSpread(),
    "utilization_spread.worst": UtilizationSpread(of="worst", relative_to="mean"),
    "utilization_spread.target": UtilizationSpread(target_share=0.9),
    "utilization_deviation": UtilizationDeviation(students_offset=0.001, seats_offset=0.00001),
    "dissimilarity": Dissimilarity(group="black"),
    "dissimilarity.poor": Dissimilarity(group="poor", against="black"),
    "poverty_spread": PovertySpread(),
    "poverty_spread.worst": PovertySpread(of="worst"),
    "parity_gap": ParityGap(groups=("black", "white"), min_students=1),
    "isolation": Isolation(group="black"),
    "exposure": Exposure(group="black", to="poor"),
    "exposure.more": Exposure(group="poor", to="black", aim="more"),
    "feeder_split": FeederSplit(),
    "feeder_split.above": FeederSplit(other_level="middle"),
    "border_length": BorderLength(),
    "compactness": Compactness(),
}
