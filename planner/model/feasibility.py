"""The least by which bands and limits must be broken: zero where the relaxation has a point.

Where nothing else gives way a block stays without a zone, which costs more than any limit it could
spare.  A certified positive number proves that no plan keeps every rule.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack

from geodata.dtypes import Floats
from planner.model.certificate import certify
from planner.model.highs import Interrupt
from planner.model.layout import Layout
from planner.model.rows import LinearModel, NameGroup, RowBlock
from planner.model.solve import solve_lp
from planner.model.write import RatioForm, write_layout
from planner.problem import Problem
from planner.terms import (
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

PROVEN_EXCESS = 1e-6  # share of a limit; less could be an accident of arithmetic


def least_excess(
    layout: Layout,
    constraints: Sequence[Constraint],
    *,
    rows: Sequence[RowBlock] = (),
    time_limit: float = math.inf,
    threads: int = 1,
    interrupt: Interrupt | None = None,
) -> float | None:
    """Return a certified lower bound on the summed relative excess over bands and limits.

    Blocks without a zone count too, each more than it could spare in all of these together.
    Limits without a linear form are left out: what is impossible without them is impossible.

    Parameters
    ----------
    layout : Layout
    constraints : sequence of Constraint
    rows : sequence of RowBlock
        Further rows over the pairs.
    time_limit : float [s]
    threads : int
    interrupt : function that answers True when it is time to stop, or None

    Returns
    -------
    float or None
        Above `PROVEN_EXCESS`: no plan keeps every rule.  None where the solver gave no duals.
    """
    prices = {
        c.name: 1.0 / size_of_limits(layout.problem, c)
        for c in constraints
        if isinstance(c, ZoneBand | Limit)
    }
    written = write_layout(
        layout,
        constraints,
        None,
        ratios=RatioForm.RELAXED,
        prices=prices,
        skip_nonlinear=True,
    ).with_rows(*rows)
    model = _with_blocks_left_out(written.model, layout, 1.0 + len(prices))
    outcome = solve_lp(model, time_limit=time_limit, threads=threads, interrupt=interrupt)
    if outcome.row_dual is None:
        return None
    return certify(model, outcome.row_dual, layout)


def _with_blocks_left_out(model: LinearModel, layout: Layout, price: float) -> LinearModel:
    """Let blocks stay without a zone at a price: then rows that cannot give way have a point too.

    The model's first rows are ``assign_once``, one a block.
    """
    count = len(layout.blocks)
    left_out = eye_array(model.n_rows, count, format="csr")
    return replace(
        model,
        lower=np.concatenate([model.lower, np.zeros(count)]),
        upper=np.concatenate([model.upper, np.ones(count)]),
        cost=np.concatenate([model.cost, np.full(count, price)]),
        integer=np.concatenate([model.integer, np.zeros(count, dtype=bool)]),
        matrix=csr_array(hstack([model.matrix, left_out], format="csr")),
        column_names=(
            *model.column_names,
            NameGroup("left_out", count, lambda i: layout.block_name(layout.blocks[i])),
        ),
    )


def size_of_limits(problem: Problem, constraint: ZoneBand | Limit) -> float:
    """Return the size of a constraint's limits, as a unit for its excess.

    Never less than what one block can change, so that a limit of zero has a size too.
    """
    if isinstance(constraint, Limit):
        return max(abs(constraint.at_most), size_of_block(problem, constraint.amount))
    ends = np.abs(np.concatenate([constraint.lower, constraint.upper]))
    largest = _largest(combine(problem, constraint.measures))
    return max(float(ends[np.isfinite(ends)].max(initial=0.0)), largest)


def size_of_block(problem: Problem, amount: Amount) -> float:
    """Return about how much one block can change an amount, in its unit."""
    match amount:
        case PairAmount():
            return _largest(amount.cost)
        case ZoneDeviation():
            return _largest(combine(problem, amount.measures)) * _largest(amount.weight)
        case ZoneWorst():
            return size_of_block(problem, amount.deviation)
        case ZoneRatio():
            return _largest(problem.measure(amount.a)) * _largest(amount.weights(problem))
        case CutLength():
            return _largest(problem.edge_shared_m) * abs(amount.weight)
        case Apart():
            return _largest(amount.count[amount.group_of >= 0])
        case WeightedSum():
            return max((abs(w) * size_of_block(problem, a) for w, a in amount.parts), default=1.0)
        case Spread():
            return max((size_of_block(problem, part) for part in amount.parts), default=1.0)
        case ZoneShape():
            return 1.0 / max(problem.n_zones, 1)


def _largest(numbers: Floats) -> float:
    """Return the largest known absolute value; 1 where all are zero or unknown."""
    known = np.abs(numbers[np.isfinite(numbers)])
    return float(known.max(initial=0.0)) or 1.0
