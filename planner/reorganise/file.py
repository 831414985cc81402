"""A structures file: the district, the aim, the buildings and the options to compare."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata.errors import DataError, counted, listed
from geodata.grades import GradeSpan
from planner.errors import ScenarioError, StructureError
from planner.reorganise.options import OPTIONS, Option
from planner.scenario.options import Faults, make, pop_use
from planner.scenario.tables import Entry
from planner.scenario.toml_file import expanded, read_toml
from planner.structures.table import Served

__all__ = ["BuildingFacts", "StructuresFile", "load_structures", "read_households", "read_rows"]


@dataclass(frozen=True, slots=True)
class BuildingFacts:
    """What the file says about a building, over the district's own table.

    Parameters
    ----------
    school : str
    allowed : str
        Span of grades it is fit for.
    seats : float [seats]
    """

    school: str
    allowed: str = ""
    seats: float | None = None


@dataclass(frozen=True, slots=True)
class StructuresFile:
    """Everything a structures file says.

    Parameters
    ----------
    title, district : str
    aim : str
        dissimilarity, parity_gap, poverty_distance or poverty_spread.
    groups : tuple of str
        Groups the aim compares.
    race_conscious : bool
        Must be true where the aim counts a racial or ethnic group.
    grades : str
        Such as ``K-12``; empty: all the district teaches.
    ceiling_share : float [share]
        How full a building may be when structures are searched for.
    years : int [years]
        Years over which cohorts age.
    entry_growth : float [share a year]
        Growth of the entering grades.
    survival : mapping of grade to share
    walk_km : float or mapping of level to float [km]
        Walking distance; none: walkers are not counted.
    class_size : float or mapping of level to float [students]
        Largest class wanted; none: sections are not counted.
    households : str
        CSV with household_id, block_id, grade; it never leaves the machine.
    detour_factor : float
        Between buildings, over the straight line.
    least_group : float [students]
        Smaller groups are left out of gaps.
    caveats : tuple of str
        Sentences printed with every result.
    seed : int
    building, option : tuples
    folder : Path
        Where relative paths start.
    """

    title: str
    district: str
    aim: str
    groups: tuple[str, ...] = ()
    race_conscious: bool = False
    grades: str = ""
    ceiling_share: float = 1.0
    years: int = 5
    entry_growth: float = 0.0
    survival: Mapping[str, float] = field(default_factory=dict)
    walk_km: float | Mapping[str, float] | None = None
    class_size: float | Mapping[str, float] | None = None
    households: str = ""
    detour_factor: float = 1.3
    least_group: float = 30.0
    caveats: tuple[str, ...] = ()
    seed: int = 0
    building: tuple[BuildingFacts, ...] = ()
    option: tuple[Option, ...] = ()
    folder: Path = Path()

    def path(self, name: str) -> Path:
        """Return a file the structures file names."""
        return self.folder / name

    def per_grade(
        self, value: float | Mapping[str, float] | None, level_of: Mapping[str, str], key: str
    ) -> list[float] | None:
        """Spread a number, or one a level, over grades."""
        if value is None:
            return None
        if not isinstance(value, Mapping):
            return [float(value)] * len(level_of)
        missing = sorted(set(level_of.values()) - set(value))
        if missing:
            raise ScenarioError(
                f"{key} says nothing about level {', '.join(missing)}",
                "a number is needed for every grade",
                f"add {missing[0]} to {key}, or give one number for all",
            )
        return [float(value[level]) for level in level_of.values()]


def load_structures(path: str | Path) -> StructuresFile:
    """Read a structures file.

    Raises
    ------
    ScenarioError
        With every fault of the file: place, key, and a suggestion for misspelt ones.

    Notes
    -----
    ``extends = "other.toml"`` takes every key, and the lists of buildings and options, that this
    file does not say itself from another file of the same folder.
    """
    path = Path(path)
    data = _read(path)
    faults = Faults([])
    if data.pop("schema", None) != 1:
        faults.add("top of the file", "schema = 1 is missing: it says which keys are meant")
    given: dict[str, Any] = {
        "building": _buildings(data.pop("building", []), path.name, faults),
        "option": _options(data.pop("option", []), path.name, faults),
        "folder": path.parent,
    }
    if isinstance(data.get("district"), str):
        data["district"] = expanded(data["district"], path.name)
    found = make(StructuresFile, Entry(data, path.name), faults, given=given)
    faults.refuse(path.name)
    if found is None:
        raise ScenarioError(f"{path.name} cannot be read")
    return found


def read_rows(path: Path) -> tuple[Served, ...]:
    """Read a CSV of spans: columns ``zone``, ``grades``, ``school``."""
    table = _csv(path, ("zone", "grades", "school"))
    return served_rows(table.to_dict("records"), path.name)


def served_rows(rows: list[dict[Any, Any]], where: str) -> tuple[Served, ...]:
    """Turn rows with ``zone``, ``grades``, ``school`` into a structure's rows.

    Raises
    ------
    StructureError
        Naming every row that cannot be read.
    """
    out, faults = [], []
    for number, row in enumerate(rows, start=1):
        if set(row) != {"zone", "grades", "school"}:
            faults.append(f"row {number} has {', '.join(map(str, row))}")
            continue
        try:
            out.append(Served(row["zone"], GradeSpan.parse(row["grades"]), row["school"]))
        except DataError as error:
            faults.append(f"row {number}: {error}")
    if faults:
        raise StructureError(
            f"{where}: " + "; ".join(faults),
            "a row says zone, grades and school",
            'write zone = "*" for the whole district and grades such as K-2',
        )
    return tuple(out)


def read_households(path: Path) -> pd.DataFrame:
    """Read students by household: columns ``household_id``, ``block_id``, ``grade``."""
    table = _csv(path, ("household_id", "block_id", "grade"))
    blank = np.flatnonzero(table["household_id"].fillna("").str.strip() == "")
    if len(blank):
        rows = listed([f"row {at + 1}" for at in blank])
        raise ScenarioError(
            f"{path.name}: {len(blank):,} of {len(table):,} rows name no household ({rows})",
            "all of them would count as the children of one family",
            "give every row its household, or leave these rows out",
        )
    return table


def _csv(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        raise ScenarioError(
            f"{path}: cannot be read: {error.strerror}", remedy="correct the path"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ScenarioError(
            f"{path.name}: is no CSV in UTF-8: {error}",
            "letters with accents would be lost",
            "save it as CSV UTF-8",
        ) from error
    is_uneven = (None in row or None in row.values() for row in rows)
    uneven = [f"row {at}" for at, wrong in enumerate(is_uneven, start=1) if wrong]
    if uneven:
        raise ScenarioError(
            f"{path.name}: {counted(len(uneven), 'row')} with more or fewer cells than the "
            f"first line ({listed(uneven)})",
            "it is not known which column a cell belongs to",
            "give every row one cell a column; put a text with commas in quotes",
        )
    table = pd.DataFrame(rows, dtype="str")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ScenarioError(
            f"{path.name} has no column {', '.join(missing)}",
            f"it needs {', '.join(columns)}",
            "add or rename the column",
        )
    return table[list(columns)]


def _read(path: Path, extended_by: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return the tables of a file; what it does not say is taken from the file it extends."""
    own, _ = read_toml(path, "structures")
    if "extends" not in own:
        return own
    base = path.parent / str(own.pop("extends"))
    if base.resolve().parent != path.resolve().parent:
        raise ScenarioError(
            f"{path.name}: extends = {str(base)!r} is in another folder",
            "the paths in both files start from the same folder",
            "put the two files side by side",
        )
    if base.resolve() in {file.resolve() for file in (*extended_by, path)}:
        raise ScenarioError(
            f"{path.name}: extends itself, through {base.name}",
            "neither file can be read first",
            "take one of the extends lines out",
        )
    return _read(base, (*extended_by, path)) | own


def _buildings(tables: Any, file: str, faults: Faults) -> tuple[BuildingFacts, ...]:
    entries = _entries(tables, "building", file, faults)
    found = (make(BuildingFacts, entry, faults) for entry in entries)
    return tuple(facts for facts in found if facts is not None)


def _options(tables: Any, file: str, faults: Faults) -> tuple[Option, ...]:
    out: list[Option] = []
    for entry in _entries(tables, "option", file, faults):
        kind = pop_use(entry, "kind", OPTIONS, faults, name="kind")
        option = None if kind is None else make(kind, entry, faults)
        if option is None:
            continue
        base = getattr(option, "base", "")
        if base and base not in {earlier.name for earlier in out}:
            faults.add(entry.where("base"), f"no option named {base!r} stands before it")
        if option.name in {earlier.name for earlier in out}:
            faults.add(entry.where("name"), f"two options are named {option.name!r}")
        out.append(option)
    if not out:
        faults.add(file, "no [[option]] is listed: there is nothing to compare")
    return tuple(out)


def _entries(tables: Any, name: str, file: str, faults: Faults) -> list[Entry]:
    if not isinstance(tables, list) or not all(isinstance(t, Mapping) for t in tables):
        faults.add(file, f"write [[{name}]] with two brackets, one each")
        return []
    return [Entry(dict(t), file, f"[[{name}]] {i + 1}") for i, t in enumerate(tables)]
