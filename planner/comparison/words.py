"""A comparison as text: the headlines in a table, then better and worse, and for whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geodata.reserved import ALL
from planner.comparison.comparison import Comparison

__all__ = ["HEADLINES", "PLAIN_NAMES", "headline_table", "number", "tell"]

HEADLINES = (
    "students",
    "students_moved",
    "share_moved",
    "students_must_move",
    "students_moved_forced",
    "travel_mean_metres",
    "travel_p90_metres",
    "travel_longest_metres",
    "travel_mean_minutes",
    "travel_p90_minutes",
    "travel_longest_minutes",
    "travel_unknown",
    "walkers_to_riders",
    "riders_to_walkers",
    "size_spread",
    "utilization_spread",
    "utilization_highest",
    "utilization_lowest",
    "schools_in_utilization_band",
    "students_over_capacity",
    "utilization_highest_forecast",
    "students_over_capacity_forecast",
    "students_unplaced",
    "dissimilarity",
    "dissimilarity_stratified",
    "theil_h_multigroup",
    "theil_h_multigroup_stratified",
    "isolation_excess",
    "parity_gap",
    "parity_gap_stratified",
    "poverty_distance",
    "poverty_spread",
    "schools_near_poverty",
    "gap_limit_by_band",
    "separate_but_equal",
    "islands",
    "border_length",
    "polsby_popper_mean",
    "neighbourhoods_split",
    "split_feeders",
    "feeder_split",
    "transitions",
)
FIRST = 6
"""Column of a comparison's table where its numbers begin."""
MOST = 8
"""Lines told of each kind of gain or loss."""

PLAIN_NAMES = {  # the aim "poverty spread" is the mean over students, the metric of this key is not
    "poverty_distance": "mean distance from the mean poverty",
    "poverty_spread": "school farthest from the mean poverty",
}
_ORDER = {metric: place for place, metric in enumerate(HEADLINES)}
_POINTS = {"share", "share of seats", "share of schools", "share of the mean", "share of leavers"}


def headline_table(comparison: Comparison) -> pd.DataFrame:
    """Return the headline measures of each level (and of the district where it has several).

    Rows that nobody knows, today or in any option, are left out.
    """
    table = comparison.columns
    rows = table["metric"].isin(HEADLINES) & table["scope"].isin(["district", "level"])
    rows &= ~table["group"].str.contains("|", regex=False)
    rows &= ~_said_twice(table)
    rows &= table.iloc[:, FIRST:].notna().any(axis=1)
    found = table[rows]
    place = found["metric"].map(_ORDER)
    return (
        found.assign(place=place)
        .sort_values(["scope", "id", "place"], kind="stable")
        .drop(columns="place")
        .reset_index(drop=True)
    )


def tell(comparison: Comparison) -> str:
    """Return a comparison as text for a terminal."""
    parts = [f"Note: {note}" for note in comparison.notes]
    parts.append(_grid(headline_table(comparison), comparison))
    for name in comparison.names:
        parts.append(_option(comparison, name))
    if len(comparison.names) > 1 and comparison.comparable.any():
        parts.append(_against_each_other(comparison))
    return "\n\n".join(parts)


def _said_twice(table: pd.DataFrame) -> pd.Series[bool]:
    """Mark rows of the whole district that one level says too, where there is only one level."""
    level = table[(table["scope"] == "level") | (table["scope"] == "group")]
    if level.loc[level["id"] != ALL, "id"].nunique() > 1:
        return pd.Series(False, index=table.index)
    said = set(zip(level["metric"], level["group"], strict=True))
    whole = [key in said for key in zip(table["metric"], table["group"], strict=True)]
    return pd.Series(whole, index=table.index) & (table["id"] == ALL)


def number(value: float, unit: str) -> str:
    """Write a number as a planner would; a dash for unknown."""
    if np.isnan(value):
        return "—"
    if unit in _POINTS:
        return f"{100 * value:.1f} %"
    if unit in ("index", "nats", "ratio"):
        return f"{value:.4f}"
    if unit == "m":
        return f"{value / 1000:,.2f} km" if abs(value) >= 100 else f"{value:.0f} m"
    if unit == "flag":
        return "yes" if value else "no"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _grid(rows: pd.DataFrame, comparison: Comparison) -> str:
    """Write the headlines as a grid with one column an option, the best marked."""
    best = comparison.best().set_index(["metric", "scope", "id", "group"])["best"]
    columns = list(rows.columns[FIRST:])
    ranked = bool(comparison.comparable.any())
    lines = [["", *columns, "best" if ranked else ""]]
    where = ""
    for _, row in rows.iterrows():
        if row["id"] != where:
            where = row["id"]
            lines.append([f"[{'whole district' if where == ALL else where}]"])
        key = (row["metric"], row["scope"], row["id"], row["group"])
        cells = [number(float(value), row["unit"]) for value in row.iloc[FIRST:]]
        lines.append([f"  {_what(row)}", *cells, str(best.get(key, ""))])
    return _aligned(lines)


def _aligned(lines: list[list[str]]) -> str:
    widths = [max(len(line[k]) for line in lines if k < len(line)) for k in range(len(lines[0]))]
    out = []
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(widths[k]) for k, cell in enumerate(line[1:-1], 1)]
        cells += [line[-1]] if len(line) > 1 else []
        out.append("  ".join(cells).rstrip())
    return "\n".join(out)


def _option(comparison: Comparison, name: str) -> str:
    """Say what an option makes better and worse than today, and for whom."""
    lines = [f"{name}"]
    if comparison.sure.get(name):
        lines.append(f"  how sure: {comparison.sure[name]}")
    lines += [f"  rule broken: {sentence}" for sentence in comparison.broken.get(name, ())]
    lines += [f"  not checked: {sentence}" for sentence in comparison.unchecked.get(name, ())]
    if comparison.todays[name].isna().all():
        return "\n".join([*lines, "  today's plan is not known: nothing to compare with"])
    for word, found in (("better", comparison.gains(name)), ("worse", comparison.losses(name))):
        lines += _section(f"{word} than today", found[~_said_twice(found)])
    return "\n".join(lines)


def _against_each_other(comparison: Comparison) -> str:
    """Say where each option is better than the others, in the headline measures."""
    heads = headline_table(comparison)[["metric", "scope", "id", "group"]]
    best = heads.merge(comparison.best(), how="inner", validate="one_to_one")
    lines = ["Where each is better (headline measures):"]
    for name in comparison.names:
        won = best[best["best"] == name]
        what = ", ".join(f"{_what(row)} [{row['id']}]" for _, row in won.iterrows())
        lines.append(f"  {name}: {what or 'nowhere alone'}")
    return "\n".join(lines)


def _section(title: str, found: pd.DataFrame) -> list[str]:
    """Return the lines of gains or losses: for everybody, for groups, at schools."""
    lines = []
    heads = found[found["metric"].isin(HEADLINES)]
    for who, scopes in (
        ("everybody", ("district", "level")),
        ("groups", ("group",)),
        ("schools", ("school",)),
    ):
        rows = found if who == "schools" else heads
        rows = rows[rows["scope"].isin(scopes)]
        if rows.empty:
            continue
        lines.append(f"  {title}, for {who}:" if who != "schools" else f"  {title}, at schools:")
        lines += [f"    {_change(row)}" for _, row in rows.head(MOST).iterrows()]
        if len(rows) > MOST:
            lines.append(f"    … and {len(rows) - MOST} more")
    return lines or [f"  nothing is {title}"]


def _change(row: pd.Series[Any]) -> str:
    where = "" if row["id"] == ALL else f" [{row['id']}]"
    unit = str(row["unit"])
    before, after = number(float(row["before"]), unit), number(float(row["after"]), unit)
    return f"{_what(row)}{where}: {before} → {after}"


def _what(row: pd.Series[Any]) -> str:
    name = PLAIN_NAMES.get(str(row["metric"]), str(row["metric"]).replace("_", " "))
    return name if row["group"] == ALL else f"{name} ({row['group']})"
