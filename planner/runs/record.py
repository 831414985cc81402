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
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from geodata.digest import file_digest

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.scenario import Scenario

__all__ = [
    "REQUIRED", "Solved", "decisive", "digest_at", "file_digest", "json_text", "make_record",
    "plan_id", "versions",
]  # fmt: skip

REQUIRED = ("plan_id", "status", "objectives", "inputs", "scenario", "files")
LIBRARIES = ("pulp", "highspy", "numpy", "scipy", "numba", "pandas", "geopandas", "shapely")
DISTRIBUTION = "school-boundary-planner"
PLACES = ("district", "extends")  # keys of a scenario that say where, not what


class Solved(Protocol):
    """What a run is made of: a `planner.solving.Solution`, or a plan that was drawn elsewhere."""

    @property
    def plan(self) -> Plan | None:
        """None where there is none."""

    @property
    def status(self) -> str:
        """How sure the solve was."""

    @property
    def objectives(self) -> Sequence[Mapping[str, Any]]:
        """Name, level, value, bound, gap and unit of each aim."""

    @property
    def seconds(self) -> float:
        """Time it took [s]."""

    @property
    def iterations(self) -> int:
        """Steps of the search."""

    @property
    def seed(self) -> int:
        """Seed of its random numbers."""

    @property
    def threads(self) -> int:
        """Processors used."""

    @property
    def solver(self) -> str:
        """Who found it."""

    @property
    def broken(self) -> Sequence[str]:
        """Rules that the best plan still breaks, where there is no plan."""

    @property
    def notes(self) -> Sequence[str]:
        """What a reader must know of the aims' values and bounds."""

    @property
    def record(self) -> Mapping[str, Any]:
        """What it takes to find it again."""

    @property
    def district(self) -> District:
        """The district it is for."""

    @property
    def scenario(self) -> Scenario:
        """The question it answers."""


def make_record(solution: Solved, folder: Path) -> dict[str, Any]:
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
        "broken": list(solution.broken),
        "notes": list(solution.notes),
        "seconds": solution.seconds,
        "iterations": solution.iterations,
        "seed": solution.seed,
        "threads": solution.threads,
        "solver": solution.solver,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "district": {"name": district.name, "digest": district.digest()},
        "inputs": _inputs(solution, folder),
        "paths": {
            "district": _place(scenario.district, folder),
            "scenario": _place(scenario.path, folder),
            "start": _place(scenario.start, folder),
        },
        "scenario": scenario.resolved,
        "search": solution.record,
    }


def _inputs(solution: Solved, folder: Path) -> dict[str, str]:
    """Return the digest of every file that was read, by its path from the run folder."""
    home = Path(solution.scenario.district or ".")
    parts = [part for part in solution.district.provenance.values() if part.path and part.sha256]
    digests = {home.parent / part.path: part.sha256 for part in parts}
    start = [solution.scenario.start] if solution.scenario.start else []
    files = [path for path in (*solution.scenario.files, home, *start) if Path(path).is_file()]
    digests |= {Path(path): file_digest(Path(path)) for path in files}
    return dict(sorted((_from(path, folder), digest) for path, digest in digests.items()))


def plan_id(district: District, scenario: Mapping[str, Any], plan: Plan | None) -> str:
    """Return the digest of inputs, scenario and plan, 16 hexadecimal digits.

    It does not depend on where the files are stored.
    """
    asked = decisive(scenario)
    drawn = "" if plan is None else plan.digest(district.levels)
    parts = [district.digest(), json_text(asked), drawn]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def decisive(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a resolved scenario decides its plan: no places, of files their content."""
    asked = {key: value for key, value in scenario.items() if key not in PLACES}
    if "start" in asked:
        asked["start"] = digest_at(Path(asked["start"]))
    return asked


def digest_at(path: Path) -> str:
    """Return the digest of a file; empty where there is none."""
    return file_digest(path) if path.is_file() else ""


def versions() -> dict[str, str]:
    """Return the versions a result may depend on."""
    found = {"python": python_version()}
    for name in (DISTRIBUTION, *LIBRARIES):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


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
    return {"relative": _from(path, folder), "absolute": Path(path).resolve().as_posix()}


def _from(path: Path, folder: Path) -> str:
    """Return a path relative to a folder; absolute where they are on different drives."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()
