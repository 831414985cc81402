"""Which numbers follow from sums that may be shown, and how a small group is shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from geodata.reserved import ALL
from planner.disclosure.cells import TODAY, Key
from planner.disclosure.rates import rounded
from planner.disclosure.worlds import TOLERANCE, Row
from planner.privacy import Preset

__all__ = ["GEOMETRIC", "Numbers", "offers", "show"]

Numbers = Mapping[Key, float]
Ends = tuple[float, float]

_SLACK = 1e-5
_PERCENT = 0.01

GEOMETRIC = frozenset(
    {
        "seats",
        "blocks_moved",
        "islands",
        "border_length",
        "polsby_popper",
        "polsby_popper_mean",
        "neighbourhood_splits",
        "neighbourhoods_split",
    }
)
"""Metrics that depend on maps and buildings, not on students."""


def offers(
    found: Mapping[Key, Row], sums: Mapping[Key, Row], preset: Preset
) -> Iterator[tuple[Key, Row]]:
    """Yield the sums that are large enough to show, some only as limits or in percent.

    Parameters
    ----------
    found : mapping of key to Row
        Sums of the packet.
    sums : mapping of key to Row
        All sums.
    preset : Preset
    """
    for key, row in found.items():
        value, whole = row.low, _whole(key, sums)
        least = preset.threshold - _SLACK
        small = value < least or (whole is not None and whole - value < least)
        edge = preset.code_share * (whole or 0.0)
        if (
            whole is not None
            and edge
            and key[1] == "students"
            and min(value, whole - value) <= edge
        ):
            if edge >= preset.threshold:
                low, high = (0.0, edge) if value <= edge else (whole - edge, whole)
                yield key, replace(row, low=low, high=high)
        elif not small and whole is not None and value <= preset.percent_to + _SLACK:
            share = rounded(value / whole, _PERCENT)
            if key[1] == "students" and 0 < share < 1:
                low, high = ((share + side * _PERCENT / 2) * whole for side in (-1, 1))
                yield key, replace(row, low=low, high=high)
        elif not small:
            yield key, row


def show(
    numbers: Numbers, kept: Mapping[Key, Row], sums: Mapping[Key, Row]
) -> tuple[dict[Key, float], dict[Key, Ends], dict[Key, Ends]]:
    """Return the numbers that may be shown, those with limits, and those in percent.

    Parameters
    ----------
    numbers : mapping of key to float
        Every number of the packet.
    kept : mapping of key to Row
        The sums that are not hidden.
    sums : mapping of key to Row
        All sums.
    """
    exact = {key for key, row in kept.items() if row.low == row.high}
    values = {k: v for k, v in numbers.items() if _may_be_shown(k, v, exact, sums, numbers)}
    bounds: dict[Key, Ends] = {}
    about: dict[Key, Ends] = {}
    for key in kept.keys() - exact:
        row, (plan, _, scope, name, group) = kept[key], key
        whole = sums[plan, "students", scope, name, ALL]
        if row.low <= 0 or row.high >= whole.low:
            bounds[key] = (row.low, row.high)
            continue
        about[key] = (row.low, row.high)
        if whole.key in exact:
            middle = (row.low + row.high) / 2
            values[plan, "share", scope, name, group] = rounded(middle / whole.low, _PERCENT)
    return values, bounds, about


def _whole(key: Key, sums: Mapping[Key, Row]) -> float | None:
    """Return all students where a key counts some of them; None where it counts all."""
    plan, metric, scope, name, group = key
    if group == ALL or metric == "moved":
        return None
    if metric == "students_moved":
        scope = "district" if name == ALL else "level"
    whole = sums.get((plan, metric, scope, name, ALL))
    return None if whole is None else whole.low


def _may_be_shown(
    key: Key, value: float, exact: set[Key], sums: Mapping[Key, Row], numbers: Numbers
) -> bool:
    """Tell whether a number follows from sums that are shown, or from maps alone."""
    plan, metric, scope, name, group = key
    if metric in GEOMETRIC:
        return True
    if plan == TODAY and metric in ("students_moved", "share_moved"):
        return value == 0  # by definition
    whole: Key = (plan, "students", scope, name, ALL)
    if scope == "school" and whole not in sums:  # a school without a zone in this plan
        return value == 0 and metric in ("students", "utilization")
    if metric in ("students", "moved", "students_moved"):
        return key in exact
    if metric == "utilization":  # students of other levels may sit in the same buildings
        seats = numbers.get((plan, "seats", scope, name, ALL), math.nan)
        return whole in exact and _is_quotient(value, sums[whole].low, seats)
    if metric == "share":
        return whole in exact and (plan, "students", scope, name, group) in exact
    if metric == "share_moved":
        of = "level" if scope == "group" and name != ALL else "district" if name == ALL else scope
        every: Key = (plan, "students", of, name, group)
        moved: Key = (plan, "students_moved", scope, name, group)
        if not {every, moved} <= exact:
            return False
        return _is_quotient(value, sums[moved].low, sums[every].low)
    return False


def _is_quotient(value: float, part: float, whole: float) -> bool:
    """Tell whether a share is that of two numbers that are shown, and not of others."""
    return abs(value * whole - part) <= TOLERANCE * max(1.0, abs(whole))
