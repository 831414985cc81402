"""The rows of the band program, in the order of `planner.reorganise.bands`' maths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Bools, Floats
from geodata.errors import counted, listed
from geodata.grades import grade_index
from planner.errors import InfeasibleError, StructureError
from planner.model.sheet import Sheet
from planner.reorganise.band_counts import objective_costs, write_balance, write_capacity
from planner.reorganise.band_layout import Layout, Names, numbers
from planner.reorganise.band_shape import write_cuts, write_homes, write_ordering
from planner.structures.aims import Aim
from planner.structures.buildings import Buildings
from planner.structures.zones import ZoneUnits

if TYPE_CHECKING:
    from planner.reorganise.bands import BandRules

__all__ = ["blind_note", "write_bands"]

Index = NDArray[np.intp]


def write_bands(
    units: ZoneUnits, buildings: Buildings, rules: BandRules, aim: Aim | None
) -> tuple[Layout, Sheet, dict[str, Floats]]:
    """Write the rows, and a cost vector for each objective."""
    fit = _allowed(units, buildings, rules)
    if "fullest" in rules.objectives:
        _refuse_unknown_seats(buildings, fit)
    zones, grades, _ = fit.shape
    triple = np.argwhere(fit)
    sheet = Sheet()
    names = Names(units, buildings)
    assign = sheet.add_columns(
        "assign", lambda k: names.triple(triple[k]), (0, 1), count=len(triple), integer=True
    )
    serve, served = _write_serving(sheet, names, fit, triple, assign)
    _write_spans(sheet, names, served, serve, rules)
    _write_joints(sheet, names, served, serve)
    change = _write_changes(sheet, names, fit, assign, rules)
    if rules.one_building_a_grade:
        row = served[:, 1]
        sheet.add_rows("one_building", names.grade, (1, 1), (row, serve, 1.0), count=grades)
    fullest = write_capacity(
        sheet, names, units, buildings, triple=triple, assign=assign, rules=rules
    )
    weight = units.counts["students"].sum(axis=1)
    spread = None
    if aim is not None and "balance" in rules.objectives and not rules.one_building_a_grade:
        spread = write_balance(sheet, names, units, aim, triple=triple, assign=assign)
    number = numbers(triple, fit.shape)
    if rules.cuts is not None:
        write_cuts(sheet, names, rules.cuts, number, assign)
    if rules.connected is not None:
        serve_of = np.full((fit.shape[2], grades), -1, dtype=np.intp)
        serve_of[tuple(served.T)] = serve
        write_ordering(sheet, names, rules.connected, number, assign)
        write_homes(sheet, names, rules.connected, number=number, assign=assign, serve=serve_of)
    layout = Layout(assign, triple, (zones, grades, fit.shape[2]), sheet.n_columns)
    costs = objective_costs(layout, units, (change, weight), spread, fullest)
    return layout, sheet, {k: v for k, v in costs.items() if k in rules.objectives}


def blind_note(units: ZoneUnits, buildings: Buildings, rules: BandRules) -> str:
    """Say how often a zone could not have a building because a way to it is unknown."""
    blind = (_wanted(units, buildings, rules) & np.isnan(units.student_m)).any(axis=1)
    count = int(blind.sum())
    if not count:
        return ""
    left_out = counted(count, "choice was", "choices were")
    return f"; {left_out} left out: the way to the building is unknown"


def _wanted(units: ZoneUnits, buildings: Buildings, rules: BandRules) -> Bools:
    """Return the (zone, grade, building) triples the rules allow, known or not, (Z, G, m)."""
    may = buildings.may_serve(units.grades)
    if rules.keep_spans:
        today = [b.today for b in buildings.all]
        may &= np.array([[t is not None and t.contains(g) for g in units.grades] for t in today])
    reach = np.ones((len(units), len(buildings.all)), dtype=bool)
    if rules.reach is not None:
        reach &= rules.reach
    wanted = may.T[None, :, :] & reach[:, None, :]
    wanted &= ~((buildings.seats == 0) & (units.cohorts.max(axis=0) > 0)[:, :, None])
    return np.asarray(wanted)


def _allowed(units: ZoneUnits, buildings: Buildings, rules: BandRules) -> Bools:
    """Return the allowed (zone, grade, building) triples, (Z, G, m)."""
    wanted = _wanted(units, buildings, rules)
    fit = wanted & ~np.isnan(units.student_m)
    lost: Bools = np.asarray(~fit.any(axis=2))
    blind = np.asarray(lost & wanted.any(axis=2))
    if blind.any():
        raise StructureError(
            "the way to school is unknown for students of zones "
            f"{listed(np.array(units.names)[blind.any(axis=1)])}",
            "buildings are chosen among those with a known way, and unknown is not far",
            "complete the travel matrix",
        )
    if lost.any():
        cells = np.argwhere(lost)[:8]
        said = ", ".join(f"grade {units.grades[g]} of zone {units.names[u]}" for u, g in cells)
        raise InfeasibleError(
            f"no building may serve {said}",
            "every student must have exactly one school in every grade",
            "widen the allowed grades, the reach or the seats of a building",
        )
    return np.asarray(fit)


def _refuse_unknown_seats(buildings: Buildings, fit: Bools) -> None:
    """Refuse to look for the fullest building among buildings with unknown seats."""
    unknown = np.isnan(buildings.seats) & fit.any(axis=(0, 1))
    if unknown.any():
        raise StructureError(
            f"seats are unknown for {listed(buildings.ids[unknown])}",
            "which building is the fullest cannot be told",
            "state seats in [[building]], or take fullest out of the objectives",
        )


def _write_serving(
    sheet: Sheet, names: Names, fit: Bools, triple: Index, assign: Index
) -> tuple[Index, Index]:
    """Every zone and grade has one building, which then serves that grade."""
    zones, grades, _ = fit.shape
    row = triple[:, 0] * grades + triple[:, 1]
    label = [f"{u},{g}" for u in names.units.names for g in names.units.grades]
    sheet.add_rows("assign_once", lambda i: label[i], (1, 1), (row, assign, 1.0),
                   count=zones * grades)  # fmt: skip
    served = np.argwhere(fit.any(axis=0).T)  # (school, grade)
    place = np.full((fit.shape[2], grades), -1, dtype=np.intp)
    place[tuple(served.T)] = np.arange(len(served))
    at = place[triple[:, 2], triple[:, 1]]

    def values(point: Floats) -> Floats:
        out = np.zeros(len(served))
        np.maximum.at(out, at, point[assign])
        return out

    serve = sheet.add_columns(
        "serve", lambda k: names.pair(served[k]), (0, 1), count=len(served), integer=True,
        values=values,
    )  # fmt: skip
    k = np.arange(len(triple))
    ones = np.ones(len(triple))
    sheet.add_rows(
        "serves", lambda i: names.triple(triple[i]), (-math.inf, 0),
        (np.tile(k, 2), np.concatenate([assign, serve[at]]), np.concatenate([ones, -ones])),
        count=len(triple),
    )  # fmt: skip
    q = np.arange(len(served))
    sheet.add_rows(
        "no_empty_grade", lambda i: names.pair(served[i]), (-math.inf, 0),
        (
            np.concatenate([q, at]),
            np.concatenate([serve, assign]),
            np.concatenate([np.ones(len(served)), -ones]),
        ),
        count=len(served),
    )  # fmt: skip
    return serve, served


def _write_spans(sheet: Sheet, names: Names, served: Index, serve: Index, rules: BandRules) -> None:
    """Each building serves one run of grades, and every building some."""
    place = {(int(s), int(g)): k for k, (s, g) in enumerate(served)}
    below = np.array([place.get((int(s), int(g) - 1), -1) for s, g in served], dtype=np.intp)

    def values(point: Floats) -> Floats:
        under = np.where(below >= 0, point[serve[below]], 0.0)
        return np.asarray(np.maximum(0.0, point[serve] - under))

    start = sheet.add_columns(
        "start", lambda k: names.pair(served[k]), (0, 1), count=len(served), values=values
    )
    k = np.arange(len(served))
    has = below >= 0
    sheet.add_rows(
        "begins", lambda i: names.pair(served[i]), (-math.inf, 0),
        (
            np.concatenate([k, k[has], k]),
            np.concatenate([serve, serve[below[has]], start]),
            np.concatenate([np.ones(len(k)), -np.ones(int(has.sum())), -np.ones(len(k))]),
        ),
        count=len(served),
    )  # fmt: skip
    schools = np.unique(served[:, 0])
    row = np.searchsorted(schools, served[:, 0])
    least = 1.0 if rules.use_all else 0.0
    label = lambda i: names.school(int(schools[i]))  # noqa: E731
    sheet.add_rows("one_span", label, (0, 1), (row, start, 1.0), count=len(schools))
    sheet.add_rows("open", label, (least, math.inf), (row, serve, 1.0), count=len(schools))
    if rules.keep_spans:  # all of today's grades or, where that is allowed, none
        first = np.unique(row, return_index=True)[1][row]
        sheet.add_rows(
            "keep_span", lambda i: names.pair(served[i]), (0, 0),
            (np.tile(k, 2), np.concatenate([serve, serve[first]]),
             np.concatenate([np.ones(len(k)), -np.ones(len(k))])),
            count=len(k),
        )  # fmt: skip


def _write_joints(sheet: Sheet, names: Names, served: Index, serve: Index) -> None:
    """Grades a building serves join those it teaches beside: one span, where it has one today."""
    units, buildings = names.units, names.buildings
    rank = np.array([grade_index(grade) for grade in units.grades])
    place = {(int(s), int(g)): k for k, (s, g) in enumerate(served)}
    pairs = []  # (place of a grade, of the next one towards those beside or -1)
    for s, building in enumerate(buildings.all):
        if buildings.runs(s, units.grades, (units.base == s).any(axis=0)) > 1:
            continue
        gaps = {int(np.searchsorted(rank, grade_index(grade))) for grade in building.beside}
        for gap in gaps:
            steps = [(g, g + 1) for g in range(gap - 1)]
            steps += [(g, g - 1) for g in range(gap + 1, len(rank))]
            pairs += [(place[s, g], place.get((s, h), -1)) for g, h in steps if (s, g) in place]
    if not pairs:
        return
    own, nearer = np.array(pairs, dtype=np.intp).T
    row, has = np.arange(len(own)), nearer >= 0
    sheet.add_rows(
        "joint", lambda i: names.pair(served[own[i]]), (-math.inf, 0),
        (
            np.concatenate([row, row[has]]),
            np.concatenate([serve[own], serve[nearer[has]]]),
            np.concatenate([np.ones(len(row)), -np.ones(int(has.sum()))]),
        ),
        count=len(row),
    )  # fmt: skip


def _write_changes(
    sheet: Sheet, names: Names, fit: Bools, assign: Index, rules: BandRules
) -> Index:
    """Mark where students of a zone change building."""
    zones, grades, _ = fit.shape
    number = np.full(fit.shape, -1, dtype=np.intp)
    number[fit] = np.arange(int(fit.sum()))
    label = [f"{u},{g}" for u in names.units.names for g in names.units.grades[:-1]]
    here, there = number[:, :-1], number[:, 1:]

    def values(point: Floats) -> Floats:
        x = np.where(number >= 0, point[assign[number]], 0.0)
        return np.asarray(np.maximum(0.0, x[:, :-1] - x[:, 1:]).sum(axis=2).ravel())

    change = sheet.add_columns(
        "change", lambda k: label[k], (0, 1), count=zones * (grades - 1), values=values
    )
    u, g, s = np.nonzero(here >= 0)
    row = np.arange(len(u))
    after = there[u, g, s]
    on, step = after >= 0, u * (grades - 1) + g
    sheet.add_rows(
        "changes", lambda i: f"{label[step[i]]},{names.school(int(s[i]))}",
        (-math.inf, 0),
        (
            np.concatenate([row, row[on], row]),
            np.concatenate([assign[here[u, g, s]], assign[after[on]], change[step]]),
            np.concatenate([np.ones(len(row)), -np.ones(int(on.sum())), -np.ones(len(row))]),
        ),
        count=len(row),
    )  # fmt: skip
    if rules.most_transitions is not None:
        rows = np.repeat(np.arange(zones), grades - 1)
        sheet.add_rows(
            "most_transitions", lambda i: names.units.names[i],
            (-math.inf, rules.most_transitions), (rows, change, 1.0), count=zones,
        )  # fmt: skip
    return change
