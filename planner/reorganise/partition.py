"""The best set of clusters: which zones join, and how each cluster divides the grades.

Every connected set of zones up to a size, and every way it can divide the grades among its
buildings (`planner.structures.clusters`), is one column of a set partitioning program.  Because
the aims add up over clusters, the program is exact.

Maths   minimise ``max_c |sum_k terms[k,c] y_k|``  (parity gap; one component: the sum itself;
        poverty spread: the worst chosen cluster)
        subject to ``sum_{k covers z} y_k = 1`` for every zone z, y binary, and the limits
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Ints
from geodata.errors import counted
from planner.errors import InfeasibleError, SolverError, StructureError
from planner.model.highs import Outcome, SolverStatus
from planner.model.rows import LinearModel
from planner.model.sheet import Sheet
from planner.model.solve import solve_mip
from planner.structures.aims import Aim
from planner.structures.buildings import Buildings
from planner.structures.clusters import Way, evaluate
from planner.structures.pairs import zone_terms
from planner.structures.zones import ZoneUnits

__all__ = ["Found", "Limits", "best_clusters", "list_ways"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a set of clusters may cost.

    Parameters
    ----------
    largest : int [zones]
        Zones in a cluster.
    ceiling_share : float [share]
        How full a building may be, in every year.
    mean_travel_m : float [m] or None
        Longest mean way of all students.
    moved : float [students] or None
        Most students who change building.
    clusters : int or None
        Most clusters of two or more zones.
    keep_within : float [share]
        Part of the aim that may be given back for less travel in the second solve.
    time_limit_s : float [s]
    seed : int
    """

    largest: int = 2
    ceiling_share: float = 1.0
    mean_travel_m: float | None = None
    moved: float | None = None
    clusters: int | None = None
    keep_within: float = 0.001
    time_limit_s: float = 60.0
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A structure found, with what is proven about it.

    Parameters
    ----------
    table : (Z, G) int32
        Building of each zone and grade.
    value : float
        The aim, recomputed.
    bound : float
        No structure of this kind is better than this.
    status : str
        ``PROVEN_OPTIMAL``, ``FEASIBLE`` or ``HEURISTIC``.
    ways : tuple of Way
        The clusters chosen.
    sentence : str
        What is proven, in words.
    """

    table: Ints
    value: float
    bound: float
    status: str
    ways: tuple[Way, ...] = ()
    sentence: str = ""


@dataclass(slots=True)
class _Written:
    """A partition program being written."""

    sheet: Sheet
    choice: NDArray[np.intp]
    worst: NDArray[np.intp]
    ways: Sequence[Way] = field(default_factory=tuple)


def list_ways(units: ZoneUnits, aim: Aim, buildings: Buildings, limits: Limits) -> list[Way]:
    """List every way worth considering: each zone alone as today, and every cluster."""
    zone_terms(units, aim, buildings)  # refuses zones that share a building
    ways = [
        evaluate(
            units, (z,), aim, buildings, ceiling_share=math.inf, tables=units.base[[z]][None]
        ).way(0)
        for z in range(len(units))
    ]
    for zones in units.connected_sets(limits.largest):
        ways += [
            way
            for way in evaluate(
                units, zones, aim, buildings, ceiling_share=limits.ceiling_share
            ).best()
            if way.moved > 0
        ]
    if any(np.isnan(way.student_m) for way in ways[: len(units)]):
        unknown = [units.names[z] for z in range(len(units)) if np.isnan(ways[z].student_m)]
        raise StructureError(
            f"the way to school is unknown for students of zones {', '.join(unknown)}",
            "clusters are compared by their travel, and unknown is not zero",
            "complete the travel matrix",
        )
    return ways


def best_clusters(
    units: ZoneUnits, aim: Aim, buildings: Buildings, limits: Limits | None = None
) -> Found:
    """Find the set of clusters with the best aim, then the one of those with the least travel.

    Raises
    ------
    InfeasibleError
        Where no set of clusters keeps the limits, proven.
    SolverError
        Where none was found in time.
    """
    limits = limits or Limits()
    ways = list_ways(units, aim, buildings, limits)
    written = _write(units, aim, limits, ways)
    model = written.sheet.finish()
    start = _start(written, model, units, aim)
    first = _solved(model, start, limits)
    if first.x is None and first.status is not SolverStatus.INFEASIBLE:
        raise SolverError(
            f"no set of clusters was found in {limits.time_limit_s:g} s",
            "this does not prove that there is none",
            "give more time, or loosen the limits",
        )
    if first.x is None:
        raise InfeasibleError(
            "no set of clusters keeps the limits",
            "even the zones of today break one of them",
            "allow more travel, more moves or fuller buildings",
        )
    chosen = _polish(written, model, first, limits)
    picked = [ways[i] for i in np.flatnonzero(chosen[written.choice] > 0.5)]
    table = units.base.copy()
    for way in picked:
        table[list(way.zones)] = way.table
    value = aim.value(aim.join(np.stack([way.terms for way in picked])))
    best = aim.value(
        aim.join(np.stack([ways[i].terms for i in np.flatnonzero(first.x[written.choice] > 0.5)]))
    )
    proven = first.status is SolverStatus.OPTIMAL
    return Found(
        table=table,
        value=value,
        bound=min(first.bound, best),
        status="PROVEN_OPTIMAL" if proven else "FEASIBLE",
        ways=tuple(way for way in picked if way.moved > 0),
        sentence=_sentence(limits, len(ways), proven, value, best)
        + buildings.unlimited_note(table),
    )


def _write(units: ZoneUnits, aim: Aim, limits: Limits, ways: Sequence[Way]) -> _Written:
    sheet = Sheet()
    count, zones = len(ways), len(units)
    choice = sheet.add_columns("cluster", str, (0, 1), count=count, integer=True)
    worst = sheet.add_columns("aim", lambda i: "", (0, _most(aim, ways)), count=1)
    sheet.add_cost(worst, 1.0)
    covers = [(z, k) for k, way in enumerate(ways) for z in way.zones]
    row, column = np.array(covers).T
    sheet.add_rows(
        "cover", lambda z: units.names[z], (1, 1), (row, choice[column], 1.0), count=zones
    )
    terms = np.stack([way.terms for way in ways])
    if aim.is_worst:
        entries = (
            np.concatenate([row, np.arange(zones)]),
            np.concatenate([choice[column], np.repeat(worst, zones)]),
            np.concatenate([terms[column, 0], np.full(zones, -1.0)]),
        )
        sheet.add_rows("worst", lambda z: units.names[z], (-math.inf, 0), entries, count=zones)
    else:
        for c, name in enumerate(aim.components):
            for sign in (1.0, -1.0):
                entries = (
                    np.zeros(count + 1, dtype=np.intp),
                    np.append(choice, worst),
                    np.append(sign * terms[:, c], -1.0),
                )
                side = f"aim_{'upper' if sign > 0 else 'lower'}"
                sheet.add_rows(side, partial(_same, name), (-math.inf, 0), entries, count=1)
    _write_limits(sheet, choice, units, limits, ways)
    return _Written(sheet, choice, worst, ways)


def _same(name: str, row: int) -> str:
    """Label the only row of a group."""
    return name


def _write_limits(
    sheet: Sheet, choice: NDArray[np.intp], units: ZoneUnits, limits: Limits, ways: Sequence[Way]
) -> None:
    everyone = float(units.counts["students"].sum())
    asked = (
        ("mean_travel", [way.student_m / everyone for way in ways], limits.mean_travel_m),
        ("moved", [way.moved for way in ways], limits.moved),
        ("clusters", [float(len(way.zones) > 1) for way in ways], limits.clusters),
    )
    for name, values, most in asked:
        if most is not None:
            entries = (np.zeros(len(ways), dtype=np.intp), choice, np.array(values))
            sheet.add_rows(name, lambda i: "", (-math.inf, most), entries, count=1)


def _most(aim: Aim, ways: Sequence[Way]) -> float:
    """Return a number the aim cannot exceed."""
    return float(np.abs(np.stack([way.terms for way in ways])).sum(axis=0).max()) + 1.0


def _start(written: _Written, model: LinearModel, units: ZoneUnits, aim: Aim) -> Floats:
    """Return today's zones as a point of the model."""
    point = np.zeros(model.n_columns)
    point[written.choice[: len(units)]] = 1.0
    terms = np.stack([way.terms for way in written.ways[: len(units)]])
    point[written.worst] = aim.value(aim.join(terms))
    return point


def _solved(model: LinearModel, start: Floats | None, limits: Limits) -> Outcome:
    return solve_mip(model, start=start, time_limit=limits.time_limit_s, gap=1e-7, seed=limits.seed)


def _polish(written: _Written, model: LinearModel, first: Outcome, limits: Limits) -> Floats:
    """Among the sets of clusters that are as good, take the one with the least travel."""
    best = first.x
    if best is None:
        raise StructureError("there is nothing to polish")
    cost = np.zeros(model.n_columns)
    cost[written.choice] = [way.student_m / 1000.0 for way in written.ways]
    upper = model.upper.copy()
    upper[written.worst] = first.objective * (1.0 + limits.keep_within) + 1e-9
    second = _solved(replace(model, cost=cost, upper=upper), best, limits)
    return best if second.x is None else second.x


def _sentence(limits: Limits, count: int, proven: bool, value: float, best: float) -> str:
    kind = "pairs" if limits.largest == 2 else f"clusters of up to {limits.largest} zones"
    sure = "no better set exists" if proven else "stopped by the time limit, better may exist"
    given = ""
    if value > best * (1 + 1e-9):
        given = f"; {value - best:.2g} of the aim was given back for less travel"
    return f"{kind} of zones as they are: {counted(count, 'way')} compared, {sure}{given}"
