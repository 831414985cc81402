"""Bounds that hold whatever the solver's tolerances were.

For any row duals y, weak duality gives a lower bound on ``c x`` over ``l <= x <= u``,
``L <= A x <= U``:

    ``sum_i (y_i > 0 ? y_i L_i : y_i U_i) + sum_j min(d_j l_j, d_j u_j)``,  ``d = c - A' y``

(A. Neumaier and O. Shcherbina, *Safe bounds in linear and mixed-integer linear programming*,
Mathematical Programming 99, 2004).  It only needs finite column bounds, which every model
written here has.  Duals that are slightly wrong make it weaker, never wrong.  What arithmetic
itself may lose is counted and taken off.
"""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats
from planner.model.layout import Layout
from planner.model.rows import LinearModel

_UNIT_ROUNDOFF = 2.0**-53


def certify(model: LinearModel, row_dual: Floats, layout: Layout | None = None) -> float:
    """Return the bound that these duals prove.

    Parameters
    ----------
    model : LinearModel
    row_dual : (r,) float64
        Any numbers; good ones give a good bound.
    layout : Layout, optional
        Layout of the model: the dual of each ``assign_once`` row, the first rows of every model,
        is then chosen best for the others.

    Returns
    -------
    float
        No point of the linear relaxation has a lower objective.
    """
    y = np.where(np.isfinite(row_dual), row_dual, 0.0)
    y = np.where((y > 0) & ~np.isfinite(model.row_lower), 0.0, y)
    y = np.where((y < 0) & ~np.isfinite(model.row_upper), 0.0, y)
    if layout is not None:
        y = _best_assignment_duals(model, layout, y)
    reduced = model.cost - model.matrix.T @ y
    side = np.where(y > 0, model.row_lower, model.row_upper)
    by_row = np.where(y != 0, y * np.where(y != 0, side, 0.0), 0.0)
    by_column = np.minimum(reduced * model.lower, reduced * model.upper)
    value = by_row.sum() + by_column.sum() + model.constant
    return float(value - _rounding(model, y, by_row, by_column))


def next_whole_value(model: LinearModel, value: float) -> float:
    """Return the least value from a bound up that whole numbers can give.

    Students who change school are counted in whole students: a bound of 436.2 is one of 437.
    The bound itself where a cost is not a whole number or stands at a real column.
    """
    costs = model.cost[model.cost != 0]
    is_whole = model.integer[model.cost != 0].all() and (costs == np.round(costs)).all()
    if not len(costs) or not is_whole or not np.isfinite(value) or np.abs(costs).max() > 2**50:
        return value
    step = float(np.gcd.reduce(np.abs(costs).astype(np.int64)))
    steps = np.ceil((value - model.constant) / step - 1e-6)
    return max(value, float(model.constant + step * steps))


def _best_assignment_duals(model: LinearModel, layout: Layout, y: Floats) -> Floats:
    """Give each block's assignment row the dual that is best for the duals of all other rows.

    With ``sum_z x[b,z] = 1`` the block's cheapest column decides, so its reduced cost may become
    zero and all others stay at or above it.
    """
    f, p = len(layout.blocks), layout.n_pairs
    y = y.copy()
    y[:f] = 0.0
    reduced = (model.cost - model.matrix.T @ y)[:p]
    starts = np.flatnonzero(np.diff(layout.block, prepend=-1))
    rows = layout.row_of_pair[starts]
    y[rows] = np.minimum.reduceat(reduced, starts)
    return y


def _rounding(model: LinearModel, y: Floats, by_row: Floats, by_column: Floats) -> float:
    """Return more than what floating-point arithmetic can have lost."""
    absolute = abs(model.matrix).T @ np.abs(y) + np.abs(model.cost)
    entries = np.bincount(model.matrix.indices, minlength=model.n_columns) + 2.0
    reach = np.maximum(np.abs(model.lower), np.abs(model.upper))
    in_reduced = (entries * absolute * reach).sum()
    # numpy adds in pairs: the loss grows with the logarithm of the number of terms
    depth = np.log2(len(by_row) + len(by_column) + 2.0) + 130.0
    in_sums = depth * (np.abs(by_row).sum() + np.abs(by_column).sum() + abs(model.constant))
    return float(2.0 * _UNIT_ROUNDOFF * (in_reduced + in_sums))
