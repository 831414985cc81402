"""Sums of ratios of tallies, ``T[z,a] T[z,b] / T[z,c]``, as rows.

Two forms.  *Tangents*, where a = b: ``v >= 2 s T[a] - s^2 T[c]`` for shares s on a grid, a convex
lower envelope with few rows.  *Products*, for any a and b: with the share ``r = T[b] / T[c]`` of a
zone as a column and ``w[b,z] = x[b,z] r[z]``, exact at whole numbers,

    ``sum_b c[b] w[b,z] = T[z,b]``,   ``ratio = sum_b a[b] w[b,z]``,

and a valid (if loose) relaxation between them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geodata.dtypes import Floats
from planner.model.expression import Expression, NotLinearError, add_up, zone_range
from planner.model.layout import Layout
from planner.model.rows import Index, Label
from planner.model.sheet import Sheet
from planner.terms import ZoneRatio

_TANGENTS = 32


def shares_of_blocks(layout: Layout, ratio: ZoneRatio) -> tuple[Floats, Floats, Floats, Floats]:
    """Return a, b, c per block and the lowest and highest share b/c, as (2,).

    Raises
    ------
    NotLinearError
        Where c does not cover a and b: the ratio then jumps when a zone becomes empty.
    """
    a, b, c = (layout.problem.measure(name) for name in (ratio.a, ratio.b, ratio.c))
    covered = (c > 0) | ((a == 0) & (b == 0) & (c == 0))
    if not (covered & (a >= 0) & (b >= 0)).all():
        raise NotLinearError(
            f"{ratio.name}: {ratio.c} is not positive in every block with {ratio.a} or {ratio.b}",
            "the ratio has no linear form then",
            "correct the counts, or leave this aim to search",
        )
    share = b[c > 0] / c[c > 0]
    span = np.array([share.min(), share.max()]) if len(share) else np.zeros(2)
    return a, b, c, span


def write_tangents(sheet: Sheet, layout: Layout, ratio: ZoneRatio) -> Expression:
    """Write a convex ratio by tangent rows (zones in the model only)."""
    a, _, c, span = shares_of_blocks(layout, ratio)
    k = len(layout.zones)
    tally_a = _write_tally(sheet, layout, f"{ratio.name}.{ratio.a}", a)
    tally_c = _write_tally(sheet, layout, f"{ratio.name}.{ratio.c}", c)
    top = zone_range(layout, a, layout.outside(a)[layout.zones])[1] * span[1]

    def squares(x: Floats) -> Floats:
        size = np.where(x[tally_c] > 0, x[tally_c], 1.0)
        return x[tally_a] ** 2 / size

    zone = layout.zones
    columns = sheet.add_columns(
        ratio.name,
        lambda i: layout.zone_name(zone[i]),
        (0.0, top),
        count=k,
        values=squares,
    )
    shares = np.linspace(span[0], span[1], _TANGENTS)
    row = np.arange(k * _TANGENTS)
    place, s = row // _TANGENTS, shares[row % _TANGENTS]
    sheet.add_rows(
        ratio.name,
        lambda i: f"{layout.zone_name(zone[i // _TANGENTS])},tangent{i % _TANGENTS}",
        (0.0, np.inf),
        (
            np.tile(row, 3),
            np.concatenate([columns[place], tally_a[place], tally_c[place]]),
            np.concatenate([np.ones(len(row)), -2.0 * s, s**2]),
        ),
        count=len(row),
    )
    return Expression(columns, ratio.weights(layout.problem)[layout.zones], 0.0)


def _write_tally(sheet: Sheet, layout: Layout, name: str, per_block: Floats) -> Index:
    """Write a zone's tally as a column of its own; return the columns, (k,)."""
    base = layout.outside(per_block)[layout.zones]
    low, high = zone_range(layout, per_block, base)
    matrix = layout.tally_matrix(per_block)
    k, p = len(layout.zones), layout.n_pairs
    columns = sheet.add_columns(
        name,
        lambda i: layout.zone_name(layout.zones[i]),
        (low, high),
        count=k,
        values=lambda x: np.asarray(matrix @ x[:p] + base),
    )
    entries = matrix.tocoo()
    sheet.add_rows(
        name,
        lambda i: layout.zone_name(layout.zones[i]),
        (-base, -base),
        (
            np.concatenate([entries.coords[0], np.arange(k)]),
            np.concatenate([entries.coords[1], columns]),
            np.concatenate([entries.data, -np.ones(k)]),
        ),
        count=k,
    )
    return columns


def write_products(sheet: Sheet, layout: Layout, ratio: ZoneRatio) -> Expression:
    """Write any ratio by products of assignments and shares (zones in the model only)."""
    a, b, c, span = shares_of_blocks(layout, ratio)
    zones = layout.zones
    base_a, base_b, base_c = (layout.outside(v)[zones] for v in (a, b, c))
    tally_b, tally_c = layout.tally_matrix(b), layout.tally_matrix(c)
    p = layout.n_pairs

    def shares(x: Floats) -> Floats:
        size = tally_c @ x[:p] + base_c
        poor: Floats = tally_b @ x[:p] + base_b
        return np.where(size > 0, poor / np.where(size > 0, size, 1.0), span[0])

    share = sheet.add_columns(
        f"{ratio.name}.share",
        lambda i: layout.zone_name(zones[i]),
        (span[0], span[1]),
        count=len(zones),
        values=shares,
    )
    pairs = np.flatnonzero(c[layout.block] > 0)
    place = layout.place_of_pair[pairs]
    product = sheet.add_columns(
        f"{ratio.name}.product",
        lambda i: layout.pair_name(int(pairs[i])),
        (0.0, span[1]),
        count=len(pairs),
        values=lambda x: x[pairs] * x[share[place]],
    )
    columns = (pairs, product, share[place])
    write_envelope(
        sheet, ratio.name, lambda i: layout.pair_name(int(pairs[i])), (span[0], span[1]), columns
    )
    _write_shares(sheet, layout, ratio, (product, share))
    weight = ratio.weights(layout.problem)[zones]
    inside = Expression(product, weight[place] * a[layout.block[pairs]], 0.0)
    return add_up([inside, Expression(share, weight * base_a, 0.0)])


def _write_shares(
    sheet: Sheet, layout: Layout, ratio: ZoneRatio, columns: tuple[Index, Index]
) -> None:
    """Write ``sum_b c[b] w[b,z] = T[z,b]``."""
    product, share = columns
    _, b, c, _ = shares_of_blocks(layout, ratio)
    zones = layout.zones
    base_b, base_c = layout.outside(b)[zones], layout.outside(c)[zones]
    pairs = np.flatnonzero(c[layout.block] > 0)
    linked = layout.tally_matrix(b).tocoo()
    sheet.add_rows(
        f"{ratio.name}.share",
        lambda i: layout.zone_name(zones[i]),
        (base_b, base_b),
        (
            np.concatenate([layout.place_of_pair[pairs], np.arange(len(zones)), linked.coords[0]]),
            np.concatenate([product, share, linked.coords[1]]),
            np.concatenate([c[layout.block[pairs]], base_c, -linked.data]),
        ),
        count=len(zones),
    )


def write_envelope(
    sheet: Sheet,
    name: str,
    label: Label,
    span: tuple[ArrayLike, ArrayLike],
    columns: tuple[Index, Index, Index],
) -> None:
    """Write ``w = x r`` by its four bounding planes (McCormick 1976).

    Parameters
    ----------
    sheet : Sheet
    name : str
        Family name of the rows.
    label : function of a product's number
    span : (low, high)
        Range of r, one for all products or one each, (k,).
    columns : (x, w, r) columns, (k,) each
    """
    pair, product, share = columns
    count = len(pair)
    row = np.arange(count)
    low, high = (np.broadcast_to(np.asarray(end, dtype=float), count) for end in span)
    one, zero = np.ones(count), np.zeros(count)
    planes: tuple[tuple[str, tuple[ArrayLike, ArrayLike], tuple[Floats, ...]], ...] = (
        ("at_least", (0.0, np.inf), (one, -low, zero)),
        ("at_most", (-np.inf, 0.0), (one, -high, zero)),
        ("share_at_least", (-high, np.inf), (one, -high, -one)),
        ("share_at_most", (-np.inf, -low), (one, -low, -one)),
    )
    for family, sides, factors in planes:
        entries = (np.tile(row, 3), np.concatenate([product, pair, share]), np.concatenate(factors))
        sheet.add_rows(f"{name}.{family}", label, sides, entries, count=count)
