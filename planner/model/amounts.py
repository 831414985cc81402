"""Write amounts as expressions with the rows that define them.

Each ``write_...`` states the inequality of one kind of amount.  Zones and borders outside the
model add constants.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.model.apart import write_apart
from planner.model.borders import write_cut_length, write_shape_around
from planner.model.expression import (
    Expression,
    NotLinearError,
    add_up,
    constant_expression,
    pair_range,
    refuse_unknown,
)
from planner.model.layout import Layout
from planner.model.linearise import ratio_slopes
from planner.model.ratios import write_products, write_tangents
from planner.model.sheet import Sheet
from planner.model.tallies import write_deviation, write_worst
from planner.terms import (
    Amount,
    Apart,
    CutLength,
    PairAmount,
    Spread,
    WeightedSum,
    ZoneDeviation,
    ZoneRatio,
    ZoneShape,
    ZoneWorst,
    combine,
)

_MOST_PRODUCTS = 100_000


class RatioForm(StrEnum):
    """How ratios of tallies are written."""

    TANGENTS = "tangents"  # convex ones by tangents; others have no form
    RELAXED = "relaxed"  # convex ones by tangents; others by products: valid bounds
    EXACT = "exact"  # all by products: exact at whole numbers
    AROUND = "around"  # convex ones by tangents; others by their slope around a plan


@dataclass(frozen=True, slots=True)
class AmountWriter:
    """Writes amounts into a sheet.

    Parameters
    ----------
    sheet : Sheet
    layout : Layout
    ratios : RatioForm
    plan : (n,) int32 or None
        Plan around which slopes are taken, for `RatioForm.AROUND`.
    """

    sheet: Sheet
    layout: Layout
    ratios: RatioForm = RatioForm.TANGENTS
    plan: Ints | None = None

    def write(self, amount: Amount, sign: int = 1) -> Expression:
        """Write an amount.

        Parameters
        ----------
        amount : Amount
        sign : {1, -1, 0}
            Whether a small (1) or a large (-1) value is wanted, or both (0).

        Raises
        ------
        NotLinearError
            Where the amount has no linear form.
        """
        match amount:
            case PairAmount():
                return write_pairs(self.layout, amount)
            case ZoneRatio():
                return self.write_ratio(amount, sign * amount.sign)
            case WeightedSum():
                parts = [
                    self.write(part, sign if w > 0 else -sign).times(w)
                    for w, part in amount.parts
                    if w != 0
                ]
                return add_up(parts, amount.constant)
        if sign != 1:
            raise NotLinearError(
                f"{amount.name}: a large value of it would be wanted",
                "only its small values have a linear form",
                "give it a positive weight, or leave this aim to search",
            )
        return self.write_hinged(amount)

    def write_hinged(self, amount: Amount) -> Expression:
        """Write an amount that is exact where it is pressed down."""
        sheet, layout = self.sheet, self.layout
        match amount:
            case ZoneDeviation():
                return write_deviation(sheet, layout, amount)
            case ZoneWorst():
                return write_worst(sheet, layout, amount)
            case CutLength():
                return write_cut_length(sheet, layout, amount)
            case Apart():
                return write_apart(sheet, layout, amount)
            case Spread():
                return self.write_spread(amount)
            case ZoneShape() if self.ratios is RatioForm.AROUND and self.plan is not None:
                return write_shape_around(sheet, layout, amount, self.plan)
        raise NotLinearError(
            f"{amount.name}: this kind of amount has no linear form",
            "the solver can neither minimise nor limit it",
            "leave it to search, which measures it exactly",
        )

    def write_ratio(self, ratio: ZoneRatio, sign: int) -> Expression:
        """Write a sum of ratios in the form chosen for this model."""
        outside = _ratio_outside(self.layout, ratio)
        if ratio.a == ratio.b and sign == 1 and self.ratios is not RatioForm.EXACT:
            inside = write_tangents(self.sheet, self.layout, ratio)
        elif self.ratios in (RatioForm.RELAXED, RatioForm.EXACT):
            if self.layout.n_pairs > _MOST_PRODUCTS:
                raise NotLinearError(
                    f"{ratio.name}: products for {self.layout.n_pairs} pairs would be too many",
                    "the relaxation would take hours and prove next to nothing",
                    "leave it to search, which measures it exactly",
                )
            inside = write_products(self.sheet, self.layout, ratio)
        elif self.ratios is RatioForm.AROUND and self.plan is not None:
            inside = _write_slope(self.layout, ratio, self.plan)
        else:
            raise NotLinearError(
                f"{ratio.name}: a ratio of variables that is not convex has no linear form",
                "the solver can neither minimise nor limit it",
                "leave it to search, which measures it exactly",
            )
        return add_up([inside, constant_expression(outside)])

    def write_spread(self, amount: Spread) -> Expression:
        """Write ``most - least`` with ``most >= part`` and ``least <= part`` for every part."""
        parts = [self.write(part, 0) for part in amount.parts]
        ranges = np.array([self.range_of(part) for part in parts])
        low, high = float(ranges[:, 0].min()), float(ranges[:, 1].max())
        names = tuple(part.name for part in amount.parts)
        ends = []
        for end, pick, sides in (("most", max, (0.0, np.inf)), ("least", min, (-np.inf, 0.0))):
            column = self.sheet.add_columns(
                f"{amount.name}.{end}",
                lambda _: "",
                (low, high),
                count=1,
                values=lambda x, pick=pick: np.array([pick(p.value(x) for p in parts)]),  # type: ignore[misc]
            )
            for part, name in zip(parts, names, strict=True):
                self.sheet.add_rows(
                    f"{amount.name}.{end}",
                    lambda _, name=name: name,  # type: ignore[misc]
                    (sides[0] + part.constant, sides[1] + part.constant),
                    (
                        np.zeros(1 + len(part.columns)),
                        np.concatenate([column, part.columns]),
                        np.concatenate([[1.0], -part.coefficients]),
                    ),
                    count=1,
                )
            ends.append(column)
        return Expression(np.concatenate(ends), np.array([1.0, -1.0]), 0.0)

    def range_of(self, expression: Expression) -> tuple[float, float]:
        """Return numbers below and above every value an expression can take."""
        p = self.layout.n_pairs
        is_pair = expression.columns < p
        per_pair = np.zeros(p)
        np.add.at(per_pair, expression.columns[is_pair], expression.coefficients[is_pair])
        low, high = pair_range(self.layout, per_pair)
        lower, upper = self.sheet.bounds(expression.columns[~is_pair])
        ends = expression.coefficients[~is_pair] * np.stack([lower, upper])
        low += float(ends.min(axis=0).sum()) + expression.constant
        high += float(ends.max(axis=0).sum()) + expression.constant
        return low, high


def write_pairs(layout: Layout, amount: PairAmount) -> Expression:
    """Return ``sum cost[b,z] x[b,z]`` as an expression."""
    cost = layout.per_pair(amount.cost)
    refuse_unknown(layout, cost, amount.name)
    out = np.flatnonzero(layout.others >= 0)
    constant = amount.constant + float(amount.cost[out, layout.others[out]].sum())
    used = np.flatnonzero(cost)
    return Expression(used, cost[used], constant)


def _write_slope(layout: Layout, ratio: ZoneRatio, plan: Ints) -> Expression:
    """Return a ratio's slope around a plan as an expression (zones in the model only)."""
    problem = layout.problem
    cost = np.zeros(layout.n_pairs)
    constant = 0.0
    slopes = ratio_slopes(problem, ratio, plan)
    for name, slope in zip((ratio.a, ratio.b, ratio.c), slopes, strict=True):
        measure = problem.measure(name)
        cost += slope[layout.zone] * measure[layout.block]
        constant += float((slope * layout.outside(measure))[layout.zones].sum())
    return Expression(np.arange(layout.n_pairs), cost, constant)


def _ratio_outside(layout: Layout, ratio: ZoneRatio) -> float:
    """Return the sum of ratios of the zones outside the model."""
    outside = np.setdiff1d(np.arange(layout.problem.n_zones), layout.zones)
    tallies: list[Floats] = [
        layout.outside(combine(layout.problem, {name: 1.0}))[outside]
        for name in (ratio.a, ratio.b, ratio.c)
    ]
    a, b, c = tallies
    filled = c > 0
    weight = ratio.weights(layout.problem)[outside][filled]
    return float((weight * a[filled] * b[filled] / c[filled]).sum())
