"""Schools that share one zone and divide its grades: the students of each.

A plan gives blocks to the zone.  Where students are counted by grade, each school of it can be
held by its own grades; where they are not, only the zone as a whole can be counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.problem.measures import complement
from planner.problem.partners import Partner
from planner.problem.zones import Zones, goes_on

if TYPE_CHECKING:
    from geodata import District
    from geodata.students import StudentCounts

__all__ = [
    "count_partly_moved",
    "count_partners",
    "handed_over",
    "partner_sizes",
    "sharing_warnings",
]


def count_partners(
    district: District, partners: tuple[tuple[Partner, ...], ...], students: Floats
) -> dict[str, Floats]:
    """Return the students of the grades each school of a shared zone serves, all and by group.

    Parameters
    ----------
    district : District
    partners : tuple of tuple of Partner
        Schools of each zone.
    students : (n,) float64 [students]

    Returns
    -------
    mapping of `Partner.measure`, or `Partner.measure_of` a group or all others, to (n,) float64
        [students]
        Without what is not counted by grade, or unknown in a block with students.
    """
    counts = district.students
    asked: dict[str, dict[str, Any]] = {"poor": {"poor": True}}
    asked |= {f"group:{group}": {"group": group} for group in counts.groups}
    measures: dict[str, Floats] = {}
    for partner in dict.fromkeys(p for group in partners if len(group) > 1 for p in group):
        everyone = _counted(counts, partner.grades, students)
        if everyone is None:
            continue
        measures[partner.measure] = everyone
        for measure, how in asked.items():
            values = _counted(counts, partner.grades, students, **how)
            if values is not None:
                measures[partner.measure_of(measure)] = values
                measures[partner.measure_of(complement(measure))] = everyone - values
    return measures


def partner_sizes(
    district: District, today: Zones, after: Zones, zone: Ints, students: Floats
) -> tuple[tuple[float, ...], ...]:
    """Return today's students of each school of each zone, by the grades it teaches today.

    Parameters
    ----------
    district, today, after, zone, students
        As in `count_partly_moved`.

    Returns
    -------
    tuple of tuple of float [students]
        NaN for a school without a zone today, and where students are not counted by grade.
    """
    size: dict[str, float] = {}
    for old, group in enumerate(today.partners):
        for partner in group:
            by_grade = _counted(district.students, partner.grades, students)
            count = students if len(group) == 1 else by_grade
            here = np.nan if count is None else float(count[zone == old].sum())
            size[partner.school_id] = size.get(partner.school_id, 0.0) + here
    return tuple(tuple(size.get(p.school_id, np.nan) for p in group) for group in after.partners)


def sharing_warnings(
    partners: tuple[tuple[Partner, ...], ...], measures: dict[str, Floats]
) -> list[str]:
    """Tell the shared zones whose schools cannot be counted one by one."""
    return [
        f"{', '.join(p.school_id for p in group)} share one zone and students are not counted by "
        "grade: rules hold the seats and students of the zone as one, and one of its schools may "
        "be overfull"
        for group in partners
        if len(group) > 1 and not all(p.measure in measures for p in group)
    ]


def handed_over(district: District, today: Zones, after: Zones, students: Floats) -> list[str]:
    """Tell the grades that change school although their zone goes on, where nobody counts them."""
    told = []
    for old, new in goes_on(today, after).items():
        group, then = today.partners[old], after.partners[new]
        lost = _changing(group, then)
        if lost and _counted(district.students, lost, students) is None:
            told.append(
                f"grades {', '.join(lost)} of the zone of {', '.join(p.school_id for p in group)} "
                "change school under every plan, and are not counted by grade everywhere; rules "
                "and aims about moved students do not count them, moves.csv and metrics.csv do"
            )
    return told


def count_partly_moved(
    district: District, today: Zones, after: Zones, zone: Ints, students: Floats
) -> Floats | None:
    """Return the students of each block who change school under each zone.

    Parameters
    ----------
    district : District
    today, after : Zones
    zone : (n,) int32
        Number of today's zone of each block; -1 unknown.
    students : (n,) float64 [students]

    Returns
    -------
    (n, m) float64 [students] or None
        None where under every zone all students of a block change or none.  Grades that are not
        counted move as their zone does.
    """
    if not (today.are_shared or after.are_shared):
        return None
    new_of = goes_on(today, after)
    partly = False
    moved = np.repeat(students[:, None], len(after.lead), axis=1)
    moved[zone < 0] = 0.0
    for old, group in enumerate(today.partners):
        here = zone == old
        for new, then in enumerate(after.partners):
            lost, stays = _changing(group, then), new_of.get(old) == new
            whole = not lost if stays else len(lost) == sum(len(p.grades) for p in group)
            count = None if whole else _counted(district.students, lost, students)
            if count is None:
                moved[here, new] *= not stays
            else:
                moved[here, new] = count[here]
                partly = True
    return moved if partly else None


def _counted(
    counts: StudentCounts, grades: tuple[str, ...], students: Floats, **how: Any
) -> Floats | None:
    """Return the students of some grades in each block; None where they are not counted.

    Nor where they are unknown in a block with students: unknown is not zero.
    """
    if not counts.has(grades=grades, **how):
        return None
    values = np.asarray(counts.count(grades=grades, **how), dtype=float)
    return None if (np.isnan(values) & (students > 0)).any() else np.nan_to_num(values)


def _changing(group: tuple[Partner, ...], then: tuple[Partner, ...]) -> tuple[str, ...]:
    """Return the grades of a zone whose school changes where another zone is theirs."""
    school_of = {grade: p.school_id for p in then for grade in p.grades}
    return tuple(g for p in group for g in p.grades if school_of.get(g) != p.school_id)
