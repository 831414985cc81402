"""Lengths of borders between zones, and shapes around a plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.errors import ModelError
from planner.model.expression import Expression, NotLinearError
from planner.model.layout import Layout
from planner.model.rows import Index
from planner.model.sheet import Sheet
from planner.terms import CutLength, ZoneShape


@dataclass(frozen=True, slots=True)
class Borders:
    """Borders between blocks of the model.

    Parameters
    ----------
    edge : (q,) positions of borders of the problem with both blocks in the model
    row_i, row_j : (q,)
        Positions of the two blocks in the layout.
    """

    edge: Index
    row_i: Index
    row_j: Index


def borders_inside(layout: Layout) -> Borders:
    """Return the borders with both blocks in the model."""
    problem = layout.problem
    row = np.full(problem.n_blocks, -1)
    row[layout.blocks] = np.arange(len(layout.blocks))
    inside = (row[problem.edge_i] >= 0) & (row[problem.edge_j] >= 0)
    edge = np.flatnonzero(inside & (problem.edge_shared_m > 0))
    return Borders(edge, row[problem.edge_i[edge]], row[problem.edge_j[edge]])


def write_cut_length(sheet: Sheet, layout: Layout, amount: CutLength) -> Expression:
    """Write ``cut[e] >= x[i,z] - x[j,z]`` for each zone z that block i may take.

    Zones that only one of the two blocks may take are added up in one row.
    """
    if amount.weight < 0:
        raise NotLinearError(f"{amount.name}: the weight is negative")
    borders = borders_inside(layout)
    index_i, index_j = layout.index[borders.row_i], layout.index[borders.row_j]
    is_same = ((index_i >= 0) & (index_j >= 0)).any(axis=1)
    constant = _cut_outside(layout) + layout.problem.edge_shared_m[borders.edge[~is_same]].sum()
    edge, index_i, index_j = borders.edge[is_same], index_i[is_same], index_j[is_same]
    problem = layout.problem

    def label(i: int) -> str:
        ends = (problem.edge_i[edge[i]], problem.edge_j[edge[i]])
        return ",".join(layout.block_name(b) for b in ends)

    def cut(x: Floats) -> Floats:
        shares = np.minimum(_at(x, index_i), _at(x, index_j))
        return np.asarray(1.0 - shares.sum(axis=1))

    columns = sheet.add_columns(amount.name, label, (0.0, 1.0), count=len(edge), values=cut)
    _write_common_zones(sheet, layout, amount.name, (index_i, index_j, columns))
    for mine, other, side in ((index_i, index_j, "first"), (index_j, index_i, "second")):
        row, place = np.nonzero((mine >= 0) & (other < 0))
        rows = np.unique(row)
        sheet.add_rows(
            f"{amount.name}.{side}_only",
            lambda i, rows=rows: label(int(rows[i])),  # type: ignore[misc]
            (0.0, np.inf),
            (
                np.concatenate([np.arange(len(rows)), np.searchsorted(rows, row)]),
                np.concatenate([columns[rows], mine[row, place]]),
                np.concatenate([np.ones(len(rows)), -np.ones(len(row))]),
            ),
            count=len(rows),
        )
    shared = amount.weight * problem.edge_shared_m[edge]
    return Expression(columns, shared, amount.weight * float(constant))


def _write_common_zones(
    sheet: Sheet, layout: Layout, name: str, columns: tuple[Index, Index, Index]
) -> None:
    """Write ``cut[e] - x[i,z] + x[j,z] >= 0`` for the zones both blocks may take."""
    index_i, index_j, cut = columns
    row, place = np.nonzero((index_i >= 0) & (index_j >= 0))
    count = len(row)
    pair_i, pair_j = index_i[row, place], index_j[row, place]
    sheet.add_rows(
        name,
        lambda i: f"{layout.pair_name(pair_i[i])},{layout.block_name(layout.block[pair_j[i]])}",
        (0.0, np.inf),
        (
            np.tile(np.arange(count), 3),
            np.concatenate([cut[row], pair_i, pair_j]),
            np.repeat([1.0, -1.0, 1.0], count),
        ),
        count=count,
    )


def _at(x: Floats, index: Index | Ints) -> Floats:
    """Return column values, 0 where a pair is not open."""
    return np.where(index >= 0, x[np.maximum(index, 0)], 0.0)


def _cut_outside(layout: Layout) -> float:
    """Return the length of borders that are cut whatever the model decides [m]."""
    problem, others = layout.problem, layout.others
    zone_i, zone_j = others[problem.edge_i], others[problem.edge_j]
    is_cut = (zone_i != zone_j) & ((zone_i >= 0) | (zone_j >= 0))
    return float(problem.edge_shared_m[is_cut].sum())


def write_shape_around(sheet: Sheet, layout: Layout, amount: ZoneShape, plan: Ints) -> Expression:
    """Write the slope of ``sum_z (1 - 4 pi A / P^2)`` around a plan.

    Maths   ``P[z] = sum_b perimeter[b] x[b,z] - 2 sum_e shared[e] both[e,z]`` with
            ``both[e,z] <= x[i,z]``, ``both[e,z] <= x[j,z]``; slope in A: ``-4 pi / P^2``, in P:
            ``8 pi A / P^3``.
    """
    problem = layout.problem
    if not np.isfinite(problem.area_m2 + problem.perimeter_m).all():
        raise ModelError(
            f"{amount.name}: the area or outer border of some blocks is unknown",
            "a shape cannot be measured without them",
            "add areas and borders to the blocks' table",
        )
    area, perimeter = _areas_and_perimeters(layout, plan)
    known = perimeter > 0
    p = np.where(known, perimeter, 1.0)
    slope_a = np.where(known, -4 * np.pi / p**2, 0.0)
    slope_p = np.where(known, 8 * np.pi * area / p**3, 0.0)
    value = amount.value(problem, plan)
    z = layout.zones
    constant = value - float((slope_a * area + slope_p * perimeter)[z].sum())
    per_pair = slope_a[layout.zone] * problem.area_m2[layout.block]
    per_pair += slope_p[layout.zone] * problem.perimeter_m[layout.block]
    borders = borders_inside(layout)
    index_i, index_j = layout.index[borders.row_i], layout.index[borders.row_j]
    row, place = np.nonzero((index_i >= 0) & (index_j >= 0))
    pair_i, pair_j = index_i[row, place], index_j[row, place]
    both = _write_both(sheet, layout, amount.name, pair_i, pair_j)
    shared = problem.edge_shared_m[borders.edge[row]]
    return Expression(
        np.concatenate([np.arange(layout.n_pairs), both]),
        np.concatenate([per_pair, -2.0 * shared * slope_p[layout.zone[pair_i]]]),
        constant,
    )


def _write_both(sheet: Sheet, layout: Layout, name: str, pair_i: Ints, pair_j: Ints) -> Index:
    """Write columns that are 1 only where both pairs are chosen."""
    count = len(pair_i)

    def label(i: int) -> str:
        return f"{layout.pair_name(pair_i[i])},{layout.block_name(layout.block[pair_j[i]])}"

    both = sheet.add_columns(
        f"{name}.both",
        label,
        (0.0, 1.0),
        count=count,
        values=lambda x: np.minimum(x[pair_i], x[pair_j]),
    )
    for pair, side in ((pair_i, "first"), (pair_j, "second")):
        sheet.add_rows(
            f"{name}.{side}",
            label,
            (-np.inf, 0.0),
            (
                np.tile(np.arange(count), 2),
                np.concatenate([both, pair]),
                np.repeat([1.0, -1.0], count),
            ),
            count=count,
        )
    return both


def _areas_and_perimeters(layout: Layout, plan: Ints) -> tuple[Floats, Floats]:
    """Return area [m^2] and outer border [m] of each zone of a plan, (m,) each."""
    problem, m = layout.problem, layout.problem.n_zones
    area = np.asarray(np.bincount(plan, weights=problem.area_m2, minlength=m), dtype=np.float64)
    perimeter = np.bincount(plan, weights=problem.perimeter_m, minlength=m)
    i, j = problem.edge_i, problem.edge_j
    same = plan[i] == plan[j]
    inside = np.bincount(plan[i[same]], weights=problem.edge_shared_m[same], minlength=m)
    return area, np.asarray(perimeter - 2 * inside, dtype=np.float64)
