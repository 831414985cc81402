"""The district file: keys, spelling, variables, and everything that can be wrong in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from district_folder import Town

from geodata import Fault, check_district


def fatal_of(town: Town, folder: Path, code: str) -> Fault:
    """Return the first fatal fault of a code."""
    report = town.check(folder)
    assert report.district is None
    found = [fault for fault in report.fatal if fault.code == code]
    assert found, [str(fault) for fault in report.faults]
    return found[0]


def test_unknown_key_gets_a_spelling_suggestion(tmp_path: Path) -> None:
    """A misspelt key of a section is an error that names the right one."""
    town = Town()
    town.settings["blocks"] = {"file": "blocks.gpkg", "id": {"colum": "GEOID"}}
    faults = [str(fault) for fault in town.check(tmp_path).faults]
    assert any("unknown key 'colum' in [blocks.id]: did you mean 'column'?" in f for f in faults)


@pytest.mark.parametrize(
    ("section", "key", "meant"),
    [
        (None, "school", "schools"),
        ("students", "totl", "total"),
        ("schools", "capasity", "capacity"),
        ("plan", "for_levle", "for_level"),
        ("travel", "detour", "detour_factor"),
    ],
)
def test_unknown_keys_everywhere(tmp_path: Path, section: str | None, key: str, meant: str) -> None:
    """Every section refuses unknown keys, lists of sections too."""
    town = Town()
    table = town.settings if section is None else town.settings[section]
    table[key] = "x"
    assert f"did you mean '{meant}'" in fatal_of(town, tmp_path, "config_key").message


def test_unknown_key_in_a_list_of_sections_names_the_section(tmp_path: Path) -> None:
    """The second section of a list is told as the second."""
    town = Town()
    plan = town.settings["plan"]
    town.settings["plan"] = [plan, {**plan, "scool": "x"}]
    assert "[plan #2]" in fatal_of(town, tmp_path, "config_key").message


def test_all_wrong_keys_are_told_at_once(tmp_path: Path) -> None:
    """Three mistakes in the file are three faults."""
    town = Town()
    town.settings["blocks"]["idd"] = "x"
    town.settings["travel"] = {"detour_factor": 0.5}
    del town.settings["name"]
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["config_value", "config_key", "config_value"]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"levels": {"elementary": "K-13"}}, "'13' is no grade"),
        ({"levels": {"elementary": "5-K"}}, "runs backwards"),
        ({"levels": {}}, "'levels'"),
        ({"schema": 2}, "'schema'"),
    ],
)
def test_values_that_cannot_be(tmp_path: Path, settings: dict[str, object], text: str) -> None:
    """Impossible values are told with their key."""
    town = Town()
    town.settings |= settings
    assert text in str(fatal_of(town, tmp_path, "config_value"))


@pytest.mark.parametrize("name", ["elem/K5", "../x", ".hidden", "a\\b", "K: 5", "", "K"])
def test_levels_that_cannot_name_a_file_are_refused(tmp_path: Path, name: str) -> None:
    """Maps are written under the level's name; a grade's name would mean that grade alone."""
    town = Town()
    town.settings["levels"] = {name: "K-5"}
    assert fatal_of(town, tmp_path, "level_reserved").rows == (repr(name),)


def test_levels_that_would_share_their_files_are_refused(tmp_path: Path) -> None:
    """Files have no spaces, and some disks do not tell capitals apart."""
    town = Town()
    town.settings["levels"] = {"Early years": "PK-K", "early_years": "1-3", "late years": "4-5"}
    assert fatal_of(town, tmp_path, "level_reserved").rows == ("'Early years'", "'early_years'")


def test_a_level_of_one_grade_may_have_its_name(tmp_path: Path) -> None:
    """Of such a level both meanings are the same."""
    town = Town()
    town.settings["levels"] = {"Lower school": "PK-4", "5": "5"}
    assert not [fault for fault in town.check(tmp_path).faults if fault.code == "level_reserved"]


def test_a_section_that_names_an_unknown_level(tmp_path: Path) -> None:
    """Levels are spelt as in [levels]."""
    town = Town()
    town.settings["plan"]["for_level"] = "elementry"
    assert "did you mean 'elementary'?" in fatal_of(town, tmp_path, "config_value").message


def test_column_or_value_but_not_both(tmp_path: Path) -> None:
    """A field comes from a column or is the same for every row."""
    town = Town()
    town.settings["schools"]["open"] = {"column": "status", "value": True}
    assert "give either column or value" in fatal_of(town, tmp_path, "config_value").message


def test_missing_district_file(tmp_path: Path) -> None:
    """A path that leads nowhere is told as such."""
    report = check_district(tmp_path / "nowhere.toml")
    assert [fault.code for fault in report.faults] == ["config_missing"]


def test_broken_toml(tmp_path: Path) -> None:
    """A syntax error is told with its line."""
    town = Town(text=lambda text: "name = \n" + text)
    assert "line" in fatal_of(town, tmp_path, "config_syntax").message


def test_variables_and_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``${NAME}`` reads the environment; ``${NAME:-default}`` falls back."""
    town = Town()
    town.settings["blocks"]["file"] = "${GRIDTON_BLOCKS:-blocks.gpkg}"
    assert town.check(tmp_path).faults == ()
    monkeypatch.setenv("GRIDTON_BLOCKS", "other.gpkg")
    assert "other.gpkg" in fatal_of(town, tmp_path, "file_missing").message
    monkeypatch.setenv("GRIDTON_BLOCKS", str(tmp_path / "blocks.gpkg"))
    assert town.check(tmp_path).faults == ()


def test_variable_that_is_not_set(tmp_path: Path) -> None:
    """A variable without value and default is told by its name."""
    town = Town()
    town.settings["blocks"]["file"] = "${GRIDTON_NOWHERE}/blocks.gpkg"
    assert "GRIDTON_NOWHERE" in fatal_of(town, tmp_path, "config_variable").message


def test_folder_stands_for_its_district_file(tmp_path: Path) -> None:
    """A folder is read by the ``district.toml`` in it."""
    path = Town().write(tmp_path)
    by_folder, by_file = check_district(tmp_path), check_district(path)
    assert by_folder.district is not None
    assert by_file.district is not None
    assert by_folder.district.digest() == by_file.district.digest()


def test_missing_file_names_a_similar_one(tmp_path: Path) -> None:
    """A misspelt file name is told with the file that is there."""
    town = Town()
    town.settings["plan"]["file"] = "plans.csv"
    fault = fatal_of(town, tmp_path, "file_missing")
    assert "there is plan.csv" in fault.message


def test_files_are_looked_at_even_without_blocks(tmp_path: Path) -> None:
    """A missing blocks file does not hide that others are missing."""
    town = Town()
    town.settings["blocks"]["file"] = "nothing.gpkg"
    town.settings["plan"]["file"] = "nothing.csv"
    files = {fault.file for fault in town.check(tmp_path).fatal}
    assert files == {"nothing.gpkg", "nothing.csv"}


def test_section_without_a_file(tmp_path: Path) -> None:
    """Schools do not stand in the blocks file: their file must be named."""
    town = Town()
    del town.settings["schools"]["file"]
    assert "[schools]" in fatal_of(town, tmp_path, "file_not_named").file


def test_missing_column_names_a_similar_one(tmp_path: Path) -> None:
    """A misspelt column is told with the one that is there and all others."""
    town = Town()
    town.settings["students"]["total"] = "totals"
    fault = fatal_of(town, tmp_path, "column_missing")
    assert "did you mean 'total'?" in fault.message
    assert "g_05" in fault.remedy


def test_section_that_counts_nothing(tmp_path: Path) -> None:
    """A section of students without columns is a mistake."""
    town = Town()
    del town.settings["students"]["total"]
    assert "maps no column" in fatal_of(town, tmp_path, "config_value").message


def test_empty_file_and_empty_choice(tmp_path: Path) -> None:
    """A file without rows, and a filter that keeps none, are told."""
    town = Town()
    town.students = town.students.iloc[:0]
    assert fatal_of(town, tmp_path, "file_empty").file == "students.csv"
    town = Town()
    town.settings["schools"]["where"] = {"kind": "High"}
    assert "where" in fatal_of(town, tmp_path, "file_empty").message


def test_condition_that_cannot_be_read(tmp_path: Path) -> None:
    """A filter is a value, a list, or not, min and max."""
    town = Town()
    town.settings["schools"]["where"] = {"seats": {"above": 10}}
    assert "above" in fatal_of(town, tmp_path, "config_value").message


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ({"kind": "Elem"}, ["E1", "W1"]),
        ({"name": ["West School", "Nobody"]}, ["W1"]),
        ({"name": {"not": "West School"}}, ["E1"]),
        ({"seats": {"min": 85}}, ["E1"]),
        ({"seats": {"max": 85, "min": 1}}, ["W1"]),
        ({"seats": 90, "kind": "Elem"}, ["E1"]),
    ],
)
def test_filters_pick_rows(tmp_path: Path, where: dict[str, object], left: list[str]) -> None:
    """Rows are picked by values, exclusions and ranges, all of which must hold."""
    town = Town()
    town.settings["schools"]["where"] = where
    del town.settings["plan"]
    district = town.check(tmp_path).district
    assert district is not None
    assert list(district.schools.index) == left


def test_provenance_of_every_file(tmp_path: Path) -> None:
    """Each source is kept with its year, licence and the digest of its bytes."""
    town = Town()
    town.settings["blocks"]["provenance"] = {
        "source": "County GIS",
        "year": "2024",
        "licence": "CC-BY-4.0",
    }
    district = town.check(tmp_path).district
    assert district is not None
    assert set(district.provenance) == {"blocks", "students", "schools", "plan"}
    blocks = district.provenance["blocks"]
    assert (blocks.source, blocks.vintage, blocks.licence) == ("County GIS", "2024", "CC-BY-4.0")
    assert len(blocks.sha256) == 64
    assert blocks.path == "blocks.gpkg"


def test_a_check_can_be_told_as_plain_values(tmp_path: Path) -> None:
    """The report of a check is plain values: for ``--json``."""
    report = Town().check(tmp_path)
    told = json.loads(json.dumps(report.describe(), allow_nan=False))
    assert told["ok"] is True
    assert told["district"]["levels"]["elementary"]["students"] == 144
    broken = check_district(tmp_path / "nowhere.toml").describe()
    assert json.loads(json.dumps(broken, allow_nan=False))["fatal"] == 1


def test_a_bridge_needs_two_blocks(tmp_path: Path) -> None:
    """A bridge of one block, or of an unknown block, is told."""
    town = Town()
    town.settings["bridges"] = {"blocks": ["0000"]}
    assert "does not make a pair" in fatal_of(town, tmp_path, "config_value").message
    town.settings["bridges"] = {"blocks": ["0000", "9999"]}
    fatal_of(town, tmp_path, "bridge_unknown_block")
