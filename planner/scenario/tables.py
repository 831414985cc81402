"""A scenario file as tables that know their line: read, `extends` followed, variables replaced.

A file that extends another takes over what it does not say itself.  Keys replace keys; the rules
of one kind (``use``) replace the base's rules of that kind; objectives, if there are any, replace
all objectives of the base; events are added after the base's.  ``without = ["capacity"]`` leaves
rules of the base out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.errors import ScenarioError
from planner.scenario.toml_file import expanded, read_toml

__all__ = ["Entry", "Tables", "read_tables", "tables_of"]

LISTS = ("rule", "objective", "event")
PATHS = ("district", "start")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\"-]+)\s*\]\]?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a file, such as the second ``[[rule]]``.

    Parameters
    ----------
    values : dict
    file : str
        File name, for messages.
    label : str
        ``[[rule]] 2`` and so on; empty for the top of the file.
    lines : mapping of key to line number
        The key "" stands for the table's first line.
    asked : set of str
        Keys that were looked for so far, found or not.
    """

    values: dict[str, Any]
    file: str = ""
    label: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def where(self, key: str = "") -> str:
        """Return the place of a key in words: file, line and table."""
        line = self.lines.get(key) or self.lines.get("")
        parts = [self.file, f"line {line}" if line else "", self.label]
        return ", ".join(part for part in parts if part) or "scenario"


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything a scenario file says, its base's words included.

    Parameters
    ----------
    top : mapping of key to (value, Entry it stands in)
    rules, objectives, events : tuple of Entry
    files : tuple of Path
        Files read, the base first.
    """

    top: dict[str, tuple[Any, Entry]]
    rules: tuple[Entry, ...]
    objectives: tuple[Entry, ...]
    events: tuple[Entry, ...]
    files: tuple[Path, ...] = ()


def read_tables(path: Path, _seen: tuple[Path, ...] = ()) -> Tables:
    """Read a scenario file and the files it extends.

    Raises
    ------
    ScenarioError
        If a file cannot be read, is no TOML, or files extend each other in a circle.
    """
    path = Path(path)
    if path.resolve() in _seen:
        raise ScenarioError(
            f"{path.name}: scenarios extend each other in a circle",
            remedy="take one of the extends lines out",
        )
    data, text = read_toml(path, "scenario")
    if "district" not in data and {"blocks", "schools"} <= data.keys():
        raise ScenarioError(
            f"{path.name}: this is a district file",
            "a scenario asks a question about a district; it has rules and objectives",
            f'give the scenario whose district = "{path.name}"; planner check reads this file',
        )
    own = tables_of(data, file=path.name, folder=path.parent, lines=_line_numbers(text))
    own = Tables(own.top, own.rules, own.objectives, own.events, (path,))
    if "extends" not in own.top:
        return own
    base_name, entry = own.top.pop("extends")
    if not isinstance(base_name, str):
        raise ScenarioError(f"{entry.where('extends')}: extends must be the path of a file")
    base = path.parent / expanded(base_name, entry.where("extends"))
    return _extended(read_tables(base, (*_seen, path.resolve())), own)


def tables_of(
    data: Mapping[str, Any],
    *,
    file: str = "",
    folder: Path | None = None,
    lines: Mapping[tuple[str, int], Mapping[str, int]] | None = None,
) -> Tables:
    """Return the tables of scenario data that is already in memory.

    Parameters
    ----------
    data : mapping
        As tomllib reads it.
    file : str
        Name for messages.
    folder : Path, optional
        Folder that relative paths start from; without it they stay as they are.
    lines : mapping, optional
        Line numbers by (table, number of the table) and key.
    """
    lines = lines or {}
    entries: dict[str, tuple[Entry, ...]] = {}
    head = Entry(dict(data), file, "", lines.get(("", 0), {}))
    for name in LISTS:
        tables = data.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(t, Mapping) for t in tables):
            raise ScenarioError(f"{head.where()}: write [[{name}]] with two brackets, one each")
        entries[name] = tuple(
            Entry(dict(table), file, f"[[{name}]] {i + 1}", lines.get((name, i), {}))
            for i, table in enumerate(tables)
        )
    top = {key: (value, head) for key, value in data.items() if key not in LISTS}
    if "max_students_moved" in top:  # short for the rule, so that it replaces and is replaced
        value, _ = top.pop("max_students_moved")
        line = {"": head.lines.get("max_students_moved", 0)}
        short = Entry({"use": "max_students_moved", "max_students": value}, file, "", line)
        entries["rule"] = (*entries["rule"], short)
    for key in PATHS:
        if isinstance(data.get(key), str):
            where = Path(expanded(data[key], head.where(key)))
            top[key] = (str(where if folder is None else folder / where), head)
    return Tables(top, entries["rule"], entries["objective"], entries["event"])


def _extended(base: Tables, own: Tables) -> Tables:
    without = _left_out(base, *own.top.pop("without", ([], Entry({}))))
    replaced = {_use(rule) for rule in own.rules} | without
    kept = tuple(rule for rule in base.rules if _use(rule) not in replaced)
    top = base.top | own.top
    if "stop" in base.top and "stop" in own.top:
        values, place = own.top["stop"]
        if isinstance(values, Mapping) and isinstance(base.top["stop"][0], Mapping):
            top["stop"] = ({**base.top["stop"][0], **values}, place)
    return Tables(
        top,
        kept + own.rules,
        own.objectives or base.objectives,
        base.events + own.events,
        base.files + own.files,
    )


def _left_out(base: Tables, names: Any, entry: Entry) -> set[str]:
    """Return the rules of the base that are to be left out."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ScenarioError(
            f"{entry.where('without')}: without = {names!r} is no list of names of rules",
            "it is not known which rules of the base to leave out",
            'write without = ["capacity"]',
        )
    kinds = {_use(rule) for rule in base.rules}
    unknown = [name for name in names if name not in kinds]
    if unknown:
        raise ScenarioError(
            f"{entry.where('without')}: the base has no rule {', '.join(map(repr, unknown))}",
            remedy=f"it has: {', '.join(sorted(kinds)) or 'none'}",
        )
    return set(names)


def _use(rule: Entry) -> str:
    """Return the kind of a rule; what is no text is told where the rule is made."""
    return str(rule.values.get("use"))


def _line_numbers(text: str) -> dict[tuple[str, int], dict[str, int]]:
    """Return the line of every key, by table and number of the table."""
    found: dict[tuple[str, int], dict[str, int]] = {("", 0): {}}
    count: dict[str, int] = {}
    here = found["", 0]
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = header[2]
            if header[1] == "[[":
                count[name] = count.get(name, -1) + 1
                here = found.setdefault((name, count[name]), {"": number})
            else:
                found["", 0].setdefault(name.split(".")[0], number)
                here = found.setdefault((f"[{name}]", 0), {"": number})
        elif "=" in line and not line.lstrip().startswith("#"):
            here.setdefault(line.split("=")[0].strip().strip('"'), number)
    return found
