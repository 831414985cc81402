"""A district written as a folder comes back the same, and the folder explains itself."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest

from geodata import (
    DataError,
    District,
    check_district,
    load_district,
    synthetic_context,
    synthetic_district,
    synthetic_grid,
    write_district,
)
from geodata.graph import graph_from_polygons
from geodata.students import StudentCounts
from geodata.travel import TravelMatrix, straight_line


@pytest.fixture(scope="module")
def town() -> District:
    return synthetic_district(300, 5, 2, 1)


@pytest.fixture(scope="module")
def squares() -> District:
    return synthetic_grid(60, 3, 1, 1)


def assert_same(read: District, written: District) -> None:
    assert read.digest() == written.digest()
    pd.testing.assert_frame_equal(read.blocks, written.blocks)
    pd.testing.assert_frame_equal(read.schools, written.schools)
    pd.testing.assert_frame_equal(read.students.table, written.students.table)
    pd.testing.assert_frame_equal(read.current, written.current)
    assert read.graph == written.graph
    assert read.crs == written.crs
    assert (read.travel.method, read.travel.label) == (
        written.travel.method,
        written.travel.label,
    )


def test_the_town_comes_back_the_same(town: District, tmp_path: Path):
    """Every table, polygon, bridge and count survives; only the island is told as a fault."""
    report = check_district(write_district(town, tmp_path / "town"))
    assert report.district is not None
    assert_same(report.district, town)
    assert [fault.severity for fault in report.faults] == ["warning"]
    assert "island" in report.faults[0].message


def test_the_same_district_gives_the_same_files(town: District, tmp_path: Path):
    """Files hold no time of writing, so their digests can be recorded."""
    digests = []
    for name in ("one", "two"):
        write_district(town, tmp_path / name, context=synthetic_context(300))
        files = sorted((tmp_path / name).iterdir())
        digests.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
    assert digests[0] == digests[1]


def test_the_folder_says_that_nobody_in_it_is_real(town: District, tmp_path: Path):
    """README and district file both tell that the children are made up."""
    toml = write_district(town, tmp_path)
    assert "no real children" in (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert "no real children" in toml.read_text(encoding="utf-8")


def test_context_gets_a_layer_for_each_kind(town: District, tmp_path: Path):
    """River, roads and streets lie beside the blocks for maps."""
    write_district(town, tmp_path, context=synthetic_context(300))
    layers = set(pyogrio.list_layers(tmp_path / "context.gpkg")[:, 0])
    assert layers == {"river", "highway", "main_road", "bridge", "street"}


def test_a_district_is_not_overwritten_by_chance(squares: District, tmp_path: Path):
    """A folder with a district is left alone unless told otherwise."""
    write_district(squares, tmp_path)
    with pytest.raises(DataError, match="overwrite"):
        write_district(squares, tmp_path)
    write_district(squares, tmp_path, overwrite=True)


def test_a_district_without_outlines_comes_back(squares: District, tmp_path: Path):
    """A table of borders stands for the polygons."""
    bare = dataclasses.replace(squares, geometry=None)
    assert_same(load_district(write_district(bare, tmp_path)), bare)


def test_barriers_and_bridges_come_back(squares: District, tmp_path: Path):
    """A graph that is not what the polygons alone would give is restored."""
    ids = squares.blocks.index
    a, b = (ids[at] for at in (squares.graph.edge_i[3], squares.graph.edge_j[3]))
    graph, _ = graph_from_polygons(
        list(ids),
        squares.geometry,
        barriers=[(a, b)],
        bridges=[(ids[0], ids[-1], "a “ferry” \\ boat")],
    )
    linked = dataclasses.replace(squares, graph=graph)
    assert_same(load_district(write_district(linked, tmp_path)), linked)


def test_unknown_and_fractional_counts_come_back(squares: District, tmp_path: Path):
    """Unknown stays unknown, and estimates keep their fractions."""
    columns = pd.MultiIndex.from_tuples(
        [("*", "*", "*"), ("*", "*", "poor"), ("*", "black", "*")],
        names=["grade", "group", "poverty"],
    )
    values = np.linspace(1, 5, squares.n_blocks)[:, None] * [1.0, 0.3, 0.25]
    values[3, 0] = np.nan
    counts = StudentCounts(
        pd.DataFrame(values, index=squares.blocks.index, columns=columns),
        groups=("black",),
        levels=tuple(squares.levels),
        estimated=True,
        proxy="guess",
        level_grades=squares.students.level_grades,
    )
    guessed = dataclasses.replace(squares, students=counts)
    read = load_district(write_district(guessed, tmp_path))
    assert_same(read, guessed)
    assert read.students.estimated
    assert read.students.proxy == "guess"


def test_counts_by_level_come_back(squares: District, tmp_path: Path):
    """Counts given for a whole level keep their level."""
    columns = pd.MultiIndex.from_tuples(
        [("elementary", "*", "*"), ("high", "*", "*")], names=["grade", "group", "poverty"]
    )
    table = pd.DataFrame(
        {column: squares.students.count(level=column[0]) for column in columns},
        index=squares.blocks.index,
    )
    table.columns = columns
    counts = StudentCounts(table, level_grades=squares.students.level_grades)
    levels = dataclasses.replace(squares, students=counts)
    assert_same(load_district(write_district(levels, tmp_path)), levels)


def test_closed_schools_and_attributes_come_back(squares: District, tmp_path: Path):
    """Flags, unknown seats and attributes of schools survive."""
    schools = squares.schools.copy()
    schools.loc["E01", "is_open"] = False
    schools.loc["E02", "capacity_seats"] = np.nan
    schools["mascot"] = pd.array(["owl"] * len(schools), dtype="str")
    changed = dataclasses.replace(squares, schools=schools)
    assert_same(load_district(write_district(changed, tmp_path)), changed)


def test_enrolled_students_come_back(squares: District, tmp_path: Path):
    """Who attends today is counted where it is known, and unknown elsewhere."""
    schools = squares.schools.assign(enrolled_students=400.0)
    schools.loc["E02", "enrolled_students"] = np.nan
    changed = dataclasses.replace(squares, schools=schools)
    assert_same(load_district(write_district(changed, tmp_path)), changed)


def test_straight_lines_with_a_speed_come_back(squares: District, tmp_path: Path):
    """Detour factor and speed, to their last digit, give the same metres, minutes and label."""
    travel = straight_line(
        squares.blocks[["x_m", "y_m"]].to_numpy(),
        squares.schools[["x_m", "y_m"]].to_numpy(),
        detour_factor=1.23456789,
        speed_km_per_h=100 / 3,
        mode="bus",
    )
    timed = dataclasses.replace(squares, travel=travel)
    read = load_district(write_district(timed, tmp_path))
    assert_same(read, timed)
    np.testing.assert_array_equal(read.travel.minutes, travel.minutes)
    assert read.travel.detour_factor == travel.detour_factor
    assert read.travel.speed_km_per_h == travel.speed_km_per_h


def test_a_matrix_of_ways_comes_back(squares: District, tmp_path: Path):
    """Measured ways are written cell by cell; unknown ones stay unknown."""
    metres = squares.travel.metres * np.float32(1.1)
    metres[2, 1] = np.nan
    minutes = metres / np.float32(400)
    walked = dataclasses.replace(
        squares, travel=TravelMatrix(metres, minutes, "walked", "foot", "walking distance")
    )
    read = load_district(write_district(walked, tmp_path))
    np.testing.assert_array_equal(read.travel.metres, metres)
    np.testing.assert_array_equal(read.travel.minutes, minutes)
    assert read.travel.label == "walking distance"
