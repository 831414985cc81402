"""Students expected in later years: read beside today's, kept apart from them, checked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from district_folder import Town

from geodata import (
    DataError,
    load_district,
    synthetic_district,
    synthetic_forecast,
    synthetic_grid,
    write_district,
)


def town_with_forecast(**more: object) -> Town:
    """Return a town whose students file has a column of expected students for 2031."""
    town = Town()
    town.students["k5_2031"] = [14.5] * 12
    section = {"year": 2031, "file": "students.csv", "id": "block", "total": "k5_2031"}
    town.settings["forecast"] = [section | more]
    return town


def test_a_forecast_is_read_beside_todays_students(tmp_path: Path) -> None:
    """Both years are counted; a forecast is an estimate, so fractions of students are no fault."""
    report = town_with_forecast().check(tmp_path)
    assert report.faults == ()
    assert report.district is not None
    assert report.district.students.count(level="elementary").sum() == 144
    expected = report.district.forecasts[2031]
    assert expected.count(level="elementary").sum() == pytest.approx(174)
    assert expected.estimated
    assert not report.district.students.estimated
    assert report.district.describe()["forecasts"] == [2031]
    assert report.district.provenance["forecast"].path == "students.csv"


def test_the_district_of_a_year_has_the_years_students(tmp_path: Path) -> None:
    """`in_year` answers with the forecast; another year is refused with those there are."""
    district = load_district(town_with_forecast().write(tmp_path))
    then = district.in_year(2031)
    assert then.students.count(level="elementary").tolist() == [14.5] * 12
    assert then.current.equals(district.current)
    with pytest.raises(DataError, match=r"no forecast of 2030; there is one of 2031"):
        district.in_year(2030)


def test_a_forecast_is_part_of_what_a_district_is(tmp_path: Path) -> None:
    """The digest tells districts with another forecast apart."""
    with_one = load_district(town_with_forecast().write(tmp_path))
    assert with_one.digest() != dataclasses.replace(with_one, forecasts={}).digest()


def test_several_sections_of_a_year_are_one_forecast(tmp_path: Path) -> None:
    """Grades may come from one section and poverty from another."""
    town = town_with_forecast()
    town.settings["forecast"].append(
        {"year": 2031, "file": "students.csv", "id": "block", "poor": "poor"}
    )
    district = load_district(town.write(tmp_path))
    assert district.forecasts[2031].count(level="elementary", poor=True).sum() == 48


def test_unknown_students_of_a_year_are_told(tmp_path: Path) -> None:
    """forecast_unknown names the blocks without a number; they are not zero."""
    town = town_with_forecast()
    town.students.loc[[2, 3], "k5_2031"] = np.nan
    (fault,) = [f for f in town.check(tmp_path).faults if f.code == "forecast_unknown"]
    assert not fault.is_fatal
    assert len(fault.rows) == 2
    assert "2031" in fault.message


def test_a_forecast_far_from_today_is_told(tmp_path: Path) -> None:
    """forecast_far: a column of another level or a wrong one shows in the total."""
    town = town_with_forecast()
    town.students["k5_2031"] = 40
    (fault,) = [f for f in town.check(tmp_path).faults if f.code == "forecast_far"]
    assert "480 students of level 'elementary', 333 % of today's 144" in fault.message
    town.students["k5_2031"] = 9
    assert "forecast_far" not in [f.code for f in town.check(tmp_path).faults]


def test_faults_of_a_forecast_name_it(tmp_path: Path) -> None:
    """A missing column, a level that is none and a year that is none are refused by name."""
    report = town_with_forecast(total="k5_2032").check(tmp_path)
    (fault,) = [fault for fault in report.faults if fault.code == "column_missing"]
    assert "forecast 2031" in str(fault)
    report = town_with_forecast(for_levels=["elementry"]).check(tmp_path)
    assert "forecast.for_levels" in str(report.faults[0])
    report = town_with_forecast(year="soon").check(tmp_path)
    assert report.district is None
    assert "forecast" in str(report.faults[0])


def test_a_district_with_forecasts_comes_back_the_same(tmp_path: Path) -> None:
    """Written as a folder, the counts of every year survive."""
    grid = synthetic_grid(40, 3, 1, 1)
    grown = dataclasses.replace(grid.students, table=grid.students.table * 1.25, estimated=True)
    written = dataclasses.replace(grid, forecasts={2029: grid.students, 2031: grown})
    read = load_district(write_district(written, tmp_path / "grid"))
    assert read.digest() == written.digest()
    assert sorted(read.forecasts) == [2029, 2031]


def test_the_made_up_town_grows_at_its_edge() -> None:
    """Its forecast loses students in the middle and gains them in the farthest block."""
    town = synthetic_district(300, 5, 2, 1)
    today, then = town.students.count(level="elementary"), synthetic_forecast(town)
    points = town.blocks[["x_m", "y_m"]].to_numpy()
    away = np.hypot(*(points - points.mean(axis=0)).T)
    change = then.count(level="elementary") - today
    assert change[away < np.quantile(away, 0.1)].sum() < 0
    assert change[away > np.quantile(away, 0.9)].sum() > 0
    assert then.estimated
