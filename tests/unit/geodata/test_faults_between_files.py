"""Faults that show only when files are laid side by side, fed through the real readers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from district_folder import CRS, SIDE, SOUTH, WEST, Town
from shapely.geometry import LineString

from geodata import CheckReport, Fault


def warned(report: CheckReport, code: str) -> Fault:
    """Return the one warning of a code; the district stays usable."""
    found = [fault for fault in report.faults if fault.code == code]
    assert len(found) == 1, [str(fault) for fault in report.faults]
    assert found[0].severity == "warning"
    assert found[0].why
    assert found[0].remedy
    assert report.district is not None
    assert found[0] in report.district.faults
    return found[0]


def test_missing_capacity(tmp_path: Path) -> None:
    """Unknown seats are told, and stay unknown."""
    town = Town()
    town.school(0, seats=np.nan)
    report = town.check(tmp_path)
    assert warned(report, "capacity_missing").rows == ("W1",)
    assert report.district is not None
    assert np.isnan(report.district.schools.loc["W1", "capacity_seats"])


def test_capacity_of_closed_and_programme_schools_is_not_asked_for(tmp_path: Path) -> None:
    """Only schools that could be filled need seats."""
    town = Town()
    town.add_school(id="C1", name="Closed School", seats=np.nan, status="closed", x=WEST + 150)
    town.add_school(id="P1", name="Programme", seats=np.nan, zone="no", x=WEST + 250)
    assert town.check(tmp_path).faults == ()


def test_school_without_a_point(tmp_path: Path) -> None:
    """A school that stands nowhere is told; naming its block heals that."""
    town = Town()
    town.school(0, x=np.nan)
    report = town.check(tmp_path)
    assert warned(report, "school_without_point").rows == ("W1",)
    assert report.district is not None
    assert np.isnan(report.district.travel.metres[:, 1]).all()
    town.schools["home"] = ["0010", ""]
    town.settings["schools"]["block"] = "home"
    report = town.check(tmp_path)
    assert "school_without_point" not in {fault.code for fault in report.faults}


def test_stated_block_must_exist(tmp_path: Path) -> None:
    """A school cannot stand in a block that the district does not have."""
    town = Town()
    town.schools["home"] = ["0010", "9999"]
    town.settings["schools"]["block"] = "home"
    fault = next(f for f in town.check(tmp_path).fatal if f.code == "id_unmatched")
    assert fault.rows == ("9999",)


def test_level_without_schools(tmp_path: Path) -> None:
    """A level that no school teaches is told."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    town.settings["plan"]["for_level"] = "elementary"
    assert "'middle'" in warned(town.check(tmp_path), "level_without_schools").message


def test_school_outside_every_block(tmp_path: Path) -> None:
    """A zoned school outside the district is told, an unzoned one is not."""
    town = Town()
    town.school(1, x=WEST + SIDE * 4 + 20)
    report = town.check(tmp_path)
    assert warned(report, "school_outside_blocks").rows == ("E1",)
    town.school(1, zone="no")
    codes = {fault.code for fault in town.check(tmp_path).faults}
    assert "school_outside_blocks" not in codes


def test_school_outside_its_own_zone(tmp_path: Path) -> None:
    """A school that stands in another school's zone is told."""
    town = Town()
    town.school(1, x=WEST + 150.0)
    assert warned(town.check(tmp_path), "school_outside_zone").rows == ("E1",)


def test_two_schools_in_one_block(tmp_path: Path) -> None:
    """Two schools of one level in a block are told, of two levels they are not."""
    town = Town()
    town.add_school(id="W2", name="Second", x=WEST + 60.0)
    fault = warned(town.check(tmp_path), "schools_share_block")
    assert fault.rows == ("W1", "W2")
    assert "0010" in fault.message
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    values = {"Elem": "elementary", "Mid": "middle"}
    town.settings["schools"]["level"] = {"column": "kind", "values": values}
    town.school(2, kind="Mid", low="06", high="08")
    assert "schools_share_block" not in {f.code for f in town.check(tmp_path).faults}


def test_block_outside_any_zone(tmp_path: Path) -> None:
    """A block that today's plan leaves out is told with the students who live there."""
    town = Town()
    town.plan.loc[0, "school"] = None
    fault = warned(town.check(tmp_path), "block_without_zone")
    assert fault.rows == ("0000",)
    assert "12 students" in fault.message


def test_school_without_a_zone(tmp_path: Path) -> None:
    """An open school without any block of today is told; a programme school is not."""
    town = Town()
    town.add_school(id="N1", name="New School", x=WEST + 250.0)
    assert warned(town.check(tmp_path), "school_without_zone").rows == ("N1",)
    town.school(2, zone="no")
    assert town.check(tmp_path).faults == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "closed"}, "zone_of_closed_school"),
        ({"zone": "no"}, "zone_of_programme"),
    ],
)
def test_zone_of_a_school_that_takes_none(
    tmp_path: Path, change: dict[str, str], code: str
) -> None:
    """Blocks assigned to a closed school or a programme site are told."""
    town = Town()
    town.school(1, **change)
    assert warned(town.check(tmp_path), code).rows == ("E1",)


def test_zone_of_a_school_of_another_level(tmp_path: Path) -> None:
    """A middle school in the elementary plan is refused: it would be a zone to choose from."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    town.settings["plan"]["for_level"] = "elementary"
    values = {"Elem": "elementary", "Mid": "middle"}
    town.settings["schools"]["level"] = {"column": "kind", "values": values}
    town.school(1, kind="Mid", low="06", high="08")
    report = town.check(tmp_path)
    found = [fault for fault in report.fatal if fault.code == "zone_of_other_level"]
    assert [fault.rows for fault in found] == [("E1",)]
    assert "6 blocks" in found[0].message
    assert report.district is None


def test_a_school_of_two_levels(tmp_path: Path) -> None:
    """A school from K to 8 has zones of two levels without a word."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    for at in (0, 1):
        town.school(at, high="08")
    section = town.settings["plan"]
    town.settings["plan"] = [
        {**section, "for_level": "elementary"},
        {**section, "for_level": "middle"},
    ]
    report = town.check(tmp_path)
    assert report.faults == (), [str(fault) for fault in report.faults]
    assert report.district is not None
    assert len(report.district.current) == 24


def test_grades_that_a_school_does_not_teach(tmp_path: Path) -> None:
    """A zone for K-5 of a school that ends at grade 2 is told."""
    town = Town()
    town.school(1, high="02")
    assert warned(town.check(tmp_path), "grade_not_taught").rows == ("E1",)


def test_shared_zone(tmp_path: Path) -> None:
    """Two schools that divide the grades of one zone are told, and kept apart by grade."""
    town = Town()
    town.school(0, high="02")
    town.add_school(id="W2", name="Upper School", low="03", high="05", x=WEST + 150.0)
    town.plan["upper"] = town.plan["school"].replace("W1", "W2")
    section = town.settings["plan"]
    town.settings["plan"] = [
        {**section, "for_grades": "K-2"},
        {**section, "school": "upper", "for_grades": "3-5"},
    ]
    report = town.check(tmp_path)
    fault = warned(report, "zone_shared")
    assert fault.rows == ("W1", "W2")
    assert "West School (K-2), Upper School (3-5)" in fault.message
    assert {f.code for f in report.faults} == {"zone_shared"}
    assert report.district is not None
    current = report.district.current
    assert len(current) == 6 * 2 + 6
    west = current[current["block_id"] == "0000"]
    assert list(west["school_id"]) == ["W1", "W2"]
    assert list(west["grade_low"]) == ["K", "3"]


def test_a_grade_that_nobody_serves_in_a_block(tmp_path: Path) -> None:
    """A gap between the schools of a shared zone is told with its grades and blocks."""
    town = Town()
    town.school(0, high="02")
    town.add_school(id="W2", name="Upper School", low="03", high="05", x=WEST + 150.0)
    town.plan["low"], town.plan["high"] = "K", "5"
    town.plan.loc[town.plan["school"] == "W1", "high"] = "2"
    upper = town.plan[town.plan["school"] == "W1"].assign(school="W2", low="3", high="5")
    upper.loc[upper["block"] == "0000", "low"] = "4"
    town.plan = pd.concat([town.plan, upper])
    town.settings["plan"] |= {"grade_low": "low", "grade_high": "high"}
    fault = warned(town.check(tmp_path), "grade_without_school")
    assert fault.rows == ("0000",)
    assert "grades 3" in fault.message


def test_island_of_today(tmp_path: Path) -> None:
    """A part of a zone that is cut off from its school is told with its students."""
    town = Town()
    town.plan.loc[3, "school"] = "W1"
    fault = warned(town.check(tmp_path), "zone_island")
    assert fault.rows == ("0003",)
    assert "12 students" in fault.message


def test_a_fault_of_one_level_names_the_file_of_that_level(tmp_path: Path) -> None:
    """Of two plans in two files only the one with the fault is to be opened; one is no plural."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    for at in (0, 1):
        town.school(at, high="08")
    section = town.settings["plan"]
    upper = {**section, "file": "middle.csv", "for_level": "middle"}
    town.settings["plan"] = [{**section, "for_level": "elementary"}, upper]
    town.plan.to_csv(tmp_path / "middle.csv", index=False)
    town.plan.loc[3, "school"] = "W1"
    fault = warned(town.check(tmp_path), "zone_island")
    assert fault.file == "plan.csv"
    assert "1 block with 12 students, at 1 school" in fault.message


def test_the_main_part_of_a_zone_is_the_one_with_its_school(tmp_path: Path) -> None:
    """The larger part is the island where the school stands in the smaller."""
    town = Town()
    town.plan["school"] = ["E1"] * 12
    town.plan.loc[[2, 3, 6, 10, 11], "school"] = "W1"
    town.plan.loc[[4], "school"] = "W1"
    rows = set(warned(town.check(tmp_path), "zone_island").rows)
    assert rows >= {"0002", "0003", "0012", "0022", "0023"}
    assert "0010" not in rows


def test_students_without_counts(tmp_path: Path) -> None:
    """A level without counts is told."""
    town = Town()
    town.settings["students"]["for_levels"] = ["middle"]
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    town.settings["plan"]["for_level"] = "elementary"
    faults = town.check(tmp_path).faults
    assert "'elementary'" in next(f for f in faults if f.code == "students_unknown").message


def test_blocks_without_reachable_school(tmp_path: Path) -> None:
    """A block with students and no way to any school is told; without students it is not."""
    town = Town()
    town.settings["travel"] = {
        "file": "ways.csv",
        "block": "b",
        "school": "s",
        "minutes": "min",
    }
    names = list(town.students["block"])
    ways = pd.DataFrame({"b": names[2:], "s": ["W1"] * 10, "min": [5.0] * 10})
    ways.to_csv(tmp_path / "ways.csv", index=False)
    town.students.loc[1, "total"] = 0
    assert warned(town.check(tmp_path), "travel_unreachable").rows == ("0000",)


def test_travel_given_twice(tmp_path: Path) -> None:
    """Two ways between the same block and school contradict each other."""
    town = Town()
    town.settings["travel"] = {"file": "w.csv", "block": "b", "school": "s", "metres": "m"}
    pd.DataFrame({"b": ["0000", "0000"], "s": ["W1", "W1"], "m": [1, 2]}).to_csv(
        tmp_path / "w.csv", index=False
    )
    found = [fault for fault in town.check(tmp_path).fatal if fault.code == "travel_twice"]
    assert [fault.rows for fault in found] == [("row 3",)]


def test_school_without_a_column_of_travel(tmp_path: Path) -> None:
    """A school that a wide matrix leaves out is told."""
    town = Town()
    town.settings["travel"] = {"file": "w.csv", "form": "wide", "block": "b", "unit": "minutes"}
    names = list(town.students["block"])
    pd.DataFrame({"b": names, "West School": [4.0] * 12}).to_csv(tmp_path / "w.csv", index=False)
    assert warned(town.check(tmp_path), "travel_unknown").rows == ("E1",)


def test_neither_outlines_nor_borders(tmp_path: Path) -> None:
    """Without polygons and without a table of borders nothing can be kept in one piece."""
    town = Town()
    town.settings["blocks"] = {"file": "students.csv", "id": "block"}
    faults = town.check(tmp_path).fatal
    assert [fault.code for fault in faults] == ["borders_missing"]


def test_a_school_on_a_border_of_blocks_has_one_home(tmp_path: Path) -> None:
    """A point on a border belongs to the block with the lower id."""
    town = Town()
    town.school(0, x=WEST + SIDE, y=SOUTH + SIDE)
    report = town.check(tmp_path)
    assert report.district is not None
    assert report.district.schools.loc["W1", "block_id"] == "0000"


@pytest.mark.parametrize("twice", ["block", "school"])
def test_a_wide_matrix_that_says_a_way_twice(tmp_path: Path, twice: str) -> None:
    """Two rows of a block, or a school by id and by name: which way is meant is not guessed."""
    town = Town()
    town.settings["travel"] = {"file": "w.csv", "form": "wide", "block": "b", "unit": "minutes"}
    table = pd.DataFrame({"b": list(town.students["block"]), "W1": 4.0, "E1": 5.0})
    if twice == "school":
        table["West School"] = 6.0
    else:
        table = pd.concat([table, table.iloc[:1]])
    table.to_csv(tmp_path / "w.csv", index=False)
    codes = [fault.code for fault in town.check(tmp_path).fatal]
    assert codes == ["travel_twice"]


def test_a_line_barrier_cuts_listed_borders_too(tmp_path: Path) -> None:
    """A highway parts neighbours also where the neighbours come from a table."""
    town = Town()
    names = list(town.students["block"])
    pairs = [(a, b) for a in names for b in names if a < b and _is_beside(a, b)]
    table = pd.DataFrame(pairs, columns=["one", "two"]).assign(m=SIDE)
    table.to_csv(tmp_path / "borders.csv", index=False)
    town.settings["borders"] = {"file": "borders.csv", "from": "one", "to": "two", "metres": "m"}
    middle = WEST + 2 * SIDE
    road = LineString([(middle, SOUTH), (middle, SOUTH + 3 * SIDE)])
    gpd.GeoDataFrame({"name": ["I-64"]}, geometry=[road], crs=CRS).to_file(tmp_path / "road.gpkg")
    town.settings["barriers"] = {"file": "road.gpkg", "reason": "highway"}
    district = town.check(tmp_path).district
    assert district is not None
    column = np.array([int(name[-1]) for name in district.blocks.index])
    graph = district.graph
    assert not ((column[graph.edge_i] < 2) != (column[graph.edge_j] < 2)).any()
    town.settings["crs"] = "EPSG:2284"  # outlines that cannot be used are told once
    assert [fault.code for fault in town.check(tmp_path).faults] == ["crs_not_metric"]


def test_a_line_barrier_needs_outlines(tmp_path: Path) -> None:
    """Without shapes nobody can see which borders a highway cuts: said, not left out."""
    town = Town()
    names = list(town.students["block"])
    pd.DataFrame({"one": names[:-1], "two": names[1:]}).to_csv(tmp_path / "b.csv", index=False)
    town.students["x"] = [WEST + SIDE * (int(name[-1]) + 0.5) for name in names]
    town.students["y"] = [SOUTH + SIDE * (int(name[-2]) + 0.5) for name in names]
    points = {"x": "x", "y": "y", "crs": CRS}
    town.settings["blocks"] = {"file": "students.csv", "id": "block"} | points
    town.settings["borders"] = {"file": "b.csv", "from": "one", "to": "two"}
    road = LineString([(WEST, SOUTH), (WEST + SIDE, SOUTH)])
    gpd.GeoDataFrame({"name": ["I-64"]}, geometry=[road], crs=CRS).to_file(tmp_path / "road.gpkg")
    town.settings["barriers"] = {"file": "road.gpkg", "reason": "highway"}
    codes = {fault.code for fault in town.check(tmp_path).fatal}
    assert "barrier_without_outlines" in codes


def _is_beside(a: str, b: str) -> bool:
    return abs(int(a[-2]) - int(b[-2])) + abs(int(a[-1]) - int(b[-1])) == 1


def test_unknown_parts_are_told_before_anything_is_solved(tmp_path: Path) -> None:
    """A count of the poor or of a group that is unknown somewhere is told, one line a place."""
    town = Town()
    town.students[["poor", "a", "b"]] = town.students[["poor", "a", "b"]].astype(object)
    town.students.loc[1, ["poor", "a", "b"]] = ["*", None, 7]
    town.students.loc[2, ["poor", "a"]] = ["*", "*"]
    town.students.loc[3, ["total", "poor", "b"]] = [0, "*", "*"]
    town.settings["students"] |= {
        "poor": "poor",
        "groups": {"a": "a", "b": "b"},
        "unknown": ["*"],
    }
    report = town.check(tmp_path)
    (fault,) = [fault for fault in report.faults if fault.code == "part_unknown"]
    assert fault.rows == ("0001", "0002")  # nobody lives in 0003
    assert "2 blocks have an unknown number of poor, a students of level 'elem" in fault.message
    assert not fault.is_fatal


def test_what_follows_from_a_fatal_fault_is_left_out(tmp_path: Path) -> None:
    """A block in two features leaves a gap, a text no count, schools without a system no way."""
    town = Town()
    town.blocks.loc[6, "GEOID"] = "0011"
    assert {fault.code for fault in town.check(tmp_path).faults} >= {"id_duplicate"}
    assert "geometry_gap" not in {fault.code for fault in town.check(tmp_path).faults}
    town = Town()
    town.school(0, seats="many")
    town.students["total"] = "many"
    del town.settings["schools"]["crs"]
    assert {fault.code for fault in town.check(tmp_path).faults} == {
        "count_not_numeric",
        "crs_missing",
    }


def test_zones_do_not_miss_outlines_that_cannot_be_placed(tmp_path: Path) -> None:
    """Blocks without a coordinate system are told as such only."""
    town = Town()
    town.blocks.dissolve("hood").reset_index().to_file(tmp_path / "z.geojson", engine="pyogrio")
    town.settings["plan"] = {
        "file": "z.geojson",
        "kind": "zones",
        "school": {"column": "hood", "values": {"west": "W1", "east": "E1"}},
    }
    town.blocks = town.blocks.set_crs(None, allow_override=True)
    assert [fault.code for fault in town.check(tmp_path).fatal] == ["crs_missing"]


def test_the_students_that_are_known_are_counted(tmp_path: Path) -> None:
    """One unknown block does not make a level's students unknown altogether."""
    town = Town()
    town.students.loc[1, "total"] = None
    district = town.check(tmp_path).district
    assert district is not None
    facts = district.describe()
    level = facts["levels"]["elementary"]
    assert level["students"] is None
    assert (level["students_known"], level["blocks_with_unknown_students"]) == (132.0, 1)
    assert facts["area_km2"] == 0.12
