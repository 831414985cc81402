"""The same district from every kind of file gives the same district."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import geopandas as gpd
import pandas as pd
import pytest
from district_folder import CRS, Town, blocks, students

from geodata import District, GradeSpan, check_district, load_district


def loaded(town: Town, folder: Path) -> District:
    """Write and load a district that must be without faults."""
    report = town.check(folder)
    assert report.faults == (), [str(fault) for fault in report.faults]
    assert report.district is not None
    return report.district


@pytest.fixture
def digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the digest of the district as GeoPackage and CSV."""
    return loaded(Town(), tmp_path_factory.mktemp("usual")).digest()


@pytest.mark.parametrize(
    "name", ["b.shp", "b.geojson", "b.gpkg", "b.parquet", "b.fgb", "b.geoparquet"]
)
def test_blocks_of_every_vector_format(tmp_path: Path, digest: str, name: str) -> None:
    """Blocks may be a shapefile, GeoJSON, GeoPackage, GeoParquet or FlatGeobuf."""
    layer = blocks()
    if "parquet" in name:
        layer.to_parquet(tmp_path / name)
    else:
        layer.to_file(tmp_path / name, engine="pyogrio")
    town = Town()
    town.settings["blocks"]["file"] = name
    assert loaded(town, tmp_path).digest() == digest


def test_zipped_shapefile(tmp_path: Path, digest: str) -> None:
    """A shapefile may stay in the archive it was downloaded in."""
    blocks().to_file(tmp_path / "b.shp", engine="pyogrio")
    with ZipFile(tmp_path / "b.zip", "w") as archive:
        for part in sorted(tmp_path.glob("b.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
                part.unlink()
    town = Town()
    town.settings["blocks"]["file"] = "b.zip"
    assert loaded(town, tmp_path).digest() == digest


def test_layers_of_a_geopackage(tmp_path: Path, digest: str) -> None:
    """A file with several layers asks which, and reads the one it is told."""
    layer = blocks()
    layer.iloc[:2].to_file(tmp_path / "b.gpkg", layer="parks", engine="pyogrio")
    layer.to_file(tmp_path / "b.gpkg", layer="areas", engine="pyogrio")
    town = Town()
    town.settings["blocks"]["file"] = "b.gpkg"
    fault = town.check(tmp_path).fatal[0]
    assert fault.code == "layer_undecided"
    assert "parks, areas" in fault.remedy
    town.settings["blocks"]["layer"] = "areas"
    assert loaded(town, tmp_path).digest() == digest


@pytest.mark.parametrize(
    ("name", "write", "settings"),
    [
        ("s.xlsx", lambda table, path: table.to_excel(path, index=False), {}),
        ("s.parquet", lambda table, path: table.to_parquet(path), {}),
        ("s.tsv", lambda table, path: table.to_csv(path, index=False, sep="\t"), {}),
        (
            "s.txt",
            lambda table, path: table.to_csv(path, index=False, sep=";", encoding="utf-16"),
            {"delimiter": ";", "encoding": "utf-16"},
        ),
        ("s.csv", lambda table, path: table.to_csv(path, index=False, encoding="utf-8-sig"), {}),
    ],
)
def test_students_of_every_table_format(
    tmp_path: Path,
    digest: str,
    name: str,
    write: Callable[[pd.DataFrame, Path], None],
    settings: dict[str, str],
) -> None:
    """Tables may be workbooks, Parquet, and text with any delimiter and encoding."""
    write(students(), tmp_path / name)
    town = Town()
    town.settings["students"] |= {"file": name, **settings}
    assert loaded(town, tmp_path).digest() == digest


def test_sheets_of_a_workbook(tmp_path: Path, digest: str) -> None:
    """A workbook with several sheets asks which, and reads the one it is told."""
    with pd.ExcelWriter(tmp_path / "s.xlsx") as book:
        students().iloc[:1].to_excel(book, sheet_name="Notes", index=False)
        students().to_excel(book, sheet_name="Counts", index=False)
    town = Town()
    town.settings["students"]["file"] = "s.xlsx"
    assert "Notes, Counts" in town.check(tmp_path).fatal[0].remedy
    town.settings["students"]["layer"] = "Sums"
    assert "no sheet 'Sums'" in town.check(tmp_path).fatal[0].message
    town.settings["students"]["layer"] = "Counts"
    assert loaded(town, tmp_path).digest() == digest


def test_wrong_encoding_is_told(tmp_path: Path) -> None:
    """A table in another encoding is told with the remedy, and read with it."""
    town = Town()
    town.schools["name"] = ["Cañada School", "East School"]
    town.schools.to_csv(tmp_path / "latin.csv", index=False, encoding="latin-1")
    town.settings["schools"]["file"] = "latin.csv"
    fault = town.check(tmp_path).fatal[0]
    assert fault.code == "file_encoding"
    town.settings["schools"]["encoding"] = "latin-1"
    assert loaded(town, tmp_path).schools.loc["W1", "name"] == "Cañada School"


def test_file_that_is_no_layer(tmp_path: Path) -> None:
    """A damaged file is told, not raised."""
    (tmp_path / "b.gpkg").write_bytes(b"no geopackage")
    (tmp_path / "s.xlsx").write_bytes(b"no workbook")
    town = Town()
    town.settings["blocks"]["file"] = "b.gpkg"
    town.settings["students"]["file"] = "s.xlsx"
    codes = [fault.code for fault in town.check(tmp_path).fatal]
    assert codes == ["file_unreadable", "file_unreadable"]


def test_blocks_in_degrees_are_measured_in_metres(tmp_path: Path, digest: str) -> None:
    """Whatever system the files are in, the district is in metres, and the same."""
    town = Town()
    town.blocks = town.blocks.to_crs(4326)
    district = loaded(town, tmp_path)
    assert district.crs == CRS
    assert district.blocks["area_m2"].between(9_999.9, 10_000.1).all()
    assert district.digest() == digest
    assert district.map_crs == "EPSG:4326"


def test_utm_zone_is_found(tmp_path: Path) -> None:
    """Without a stated system the UTM zone of the blocks is measured in."""
    town = Town()
    del town.settings["crs"]
    district = loaded(town, tmp_path)
    assert district.crs == "EPSG:32618"
    assert district.blocks["area_m2"].between(9_990, 10_010).all()


def test_everything_may_stand_in_the_blocks_file(tmp_path: Path, digest: str) -> None:
    """Students and plan may be columns of the blocks."""
    town = Town()
    town.blocks = town.blocks.merge(town.students, left_on="GEOID", right_on="block")
    town.blocks["now"] = town.plan["school"]
    town.settings["students"] = {"total": "total"}
    town.settings["plan"] = {"school": "now"}
    assert loaded(town, tmp_path).digest() == digest


def test_row_order_does_not_matter(tmp_path: Path, digest: str) -> None:
    """Shuffled files give the same district."""
    town = Town()
    town.blocks = town.blocks.sample(frac=1, random_state=1)
    town.students = town.students.sample(frac=1, random_state=2)
    town.schools = town.schools.iloc[::-1]
    town.plan = town.plan.sample(frac=1, random_state=3)
    assert loaded(town, tmp_path).digest() == digest


def _more_students(town: Town) -> None:
    town.students.loc[0, "total"] = 13


def _moved_school(town: Town) -> None:
    town.school(0, x=town.schools.loc[0, "x"] + 1)


def _other_plan(town: Town) -> None:
    town.plan.loc[1, "school"] = "E1"


def _other_seats(town: Town) -> None:
    town.school(0, seats=81)


def _other_factor(town: Town) -> None:
    town.settings["travel"]["detour_factor"] = 1.4


@pytest.mark.parametrize(
    "change", [_more_students, _moved_school, _other_plan, _other_seats, _other_factor]
)
def test_digest_sees_every_change(
    tmp_path: Path, digest: str, change: Callable[[Town], None]
) -> None:
    """The digest is one of content: each part counts."""
    town = Town()
    change(town)
    report = town.check(tmp_path)
    assert report.district is not None
    assert report.district.digest() != digest


def test_digest_is_the_same_for_all(digest: str) -> None:
    """The digest does not depend on machine, Python or library version."""
    assert digest == "7fa9ebb7de610372ce45c409cb53b2bcf2e8e2e7752fcb5d0ec4e67b3baf7e8a"


def test_district_without_geometry(tmp_path: Path) -> None:
    """A table of blocks and one of borders make a district without a map."""
    town = Town()
    names = list(town.students["block"])
    pairs = [(a, b) for a in names for b in names if _beside(a, b)]
    table = pd.DataFrame(pairs, columns=["a", "b"]).assign(m=100.0)
    table.to_csv(tmp_path / "borders.csv", index=False)
    town.settings["blocks"] = {"file": "students.csv", "id": "block"}
    town.settings["borders"] = {"file": "borders.csv", "from": "a", "to": "b", "metres": "m"}
    town.schools["home"] = ["0010", "0013"]
    section = town.settings["schools"]
    for key in ("x", "y", "crs"):
        del section[key]
    section["block"] = "home"
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["travel_unreachable"]
    district = report.district
    assert district is not None
    assert district.geometry is None
    assert district.crs is None
    assert len(district.graph.edge_i) == 17
    assert district.describe()["has_geometry"] is False


def _beside(a: str, b: str) -> bool:
    return a < b and abs(int(a[2]) - int(b[2])) + abs(int(a[3]) - int(b[3])) == 1


def test_blocks_as_points_with_borders(tmp_path: Path) -> None:
    """Blocks with coordinates but without outlines have ways, but no areas."""
    town = Town()
    names = list(town.students["block"])
    pairs = [(a, b) for a in names for b in names if _beside(a, b)]
    pd.DataFrame(pairs, columns=["a", "b"]).to_csv(tmp_path / "borders.csv", index=False)
    middle = town.blocks.geometry.centroid
    town.students["east"], town.students["north"] = middle.x, middle.y
    town.settings["blocks"] = {
        "file": "students.csv",
        "id": "block",
        "x": "east",
        "y": "north",
        "crs": CRS,
    }
    town.settings["borders"] = {"file": "borders.csv", "from": "a", "to": "b"}
    district = loaded(town, tmp_path)
    assert district.travel.metres[0, 1] == pytest.approx(130.0)
    assert district.blocks["area_m2"].isna().all()
    assert district.schools["block_id"].eq("").all()


def test_schools_as_a_layer_and_grades_in_one_column(tmp_path: Path) -> None:
    """Schools may be a point layer, with spans such as K-5."""
    town = Town()
    points = gpd.points_from_xy(town.schools["x"], town.schools["y"])
    layer = gpd.GeoDataFrame(town.schools.assign(span="PK-05"), geometry=points, crs=CRS)
    layer.to_crs(4326).to_file(tmp_path / "schools.geojson", engine="pyogrio")
    town.settings["schools"] = {
        "file": "schools.geojson",
        "id": "id",
        "grades": "span",
        "capacity": "seats",
        "attributes": {"kind": "kind"},
    }
    district = loaded(town, tmp_path)
    assert list(district.schools["grade_low"]) == ["PK", "PK"]
    assert list(district.schools["grade_high"]) == ["5", "5"]
    assert list(district.schools["block_id"]) == ["0013", "0010"]
    assert list(district.schools["level"]) == ["elementary", "elementary"]
    assert list(district.schools["kind"]) == ["Elem", "Elem"]
    assert list(district.schools["name"]) == ["E1", "W1"]


def test_level_from_grades(tmp_path: Path) -> None:
    """Without a column of levels, a school is of the level its grades fit best."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8", "high": "9-12"}
    del town.settings["schools"]["level"]
    town.add_school(id="M1", low="05", high="08")
    town.add_school(id="H1", low="09", high="12")
    report = town.check(tmp_path)
    assert report.district is not None
    levels = report.district.schools["level"]
    assert dict(levels) == {"W1": "elementary", "E1": "elementary", "M1": "middle", "H1": "high"}
    town.add_school(id="X1", low=None, high=None)
    assert "level_unknown" in {fault.code for fault in town.check(tmp_path).fatal}


def test_attributes_of_blocks_are_kept(tmp_path: Path) -> None:
    """Attributes stay texts, empty where the file has none."""
    town = Town()
    town.blocks.loc[0, "hood"] = None
    town.settings["blocks"]["attributes"] = {"neighbourhood": "hood"}
    district = loaded(town, tmp_path)
    assert list(district.blocks["neighbourhood"][:3]) == ["", "west", "east"]


def test_two_files_of_schools(tmp_path: Path) -> None:
    """Schools of several files are one table."""
    town = Town()
    section = town.settings["schools"]
    town.schools.iloc[1:].to_csv(tmp_path / "more.csv", index=False)
    town.settings["schools"] = [
        {**section, "where": {"id": "W1"}},
        {**section, "file": "more.csv"},
    ]
    assert list(loaded(town, tmp_path).schools.index) == ["E1", "W1"]


def test_warnings_stay_with_the_district(tmp_path: Path) -> None:
    """What was told at loading is still told by the district."""
    town = Town()
    town.school(0, seats=None)
    town.write(tmp_path)
    district = load_district(tmp_path)
    assert [fault.code for fault in district.faults] == ["capacity_missing"]
    assert district.levels["elementary"].span == GradeSpan("K", "5")


def test_drawing_is_a_copy(tmp_path: Path) -> None:
    """Drawing never alters the outlines that are measured."""
    district = loaded(Town(), tmp_path)
    assert district.geometry is not None
    before = district.geometry.to_wkb().tolist()
    copy, report = district.drawing()
    assert len(copy) == 12
    assert isinstance(report, str)
    assert district.geometry.to_wkb().tolist() == before


def test_no_warning_of_a_library_escapes(tmp_path: Path) -> None:
    """Loading is silent: what must be said is a fault."""
    path = Town().write(tmp_path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load_district(path)
    assert [str(item.message) for item in caught] == []


def test_ids_that_look_like_nothing(tmp_path: Path) -> None:
    """Ids such as NA and None are ids."""
    town = Town()
    names = dict(zip(town.students["block"], ["NA", "None", "nan", *["x"] * 9], strict=True))
    renamed: dict[str, Any] = {old: new if new != "x" else old for old, new in names.items()}
    town.blocks["GEOID"] = town.blocks["GEOID"].map(renamed)
    town.students["block"] = town.students["block"].map(renamed)
    town.plan["block"] = town.plan["block"].map(renamed)
    assert {"NA", "None", "nan"} < set(loaded(town, tmp_path).blocks.index)


def test_a_text_table_with_two_columns_of_one_name_is_refused(tmp_path: Path) -> None:
    """Nobody can say which of the two is meant, so neither is taken."""
    path = Town().write(tmp_path)
    students = tmp_path / "students.csv"
    text = students.read_text(encoding="utf-8").replace("block,total,a", "block,total,total")
    students.write_text(text, encoding="utf-8")
    (fault,) = [fault for fault in check_district(path).fatal if fault.file == "students.csv"]
    assert "several columns are named 'total'" in fault.message
