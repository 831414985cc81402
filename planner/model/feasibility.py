"""The least by which bands and limits must be broken: zero where the relaxation has a point.

A certified positive number proves that no plan keeps every rule.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from planner.model.certificate import certify
from planner.model.highs import Interrupt
from planner.model.layout import Layout
from planner.model.rows import RowBlock
from planner.model.solve import solve_lp
from planner.model.write import RatioForm, write_layout
from planner.terms import Constraint, Limit, ZoneBand

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

    Raises
    ------
    NotLinearError
        Where a limited amount has no linear form.
    """
    prices = {
        c.name: 1.0 / size_of_limits(c) for c in constraints if isinstance(c, ZoneBand | Limit)
    }
    written = write_layout(
        layout, constraints, None, ratios=RatioForm.RELAXED, prices=prices
    ).with_rows(*rows)
    outcome = solve_lp(written.model, time_limit=time_limit, threads=threads, interrupt=interrupt)
    if outcome.row_dual is None:
        return None
    return certify(written.model, outcome.row_dual, layout).value


def size_of_limits(constraint: ZoneBand | Limit) -> float:
    """Return the size of a constraint's limits, as a unit for its excess."""
    if isinstance(constraint, Limit):
        return max(abs(constraint.at_most), 1e-6)
    ends = np.concatenate([constraint.lower, constraint.upper])
    ends = np.abs(ends[np.isfinite(ends)])
    return max(float(ends.max(initial=0.0)), 1e-6)
