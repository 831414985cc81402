"""Which rules a public packet may call kept or broken.

"Kept" tells something of the numbers behind a rule.  So a verdict is told only where every world
of the proof of privacy (`planner.disclosure`) gives the same: then it tells nothing that could
narrow a small number further than the proof allows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.disclosure import Release
from planner.disclosure.areas import ALL, POOR, Population
from planner.hearing.packet import Option, Packet
from planner.problem import Problem
from planner.scenario import Scenario, parse_scenario
from planner.seats import as_drawn, students_of_other_levels

__all__ = ["told_verdicts"]

_OF_SEATS = ("capacity", "limit.utilization_deviation", "limit.utilization_spread")

_OF_GRADES = ("capacity", "enrollment", "size", "balance_band")
"""Rules that count schools of a shared zone by grades, which the worlds leave as they are."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def told_verdicts(packet: Packet, option: Option, release: Release) -> Bools:
    """Tell which findings of an option's rules may be told.

    Returns
    -------
    (r,) bool
        One a row of the option's rules.csv.
    """
    rules = option.run.rules
    told = np.zeros(len(rules), dtype=bool)
    if not option.run.scenario.get("rule"):
        return told
    asked = parse_scenario(option.run.scenario)
    for level, problem in asked.problems(packet.district, option.plan).items():
        rows = np.flatnonzero(rules["level"] == level)
        population = _population(release, option.letter, level)
        if population is None or level not in option.plan.levels:
            continue
        zone_of = option.plan.zone_index(problem)
        place = packet.district.blocks.index.get_indexer(pd.Index(problem.block_ids))
        worlds = (_as_if(problem, population, world, place) for world in release.worlds)
        told[rows] = True
        for one in (problem, *worlds):
            told[rows] &= _as_recorded(asked, one, zone_of, rules.iloc[rows])
        if _shares_seats(packet, option, level, problem):
            told[rows] &= ~rules.iloc[rows]["rule"].isin(_OF_SEATS).to_numpy()
        if any(problem.counts_partners(z) for z in range(problem.n_zones)):
            told[rows] &= ~rules.iloc[rows]["rule"].isin(_OF_GRADES).to_numpy()
    return told


def _shares_seats(packet: Packet, option: Option, level: str, problem: Problem) -> bool:
    """Tell whether seats depend on students of another level, whom the worlds leave as they are."""
    supply = packet.supplies[option.letter]
    district = as_drawn(packet.district, option.plan, option.plan.levels)
    elsewhere = students_of_other_levels(packet.district, level, supply)
    elsewhere |= students_of_other_levels(district, level, supply)
    return any(p.school_id in elsewhere for group in problem.partners_of_zones() for p in group)


def _population(release: Release, letter: str, level: str) -> Population | None:
    """Return the unknowns about all students of a level."""
    for population in release.areas.populations:
        if (letter, level) in population.units and level not in population.part_of:
            return population
    return None


def _as_if(
    problem: Problem, population: Population, world: Floats, place: NDArray[np.intp]
) -> Problem:
    """Return a problem whose students are those of a possible world.

    The students of an area are spread over its blocks as the real ones are.
    """
    area = population.area_of
    blocks_in = np.bincount(area, minlength=population.size)
    spread = {}
    for measure, real in population.blocks.items():
        now = world[population.index(measure, np.arange(population.size))]
        truth = np.nan_to_num(population.counts[measure])
        even = now[area] / blocks_in[area]
        share = np.divide(now, truth, out=np.zeros_like(now), where=truth > 0)
        spread[measure] = np.where(truth[area] > 0, np.nan_to_num(real) * share[area], even)[place]
    students = spread.pop(ALL)
    counts = {m if m == POOR else f"group:{m}": values for m, values in spread.items()}
    counts |= {f"not:{name}": students - values for name, values in counts.items()}
    known = {k: counts.get(k, values) for k, values in problem.extra_measures.items()}
    return replace(problem, students=students, extra_measures=known)


def _as_recorded(
    asked: Scenario, problem: Problem, zone_of: NDArray[np.int32], rules: pd.DataFrame
) -> Bools:
    """Tell which rules come out as they are recorded."""
    found: dict[tuple[str, str], bool] = {}
    for finding in asked.check(problem, zone_of):
        key = (finding.rule, finding.side)
        found[key] = found.get(key, True) and finding.ok
    names = zip(rules["rule"], rules["side"], rules["ok"], strict=True)
    return np.array([found.get((rule, side)) == ok for rule, side, ok in names], dtype=bool)
