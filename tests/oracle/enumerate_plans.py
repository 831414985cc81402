"""Every plan of a tiny district, one by one: slow, obvious, and without any code of the package.

The kinds of constraint and amount are told apart by the names of their classes, and what each
means is written here again, with plain loops, from its definition.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

TOLERANCE = 1e-7


def best_plan(
    problem: Any, constraints: Sequence[Any], amount: Any
) -> tuple[float, tuple[int, ...] | None]:
    """Return the least amount over all plans that keep every rule, and one such plan."""
    best, best_plan = math.inf, None
    for plan in plans(problem):
        if all(holds(problem, c, plan) for c in constraints):
            value = measure(problem, amount, plan)
            if value < best:
                best, best_plan = value, plan
    return best, best_plan


def plans(problem: Any) -> Iterator[tuple[int, ...]]:
    """Return all plans in which every zone keeps the block it grows from."""
    choices = [list(range(len(problem.zone_ids))) for _ in problem.block_ids]
    for zone, root in enumerate(problem.root):
        choices[root] = [z for z in choices[root] if z == zone]
    yield from itertools.product(*choices)


def holds(problem: Any, constraint: Any, plan: tuple[int, ...]) -> bool:
    """Tell whether a plan keeps a constraint."""
    kind = type(constraint).__name__
    if kind == "AllowedPairs":
        return all(constraint.allowed[b][z] for b, z in enumerate(plan))
    if kind == "ZoneBand":
        for z in range(len(problem.zone_ids)):
            tally = tally_of(problem, constraint.measures, plan, z)
            if tally > constraint.upper[z] + TOLERANCE or tally < constraint.lower[z] - TOLERANCE:
                return False
        return True
    if kind == "Limit":
        return measure(problem, constraint.amount, plan) <= constraint.at_most + TOLERANCE
    if kind == "Together":
        zone_of_group: dict[int, int] = {}
        for b, group in enumerate(constraint.group_of):
            if group >= 0 and zone_of_group.setdefault(int(group), plan[b]) != plan[b]:
                return False
        return True
    if kind == "Contiguous":
        return is_connected(problem, plan, dissolve=constraint.dissolve_islands)
    raise TypeError(kind)


def is_connected(problem: Any, plan: tuple[int, ...], *, dissolve: bool) -> bool:
    """Tell whether every piece of a zone holds its root or is an island of today, whole."""
    today = [int(z) for z in problem.current]
    islands = [piece for z, piece in pieces(problem, today) if int(problem.root[z]) not in piece]
    for z, piece in pieces(problem, list(plan)):
        if int(problem.root[z]) in piece:
            continue
        is_old = not dissolve and any(piece == old and today[min(old)] == z for old in islands)
        if not is_old:
            return False
    return True


def pieces(problem: Any, zones: Sequence[int]) -> list[tuple[int, frozenset[int]]]:
    """Return the connected pieces of the zones."""
    neighbours: dict[int, list[int]] = {b: [] for b in range(len(zones))}
    for i, j in zip(problem.edge_i, problem.edge_j, strict=True):
        neighbours[int(i)].append(int(j))
        neighbours[int(j)].append(int(i))
    seen: set[int] = set()
    found = []
    for b in range(len(zones)):
        if b in seen or zones[b] < 0:
            continue
        piece, queue = {b}, [b]
        while queue:
            for other in neighbours[queue.pop()]:
                if other not in piece and zones[other] == zones[b]:
                    piece.add(other)
                    queue.append(other)
        seen |= piece
        found.append((zones[b], frozenset(piece)))
    return found


def measure(problem: Any, amount: Any, plan: tuple[int, ...]) -> float:
    """Return an amount of a plan, from its definition."""
    kind = type(amount).__name__
    zones = range(len(problem.zone_ids))
    if kind == "PairAmount":
        return amount.constant + sum(float(amount.cost[b][z]) for b, z in enumerate(plan))
    if kind == "ZoneDeviation":
        return sum(deviation(problem, amount, plan, z) for z in zones)
    if kind == "ZoneWorst":
        return max(deviation(problem, amount.deviation, plan, z) for z in zones)
    if kind == "ZoneRatio":
        total = 0.0
        for z in zones:
            a, b, c = (tally_of(problem, {k: 1.0}, plan, z) for k in (amount.a, amount.b, amount.c))
            total += a * b / c if c > 0 else 0.0
        return amount.weight * total
    if kind == "CutLength":
        edges = zip(problem.edge_i, problem.edge_j, problem.edge_shared_m, strict=True)
        return amount.weight * sum(s for i, j, s in edges if plan[i] != plan[j])
    if kind == "Apart":
        return apart(amount, plan)
    if kind == "WeightedSum":
        return amount.constant + sum(w * measure(problem, part, plan) for w, part in amount.parts)
    if kind == "Spread":
        values = [measure(problem, part, plan) for part in amount.parts]
        return max(values) - min(values)
    raise TypeError(kind)


def deviation(problem: Any, amount: Any, plan: tuple[int, ...], zone: int) -> float:
    """Return a zone's weighted distance from its band."""
    e = tally_of(problem, amount.measures, plan, zone)
    return float(
        amount.weight[zone] * max(0.0, e - amount.upper[zone], amount.lower[zone] - e)
        if amount.weight[zone]
        else 0.0
    )


def apart(amount: Any, plan: tuple[int, ...]) -> float:
    """Return the students who are not in the largest part of their group, or of their zone."""
    sizes: dict[int, dict[int, float]] = {}
    for b, zone in enumerate(plan):
        group = int(amount.group_of[b])
        if group >= 0:
            whole, part = (zone, group) if amount.of_zones else (group, zone)
            parts = sizes.setdefault(whole, {})
            parts[part] = parts.get(part, 0.0) + float(amount.count[b])
    return sum(sum(parts.values()) - max(parts.values()) for parts in sizes.values())


def tally_of(problem: Any, measures: Any, plan: tuple[int, ...], zone: int) -> float:
    """Add up measures over the blocks of a zone."""
    total = 0.0
    for name, factor in measures.items():
        counts = problem.students if name == "students" else problem.extra_measures[name]
        total += factor * sum(float(counts[b]) for b, z in enumerate(plan) if z == zone)
    return total
