"""Sums over columns, and the error for what no such sum can say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.dtypes import Floats
from geodata.errors import counted, listed
from planner.errors import ModelError
from planner.model.layout import Layout
from planner.model.rows import Index


class NotLinearError(ModelError):
    """An amount has no linear form here; search still measures it exactly."""


@dataclass(frozen=True, slots=True)
class Expression:
    """``sum coefficient * column + constant``: the amount, or what is at least the amount.

    Parameters
    ----------
    columns : (q,) positions
    coefficients : (q,) float64
    constant : float
    """

    columns: Index
    coefficients: Floats
    constant: float

    def times(self, factor: float) -> Expression:
        """Return this expression multiplied by a number."""
        return Expression(self.columns, self.coefficients * factor, self.constant * factor)

    def value(self, x: Floats) -> float:
        """Evaluate at a point."""
        return float(self.coefficients @ x[self.columns] + self.constant)


def add_up(expressions: Sequence[Expression], constant: float = 0.0) -> Expression:
    """Add expressions and a constant."""
    return Expression(
        np.concatenate([np.zeros(0, dtype=np.intp), *(e.columns for e in expressions)]),
        np.concatenate([np.zeros(0), *(e.coefficients for e in expressions)]),
        constant + sum(e.constant for e in expressions),
    )


def constant_expression(value: float) -> Expression:
    """Return an expression without columns."""
    return Expression(np.zeros(0, dtype=np.intp), np.zeros(0), value)


def zone_range(layout: Layout, per_block: Floats, base: Floats) -> tuple[Floats, Floats]:
    """Return the least and the largest tally each zone of the layout can have, (k,) each.

    Parameters
    ----------
    layout : Layout
    per_block : (n,) float64
    base : (k,) float64
        What blocks outside the model add.
    """
    value, place = per_block[layout.block], layout.place_of_pair
    k = len(layout.zones)
    low = np.bincount(place, weights=np.minimum(value, 0.0), minlength=k)
    high = np.bincount(place, weights=np.maximum(value, 0.0), minlength=k)
    return base + low, base + high


def pair_range(layout: Layout, per_pair: Floats) -> tuple[float, float]:
    """Return the least and largest sum over one chosen column a block."""
    if not layout.n_pairs:
        return 0.0, 0.0
    starts = np.flatnonzero(np.diff(layout.block, prepend=-1))
    low = np.minimum.reduceat(per_pair, starts).sum()
    high = np.maximum.reduceat(per_pair, starts).sum()
    return float(low), float(high)


def refuse_unknown(layout: Layout, numbers: Floats, what: str) -> None:
    """Raise where a number of an open pair is unknown or infinite.

    Parameters
    ----------
    layout : Layout
    numbers : (p,) float64
    what : str
        Name of the amount or rule.
    """
    bad = np.flatnonzero(~np.isfinite(numbers))
    if not len(bad):
        return
    blocks = np.unique(layout.block[bad])
    names = listed(layout.block_name(b) for b in blocks)
    raise ModelError(
        f"{what}: {counted(len(bad), 'pair')} of block and zone without a known value (blocks "
        f"{names})",
        "an unknown number is not zero, so these pairs cannot be weighed against others",
        "complete the table, or forbid these pairs by a travel limit or a list of pairs",
    )
