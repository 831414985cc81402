"""Which neighbouring zones would gain most from sharing their buildings, and at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.dtypes import Floats
from planner.errors import StructureError
from planner.structures.aims import Aim
from planner.structures.arrangement import grade_runs
from planner.structures.buildings import Buildings
from planner.structures.clusters import Ways, evaluate
from planner.structures.zones import ZoneUnits

__all__ = ["rank_pairs", "zone_terms"]


def rank_pairs(
    units: ZoneUnits,
    aims: Mapping[str, Aim],
    buildings: Buildings,
    *,
    pairs: Sequence[tuple[int, int]] | None = None,
    ceiling_share: float = 1.0,
    poverty: bool | None = None,
) -> pd.DataFrame:
    """Evaluate every pair of neighbouring zones, as if it were the only one formed.

    Parameters
    ----------
    units : ZoneUnits
        Counts of every measure the aims need.
    aims : mapping of name to Aim
        The first one decides the order.
    buildings : Buildings
    pairs : sequence of (i, j), optional
        Zones to pair; None: all that touch.
    ceiling_share : float [share]
        How full a building may be.
    poverty : bool, optional
        Whether to list the two zones' poverty and its difference; None: where it is counted.

    Returns
    -------
    DataFrame
        One row a pair, largest gain in the first aim first: `zone`, `other` (lead schools),
        `spans` (best division of grades: the least travel among those that fit; where seats are
        unknown, the most even halves among those), `gain_<aim>` (positive is better), `fits`
        (seats, allowed grades, and one span a building with what it teaches of other levels; None
        where unknown seats leave it open), `moved` [students], `travel_change_m` [m, mean of the
        moved students], `district_travel_change_m` [m, mean of all students], `fullest` [share],
        `poverty_difference` [share].
    """
    if not aims:
        raise StructureError("no aim is given", "pairs are ranked by their gain", "name an aim")
    terms = {name: zone_terms(units, aim, buildings) for name, aim in aims.items()}
    chosen = units.adjacent_pairs() if pairs is None else list(pairs)
    today_m = _today_m(units)
    everyone = float(units.counts["students"].sum())
    with_poverty = "poor" in units.counts if poverty is None else poverty
    rows = []
    for i, j in chosen:
        first = next(iter(aims))
        ways = evaluate(units, (i, j), aims[first], buildings, ceiling_share=ceiling_share)
        pick = _best_division(ways, units, buildings)
        row: dict[str, object] = {
            "zone": units.names[i],
            "other": units.names[j],
            "spans": _spans(ways.tables[pick], units, buildings),
        }
        for name, aim in aims.items():
            row[f"gain_{name}"] = _gain(
                ways, pick, name, aim=aim, terms=terms[name], units=units, buildings=buildings
            )
        longer = float(ways.student_m[pick] - today_m[[i, j]].sum())
        moved = float(ways.moved[pick])
        row |= {
            "fits": _fits(ways, pick, buildings),
            "moved": moved,
            "travel_change_m": longer / moved if moved > 0 else 0.0,
            "district_travel_change_m": longer / everyone if everyone > 0 else 0.0,
            "fullest": float(ways.fullest[pick]),
        }
        if with_poverty:
            poor, students = (units.counts[k][[i, j]].sum(axis=1) for k in ("poor", "students"))
            share = np.divide(poor, students, out=np.full(2, np.nan), where=students > 0)
            row["poverty_difference"] = float(abs(share[0] - share[1]))
        rows.append(row)
    if not rows:
        return pd.DataFrame(columns=["zone", "other", "spans", "fits", "moved"])
    table = pd.DataFrame(rows).astype({"fits": object})
    order = [f"gain_{next(iter(aims))}", "district_travel_change_m"]
    return table.sort_values(order, ascending=[False, True], kind="stable", ignore_index=True)


def zone_terms(units: ZoneUnits, aim: Aim, buildings: Buildings) -> Floats:
    """Return each zone's part of an aim under the base plan, (Z, k).

    Raises
    ------
    StructureError
        Where two zones share a building: their parts cannot be told apart.
    """
    users = [set(row.tolist()) for row in units.base]
    for z, schools in enumerate(users):
        for other in range(z):
            if schools & users[other]:
                raise StructureError(
                    f"zones {units.names[other]} and {units.names[z]} share a building today",
                    "a cluster's gain can only be told where every building has one zone",
                    "choose the grades of one level, or give this structure by rows",
                )
    out = np.zeros((len(units), len(aim.components)))
    for z in range(len(units)):
        today = units.base[[z]][None]
        out[z] = evaluate(units, (z,), aim, buildings, tables=today).terms[0]
    return out


def _gain(
    ways: Ways,
    pick: int,
    name: str,
    *,
    aim: Aim,
    terms: Floats,
    units: ZoneUnits,
    buildings: Buildings,
) -> float:
    """How much the aim falls when only this pair is formed."""
    table = ways.tables[[pick]]
    mine = evaluate(units, ways.zones, aim, buildings, tables=table).terms
    others = np.delete(terms, list(ways.zones), axis=0)
    return aim.value(aim.join(terms)) - aim.value(aim.join(np.vstack([others, mine])))


def _fits(ways: Ways, pick: int, buildings: Buildings) -> bool | None:
    """Tell whether a way fits; None where that hangs on unknown seats."""
    if not ways.fits[pick]:
        return False
    unknown = np.isnan(buildings.seats[np.unique(ways.tables[pick])]).any()
    return None if unknown else True


def _fullest_students(ways: Ways, units: ZoneUnits) -> Floats:
    """Students of the building with the most, by way, (w,) [students]."""
    counts = units.counts["students"][list(ways.zones)]
    schools = np.unique(ways.tables)
    filled = [((ways.tables == school) * counts).sum(axis=(1, 2)) for school in schools]
    return np.asarray(np.max(filled, axis=0))


def _best_division(ways: Ways, units: ZoneUnits, buildings: Buildings) -> int:
    """Pick the way with the least travel that fits and merges; else the least travel at all.

    Where seats are unknown nothing keeps a half from being tiny: the most even halves come first.
    """
    together = (ways.tables == ways.tables[:, :1]).all(axis=(1, 2))
    travel = np.where(np.isnan(ways.student_m), np.inf, ways.student_m)
    known = not np.isnan(buildings.seats[np.unique(ways.tables)]).any()
    for allowed in (together & ways.fits, together):
        if allowed.any():
            fullest = np.zeros(len(travel)) if known else _fullest_students(ways, units)
            order = np.lexsort((travel, np.round(fullest, 6)))
            return int(order[allowed[order]][0])
    raise StructureError(
        f"zones {units.names[ways.zones[0]]} and {units.names[ways.zones[1]]} cannot divide "
        f"{len(units.grades)} grade(s) among {len(np.unique(ways.tables))} building(s)",
        "a pair needs two buildings, and a grade for each that its zones use today",
        "choose a level with more grades",
    )


def _today_m(units: ZoneUnits) -> Floats:
    """Student-metres of each zone under the base plan, (Z,)."""
    rows, columns = np.arange(len(units))[:, None], np.arange(len(units.grades))[None, :]
    return np.asarray(units.student_m[rows, columns, units.base].sum(axis=1))


def _spans(table: NDArray[np.int32], units: ZoneUnits, buildings: Buildings) -> str:
    """Write a table as ``a: K-2, b: 3-5``."""
    schools = dict.fromkeys(table.ravel(order="F").tolist())
    return ", ".join(
        f"{buildings.all[s].school_id}: "
        + ", ".join(grade_runs(units.grades, (table == s).any(axis=0)))
        for s in schools
    )
