"""Every fault that a single file can have, fed through the real readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from district_folder import CRS, SIDE, SOUTH, WEST, Town
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from geodata import CheckReport, DataError, Fault, check_district, load_district


def only(report: CheckReport, code: str, severity: str) -> Fault:
    """Return the one fault of a code, and see that it says all that a fault must say."""
    found = [fault for fault in report.faults if fault.code == code]
    assert len(found) == 1, [str(fault) for fault in report.faults]
    fault = found[0]
    assert fault.severity == severity
    assert fault.message
    assert fault.why
    assert fault.remedy
    assert report.is_usable is not bool(report.fatal)
    return fault


def test_ids_of_schools_that_would_be_read_as_several_are_refused(tmp_path: Path) -> None:
    """A plus joins the schools of a zone, so a school named with one is told, and how to map it."""
    town = Town()
    town.school(0, name="STEM+ Academy")
    town.settings["schools"]["id"] = "name"
    town.plan["school"] = town.plan["school"].replace({"W1": "STEM+ Academy", "E1": "East School"})
    fault = only(town.check(tmp_path), "id_reserved", "fatal")
    assert fault.rows == ("STEM+ Academy",)
    assert "'+'" in fault.message
    assert '"STEM+ Academy" = "STEM Academy"' in fault.remedy
    meaning = {"STEM+ Academy": "STEM Academy"}
    town.settings["schools"]["id"] = {"column": "name", "values": meaning}
    report = town.check(tmp_path)
    assert report.is_usable, [str(fault) for fault in report.faults]


@pytest.mark.parametrize("name", ["all", "others", "poor", "students", "a|b"])
def test_groups_that_mean_something_else_are_refused(tmp_path: Path, name: str) -> None:
    """A group named as everybody, the poor, the rest or a pair would be taken for them."""
    town = Town()
    town.settings["students"]["groups"] = {name: "a", "b": "b"}
    fault = only(town.check(tmp_path), "group_reserved", "fatal")
    assert fault.rows == (name,)
    town.settings["students"]["groups"] = {"Poor families": "a", "b": "b"}
    assert town.check(tmp_path).is_usable


def test_a_whole_district_has_no_fault(tmp_path: Path) -> None:
    """A clean district loads without a word."""
    report = Town().check(tmp_path)
    assert report.faults == ()
    assert report.district is not None
    assert report.district.faults == ()


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """One check tells the faults of blocks, students, schools and plan together."""
    town = Town()
    town.blocks.loc[3, "GEOID"] = None
    town.students["total"] = town.students["total"].astype(object)
    town.students.loc[0, "total"] = "many"
    town.students.loc[1, "total"] = -3
    town.school(0, kind="Academy", seats=np.nan)
    town.plan.loc[0, "school"] = "X9"
    report = town.check(tmp_path)
    assert {fault.code for fault in report.fatal} >= {
        "id_missing",
        "count_not_numeric",
        "count_negative",
        "level_unknown",
        "id_unmatched",
    }
    assert report.district is None
    with pytest.raises(DataError) as caught:
        load_district(tmp_path)
    assert caught.value.faults == report.faults
    assert "X9" in str(caught.value)


@pytest.mark.parametrize("broken", ["blocks", "schools", "key"])
def test_other_files_are_looked_at_where_one_cannot_be_understood(
    tmp_path: Path, broken: str
) -> None:
    """A wrong column of ids, or a misspelt key, hides no fault of another file."""
    town = Town()
    town.students.loc[1, "total"] = -1
    town.school(0, seats=-4)
    town.school(1, low="zz")
    if broken == "key":
        town.settings["students"]["totl"] = "total"
    else:
        town.settings[broken]["id"] = "GEOIDX"
    told = {(fault.code, fault.file) for fault in town.check(tmp_path).fatal}
    own = {("count_negative", "students.csv")}
    if broken != "schools":
        own |= {("count_negative", "schools.csv"), ("grade_unreadable", "schools.csv")}
    first = {
        "blocks": ("column_missing", "blocks.gpkg"),
        "schools": ("column_missing", "schools.csv"),
        "key": ("config_key", "district.toml"),
    }
    assert told == own | {first[broken]}


def test_faults_say_what_why_and_what_to_do(tmp_path: Path) -> None:
    """A fault is told in paragraphs: file, rows, reason, remedy."""
    town = Town()
    town.school(0, seats=np.nan)
    text = str(only(town.check(tmp_path), "capacity_missing", "warning"))
    assert text.startswith("schools.csv: 1 of 2 open schools")
    assert "(W1)" in text
    assert "why it matters:" in text
    assert "what to do:" in text


def test_missing_id(tmp_path: Path) -> None:
    """A block without an id is told by its row."""
    town = Town()
    town.blocks.loc[3, "GEOID"] = None
    assert only(town.check(tmp_path), "id_missing", "fatal").rows == ("row 4",)


def test_missing_id_of_a_border(tmp_path: Path) -> None:
    """A border without one of its blocks is told by its row."""
    town = Town()
    town.settings["borders"] = {"file": "borders.csv", "from": "a", "to": "b"}
    pd.DataFrame({"a": ["0000", None], "b": ["0001", "0001"]}).to_csv(tmp_path / "borders.csv")
    assert only(town.check(tmp_path), "id_missing", "fatal").rows == ("row 3",)


@pytest.mark.parametrize(
    ("part", "column", "file"),
    [
        ("blocks", "GEOID", "blocks.gpkg"),
        ("students", "block", "students.csv"),
        ("schools", "id", "schools.csv"),
    ],
)
def test_duplicate_id(tmp_path: Path, part: str, column: str, file: str) -> None:
    """An id in two rows is fatal in every file that has one row for each."""
    town = Town()
    table = getattr(town, part)
    table.loc[1, column] = table.loc[0, column]
    fault = only(town.check(tmp_path), "id_duplicate", "fatal")
    assert fault.file == file
    assert fault.rows == (table.loc[0, column],)


def test_lost_leading_zeros_between_files(tmp_path: Path) -> None:
    """Ids that a spreadsheet took for numbers are recognised, not dropped."""
    town = Town()
    town.students["block"] = town.students["block"].astype(int)
    fault = only(town.check(tmp_path), "id_leading_zeros", "fatal")
    assert fault.file == "students.csv"
    assert "width = 4" in fault.remedy


def test_zeros_lost_in_the_blocks_file_are_to_be_filled_in_there(tmp_path: Path) -> None:
    """The remedy names the file whose ids are too short, and their full width."""
    town = Town()
    town.blocks["GEOID"] = town.blocks["GEOID"].astype(int).astype(str)
    faults = [f for f in town.check(tmp_path).fatal if f.code == "id_leading_zeros"]
    fault = next(fault for fault in faults if fault.file == "students.csv")
    assert fault.remedy.startswith("for the ids of blocks.gpkg: state width")
    assert "width = 4" in fault.remedy


@pytest.mark.parametrize("written", ["5.1087E+11", "7.0"])
def test_ids_that_a_spreadsheet_wrote_as_numbers_are_hinted_at(
    tmp_path: Path, written: str
) -> None:
    """Such ids cannot be repaired; the file must be exported again."""
    town = Town()
    town.students.loc[0, "block"] = written
    fault = only(town.check(tmp_path), "id_unmatched", "warning")
    assert f"{written} was written by a spreadsheet" in fault.message


def test_zeros_lost_in_a_table_of_borders(tmp_path: Path) -> None:
    """Borders of unknown blocks that would match with their zeros are told as such."""
    town = Town()
    town.settings["borders"] = {"file": "e.csv", "from": "a", "to": "b"}
    pd.DataFrame({"a": ["0", "1"], "b": ["0001", "0002"]}).to_csv(tmp_path / "e.csv", index=False)
    faults = [f for f in town.check(tmp_path).fatal if f.code == "id_leading_zeros"]
    assert [(fault.file, fault.rows) for fault in faults] == [("e.csv", ("0", "1"))]


def test_declared_width_gives_the_zeros_back(tmp_path: Path) -> None:
    """The remedy of lost zeros works."""
    town = Town()
    town.students["block"] = town.students["block"].astype(int)
    town.settings["students"]["id"] = {"column": "block", "width": 4}
    assert town.check(tmp_path).faults == ()


def test_lost_leading_zeros_within_one_file(tmp_path: Path) -> None:
    """Census ids of 14 digits in every file are told although they match each other."""
    town = Town()
    for table, column in ((town.blocks, "GEOID"), (town.students, "block"), (town.plan, "block")):
        table[column] = "6097151403" + table[column].astype(str)
    report = town.check(tmp_path)
    told = [fault for fault in report.faults if fault.code == "id_leading_zeros"]
    assert {fault.file for fault in told} == {"blocks.gpkg", "students.csv"}
    assert report.is_usable


def test_unmatched_students(tmp_path: Path) -> None:
    """Students of an unknown block would vanish: told; blocks without a row are unknown."""
    town = Town()
    town.students.loc[0, "block"] = "9999"
    report = town.check(tmp_path)
    assert only(report, "id_unmatched", "warning").rows == ("9999",)
    assert only(report, "students_missing", "warning").rows == ("0000",)
    assert "students_unknown" not in {fault.code for fault in report.faults}  # it follows
    assert report.district is not None
    assert np.isnan(report.district.students.count(level="elementary")[0])


def test_no_id_matches_at_all(tmp_path: Path) -> None:
    """A wrong id column is fatal, not a district without students."""
    town = Town()
    town.students["number"] = [f"S{at}" for at in range(12)]
    town.settings["students"]["id"] = "number"
    assert "students.csv" in only(town.check(tmp_path), "id_unmatched", "fatal").file


def test_nearly_matching_ids_are_hinted_at(tmp_path: Path) -> None:
    """Spaces around an id are named as the likely cause, and not stripped in silence."""
    town = Town()
    town.plan.loc[0, "block"] = " 0000 "
    report = town.check(tmp_path)
    assert "but for spaces" in only(report, "id_unmatched", "warning").message
    assert only(report, "block_without_zone", "warning").rows == ("0000",)


def test_plan_names_an_unknown_school(tmp_path: Path) -> None:
    """A school of the plan that is in no file of schools is fatal."""
    town = Town()
    town.plan.loc[0, "school"] = "X9"
    fault = only(town.check(tmp_path), "id_unmatched", "fatal")
    assert fault.file == "plan.csv"
    assert fault.rows == ("X9",)


def test_plan_may_name_schools(tmp_path: Path) -> None:
    """A plan of school names is the plan of their ids."""
    town = Town()
    by_id = town.check(tmp_path).district
    town.plan["school"] = town.plan["school"].map({"W1": "West School", "E1": "East  school"})
    by_name = town.check(tmp_path).district
    assert by_id is not None
    assert by_name is not None
    assert by_name.current.equals(by_id.current)


def test_two_schools_of_one_name(tmp_path: Path) -> None:
    """A name that two schools bear cannot stand in a plan."""
    town = Town()
    town.add_school(id="W2", x=WEST + 150.0)
    town.plan["school"] = town.plan["school"].replace("W1", "West School")
    fault = only(town.check(tmp_path), "school_ambiguous", "fatal")
    assert fault.rows == ("West School",)


def test_a_block_assigned_twice(tmp_path: Path) -> None:
    """Two schools for the same grades of a block contradict each other."""
    town = Town()
    town.plan = pd.concat([town.plan, pd.DataFrame({"block": ["0000"], "school": ["E1"]})])
    assert only(town.check(tmp_path), "plan_conflict", "fatal").rows == ("0000",)


def test_no_coordinate_system(tmp_path: Path) -> None:
    """A layer that does not say its coordinate system is fatal; saying it heals."""
    town = Town()
    town.blocks = town.blocks.set_crs(None, allow_override=True)
    report = town.check(tmp_path)
    assert only(report, "crs_missing", "fatal").file == "blocks.gpkg"
    assert "borders_missing" not in {fault.code for fault in report.faults}
    town.settings["blocks"]["crs"] = CRS
    assert town.check(tmp_path).faults == ()


def test_points_without_a_coordinate_system(tmp_path: Path) -> None:
    """Columns x and y mean nothing without a coordinate system."""
    town = Town()
    del town.settings["schools"]["crs"]
    fault = next(f for f in town.check(tmp_path).faults if f.code == "crs_missing")
    assert fault.file == "schools.csv"


@pytest.mark.parametrize("said", ["EPSG:4326", "EPSG:99999999"])
def test_wrong_coordinate_system(tmp_path: Path, said: str) -> None:
    """Metres that are said to be degrees, and codes that do not exist, are found out."""
    town = Town()
    town.blocks = town.blocks.set_crs(None, allow_override=True)
    town.settings["blocks"]["crs"] = said
    report = town.check(tmp_path)
    assert "crs_wrong" in {fault.code for fault in report.fatal}
    assert report.district is None


def test_degrees_said_to_be_metres(tmp_path: Path) -> None:
    """Degrees in a file that says metres are found out."""
    town = Town()
    degrees = town.blocks.to_crs(4326)
    town.blocks = degrees.set_crs(CRS, allow_override=True)
    fault = only(town.check(tmp_path), "crs_wrong", "fatal")
    assert "look like degrees" in fault.message


def test_schools_with_longitude_and_latitude_exchanged(tmp_path: Path) -> None:
    """Schools on the other side of the world are found out."""
    town = Town()
    town.schools["lon"], town.schools["lat"] = [37.5, 37.5], [-77.3, -77.3]
    section = town.settings["schools"]
    for key in ("x", "y", "crs"):
        del section[key]
    town.settings["schools"] = {**section, "lon": "lon", "lat": "lat"}
    assert only(town.check(tmp_path), "crs_wrong", "fatal").file == "schools.csv"


def test_nothing_follows_from_places_that_are_wrong(tmp_path: Path) -> None:
    """After a wrong coordinate system, ways and sites are not told as faults of their own."""
    town = Town()
    for said in ("EPSG:4326", "EPSG:99999999", "EPSG:26910"):
        town.settings["schools"]["crs"] = said
        assert [fault.code for fault in town.check(tmp_path).faults] == ["crs_wrong"]
    town.schools["seats"] = pd.NA
    assert {fault.code for fault in town.check(tmp_path).faults} == {
        "crs_wrong",
        "capacity_missing",
    }


def test_one_school_far_away(tmp_path: Path) -> None:
    """A single misplaced school is a warning."""
    town = Town()
    town.school(0, x=WEST + 400_000)
    assert only(town.check(tmp_path), "school_far", "warning").rows == ("W1",)


def test_measuring_in_feet(tmp_path: Path) -> None:
    """A system in feet cannot be measured in."""
    town = Town()
    town.settings["crs"] = "EPSG:2284"
    assert "foot" in only(town.check(tmp_path), "crs_not_metric", "fatal").message


def test_measuring_far_away(tmp_path: Path) -> None:
    """A metric system made for another region is a warning."""
    town = Town()
    town.settings["crs"] = "EPSG:25832"
    only(town.check(tmp_path), "crs_far", "warning")


def test_overruled_coordinate_system(tmp_path: Path) -> None:
    """Where the district file contradicts the layer, that is told."""
    town = Town()
    town.blocks = town.blocks.set_crs("EPSG:26917", allow_override=True)
    town.settings["blocks"]["crs"] = CRS
    report = town.check(tmp_path)
    only(report, "crs_overruled", "warning")
    assert report.is_usable


def bow_tie(size: float = SIDE) -> Polygon:
    """Return a polygon that crosses itself."""
    x, y = WEST, SOUTH
    return Polygon([(x, y), (x + size, y + size), (x + size, y), (x, y + size)])


@pytest.mark.parametrize(
    ("shape", "code", "severity"),
    [
        (bow_tie(), "geometry_invalid", "fatal"),
        (Polygon(), "geometry_empty", "fatal"),
        (None, "geometry_missing", "fatal"),
    ],
)
def test_useless_outline(tmp_path: Path, shape: Any, code: str, severity: str) -> None:
    """A block whose outline says nothing of its area is fatal."""
    town = Town()
    town.blocks.loc[0, "geometry"] = shape
    report = town.check(tmp_path)
    fault = next(fault for fault in report.faults if fault.code == code)
    assert fault.severity == severity
    assert any("0000" in row for row in fault.rows)


def test_overlapping_outlines(tmp_path: Path) -> None:
    """Two blocks that overlap are told as a pair."""
    town = Town()
    town.blocks.loc[0, "geometry"] = box(WEST, SOUTH, WEST + SIDE + 10, SOUTH + SIDE)
    fault = only(town.check(tmp_path), "geometry_overlap", "warning")
    assert "0000" in fault.rows[0]
    assert "0001" in fault.rows[0]


def test_gap_between_blocks(tmp_path: Path) -> None:
    """A hole in the middle of the district is told."""
    town = Town()
    town.blocks.loc[5, "geometry"] = shapely.buffer(town.blocks.geometry[5], -5, join_style="mitre")
    report = town.check(tmp_path)
    assert "geometry_gap" in {fault.code for fault in report.faults}
    assert only(report, "block_isolated", "warning").rows[0].startswith("0011")


@pytest.mark.parametrize("width", [0.5, 0.02])
def test_crack_that_reaches_the_edge(tmp_path: Path, width: float) -> None:
    """Blocks side by side with a crack between them have no border; each such pair is told."""
    town = Town()
    town.blocks["geometry"] = [
        shape if name[-1] < "2" else translate(shape, width)
        for name, shape in zip(town.blocks["GEOID"], town.blocks.geometry, strict=True)
    ]
    fault = only(town.check(tmp_path), "geometry_crack", "warning")
    assert len(fault.rows) == 3
    assert fault.rows[0].startswith("0001 - 0002")


def test_blocks_with_a_sliver_between_them_have_no_crack(tmp_path: Path) -> None:
    """A thin block fills the space, so its two sides are no crack."""
    town = Town()
    corner = box(WEST + 2 * SIDE, SOUTH, WEST + 2 * SIDE + 0.5, SOUTH + SIDE)
    town.blocks.loc[2, "geometry"] = town.blocks.geometry[2].difference(corner)
    town.blocks.loc[11, "geometry"] = corner
    assert "geometry_crack" not in {fault.code for fault in town.check(tmp_path).faults}


def test_sliver(tmp_path: Path) -> None:
    """A block thinner than a metre is told."""
    town = Town()
    edge = WEST + SIDE - 0.5
    town.blocks.loc[0, "geometry"] = box(edge, SOUTH, WEST + SIDE, SOUTH + SIDE)
    fault = only(town.check(tmp_path), "geometry_sliver", "warning")
    assert fault.rows[0].startswith("0000")


def test_disconnected_graph(tmp_path: Path) -> None:
    """A district in two pieces is told; a declared bridge heals it."""
    town = Town()
    town.blocks["geometry"] = [
        translate(shape, 300.0 if name[-1] > "1" else 0.0, 0.0)
        for name, shape in zip(town.blocks["GEOID"], town.blocks.geometry, strict=True)
    ]
    town.schools["x"] = [WEST + 50.0, WEST + 650.0]
    report = town.check(tmp_path)
    assert len(only(report, "graph_disconnected", "warning").rows) == 6
    town.settings["bridges"] = {"blocks": ["0011", "0012"], "reason": "Mill Bridge"}
    report = town.check(tmp_path)
    assert report.faults == ()
    assert report.district is not None
    assert report.district.graph.bridges == (("0011", "0012", "Mill Bridge"),)


@pytest.mark.parametrize("value", [-1, "-1"])
def test_negative_count(tmp_path: Path, value: object) -> None:
    """Fewer than no students is fatal."""
    town = Town()
    town.students["total"] = town.students["total"].astype(object)
    town.students.loc[2, "total"] = value
    fault = only(town.check(tmp_path), "count_negative", "fatal")
    assert fault.rows == ("row 4",)


@pytest.mark.parametrize("value", ["*", "<10", "1,20", "nan", "inf"])
def test_count_that_is_no_number(tmp_path: Path, value: str) -> None:
    """A text among the counts is fatal unless it is declared to mean "not known"."""
    town = Town()
    town.students["total"] = town.students["total"].astype(object)
    town.students.loc[2, "total"] = value
    fault = only(town.check(tmp_path), "count_not_numeric", "fatal")
    assert value in fault.message
    town.settings["students"]["unknown"] = [value]
    report = town.check(tmp_path)
    assert only(report, "students_unknown", "warning").rows == ("0002",)


def test_groups_over_the_total(tmp_path: Path) -> None:
    """Groups of more students than there are is fatal; among estimates it is a warning."""
    town = Town()
    town.settings["students"]["groups"] = {"a": "a", "b": "b"}
    town.students.loc[4, "a"] = 6
    assert only(town.check(tmp_path), "groups_over_total", "fatal").rows == ("0010",)
    town.settings["students"]["estimated"] = True
    assert only(town.check(tmp_path), "groups_over_total", "warning").rows == ("0010",)


def test_groups_under_a_total_they_should_exhaust(tmp_path: Path) -> None:
    """Groups that are said to be everybody must be everybody."""
    town = Town()
    town.settings["students"]["groups"] = {"a": "a", "b": "b"}
    town.settings["students"]["groups_exhaustive"] = True
    town.students.loc[4, "a"] = 4
    assert only(town.check(tmp_path), "groups_under_total", "fatal").rows == ("0010",)


def test_more_poor_students_than_students(tmp_path: Path) -> None:
    """Poor students are students."""
    town = Town()
    town.settings["students"]["poor"] = "poor"
    town.students.loc[4, "poor"] = 13
    assert only(town.check(tmp_path), "poor_over_total", "fatal").rows == ("0010",)


def test_grades_over_the_total(tmp_path: Path) -> None:
    """Students by grade are not more than all students."""
    town = Town()
    town.settings["students"]["grades"] = {"K": "g_K", "1": "g_01"}
    town.students.loc[4, "g_K"] = 30
    assert only(town.check(tmp_path), "grades_over_total", "fatal").rows == ("0010",)


def test_counts_given_twice(tmp_path: Path) -> None:
    """Two sections that give the same count leave open which is meant."""
    town = Town()
    section = town.settings["students"]
    town.settings["students"] = [section, {**section, "total": "a"}]
    assert only(town.check(tmp_path), "students_twice", "fatal").rows == ("total",)


def test_flag_that_is_neither_yes_nor_no(tmp_path: Path) -> None:
    """A school is open or closed."""
    town = Town()
    town.school(1, status="planned")
    fault = only(town.check(tmp_path), "flag_unreadable", "fatal")
    assert "'planned'" in fault.message
    values = {"planned": False}
    town.settings["schools"]["open"] = {"column": "status", "values": values}
    report = town.check(tmp_path)
    assert report.district is not None
    assert list(report.district.schools["is_open"]) == [False, True]


@pytest.mark.parametrize(("column", "value"), [("low", "kindergarden"), ("high", "13")])
def test_unreadable_grade_of_a_school(tmp_path: Path, column: str, value: str) -> None:
    """A grade that does not exist is fatal."""
    town = Town()
    town.school(0, **{column: value})
    assert only(town.check(tmp_path), "grade_unreadable", "fatal").rows == (value,)


def test_grades_that_run_backwards(tmp_path: Path) -> None:
    """A school from grade 5 to K is fatal, not a crash."""
    town = Town()
    town.school(0, low="05", high="KG")
    assert only(town.check(tmp_path), "grade_unreadable", "fatal").rows == ("5-K",)


def test_unreadable_grade_of_a_plan(tmp_path: Path) -> None:
    """A plan by grade must name grades."""
    town = Town()
    town.plan["from"] = ["K"] * 11 + ["first"]
    town.settings["plan"]["grade_low"] = "from"
    assert only(town.check(tmp_path), "grade_unreadable", "fatal").rows == ("first",)


def test_unknown_level_of_a_school(tmp_path: Path) -> None:
    """A school of a level that the district does not have is fatal, with the map to write."""
    town = Town()
    town.school(0, kind="Elementary")
    fault = only(town.check(tmp_path), "level_unknown", "fatal")
    assert '"Elementary" = "elementary"' in fault.remedy


def test_person_level_columns_are_refused(tmp_path: Path) -> None:
    """A file about single students is not read, whichever columns are mapped."""
    town = Town()
    town.students["Date of Birth"] = "2015-01-01"
    town.students["last_name"] = "Doe"
    fault = only(town.check(tmp_path), "person_level", "fatal")
    assert fault.rows == ("Date of Birth", "last_name")


def test_a_school_may_have_a_telephone(tmp_path: Path) -> None:
    """Telephone numbers are refused of students and welcome of schools."""
    town = Town()
    town.schools["phone"] = "555-0100"
    assert town.check(tmp_path).faults == ()
    town.students["phone"] = "555-0100"
    only(town.check(tmp_path), "person_level", "fatal")


def test_measuring_in_a_web_map(tmp_path: Path) -> None:
    """Web Mercator is in metres, and a quarter too long at this latitude."""
    town = Town()
    town.settings["crs"] = "EPSG:3857"
    assert "+26 %" in only(town.check(tmp_path), "crs_far", "warning").message


def test_rows_that_end_with_a_comma_keep_their_columns(tmp_path: Path) -> None:
    """As some systems export them; cells beyond the header are refused."""
    town = Town()
    path = town.write(tmp_path)
    file = tmp_path / "students.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([head, *(f"{row}," for row in rows)]) + "\n", encoding="utf-8")
    report = check_district(path)
    assert report.faults == ()
    assert report.district is not None
    assert report.district.students.count(level="elementary").tolist() == [12.0] * 12
    file.write_text("\n".join([head, *(f"{row},9" for row in rows)]) + "\n", encoding="utf-8")
    assert "more cells than the header" in str(check_district(path).fatal[0])


def test_a_zone_layer_without_rows(tmp_path: Path) -> None:
    """A filter that keeps nothing is a fault of the file, not a crash."""
    town = Town()
    zones = gpd.GeoDataFrame(
        {"school": ["W1"]}, geometry=[box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)], crs=CRS
    )
    zones.to_file(tmp_path / "zones.gpkg")
    town.settings["plan"] = {
        "file": "zones.gpkg", "kind": "zones", "school": "school", "where": {"school": "none"},
    }  # fmt: skip
    assert "file_empty" in {fault.code for fault in town.check(tmp_path).fatal}
