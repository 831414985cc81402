"""One step of large-neighbourhood search: free a few zones of a plan and solve them again.

All blocks of the freed zones may move between these zones, every rule holds, ordering rows grown
from the plan itself keep the zones in one piece, and the plan is the solver's start.  Only the
freed part is written, so that thousands of such models can be solved.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from geodata.dtypes import Bools, Ints
from planner.model.amounts import RatioForm
from planner.model.contiguity import ordering_rows
from planner.model.feasibility import size_of_limits
from planner.model.highs import Interrupt
from planner.model.layout import around
from planner.model.pairs import (
    close_unreachable,
    is_contiguous,
    islands_allowed,
    pair_graph,
)
from planner.model.rows import Index
from planner.model.solve import solve_mip
from planner.model.write import NotLinearError, Written, write_layout
from planner.problem import Problem
from planner.terms import Amount, Constraint, Limit, Together, ZoneBand

_FEASIBLE = 1e-6  # the solver's own tolerance
_BETTER = 1e-9  # relative


def solve_neighbourhood(
    problem: Problem,
    constraints: Sequence[Constraint],
    amount: Amount,
    zone_of: Ints,
    zones: Iterable[int],
    *,
    patience: int | None = 120,
    time_limit: float = math.inf,
    gap: float = 1e-4,
    seed: int = 0,
    threads: int = 1,
    prices: Mapping[str, float] | None = None,
    free: Bools | None = None,
    interrupt: Interrupt | None = None,
) -> Ints | None:
    """Solve some adjacent zones of a plan again.

    Parameters
    ----------
    problem : Problem
    constraints : sequence of Constraint
    amount : Amount
        To be minimised.  Ratios that are not convex, and shapes, are replaced by their slope
        around the plan, so judge the result by the true amount.
    zone_of : (n,) int32
        The plan; its zones should be in one piece.
    zones : iterable of int
        Zones to free, two to four as a rule.
    patience : int or None
        How often the solver may ask whether to go on; what it finds it finds early.  With one
        thread and no time limit the result depends on the arguments alone.
    time_limit : float [s]
    gap : float [share]
    seed : int
        Chooses the order in which zones may grow, and the solver's random numbers.
    threads : int
    prices : mapping of constraint name to price, optional
        Bands and limits that may be broken at a price for each unit of excess.  By default those
        the plan itself breaks, at a price that makes keeping them come first.
    free : (n, m) bool, optional
        Pairs that may change; by default all that the rules allow.
    interrupt : function that answers True when it is time to stop, or None

    Returns
    -------
    (n,) int32 or None
        A better plan by the model's own measure; None where none was found, or where the amount
        has no linear form even around a plan.  Limits without one are left out, so look at every
        rule again.
    """
    written = write_neighbourhood(
        problem, constraints, amount, zone_of, zones, seed=seed, prices=prices, free=free
    )
    if written is None:
        return None
    start = written.start(zone_of)
    before = written.model.objective(start)
    is_valid = written.model.worst_violation(start) <= _FEASIBLE
    outcome = solve_mip(
        written.model,
        start=start,
        patience=patience,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        threads=threads,
        interrupt=interrupt,
    )
    if outcome.x is None:
        return None
    if is_valid and outcome.objective >= before - _BETTER * max(abs(before), 1e-9):
        return None
    after = written.plan(outcome.x)
    return None if np.array_equal(after, zone_of) else after


def near_borders(problem: Problem, zone_of: Ints, reach: int) -> Bools:
    """Find which pairs `reach` steps from block to neighbouring block lead to.

    Parameters
    ----------
    problem : Problem
    zone_of : (n,) int32
    reach : int

    Returns
    -------
    (n, m) bool
        Each block with its own zone, and with the zones of blocks so many steps away.
    """
    beside = problem.adjacency()
    near = np.zeros((problem.n_blocks, problem.n_zones), dtype=bool)
    near[np.arange(problem.n_blocks), zone_of] = True
    for _ in range(reach):
        near |= (beside @ near.astype(float)) > 0
    return near


def write_neighbourhood(
    problem: Problem,
    constraints: Sequence[Constraint],
    amount: Amount,
    zone_of: Ints,
    zones: Iterable[int],
    *,
    seed: int = 0,
    prices: Mapping[str, float] | None = None,
    free: Bools | None = None,
) -> Written | None:
    """Write the model of `solve_neighbourhood`; None where nothing can move."""
    freed: Index = np.unique(np.fromiter(zones, dtype=np.intp))
    rules = [*constraints, *_islands_together(problem, constraints, zone_of)]
    layout = close_unreachable(around(problem, rules, zone_of, freed, free), rules)
    choices = (layout.index >= 0).sum(axis=1)
    if not len(choices) or choices.min() == 0 or choices.max() <= 1:
        return None
    if prices is None:
        prices = prices_of_broken(problem, constraints, amount, zone_of)
    try:
        written = write_layout(
            layout,
            rules,
            amount,
            ratios=RatioForm.AROUND,
            plan=zone_of,
            prices=prices,
            skip_nonlinear=True,
        )
    except NotLinearError:
        return None
    if is_contiguous(constraints):
        graph = pair_graph(layout, constraints)
        written = written.with_rows(*ordering_rows(graph, zone_of, seed=seed))
    return written


def prices_of_broken(
    problem: Problem, constraints: Sequence[Constraint], amount: Amount, zone_of: Ints
) -> dict[str, float]:
    """Return a price of excess for each band and limit that a plan breaks.

    The plan's whole excess costs twice its amount, so that mending comes first.
    """
    prices: dict[str, float] = {}
    worth = 2.0 * max(abs(amount.value(problem, zone_of)), 1e-6)
    for constraint in constraints:
        match constraint:
            case ZoneBand():
                excess = float(constraint.excess(problem, zone_of).sum())
            case Limit():
                excess = constraint.amount.value(problem, zone_of) - constraint.at_most
            case _:
                continue
        size = size_of_limits(problem, constraint)
        if excess > _BETTER * size:
            price = worth / max(excess, 1e-3 * size)
            prices[constraint.name] = max(price, prices.get(constraint.name, 0.0))
    return prices


def _islands_together(
    problem: Problem, constraints: Sequence[Constraint], zone_of: Ints
) -> list[Together]:
    """Keep each island of today in one zone, where the plan has not parted it already."""
    island = islands_allowed(problem, constraints)
    inside = np.flatnonzero(island >= 0)
    if not len(inside):
        return []
    parted = np.zeros(int(island.max()) + 1, dtype=bool)
    _, first, member = np.unique(island[inside], return_index=True, return_inverse=True)
    leader = inside[first[member]]
    parted[island[inside][zone_of[inside] != zone_of[leader]]] = True
    group = np.where((island >= 0) & ~parted[island], island, -1).astype(np.int32)
    return [Together("whole_island", group)]
