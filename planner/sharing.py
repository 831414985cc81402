"""Schools that share one zone and divide its grades: the students of each.

A plan gives blocks to the zone.  Where students are counted by grade, each school of it can be
held by its own grades; where they are not, only the zone as a whole can be counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.problem import Floats, Partner

if TYPE_CHECKING:
    from geodata import District
    from planner.zones import Zones

__all__ = ["count_partners", "handed_over", "sharing_warnings"]


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
    mapping of `Partner.measure`, or `Partner.measure_of` a group, to (n,) float64 [students]
        Without what is not counted by grade, or unknown in a block with students.
    """
    counts = district.students
    asked: dict[str, dict[str, Any]] = {"poor": {"poor": True}}
    asked |= {f"group:{group}": {"group": group} for group in counts.groups}
    measures: dict[str, Floats] = {}
    for partner in {p for group in partners if len(group) > 1 for p in group}:
        names: dict[str, dict[str, Any]] = {partner.measure: {}}
        names |= {partner.measure_of(measure): how for measure, how in asked.items()}
        for name, how in names.items():
            if not counts.has(grades=partner.grades, **how):
                continue
            values = np.asarray(counts.count(grades=partner.grades, **how), dtype=float)
            if not (np.isnan(values) & (students > 0)).any():
                measures[name] = np.nan_to_num(values)
    return measures


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


def handed_over(today: Zones, after: Zones) -> list[str]:
    """Tell the grades that change school although their zone goes on.

    Their students change school under every plan; aims and rules count those whose zone changes.
    """
    new = {p.school_id: group for group in after.partners for p in group}
    told = []
    for group in today.partners:
        then = next((new[p.school_id] for p in group if p.school_id in new), ())
        school_of = {grade: p.school_id for p in then for grade in p.grades}
        lost = [g for p in group for g in p.grades if school_of.get(g, p.school_id) != p.school_id]
        if lost:
            told.append(
                f"grades {', '.join(lost)} of the zone of {', '.join(p.school_id for p in group)} "
                "change school under every plan; rules and aims about moved students do not count "
                "them, moves.csv and metrics.csv do"
            )
    return told
