"""Files as offices have them: codes, sheets and columns that must not be misread in silence."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest
from district_folder import Town, students
from shapely.affinity import translate

from geodata.config_basics import ColumnConfig
from geodata.sources.cells import Cells
from geodata.sources.person_level import person_level_fault
from geodata.sources.rows import _fulfils


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["F", "R", "P"], "'F', 'R', 'P'"),
        (["F", "N"], "'F'"),
        (["T", "F"], ""),
        (["true", "F", "T"], ""),
        (["yes", "no"], ""),
    ],
)
def test_a_code_for_free_lunch_is_not_a_no(values: list[str], told: str) -> None:
    """F says "false" beside T only; alone or among other letters it is a code to be mapped."""
    frame = pd.DataFrame({"frl": values})
    raw = SimpleNamespace(frame=frame, label="s.csv", unknown=(), geometry=None, header=1)
    faults: list[Any] = []
    cells = Cells(cast(Any, raw), "students", faults)
    cells.flags(ColumnConfig(column="frl"), "poor")
    assert [fault.code for fault in faults] == (["flag_unreadable"] if told else [])
    assert all(told in fault.message for fault in faults)


def test_two_columns_of_one_name_in_a_sheet_are_refused(tmp_path: Path) -> None:
    """As in a text table: nobody takes the first one in silence."""
    table = students()
    twice = pd.concat([table, table.iloc[:, [-1]]], axis=1)
    twice.to_excel(tmp_path / "s.xlsx", index=False)
    town = Town()
    town.settings["students"]["file"] = "s.xlsx"
    fault = town.check(tmp_path).fatal[0]
    assert fault.code == "file_unreadable"
    assert "several columns are named" in fault.message


def test_an_unknown_encoding_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    """What a text editor calls ANSI is no encoding; the file and the word are named."""
    town = Town()
    town.schools.to_csv(tmp_path / "s.csv", index=False)
    town.settings["schools"] |= {"file": "s.csv", "encoding": "ANSI"}
    fault = town.check(tmp_path).fatal[0]
    assert fault.code == "file_unreadable"
    assert "ANSI" in fault.message


def test_conditions_on_flags_and_empty_cells() -> None:
    """TRUE, True and true are one; not = "" leaves empty cells out; a range needs numbers."""
    closed = pd.Series(["TRUE", "False", "true", "FALSE"])
    assert cast(Any, _fulfils(closed, {"not": True})).tolist() == [False, True, False, True]
    assert cast(Any, _fulfils(closed, True)).tolist() == [True, False, True, False]
    texts = pd.Series(["a", None, "b"])
    assert cast(Any, _fulfils(texts, {"not": ""})).tolist() == [True, False, True]
    assert _fulfils(texts, {"min": "K", "max": "5"}) is None
    numbers = pd.Series(["1", "5", None])
    assert cast(Any, _fulfils(numbers, {"min": 2})).tolist() == [False, True, False]


def test_in_a_district_of_one_level_grades_decide_too(tmp_path: Path) -> None:
    """A high school in the schools file gets no elementary zone: its row is named."""
    town = Town()
    town.schools["low"], town.schools["high"] = ["K", "9"], ["5", "12"]
    town.settings["schools"] |= {"grade_low": "low", "grade_high": "high"}
    del town.settings["schools"]["level"]
    codes = [fault.code for fault in town.check(tmp_path).fatal]
    assert "level_unknown" in codes


def test_outlines_count_beside_columns_of_coordinates(tmp_path: Path) -> None:
    """Blocks with outlines and with a mapped inner point have borders, as without it."""
    town = Town()
    centre = town.blocks.geometry.to_crs(4326).union_all().centroid
    town.blocks["lon"], town.blocks["lat"] = centre.x, centre.y
    town.settings["blocks"] |= {"lon": "lon", "lat": "lat"}
    report = town.check(tmp_path)
    assert not report.fatal
    assert report.district is not None
    assert len(report.district.graph.edge_i) == 17


@pytest.mark.parametrize(
    "column", ["Student_Number", "LastFirst", "STUDENT_NU", "DATEOFBIRT", "State Student ID"]
)
def test_names_of_single_students_are_refused_however_they_are_cut(column: str) -> None:
    """Exports and Shapefiles shorten names; files about single children are not read."""
    fault = person_level_fault(["SA_ID", column], "s.csv", people=True)
    assert fault is not None
    assert fault.code == "person_level"
    assert person_level_fault(["SA_ID", "students", "grade"], "s.csv", people=True) is None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_empty_rows_are_no_rows(tmp_path: Path, form: str) -> None:
    """A spreadsheet leaves rows of empty cells, in the middle and below; nobody is missing."""
    table = students()
    empty = pd.DataFrame([[None] * len(table.columns)] * 3, columns=table.columns)
    whole = pd.concat([table.head(5).astype(object), empty, table.tail(-5), empty])
    path = tmp_path / f"s.{form}"
    (whole.to_csv if form == "csv" else whole.to_excel)(path, index=False)
    town = Town()
    town.settings["students"]["file"] = path.name
    report = town.check(tmp_path)
    assert report.faults == ()


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    """The header is row 1, and empty rows count, so that the planner mends the right one."""
    town = Town()
    text = town.students.assign(total="x").iloc[:2].to_csv(index=False)
    head, first, second = text.split()
    lines = "\n".join([head, "", first, "", second])
    town.settings["students"] |= {"file": "gaps.csv", "missing_rows_are_zero": True}
    (tmp_path / "gaps.csv").write_text(lines, encoding="utf-8")
    (fault,) = [f for f in town.check(tmp_path).fatal if f.code == "count_not_numeric"]
    assert fault.rows == ("row 3", "row 5")


@pytest.mark.parametrize(("estimated", "told"), [(False, ["count_fraction"]), (True, [])])
def test_shares_are_no_counts(tmp_path: Path, estimated: bool, told: list[str]) -> None:
    """A column of shares mapped as counts of the poor is told; estimates may be fractions."""
    town = Town()
    town.students["poor"] = 0.43
    town.settings["students"] |= {"poor": "poor", "estimated": estimated}
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == told
    assert all("between 0 and 1" in fault.message for fault in report.faults)


def test_a_stray_block_does_not_move_the_system_measured_in(tmp_path: Path) -> None:
    """One block at 0° N 0° E is a slip; the others keep their UTM zone."""
    town = Town()
    town.blocks = town.blocks.to_crs(4326)
    town.blocks.loc[0, "geometry"] = translate(town.blocks.geometry[1], 75.0, -37.0)
    del town.settings["crs"]
    district = town.check(tmp_path).district
    assert district is not None
    assert district.crs == "EPSG:32618"


def test_percentages_are_no_counts_even_where_they_are_estimates(tmp_path: Path) -> None:
    """43 % of 12 students is not 43 students: the district would have more poor than students."""
    town = Town()
    town.students["poor"] = 43.0
    town.settings["students"] |= {"poor": "poor", "estimated": True}
    (fault,) = town.check(tmp_path).fatal
    assert fault.code == "poor_over_total"
    assert "percentages" in fault.remedy


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_titles_may_stand_above_the_names_of_columns(tmp_path: Path, form: str) -> None:
    """The fault about a missing column finds the row with its name; header_row reads it so."""
    table = students()
    table["total"] = table["total"].astype(object)
    table.loc[2, "total"] = "many"
    names = pd.DataFrame([table.columns], columns=table.columns)
    titles = pd.DataFrame(
        [["Gridton, 1 October"] + [None] * 10, [None] * 11], columns=table.columns
    )
    sheet = pd.concat([titles, names, table])
    if form == "csv":
        sheet.to_csv(tmp_path / "s.csv", index=False, header=False)
    else:
        sheet.to_excel(tmp_path / "s.xlsx", index=False, header=False)
    town = Town()
    town.settings["students"]["file"] = f"s.{form}"
    fault = next(f for f in town.check(tmp_path).fatal if f.code == "column_missing")
    assert "header_row = 3" in fault.remedy
    town.settings["students"]["header_row"] = 3
    (fault,) = town.check(tmp_path).fatal
    assert fault.code == "count_not_numeric"
    assert fault.rows == ("row 6",)


def test_a_title_of_fewer_cells_than_columns_points_at_the_key(tmp_path: Path) -> None:
    """A text table whose first line is a plain title cannot be read; header_row is named."""
    text = "Gridton\n" + students().to_csv(index=False)
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    town = Town()
    town.settings["students"]["file"] = "s.csv"
    (fault,) = town.check(tmp_path).fatal
    assert fault.code == "file_unreadable"
    assert "header_row" in fault.remedy
    town.settings["students"]["header_row"] = 2
    assert town.check(tmp_path).faults == ()


def test_names_of_columns_in_other_capitals_are_read_and_told(tmp_path: Path) -> None:
    """Where exactly one column is so named but for capitals and blanks; several are a fault."""
    town = Town()
    town.students = town.students.rename(columns={"block": " Block ", "total": "TOTAL  k-5"})
    town.settings["students"] |= {"total": "Total K-5", "where": {"BLOCK": {"not": "x"}}}
    town.settings["students"]["id"] = "BLOCK"
    (fault,) = town.check(tmp_path).faults
    assert fault.code == "column_spelling"
    assert not fault.is_fatal
    assert "'TOTAL  k-5' for 'Total K-5'" in fault.message
    town.students["total k-5"] = 1
    assert [fault.code for fault in town.check(tmp_path).fatal] == ["column_missing"]


@pytest.mark.parametrize(
    ("seats", "read"),
    [
        (["1,850", "90"], [1850.0, 90.0]),
        (["1,850", "1,750.5"], [1850.0, 1750.5]),
        (["1,000,000", "1,850"], [1e6, 1850.0]),
        (["1,850", "1,750"], None),  # as well 1.85 and 1.75
        (["1,850", "1,85"], None),
        (["0,850", "90"], None),
        (["1,850", "many"], None),
    ],
)
def test_commas_are_read_where_they_can_only_be_thousands(
    tmp_path: Path, seats: list[str], read: list[float] | None
) -> None:
    """It is told that they were; where decimals might be meant, the advice is about commas."""
    town = Town()
    town.schools["seats"] = seats
    report = town.check(tmp_path)
    told = {fault.code: fault for fault in report.faults}
    if read is None:
        assert "commas" in told["count_not_numeric"].remedy
    else:
        assert set(told) == {"count_thousands"}
        assert not told["count_thousands"].is_fatal
        assert report.district is not None
        assert sorted(report.district.schools["capacity_seats"]) == sorted(read)


def test_conditions_on_numbers_read_thousands_too() -> None:
    """No row is left out in silence for its comma."""
    numbers = pd.Series(["1,850", "90", None])
    assert cast(Any, _fulfils(numbers, {"min": 100})).tolist() == [True, False, False]
