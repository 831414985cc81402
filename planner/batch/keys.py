"""A key of a sweep file, such as ``rule.capacity.ceiling_share``, set in a scenario's tables."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from planner.errors import ScenarioError
from planner.objectives import OBJECTIVES
from planner.problem.events import EVENTS
from planner.rules import RULES
from planner.scenario import OBJECTIVE_KEYS, RULE_KEYS, TOP_KEYS, Stop
from planner.scenario.options import suggest

__all__ = ["apply", "effective", "refuse_key", "written"]

_KEY = re.compile(
    r"^(?P<family>rule|objective|event)\.(?P<name>\w+)(\[(?P<number>\d+)\])?(\.(?P<option>\w+))?$"
)
_NAMED_BY = {"rule": "use", "objective": "use", "event": "kind"}
_NOT_HERE = {
    "seed": "write seeds = […] at the top of the sweep",
    "district": "write districts = […] at the top of the sweep",
    "start": "name another scenario in a [[variation]]",
    "extends": "name another scenario in a [[variation]]",
    "structure": "set levels instead",
}
_SHORT = {"max_students_moved": "rule.max_students_moved.max_students"}
"""Keys of the top that a resolved scenario holds as a rule."""
_TOP = tuple(
    key
    for key in TOP_KEYS
    if key not in {"schema", "rule", "objective", "event", "stop", "without", *_NOT_HERE}
)


def refuse_key(key: str) -> str | None:
    """Return what is wrong with a key, with a spelling suggestion; None where nothing is."""
    if key in _NOT_HERE:
        return f"{key!r} cannot be a key of a grid: {_NOT_HERE[key]}"
    if key in _TOP:
        return None
    if key.startswith("stop."):
        options = [option.name for option in fields(Stop)]
        return None if key[5:] in options else f"unknown key {key!r}{suggest(key[5:], options)}"
    parts = _KEY.match(key)
    if parts is None:
        known = [*_TOP, "stop.iterations", "rule.<name>.<option>", "event.<kind>.<option>"]
        return f"unknown key {key!r}{suggest(key, known)}"
    kinds = _options(parts["family"])
    if parts["name"] not in kinds:
        return f"{key!r}: no such {parts['family']}{suggest(parts['name'], kinds)}"
    allowed = kinds[parts["name"]]
    if parts["option"] and parts["option"] not in allowed:
        return f"{key!r}: unknown option{suggest(parts['option'], allowed)}"
    return None


def _options(family: str) -> dict[str, list[str]]:
    """Return the options of every rule, objective or event by its name."""
    if family == "event":
        return {kind.kind: [f.name for f in fields(kind)] for kind in EVENTS}
    kinds: tuple[Any, ...] = RULES if family == "rule" else OBJECTIVES
    common = RULE_KEYS if family == "rule" else OBJECTIVE_KEYS
    found = {
        kind.name: [*(f.name for f in fields(kind)), *(key for key in common if key != "use")]
        for kind in kinds
    }
    if "limit" in found:  # its objective's options stand beside it
        objectives: tuple[Any, ...] = OBJECTIVES
        aims = {f.name for kind in objectives for f in fields(kind)}
        found["limit"] = sorted({*found["limit"], *aims})
    return found


def apply(scenario: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Return a scenario's tables with one key set.

    Parameters
    ----------
    scenario : mapping
        As `Scenario.resolved`.
    key : str
        ``rule.<name>.<option>``, ``objective.…``, ``event.<kind>.<option>``, ``stop.<option>`` or
        a key of the top.  Without the option, the value is a table of options, or false, which
        leaves the rule out.  ``rule.<name>[2]`` is the second of several of that name.  What is
        not there is added.
    value : plain value

    Raises
    ------
    ScenarioError
        Where the key is unknown, or means more than one table.
    """
    if fault := refuse_key(key):
        raise ScenarioError(fault, remedy="`planner explain --json` lists every key")
    changed, key = copy.deepcopy(dict(scenario)), _SHORT.get(key, key)
    if key in _TOP:
        return changed | {key: value}
    if key.startswith("stop."):
        return changed | {"stop": {**changed.get("stop", {}), key[5:]: value}}
    parts = _KEY.match(key)
    if parts is None:  # refused above
        raise ScenarioError(f"unknown key {key!r}")
    family, name, option = parts["family"], parts["name"], parts["option"]
    tables = list(changed.get(family, []))
    at = _place(tables, family, name, parts["number"], key)
    if option is None and value is False:
        changed[family] = tables if at is None else [*tables[:at], *tables[at + 1 :]]
        return changed
    options = {option: value} if option else _table(key, value)
    if at is None:
        changed[family] = [*tables, {_NAMED_BY[family]: name, **options}]
    else:
        tables[at] = {**tables[at], **options}
        changed[family] = tables
    return changed


def effective(scenario: Mapping[str, Any], key: str) -> Any:
    """Return what a key of a grid is in a scenario that does not set it.

    Parameters
    ----------
    scenario : mapping
        As `Scenario.resolved`; empty where it could not be meant.
    key : str
        As in `apply`.

    Returns
    -------
    plain value
        The schools of an event, false for a table that is not there; None where nothing can be
        said, or where several tables could be meant.
    """
    key = _SHORT.get(key, key)
    if key in _TOP or key.startswith("stop."):
        return scenario.get("stop", {}).get(key[5:]) if key not in _TOP else scenario.get(key)
    parts = _KEY.match(key)
    if parts is None or not scenario:
        return None
    family, name, option = parts["family"], parts["name"], parts["option"]
    named = _NAMED_BY[family]
    found = [table for table in scenario.get(family, []) if table.get(named) == name]
    if family == "event" and option is None:
        return [table["school"] for table in found]
    if len(found) > 1 and parts["number"] is None:
        return None
    at = int(parts["number"] or 1) - 1
    if not 0 <= at < len(found):
        return None if option else False
    if option:
        return found[at].get(option)
    return {inner: value for inner, value in found[at].items() if inner != named}


def _place(
    tables: list[dict[str, Any]], family: str, name: str, number: str | None, key: str
) -> int | None:
    """Return where the meant table stands; None where there is none yet."""
    found = [i for i, table in enumerate(tables) if table.get(_NAMED_BY[family]) == name]
    if number is not None:
        which = int(number) - 1
        if not 0 <= which < len(found):
            raise ScenarioError(
                f"{key!r}: the scenario has {len(found)} {family} tables of that name",
                remedy="count from 1",
            )
        return found[which]
    if len(found) > 1:
        raise ScenarioError(
            f"{key!r}: the scenario has {len(found)} {family} tables {name!r}",
            "it is not clear which one is meant",
            f"write {family}.{name}[1], {family}.{name}[2] and so on",
        )
    return found[0] if found else None


def _table(key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ScenarioError(
            f"{key!r} = {value!r}: without an option, a table of options is needed",
            remedy=f"write {{ option = value }}, false to leave it out, or {key}.<option>",
        )
    return dict(value)


def written(value: Any) -> str:
    """Write a setting's value as short text, for tables and names."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, Mapping):
        told = {key.replace("_", " "): written(inner) for key, inner in value.items()}
        return ", ".join(f"{key} {inner}" for key, inner in told.items())
    if isinstance(value, list | tuple):
        return " + ".join(written(inner) for inner in value)
    return str(value)
