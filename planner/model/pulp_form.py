"""The same model as a PuLP problem, for every solver PuLP knows and for reading it.

Only what PuLP 3.3 and 4.2 share is used here: ``add_variable``, ``lpSum``, ``addConstraint``.
A row with two different sides becomes two PuLP constraints, ``name,lower`` and ``name,upper``.
"""

from __future__ import annotations

import re

import numpy as np
import pulp

from planner.model.rows import LinearModel

_NOT_IN_NAMES = re.compile(r"[-+\[\] >/]")


def to_pulp(model: LinearModel, name: str = "plan") -> pulp.LpProblem:
    """Write a model as a PuLP problem.

    Parameters
    ----------
    model : LinearModel
    name : str
        Name of the problem.

    Returns
    -------
    pulp.LpProblem
        To be minimised.  Where PuLP would make two names alike (it replaces brackets, blanks,
        signs and slashes), the later one gets a number.
    """
    problem = pulp.LpProblem(name, pulp.LpMinimize)
    columns = _unique([model.column_name(j) for j in range(model.n_columns)])
    variables = [
        problem.add_variable(
            columns[j],
            float(model.lower[j]),
            float(model.upper[j]),
            "Integer" if model.integer[j] else "Continuous",
        )
        for j in range(model.n_columns)
    ]
    used = np.flatnonzero(model.cost)
    problem += pulp.lpSum([float(model.cost[j]) * variables[j] for j in used]) + model.constant
    sides: list[tuple[str, object]] = []
    for i in range(model.n_rows):
        sides += _row(model, i, variables)
    for label, (_, constraint) in zip(_unique([side[0] for side in sides]), sides, strict=True):
        problem.addConstraint(constraint, label)
    return problem


def _row(model: LinearModel, i: int, variables: list[pulp.LpVariable]) -> list[tuple[str, object]]:
    """Return the PuLP constraints of one row with their names."""
    start, end = model.matrix.indptr[i], model.matrix.indptr[i + 1]
    columns, coefficients = model.matrix.indices[start:end], model.matrix.data[start:end]
    total = pulp.lpSum(
        [float(a) * variables[j] for j, a in zip(columns, coefficients, strict=True)]
    )
    low, high = float(model.row_lower[i]), float(model.row_upper[i])
    name = model.row_name(i)
    if low == high:
        return [(name, total == low)]
    both = np.isfinite(low) and np.isfinite(high)
    sides = []
    if np.isfinite(low):
        sides.append((_side(name, "lower") if both else name, total >= low))
    if np.isfinite(high):
        sides.append((_side(name, "upper") if both else name, total <= high))
    return sides


def _side(name: str, side: str) -> str:
    """Return the name of one side of a row, ``balance_band[lincoln_es,upper]``."""
    return f"{name[:-1]},{side}]" if name.endswith("]") else f"{name}[{side}]"


def _unique(names: list[str]) -> list[str]:
    """Return names that stay different after PuLP has cleaned them."""
    seen: set[str] = set()
    result = []
    for name in names:
        fresh, count = name, 1
        while _NOT_IN_NAMES.sub("_", fresh) in seen:
            count += 1
            fresh = f"{name}_{count}"
        seen.add(_NOT_IN_NAMES.sub("_", fresh))
        result.append(fresh)
    return result
