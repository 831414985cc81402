"""Whom each count of students is about: the schools of a shared zone one by one, where possible.

A plan gives blocks to zones.  Where schools share a zone and divide its grades, each is held to
its own grades' students (a measure of its own, `Partner.measure`); everywhere else the measure
``students`` counts the zone.  Arrays here are (m,), by zone, NaN where a count is not about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np

from geodata.dtypes import Bools, Floats, Ints
from geodata.errors import counted, listed
from planner.errors import ScenarioError
from planner.needs import need_zones
from planner.problem.partners import Partner
from planner.problem.problem import Problem

__all__ = [
    "Also",
    "counts_one_by_one",
    "mean_size_by_count",
    "need_open_seats",
    "need_schools_by_count",
    "need_seats_by_count",
    "need_today_by_count",
    "of_count",
    "sums_by_school",
]

Also: TypeAlias = Literal["grades", "seats", "ways", "feeders", "leavers", "forecast"]
"""What a rule or aim may count besides the students and groups of each block: ``grades``, where
schools that share zones are told apart, ``seats``, which students of other levels may take,
``ways``, by distance or time, ``feeders``, the zones of another level, ``leavers``, who go on
from one level to another, and the ``forecast``, the students of a later year."""


def need_schools_by_count(
    problem: Problem,
    who: str,
    except_schools: Sequence[str] = (),
    *,
    measures: Iterable[str] = ("students",),
    in_parts: bool = False,
) -> dict[str, Bools]:
    """Return whom each count of students is about, by measure, (m,) each.

    Schools that share a zone are counted one by one where the students of each are known, and
    together otherwise; those that are excepted are left out.

    Parameters
    ----------
    measures : iterable of str
        What must be known of each of them: groups that are compared there (`of_count`).
    in_parts : bool
        Whether a school of two zones is counted in each of them, which is only a part of it;
        otherwise the schools of such a zone are counted together.
    """
    skip = need_zones(problem, who, except_schools)
    groups, measures = problem.partners_of_zones(), tuple(measures)
    cut = set() if in_parts else _divided(groups) - set(except_schools)
    shared = np.array([counts_one_by_one(problem, group, measures, cut) for group in groups])
    held = {"students": ~(skip | shared)}
    for z in np.flatnonzero(shared).tolist():
        for partner in problem.partners[z]:
            if partner.school_id not in except_schools:
                held.setdefault(partner.measure, np.zeros(problem.n_zones, dtype=bool))[z] = True
    return held


def sums_by_school(
    problem: Problem,
    partners: Sequence[tuple[Partner, ...]],
    measures: Sequence[str],
    zone_of: Ints,
) -> list[Floats]:
    """Add measures up by school, (s,) float64 each.

    As `need_schools_by_count` tells them apart, in any zones.

    Parameters
    ----------
    partners : sequence of tuple of Partner
        Schools of each zone, of this plan or of today's.
    measures : sequence of str
    zone_of : (n,) int32
        Number of each block's zone in `partners`; -1 for none.
    """
    divided = _divided(partners)
    counts: list[tuple[int, str]] = []
    for z, group in enumerate(partners):
        one_by_one = counts_one_by_one(problem, group, measures, divided)
        counts += [(z, p.measure) for p in group] if one_by_one else [(z, "students")]
    placed = zone_of >= 0
    found = []
    for measure in measures:
        sums = {
            part: np.bincount(
                zone_of[placed],
                weights=problem.measure(part)[placed],
                minlength=len(partners),
            ).astype(np.float64)
            for part in {of_count(count, measure) for _, count in counts}
        }
        found.append(np.array([sums[of_count(count, measure)][z] for z, count in counts]))
    return found


def counts_one_by_one(
    problem: Problem,
    group: Sequence[Partner],
    measures: Iterable[str] = ("students",),
    divided: Collection[str] = (),
) -> bool:
    """Tell whether schools share a zone, undivided, and all measures are known of each."""
    return len(group) > 1 and all(
        partner.school_id not in divided
        and all(problem.has_measure(partner.measure_of(measure)) for measure in measures)
        for partner in group
    )


def _divided(partners: Iterable[Sequence[Partner]]) -> set[str]:
    """Return the schools of more than one zone."""
    zones_of = Counter(partner.school_id for group in partners for partner in group)
    return {school for school, zones in zones_of.items() if zones > 1}


def of_count(count: str, measure: str) -> str:
    """Return the group's part of a count of all students of a school."""
    if count == "students":
        return measure
    return count if measure == "students" else f"{count}:{measure}"


def need_seats_by_count(
    problem: Problem, who: str, except_schools: Sequence[str] = (), *, together: bool = False
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return the seats each count of students is held to, and those that other levels take.

    Parameters
    ----------
    together : bool
        Whether schools that share a zone are counted together all the same.

    Returns
    -------
    seats : mapping of measure to (m,) float64 [seats]
        NaN where the count is not held.
    taken : mapping of measure to (m,) float64 [students]
        Students of other levels in the same schools.
    """
    if together:
        held = {"students": ~need_zones(problem, who, except_schools)}
    else:
        held = need_schools_by_count(problem, who, except_schools, in_parts=True)
    seats = _by_count(held, lambda z, measure: problem.seats_and_taken(z, measure)[0])
    taken = _by_count(held, lambda z, measure: problem.seats_and_taken(z, measure)[1])
    unknown = _lacking(problem, held, {count: seats[count] - taken[count] for count in held})
    if unknown:
        _refuse_seats(problem, who, unknown)
    return seats, taken


def need_open_seats(
    problem: Problem, who: str, remedy: str, *, more: float = 0.0, together: bool = False
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return `need_seats_by_count`, with some more seats each, for aims that divide by them.

    Parameters
    ----------
    remedy : str
        What else to do where a school has no seats.
    more : float [seats]
    together : bool
        As there.
    """
    seats, taken = need_seats_by_count(problem, who, together=together)
    seats = {count: room + more for count, room in seats.items()}
    if any((room <= 0).any() for room in seats.values()):
        raise ScenarioError(
            f"{who}: a school of level {problem.level!r} has no seats",
            "its utilization has no meaning",
            f"correct the capacity, close the school, or {remedy}",
        )
    return seats, taken


def _by_count(held: Mapping[str, Bools], number: Callable[[int, str], float]) -> dict[str, Floats]:
    """Return a number of whom each count is about, by measure, (m,) each; NaN not held."""
    return {
        measure: np.array([number(z, measure) if one else np.nan for z, one in enumerate(is_held)])
        for measure, is_held in held.items()
    }


def _lacking(
    problem: Problem, held: Mapping[str, Bools], numbers: Mapping[str, Floats]
) -> list[str]:
    """Name those whose number is unknown: the school of a shared zone by its id, else the zone."""
    names: list[str] = []
    for measure, is_held in held.items():
        for z in np.flatnonzero(is_held & np.isnan(numbers[measure])).tolist():
            if measure == "students":
                names.append(f"{problem.zone_name(z)} [{problem.zone_ids[z]}]")
            else:
                group = problem.partners[z]
                names.append(next(p.school_id for p in group if p.measure == measure))
    return names


def _refuse_seats(problem: Problem, who: str, names: Sequence[str]) -> None:
    raise ScenarioError(
        f"{who}: of {problem.n_zones} schools of level {problem.level!r}, "
        f"{len(names)} without known seats, or students of other levels in them ({listed(names)})",
        "a school whose free seats are unknown cannot be held to them",
        "fill the capacity column, or the counts of the other levels · name them in "
        "except_schools · use rule 'size' instead",
    )


def need_today_by_count(
    problem: Problem, who: str, except_schools: Sequence[str] = ()
) -> dict[str, Floats]:
    """Return today's students each count is compared with, by measure, (m,); NaN not held."""
    held = need_schools_by_count(problem, who, except_schools)
    sizes = _by_count(held, problem.size_today)
    unknown = _lacking(problem, held, sizes)
    if unknown:
        raise ScenarioError(
            f"{who}: {counted(len(unknown), 'school')} of level {problem.level!r} without a known "
            f"size today ({listed(unknown)})",
            "a size relative to today's needs one",
            "set relative_to = 'mean' · name them in except_schools · give today's plan",
        )
    return sizes


def mean_size_by_count(problem: Problem, held: Mapping[str, Bools]) -> dict[str, Floats]:
    """Return the mean size of the schools each count is about, by measure, (m,); NaN not held.

    Parameters
    ----------
    held : mapping of measure to (m,) bool
        From `need_schools_by_count`; schools that are counted together have their sizes together.
    """
    zones_of = problem.zones_of_schools()
    groups = problem.partners_of_zones()
    schools = np.array([sum(1 / zones_of[p.school_id] for p in group) for group in groups])
    mean = float(problem.students.sum()) / len(zones_of)
    return {
        measure: np.where(is_held, mean * (schools if measure == "students" else 1), np.nan)
        for measure, is_held in held.items()
    }
