"""Whatever is wrong with the files, a check tells it and never fails."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from district_folder import Town
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

WEIRD = [None, "", " ", "x", "0000", "W1", "K", "-1", -5, 1e12, float("inf"), True, "*", "ñ"]
SHAPES: list[Any] = [
    None,
    Polygon(),
    MultiPolygon(),
    Point(0, 0),
    LineString([(0, 0), (1, 1)]),
    Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
]
EXTRA: list[tuple[str, dict[str, Any]]] = [
    ("plan", {"kind": "zones"}),
    ("plan", {"for_grades": "K-2"}),
    ("plan", {"file": "blocks.gpkg", "block": "GEOID", "school": "hood"}),
    ("plan", {"file": "blocks.gpkg", "block": "GEOID", "school": "GEOID", "kind": "zones"}),
    ("travel", {"file": "students.csv", "form": "wide", "block": "block"}),
    ("travel", {"file": "plan.csv", "block": "block", "school": "school", "metres": "block"}),
    ("students", {"grades": {"K": "g_K"}, "groups": {"a": "a"}, "poor": "poor"}),
    ("students", {"long": {"count": "total", "grade": "a", "group": "b", "poor": "poor"}}),
    ("blocks", {"crs": "EPSG:4326"}),
    ("blocks", {"file": "plan.csv", "id": "block"}),
    ("schools", {"crs": "EPSG:4326"}),
    ("schools", {"where": {"seats": {"min": 85}}}),
    ("schools", {"id": "name", "block": "kind"}),
    ("barriers", {"file": "blocks.gpkg"}),
    ("borders", {"file": "plan.csv", "from": "block", "to": "school"}),
]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_check_never_fails(data: st.DataObject) -> None:
    """Damaged cells, columns, outlines and settings are told as faults."""
    town = Town()
    for _ in range(data.draw(st.integers(1, 4))):
        part = data.draw(st.sampled_from(["students", "schools", "plan", "shape", "cut", "extra"]))
        if part == "shape":
            at = data.draw(st.integers(0, 11))
            town.blocks.loc[at, "geometry"] = data.draw(st.sampled_from(SHAPES))
        elif part == "extra":
            name, more = data.draw(st.sampled_from(EXTRA))
            town.settings[name] = {**town.settings.get(name, {}), **more}
        elif part == "cut":
            name = data.draw(st.sampled_from(["students", "schools", "plan", "blocks"]))
            table = getattr(town, name)
            setattr(town, name, table.iloc[: data.draw(st.integers(0, len(table)))])
        else:
            table = getattr(town, part)
            column = data.draw(st.sampled_from(list(table.columns)))
            table[column] = table[column].astype(object)
            if len(table):
                row = data.draw(st.integers(0, len(table) - 1))
                table.iloc[row, table.columns.get_loc(column)] = data.draw(st.sampled_from(WEIRD))
    with tempfile.TemporaryDirectory() as folder:
        report = town.check(Path(folder))
    assert report.is_usable is not bool(report.fatal)
    assert all(fault.message and fault.file for fault in report.faults)
    assert report.describe()["fatal"] == len(report.fatal)
