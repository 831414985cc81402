"""How far the plan itself is from its proven limits.

A run's record tells what each aim reached when it was pursued; later aims may have given a little
of it back.  What stands in a packet is about the plan as it is: where metrics.csv measures an
aim, its number counts, and the distance from the bound is taken from there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.reserved import ALL, OTHERS
from planner.hearing.words import METRES_PER_KM, Words
from planner.metrics.travel import WALK_METRES
from planner.runs import Run
from planner.runs.asked import asked_by_aim

__all__ = [
    "PROVEN",
    "USELESS",
    "aim_name",
    "aim_words",
    "final_aims",
    "walking_distance",
    "write_amount",
    "write_gap",
]

PROVEN = 1e-6  # distance from the limit, as a share, that is none: the solver's own tolerance
NO_AIM = "no aim"  # what a run without objectives calls its aim
USELESS = 0.75  # a limit this far away tells nothing of how good a plan is

_METRICS: Mapping[tuple[str, str], tuple[str, str, float]] = {
    ("students_moved", "students"): ("students_moved", ALL, 1.0),
    ("travel", "km"): ("travel_mean_metres", ALL, 0.001),
    ("travel", "min"): ("travel_mean_minutes", ALL, 1.0),
    ("dissimilarity", "index"): ("dissimilarity", "", 1.0),
}
"""Aim and unit: metric, group, and what the metric is multiplied with to be in that unit."""


def final_aims(run: Run) -> list[dict[str, Any]]:
    """Return the aims of a run: name, level, value, bound, gap, unit – of the final plan.

    With them what was `asked`: the objectives of the scenario each aim is made of.  A run that
    was asked for nothing has no aim.
    """
    aims: list[dict[str, Any]] = []
    entries = run.record.get("objectives") or []
    for entry, asked in zip(entries, asked_by_aim(run.record), strict=True):
        if entry.get("name") == NO_AIM:
            continue
        aim = {**entry, "asked": asked}
        value = _measured(run.metrics, aim)
        if value is not None:
            aim["value"] = value
        aim["gap"] = _gap(aim.get("value"), aim.get("bound"))
        aims.append(aim)
    return aims


def aim_name(words: Words, name: str, asked: Mapping[str, Any]) -> str:
    """Name an aim, with its walking distance where it has one."""
    key = f"aim_name.{_aim_key(name, asked)}"
    return words(key, way=walking_distance(words, asked)) if key in words.texts else name


def walking_distance(words: Words, asked: Mapping[str, Any]) -> str:
    """Write within how far a rule or aim lets students walk; anybody may see it on a map."""
    stated = asked.get("within_km")
    metres = WALK_METRES if stated is None else float(stated) * METRES_PER_KM
    return Words(words.lang, words.texts).miles(metres, 2)


def _aim_key(name: str, asked: Mapping[str, Any]) -> str:
    """Return the key of an aim's name, which may depend on what exactly was asked.

    To meet more is measured by those who are not met; changes are of blocks, or of students; the
    spread of poverty is that of the average student's school, or of the worst one.
    """
    if name == "exposure" and asked.get("aim") == "more":
        return "exposure_more"
    if name == "changes_from_start" and asked.get("unit") == "students":
        return "changes_from_start_students"
    if name == "poverty_spread" and asked.get("of") == "worst":
        return "poverty_spread_worst"
    return name


def aim_words(words: Words, aim: Mapping[str, Any]) -> str:
    """Name an aim of `final_aims`; the parts of a weighted one with a plus."""
    names = str(aim.get("name")).split("+")
    asked = aim.get("asked") or [{}] * len(names)
    told = [aim_name(words, name, one) for name, one in zip(names, asked, strict=False)]
    text = " + ".join(told) or str(aim.get("name"))
    return words("aim.in_year", aim=text, year=aim["year"]) if aim.get("year") else text


def write_gap(words: Words, gap: float | None) -> str:
    """Write a distance from the best possible, rounded up: nothing is said to be nearer."""
    return words.percent(None if gap is None else math.ceil(1000 * gap - 1e-6) / 1000, 1)


def write_amount(words: Words, value: float | None, entry: Mapping[str, Any]) -> str:
    """Write the value of an aim in its unit."""
    unit = str(entry.get("unit", ""))
    if value is None:
        return words("number.unknown")
    if unit == "km":
        return words.miles(float(value) * METRES_PER_KM, 2)
    if unit == "m":
        return words.miles(float(value), 2)
    if unit in ("students", "blocks"):
        return words.number(float(value))
    if unit == "points":
        return words("number.points", n=words.number(float(value), 1))
    if unit == "share":
        return words.percent(float(value), 1)
    if unit == "min":
        return words("number.minutes", n=words.number(float(value), 1))
    return words.number(float(value), 3)


def _measured(metrics: pd.DataFrame, aim: Mapping[str, Any]) -> float | None:
    """Return what metrics.csv says of an aim, or None where it does not say it."""
    name, level = str(aim.get("name")), str(aim.get("level", ""))
    if aim.get("year"):
        return None  # metrics.csv measures aims on today's students
    metric, group, factor = _METRICS.get((name, str(aim.get("unit"))), ("", ALL, 1.0))
    if name == "dissimilarity":
        group = _group(aim["asked"])
    if not metric:
        return None
    rows = metrics[
        (metrics["metric"] == metric)
        & (metrics["scope"] == "level")
        & (metrics["id"] == level)
        & (metrics["group"] == group)
    ]["plan"].dropna()
    return float(rows.iloc[0]) * factor if len(rows) else None


def _group(asked: Sequence[Mapping[str, Any]]) -> str:
    """Return the group (or pair) the aim of dissimilarity is about, as metrics.csv names it."""
    for entry in asked:
        if entry.get("use") == "dissimilarity":
            group, against = str(entry.get("group", "")), str(entry.get("against", OTHERS))
            return group if against == OTHERS else f"{group}|{against}"
    return ""


def _gap(value: Any, bound: Any) -> float | None:
    if value is None or bound is None:
        return None
    distance = abs(float(value) - float(bound))
    return 0.0 if distance < 1e-12 else distance / max(abs(float(value)), 1e-12)
