"""Counts of several sections of students are held against each other, as within one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from district_folder import Town

from geodata import CheckReport, Fault
from geodata.groups import sum_faults
from geodata.students import StudentCounts


def only(report: CheckReport, code: str, severity: str) -> Fault:
    """Return the one fault of a code."""
    (fault,) = [fault for fault in report.faults if fault.code == code]
    assert fault.severity == severity
    assert fault.why
    assert fault.remedy
    return fault


def _by_grade_beside_a_total(groups: int, exhaustive: bool = True) -> Town:
    """Return a town whose groups are by grade, and whose total (12 a block) another section has."""
    town = Town()
    for grade in ("K", "1", "2", "3", "4", "5"):
        town.students[f"{grade}_x"] = town.students[f"{grade}_y"] = groups
    by_grade = {
        "file": "students.csv",
        "id": town.settings["students"]["id"],
        "pattern": "{grade}_{group}",
        "group_names": ["x", "y"],
        "groups_exhaustive": exhaustive,
    }
    whole = {**town.settings["students"], "for_levels": ["elementary"]}
    town.settings["students"] = [by_grade, whole]
    return town


def test_counts_of_two_sections_may_agree(tmp_path: Path) -> None:
    """Groups by grade in one section are everybody of the total in another; rounding is none."""
    town = _by_grade_beside_a_total(1)
    town.students["total"] = town.students["total"].astype(float) * (1 + 1e-9)
    town.settings["students"][1] |= {"estimated": True}
    report = town.check(tmp_path)
    assert report.faults == ()
    assert report.district is not None
    assert report.district.students.exhaustive


@pytest.mark.parametrize(
    ("groups", "exhaustive", "code"),
    [
        (2, True, "groups_over_total"),
        (2, False, "groups_over_total"),
        (0, True, "groups_under_total"),
    ],
)
def test_counts_of_two_sections_may_not_contradict(
    tmp_path: Path, groups: int, exhaustive: bool, code: str
) -> None:
    """Parts in one section are held to the whole in another, as within one."""
    town = _by_grade_beside_a_total(groups, exhaustive)
    fault = only(town.check(tmp_path), code, "fatal")
    assert len(fault.rows) == 12
    assert "of elementary" in fault.message
    town.settings["students"][0]["estimated"] = True
    assert len(only(town.check(tmp_path), code, "warning").rows) == 12


def test_grades_of_one_section_against_the_level_of_another(tmp_path: Path) -> None:
    """More students by grade than in the level is fatal; fewer are told."""
    town = Town()
    section = town.settings["students"]
    town.students["k5"] = town.students["total"]
    town.students.loc[4, "k5"] = 9
    town.students.loc[5, "k5"] = 15
    by_grade = {**section, "grades": {"K": "g_K"} | {str(n): f"g_0{n}" for n in range(1, 6)}}
    del by_grade["total"]
    whole = {**section, "total": "k5", "for_levels": ["elementary"]}
    town.settings["students"] = [by_grade, whole]
    report = town.check(tmp_path)
    assert only(report, "grades_over_total", "fatal").rows == ("0010",)
    assert only(report, "grades_under_total", "warning").rows == ("0011",)


def test_masked_grades_make_no_estimate_too_large() -> None:
    """One estimate above its whole is doubtful, not fatal, though other wholes are not known."""
    grades = ("K", "1", "2", "3", "4", "5")
    cells = {(grade, "*", "*"): np.full(10, 10.0) for grade in grades}
    for block, grade in enumerate(grades):
        cells[grade, "*", "*"][block] = np.nan
    cells["elementary", "*", "poor"] = np.array([30.0] * 9 + [61.0])
    table = pd.DataFrame(cells, index=pd.Index([f"b{i}" for i in range(10)], name="block_id"))
    table.columns = pd.MultiIndex.from_tuples(table.columns)
    counts = StudentCounts(
        table, levels=("elementary",), estimated=True, level_grades={"elementary": grades}
    )
    (fault,) = sum_faults(counts, "students.csv")
    assert (fault.code, fault.severity) == ("poor_over_total", "warning")
    assert list(fault.rows) == ["b9"]
