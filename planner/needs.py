"""What rules and objectives need of a district, and the words when it is missing.

Every function returns what was asked for, or raises `ScenarioError` that names the rule, what is
missing, which schools or blocks, and what to do.  Nothing is ever filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.errors import ScenarioError
from planner.nearest import nearest
from planner.problem import Bools, Floats, Problem

__all__ = [
    "OTHERS",
    "POOR",
    "counted",
    "group_words",
    "listed",
    "measure_of",
    "need_blocks",
    "need_borders",
    "need_measure",
    "need_schools_by_count",
    "need_seats",
    "need_seats_by_count",
    "need_today_by_count",
    "need_total",
    "need_travel",
    "need_zones",
]

POOR = "poor"
OTHERS = "others"
_TOLD = 5


def measure_of(group: str) -> str:
    """Return the measure a group name stands for: ``poor`` or ``group:<name>``."""
    return POOR if group == POOR else f"group:{group}"


def group_words(group: str) -> str:
    """Return a group as people say it."""
    return "poor students" if group == POOR else f"{group} students"


def counted(number: float, word: str) -> str:
    """Return a number and its thing: ``1 school``, ``3 schools``."""
    return f"{number:g} {word}{'' if number == 1 else 's'}"


def listed(ids: Iterable[object], most: int = _TOLD) -> str:
    """Return the first few ids and how many more there are."""
    names = [str(item) for item in ids]
    more = f", … {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def need_measure(problem: Problem, who: str, group: str) -> str:
    """Return the measure of a group the level has counts of."""
    measure = measure_of(group)
    if problem.has_measure(measure):
        return measure
    known = [
        name.removeprefix("group:")
        for name in sorted(problem.extra_measures)
        if not name.startswith(("not:", "grades:"))
    ]
    reason = problem.unavailable.get(measure, "the district counts no such group")
    close = nearest(group, known)
    hint = f"; did you mean {close!r}?" if close else ""
    raise ScenarioError(
        f"{who}: level {problem.level!r} has no usable count of {group_words(group)}: "
        f"{reason}{hint}",
        "what is not counted cannot be balanced",
        f"add the column to the students file, or use one of: {', '.join(known) or 'none'}",
    )


def need_total(problem: Problem, who: str, measure: str) -> float:
    """Return the district's total of a measure, which must not be zero."""
    total = float(problem.measure(measure).sum())
    if total <= 0:
        words = measure.removeprefix("group:")
        raise ScenarioError(
            f"{who}: nobody of {words!r} is counted at level {problem.level!r} (total 0)",
            "a share of nobody has no meaning",
            "name another group, or correct the counts",
        )
    return total


def need_seats(problem: Problem, who: str, except_schools: Sequence[str] = ()) -> Floats:
    """Return seats, (m,), known for every zone that is not excepted (NaN there)."""
    skip = need_zones(problem, who, except_schools)
    seats = np.where(skip, np.nan, problem.capacity_seats)
    unknown = np.isnan(seats) & ~skip
    if unknown.any():
        at = np.flatnonzero(unknown).tolist()
        _refuse_seats(problem, who, [f"{problem.zone_name(z)} [{problem.zone_ids[z]}]" for z in at])
    return seats


def need_schools_by_count(
    problem: Problem, who: str, except_schools: Sequence[str] = (), *, in_parts: bool = False
) -> dict[str, Bools]:
    """Return whom each count of students is about, by measure, (m,) each.

    Schools that share a zone are counted one by one where the students of each are known, and
    together otherwise; those that are excepted are left out.

    Parameters
    ----------
    in_parts : bool
        Whether a school of two zones is counted in each of them, which is only a part of it;
        otherwise the schools of such a zone are counted together.
    """
    skip = need_zones(problem, who, except_schools)
    zones_of = problem.zones_of_schools()
    divided = {school for school, many in zones_of.items() if many > 1 and not in_parts}
    cut = divided - set(except_schools)
    groups = problem.partners_of_zones()
    shared = np.array(
        [
            problem.counts_partners(z) and cut.isdisjoint(p.school_id for p in group)
            for z, group in enumerate(groups)
        ]
    )
    held = {"students": ~(skip | shared)}
    for z in np.flatnonzero(shared).tolist():
        for partner in problem.partners[z]:
            if partner.school_id not in except_schools:
                held.setdefault(partner.measure, np.zeros(problem.n_zones, dtype=bool))[z] = True
    return held


def need_seats_by_count(
    problem: Problem, who: str, except_schools: Sequence[str] = ()
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return the seats each count of students is held to, and those that other levels take.

    Returns
    -------
    seats : mapping of measure to (m,) float64 [seats]
        NaN where the count is not held.
    taken : mapping of measure to (m,) float64 [students]
        Students of other levels in the same schools.
    """
    held = need_schools_by_count(problem, who, except_schools, in_parts=True)
    seats = _by_count(held, lambda z, measure: problem.seats_and_taken(z, measure)[0])
    taken = _by_count(held, lambda z, measure: problem.seats_and_taken(z, measure)[1])
    unknown = _lacking(problem, held, {count: seats[count] - taken[count] for count in held})
    if unknown:
        _refuse_seats(problem, who, unknown)
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
        f"{len(names)} without known seats ({listed(names)})",
        "a school whose seats are unknown cannot be held to them",
        "fill the capacity column · name them in except_schools · use rule 'size' instead",
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


def need_travel(
    problem: Problem, who: str, unit: str, *, farthest: bool = False
) -> NDArray[np.float64]:
    """Return travel in km or minutes, (n, m), NaN where unknown.

    Of a shared zone the mean over its schools, or the way to the farthest of them.
    """
    ways = problem.farthest if farthest and problem.farthest is not None else problem
    if unit == "km":
        return ways.metres.astype(np.float64) / 1000
    if ways.minutes is None:
        raise ScenarioError(
            f"{who}: the district has no travel times",
            "minutes cannot be made from metres without a speed",
            "add a travel matrix or a speed to the district file, or use kilometres",
        )
    return ways.minutes.astype(np.float64)


def need_borders(problem: Problem, who: str, *, areas: bool) -> None:
    """Require known border lengths, and areas and perimeters where asked."""
    faults = []
    unknown = np.isnan(problem.edge_shared_m)
    if unknown.any():
        faults.append(f"the length of {int(unknown.sum())} borders")
    if areas:
        for name, values in (("area", problem.area_m2), ("perimeter", problem.perimeter_m)):
            bad = np.isnan(values)
            if bad.any():
                blocks = listed(problem.block_ids[bad])
                faults.append(f"the {name} of {int(bad.sum())} blocks ({blocks})")
    if faults:
        raise ScenarioError(
            f"{who}: unknown are {' and '.join(faults)}",
            "shape is measured from areas and borders",
            "give polygons, or fill these columns of the blocks and borders tables",
        )


def need_zones(problem: Problem, who: str, schools: Sequence[str]) -> Bools:
    """Return which zones some schools lead or share, (m,)."""
    zone_of: dict[str, list[int]] = {}
    for z, group in enumerate(problem.partners_of_zones()):
        for partner in group:
            zone_of.setdefault(partner.school_id, []).append(z)
    zone_of |= {str(lead): [z] for z, lead in enumerate(problem.zone_ids)}
    unknown = [school for school in schools if school not in zone_of]
    if unknown:
        close = [found for school in unknown if (found := nearest(school, zone_of))]
        hint = f"; did you mean {listed(close)}?" if close else ""
        raise ScenarioError(
            f"{who}: level {problem.level!r} has no open school {listed(unknown)}{hint}",
            "the rule names schools that take no zone there",
            "correct the ids, or restrict the rule with levels = [...]",
        )
    chosen = np.zeros(problem.n_zones, dtype=bool)
    chosen[[z for school in schools for z in zone_of[school]]] = True
    return chosen


def need_blocks(problem: Problem, who: str, blocks: Sequence[str]) -> Bools:
    """Return which blocks are named, (n,)."""
    named = np.isin(problem.block_ids, np.array(blocks, dtype=np.str_))
    unknown = sorted(set(blocks) - set(problem.block_ids[named].tolist()))
    if unknown:
        raise ScenarioError(
            f"{who}: there are no blocks {listed(unknown)}",
            "the rule would silently do nothing there",
            "correct the ids (they are text: keep leading zeros)",
        )
    return named
