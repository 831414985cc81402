"""Students who attend today, beside those who live in the zone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from district_folder import Town
from oracle.graded_town import grades, town

from geodata.errors import Fault
from geodata.load import CheckReport
from geodata.take_up import enrolled_today, residents_today


def checked(folder: Path, *enrolled: float) -> CheckReport:
    """Check the small district; 60 students live in the zone of W1, and 60 in that of E1."""
    place = Town()
    place.students["total"] = 60 / (place.plan["school"] == "W1").sum()
    place.schools["attends"] = list(enrolled)
    place.settings["schools"]["enrolled"] = "attends"
    return place.check(folder)


def only(report: CheckReport, code: str) -> Fault:
    """Return the one fault of a kind."""
    (found,) = [fault for fault in report.faults if fault.code == code]
    return found


def test_enrolled_students_are_read(tmp_path: Path) -> None:
    """By headcount, without a fault where they are likely."""
    report = checked(tmp_path, 48, 66)
    assert report.faults == ()
    assert report.district is not None
    enrolled = enrolled_today(report.district)
    assert enrolled is not None
    assert enrolled.to_dict() == {"E1": 66, "W1": 48}


def test_unknown_enrolment_is_told_and_stays_unknown(tmp_path: Path) -> None:
    """It is no zero."""
    report = checked(tmp_path, 48, np.nan)
    assert only(report, "enrolled_missing").rows == ("E1",)
    assert report.district is not None
    enrolled = enrolled_today(report.district)
    assert enrolled is not None
    assert np.isnan(enrolled["E1"])


@pytest.mark.parametrize("wrong", [0.8, 2000])
def test_enrolment_that_cannot_be_of_the_zone_is_told(tmp_path: Path, wrong: float) -> None:
    """A share read as a count, or a count of another column."""
    fault = only(checked(tmp_path, 48, wrong), "enrolled_unlikely")
    assert fault.severity == "warning"
    assert fault.rows == ("E1",)
    assert f"{wrong / 60:.3g} for each resident" in fault.message


def test_negative_enrolment_is_refused(tmp_path: Path) -> None:
    """Nobody attends less than not at all; no warning follows from it."""
    report = checked(tmp_path, 48, -1)
    assert report.district is None
    assert [fault.code for fault in report.faults] == ["count_negative"]
    assert "[schools] enrolled" in str(report.faults[0])


def test_a_district_without_the_column_is_what_it_was(tmp_path: Path) -> None:
    """It has no such column, which would be part of its digest."""
    bare, counted = tmp_path / "bare", tmp_path / "counted"
    for folder in (bare, counted):
        folder.mkdir()
    place = Town()
    place.students["total"] = 60 / (place.plan["school"] == "W1").sum()
    without = place.check(bare).district
    with_it = checked(counted, 48, 66).district
    assert without is not None
    assert with_it is not None
    assert enrolled_today(without) is None
    assert "enrolled_students" not in without.schools.columns
    assert without.digest() != with_it.digest()


def test_residents_of_divided_grades_are_counted_by_grade() -> None:
    """A lower and an upper school of one zone have their own grades; a closed school none."""
    counts = {(grade, "*", "*"): [10.0, 20.0] for grade in grades("K", "5")}
    rows = [(b, "elementary", s, *span) for b in ("00", "01")
            for s, span in (("low", ("K", "2")), ("up", ("3", "5")))]  # fmt: skip
    levels = {"elementary": "K-5"}
    where = {"low": 0, "up": 1, "idle": 1}
    lives = residents_today(town(counts, where, levels=levels, today=rows))
    assert lives.to_dict() == {"low": 90.0, "up": 90.0}
    whole = {("*", "*", "*"): [60.0, 120.0]}
    once = town(whole, where, levels=levels, today=rows, single_counts=["elementary"])
    assert residents_today(once).isna().all()


def test_a_text_attribute_of_that_name_is_no_count() -> None:
    """Only what [schools] enrolled names is counted."""
    district = town({("K", "*", "*"): [1.0]}, {"a": 0}, levels={"elementary": "K"})
    district.schools["enrolled_students"] = pd.array(["many"], dtype="str")
    assert enrolled_today(district) is None
