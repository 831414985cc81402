"""A small district as a planner's own files: a 4 × 3 grid of blocks, two schools, today's plan.

Tests change one thing in it, write it to disk and let the real readers find the fault.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, box

from geodata import CheckReport, check_district

CRS = "EPSG:26918"
WEST, SOUTH, SIDE = 300_000.0, 4_150_000.0, 100.0
COLUMNS, ROWS = 4, 3


def block_name(column: int, row: int) -> str:
    """Return the id of a block; it starts with zeros."""
    return f"00{row}{column}"


def blocks() -> gpd.GeoDataFrame:
    """Return 12 squares of 100 m, four in each of three rows."""
    cells = [(column, row) for row in range(ROWS) for column in range(COLUMNS)]
    shapes = [
        box(
            WEST + SIDE * column,
            SOUTH + SIDE * row,
            WEST + SIDE * (column + 1),
            SOUTH + SIDE * (row + 1),
        )
        for column, row in cells
    ]
    names = [block_name(*cell) for cell in cells]
    hoods = ["west" if column < 2 else "east" for column, _ in cells]
    return gpd.GeoDataFrame({"GEOID": names, "hood": hoods}, geometry=shapes, crs=CRS)


def students() -> pd.DataFrame:
    """Return counts by block: total, two groups, poverty, grades K to 5."""
    names = [block_name(column, row) for row in range(ROWS) for column in range(COLUMNS)]
    table = pd.DataFrame({"block": names, "total": [12] * 12, "a": [5] * 12, "b": [7] * 12})
    table["poor"] = [4] * 12
    for grade in ("K", "01", "02", "03", "04", "05"):
        table[f"g_{grade}"] = [2] * 12
    return table


def schools() -> pd.DataFrame:
    """Return a western and an eastern school, each in the middle row."""
    return pd.DataFrame(
        {
            "id": ["W1", "E1"],
            "name": ["West School", "East School"],
            "kind": ["Elem", "Elem"],
            "low": ["KG", "KG"],
            "high": ["05", "05"],
            "seats": [80, 90],
            "status": ["open", "open"],
            "zone": ["yes", "yes"],
            "x": [WEST + 50.0, WEST + 350.0],
            "y": [SOUTH + 150.0, SOUTH + 150.0],
        }
    )


def plan() -> pd.DataFrame:
    """Return today's plan: the two western columns to W1, the two eastern ones to E1."""
    table = pd.DataFrame({"block": students()["block"]})
    table["school"] = ["W1" if name[-1] < "2" else "E1" for name in table["block"]]
    return table


def settings() -> dict[str, Any]:
    """Return what the district file says."""
    return {
        "name": "Gridton",
        "crs": CRS,
        "levels": {"elementary": "K-5"},
        "blocks": {"file": "blocks.gpkg", "id": "GEOID"},
        "students": {"file": "students.csv", "id": "block", "total": "total"},
        "schools": {
            "file": "schools.csv",
            "id": "id",
            "name": "name",
            "level": {"column": "kind", "values": {"Elem": "elementary"}},
            "grade_low": "low",
            "grade_high": "high",
            "capacity": "seats",
            "open": "status",
            "takes_zone": "zone",
            "x": "x",
            "y": "y",
            "crs": CRS,
        },
        "plan": {"file": "plan.csv", "block": "block", "school": "school"},
        "travel": {"detour_factor": 1.3},
    }


@dataclass
class Town:
    """The files of the small district, to be changed by a test before they are written."""

    blocks: gpd.GeoDataFrame = field(default_factory=blocks)
    students: pd.DataFrame = field(default_factory=students)
    schools: pd.DataFrame = field(default_factory=schools)
    plan: pd.DataFrame = field(default_factory=plan)
    settings: dict[str, Any] = field(default_factory=settings)
    text: Callable[[str], str] = str

    def write(self, folder: Path) -> Path:
        """Write every file and return the path of the district file."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            self.blocks.to_file(folder / "blocks.gpkg", layer="blocks", engine="pyogrio")
        self.students.to_csv(folder / "students.csv", index=False)
        self.schools.to_csv(folder / "schools.csv", index=False)
        self.plan.to_csv(folder / "plan.csv", index=False)
        path = folder / "district.toml"
        path.write_text(self.text(to_toml(self.settings)), encoding="utf-8")
        return path

    def check(self, folder: Path) -> CheckReport:
        """Write every file and check the district."""
        return check_district(self.write(folder))

    def school(self, at: int, **values: object) -> None:
        """Change a school."""
        for name, value in values.items():
            self.schools[name] = self.schools[name].astype(object)
            self.schools.loc[at, name] = value

    def add_school(self, **values: object) -> None:
        """Add a school like the first, with other values."""
        row = {**self.schools.iloc[0].to_dict(), **values}
        self.schools = pd.concat([self.schools, pd.DataFrame([row])], ignore_index=True)


def point(column: float, row: float) -> Point:
    """Return a point, in blocks from the south-western corner."""
    return Point(WEST + SIDE * column, SOUTH + SIDE * row)


def to_toml(table: dict[str, Any]) -> str:
    """Write a district file."""
    return "\n".join(f"{json.dumps(key)} = {_value(value)}" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)
