"""A lower bound on the gap in exposure to poverty, from a valid relaxation of the ratio.

With ``r[z] = p[z] / t[z]`` and ``w[b,z] = x[b,z] r[z]`` the gap of two groups is linear:

    ``E_a - E_b = sum_{b,z} (a[b]/A - b[b]/B) w[b,z]``,   ``sum_b t[b] w[b,z] = sum_b p[b] x[b,z]``

The product is relaxed by its four bounding planes (McCormick 1976), with a range of ``r[z]`` for
every zone: the poorest and the least poor zone of the smallest allowed size that can be put
together from the blocks it may have.  The value is certified by weak duality.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats
from geodata.reserved import POOR
from planner.model.bound import Bound
from planner.model.certificate import certify
from planner.model.layout import Layout, whole
from planner.model.pairs import close_unreachable
from planner.model.ratios import write_envelope
from planner.model.sheet import Sheet
from planner.model.solve import solve_lp
from planner.model.write import write_layout
from planner.parity.schools import Schools, group_measures, need_poverty
from planner.problem import Problem
from planner.problem.school_counts import counts_one_by_one
from planner.terms import Constraint, ZoneBand

__all__ = ["gap_lower_bound", "poverty_ranges"]

Index = NDArray[np.intp]
SLACK = 1e-3  # wider ranges keep the planes apart, which the solver needs
SHARED = "none: schools that share a zone are measured one by one, which no relaxation here knows"
METHOD = "products of assignment and school poverty in their bounding planes, certified by duality"


def gap_lower_bound(
    problem: Problem,
    constraints: Sequence[Constraint],
    *,
    seconds: float = 60.0,
    threads: int = 1,
) -> Bound:
    """Bound the parity gap from below over all plans that keep the rules [percentage points].

    Maths   parity gap >= E_a - E_b, for the two groups whose gap is largest today

    Returns
    -------
    Bound
        `value` is None where the relaxation proves nothing above 0.
    """
    begin = time.monotonic()
    need_poverty(problem)
    pair = _widest_pair(problem)
    if pair is None:
        return Bound(None, False, 0.0, "none: fewer than two groups")
    if any(counts_one_by_one(problem, group) for group in problem.partners_of_zones()):
        return Bound(None, False, 0.0, SHARED)
    layout = close_unreachable(whole(problem, constraints), constraints)
    if len(layout.blocks_without_zone()):
        return Bound(None, True, time.monotonic() - begin, "some blocks have no zone left")
    sheet = write_layout(layout, constraints, None, skip_nonlinear=True).sheet
    _write_gap(sheet, layout, pair, poverty_ranges(layout, constraints))
    model = sheet.finish()
    outcome = solve_lp(model, time_limit=seconds, threads=threads)
    spent = time.monotonic() - begin
    if outcome.row_dual is None:
        return Bound(None, False, spent, "none: time ran out before the relaxation was solved")
    value = certify(model, outcome.row_dual, layout)
    return Bound(value if value > 0 else None, False, spent, METHOD)


def poverty_ranges(layout: Layout, constraints: Sequence[Constraint]) -> tuple[Floats, Floats]:
    """Return the least and the largest share of poor students each zone can have, (m,) each.

    Maths   the zone's allowed blocks, taken in order of their share (the last one in part), until
            the least allowed size is reached: no allowed zone is further out
    """
    problem = layout.problem
    floor = np.zeros(problem.n_zones)
    for term in constraints:
        if isinstance(term, ZoneBand) and dict(term.measures) == {"students": 1.0}:
            floor = np.maximum(floor, np.where(np.isfinite(term.lower), term.lower, 0.0))
    students, poor = problem.students, problem.measure(POOR)
    low, high = np.zeros(problem.n_zones), np.ones(problem.n_zones)
    for zone in range(problem.n_zones):
        blocks = layout.block[layout.zone == zone]
        blocks = blocks[students[blocks] > 0]
        if len(blocks):
            low[zone] = _extreme(students[blocks], poor[blocks], floor[zone])
            high[zone] = 1.0 - _extreme(
                students[blocks], students[blocks] - poor[blocks], floor[zone]
            )
    return np.clip(low - SLACK, 0, 1), np.clip(high + SLACK, 0, 1)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two groups, the one with the poorer schools first."""

    poorer: str
    richer: str


def _widest_pair(problem: Problem) -> _Pair | None:
    """Return the two groups with the largest gap today."""
    measures = group_measures(problem)
    if len(measures) < 2:
        return None
    today = Schools.today(problem)
    met = {measure: today.met(measure.removeprefix("group:")) for measure in measures}
    a, b = max(combinations(measures, 2), key=lambda pair: abs(met[pair[0]] - met[pair[1]]))
    return _Pair(a, b) if met[a] >= met[b] else _Pair(b, a)


def _extreme(students: Floats, count: Floats, floor: float) -> float:
    """Return the least share of a count over any part of the blocks with so many students."""
    share = count / students
    order = np.argsort(share, kind="stable")
    filled = np.cumsum(students[order])
    size = min(max(floor, students[order[0]] * 1e-9), filled[-1])
    last = int(np.searchsorted(filled, size * (1 - 1e-12)))
    before = filled[last - 1] if last else 0.0
    taken = count[order[:last]].sum() + (size - before) * share[order[last]]
    return float(taken / size)


def _write_gap(sheet: Sheet, layout: Layout, pair: _Pair, ranges: tuple[Floats, Floats]) -> None:
    """Write the shares, the products with their planes, and the gap as the cost."""
    problem, zones = layout.problem, layout.problem.n_zones
    low, high = ranges
    share = sheet.add_columns("poverty", layout.zone_name, (low, high), count=zones)
    used = np.flatnonzero(problem.students[layout.block] > 0)
    block, zone = layout.block[used], layout.zone[used]

    def name(k: int) -> str:
        return layout.pair_name(int(used[k]))

    product = sheet.add_columns("met", name, (0.0, high[zone]), count=len(used))
    write_envelope(sheet, "met", name, (low[zone], high[zone]), (used, product, share[zone]))
    students, poor = problem.students, problem.measure(POOR)
    sheet.add_rows(
        "poverty",
        layout.zone_name,
        (0.0, 0.0),
        (
            np.concatenate([zone, zone]),
            np.concatenate([product, used]),
            np.concatenate([students[block], -poor[block]]),
        ),
        count=zones,
    )
    a, b = problem.measure(pair.poorer), problem.measure(pair.richer)
    sheet.add_cost(product, 100.0 * (a / a.sum() - b / b.sum())[block])
