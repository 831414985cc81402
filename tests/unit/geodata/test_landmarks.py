"""Addresses and streets are read for maps and look-ups, and decide nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata import (
    DataError,
    load_district,
    read_landmarks,
    synthetic_context,
    synthetic_district,
    write_district,
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    district = synthetic_district(150, n_elementary=3, n_middle=1, n_high=1)
    return write_district(district, folder / "town", context=synthetic_context(150))


def with_addresses(town: Path, folder: Path, section: str, rows: str) -> Path:
    """Return a copy of the district file beside the old one, with addresses."""
    (town.parent / "addresses.csv").write_text(rows, encoding="utf-8")
    copy = town.with_name(f"{folder.name}.toml")
    copy.write_text(town.read_text(encoding="utf-8") + section, encoding="utf-8")
    return copy


def test_the_made_up_town_has_streets_and_a_river(town: Path) -> None:
    """Lines come with kind and name, in metres."""
    lines = read_landmarks(town, load_district(town).crs).lines
    assert {"street", "road", "highway", "river"} <= set(lines["kind"])
    assert (lines.loc[lines["kind"] == "street", "name"] != "").all()
    assert lines.geometry.is_valid.all()


def test_streets_are_no_part_of_the_district(town: Path) -> None:
    """The digest of a district is the same with and without its streets."""
    text = town.read_text(encoding="utf-8")
    bare = town.with_name("bare.toml")
    bare.write_text(text.split("[[lines]]")[0], encoding="utf-8")
    assert load_district(bare).digest() == load_district(town).digest()
    assert read_landmarks(bare, load_district(bare).crs).lines.empty


def test_addresses_from_number_and_street(town: Path, tmp_path: Path) -> None:
    """Two columns make one address; rows without a point are left out."""
    crs = load_district(town).crs
    section = (
        '\n[addresses]\nfile = "addresses.csv"\nnumber = "no"\nstreet = "st"\nx = "x"\ny = "y"\n'
        f'crs = "{crs}"\n'
    )
    rows = "no,st,x,y\n12,Oak Street,500000,4100000\n7,Elm Street,,\n9,Ash Street,500010,4100000\n"
    table = read_landmarks(with_addresses(town, tmp_path, section, rows), crs).addresses
    assert table["address"].tolist() == ["12 Oak Street", "9 Ash Street"]
    assert table["x_m"].tolist() == [500000.0, 500010.0]


def test_addresses_without_a_text_are_a_fault(town: Path, tmp_path: Path) -> None:
    """The message says which keys are missing."""
    crs = load_district(town).crs
    section = f'\n[addresses]\nfile = "addresses.csv"\nx = "x"\ny = "y"\ncrs = "{crs}"\n'
    with pytest.raises(DataError, match="no address to look up") as told:
        read_landmarks(with_addresses(town, tmp_path, section, "x,y\n1,2\n"), crs)
    assert "addresses_without_text" in {fault.code for fault in told.value.faults}


def test_a_missing_street_file_is_a_fault(town: Path) -> None:
    """It does not stop the district from loading, only the look-up from being made."""
    broken = town.with_name("broken.toml")
    text = town.read_text(encoding="utf-8").split("[[lines]]")[0]
    broken.write_text(text + '\n[[lines]]\nfile = "none.gpkg"\n', encoding="utf-8")
    crs = load_district(broken).crs
    with pytest.raises(DataError, match=r"none\.gpkg"):
        read_landmarks(broken, crs)
