"""Read the TOML files that planners write, and the environment variables they name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from geodata.sources.district_toml import expand
from planner.errors import ScenarioError

__all__ = ["expanded", "read_toml"]


def read_toml(path: Path, kind: str) -> tuple[dict[str, Any], str]:
    """Return the tables of a file, and its text.

    Parameters
    ----------
    path : Path
    kind : str
        What the file should be, such as "scenario".

    Raises
    ------
    ScenarioError
        If it cannot be read or is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text), text
    except OSError as error:
        raise ScenarioError(
            f"{path}: cannot be read: {error.strerror}", remedy=f"give the path of a {kind} file"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(
            f"{path.name}: is no valid TOML: {error}",
            remedy="correct the line; texts stand in quotes, keys with dots too",
        ) from error


def expanded(text: str, where: str) -> str:
    """Replace ``${NAME}`` and ``${NAME:-default}`` in a text of a file.

    Raises
    ------
    ScenarioError
        If a variable is not set and has no default.
    """
    try:
        return expand(text)
    except KeyError as error:
        name = error.args[0]
        raise ScenarioError(
            f"{where}: the environment variable {name} is not set",
            f"{text!r} names it and gives no default",
            f"set {name}, or write ${{{name}:-default}}",
        ) from error
