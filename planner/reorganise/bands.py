"""Bands chosen and buildings assigned: grade centers, K-12 chains, large clusters.

Symbols: u zone (or the whole district), g grade, s building; w[u,g,s] = 1 when students of u in
grade g go to s, serve[s,g] = 1 when s serves g, start[s,g] = 1 when its span begins at g,
change[u,g] = 1 when u's students change building after g.

Maths   ``sum_s w[u,g,s] = 1``;  ``w[u,g,s] <= serve[s,g] <= sum_u w[u,g,s]``
        ``serve[s,g] - serve[s,g-1] <= start[s,g]``, ``sum_g start[s,g] <= 1`` (one span)
        ``serve[s,g] <= serve[s,g+1]`` below grades that s teaches beside these (K-8), ``g-1`` above
        ``sum n_y[u,g] w[u,g,s] <= share * seats[s]`` for this year and as cohorts age (every y)
        ``change[u,g] >= w[u,g,s] - w[u,g+1,s]`` for every s
        full balance: ``sum_s serve[s,g] = 1``
Exact   transitions, travel, moves, capacity, dissimilarity and distance from the district's
        poverty: yes; parity gap and poverty spread are ratios: the distance stands in for them
        (a surrogate), and the table shows their true values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
from scipy.sparse import csr_array

from geodata.dtypes import Bools, Floats, Ints
from planner.errors import InfeasibleError, ScenarioError, SolverError
from planner.model.highs import Outcome, SolverStatus
from planner.model.rows import LinearModel, RowBlock
from planner.model.sheet import Sheet
from planner.model.solve import solve_mip
from planner.reorganise.band_layout import Layout
from planner.reorganise.band_rows import blind_note, write_bands
from planner.reorganise.band_shape import Connected
from planner.structures.aims import Aim
from planner.structures.buildings import Buildings
from planner.structures.zones import ZoneUnits

__all__ = [
    "OBJECTIVES",
    "BandRules",
    "BandStage",
    "FoundBands",
    "find_bands",
]

OBJECTIVES = ("balance", "transitions", "travel", "moves", "fullest")


@dataclass(frozen=True, slots=True, eq=False)
class BandRules:
    """What bands must keep and what they are for.

    Parameters
    ----------
    objectives : tuple of str
        In order: ``balance`` (the aim), ``transitions``, ``travel``, ``moves``, ``fullest`` (the
        fullest building).
    one_building_a_grade : bool
        Full balance: the whole district goes to one building in each grade.
    keep_spans : bool
        Every building keeps today's grades.
    use_all : bool
        No building stands empty.
    ceiling_share : float [share]
        How full a building may be, this year and as cohorts age.
    most_transitions : int or None
        Most changes of building of any student.
    reach : (Z, m) bool or None
        Buildings each zone may use.
    cuts : tuple of str or None
        Grades before which students may change building; None: any.
    connected : Connected or None
        Where zones are redrawn in the same program: every area is one piece around its building.
    keep_within : float [share]
        Part of an objective that later ones may give back.
    time_limit_s : float [s]
        For each objective.
    seed : int
    """

    objectives: tuple[str, ...] = ("balance", "transitions", "travel")
    one_building_a_grade: bool = False
    keep_spans: bool = False
    use_all: bool = True
    ceiling_share: float = 1.0
    most_transitions: int | None = None
    reach: Bools | None = None
    cuts: tuple[str, ...] | None = None
    connected: Connected | None = None
    keep_within: float = 0.0
    time_limit_s: float = 60.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse objectives nobody knows."""
        if unknown := [name for name in self.objectives if name not in OBJECTIVES]:
            raise ScenarioError(
                f"unknown objective {', '.join(unknown)}",
                "bands are chosen for a stated purpose",
                f"use {', '.join(OBJECTIVES)}",
            )


@dataclass(frozen=True, slots=True)
class BandStage:
    """One objective and what is known about it; its bound is -inf where nothing is."""

    name: str
    value: float
    bound: float
    unit: str
    proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class FoundBands:
    """Bands found.

    Parameters
    ----------
    table : (Z, G) int32
        Building of each zone and grade.
    stages : tuple of BandStage
        Objectives in order.
    status : str
    sentence : str
    """

    table: Ints
    stages: tuple[BandStage, ...]
    status: str
    sentence: str = ""


UNITS = {
    "transitions": "changes",
    "travel": "m",
    "moves": "students",
    "fullest": "share",
}


def find_bands(
    units: ZoneUnits,
    buildings: Buildings,
    rules: BandRules,
    *,
    aim: Aim | None = None,
    start: Ints | None = None,
    unlike: Sequence[Ints] = (),
) -> FoundBands:
    """Choose each building's grades and each zone's building.

    Parameters
    ----------
    units : ZoneUnits
        Zones of a base plan, or the whole district as one.
    buildings : Buildings
    rules : BandRules
    aim : Aim, optional
        What ``balance`` means; not needed with one building a grade.
    start : (Z, G) int32, optional
        A table to start from; one that the rules do not allow is left aside.
    unlike : sequence of (Z, G) int32
        Tables found before: the answer gives some building other grades than each of them.

    Raises
    ------
    InfeasibleError
        Where no bands keep the rules, proven.
    SolverError
        Where none were found in time, which proves nothing.
    """
    if "balance" in rules.objectives and aim is None and not rules.one_building_a_grade:
        raise ScenarioError(
            "balance is asked for without an aim",
            "balance of what is not said",
            "name an aim, or ask for one building a grade",
        )
    layout, sheet, costs = write_bands(units, buildings, rules, aim)
    model = sheet.finish()
    model = model.with_rows(*(_unlike(layout, table) for table in unlike))
    point = _begin(layout, sheet, start)
    stages: list[BandStage] = []
    is_found = False
    for name in rules.objectives:
        if name not in costs:
            stages.append(BandStage(name, 0.0, 0.0, "index 0-1", True))
            continue
        cost = costs[name]
        outcome = _solve(replace(model, cost=cost), point, rules)
        if outcome.x is None and not is_found:
            _refuse(outcome, rules)
        point = point if outcome.x is None else _tight(layout, sheet, costs, outcome.x)
        is_found = True
        unit = UNITS.get(name, aim.unit if aim else "")
        stages.append(_stage(name, float(cost @ point), outcome, unit))  # type: ignore[operator]
        value = stages[-1].value
        most = value * (1 + rules.keep_within) + 1e-7 * max(1.0, abs(value))
        model = model.with_rows(_at_most(name, cost, most))
    if point is None:
        raise ScenarioError("bands have no objective", "nothing says which are wanted", "name one")
    stands_in = aim.stand_in if aim is not None and "balance" in costs else ""
    status = "PROVEN_OPTIMAL" if all(stage.proven for stage in stages) else "FEASIBLE"
    table = layout.table(point)
    return FoundBands(
        table,
        tuple(stages),
        "HEURISTIC" if stands_in else status,
        _sentence(stages, rules, stands_in)
        + buildings.unlimited_note(table)
        + blind_note(units, buildings, rules),
    )


def _begin(layout: Layout, sheet: Sheet, start: Ints | None) -> Floats | None:
    """Return the point of a table to start from; None where the rules do not allow it."""
    if start is None or not layout.holds(start):
        return None
    return sheet.complete(layout.point(start))


def _tight(layout: Layout, sheet: Sheet, costs: Mapping[str, Floats], x: Floats) -> Floats:
    """Let what objectives count be as its table has it: before its turn it may stand above that."""
    counted = np.any(list(costs.values()), axis=0)
    return np.where(counted, sheet.complete(layout.point(layout.table(x))), x)


def _stage(name: str, value: float, outcome: Outcome, unit: str) -> BandStage:
    """Return what is known; a solve without an answer leaves the value of the plan before it."""
    proven = outcome.x is not None and outcome.status is SolverStatus.OPTIMAL
    return BandStage(name, value, min(value, outcome.bound), unit, proven)


def _solve(model: LinearModel, start: Floats | None, rules: BandRules) -> Outcome:
    return solve_mip(model, start=start, time_limit=rules.time_limit_s, gap=1e-7, seed=rules.seed)


def _refuse(outcome: Outcome, rules: BandRules) -> NoReturn:
    """Say why there is no answer: proven, or only not found."""
    if outcome.status is SolverStatus.INFEASIBLE:
        raise InfeasibleError(
            "no bands keep the rules: every grade served, each building one span of grades it is "
            f"fit for, none above {rules.ceiling_share:.0%} of its seats in any year",
            "proven by the solver",
            "allow fuller buildings, fewer years ahead, wider allowed grades, or closed buildings",
        )
    raise SolverError(
        f"no bands were found in {rules.time_limit_s:g} s",
        "this does not prove that there are none",
        "give more time, or a structure to start from",
    )


def _at_most(name: str, cost: Floats, most: float) -> RowBlock:
    used = np.flatnonzero(cost)
    matrix = csr_array(
        (cost[used], (np.zeros(len(used), dtype=np.intp), used)), shape=(1, len(cost))
    )
    return RowBlock("keep", lambda i: name, np.array([-math.inf]), np.array([most]), matrix)


def _unlike(layout: Layout, table: Ints) -> RowBlock:
    """Ask for another building in some grade than in a table."""
    used = layout.assign[layout.cells(table)]
    matrix = csr_array(
        (np.ones(len(used)), (np.zeros(len(used), dtype=np.intp), used)),
        shape=(1, layout.n_columns),
    )
    return RowBlock(
        "unlike", lambda i: "", np.array([-math.inf]), np.array([len(used) - 1.0]), matrix
    )


def _sentence(stages: Sequence[BandStage], rules: BandRules, stands_in: str) -> str:
    parts = []
    for stage in stages:
        sure = f"not below {stage.bound:.4g}" if np.isfinite(stage.bound) else "nothing is proven"
        sure = "proven least" if stage.proven else sure
        of = f" of the {stands_in}" if stands_in and stage.name == "balance" else ""
        parts.append(f"{stage.name}{of} {stage.value:.4g} {stage.unit} ({sure})")
    extra = "; one building a grade for the whole district" if rules.one_building_a_grade else ""
    if stands_in:
        extra += f"; the {stands_in} stands in for the aim, of which nothing is proven"
    return ", then ".join(parts) + extra
