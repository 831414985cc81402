"""The tables of the README, made from docstrings; run as a script, it writes them anew."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from itertools import groupby

from source_tree import REPOSITORY

from planner.batch.columns import A_KEY, COLUMNS
from planner.catalogue import catalogue, district_keys, rule_table, scenario_keys
from planner.cli import COMMANDS
from planner.objectives import OBJECTIVES
from planner.problem.events import EVENTS
from planner.rules import RULES

README = REPOSITORY / "README.md"
_BLOCK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.S)
_SAME_EVERYWHERE = ("file", "layer", "header_row", "crs", "encoding", "delimiter", "where",
                    "unknown", "provenance", "x", "y", "lon", "lat")  # fmt: skip
_WORDS = {"str": "text", "bool": "true/false", "int": "whole number", "float": "number",
          "list of str": "list of text"}  # fmt: skip


def spoken(command: Callable[..., None]) -> str:
    """Return a command's name as it is typed."""
    return command.__name__.replace("_", "-")


def district_table() -> str:
    """Return the keys of a district file; what every section has is told once."""
    sections = district_keys()
    shared = [key for key in sections["schools"] if key["name"] in _SAME_EVERYWHERE]
    told = {
        _place(section): [key for key in keys if section == "" or key not in shared]
        for section, keys in sections.items()
        if section not in ("barriers", "forecast")
    }
    told["`[[forecast]]`: all of `[[students]]`, and"] = [
        key for key in sections["forecast"] if key not in sections["students"]
    ]
    lines = ["| where | key | type; default | meaning |", "|---|---|---|---|"]
    for place, keys in (told | {"every section with a file": shared}).items():
        for (kind, meaning, default), alike in groupby(keys, _alike):
            names = ", ".join(_name(key) for key in alike)
            said = _WORDS.get(kind, kind) + (f"; {default}" if default else "")
            cells = [place, names, said, meaning.replace("``", "`")]
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _alike(key: dict[str, object]) -> tuple[str, str, str]:
    """Return what keys must have in common to share a line."""
    default = key["default"]
    return str(key["type"]), str(key["meaning"]), "" if default is None else str(default)


def _place(section: str) -> str:
    several = {"students", "schools", "plan"}
    if section == "bridges":
        return "`[[bridges]]`, `[[barriers]]`"
    if section == "provenance":
        return "`[blocks.provenance]` and so on"
    if not section or section.startswith("("):
        return section.strip("()") or "top"
    return f"`[{section}]`" + (f" or `[[{section}]]`" if section in several else "")


def _name(key: dict[str, object]) -> str:
    return f"**`{key['name']}`**" if key["required"] else f"`{key['name']}`"


def scenario_table() -> str:
    """Return the keys of a scenario file."""
    lines = ["| where | key | meaning |", "|---|---|---|"]
    for section, keys in scenario_keys().items():
        place = {"": "top", "stop": "`[stop]`"}.get(section, f"`[[{section}]]`")
        lines += [
            f"| {place} | `{name}` | {meaning} |" for name, meaning in keys.items() if meaning
        ]
        unsaid = ", ".join(f"`{name}`" for name, meaning in keys.items() if not meaning)
        lines += [f"| {place} | {unsaid} | |"] if unsaid else []
    return "\n".join(lines)


def command_table() -> str:
    """Return the commands with their first line and their example."""
    lines = ["| command | does | example |", "|---|---|---|"]
    for command in COMMANDS:
        doc = inspect.getdoc(command) or ""
        example = re.search(r"^Example: (.+)$", doc, re.M)
        shown = f"`{example[1]}`" if example else ""
        lines.append(f"| `planner {spoken(command)}` | {doc.splitlines()[0]} | {shown} |")
    return "\n".join(lines)


def metric_table() -> str:
    """Return the measures with their units."""
    lines = ["| name | what it says | unit | better |", "|---|---|---|---|"]
    for metric in catalogue()["metrics"]:
        says = metric["says"].replace("|", "\\|")
        lines.append(f"| `{metric['name']}` | {says} | {metric['unit']} | {metric['better']} |")
    return "\n".join(lines)


def scope_table() -> str:
    """Return what the scopes of measures mean."""
    told = catalogue()["metric_scopes"].items()
    return "\n".join(
        ["| scope | of |", "|---|---|", *(f"| `{name}` | {of} |" for name, of in told)]
    )


def batch_table() -> str:
    """Return the columns of a batch's tables; what several tables have is told once."""
    files: dict[tuple[str, str], list[str]] = {}
    for file, columns in COLUMNS.items():
        for name, says in columns.items():
            files.setdefault((name, says), []).append(f"`{file}`")
    lines = ["| file | column | meaning |", "|---|---|---|"]
    for (places, says), alike in groupby(files, lambda one: (", ".join(files[one]), one[1])):
        names = ", ".join(name if name == A_KEY else f"`{name}`" for name, _ in alike)
        lines.append(f"| {places} | {names} | {says} |")
    return "\n".join(lines)


TABLES: dict[str, Callable[[], str]] = {
    "district": district_table,
    "scenario": scenario_table,
    "rules": lambda: rule_table(RULES),
    "objectives": lambda: rule_table(OBJECTIVES),
    "events": lambda: rule_table(EVENTS),
    "metrics": metric_table,
    "scopes": scope_table,
    "commands": command_table,
    "batch": batch_table,
}


def with_tables(text: str) -> str:
    """Return a page with its tables made anew."""
    return _BLOCK.sub(lambda match: f"{match[1]}{TABLES[match[2]]()}\n{match[3]}", text)


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
