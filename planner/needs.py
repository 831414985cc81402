"""What rules and objectives need of a district, and the words when it is missing.

Every function returns what was asked for, or raises `ScenarioError` that names the rule, what is
missing, which schools or blocks, and what to do.  Nothing is ever filled in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.dtypes import Bools, Floats
from geodata.errors import counted, listed
from geodata.reserved import POOR
from planner.errors import ScenarioError
from planner.nearest import nearest
from planner.problem import Problem
from planner.problem.feeders import OtherLevel
from planner.problem.measures import Lack

__all__ = [
    "group_words",
    "measure_of",
    "need_attribute",
    "need_blocks",
    "need_borders",
    "need_entries",
    "need_measure",
    "need_numbers",
    "need_other_level",
    "need_total",
    "need_travel",
    "need_way_today",
    "need_zones",
    "way_today",
]

_WHERE = "[students], or under the [[forecast]] of the year"


def measure_of(group: str) -> str:
    """Return the measure a group name stands for: ``poor`` or ``group:<name>``."""
    return POOR if group == POOR else f"group:{group}"


def group_words(group: str) -> str:
    """Return a group as people say it."""
    return "poor students" if group == POOR else f"{group} students"


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
    nobody = Lack("uncounted", "the district counts no such group")
    lack = problem.unavailable.get(measure, nobody)
    close = nearest(group, known)
    hint = f"; did you mean {close!r}?" if close else ""
    remedy = f"map its column under {_WHERE}, or use one of: {', '.join(known) or 'none'}"
    if lack.kind == "incomplete":
        remedy = "complete the count in these blocks; write 0 where there are none"
    elif measure == POOR:  # no group of students stands in for poverty
        remedy = f"map a column of poor students under {_WHERE}"
    raise ScenarioError(
        f"{who}: level {problem.level!r} has no usable count of {group_words(group)}: "
        f"{lack.text}{hint}",
        "what is not counted cannot be balanced",
        remedy,
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


def need_today(problem: Problem, who: str) -> None:
    """Refuse to count who changes school where nobody's school of today is known."""
    if not problem.has_current.any():
        raise ScenarioError(
            f"{who}: today's zones are not known at level {problem.level!r}",
            "nobody can be said to change school, and unknown is not zero",
            "name today's plan in the district file ([plan]), or leave this rule or aim out",
        )


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


def way_today(problem: Problem, who: str, unit: str) -> Floats:
    """Return the way to the school of today, where it stands today, (n,), NaN where unknown.

    Closed schools are schools of today too.  Of a shared zone it is the way to the farthest.
    """
    ways = problem if problem.farthest is None else problem.farthest
    known = ways.today_metres if unit == "km" else ways.today_minutes
    if known is not None:
        return known.astype(float) / (1000 if unit == "km" else 1)
    way = need_travel(problem, who, unit, farthest=True)
    chosen = way[np.arange(problem.n_blocks), problem.current]
    return np.where(problem.current >= 0, chosen, np.nan)


def need_way_today(problem: Problem, who: str, unit: str) -> Floats:
    """Return `way_today`, which must be known somewhere."""
    way = way_today(problem, who, unit)
    if np.isnan(way).all():
        words = "kilometres" if unit == "km" else "minutes"
        raise ScenarioError(
            f"{who}: at level {problem.level!r} no way to a school of today is known in {words}",
            "nobody can be said to walk today, and unknown is neither near nor far",
            "name today's plan in the district file ([plan]), complete the travel matrix, or "
            "use another unit",
        )
    return way


def need_borders(problem: Problem, who: str, *, areas: bool) -> None:
    """Require known border lengths, and areas and perimeters where asked."""
    faults = []
    unknown = np.isnan(problem.edge_shared_m)
    if unknown.any():
        faults.append(f"the length of {counted(unknown.sum(), 'border')}")
    if areas:
        for name, values in (("area", problem.area_m2), ("perimeter", problem.perimeter_m)):
            bad = np.isnan(values)
            if bad.any():
                blocks = listed(problem.block_ids[bad])
                faults.append(f"the {name} of {counted(bad.sum(), 'block')} ({blocks})")
    if faults:
        raise ScenarioError(
            f"{who}: unknown are {' and '.join(faults)}",
            "shape is measured from areas and borders",
            "give polygons, or fill these columns of the blocks and borders tables",
        )


def need_other_level(problem: Problem, who: str, level: str | None) -> OtherLevel:
    """Return the level whose schools feed this one, or which it feeds.

    Without a name, the one right below, or of the lowest level the one right above.
    """
    others = {other.level: other for other in problem.other_levels}
    if level is None and others:
        return problem.other_levels[0]
    if level in others:
        return others[level]
    wanted = "no other level" if level is None else f"no level {level!r} below or above it"
    close = nearest(level, others) if level else None
    hint = f"; did you mean {close!r}?" if close else ""
    use = f"use one of: {', '.join(others)}" if others else "leave it out"
    raise ScenarioError(
        f"{who}: level {problem.level!r} has {wanted}{hint}",
        "students go on together only where one level ends before another begins",
        f"{use}; or restrict it to other levels with levels = [...]",
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


def need_attribute(problem: Problem, who: str, attribute: str) -> NDArray[np.str_]:
    """Return a text column of the blocks, (n,), "" where it is empty."""
    if attribute not in problem.attributes:
        close = nearest(attribute, problem.attributes)
        hint = f"; did you mean {close!r}?" if close else ""
        raise ScenarioError(
            f"{who}: the blocks have no column {attribute!r}{hint}",
            "the rule would silently do nothing",
            "list it under [blocks] attributes in the district file; there are: "
            f"{listed(list(problem.attributes)) or 'none'}",
        )
    return problem.attributes[attribute]


def need_entries(problem: Problem, who: str, attribute: str, entries: Sequence[str]) -> Bools:
    """Return which blocks have one of some entries in a column, (n,); each must occur."""
    column = need_attribute(problem, who, attribute)
    known = sorted(set(column.tolist()) - {""})
    unknown = [entry for entry in entries if entry not in known]
    if unknown:
        close = [found for entry in unknown if (found := nearest(entry, known))]
        hint = f"; did you mean {listed(close)}?" if close else ""
        raise ScenarioError(
            f"{who}: no block has {listed(unknown)} in column {attribute!r}{hint}",
            "the rule would silently do nothing there",
            f"correct the entries; there are: {listed(known) or 'none'}",
        )
    return np.isin(column, list(entries))


def need_numbers(problem: Problem, who: str, attribute: str) -> Floats:
    """Return a column of numbers of the blocks, (n,), NaN where it is empty."""
    column = need_attribute(problem, who, attribute)
    numbers = pd.to_numeric(pd.Series(column), errors="coerce").to_numpy(dtype=float)
    wrong = np.isnan(numbers) & (column != "")
    if wrong.any() or np.isnan(numbers).all():
        what = f"entries that are no numbers ({listed(np.unique(column[wrong]))})"
        raise ScenarioError(
            f"{who}: column {attribute!r} of the blocks has "
            f"{what if wrong.any() else 'no entries at all'}",
            "what is no number is neither below nor above one",
            "write numbers or nothing in the column, or name its entries: values = [...]",
        )
    return numbers


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
