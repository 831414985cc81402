"""Which objectives of a scenario each aim of a run's record is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["aim_title", "asked_by_aim", "later_aims"]

Entry = Mapping[str, Any]


def asked_by_aim(record: Mapping[str, Any]) -> list[list[Entry]]:
    """Return the objectives behind each aim of a record, several for a weighted one.

    Parameters
    ----------
    record : mapping
        As in run.json: `objectives`, the aims level by level in their order, and `scenario`.

    Returns
    -------
    list of list of mapping
        One list an aim; empty where the scenario does not say what was asked.
    """
    asked = (record.get("scenario") or {}).get("objective") or []
    seen: dict[str, int] = {}
    found = []
    for aim in record.get("objectives") or []:
        level = str(aim.get("level", ""))
        found.append(_of_level(asked, level, seen.get(level, 0)))
        seen[level] = seen.get(level, 0) + 1
    return found


def aim_title(aim: Entry) -> str:
    """Return an aim's name, and the year of the forecast whose students it counts."""
    year = aim.get("year")
    return f"{aim.get('name')} in {year}" if year else str(aim.get("name"))


def later_aims(record: Mapping[str, Any]) -> list[bool]:
    """Tell of each aim of a record whether another of its level came before it.

    What bounds such an aim holds for the plans that keep the aims before it.
    """
    levels = [aim.get("level", "") for aim in record.get("objectives") or []]
    return [level in levels[:at] for at, level in enumerate(levels)]


def _of_level(asked: Sequence[Entry], level: str, number: int) -> list[Entry]:
    """Return the objectives of a level's aim, by the aim's place in the order."""
    mine = [entry for entry in asked if level in (entry.get("levels") or (level,))]
    priority = [entry.get("priority", at) for at, entry in enumerate(mine)]
    order = sorted(set(priority))
    if number >= len(order):
        return []
    return [one for one, at in zip(mine, priority, strict=True) if at == order[number]]
