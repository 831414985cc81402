"""Student counts: what is known, what can be added up, and what stays unknown."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from district_folder import Town
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import GRADES, MissingCountError, StudentCounts

SPANS = {"elementary": ("K", "1", "2"), "middle": ("3", "4")}


def counts(columns: dict[tuple[str, str, str], list[float]], **settings: Any) -> StudentCounts:
    """Return counts of blocks a and b."""
    names = pd.MultiIndex.from_tuples(columns, names=["grade", "group", "poverty"])
    values = np.array(list(columns.values()), dtype=float).T
    table = pd.DataFrame(values, index=pd.Index(["a", "b"], name="block_id"), columns=names)
    groups = tuple(dict.fromkeys(key[1] for key in columns if key[1] != "*"))
    return StudentCounts(table, groups=groups, level_grades=SPANS, **settings)


def test_total_stands_for_its_levels_only() -> None:
    """A total counts a level only where it is said to stand for it."""
    total = counts({("*", "*", "*"): [3, 4]}, levels=("elementary",))
    assert list(total.count()) == [3, 4]
    assert list(total.count(level="elementary")) == [3, 4]
    assert not total.has(level="middle")
    with pytest.raises(MissingCountError, match="level 'middle'"):
        total.count(level="middle")


def test_levels_add_up_grades() -> None:
    """Counts by grade answer for levels and for some grades of them."""
    by_grade = counts({(grade, "*", "*"): [1, 2] for grade in ("K", "1", "2", "3", "4")})
    assert list(by_grade.count(level="elementary")) == [3, 6]
    assert list(by_grade.count(level="middle")) == [2, 4]
    assert list(by_grade.count(grades=("K", "1"))) == [2, 4]
    assert list(by_grade.count()) == [5, 10]
    assert not by_grade.has(grades=("5",))


def test_grades_outside_the_level_do_not_count() -> None:
    """Asking a level for a school's grades counts the grades both have."""
    by_grade = counts({(grade, "*", "*"): [1, 2] for grade in ("PK", "K", "1", "2")})
    assert list(by_grade.count(level="elementary", grades=("PK", "K"))) == [1, 2]


def test_total_cannot_be_divided_by_grade() -> None:
    """A total of a level does not answer for some of its grades."""
    total = counts({("*", "*", "*"): [3, 4]}, levels=("elementary",))
    assert total.has(level="elementary", grades=("K", "1", "2"))
    assert not total.has(level="elementary", grades=("K", "1"))


def test_counts_that_differ_by_level() -> None:
    """A column for one level counts that level; their sum is never guessed."""
    by_level = counts({("elementary", "*", "*"): [3, 4], ("middle", "*", "*"): [1, 1]})
    assert list(by_level.count(level="middle")) == [1, 1]
    assert not by_level.has()


def test_unknown_is_not_zero() -> None:
    """One unknown grade makes the level unknown."""
    by_grade = counts(
        {("K", "*", "*"): [1, np.nan], ("1", "*", "*"): [1, 1], ("2", "*", "*"): [1, 1]}
    )
    found = by_grade.count(level="elementary")
    assert found[0] == 3
    assert np.isnan(found[1])


def test_groups_are_the_total_only_when_exhaustive() -> None:
    """Groups add up to the total where every student is in one, and only there."""
    columns = {("*", "x", "*"): [1.0, 2.0], ("*", "y", "*"): [3.0, 4.0]}
    assert not counts(columns, levels=("elementary",)).has(level="elementary")
    whole = counts(columns, levels=("elementary",), exhaustive=True)
    assert list(whole.count(level="elementary")) == [4, 6]
    assert list(whole.count(level="elementary", group="y")) == [3, 4]
    assert not whole.has(group="z")


def test_poverty_is_never_derived() -> None:
    """Poor students are counted or unknown."""
    columns = {("*", "*", "*"): [5.0, 5.0], ("*", "x", "poor"): [1.0, 2.0]}
    found = counts(columns, levels=("elementary",))
    assert not found.has(poor=True)
    assert list(found.count(group="x", poor=True)) == [1, 2]
    with pytest.raises(MissingCountError, match="poor students"):
        found.count(level="elementary", poor=True)


def test_what_is_counted_is_told() -> None:
    """A missing count names those there are."""
    found = counts({("K", "x", "poor"): [1, 1]}, proxy="2010 census")
    assert found.describe() == "students by grade and group and poverty (groups x), 2010 census"
    found = counts({("elementary", "x", "*"): [1, 1]})
    assert found.describe() == "students by level and group (groups x)"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=40, max_size=40), st.data())
def test_crossed_counts_add_up_like_a_cube(values: list[int], data: st.DataObject) -> None:
    """Any question about fully crossed counts is a sum over the cube."""
    grades, groups = ("K", "1", "2", "3", "4"), ("x", "y")
    cube = np.array(values, dtype=float).reshape(2, 5, 2, 2)
    columns = {
        (grade, group, poverty): list(
            cube[:, g, k, 1] if poverty == "poor" else cube[:, g, k].sum(axis=1)
        )
        for (g, grade), (k, group), poverty in product(
            enumerate(grades), enumerate(groups), ("*", "poor")
        )
    }
    found = counts(columns, exhaustive=True)
    level = data.draw(st.sampled_from([None, "elementary", "middle"]))
    group = data.draw(st.sampled_from([None, *groups]))
    poor = data.draw(st.booleans())
    wanted = SPANS[level] if level else grades
    part = cube[:, [grades.index(grade) for grade in wanted]]
    part = part if group is None else part[:, :, [groups.index(group)]]
    part = part[..., 1] if poor else part.sum(axis=-1)
    assert np.allclose(found.count(level=level, group=group, poor=poor), part.sum(axis=(1, 2)))


def read(town: Town, folder: Path) -> StudentCounts:
    """Return the counts of a district that must be without faults."""
    report = town.check(folder)
    assert report.faults == (), [str(fault) for fault in report.faults]
    assert report.district is not None
    return report.district.students


def test_every_kind_of_column_is_read(tmp_path: Path) -> None:
    """Total, poverty, groups, grades and crossed cells come from their columns."""
    town = Town()
    town.students["poor_a_k"] = 1
    town.settings["students"] |= {
        "poor": "poor",
        "groups": {"a": "a", "b": "b"},
        "grades": {"K": "g_K", "1": "g_01", "2": "g_02", "3": "g_03", "4": "g_04", "5": "g_05"},
        "cells": [{"column": "poor_a_k", "grade": "K", "group": "a", "poor": True}],
    }
    found = read(town, tmp_path)
    assert found.groups == ("a", "b")
    assert found.count(poor=True).sum() == 48
    assert found.count(group="b").sum() == 84
    assert found.count(level="elementary").sum() == 144
    assert found.count(grades=("K",), group="a", poor=True).sum() == 12
    assert found.levels == ("elementary",)


COLUMNS = {"K": "g_K", "1": "g_01", "2": "g_02", "3": "g_03", "4": "g_04", "5": "g_05"}


def test_groups_beside_exactly_the_grades_of_a_level_are_the_levels(tmp_path: Path) -> None:
    """Poverty and groups mapped with the grades K-5 are those of the level K-5."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    town.settings["plan"]["for_level"] = "elementary"
    section = {**town.settings["students"], "poor": "poor", "groups": {"a": "a"}}
    town.settings["students"] = {**section, "grades": COLUMNS}
    report = town.check(tmp_path)
    assert report.district is not None
    counts = report.district.students
    assert counts.count(level="elementary", poor=True).sum() == 48
    assert counts.count(level="elementary", group="a").sum() == 60
    assert not counts.has(level="middle", poor=True)
    assert "counts_of_no_level" not in {fault.code for fault in report.faults}


def test_groups_beside_other_grades_are_told_to_be_of_no_use(tmp_path: Path) -> None:
    """Poverty over the grades of two levels can be no level's, and a planner hears it."""
    town = Town()
    town.settings["levels"] = {"primary": "K-2", "upper": "3-5"}
    town.settings["schools"]["level"] = {"value": "primary"}
    section = {**town.settings["students"], "poor": "poor", "groups": {"a": "a"}}
    town.settings["students"] = {**section, "grades": COLUMNS}
    report = town.check(tmp_path)
    (fault,) = [fault for fault in report.faults if fault.code == "counts_of_no_level"]
    assert (fault.severity, fault.rows) == ("warning", ("poor", "a"))
    assert "for_levels" in fault.remedy


def test_a_total_above_its_grades_is_told(tmp_path: Path) -> None:
    """Students of the total who are in no grade are in no level; they are counted and named."""
    town = Town()
    town.settings["students"]["grades"] = COLUMNS
    town.students.loc[4, "g_K"] = 0
    report = town.check(tmp_path)
    (fault,) = [fault for fault in report.faults if fault.code == "grades_under_total"]
    assert (fault.severity, fault.rows) == ("warning", ("0010",))
    assert "by 2 students" in fault.message


def test_columns_by_pattern(tmp_path: Path) -> None:
    """Many crossed columns are found by the form of their names."""
    town = Town()
    for grade, group in product(("0K", "01", "02", "03", "04", "05"), ("a", "b_c")):
        town.students[f"n{grade}_{group}"] = 1
        town.students[f"n{grade}_{group}_frl"] = 0
    del town.settings["students"]["total"]
    town.settings["students"] |= {
        "pattern": "n{grade}_{group}",
        "poor_pattern": "n{grade}_{group}_frl",
        "group_names": ["a", "b_c"],
        "groups_exhaustive": True,
    }
    town.students = town.students.rename(columns=lambda name: name.replace("n0K", "nKG"))
    found = read(town, tmp_path)
    assert found.count(level="elementary").tolist() == [12.0] * 12
    assert found.count(level="elementary", group="b_c").tolist() == [6.0] * 12
    assert found.count(level="elementary", poor=True).tolist() == [0.0] * 12


def test_pattern_that_finds_nothing(tmp_path: Path) -> None:
    """A pattern without any column is a fault."""
    town = Town()
    town.settings["students"]["pattern"] = "count_{grade}"
    assert "column_missing" in {fault.code for fault in town.check(tmp_path).fatal}


def long_table() -> pd.DataFrame:
    """Return one row a block, grade, group and poverty, one student each."""
    names = Town().students["block"]
    rows = product(names, ("KG", "01", "02", "03", "04", "05"), ("a", "b"), ("Y", "N"))
    return pd.DataFrame(rows, columns=["block", "grade", "race", "frl"]).assign(n=1)


def long_settings(town: Town) -> None:
    """Map the long table."""
    del town.settings["students"]["total"]
    town.settings["students"] |= {
        "groups_exhaustive": True,
        "long": {"count": "n", "grade": "grade", "group": "race", "poor": "frl"},
    }


def test_counts_in_rows(tmp_path: Path) -> None:
    """A long table counts like crossed columns."""
    town = Town(students=long_table())
    long_settings(town)
    found = read(town, tmp_path)
    assert found.count(level="elementary").tolist() == [24.0] * 12
    assert found.count(level="elementary", group="a", poor=True).tolist() == [6.0] * 12


def test_missing_rows_are_unknown_unless_declared(tmp_path: Path) -> None:
    """A cell without a row is unknown; where rows are only written for students, it is zero."""
    table = long_table()
    town = Town(students=table[~((table["block"] == "0000") & (table["grade"] == "03"))])
    long_settings(town)
    codes = {fault.code for fault in town.check(tmp_path).faults}
    assert codes == {"students_unknown"}
    town.settings["students"]["missing_rows_are_zero"] = True
    assert read(town, tmp_path).count(level="elementary")[0] == 20


def test_repeated_rows_are_added_and_told(tmp_path: Path) -> None:
    """Rows that repeat a cell are added up, not in silence."""
    table = long_table()
    town = Town(students=pd.concat([table, table.iloc[:1]]))
    long_settings(town)
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["count_rows_added"]
    assert report.district is not None
    assert report.district.students.count(level="elementary")[0] == 25


def test_unreadable_grade_in_a_row(tmp_path: Path) -> None:
    """A row of no grade belongs to no level: fatal."""
    table = long_table()
    table.loc[3, "grade"] = "Ungraded"
    town = Town(students=table)
    long_settings(town)
    assert [fault.code for fault in town.check(tmp_path).fatal] == ["grade_unreadable"]


def test_counts_by_level_in_two_sections(tmp_path: Path) -> None:
    """Two sections may each count a level."""
    town = Town()
    town.settings["levels"] = {"elementary": "K-5", "middle": "6-8"}
    town.settings["plan"]["for_level"] = "elementary"
    section = town.settings["students"]
    town.settings["students"] = [
        {**section, "for_levels": ["elementary"]},
        {**section, "total": "a", "for_levels": ["middle"], "proxy": "sixth graders × 3"},
    ]
    report = town.check(tmp_path)
    assert report.district is not None
    found = report.district.students
    assert found.count(level="elementary").sum() == 144
    assert found.count(level="middle").sum() == 60
    assert found.proxy == "sixth graders × 3"


def test_estimates_are_marked(tmp_path: Path) -> None:
    """Estimated counts and proxies say so."""
    town = Town()
    town.settings["students"] |= {"estimated": True, "proxy": "2010 under-18 counts"}
    found = read(town, tmp_path)
    assert found.estimated
    assert "2010 under-18 counts" in found.describe()


def test_all_grades_can_be_counted(tmp_path: Path) -> None:
    """Every grade from PK to 12 may have a column."""
    town = Town()
    for grade in GRADES:
        town.students[f"s{grade}"] = 1
    town.settings["levels"] = {"all": "PK-12"}
    town.settings["schools"]["level"] = {"value": "all"}
    del town.settings["plan"]
    del town.settings["students"]["total"]
    town.settings["students"]["grades"] = {grade: f"s{grade}" for grade in GRADES}
    assert read(town, tmp_path).count(level="all").tolist() == [14.0] * 12


def test_columns_of_one_grade_are_added_and_told(tmp_path: Path) -> None:
    """TK and K are both counted as kindergarten: neither is lost."""
    town = Town()
    town.students["g_TK"] = [3] * 12
    grades = {"TK": "g_TK", "K": "g_K"} | {str(k): f"g_0{k}" for k in range(1, 6)}
    town.settings["students"] = {"file": "students.csv", "id": "block", "grades": grades}
    report = town.check(tmp_path)
    assert [fault.code for fault in report.faults] == ["count_columns_added"]
    assert report.district is not None
    assert report.district.students.count(grades=("K",)).tolist() == [5.0] * 12


def test_rows_without_a_block_are_told(tmp_path: Path) -> None:
    """Students whose address was not found are left out, but not without a word."""
    table = long_table().astype({"block": object})
    table.loc[[0, 5], "block"] = None
    town = Town(students=table)
    long_settings(town)
    town.settings["students"]["missing_rows_are_zero"] = True
    told = {fault.code: fault for fault in town.check(tmp_path).faults}
    assert "2 of 288 rows name no block" in told["block_missing"].message


def test_what_nobody_is_counts_as_nobody_where_rows_are_only_of_students(tmp_path: Path) -> None:
    """A group without a third grader anywhere has none; the level can still be counted."""
    table = long_table()
    nobody = (table["grade"] == "03") & (table["race"] == "b")
    poor = (table["grade"] == "02") & (table["frl"] == "Y")
    town = Town(students=table[~nobody & ~poor])
    long_settings(town)
    town.settings["students"]["missing_rows_are_zero"] = True
    found = read(town, tmp_path)
    assert found.count(level="elementary", group="b").tolist() == [9.0] * 12
    assert found.count(level="elementary", poor=True).tolist() == [9.0] * 12
