"""Bands, deviations and the worst zone: everything that looks at a zone's tally."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geodata.dtypes import Floats
from geodata.errors import counted, listed
from planner.errors import ModelError
from planner.model.expression import Expression, NotLinearError, zone_range
from planner.model.layout import Layout
from planner.model.rows import Index, Label
from planner.model.sheet import Sheet
from planner.terms import ZoneBand, ZoneDeviation, ZoneWorst, combine


@dataclass(frozen=True, slots=True)
class Tally:
    """The tallies of some zones against their limits.

    Maths   ``e = matrix x + base``

    Parameters
    ----------
    zones : (k,) positions
    matrix : (k, p)
    base : (k,)
        What blocks outside the model add.
    low, high : (k,)
        Least and largest value `e` can take.
    lower, upper : (k,)
        Limits, infinite where there is none.
    """

    zones: Index
    matrix: csr_array
    base: Floats
    low: Floats
    high: Floats
    lower: Floats
    upper: Floats

    def excess_over(self, x: Floats) -> Floats:
        """Return how far each zone is above its upper limit, (k,)."""
        return np.maximum(0.0, self.measured(x) - self.upper)

    def excess_under(self, x: Floats) -> Floats:
        """Return how far each zone is below its lower limit, (k,)."""
        return np.maximum(0.0, self.lower - self.measured(x))

    def measured(self, x: Floats) -> Floats:
        """Return each zone's tally at a point, (k,)."""
        return np.asarray(self.matrix @ x[: self.matrix.shape[1]] + self.base)


def measure_tally(layout: Layout, band: ZoneBand | ZoneDeviation, zones: Index) -> Tally:
    """Collect the tallies of these zones, those without any limit left out.

    Raises
    ------
    ModelError
        Where a count or a limit is unknown.
    """
    per_block = combine(layout.problem, band.measures)
    unknown = np.flatnonzero(~np.isfinite(per_block[layout.blocks]))
    unclear = zones[np.isnan(band.lower[zones]) | np.isnan(band.upper[zones])]
    if len(unknown) or len(unclear):
        names = [layout.block_name(layout.blocks[b]) for b in unknown]
        names += [layout.zone_name(z) for z in unclear]
        raise ModelError(
            f"{band.name}: {counted(len(unknown), 'block')} without a count and "
            f"{counted(len(unclear), 'zone')} without a limit ({listed(names)})",
            "an unknown number is not zero, so the zones cannot be weighed",
            "complete the table, or leave these zones out of the rule",
        )
    limited = np.isfinite(band.lower[zones]) | np.isfinite(band.upper[zones])
    zones = zones[limited]
    place = np.searchsorted(layout.zones, zones)
    base = layout.outside(per_block)
    low, high = zone_range(layout, per_block, base[layout.zones])
    return Tally(
        zones=zones,
        matrix=csr_array(layout.tally_matrix(per_block)[place]),
        base=base[zones],
        low=low[place],
        high=high[place],
        lower=band.lower[zones],
        upper=band.upper[zones],
    )


def write_band(
    sheet: Sheet, layout: Layout, name: str, tally: Tally, *, is_elastic: bool
) -> tuple[Index, Index]:
    """Write ``lower <= e[z] - over[z] + under[z] <= upper``.

    Returns
    -------
    over, under : (k,) positions of the excess columns, empty unless `is_elastic`
    """
    k = len(tally.zones)
    entries = tally.matrix.tocoo()
    rows: list[Index] = [entries.coords[0]]
    columns: list[Index] = [entries.coords[1]]
    data: list[Floats] = [entries.data]
    over = under = np.zeros(0, dtype=np.intp)

    def label(i: int) -> str:
        return layout.zone_name(tally.zones[i])

    if is_elastic:
        top = np.maximum(0.0, tally.high - tally.upper)
        over = sheet.add_columns(
            f"{name}.over", label, (0.0, top), count=k, values=tally.excess_over
        )
        top = np.maximum(0.0, tally.lower - tally.low)
        under = sheet.add_columns(
            f"{name}.under", label, (0.0, top), count=k, values=tally.excess_under
        )
        rows += [np.arange(k), np.arange(k)]
        columns += [over, under]
        data += [-np.ones(k), np.ones(k)]
    sides = (tally.lower - tally.base, tally.upper - tally.base)
    joined = tuple(np.concatenate(part) for part in (rows, columns, data))
    sheet.add_rows(name, label, sides, (joined[0], joined[1], joined[2]), count=k)
    return over, under


def write_deviation(sheet: Sheet, layout: Layout, amount: ZoneDeviation) -> Expression:
    """Write ``sum_z weight[z] (over[z] + under[z])``."""
    if (amount.weight < 0).any():
        raise NotLinearError(f"{amount.name}: the weight of a zone is negative")
    constant = float(_beyond(layout, amount).sum())
    zones = layout.zones[amount.weight[layout.zones] > 0]
    tally = measure_tally(layout, amount, zones)
    over, under = write_band(sheet, layout, amount.name, tally, is_elastic=True)
    return Expression(
        np.concatenate([over, under]),
        np.tile(amount.weight[tally.zones], 2),
        constant,
    )


def write_worst(sheet: Sheet, layout: Layout, amount: ZoneWorst) -> Expression:
    """Write ``worst >= weight[z] (e[z] - upper[z])``, ``worst >= weight[z] (lower[z] - e[z])``."""
    band = amount.deviation
    if (band.weight < 0).any():
        raise NotLinearError(f"{amount.name}: the weight of a zone is negative")
    floor = float(_beyond(layout, band).max(initial=0.0))
    tally = measure_tally(layout, band, layout.zones[band.weight[layout.zones] > 0])
    weight = band.weight[tally.zones]
    top = weight * np.maximum(tally.high - tally.upper, tally.lower - tally.low)

    def worst(x: Floats) -> Floats:
        excess = weight * (tally.excess_over(x) + tally.excess_under(x))
        return np.array([excess.max(initial=floor)])

    column = sheet.add_columns(
        amount.name, lambda _: "", (floor, top.max(initial=floor)), count=1, values=worst
    )
    entries = tally.matrix.tocoo()
    row, pair = entries.coords
    for side, limit, sign in (("upper", tally.upper, 1.0), ("lower", tally.lower, -1.0)):
        is_limited = np.isfinite(limit)
        zones = np.flatnonzero(is_limited)
        keep = is_limited[row]
        sheet.add_rows(
            amount.name,
            _labels(layout, tally.zones[zones], side),
            (-np.inf, (sign * (limit - tally.base))[zones]),
            (
                np.concatenate([np.searchsorted(zones, row[keep]), np.arange(len(zones))]),
                np.concatenate([pair[keep], np.repeat(column, len(zones))]),
                np.concatenate([sign * entries.data[keep], -1.0 / weight[zones]]),
            ),
            count=len(zones),
        )
    return Expression(column, np.ones(1), 0.0)


def _labels(layout: Layout, zones: Index, side: str) -> Label:
    """Return the label of one side of a zone's row."""
    return lambda i: f"{layout.zone_name(zones[i])},{side}"


def _beyond(layout: Layout, amount: ZoneDeviation) -> Floats:
    """Return the weighted deviation of each zone outside the model, (m - k,)."""
    outside = np.setdiff1d(np.arange(layout.problem.n_zones), layout.zones)
    outside = outside[amount.weight[outside] != 0]
    e = layout.outside_tally(amount.measures)[outside]
    excess = np.maximum(0.0, e - amount.upper[outside])
    excess += np.maximum(0.0, amount.lower[outside] - e)
    return np.asarray(amount.weight[outside] * excess)
