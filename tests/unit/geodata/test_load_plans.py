"""Today's plan and plans drawn elsewhere: tables, columns, zone polygons, links between blocks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from district_folder import CRS, SIDE, SOUTH, WEST, Town, point
from shapely.geometry import LineString, Polygon, box

from geodata import DataError, District, read_assignment
from geodata.district import Level
from geodata.grades import GradeSpan

WEST_ZONE = box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 3 * SIDE)
EAST_ZONE = box(WEST + 2 * SIDE, SOUTH, WEST + 4 * SIDE, SOUTH + 3 * SIDE)


def zones(shapes: dict[str, Polygon | None], **columns: list[str]) -> gpd.GeoDataFrame:
    """Return zone polygons, one a school."""
    table = {"zone": list(shapes), **columns}
    return gpd.GeoDataFrame(table, geometry=list(shapes.values()), crs=CRS)


@pytest.fixture
def district(tmp_path: Path) -> District:
    """Return the small district."""
    found = Town().check(tmp_path).district
    assert found is not None
    return found


def with_zones(town: Town, layer: gpd.GeoDataFrame, folder: Path, **section: object) -> None:
    """Give a town its plan as polygons."""
    layer.to_crs(4326).to_file(folder / "zones.geojson", engine="pyogrio")
    town.settings["plan"] = {"kind": "zones", "file": "zones.geojson", "school": "zone", **section}


def test_zone_polygons_are_today_s_plan(tmp_path: Path, district: District) -> None:
    """Polygons give the same plan as a table."""
    town = Town()
    with_zones(town, zones({"W1": WEST_ZONE, "East School": EAST_ZONE}), tmp_path)
    report = town.check(tmp_path)
    assert report.faults == ()
    assert report.district is not None
    assert report.district.current.equals(district.current)


@pytest.mark.parametrize(
    ("match", "home"), [("largest_overlap", "E1"), ("representative_point", "W1")]
)
def test_a_block_goes_to_the_zone_that_holds_most_of_it(
    tmp_path: Path, match: str, home: str
) -> None:
    """A zone border through a block is told; the larger part, or a point inside, decides."""
    edge = WEST + 2 * SIDE - 1
    notch = box(edge - 0.52 * SIDE, SOUTH, edge, SOUTH + 0.45 * SIDE)
    notch = notch.union(box(edge - 0.52 * SIDE, SOUTH + 0.55 * SIDE, edge, SOUTH + SIDE))
    notch = notch.union(box(edge - 0.4 * SIDE, SOUTH, edge, SOUTH + SIDE))
    west, east = WEST_ZONE.difference(notch), EAST_ZONE.union(notch)
    town = Town()
    with_zones(town, zones({"W1": west, "E1": east}), tmp_path, match=match)
    report = town.check(tmp_path)
    assert report.district is not None
    plan = report.district.current.set_index("block_id")["school_id"]
    assert plan["0001"] == home
    told = {fault.code: fault.rows for fault in report.faults}
    assert told.get("zone_cuts_block") == (("0001",) if match == "largest_overlap" else None)


def test_overlapping_zones_are_told(tmp_path: Path) -> None:
    """Two zones on one place are told as a pair, and the larger part decides."""
    town = Town()
    wide = box(WEST, SOUTH, WEST + 2.4 * SIDE, SOUTH + 3 * SIDE)
    with_zones(town, zones({"W1": wide, "E1": EAST_ZONE}), tmp_path)
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["zones_overlap"]
    assert report.faults[0].rows[0].startswith("E1 - W1")
    assert report.district is not None
    assert (report.district.current["school_id"] == "E1").sum() == 6


def test_zones_shared_by_grade(tmp_path: Path) -> None:
    """One outline for two schools of different grades is one shared zone."""
    town = Town()
    town.school(0, low="PK", high="02")
    town.add_school(id="W2", name="Upper", low="03", high="05", x=WEST + 150.0)
    layer = zones({"W1": WEST_ZONE, "W2": WEST_ZONE, "E1": EAST_ZONE})
    with_zones(town, layer, tmp_path)
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["zone_shared"]
    assert report.district is not None
    first = report.district.current.iloc[:2]
    assert first[["grade_low", "grade_high", "school_id"]].to_numpy().tolist() == [
        ["K", "2", "W1"],
        ["3", "5", "W2"],
    ]


def test_broken_and_empty_zones_are_told(tmp_path: Path) -> None:
    """A zone that crosses itself is measured on a repaired copy; one without outline is fatal."""
    town = Town()
    west = [(0, 0), (2, 0), (2, 3), (0, 3), (0, 2), (-0.2, 1), (-0.2, 2), (0, 1)]
    crossed = Polygon([(point(*xy).x, point(*xy).y) for xy in west])
    with_zones(town, zones({"W1": crossed, "E1": EAST_ZONE}), tmp_path)
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["zone_invalid"]
    assert report.district is not None
    assert len(report.district.current) == 12
    with_zones(town, zones({"W1": WEST_ZONE, "E1": None}), tmp_path)
    assert "zone_empty" in {fault.code for fault in town.check(tmp_path).fatal}


def test_zones_that_lie_elsewhere_are_fatal(tmp_path: Path) -> None:
    """Today's plan is not taken for unknown because its layer states a wrong system."""
    town = Town()
    layer = zones({"W1": WEST_ZONE, "E1": EAST_ZONE})
    with_zones(town, layer.set_crs("EPSG:26910", allow_override=True), tmp_path)
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["crs_wrong"]
    assert report.faults[0].is_fatal


def test_zones_are_not_told_of_blocks_whose_system_is_wrong(tmp_path: Path) -> None:
    """That the blocks have no outlines then follows from a fault that is told already."""
    town = Town()
    with_zones(town, zones({"W1": WEST_ZONE, "E1": EAST_ZONE}), tmp_path)
    town.settings["crs"] = "EPSG:2284"
    assert [fault.code for fault in town.check(tmp_path).faults] == ["crs_not_metric"]


def test_zones_need_outlines(tmp_path: Path) -> None:
    """A table cannot be read as polygons."""
    town = Town()
    town.settings["plan"]["kind"] = "zones"
    assert "geometry_missing" in {fault.code for fault in town.check(tmp_path).fatal}


def test_unknown_level_of_a_plan(tmp_path: Path) -> None:
    """A plan of all levels in one table names levels of the district."""
    town = Town()
    town.plan["level"] = ["elementary"] * 11 + ["primary"]
    town.settings["plan"]["level"] = "level"
    fault = next(f for f in town.check(tmp_path).fatal if f.code == "level_unknown")
    assert fault.rows == ("primary",)


def test_a_plan_of_several_levels_in_one_table(tmp_path: Path) -> None:
    """Levels and grades may stand in columns; neighbouring grades of one school are joined."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    values = {"Elem": "elementary", "Mid": "middle"}
    town.settings["schools"]["level"] = {"column": "kind", "values": values}
    town.add_school(id="M1", kind="Mid", low="06", high="08")
    low = town.plan.assign(level="elementary", a="KG", b="03")
    high = town.plan.assign(level="elementary", a="04", b="05")
    middle = town.plan.assign(level="middle", a=None, b=None, school="M1")
    town.plan = pd.concat([high, middle, low])
    town.settings["plan"] |= {"level": "level", "grade_low": "a", "grade_high": "b"}
    report = town.check(tmp_path)
    assert report.district is not None
    current = report.district.current
    spans = current.groupby(["level", "grade_low", "grade_high"]).size().to_dict()
    assert spans == {("elementary", "K", "5"): 12, ("middle", "6", "8"): 12}


def test_plan_table_drawn_elsewhere(tmp_path: Path, district: District) -> None:
    """A table with usual column names needs no options."""
    table = district.current.assign(school_id="W1")
    table.to_csv(tmp_path / "new.csv", index=False)
    found = read_assignment(tmp_path / "new.csv", district)
    assert found.equals(table)
    assert found.attrs["faults"] == ()


def test_ids_that_lost_their_zeros_are_found_by_what_they_hold(
    tmp_path: Path, district: District
) -> None:
    """Not as unknown columns: a spreadsheet took them for numbers."""
    table = pd.DataFrame({"PA": [str(int(b)) for b in district.blocks.index], "goes_to": "W1"})
    table.to_csv(tmp_path / "new.csv", index=False)
    found = read_assignment(tmp_path / "new.csv", district)
    assert sorted(found["block_id"]) == sorted(district.blocks.index)


def test_columns_are_found_by_what_they_hold(tmp_path: Path, district: District) -> None:
    """Other column names are recognised by the ids and names in them."""
    table = pd.DataFrame({"BLK": Town().students["block"], "n": 1, "goes_to": "West School"})
    table.to_excel(tmp_path / "new.xlsx", index=False)
    found = read_assignment(tmp_path / "new.xlsx", district)
    assert set(found["school_id"]) == {"W1"}
    assert len(found) == 12


def two_levels(district: District, **grades: str) -> District:
    """Return the district with a middle level, its schools with other grades."""
    schools = district.schools.copy()
    for school, span in grades.items():
        low, high = span.split("-")
        level = "elementary" if low == "K" else "middle"
        schools.loc[school, ["level", "grade_low", "grade_high"]] = [level, low, high]
    spans = {"elementary": GradeSpan("K", "5"), "middle": GradeSpan("6", "8")}
    levels = {name: Level(name, span) for name, span in spans.items()}
    return replace(district, levels=levels, schools=schools)


@pytest.mark.parametrize("form", ["table", "polygons"])
def test_zones_of_a_building_of_two_levels_are_of_the_level_of_all_others(
    tmp_path: Path, district: District, form: str
) -> None:
    """Beside a school of 6 to 8, one of K to 8 has a zone of the middle level, not of its own."""
    district = two_levels(district, W1="K-8", E1="6-8")
    path = tmp_path / "new.csv"
    if form == "table":
        district.current[["block_id", "school_id"]].to_csv(path, index=False)
    else:
        path = tmp_path / "new.geojson"
        layer = zones({"W1": WEST_ZONE, "E1": EAST_ZONE})
        layer.to_crs(4326).to_file(path, engine="pyogrio")
    found = read_assignment(path, district)
    assert set(found["level"]) == {"middle"}
    assert set(found["grade_low"] + found["grade_high"]) == {"68"}
    assert len(found) == 12
    assert found.attrs["faults"] == ()


def test_a_plan_whose_schools_all_teach_two_levels_asks_which(
    tmp_path: Path, district: District
) -> None:
    """Schools of K to 8 and of 3 to 8 may divide either level; the option decides."""
    district = two_levels(district, W1="K-8", E1="3-8")
    district.current[["block_id", "school_id"]].to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match="say --level: one of elementary, middle") as caught:
        read_assignment(tmp_path / "new.csv", district)
    assert [fault.code for fault in caught.value.faults] == ["level_undecided"]
    for level in ("elementary", "middle"):
        found = read_assignment(tmp_path / "new.csv", district, level=level)
        assert set(found["level"]) == {level}
        assert len(found) == 12


def test_rows_of_several_levels_are_each_of_their_schools(
    tmp_path: Path, district: District
) -> None:
    """Where no level is taught by all schools named, the file holds several."""
    district = two_levels(district, W1="K-5", E1="6-8")
    table = pd.DataFrame({"block_id": sorted(district.blocks.index)})
    both = pd.concat([table.assign(school_id=school) for school in ("W1", "E1")])
    both.to_csv(tmp_path / "new.csv", index=False)
    found = read_assignment(tmp_path / "new.csv", district)
    assert found.groupby(["level", "school_id"]).size().to_dict() == {
        ("elementary", "W1"): 12,
        ("middle", "E1"): 12,
    }


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_titles_above_a_plan_are_passed_over(
    tmp_path: Path, district: District, suffix: str
) -> None:
    """Without the row of the names the option is told, with the row where one was asked for."""
    names = pd.DataFrame([["Boundary study", None], ["BLK", "goes_to"]])
    rows = pd.DataFrame(district.current[["block_id", "school_id"]].to_numpy())
    sheet, path = pd.concat([names, rows]), tmp_path / f"new.{suffix}"
    write = sheet.to_csv if suffix == "csv" else sheet.to_excel
    write(path, index=False, header=False)
    with pytest.raises(DataError, match="--header-row"):
        read_assignment(path, district)
    with pytest.raises(DataError, match="say --header-row 2"):
        read_assignment(path, district, school_column="goes_to")
    assert read_assignment(path, district, header_row=2).equals(district.current)


def test_several_plans_in_one_file_ask_which(tmp_path: Path, district: District) -> None:
    """Two columns of schools are asked about; naming one answers."""
    layer = Town().blocks.assign(plan_a="W1", plan_b="E1")
    layer.to_file(tmp_path / "new.gpkg", engine="pyogrio")
    with pytest.raises(DataError, match="plan_a, plan_b") as caught:
        read_assignment(tmp_path / "new.gpkg", district)
    assert caught.value.faults[0].code == "column_undecided"
    found = read_assignment(
        tmp_path / "new.gpkg", district, id_column="GEOID", school_column="plan_b"
    )
    assert set(found["school_id"]) == {"E1"}


def test_columns_of_ids_and_names_of_the_same_schools_agree(
    tmp_path: Path, district: District
) -> None:
    """A layer with the id and the name of each school, as reports export, needs no option."""
    ids = ["W1", "E1"]
    layer = zones({"West School": WEST_ZONE, "East School": EAST_ZONE})
    layer = layer.rename(columns={"zone": "schools"})
    layer.assign(zone=ids).to_file(tmp_path / "new.gpkg", engine="pyogrio")
    assert read_assignment(tmp_path / "new.gpkg", district).equals(district.current)
    layer.assign(zone=ids[::-1]).to_file(tmp_path / "two.gpkg", engine="pyogrio")
    with pytest.raises(DataError, match="several columns of schools"):
        read_assignment(tmp_path / "two.gpkg", district)


def test_a_file_of_several_layers_asks_for_one(tmp_path: Path, district: District) -> None:
    """The option of the command is named with the layers there are; a wrong one is told so too."""
    path = tmp_path / "new.gpkg"
    layer = zones({"West School": WEST_ZONE, "East School": EAST_ZONE})
    for name in ("one", "two"):
        layer.to_file(path, layer=name, engine="pyogrio")
    for asked in (None, "three"):
        with pytest.raises(DataError, match="say --layer: one of one, two") as caught:
            read_assignment(path, district, layer=asked)
        assert [fault.code for fault in caught.value.faults] == ["layer_undecided"]
    assert read_assignment(path, district, layer="two").equals(district.current)


def test_an_empty_plan_is_told_as_empty(tmp_path: Path, district: District) -> None:
    """A file without a single line is no reader's riddle."""
    (tmp_path / "new.csv").touch()
    with pytest.raises(DataError, match="is empty") as caught:
        read_assignment(tmp_path / "new.csv", district)
    assert [fault.code for fault in caught.value.faults] == ["file_empty"]


def test_zone_polygons_drawn_elsewhere(tmp_path: Path, district: District) -> None:
    """A layer without block ids is laid over the blocks."""
    layer = zones({"West School": WEST_ZONE, "East School": EAST_ZONE})
    layer.to_crs(4326).to_file(tmp_path / "new.geojson", engine="pyogrio")
    found = read_assignment(tmp_path / "new.geojson", district)
    assert found.equals(district.current)


def test_blocks_that_a_plan_leaves_out_are_told(tmp_path: Path, district: District) -> None:
    """Blocks without a school come as a warning with the plan."""
    district.current.iloc[1:].to_csv(tmp_path / "new.csv", index=False)
    found = read_assignment(tmp_path / "new.csv", district)
    assert [fault.code for fault in found.attrs["faults"]] == ["block_without_zone"]
    assert found.attrs["faults"][0].rows == ("0000",)


def without_zeros(town: Town, folder: Path) -> tuple[District, Path]:
    """Return a district whose ids all start with zeros, and its plan as a spreadsheet saves it."""
    town.schools["id"] = ["024", "052"]
    town.plan["school"] = town.plan["school"].map({"W1": "024", "E1": "052"})
    found = town.check(folder).district
    assert found is not None
    table = found.current.astype({"block_id": int, "school_id": int})
    table.to_csv(folder / "new.csv", index=False)
    return found, folder / "new.csv"


def test_leading_zeros_of_a_plan_are_filled_in(tmp_path: Path) -> None:
    """A plan that went through a spreadsheet is read, blocks and schools alike, and told."""
    district, path = without_zeros(Town(), tmp_path)
    found = read_assignment(path, district)
    assert found.equals(district.current)
    assert [fault.code for fault in found.attrs["faults"]] == ["id_zeros_filled"] * 2


def test_zeros_are_not_filled_in_where_two_ids_would_fit(tmp_path: Path) -> None:
    """Beside a school 24, the number 24 may as well be 024: told as before."""
    district, path = without_zeros(Town(), tmp_path)
    others = pd.concat([district.schools, district.schools.rename(index={"024": "24"}).iloc[:1]])
    with pytest.raises(DataError, match="leading zeros"):
        read_assignment(path, district, schools=others)


@pytest.mark.parametrize("edited", ["school_id", "school_name"])
def test_an_edit_of_the_id_or_the_name_alone_is_told(
    tmp_path: Path, district: District, edited: str
) -> None:
    """A table with both, such as the reports write: a fault, or as asked a warning."""
    names = district.schools["name"]
    table = district.current.assign(school_name=district.current["school_id"].map(names))
    table.to_csv(tmp_path / "new.csv", index=False)
    assert read_assignment(tmp_path / "new.csv", district).attrs["faults"] == ()
    assert table.loc[0, "school_id"] == "W1"
    table.loc[0, edited] = {"school_id": "E1", "school_name": "East School"}[edited]
    table.to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match="1 row names one school by school_id") as caught:
        read_assignment(tmp_path / "new.csv", district)
    (fault,) = caught.value.faults
    assert (fault.code, fault.rows) == ("school_disagrees", ("row 2",))
    found = read_assignment(tmp_path / "new.csv", district, school_column=edited)
    assert found["school_id"][0] == "E1"
    assert [fault.code for fault in found.attrs["faults"]] == ["school_disagrees"]


def test_names_of_another_list_do_not_disagree(tmp_path: Path, district: District) -> None:
    """Where a column of names knows no school of the district, the ids are read."""
    table = district.current.assign(school_name="Some other list")
    table.to_csv(tmp_path / "new.csv", index=False)
    assert read_assignment(tmp_path / "new.csv", district).attrs["faults"] == ()


def test_all_faults_of_a_plan_at_once(tmp_path: Path, district: District) -> None:
    """Unknown schools and blocks assigned twice are told together."""
    table = pd.concat([district.current, district.current.iloc[:1]])
    table.iloc[5, 4] = "X9"
    table.to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError) as caught:
        read_assignment(tmp_path / "new.csv", district)
    assert {f.code for f in caught.value.faults if f.is_fatal} == {"id_unmatched", "plan_conflict"}


def test_options_that_name_nothing(tmp_path: Path, district: District) -> None:
    """A level, column or file that does not exist is told."""
    district.current.to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError, match="no level 'high'"):
        read_assignment(tmp_path / "new.csv", district, level="high")
    with pytest.raises(DataError, match="did you mean 'school_id'"):
        read_assignment(tmp_path / "new.csv", district, school_column="school_ids")
    with pytest.raises(DataError, match="does not exist"):
        read_assignment(tmp_path / "none.csv", district)


def test_a_plan_without_any_school(tmp_path: Path, district: District) -> None:
    """A plan that assigns nothing is refused."""
    district.current.assign(school_id="").to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(DataError) as caught:
        read_assignment(tmp_path / "new.csv", district)
    assert "plan_empty" in {fault.code for fault in caught.value.faults}


def test_barriers_cut_borders(tmp_path: Path) -> None:
    """A declared pair, a table of pairs and a line all take borders out of the graph."""
    whole = Town().check(tmp_path).district
    assert whole is not None
    pairs = {("0001", "0002"), ("0011", "0012"), ("0021", "0022")}
    river = LineString([point(2.02, -1), point(2.02, 4)])
    lines = gpd.GeoDataFrame({"name": ["River"]}, geometry=[river], crs=CRS)
    lines.to_crs(4326).to_file(tmp_path / "river.geojson", engine="pyogrio")
    pd.DataFrame(sorted(pairs), columns=["a", "b"]).to_csv(tmp_path / "pairs.csv", index=False)
    for barriers in (
        [{"blocks": list(pair), "reason": "River"} for pair in sorted(pairs)],
        {"file": "pairs.csv", "from": "a", "to": "b", "reason": "River"},
        {"file": "river.geojson", "reason": "River"},
    ):
        town = Town()
        town.settings["barriers"] = barriers
        report = town.check(tmp_path)
        assert [fault.code for fault in report.faults] == ["graph_disconnected"]
        assert report.district is not None
        left, all_ = _pairs(report.district), _pairs(whole)
        assert all_ - left == pairs
        assert left < all_


def _pairs(district: District) -> set[tuple[str, str]]:
    graph = district.graph
    return set(zip(graph.ids[graph.edge_i], graph.ids[graph.edge_j], strict=True))


def test_bridges_from_a_table(tmp_path: Path) -> None:
    """Bridges may stand in a table with their reasons."""
    table = pd.DataFrame({"a": ["0000"], "b": ["0023"], "why": ["Ferry"]})
    table.to_csv(tmp_path / "bridges.csv", index=False)
    town = Town()
    town.settings["bridges"] = {
        "file": "bridges.csv",
        "from": "a",
        "to": "b",
        "reason_column": "why",
    }
    district = town.check(tmp_path).district
    assert district is not None
    assert district.graph.bridges == (("0000", "0023", "Ferry"),)


def test_isolates_may_be_left_alone(tmp_path: Path) -> None:
    """A block without borders is bridged with a warning, or left alone with one."""
    town = Town()
    far = box(WEST, SOUTH - 3 * SIDE, WEST + SIDE, SOUTH - 2 * SIDE)
    town.blocks.loc[0, "geometry"] = far
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["block_isolated"]
    assert report.district is not None
    assert len(report.district.graph.bridges) == 1
    town.settings["isolates"] = "leave"
    codes = {fault.code for fault in town.check(tmp_path).faults}
    assert {"graph_disconnected", "zone_island"} <= codes


def test_upper_grades_of_a_school_are_of_the_level_they_lie_in(tmp_path: Path) -> None:
    """A plan without levels: grades 6 to 8 at a K-8 school are middle, and clash with nothing."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    low = town.plan.assign(a="K", b="5")
    high = town.plan.assign(a="6", b="8")
    town.plan = pd.concat([low, high])
    town.settings["plan"] |= {"grade_low": "a", "grade_high": "b"}
    report = town.check(tmp_path)
    assert [fault.code for fault in report.fatal] == ["zone_of_other_level"]


def test_grades_that_a_level_does_not_have_are_told(tmp_path: Path) -> None:
    """A row of grades 6 to 8 of an elementary level means nobody there; it is no conflict."""
    town = Town()
    town.plan = pd.concat([town.plan.assign(a="K", b="5"), town.plan.head(2).assign(a="6", b="8")])
    town.settings["plan"] |= {"grade_low": "a", "grade_high": "b"}
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["plan_grades_outside"]
    assert report.faults[0].rows[0] == "0000: grades 6 to 8, level elementary"
    assert report.district is not None
    assert len(report.district.current) == 12


def test_zone_polygons_may_state_their_grades(tmp_path: Path) -> None:
    """Two layers of zones for lower and upper grades of one level stand in one file."""
    town = Town()
    layer = pd.concat(
        [
            zones({"W1": WEST_ZONE, "E1": EAST_ZONE}, a=["K", "K"], b=["2", "2"]),
            zones({"E1": WEST_ZONE, "W1": EAST_ZONE}, a=["3", "3"], b=["5", "5"]),
        ]
    )
    with_zones(town, layer, tmp_path, grade_low="a", grade_high="b")
    report = town.check(tmp_path)
    assert report.district is not None
    spans = report.district.current.groupby(["school_id", "grade_low", "grade_high"]).size()
    assert spans.to_dict() == {
        ("E1", "3", "5"): 6,
        ("E1", "K", "2"): 6,
        ("W1", "3", "5"): 6,
        ("W1", "K", "2"): 6,
    }
