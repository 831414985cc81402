"""The schools of a packet: those of today, those an option opens, and who takes which grades."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from geodata import District
from planner.errors import PlanError
from planner.layers import served_by
from planner.plan import Plan
from planner.problem.events import Supply, apply_events
from planner.runs.inputs import events_of

__all__ = [
    "all_schools",
    "grade_spans",
    "open_ones",
    "placed",
    "schools_of_other_levels",
    "supply_after",
]


def supply_after(district: District, record: Mapping[str, Any]) -> Supply:
    """Return schools and ways after the events of a run's scenario.

    Parameters
    ----------
    district : District
    record : mapping
        As in run.json.
    """
    return apply_events(district, events_of(record))


def all_schools(district: District, supplies: Iterable[Supply]) -> pd.DataFrame:
    """Return today's schools and every school an option opens, index sorted.

    A school without a name is called by its id.
    """
    schools = district.schools
    for supply in supplies:
        new = supply.schools.index.difference(schools.index)
        if len(new):
            schools = pd.concat([schools, supply.schools.loc[new]])
    named = schools["name"].fillna("").astype(str)
    ids = pd.Series(schools.index.astype(str), index=schools.index)
    return schools.assign(name=named.where(named != "", ids)).sort_index()


def grade_spans(
    plans: Mapping[str, Plan], levels: Iterable[str]
) -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    """Return the grades each school of a shared zone takes, by option letter and level.

    Parameters
    ----------
    plans : mapping of option letter ("" today) to Plan
    levels : iterable of str

    Returns
    -------
    dict of (letter, level) to dict of "A+B" to tuple of str
        Such as ``("K–2", "3–5")``, in the order of the schools; zones of one school are left out.

    Raises
    ------
    PlanError
        Where the same schools divide the grades in two ways.
    """
    return {
        (letter, level): _spans_of(plan, level, f"option {letter}" if letter else "today's plan")
        for letter, plan in plans.items()
        for level in levels
    }


def _spans_of(plan: Plan, level: str, who: str) -> dict[str, tuple[str, ...]]:
    owner = served_by(plan, level)
    shared = owner[owner.str.contains("+", regex=False)]
    rows = plan.table[(plan.table["level"] == level) & plan.table["block_id"].isin(shared.index)]
    ways: dict[str, tuple[str, ...]] = {}
    for row in rows[["block_id", "grade_low", "grade_high"]].itertuples(index=False, name=None):
        block, low, high = map(str, row)
        ways[block] = (*ways.get(block, ()), _span(low, high))
    spans: dict[str, tuple[str, ...]] = {}
    for block, way in ways.items():
        schools = shared[block]
        if spans.setdefault(schools, way) != way:
            raise PlanError(
                f"{who}, level {level!r}: {schools.replace('+', ' and ')} divide the grades as "
                f"{', '.join(spans[schools])} in some blocks and as {', '.join(way)} in others, "
                f"such as {block}",
                "maps and pages have one name for the zone of these schools, so families would be "
                "told the wrong school",
                "give these schools the same grades in all of their blocks",
            )
    return {schools: way for schools, way in spans.items() if all(way)}


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low}–{high}"


def placed(schools: pd.DataFrame, supply: Supply) -> pd.DataFrame:
    """Return schools where they stand after a run's events."""
    moved = [s for s in schools.index if s in supply.moved and s in supply.schools.index]
    at = ["x_m", "y_m"]
    found = schools.copy()
    found.loc[moved, at] = supply.schools.loc[moved, at]
    return found


def open_ones(schools: pd.DataFrame, unit: str) -> list[bool]:
    """Tell of each school of a unit ("A+B") that there is whether it is open."""
    return [
        bool(schools.at[school, "is_open"]) for school in unit.split("+") if school in schools.index
    ]


def schools_of_other_levels(
    plans: Iterable[Plan], levels: Iterable[str]
) -> dict[str, frozenset[str]]:
    """Return, for each level, the schools that any plan gives a zone of another level."""
    rows = pd.concat([plan.table[["level", "school_id"]] for plan in plans]).drop_duplicates()
    return {
        level: frozenset(rows.loc[rows["level"] != level, "school_id"].astype(str))
        for level in levels
    }
