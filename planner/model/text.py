"""A model as text to read: the same on every version of every library.

Used by the golden files, one a kind of term, and by whoever wants to see what a rule became.
"""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats
from planner.model.rows import Index, LinearModel


def model_text(model: LinearModel) -> str:
    """Return a model as lines: objective, rows, bounds, and the columns that are whole numbers."""
    names = [model.column_name(j) for j in range(model.n_columns)]
    used = np.flatnonzero(model.cost)
    lines = ["minimise", f"  {_sum(model.cost[used], used, names, model.constant)}", "subject to"]
    for i in range(model.n_rows):
        start, end = model.matrix.indptr[i], model.matrix.indptr[i + 1]
        order = start + np.argsort(model.matrix.indices[start:end], kind="stable")
        total = _sum(model.matrix.data[order], model.matrix.indices[order], names)
        sides = _between(total, model.row_lower[i], model.row_upper[i])
        lines.append(f"  {model.row_name(i)}: {sides}")
    lines.append("bounds")
    for j, name in enumerate(names):
        kind = "whole" if model.integer[j] else "real"
        lines.append(f"  {_between(name, model.lower[j], model.upper[j])} {kind}")
    return "\n".join(lines) + "\n"


def _sum(coefficients: Floats, columns: Index, names: list[str], constant: float = 0.0) -> str:
    """Return ``+ 2 a - 3 b + 7``."""
    terms = [
        f"{_signed(a)} {names[j]}" for a, j in zip(coefficients, columns, strict=True) if a != 0
    ]
    if constant or not terms:
        terms.append(_signed(constant))
    return " ".join(terms)


def _signed(value: float) -> str:
    """Return a number with its sign apart, twelve digits."""
    return f"{'-' if value < 0 else '+'} {abs(value):.12g}"


def _between(what: str, low: float, high: float) -> str:
    """Return ``low <= what <= high`` with the sides there are."""
    low, high = low + 0.0, high + 0.0  # no minus before a zero
    if low == high:
        return f"{what} = {low:.12g}"
    left = f"{low:.12g} <= " if np.isfinite(low) else ""
    right = f" <= {high:.12g}" if np.isfinite(high) else ""
    return f"{left}{what}{right}"
