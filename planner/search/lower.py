"""Write constraints and an aim as search arrays, the twin of `planner.model`'s rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geodata.dtypes import Bools, Floats
from planner.model.pairs import is_contiguous
from planner.problem import Problem
from planner.search.arrays import APART, HINGE_SUM, HINGE_WORST, RATIO, SHAPE, Arrays
from planner.search.graph import unit_graph, unit_perimeters, ways_to_roots
from planner.search.units import Units, contract
from planner.terms import (
    AllowedPairs,
    Amount,
    Apart,
    Constraint,
    CutLength,
    Limit,
    PairAmount,
    Spread,
    WeightedSum,
    ZoneBand,
    ZoneDeviation,
    ZoneRatio,
    ZoneShape,
    ZoneWorst,
    combine,
)


@dataclass
class Draft:
    """Leaves and channels while they are collected."""

    problem: Problem
    units: Units
    columns: dict[bytes, int] = field(default_factory=dict)
    measure: list[Floats] = field(default_factory=list)
    leaves: list[tuple[int, int, Floats, Floats, Floats, tuple[int, int, int]]] = field(
        default_factory=list
    )
    pairs: dict[int, Floats] = field(default_factory=dict)
    cuts: dict[int, float] = field(default_factory=dict)
    parts: list[int] = field(default_factory=list)
    groups: list[tuple[int, int, float]] = field(default_factory=list)
    constant: list[float] = field(default_factory=list)
    aim: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    is_violation: list[bool] = field(default_factory=list)
    spreads: list[tuple[list[int], float, float]] = field(default_factory=list)

    def channel(self, aim: float = 0.0, limit: float = np.inf) -> int:
        """Open a channel and return its number."""
        self.constant.append(0.0)
        self.aim.append(aim)
        self.limit.append(limit)
        self.is_violation.append(np.isfinite(limit))
        return len(self.aim) - 1

    def column(self, per_unit: Floats) -> int:
        """Return the column of a number of each unit, (u,); the same numbers share one."""
        key = per_unit.tobytes()
        if key not in self.columns:
            self.columns[key] = len(self.measure)
            self.measure.append(per_unit)
        return self.columns[key]

    def of_measures(self, measures: Mapping[str, float]) -> int:
        """Return the column of a combination of measures."""
        return self.column(self.units.add_up(combine(self.problem, measures)))

    def mark(self, unit: int) -> int:
        """Return the column that counts one unit."""
        return self.column((np.arange(self.units.count) == unit).astype(float))

    def tie(self, one: int, other: int) -> None:
        """Limit to none the zones that have one of two units without the other."""
        a, b = self.mark(one), self.mark(other)
        channel = self.channel(limit=0.0)
        self.constant[channel] = 1.0
        together = -np.ones(self.problem.n_zones)  # a b / a: 1 in the zone that has both
        self.leaf(RATIO, channel, None, together, (a, b, a))

    def aim_at(self, amount: Amount, weight: float) -> None:
        """Make an amount (part of) the aim."""
        if isinstance(amount, Spread):
            self.spreads.append((self.members(amount), weight, np.inf))
        elif isinstance(amount, WeightedSum) and has_spread(amount):
            for factor, part in amount.parts:
                self.aim_at(part, weight * factor)
            self.constant[self.channel(aim=weight)] += amount.constant
        else:
            self.add(amount, 1.0, self.channel(aim=weight))

    def hold(self, limit: Limit) -> None:
        """Limit an amount."""
        if isinstance(limit.amount, Spread):
            self.spreads.append((self.members(limit.amount), 0.0, limit.at_most))
        else:
            self.add(limit.amount, 1.0, self.channel(limit=limit.at_most))

    def members(self, spread: Spread) -> list[int]:
        """Open a channel for each part of a spread."""
        numbers = []
        for part in spread.parts:
            numbers.append(self.channel())
            self.add(part, 1.0, numbers[-1])
        return numbers

    def add(self, amount: Amount, weight: float, channel: int) -> None:
        """Add an amount to a channel."""
        one = np.ones(self.problem.n_zones)
        match amount:
            case PairAmount():
                cost = weight * self.units.add_up(amount.cost)
                self.pairs[channel] = self.pairs.get(channel, 0.0) + cost
                self.constant[channel] += weight * amount.constant
            case ZoneDeviation():
                k = self.of_measures(amount.measures)
                self.leaf(HINGE_SUM, channel, amount, weight * amount.weight, (k, k, k))
            case ZoneWorst():
                k = self.of_measures(amount.deviation.measures)
                w = weight * amount.deviation.weight
                self.leaf(HINGE_WORST, channel, amount.deviation, w, (k, k, k))
            case ZoneRatio():
                a, b, c = (self.of_measures({name: 1.0}) for name in (amount.a, amount.b, amount.c))
                self.leaf(RATIO, channel, None, weight * amount.weights(self.problem), (a, b, c))
            case ZoneShape():
                k = self.column(self.units.add_up(self.problem.area_m2))
                self.leaf(SHAPE, channel, None, weight * one, (k, k, k))
            case CutLength():
                self.cuts[channel] = self.cuts.get(channel, 0.0) + weight * amount.weight
            case Apart():
                self.divide(amount, weight, channel)
            case WeightedSum():
                self.constant[channel] += weight * amount.constant
                for factor, part in amount.parts:
                    self.add(part, weight * factor, channel)
            case Spread():
                raise TypeError("a spread inside a sum that is itself limited has no search form")

    def divide(self, amount: Apart, weight: float, channel: int) -> None:
        """Add groups that zones divide, or zones that groups divide."""
        of_group = [
            self.column(self.units.add_up(np.where(amount.group_of == g, amount.count, 0.0)))
            for g in range(amount.n_groups)
        ]
        if amount.of_zones:
            ends = (len(self.parts), len(self.parts) + len(of_group), 0)
            self.leaf(APART, channel, None, weight * np.ones(self.problem.n_zones), ends)
            self.parts += of_group
        else:
            self.groups += [(k, channel, weight) for k in of_group]

    def leaf(
        self,
        kind: int,
        channel: int,
        band: ZoneDeviation | ZoneBand | None,
        weight: Floats,
        columns: tuple[int, int, int],
    ) -> None:
        """Add one leaf."""
        zero = np.zeros(self.problem.n_zones)
        lower, upper = (zero, zero) if band is None else (band.lower, band.upper)
        self.leaves.append((kind, channel, lower, upper, weight, columns))

    def stack(self, column: int) -> Floats:
        """Return one column of all leaves, (l, m)."""
        rows = [np.asarray(leaf[column], dtype=float) for leaf in self.leaves]
        return np.array(rows).reshape(len(self.leaves), self.problem.n_zones)


def has_spread(amount: Amount) -> bool:
    """Tell whether an amount is a spread or holds one."""
    if isinstance(amount, WeightedSum):
        return any(has_spread(part) for _, part in amount.parts)
    return isinstance(amount, Spread)


@dataclass(frozen=True, slots=True)
class SearchModel:
    """Search arrays of one problem and how to get back to blocks."""

    problem: Problem
    units: Units
    arrays: Arrays
    constant: Floats  # (c,)


def lower(problem: Problem, constraints: Sequence[Constraint], amount: Amount) -> SearchModel:
    """Write constraints and the aim `amount` (to be minimised) as search arrays."""
    units = contract(problem, constraints)
    draft = Draft(problem, units)
    draft.aim_at(amount, 1.0)
    for constraint in constraints:
        if isinstance(constraint, ZoneBand):
            k = draft.of_measures(constraint.measures)
            one = np.ones(problem.n_zones)
            draft.leaf(HINGE_SUM, draft.channel(limit=0.0), constraint, one, (k, k, k))
        elif isinstance(constraint, Limit):
            draft.hold(constraint)
    for one, other in units.tied.tolist():
        draft.tie(one, other)
    allowed = allowed_zones(problem, constraints, units)
    closed = ~allowed
    closed[units.of_block[problem.root]] = False
    if closed.any():  # moves lead to allowed zones only, but a plan may start in another one
        draft.pairs[draft.channel(limit=0.0)] = closed.astype(np.float64)
    arrays = assemble(draft, allowed, is_free=not is_contiguous(constraints))
    return SearchModel(problem, units, arrays, np.array(draft.constant))


def allowed_zones(problem: Problem, constraints: Sequence[Constraint], units: Units) -> Bools:
    """Zones each unit may take, (u, m): those all its blocks may take; roots only their own.

    Units that are to have one zone may take those that both may, where there are any.
    """
    blocks = np.ones((problem.n_blocks, problem.n_zones), dtype=bool)
    for constraint in constraints:
        if isinstance(constraint, AllowedPairs):
            blocks &= constraint.allowed
    allowed = np.ones((units.count, problem.n_zones), dtype=bool)
    np.logical_and.at(allowed, units.of_block, blocks)
    root = units.of_block[problem.root]
    allowed[root] = False
    allowed[root, np.arange(problem.n_zones)] = True
    for one, other in (*units.tied, *units.tied):  # twice: a group's first unit is in each pair
        both = allowed[one] & allowed[other]
        if both.any():
            allowed[[one, other]] = both
    return allowed


def assemble(draft: Draft, allowed: Bools, *, is_free: bool) -> Arrays:
    """Stack what was collected; `is_free` tells that no zone needs to hang together."""
    problem, units = draft.problem, draft.units
    m = problem.n_zones
    ways = ways_to_roots(problem, units, allowed) if is_free else None
    indptr, indices, source, reverse, border = unit_graph(problem, units, ways)
    is_root = np.zeros(units.count, dtype=bool)
    is_root[units.of_block[problem.root]] = True
    channels = sorted(draft.pairs)

    return Arrays(
        indptr=indptr,
        indices=indices,
        source=source,
        reverse=reverse,
        border_m=border,
        allowed=allowed,
        is_root=is_root,
        is_free=np.full(m, is_free),
        island_zone=units.island_zone,
        measure=np.array(draft.measure).T.reshape(units.count, -1).copy(),
        perimeter_m=unit_perimeters(problem, units),
        pair_cost=np.array([draft.pairs[c] for c in channels]).reshape(-1, units.count, m),
        pair_channel=np.array(channels, dtype=np.int32),
        leaf_kind=np.array([leaf[0] for leaf in draft.leaves], dtype=np.int32),
        leaf_channel=np.array([leaf[1] for leaf in draft.leaves], dtype=np.int32),
        leaf_lower=draft.stack(2),
        leaf_upper=draft.stack(3),
        leaf_weight=draft.stack(4),
        leaf_measure=np.array([leaf[5] for leaf in draft.leaves], np.int32).reshape(-1, 3),
        part=np.array(draft.parts, dtype=np.int32),
        group=np.array([g[:2] for g in draft.groups], dtype=np.int32).reshape(-1, 2),
        group_weight=np.array([g[2] for g in draft.groups], dtype=float),
        cut_channel=np.array(sorted(draft.cuts), dtype=np.int32),
        cut_weight=np.array([draft.cuts[c] for c in sorted(draft.cuts)], dtype=float),
        aim=np.array(draft.aim),
        limit=np.array(draft.limit),
        price=np.where(draft.is_violation, 1.0, 0.0),
        is_violation=np.array(draft.is_violation, dtype=bool),
        **_spreads(draft),
    )


def _spreads(draft: Draft) -> dict[str, Any]:
    """Stack the spreads."""
    return {
        "spread_first": np.cumsum([0] + [len(s[0]) for s in draft.spreads]).astype(np.int32),
        "spread_member": np.array([c for s in draft.spreads for c in s[0]], dtype=np.int32),
        "spread_aim": np.array([s[1] for s in draft.spreads], dtype=float),
        "spread_limit": np.array([s[2] for s in draft.spreads], dtype=float),
        "spread_price": np.ones(len(draft.spreads)),
    }
