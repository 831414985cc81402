"""The tables of rules, objectives, metrics and keys: read from their own docstrings.

The README, ``planner explain --json`` and the tests all use these, so that there is one
description of each.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from geodata.config import DistrictConfig
from geodata.config_basics import ColumnConfig, ProvenanceConfig, Strict
from planner.metrics import METRICS
from planner.metrics.documentation import SCOPES, expand, headings, metric_json
from planner.objectives import OBJECTIVES
from planner.problem.events import EVENTS
from planner.rules import RULES
from planner.scenario import OBJECTIVE_KEYS, RULE_KEYS, TOP_KEYS, Stop

__all__ = [
    "catalogue",
    "describe",
    "district_keys",
    "headings",
    "parameters",
    "rule_table",
    "scenario_keys",
]

_ENTRY = re.compile(r"^(?P<names>\w[\w, ]*?)\s*:\s*(?P<kind>.+)$")


def parameters(doc: str) -> list[dict[str, str]]:
    """Return the entries of the section "Parameters": name, type (with unit) and meaning."""
    entries: list[dict[str, str]] = []
    latest: list[dict[str, str]] = []
    inside = False
    lines = inspect.cleandoc(doc).splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if following and set(following) == {"-"}:
            inside = line == "Parameters"
        elif inside and (match := _ENTRY.match(line)):
            names = match["names"].split(",")
            latest = [{"name": n.strip(), "type": match["kind"], "meaning": ""} for n in names]
            entries += latest
        elif inside and line.startswith(" "):
            for entry in latest:
                entry["meaning"] = f"{entry['meaning']} {line.strip()}".strip()
    return entries


def describe(kind: type) -> dict[str, Any]:
    """Return one rule, objective or event as plain values.

    Returns
    -------
    dict
        `name`, `summary`, its headings in lower case, and `options`: name, type, default and
        meaning.
    """
    doc = inspect.getdoc(kind) or ""
    meanings = {entry["name"]: entry for entry in parameters(doc)}
    options = []
    for option in fields(kind) if is_dataclass(kind) else ():
        known = meanings.get(option.name, {})
        entry = {
            "name": option.name,
            "type": known.get("type", str(option.type)),
            "meaning": known.get("meaning", ""),
            "required": option.default is MISSING and option.default_factory is MISSING,
        }
        if option.default is not MISSING:
            entry["default"] = option.default
        options.append(entry)
    name = getattr(kind, "kind", None) or getattr(kind, "name", kind.__name__)
    told = {key.lower(): text for key, text in headings(doc).items()}
    return {"name": name, "summary": doc.split("\n\n")[0].replace("\n", " "), **told,
            "options": options}  # fmt: skip


def rule_table(kinds: Iterable[type]) -> str:
    """Return a Markdown table of rules or objectives."""
    lines = ["| name | what it says | options (default) | exact |", "|---|---|---|---|"]
    for entry in map(describe, kinds):
        options = "<br>".join(_option(option) for option in entry["options"])
        says, units = entry["summary"], entry.get("units", "none")
        says += "" if units == "none" else f" Units: {units}."
        says += f" Metric: {entry['metric']}." if "metric" in entry else ""
        cells = [f"`{entry['name']}`", says, options, entry.get("exact", "")]
        line = "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        lines.append(line.replace("``", "`"))
    return "\n".join(lines)


def _option(option: dict[str, Any]) -> str:
    unit = re.search(r"\[[^\]]+\]", option["type"])
    choices = re.search(r"\{(.+)\}", option["type"])
    name = f"`{option['name']}`" + (f" {unit[0]}" if unit else "")
    name += f": {choices[1].replace(chr(34), '')}" if choices else ""
    if option["required"]:
        return f"**{name}**"
    default = option.get("default", ())
    shown = "none" if default in (None, ()) else str(default)
    return f"{name} ({shown.lower() if isinstance(default, bool) else shown})"


def scenario_keys() -> dict[str, dict[str, str]]:
    """Return the keys of a scenario file and their meaning, by section; "" is the top."""
    stop = {option["name"]: option["meaning"] for option in describe(Stop)["options"]}
    return {
        "": TOP_KEYS,
        "rule": RULE_KEYS,
        "objective": OBJECTIVE_KEYS,
        "event": {"kind": "name of the event"},
        "stop": stop,
    }


def district_keys() -> dict[str, list[dict[str, Any]]]:
    """Return the keys of a district file, by section; "" is the top of the file."""
    sections: dict[str, list[dict[str, Any]]] = {"": _keys(DistrictConfig)}
    for name, field in DistrictConfig.model_fields.items():
        for kind in _strict_parts(field.annotation):
            sections[name] = _keys(kind)
    return sections | {"(a column)": _keys(ColumnConfig), "provenance": _keys(ProvenanceConfig)}


def _keys(kind: type[Strict]) -> list[dict[str, Any]]:
    """Return the keys of one section; the meaning stands in the class that declares the key."""
    meanings: dict[str, dict[str, str]] = {}
    for base in reversed(kind.__mro__):
        meanings |= {entry["name"]: entry for entry in parameters(base.__doc__ or "")}
    keys = []
    for name, field in kind.model_fields.items():
        key = field.alias or name
        known = meanings.get(key, {})
        keys.append(
            {
                "name": key,
                "type": known.get("type", "column" if _is_column(field.annotation) else "text"),
                "meaning": known.get("meaning", ""),
                "required": field.is_required(),
                "default": field.default if isinstance(field.default, (str, float)) else None,
            }
        )
    return keys


def _is_column(annotation: Any) -> bool:
    return ColumnConfig in _strict_parts(annotation)


def _strict_parts(annotation: Any) -> Iterable[type[Strict]]:
    """Yield the section a field holds, looking into lists and unions."""
    if inspect.isclass(annotation) and issubclass(annotation, Strict):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _strict_parts(inner)


def catalogue() -> dict[str, Any]:
    """Return every table, as ``planner explain --json`` prints them."""
    return {
        "rules": [describe(kind) for kind in RULES],
        "objectives": [describe(kind) for kind in OBJECTIVES],
        "events": [describe(kind) for kind in EVENTS],
        "metrics": metric_json(expand(METRICS).values()),
        "metric_scopes": SCOPES,
        "district_keys": district_keys(),
        "scenario_keys": scenario_keys(),
    }
