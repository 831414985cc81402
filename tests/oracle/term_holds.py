"""What each constraint of the algebra means, written as slowly and plainly as possible."""

from __future__ import annotations

from planner.problem import Problem
from planner.terms import AllowedPairs, Constraint, Contiguous, Limit, Together, ZoneBand

TOLERANCE = 1e-7


def holds(term: Constraint, problem: Problem, zone_of) -> bool:
    """Tell whether a plan holds a constraint."""
    zones = [int(zone) for zone in zone_of]
    if isinstance(term, AllowedPairs):
        return all(term.allowed[block, zone] for block, zone in enumerate(zones))
    if isinstance(term, ZoneBand):
        return all(_in_band(term, problem, zones, zone) for zone in range(problem.n_zones))
    if isinstance(term, Limit):
        return term.amount.value(problem, zone_of) <= term.at_most + TOLERANCE
    if isinstance(term, Together):
        seen: dict[int, int] = {}
        groups = [int(group) for group in term.group_of]
        return all(
            group < 0 or seen.setdefault(group, zone) == zone
            for group, zone in zip(groups, zones, strict=True)
        )
    if isinstance(term, Contiguous):
        return not stray(problem, zones, dissolve=term.dissolve_islands)
    raise TypeError(type(term))


def _in_band(term: ZoneBand, problem: Problem, zones: list[int], zone: int) -> bool:
    total = sum(
        factor * float(problem.measure(name)[block])
        for name, factor in term.measures.items()
        for block, own in enumerate(zones)
        if own == zone
    )
    return term.lower[zone] - TOLERANCE <= total <= term.upper[zone] + TOLERANCE


def stray(problem: Problem, zones: list[int], *, dissolve: bool) -> set[int]:
    """Return the blocks apart from their zone's root, islands of today that stay whole left out."""
    found = set()
    todays = [] if dissolve else _pieces(problem, [int(z) for z in problem.current])
    for piece in _pieces(problem, zones):
        stays = any(
            piece == island and all(zones[b] == problem.current[b] for b in piece)
            for island in todays
        )
        if not stays:
            found |= piece
    return found


def _pieces(problem: Problem, zones: list[int]) -> list[set[int]]:
    """Return the pieces of zones that do not hold the root of their zone."""
    neighbours: dict[int, set[int]] = {block: set() for block in range(problem.n_blocks)}
    for i, j in zip(problem.edge_i.tolist(), problem.edge_j.tolist(), strict=True):
        neighbours[i].add(j)
        neighbours[j].add(i)
    left, found = {b for b, zone in enumerate(zones) if zone >= 0}, []
    while left:
        piece = {left.pop()}
        edge = list(piece)
        while edge:
            block = edge.pop()
            for other in neighbours[block] & left:
                if zones[other] == zones[block]:
                    left.discard(other)
                    piece.add(other)
                    edge.append(other)
        zone = zones[next(iter(piece))]
        if int(problem.root[zone]) not in piece:
            found.append(piece)
    return found
