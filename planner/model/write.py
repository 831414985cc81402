"""From terms to a linear model: the table of contents of every model this package solves.

`write_model` writes the whole problem, or a neighbourhood in which only some pairs are free:

    assign_once     sum_z x[b,z] = 1                                   every block b
    zone bands      lower[z] <= sum_b measure[b] x[b,z] <= upper[z]    every zone z
    limits          amount <= at_most
    together        x[b,z] = x[first block of the group, z]

Pairs that `AllowedPairs` forbid have no column.  Contiguity has rows of its own, of several
kinds for several uses: see `planner.model.contiguity`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from geodata.dtypes import Bools, Floats, Ints
from planner.model.amounts import AmountWriter, RatioForm
from planner.model.expression import Expression, NotLinearError
from planner.model.layout import Layout, around_free, whole
from planner.model.rows import LinearModel, RowBlock
from planner.model.sheet import Sheet
from planner.model.tallies import measure_tally, write_band
from planner.problem import Problem
from planner.terms import Amount, Constraint, Limit, Together, ZoneBand

__all__ = ["NotLinearError", "RatioForm", "Written", "write_layout", "write_model"]

_NO_PRICES: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Written:
    """A model and what its columns mean.

    Parameters
    ----------
    model : LinearModel
    layout : Layout
    sheet : Sheet
        Knows how the further columns follow from the assignment.
    amount : Expression
        The aim without any price of excess.
    skipped : tuple of str
        Limits that were left out because they have no linear form.
    """

    model: LinearModel
    layout: Layout
    sheet: Sheet = field(repr=False)
    amount: Expression = field(repr=False)
    skipped: tuple[str, ...] = ()

    def start(self, zone_of: Ints) -> Floats:
        """Return a plan as a full point of the model, (columns,)."""
        return self.sheet.complete(self.layout.point(zone_of))

    def plan(self, x: Floats) -> Ints:
        """Return a point of the model as a plan, (n,) int32."""
        return self.layout.plan(x)

    def with_rows(self, *blocks: RowBlock) -> Written:
        """Return this with more rows."""
        return replace(self, model=self.model.with_rows(*blocks))


def write_model(
    problem: Problem,
    constraints: Sequence[Constraint],
    amount: Amount | None,
    *,
    free: Bools | None = None,
    zone_of: Ints | None = None,
    ratios: RatioForm = RatioForm.TANGENTS,
    prices: Mapping[str, float] = _NO_PRICES,
) -> Written:
    """Write a problem, or a neighbourhood of a plan.

    Parameters
    ----------
    problem : Problem
    constraints : sequence of Constraint
        `Contiguous` adds no rows here.
    amount : Amount or None
        To be minimised; None: any plan will do.
    free : (n, m) bool, optional
        Pairs that may change; needs `zone_of`.  All blocks of the zones they touch are in the
        model.
    zone_of : (n,) int32, optional
        The plan that all other blocks keep.
    ratios : RatioForm
    prices : mapping of constraint name to price
        These bands and limits may be broken; each unit of excess costs the price.

    Raises
    ------
    NotLinearError
        Where an amount has no linear form.
    ModelError
        Where a number that is needed is unknown.
    """
    if free is None:
        layout = whole(problem, constraints)
    elif zone_of is None:
        raise ValueError("free pairs need the plan that the other blocks keep")
    else:
        layout = around_free(problem, constraints, zone_of, free)
    return write_layout(layout, constraints, amount, ratios=ratios, plan=zone_of, prices=prices)


def write_layout(
    layout: Layout,
    constraints: Sequence[Constraint],
    amount: Amount | None,
    *,
    ratios: RatioForm = RatioForm.TANGENTS,
    plan: Ints | None = None,
    prices: Mapping[str, float] = _NO_PRICES,
    skip_nonlinear: bool = False,
) -> Written:
    """Write the model of a layout; see `write_model`.

    With `skip_nonlinear` limits without a linear form are left out, which relaxes the model: for
    bounds, and for steps whose result is judged afterwards.
    """
    sheet = Sheet()
    skipped = []
    _write_assignment(sheet, layout)
    writer = AmountWriter(sheet, layout, ratios, plan)
    for constraint in constraints:
        match constraint:
            case ZoneBand():
                _write_zone_band(sheet, layout, constraint, prices)
            case Limit():
                try:
                    _write_limit(writer, constraint, prices)
                except NotLinearError:
                    if not skip_nonlinear:
                        raise
                    skipped.append(constraint.name)
            case Together():
                _write_together(sheet, layout, constraint)
    aim = Expression(np.zeros(0, dtype=np.intp), np.zeros(0), 0.0)
    if amount is not None:
        aim = writer.write(amount)
    sheet.add_cost(aim.columns, aim.coefficients)
    sheet.constant += aim.constant
    return Written(sheet.finish(), layout, sheet, aim, tuple(skipped))


def _write_assignment(sheet: Sheet, layout: Layout) -> None:
    """``sum_z x[b,z] = 1`` for every block of the model."""
    sheet.add_columns("assign", layout.pair_name, (0.0, 1.0), count=layout.n_pairs, integer=True)
    sheet.add_rows(
        "assign_once",
        lambda i: layout.block_name(layout.blocks[i]),
        (1.0, 1.0),
        (layout.row_of_pair, np.arange(layout.n_pairs), 1.0),
        count=len(layout.blocks),
    )


def _write_zone_band(
    sheet: Sheet, layout: Layout, band: ZoneBand, prices: Mapping[str, float]
) -> None:
    """``lower[z] <= sum_k factor_k T[z,k] <= upper[z]``, with priced excess if wished."""
    tally = measure_tally(layout, band, layout.zones)
    is_elastic = band.name in prices
    over, under = write_band(sheet, layout, band.name, tally, is_elastic=is_elastic)
    if is_elastic:
        sheet.add_cost(np.concatenate([over, under]), prices[band.name])


def _write_limit(writer: AmountWriter, limit: Limit, prices: Mapping[str, float]) -> None:
    """``amount <= at_most``, with priced excess if wished."""
    expression = writer.write(limit.amount)
    columns, coefficients = expression.columns, expression.coefficients
    if limit.name in prices:
        _, high = writer.range_of(expression)
        excess = writer.sheet.add_columns(
            f"{limit.name}.over",
            lambda _: "",
            (0.0, max(0.0, high - limit.at_most)),
            count=1,
            values=lambda x: np.array([max(0.0, expression.value(x) - limit.at_most)]),
        )
        writer.sheet.add_cost(excess, prices[limit.name])
        columns = np.concatenate([columns, excess])
        coefficients = np.concatenate([coefficients, [-1.0]])
    writer.sheet.add_rows(
        limit.name,
        lambda _: "",
        (-np.inf, limit.at_most - expression.constant),
        (np.zeros(len(columns)), columns, coefficients),
        count=1,
    )


def _write_together(sheet: Sheet, layout: Layout, together: Together) -> None:
    """``x[b,z] - x[first,z] = 0`` for every other block of a group."""
    group = together.group_of[layout.blocks]
    grouped = np.flatnonzero(group >= 0)
    _, first, member = np.unique(group[grouped], return_index=True, return_inverse=True)
    leader = grouped[first[member]]
    follower = grouped[leader != grouped]
    leader = leader[leader != grouped]
    mine, theirs = layout.index[follower], layout.index[leader]
    row, place = np.nonzero((mine >= 0) | (theirs >= 0))
    mine, theirs = mine[row, place], theirs[row, place]
    count = len(row)
    columns = np.concatenate([mine, theirs])
    factor = np.repeat([1.0, -1.0], count)
    known = columns >= 0
    sheet.add_rows(
        together.name,
        lambda i: layout.pair_name(int(mine[i] if mine[i] >= 0 else theirs[i])),
        (0.0, 0.0),
        (np.tile(np.arange(count), 2)[known], columns[known], factor[known]),
        count=count,
    )
