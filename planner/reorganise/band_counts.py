"""Rows of the band program that count students: seats in every year, and balance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats
from planner.model.sheet import Sheet
from planner.reorganise.band_layout import Layout, Names
from planner.structures.aims import Aim
from planner.structures.buildings import Buildings
from planner.structures.zones import ZoneUnits

if TYPE_CHECKING:
    from planner.reorganise.bands import BandRules

__all__ = ["objective_costs", "write_balance", "write_capacity"]

Index = NDArray[np.intp]


def write_capacity(
    sheet: Sheet,
    names: Names,
    units: ZoneUnits,
    buildings: Buildings,
    *,
    triple: Index,
    assign: Index,
    rules: BandRules,
) -> Index:
    """No building is fuller than allowed, this year and as cohorts age."""
    seats = buildings.seats
    known = np.flatnonzero(~np.isnan(seats) & (seats > 0))
    years = len(units.cohorts)
    u, g, s = triple.T
    at = np.isin(s, known)
    rows, columns, shares = [], [], []
    for y in range(years):
        rows.append(np.searchsorted(known, s[at]) + y * len(known))
        columns.append(assign[at])
        shares.append(units.cohorts[y, u[at], g[at]] / seats[s[at]])
    row, column, share = (np.concatenate(part) for part in (rows, columns, shares))
    label = [f"{names.school(int(k))},year {y}" for y in range(years) for k in known]
    count = years * len(known)
    sheet.add_rows(
        "capacity", lambda i: label[i], (-math.inf, rules.ceiling_share), (row, column, share),
        count=count,
    )  # fmt: skip

    def values(point: Floats) -> Floats:
        used = np.bincount(row, weights=share * point[column], minlength=count)
        return np.array([used.max(initial=0.0)])

    top = max(rules.ceiling_share, 1.0)
    fullest = sheet.add_columns("fullest", lambda k: "", (0, top), count=1, values=values)
    if "fullest" in rules.objectives:
        every = np.arange(count)
        sheet.add_rows(
            "fullest", lambda i: label[i], (-math.inf, 0),
            (
                np.concatenate([row, every]),
                np.concatenate([column, np.repeat(fullest, count)]),
                np.concatenate([share, -np.ones(count)]),
            ),
            count=count,
        )  # fmt: skip
    return fullest


def write_balance(
    sheet: Sheet, names: Names, units: ZoneUnits, aim: Aim, *, triple: Index, assign: Index
) -> Index:
    """Distance of each building and grade from the district's mix, two rows each."""
    factor = aim.linear(units.counts)  # (Z, G), signed
    u, g, s = triple.T
    cells, at = np.unique(np.column_stack([s, g]), axis=0, return_inverse=True)
    at = at.reshape(-1)
    weight = factor[u, g]

    def values(point: Floats) -> Floats:
        lean = np.bincount(at, weights=weight * point[assign], minlength=len(cells))
        return np.abs(lean)

    top = np.bincount(at, weights=np.abs(weight), minlength=len(cells))
    apart = sheet.add_columns(
        "apart", lambda k: names.pair(cells[k]), (0, top), count=len(cells), values=values
    )
    every = np.arange(len(cells))
    for sign, side in ((1.0, "over"), (-1.0, "under")):
        sheet.add_rows(
            side, lambda i: names.pair(cells[i]), (-math.inf, 0),
            (
                np.concatenate([at, every]),
                np.concatenate([assign, apart]),
                np.concatenate([sign * weight, -np.ones(len(cells))]),
            ),
            count=len(cells),
        )  # fmt: skip
    return apart


def objective_costs(
    layout: Layout,
    units: ZoneUnits,
    changes: tuple[Index, Floats],
    spread: Index | None,
    fullest: Index,
) -> dict[str, Floats]:
    """Return the cost vector of each objective."""
    u, g, s = layout.triple.T
    everyone = float(units.counts["students"].sum())
    out = {name: np.zeros(layout.n_columns) for name in ("transitions", "travel", "moves")}
    change, weight = changes
    out["transitions"][change] = np.repeat(weight / weight.sum(), layout.shape[1] - 1)
    out["travel"][layout.assign] = units.student_m[u, g, s] / everyone
    here = units.counts["students"][u, g]
    stay = np.where(units.base[u, g] == s, here, 0.0)
    if units.stays is not None:
        stay = units.stays[u, g, s]
    out["moves"][layout.assign] = here - stay
    out["fullest"] = np.zeros(layout.n_columns)
    out["fullest"][fullest] = 1.0
    if spread is not None:
        out["balance"] = np.zeros(layout.n_columns)
        out["balance"][spread] = 1.0
    return out
