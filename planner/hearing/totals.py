"""Which figures of a whole level anybody can work out from the buildings that are shown."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.reserved import ALL
from planner.hearing.packet import Packet

__all__ = ["told_by_totals"]

Rows = Mapping[tuple[str, str, str, str], float]
Shown = Mapping[tuple[str, str, str, str, str], float]

_OF_BUILDINGS = frozenset(
    {
        "schools_in_utilization_band",
        "students_over_capacity",
        "utilization",
        "utilization_highest",
        "utilization_lowest",
    }
)
"""Of the students and seats of each building, students of other levels in it included."""

_OF_SCHOOLS = frozenset({"size_spread"})
"""Of the level's own students of each school: those of its building, where it has no others."""


def told_by_totals(
    packet: Packet, letter: str, level: str, rows: Rows, shown: Shown
) -> frozenset[str]:
    """Return the metrics of a level that follow from exact numbers of students that are shown.

    Parameters
    ----------
    packet : Packet
    letter, level : str
        The plan ("" today) and its level.
    rows : mapping of (metric, scope, id, group) to float
        Every number of the plan.
    shown : mapping of (letter, metric, scope, id, group) to float
        What the public sees, of all plans.
    """
    if letter and (letter, level) not in packet.proposed:
        return frozenset()
    units = _units(packet, letter, level, rows)
    totals = [("students", "school", unit, ALL) for unit in units]
    if not units or any(shown.get((letter, *total)) != rows[total] for total in totals):
        return frozenset()
    has_others = any(packet.teaches_more(level, unit) for unit in units)
    return _OF_BUILDINGS if has_others else _OF_BUILDINGS | _OF_SCHOOLS


def _units(packet: Packet, letter: str, level: str, rows: Rows) -> list[str]:
    """Return the schools that serve a level, also those that a plan leaves without a zone.

    These may be open and count as empty, or, in a building of another level, as less full.
    """
    return [
        unit
        for metric, scope, unit, group in rows
        if (metric, scope, group) == ("students", "school", ALL)
        if any(packet.serves(level, plan, unit) for plan in {letter, ""})
    ]
