"""What run.json holds: who the plan is, how it was found, from which inputs."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.solve import Solution

__all__ = ["REQUIRED", "file_digest", "json_text", "make_record", "plan_id", "versions"]

REQUIRED = ("plan_id", "status", "objectives", "inputs", "scenario", "files")
LIBRARIES = ("pulp", "highspy", "numpy", "scipy", "numba", "pandas", "geopandas", "shapely")
DISTRIBUTION = "school-boundary-planner"
PLACES = ("district", "extends")  # keys of a scenario that say where, not what


def make_record(solution: Solution, folder: Path) -> dict[str, Any]:
    """Collect what run.json says about a solution, except the digests of its own files.

    Parameters
    ----------
    solution : Solution
    folder : Path
        Where the run will be: paths are recorded relative to it as well.
    """
    district, scenario = solution.district, solution.scenario
    return {
        "schema": 1,
        "plan_id": plan_id(district, scenario.resolved, solution.plan),
        "title": scenario.title,
        "status": str(solution.status),
        "objectives": list(solution.objectives),
        "seconds": solution.seconds,
        "iterations": solution.iterations,
        "seed": solution.seed,
        "threads": solution.threads,
        "solver": solution.solver,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "district": {"name": district.name, "digest": district.digest()},
        "inputs": {
            part.path: part.sha256 for _, part in sorted(district.provenance.items()) if part.path
        },
        "paths": {
            "district": _place(scenario.district, folder),
            "scenario": _place(scenario.path, folder),
        },
        "scenario": scenario.resolved,
        "search": solution.record,
    }


def plan_id(district: District, scenario: Mapping[str, Any], plan: Plan | None) -> str:
    """Return the digest of inputs, scenario and plan, 16 hexadecimal digits.

    It does not depend on where the files are stored.
    """
    asked = {key: value for key, value in scenario.items() if key not in PLACES}
    parts = [district.digest(), json_text(asked), "" if plan is None else plan.digest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def versions() -> dict[str, str]:
    """Return the versions a result may depend on."""
    found = {"python": python_version()}
    for name in (DISTRIBUTION, *LIBRARIES):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_text(value: Any, indent: int | None = None) -> str:
    """Write plain JSON: unknown and infinite numbers become null."""
    return json.dumps(_plain(value), indent=indent, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def _place(path: Path | None, folder: Path) -> dict[str, str]:
    if path is None:
        return {}
    absolute = Path(path).resolve()
    try:
        relative = os.path.relpath(absolute, folder.resolve())
    except ValueError:  # another drive
        return {"absolute": absolute.as_posix()}
    return {"relative": Path(relative).as_posix(), "absolute": absolute.as_posix()}
