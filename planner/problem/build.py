"""From a district and one of its levels to the arrays that rules, model and search see.

Read `build_problem` as the table of contents: schools after events, zones, students, roots,
travel.  What a planner should know about the outcome is in `Problem.warnings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Ints, Singles
from geodata.grades import GRADE_RANK
from planner.errors import ScenarioError, expected_in
from planner.problem.events import Event, Supply, apply_events, supply_of
from planner.problem.feeders import other_levels
from planner.problem.measures import count_measures, count_students
from planner.problem.partners import Farthest, Partner
from planner.problem.problem import Problem
from planner.problem.roots import place_roots
from planner.problem.seats import (
    partner_seats,
    partner_taken,
    seats_left,
    seats_warnings,
    students_of_other_levels,
)
from planner.problem.sharing import (
    count_partly_moved,
    count_partners,
    handed_over,
    partner_sizes,
    sharing_warnings,
)
from planner.problem.zones import Zones, goes_on, zones_after, zones_today

if TYPE_CHECKING:
    from geodata import District

__all__ = ["build_problem", "size_of_zones"]

Merge: TypeAlias = Callable[[tuple[Partner, ...], Singles], Singles]


def build_problem(
    district: District, level: str, *, events: Sequence[Event] = (), years: Iterable[int] = ()
) -> Problem:
    """Write one level of a district as arrays.

    Parameters
    ----------
    district : District
    level : str
    events : sequence of Event, optional
        Openings, closures and so on, applied in order.
    years : iterable of int, optional
        Years of the district's forecast whose students are counted too.

    Raises
    ------
    ScenarioError
        If the district has no such level or no forecast of such a year, or an event names what it
        does not have.
    ModelError
        If the level has no open school, or student counts are unknown.
    """
    _refuse_unknown(level, district)
    supply = apply_events(district, events)
    today = zones_today(district, level)
    zones = zones_after(district, level, supply)
    today_zone = _today_zone(district, level, today)
    current = _renumber(today_zone, today, zones)
    students = count_students(district, level)
    measures, unavailable = count_measures(district, level, students)
    by_partner = count_partners(district, (*zones.partners, *today.partners), students)
    elsewhere = students_of_other_levels(district, level, supply)
    roots = place_roots(district, supply, zones.lead, zones.partners, current)
    return Problem(
        level=level,
        block_ids=district.blocks.index.to_numpy(dtype=np.str_),
        students=students,
        current=current,
        has_current=today_zone >= 0,
        today_students=size_of_zones(current, students, len(zones.lead)),
        root=roots.root,
        fixed_home=roots.fixed_home,
        today_root=roots.today_root,
        extra_measures=measures | by_partner,
        unavailable=unavailable,
        warnings=(
            *_unknown_today(today_zone),
            *roots.warnings,
            *handed_over(district, today, zones, students),
            *sharing_warnings(zones.partners, by_partner),
            *seats_warnings(zones, supply, elsewhere),
        ),
        other_levels=other_levels(district, level, supply),
        farthest=_farthest(district, today, today_zone, zones, supply),
        forecasts={year: _in_year(district, level, events, year) for year in years},
        **_of_zones(district, zones, supply, elsewhere),
        **_of_today(district, today, today_zone, zones, students),
        **_of_blocks(district),
    )


def _refuse_unknown(level: str, district: District) -> None:
    if level not in district.levels:
        raise ScenarioError(
            f"the district has no level {level!r}",
            remedy=f"use one of {', '.join(district.levels)}",
        )


def _in_year(district: District, level: str, events: Sequence[Event], year: int) -> Problem:
    """Return the problem with the students expected in a year."""
    expected = district.forecasts.get(year)
    if expected is None or not expected.has(level=level):
        known = [str(y) for y, counts in district.forecasts.items() if counts.has(level=level)]
        raise ScenarioError(
            f"the district has no forecast of {year} for level {level!r}",
            "students of that year cannot be counted, and unknown is not zero",
            f"use one of {', '.join(known)}"
            if known
            else "give one in the district file ([[forecast]]), or name no year",
        )
    with expected_in(year):
        return build_problem(district.in_year(year), level, events=events)


def _of_zones(
    district: District, zones: Zones, supply: Supply, elsewhere: dict[str, float]
) -> dict[str, Any]:
    """Return what is known of each zone: its schools, seats, and the way to it."""
    seats, taken = partner_seats(zones, supply), partner_taken(zones.partners, elsewhere)
    mean, times = _mean_ways(district), supply.minutes
    return {
        "zone_ids": np.array(zones.lead, dtype=np.str_),
        "partner_names": _names(zones, supply),
        "partners": zones.partners,
        "partner_seats": seats,
        "partner_taken": taken,
        "capacity_seats": seats_left(seats, taken),
        "metres": _travel(mean, zones, supply, supply.metres),
        "minutes": None if times is None else _travel(mean, zones, supply, times),
    }


def _of_today(
    district: District, today: Zones, zone: Ints, zones: Zones, students: Floats
) -> dict[str, Any]:
    """Return each block's school of today, the way to it, and who changes school by zone."""
    return {
        "partner_today": partner_sizes(district, today, zones, zone, students),
        "partly_moved": count_partly_moved(district, today, zones, zone, students),
        "today_partners": {
            lead: group
            for lead, group in zip(today.lead, today.partners, strict=True)
            if len(group) > 1
        },
        "today_school": np.array([*today.lead, ""], dtype=np.str_)[zone],
        "today_metres": _today_travel(_mean_ways(district), district, today, zone, "metres"),
        "today_minutes": _today_travel(_mean_ways(district), district, today, zone, "minutes"),
    }


def _farthest(
    district: District, today: Zones, zone: Ints, zones: Zones, supply: Supply
) -> Farthest | None:
    """Return the ways to the farthest schools; None where no schools share a zone."""
    if not (today.are_shared or zones.are_shared):
        return None
    times = supply.minutes
    return Farthest(
        metres=_travel(_farthest_way, zones, supply, supply.metres),
        minutes=None if times is None else _travel(_farthest_way, zones, supply, times),
        today_metres=_today_travel(_farthest_way, district, today, zone, "metres"),
        today_minutes=_today_travel(_farthest_way, district, today, zone, "minutes"),
    )


def _of_blocks(district: District) -> dict[str, Any]:
    """Return the map: borders, areas, columns that may be kept together."""
    return {
        "edge_i": np.asarray(district.graph.edge_i, dtype=np.int32),
        "edge_j": np.asarray(district.graph.edge_j, dtype=np.int32),
        "edge_shared_m": np.asarray(district.graph.shared_m, dtype=float),
        "area_m2": district.blocks["area_m2"].to_numpy(dtype=float),
        "perimeter_m": district.blocks["perimeter_m"].to_numpy(dtype=float),
        "attributes": _attributes(district),
    }


def _unknown_today(zone: Ints) -> list[str]:
    """Tell where nobody's school of today is known."""
    return [] if (zone >= 0).any() else ["today's plan is not known: nobody counts as moved"]


def size_of_zones(zone: Ints, students: Floats, n_zones: int) -> Floats:
    """Return today's students of each zone, NaN for a zone that does not exist today, (m,)."""
    known = zone >= 0
    size = np.bincount(zone[known], students[known], minlength=n_zones)
    return np.where(np.bincount(zone[known], minlength=n_zones) > 0, size, np.nan)


def _today_zone(district: District, level: str, today: Zones) -> Ints:
    """Return the zone of today of each block, -1 unknown, (n,)."""
    rows = district.current[district.current["level"] == level]
    rank = rows["grade_low"].map(GRADE_RANK).fillna(-1)
    lead = rows.assign(rank=rank).sort_values(["block_id", "rank"]).drop_duplicates("block_id")
    school = lead.set_index("block_id")["school_id"].reindex(district.blocks.index)
    number = {school: z for z, school in enumerate(today.lead)}
    return np.asarray(school.map(number).fillna(-1), dtype=np.int32)


def _renumber(zone: Ints, old: Zones, new: Zones) -> Ints:
    """Translate zone numbers; a zone goes on while one of its schools leads a zone."""
    number = goes_on(old, new)
    renumbered = [number.get(z, -1) for z in range(len(old.lead))]
    return np.array([*renumbered, -1], dtype=np.int32)[zone]


def _partner_weights(district: District, partners: tuple[Partner, ...]) -> Floats:
    """Return the share of each block's students that each school of a zone serves, (n, p).

    By the block's own grade counts; the district's where nobody lives or one is unknown, and by
    the number of grades where no students are counted by grade.
    """
    spans, counts = [partner.grades for partner in partners], district.students
    whole = np.array([float(len(span)) for span in spans])
    count = np.zeros((len(district.blocks), len(spans)))
    if counts.has(grades=tuple(grade for span in spans for grade in span)):
        count = np.stack([counts.count(grades=span) for span in spans], axis=1)
        known = np.nansum(count, axis=0)
        whole = known if known.any() else whole
    total = count.sum(axis=1, keepdims=True)
    even = np.tile(whole / whole.sum(), (len(count), 1))
    return np.asarray(np.divide(count, total, out=even, where=total > 0))


def _mean_ways(district: District) -> Merge:
    """Return how ways to the schools of a zone become one: their mean, by students."""

    def merge(partners: tuple[Partner, ...], ways: Singles) -> Singles:
        weight = _partner_weights(district, partners)
        parts = np.where(weight > 0, ways * weight, 0.0)  # an unknown way of nobody does no harm
        return np.asarray(parts.sum(axis=1), dtype=np.float32)

    return merge


def _farthest_way(partners: tuple[Partner, ...], ways: Singles) -> Singles:
    """Return the longest of the ways to the schools of a zone; unknown where one is, (n,)."""
    return np.asarray(ways.max(axis=1))


def _travel(merge: Merge, zones: Zones, supply: Supply, matrix: Singles) -> Singles:
    """Return the travel to each zone, those to the schools of a shared zone merged, (n, m)."""
    columns = []
    for partners in zones.partners:
        ways = matrix[:, [supply.row(partner.school_id) for partner in partners]]
        columns.append(ways[:, 0] if len(partners) == 1 else merge(partners, ways))
    return np.stack(columns, axis=1).astype(np.float32)


def _today_travel(
    merge: Merge, district: District, today: Zones, zone: Ints, kind: str
) -> Singles | None:
    """Return the travel to today's school where it stands today, (n,)."""
    matrix = getattr(district.travel, kind)
    if matrix is None:
        return None
    if not today.lead:
        return np.full(len(zone), np.nan, dtype=np.float32)
    by_zone = _travel(merge, today, supply_of(district), matrix)
    way = by_zone[np.arange(len(zone)), zone]
    return np.where(zone >= 0, way, np.float32(np.nan)).astype(np.float32)


def _names(zones: Zones, supply: Supply) -> tuple[tuple[str, ...], ...]:
    names = supply.schools["name"]
    return tuple(
        tuple(str(names[partner.school_id]) for partner in partners) for partners in zones.partners
    )


def _attributes(district: District) -> dict[str, NDArray[np.str_]]:
    """Return the text columns of the blocks, which `keep_together` may name."""
    known = {"x_m", "y_m", "area_m2", "perimeter_m"}
    return {
        str(column): district.blocks[column].fillna("").astype(str).to_numpy(dtype=np.str_)
        for column in district.blocks.columns
        if column not in known
    }
