"""The files of a packet: documents, workbook, posters, zones for other programs."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hearing_fixtures import DAY
from PIL import Image

from planner.hearing.document import document
from planner.hearing.document_parts import Author
from planner.hearing.figures import Figures
from planner.hearing.map_files import write_gis
from planner.hearing.packet import Packet, open_packet
from planner.hearing.page import render_page
from planner.hearing.palette import STATE_GROUND
from planner.hearing.words import load_words

Image.MAX_IMAGE_PIXELS = None


def test_every_file_is_there(inside: Path) -> None:
    """A page, a document for each option, a workbook, maps, zones."""
    names = {str(path.relative_to(inside)) for path in inside.rglob("*") if path.is_file()}
    assert {"index.html", "option-A.pdf", "option-B.pdf", "tables.xlsx"} <= names
    for view in ("today", "option_A", "option_A_changes", "option_B", "option_B_changes"):
        assert {f"maps/elementary_{view}.{kind}" for kind in ("png", "svg", "pdf")} <= names
    assert {"gis/zones.gpkg", "gis/elementary_today.geojson"} <= names
    assert "gis/shapefile/elementary_option_A.shp" in names
    assert "gis/blocks_option_B.csv" in names


def test_the_page_is_small_and_closed(inside: Path) -> None:
    """Far below five megabytes; no address of any server outside texts of licences."""
    text = (inside / "index.html").read_text(encoding="utf-8")
    assert len(text) < 5_000_000
    plain = re.sub(r"<script type=\"application/octet-stream\".*?</script>", "", text, flags=re.S)
    assert not re.findall(r"(?:src|href)=\"(?!#|data:|[\w./-]+\")", plain)
    assert not re.findall(r"https?://", plain)


def test_links_lead_to_files(inside: Path) -> None:
    """Every file the page links to exists."""
    text = (inside / "index.html").read_text(encoding="utf-8")
    targets = set(re.findall(r'<a href="([^"#]+)"', text))
    assert {"tables.xlsx", "option-A.pdf"} <= targets
    for target in targets:
        assert (inside / target).exists(), target


def test_the_document_is_tagged_and_speaks_its_language(inside: Path) -> None:
    """PDF/UA: a structure tree, a title, a language; made only where every picture has words."""
    raw = (inside / "option-A.pdf").read_bytes()
    assert b"/StructTreeRoot" in raw or b"/ObjStm" in raw
    if shutil.which("pdfinfo"):
        told = subprocess.run(
            ["pdfinfo", str(inside / "option-A.pdf")], capture_output=True, text=True, check=True
        ).stdout
        assert re.search(r"Tagged:\s+yes", told)
        assert "Option A" in told


def test_a_document_has_a_page_for_every_school(packet: Packet, tmp_path: Path) -> None:
    """Its zone as a picture with words and how sure it is, who joins, who leaves; all moves."""
    option = packet.options[0]
    data = document(Author(packet, Figures(packet), option, load_words("en"), tmp_path))
    pictures = [part for part in data["parts"] if part["kind"] == "picture"]
    schools = {o for o in packet.proposed["A", "elementary"].unique() if o}
    assert len(pictures) == 3 + len(schools)
    assert all(len(part["alt"]) > 30 for part in pictures)
    assert all((tmp_path / part["path"]).is_file() for part in pictures)
    parts = data["parts"]
    told = option.imprint.at("elementary").identity(load_words("en"))
    maps = [at for at, part in enumerate(parts) if "_zone_" in str(part.get("path"))]
    assert len(maps) == len(schools)
    for at in maps:
        assert told in [part.get("text") for part in parts[at : at + 3]]
    texts = " ".join(str(part.get("text", "")) for part in data["parts"])
    moved = packet.options[0].run.moves
    for school in set(moved["to_school"]):
        assert packet.unit_name(school) in texts
    assert "Church" not in data["foot"]
    assert option.imprint.plan_id in data["foot"]
    assert "Draft" in data["foot"]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_documents_leave_no_text_open(packet: Packet, tmp_path: Path, lang: str) -> None:
    """No field in braces and no English left in the Spanish document."""
    author = Author(packet, Figures(packet), packet.options[1], load_words(lang), tmp_path)
    text = str(
        [{k: v for k, v in part.items() if k != "path"} for part in document(author)["parts"]]
    )
    assert not re.search(r"\{\w+\}", text)
    if lang == "es":
        for key in ("page.better", "page.worse", "zone.joins", "page.sure", "caveat.future"):
            assert load_words("en").texts[key] not in text


def test_every_sheet_says_what_it_is(inside: Path, packet: Packet) -> None:
    """Draft or adopted, the options with their plan ids, the date."""
    book = openpyxl.load_workbook(inside / "tables.xlsx")
    assert len(book.sheetnames) > 8
    for sheet in book.worksheets:
        head = " ".join(str(c.value) for row in sheet["A1:A3"] for c in row)
        assert "Draft" in head
        assert "November 21, 2026" in head
        for option in packet.options:
            assert option.imprint.plan_id in head


def test_posters_are_large_and_complete(inside: Path) -> None:
    """36 by 24 inches at 150 dots; the SVG holds title, key, scale, source and status as text."""
    with Image.open(inside / "maps" / "elementary_option_A_changes.png") as image:
        assert sorted(image.size) == [3600, 5400]
    text = (inside / "maps" / "elementary_option_A_changes.svg").read_text(encoding="utf-8")
    assert re.search(r"<title>[^<]*Option A[^<]*</title>", text)
    assert "<dc:description>" in text
    words = load_words("en")
    for told in (
        words("map.changes", letter="A"), words("map.key"), "DRAFT", "Source:", "seed 7",
        "November 21, 2026", words("map.north"),
    ):  # fmt: skip
        assert told in text
    assert re.search(r"[\d.]+.mi", text)


def test_zones_for_other_programs_fit_together(inside: Path, packet: Packet) -> None:
    """GeoPackage, GeoJSON and Shapefile hold the same zones, without gaps or overlaps."""
    layer = gpd.read_file(inside / "gis" / "zones.gpkg", layer="elementary_option_A")
    assert shapely.coverage_is_valid(np.asarray(layer.geometry.array))
    assert layer.crs == packet.district.crs
    assert (layer["plan_id"] == packet.options[0].imprint.plan_id).all()
    shape = gpd.read_file(inside / "gis" / "shapefile" / "elementary_option_A.shp")
    degrees = gpd.read_file(inside / "gis" / "elementary_option_A.geojson")
    assert list(layer.columns) == list(shape.columns) == list(degrees.columns)
    assert sorted(layer["zone"]) == sorted(shape["zone"]) == sorted(degrees["zone"])
    assert degrees.crs.to_epsg() == 4326
    total = packet.district.students.count(level="elementary").sum()
    assert layer["students"].sum() == pytest.approx(total)


def test_zones_are_in_the_system_of_the_blocks_file(packet: Packet, tmp_path: Path) -> None:
    """A district with a system of its own gets GeoPackage and Shapefile in it, as the page says."""
    state = "EPSG:2283"
    own = replace(packet, district=replace(packet.district, file_crs=state))
    write_gis(tmp_path, own, Figures(own))
    layer = gpd.read_file(tmp_path / "zones.gpkg", layer="elementary_today")
    shape = gpd.read_file(tmp_path / "shapefile" / "elementary_today.shp")
    assert (layer.crs, shape.crs) == (state, state)
    assert shapely.coverage_is_valid(np.asarray(layer.geometry.array))
    page = render_page(own, Figures(own), files=(("page.file_gis", "gis/"),))
    assert f"in the coordinate system {state}" in page


def test_the_plan_file_is_the_plan(inside: Path, packet: Packet) -> None:
    """Blocks and schools as texts, leading zeros kept."""
    table = pd.read_csv(inside / "gis" / "blocks_option_A.csv", dtype=str)
    plan = packet.options[0].plan.table
    assert table["block_id"].tolist() == plan["block_id"].tolist()
    assert table["school_id"].tolist() == plan["school_id"].tolist()


def test_an_adopted_option_is_named(runs: list[Path]) -> None:
    """The board's choice is marked; the others say that they were not chosen, in every file."""
    packet = open_packet(runs, day=DAY, adopted="B")
    assert packet.state == "adopted"
    assert [o.imprint.state for o in packet.options] == ["not_adopted", "adopted"]
    grounds = {STATE_GROUND[o.imprint.state] for o in packet.options}
    assert len(grounds) == 2
    assert "Not adopted" in packet.options[0].imprint.identity(load_words("en"))
