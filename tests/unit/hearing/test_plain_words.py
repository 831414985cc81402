"""Nothing on the page comforts falsely, nothing is said twice or in the wrong language."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook

from planner.hearing.effects import Effect
from planner.hearing.figures import Figure
from planner.hearing.map_files import map_links
from planner.hearing.packet import Packet
from planner.hearing.sentences import sure_sentences
from planner.hearing.text import ending_letters, short_block
from planner.hearing.words import load_words


@pytest.mark.parametrize(
    ("value", "bound", "key"),
    [
        (100.0, 100.0, "exact"),
        (100.0, 50.0, "bound"),
        (100.0, 0.0, "useless"),
        (9.0, None, "value"),
    ],
)
def test_how_sure_we_are_is_said_without_false_comfort(
    packet: Packet, value: float, bound: float | None, key: str
) -> None:
    """No better plan exists, may exist by so much, or nobody can tell."""
    words, first = load_words("en"), packet.options[0]
    aim = {"name": "border_length", "value": value, "bound": bound, "gap": None, "unit": "km"}
    run = replace(first.run, record={**first.run.record, "objectives": [aim]})
    told = sure_sentences(words, replace(first, run=run), public=False)[1]
    end = words.texts[f"sure.{key}"].rsplit(". ", 1)[-1].split("{")[0]
    assert end in told
    assert " 0.0%" not in told


def test_the_imprint_speaks_of_the_first_aim(packet: Packet) -> None:
    """And of no distance that tells nothing."""
    words, imprint = load_words("en"), packet.options[0].imprint
    assert "at its first aim" in imprint.how_sure(words)
    far = replace(imprint, gap=1.0, status="FEASIBLE")
    assert "100" not in far.how_sure(words)
    assert " 0.0%" not in replace(imprint, gap=0.0001, status="FEASIBLE").how_sure(words)


def test_synthetic_data_are_announced_once_in_the_reader_s_language(packet: Packet) -> None:
    """Not as source and again as proxy; and not in English on the Spanish page."""
    for lang, said in (("en", "drawn by chance"), ("es", "al azar")):
        assert packet.options[0].imprint.origin(load_words(lang)).count(said) == 1
    assert "drawn by chance" not in packet.options[0].imprint.origin(load_words("es"))


def test_changes_too_small_to_be_seen_are_not_told() -> None:
    """The same number before and after is no news."""
    ends = (("before", "share", Figure(0.801)), ("after", "share", Figure(0.804)))
    assert not Effect("worse", "all", "effect.criterion", 0.0, ends).is_seen(load_words("en"))


def test_long_block_ids_are_short_in_lists() -> None:
    """The full id is in the table of blocks."""
    assert short_block("060971513111026", 4) == "…1026"
    assert short_block("0101", 4) == "0101"


def test_short_block_ids_are_unique_in_the_district() -> None:
    """Seventeen blocks of a county may end in 1000: a list must tell them apart."""
    blocks = ["060971513111000", "060971513121000", "060971513121001"]
    letters = ending_letters(blocks)
    assert {short_block(block, letters) for block in blocks} == {"…11000", "…21000", "…21001"}
    assert ending_letters(["060971513111000", "060971513111001"]) == 4
    assert ending_letters(["1", "21"]) == 2


def test_every_link_has_its_own_text_and_its_own_file(inside: Path, packet: Packet) -> None:
    """Files, not folders; the table of blocks says which plan it is."""
    paths = [path for folder in ("maps/", "gis/") for *_, path in map_links(packet, folder)]
    assert len(set(paths)) == len(paths)
    assert all((inside / path).is_file() for path in paths)
    page = (inside / "index.html").read_text(encoding="utf-8")
    assert 'href="maps/"' not in page
    table = pd.read_csv(inside / "gis" / "blocks_option_A.csv", dtype=str)
    assert set(table["plan_id"]) == {packet.options[0].imprint.plan_id}
    assert set(table["option"]) == {"A"}
    assert table["school_name"].notna().all()


def test_every_kind_of_file_that_is_named_is_linked(inside: Path, packet: Packet) -> None:
    """The words before the links name seven formats, and each level has a file of each."""
    names = {"GeoPackage": "gpkg", "Shapefile": "zip"}
    for key, folder in (("page.file_maps", "maps/"), ("page.file_gis", "gis/")):
        told = re.findall(r"\w+", load_words("en")(key, crs="").partition("(")[2])
        paths = [path for *_, path in map_links(packet, folder)]
        assert {path.rpartition(".")[2] for path in paths} == {
            names.get(name, name.lower()) for name in told
        }
    zones = gpd.read_file(inside / "gis" / "elementary_today.geojson")
    packed = gpd.read_file(inside / "gis" / "shapefile.zip", layer="elementary_today")
    assert packed["zone"].tolist() == zones["zone"].tolist()


def test_every_sheet_prints_its_plan(inside: Path, packet: Packet) -> None:
    """Letter, plan id, date and state stand in the header and footer."""
    book = load_workbook(inside / "tables.xlsx")
    assert len(book.worksheets) > 8
    for sheet in book.worksheets:
        assert packet.options[0].imprint.plan_id in sheet.oddFooter.left.text or "B" in sheet.title
        assert "Draft" in sheet.oddHeader.left.text
        assert "2026" in sheet.oddHeader.right.text


def test_spanish_names_levels_alike_and_agrees_with_any_group() -> None:
    """One word for high schools on page and sheets; no group follows a "que" without article."""
    words = load_words("es")
    for level in ("elementary", "middle", "high"):
        assert words(f"sheet_level.{level}") in words(f"level.{level}")
    assert not [
        k for k, text in words.texts.items() if re.search(r"\b[Qq]ue \{(group|other)\}", text)
    ]
