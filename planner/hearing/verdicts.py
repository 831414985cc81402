"""Which rules a public packet may call kept or broken.

"Kept" tells something of the numbers behind a rule.  So a verdict is told only where every world
of the proof of privacy (`planner.disclosure`) gives the same: then it tells nothing that could
narrow a small number further than the proof allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.dtypes import Bools, Floats, Ints
from geodata.reserved import ALL, POOR
from planner.disclosure import Release
from planner.disclosure.areas import Areas, Population
from planner.errors import ScenarioError
from planner.hearing.packet import Option, Packet
from planner.problem import Problem
from planner.problem.build import size_of_zones
from planner.problem.school_counts import Also
from planner.problem.seats import partner_taken, seats_left
from planner.rules import Rule
from planner.runs.inputs import scenario_of

__all__ = ["told_verdicts"]

Taken = tuple[tuple[float, ...], ...]


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
    asked = scenario_of(option.run)
    for level, problem in asked.problems(packet.district, option.plan).items():
        rows = np.flatnonzero(rules["level"] == level)
        population = _population(release, option.letter, level)
        if population is None or level not in option.plan.levels:
            continue
        zone_of, held = option.plan.zone_index(problem), asked.rules_for(level)
        real = _measured(held, problem, zone_of)
        names = zip(rules["rule"].to_numpy()[rows], rules["side"].to_numpy()[rows], strict=True)
        if [key[1:] for key in real] != list(names):
            continue  # these are not the findings of these rules: nobody could prove them
        place = packet.district.blocks.index.get_indexer(pd.Index(problem.block_ids))
        fixed = _left_as_they_are(packet, release.areas, option.letter, problem)
        worlds = (
            _with_seats(_as_if(problem, population, world, place), taken)
            for world in release.worlds
            for taken in [_taken(release.areas, option.letter, problem, world)]
        )
        told[rows] = [fixed.isdisjoint(held[at].counts_also) for at, _, _ in real]
        recorded = rules["ok"].to_numpy()[rows]
        for found in (real, *(_measured(held, world, zone_of) for world in worlds)):
            told[rows] &= [found.get(key) == ok for key, ok in zip(real, recorded, strict=True)]
    return told


def _measured(
    held: Sequence[Rule], problem: Problem, zone_of: Ints
) -> dict[tuple[int, str, str], bool]:
    """Measure rules: whether each is kept, by its number, its name in rules.csv and the side.

    Those that cannot be measured on this plan have no row there.
    """
    kept: dict[tuple[int, str, str], bool] = {}
    for at, rule in enumerate(held):
        try:
            findings = rule.check(problem, zone_of)
        except ScenarioError:
            continue
        kept |= {(at, finding.rule, finding.side): finding.ok for finding in findings}
    return kept


def _left_as_they_are(packet: Packet, areas: Areas, letter: str, problem: Problem) -> set[Also]:
    """Return what the worlds do not vary of this problem, so that their agreeing proves nothing."""
    # limits of mean ways are finer than the steps these are shown in; no world has a forecast, and
    # leavers are nowhere shown
    fixed: set[Also] = {"ways", "forecast", "leavers"}
    counted = _taken(areas, letter, problem, areas.unknowns().values)
    if not np.allclose(np.hstack(problem.partner_taken), np.hstack(counted)):
        fixed.add("seats")
    students, span = packet.district.students, packet.district.levels[problem.level].span
    if problem.farthest is not None and any(students.has(grades=(g,)) for g in span.grades):
        fixed.add("grades")  # schools share zones, and are told apart by students of their grades
    return fixed


def _taken(areas: Areas, letter: str, problem: Problem, world: Floats) -> Taken:
    """Return the students of other levels in each school of each zone in a world [students]."""
    elsewhere = areas.students_by_school(letter, world, without=problem.level)
    return partner_taken(problem.partners, elsewhere)


def _with_seats(problem: Problem, taken: Taken) -> Problem:
    """Return a problem whose buildings hold these students of other levels."""
    left = seats_left(problem.partner_seats, taken)
    return replace(problem, partner_taken=taken, capacity_seats=left)


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
    sizes = size_of_zones(problem.current, students, problem.n_zones)
    return replace(problem, students=students, extra_measures=known, today_students=sizes)
