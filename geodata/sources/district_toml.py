"""Read ``district.toml``: environment variables, unknown keys with a spelling suggestion."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from geodata.config import DistrictConfig
from geodata.errors import Fault, fatal
from geodata.grades import GradeSpan
from geodata.reserved import level_fault

__all__ = ["expand", "read_config"]

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")
_NOT_FOUND = "the district is described by this file"


def read_config(path: Path) -> tuple[DistrictConfig | None, list[Fault]]:
    """Read a district file, or the ``district.toml`` of a folder.

    Returns
    -------
    DistrictConfig or None, list of Fault
        None where it cannot be understood; every key that is wrong is a fault.  Keys that nobody
        knows are left out, so that the files can be looked at as well.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return None, [
            fatal(
                "config_missing",
                path.name,
                f"cannot be read: {error.strerror} ({path})",
                why=_NOT_FOUND,
                do="give the path of a district.toml, or of the folder it is in",
            )
        ]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [
            fatal(
                "config_syntax",
                path.name,
                f"is no valid TOML: {error}",
                why=_NOT_FOUND,
                do="correct the line; texts and file names stand in quotes",
            )
        ]
    faults: list[Fault] = []
    expanded = _expand_all(raw, path.name, faults)
    try:
        config = DistrictConfig.model_validate(expanded)
    except ValidationError as error:
        faults += [_told(dict(item), path.name) for item in error.errors()]
        return _without_unknown_keys(expanded, error), faults
    faults += _level_faults(config, path.name)
    return (None if any(fault.is_fatal for fault in faults) else config), faults


def _without_unknown_keys(tables: Any, error: ValidationError) -> DistrictConfig | None:
    """Return the district without the keys nobody knows, where nothing else is wrong with it."""
    unknown = [item["loc"] for item in error.errors() if item["type"] == "extra_forbidden"]
    if len(unknown) < error.error_count():
        return None
    for *way, key in unknown:
        place = tables
        for part in way:
            is_single = isinstance(part, int) and isinstance(place, dict)  # one section, no list
            place = place if is_single else place[part]
        place.pop(key, None)
    try:
        config = DistrictConfig.model_validate(tables)
    except (ValidationError, KeyError):
        return None
    return None if _level_faults(config, "") else config


def expand(text: str) -> str:
    """Replace ``${NAME}`` and ``${NAME:-default}`` by environment variables.

    Raises
    ------
    KeyError
        With the name of a variable that is not set and has no default.
    """

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match["name"])
        if found:
            return found
        if match["default"] is None:
            raise KeyError(match["name"])
        return match["default"]

    return _VARIABLE.sub(value, text)


def _expand_all(node: Any, file: str, faults: list[Fault]) -> Any:
    if isinstance(node, dict):
        return {key: _expand_all(value, file, faults) for key, value in node.items()}
    if isinstance(node, list):
        return [_expand_all(value, file, faults) for value in node]
    if not isinstance(node, str):
        return node
    try:
        return expand(node)
    except KeyError as error:
        name = error.args[0]
        faults.append(
            fatal(
                "config_variable",
                file,
                f"the environment variable {name} is not set",
                rows=(node,),
                why="the text names it and gives no default",
                do=f"set {name}, or write ${{{name}:-default}}",
            )
        )
        return node


def _told(error: dict[str, Any], file: str) -> Fault:
    """Turn one finding of pydantic into a fault."""
    where: Sequence[str | int] = error["loc"]
    place = _place(where[:-1])
    key = str(where[-1]) if where else ""
    if error["type"] == "extra_forbidden":
        known = _keys_at(where[:-1])
        close = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
        hint = f": did you mean {close[0]!r}?" if close else f"; keys: {', '.join(known)}"
        return fatal(
            "config_key",
            file,
            f"unknown key {key!r} in {place}{hint}",
            why="a misspelt key would be left out in silence",
            do="correct the key or take it out",
        )
    if error["type"] == "missing":
        message = f"the key {key!r} is missing in {place}"
    else:
        message = f"{key!r} in {place}: {error['msg'].removeprefix('Value error, ')}"
    return fatal(
        "config_value",
        file,
        message,
        why="the district cannot be read without it",
        do="see the table of keys in the README, or `planner explain`",
    )


def _place(where: Sequence[str | int]) -> str:
    parts = [f"#{part + 1}" if isinstance(part, int) else part for part in where]
    return f"[{'.'.join(parts).replace('.#', ' #')}]" if parts else "the file"


def _keys_at(where: Sequence[str | int]) -> list[str]:
    """Return the keys that may stand at a place of the file."""
    model: type[BaseModel] = DistrictConfig
    for part in where:
        for name, info in model.model_fields.items():
            if part in (name, info.alias):
                model = _model_in(info.annotation) or model
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside Optional, list, dict and Annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None


def _level_faults(config: DistrictConfig, file: str) -> list[Fault]:
    """Check the names and grade spans, and that sections name levels of the district."""
    faults = [fault for fault in [level_fault(config.levels, file)] if fault is not None]
    spans = [(f"levels.{name}", span) for name, span in config.levels.items()]
    spans += [("plan.for_grades", plan.for_grades) for plan in config.plan if plan.for_grades]
    for key, text in spans:
        try:
            GradeSpan.parse(text)
        except ValueError as error:
            faults.append(
                fatal("config_value", file, f"{key}: {error}", do='write a span such as "K-5"')
            )
    named = [("students.for_levels", name) for part in config.students for name in part.for_levels]
    named += [("forecast.for_levels", name) for part in config.forecast for name in part.for_levels]
    named += [("plan.for_level", plan.for_level) for plan in config.plan if plan.for_level]
    for key, name in named:
        if name not in config.levels:
            close = difflib.get_close_matches(name, config.levels, n=1)
            hint = f": did you mean {close[0]!r}?" if close else ""
            faults.append(
                fatal(
                    "config_value",
                    file,
                    f"{key} names the level {name!r}, which [levels] does not have{hint}",
                    why="it would belong to no level",
                    do=f"use one of {', '.join(config.levels)}, or add it to [levels]",
                )
            )
    return faults
