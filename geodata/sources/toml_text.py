"""Write TOML: sections of plain values, for files people read and edit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["key", "quoted", "section"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def section(title: str, values: Mapping[str, Any]) -> str:
    """Return one section, its tables written inline.

    Parameters
    ----------
    title : str
        With its brackets: ``"[blocks]"``, ``"[[plan]]"``.
    values : mapping of key to text, number, true/false, list or table
    """
    lines = [f"{key(name)} = {_value(value)}" for name, value in values.items()]
    return "\n".join([title, *lines]) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        items = [_value(item) for item in value]
        wide = any(isinstance(item, dict) for item in value)
        return "[\n  " + ",\n  ".join(items) + "\n]" if wide else "[" + ", ".join(items) + "]"
    return quoted(str(value))


def key(name: str) -> str:
    """Return a key, quoted where it must be."""
    return name if _BARE.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    """Return a text in quotes."""
    return json.dumps(text, ensure_ascii=False)
