"""A phase-in for people: one table a measure, one row a policy, one column a school year."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from geodata.reserved import ALL, POOR
from planner.phasing.course import NO_CHANGE

if TYPE_CHECKING:
    from planner.phasing.phase_in import PhaseIn

__all__ = ["OVER", "YearTable", "phase_in_text", "policy_tables", "school_tables"]

OVER = "▲"
"""Stands after the utilization of a school that is over its seats."""

NO_VALUE = "–"
_NARROWEST = 9


class Shown(NamedTuple):
    """How a measure is shown."""

    metric: str
    words: str
    factor: float
    decimals: int
    unit: str


_TOGETHER = (
    Shown("schools_over_seats", "Schools over their seats", 1, 0, "schools"),
    Shown("students_over_seats", "Students over the seats of their school", 1, 0, "students"),
)
"""Measures of all levels together."""

_AT_A_LEVEL = (
    Shown("students_staying", "Students who stay where the plan does not send them", 1, 0,
          "students"),
    Shown("students_interrupted", "Students who must leave a building they would have kept", 1, 0,
          "students"),
    Shown("travel_mean_metres", "Way to school, mean", 0.001, 2, "km"),
    Shown("parity_gap", "Largest gap between groups in the poverty of their schools", 100, 1,
          "points"),
    Shown("dissimilarity", "Dissimilarity", 1, 3, "index"),
)  # fmt: skip
"""Measures of each level that the plan changes."""

_STRATIFIED = "_stratified"


@dataclass(frozen=True, slots=True)
class YearTable:
    """Numbers by year, ready to be shown.

    Parameters
    ----------
    title : str
        What they are, with the unit.
    rows : tuple of (name, cells)
        One cell a year, today first; "–" where a number is not known.
    group : str
        Whom they are about.
    """

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    group: str = ALL

    @property
    def is_known(self) -> bool:
        """Whether there is any number."""
        return any(cell not in ("", NO_VALUE) for _, cells in self.rows for cell in cells)


def heads(years: int) -> tuple[str, ...]:
    """Return the heads of the columns: today, and each year of the plan."""
    return ("today", *(f"year {year}" for year in range(1, years + 1)))


def policy_tables(found: PhaseIn) -> Iterator[tuple[str, list[YearTable]]]:
    """Yield the measures of all schools together and of each changed level: one row a policy.

    Measures of which no number is known are left out.
    """
    together = [_by_policy(found, ALL, shown) for shown in _TOGETHER]
    yield "All schools", [table for table in together if table.is_known]
    for level in found.changed:
        at = found.measures[found.measures["level"] == level]
        tables = []
        for shown in _AT_A_LEVEL:
            for metric in (shown.metric, shown.metric + _STRATIFIED):
                told = shown._replace(metric=metric)
                groups = at.loc[at["metric"] == metric, "group"].unique()
                tables += [_by_policy(found, level, told, group=group) for group in groups]
        yield level, [table for table in tables if table.is_known]


def school_tables(found: PhaseIn) -> list[YearTable]:
    """Return one table a policy: the utilization of the schools that it concerns, year by year."""
    named = found.schools.assign(
        label=found.schools["name"] + " [" + found.schools["school_id"] + "]",
        cell=[_use(share) for share in found.schools["utilization"]],
    )
    later = named[named["year"] > 0]
    spread = later.groupby(["label", "year"])["students"].agg(["min", "max"])
    concerned = (spread["max"] - spread["min"] > 0.5).groupby("label").any()
    kept = named[named["label"].isin(concerned.index[concerned])]
    tables = []
    for policy in found.policies:
        mine = kept[kept["policy"] == policy].pivot(index="label", columns="year", values="cell")
        cells = mine.reindex(columns=range(found.years + 1), fill_value="")
        rows = tuple((str(label), tuple(map(str, row))) for label, row in _rows_of(cells))
        tables.append(YearTable(f"{policy}: students in % of seats", rows))
    return [table for table in tables if table.is_known]


def phase_in_text(found: PhaseIn) -> str:
    """Return the measures as plain text; where the poor are counted, those of groups are left out.

    They are on the page and in the files.
    """
    lines = [found.title, ""]
    for name, tables in policy_tables(found):
        has_poor = any(table.group == POOR for table in tables)
        for table in (one for one in tables if not has_poor or one.group in (ALL, POOR)):
            lines += [f"{name}: {table.title}", *_grid(table, found.years), ""]
    return "\n".join([*lines, *found.notes])


def _by_policy(found: PhaseIn, level: str, shown: Shown, *, group: str = ALL) -> YearTable:
    """Return one measure of one level and group."""
    at = found.measures
    at = at[(at["level"] == level) & (at["metric"] == shown.metric) & (at["group"] == group)]
    values = at.pivot(index="policy", columns="year", values="value")
    values = values.reindex(index=list(found.policies), columns=range(found.years + 1))
    who = {ALL: "", POOR: " of poor students"}.get(group, f" of {group} students")
    within = ", within grades" if shown.metric.endswith(_STRATIFIED) else ""
    rows = tuple(
        (policy, tuple(_cell(policy, year, value, shown) for year, value in enumerate(row)))
        for policy, row in _rows_of(values)
    )
    return YearTable(f"{shown.words}{who}{within} [{shown.unit}]", rows, group)


def _rows_of(table: pd.DataFrame) -> Iterator[tuple[str, list[Any]]]:
    return zip(map(str, table.index), table.to_numpy().tolist(), strict=True)


def _cell(policy: str, year: int, value: float, shown: Shown) -> str:
    """Write a number; nothing for today, where only "No change" has one."""
    if year == 0 and policy != NO_CHANGE:
        return ""
    if math.isnan(value):
        return NO_VALUE
    return f"{shown.factor * value:,.{shown.decimals}f}"


def _use(share: float) -> str:
    if math.isnan(share):
        return NO_VALUE
    return f"{100 * share:.1f} {OVER}" if share > 1 + 1e-9 else f"{100 * share:.1f}"


def _grid(table: YearTable, years: int) -> list[str]:
    first = max(len(name) for name, _ in table.rows)
    widest = max(len(cell) for _, cells in table.rows for cell in cells)
    wide = max(_NARROWEST, widest + 2)
    head = " " * first + "".join(f"{column:>{wide}}" for column in heads(years))
    return [head] + [
        f"{name:<{first}}" + "".join(f"{cell:>{wide}}" for cell in cells)
        for name, cells in table.rows
    ]
