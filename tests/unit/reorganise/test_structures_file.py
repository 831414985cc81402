"""Structures files: every fault told, every option worked out, everything written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_town import small_town

from geodata.sources.district_folder import write_district
from planner.errors import (
    MissingPovertyError,
    OverlappingSpansError,
    RunError,
    ScenarioError,
    StructureError,
    UnservedGradeError,
)
from planner.plan import read_plan
from planner.reorganise import compare_structures, load_structures
from planner.reorganise.comparison import compare_options
from planner.reorganise.file import read_households, read_rows
from planner.reorganise.study import Study

HEAD = """
schema = 1
title = "Three schools"
district = "town/district.toml"
aim = "dissimilarity"
groups = ["a", "b"]
race_conscious = true
walk_km = 1.5
class_size = { elementary = 20 }
caveats = ["A made-up town."]
"""
OPTIONS = """
[[option]]
kind = "today"
[[option]]
kind = "clusters"
name = "Pairs"
[[option]]
kind = "bands"
name = "Centers"
one_building_a_grade = true
objectives = ["transitions", "travel"]
alternatives = 3
"""


def write_town(folder: Path, **more) -> None:
    a = np.repeat(np.array([[9.0], [9], [1], [1], [4], [4]]), 6, axis=1)
    options = {"students": 10.0, "groups": {"a": a, "b": 10 - a}, "poor": a * 0.5} | more
    town = small_town(
        {"elementary": list("ppqqrr")}, {"p": 0, "q": 3, "r": 5}, columns=6,
        seats={"p": 200, "q": 200, "r": 200}, **options,
    )  # fmt: skip
    write_district(town, folder / "town")


def structures(folder: Path, text: str) -> Path:
    path = folder / "structures.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_variable_that_is_not_set_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a scenario: what names it, and how to give a default."""
    monkeypatch.delenv("NOWHERE_SET", raising=False)
    path = structures(tmp_path, HEAD.replace("town/", "${NOWHERE_SET}/") + OPTIONS)
    with pytest.raises(ScenarioError, match="environment variable NOWHERE_SET is not set"):
        load_structures(path)


def test_a_table_that_is_not_utf8_or_has_uneven_rows_is_told(tmp_path: Path) -> None:
    """Nobody is sent to a school of no name."""
    path = tmp_path / "rows.csv"
    path.write_bytes("zone,grades,school\nÑ,K-2,a\n".encode("latin-1"))
    with pytest.raises(ScenarioError, match=r"rows\.csv: is no CSV in UTF-8"):
        read_rows(path)
    path.write_text("zone,grades,school\n*,K-2,a,more\n*,3-5,b\n*,6-8\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"2 rows with more or fewer cells .*\(row 1, row 3\)"):
        read_rows(path)


def test_compare_and_write(tmp_path: Path) -> None:
    """Today, pairs and grade centers stand in one table, and in files that read back."""
    write_town(tmp_path)
    path = structures(tmp_path, HEAD + OPTIONS)
    told: list[str] = []
    found = compare_structures(path, tmp_path / "out", tell=told.append)
    assert told == ["Today (today)", "Pairs (clusters)", "Centers (bands)"]
    assert found.value("Centers", "aim") == pytest.approx(0, abs=1e-12)
    assert 0 < found.value("Pairs", "aim") < found.value("Today", "aim")
    assert found.value("Today", "transitions") == 0
    assert found.value("Centers", "transitions") == 2
    assert found.value("Pairs", "students_moved") > 0
    files = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert files == [
        "capacity.csv", "comparison.csv", "options.json", "picture.csv", "plans", "sites.csv",
        "summary.txt",
    ]  # fmt: skip
    listed = json.loads((tmp_path / "out" / "options.json").read_text())["options"]
    plan = read_plan(tmp_path / "out" / listed[2]["plan"])
    assert plan.digest(found.study.district.levels) == listed[2]["plan_id"]
    picture = pd.read_csv(tmp_path / "out" / "picture.csv")
    assert picture["option"].tolist() == ["Today", "Pairs", "Centers"]
    assert picture[["aim_value", "travel_mean_m", "transitions"]].notna().all().all()


def test_text_tells_everything(tmp_path: Path) -> None:
    """The text names aim, status, caveats, the legal caution and what is missing."""
    write_town(tmp_path)
    found = compare_structures(structures(tmp_path, HEAD + OPTIONS), tmp_path / "out")
    text = found.text()
    for part in (
        "PROVEN_OPTIMAL", "A made-up town.", "not legal advice", "Dissimilarity, within grades",
        "Siblings in one building (4 grades apart)", "Walkers lost", "Class sizes apart",
        "Not measured: travel_time_mean", "Fullest building (year 5)", "proven least",
        "Emptiest building (year 5)",
    ):  # fmt: skip
        assert part in text, part
    assert text == (tmp_path / "out" / "summary.txt").read_text().rstrip("\n")


def test_a_comparison_is_not_overwritten(tmp_path: Path) -> None:
    """An earlier comparison stays unless asked to go."""
    write_town(tmp_path)
    path = structures(tmp_path, HEAD + '[[option]]\nkind = "today"\n')
    compare_structures(path, tmp_path / "out")
    with pytest.raises(RunError, match="already there"):
        compare_structures(path, tmp_path / "out")
    compare_structures(path, tmp_path / "out", overwrite=True)


def test_a_file_takes_what_it_does_not_say_from_another(tmp_path: Path) -> None:
    """The same options for another aim are a few lines; a circle or a far file is refused."""
    structures(tmp_path, HEAD + OPTIONS)
    other = tmp_path / "other.toml"
    other.write_text('schema = 1\nextends = "structures.toml"\naim = "poverty_distance"\n')
    base, found = load_structures(tmp_path / "structures.toml"), load_structures(other)
    assert (base.aim, found.aim) == ("dissimilarity", "poverty_distance")
    assert found.title == base.title
    assert [option.name for option in found.option] == ["Today", "Pairs", "Centers"]
    other.write_text('schema = 1\nextends = "other.toml"\n')
    with pytest.raises(ScenarioError, match="extends itself"):
        load_structures(other)
    other.write_text('schema = 1\nextends = "elsewhere/structures.toml"\n')
    with pytest.raises(ScenarioError, match="another folder"):
        load_structures(other)


def test_a_cluster_of_five_buildings_is_found(tmp_path: Path) -> None:
    """Five zones of very different families even out only together, each student's way in reach."""
    share = np.array([10.0, 0, 0, 5, 0, 0, 10, 0, 0, 5])
    a = np.repeat(share[:, None], 6, axis=1)
    town = small_town(
        {"elementary": list("ppqqrrsstt")}, dict(zip("pqrst", (0, 2, 4, 6, 8), strict=True)),
        columns=10, students=10.0, groups={"a": a, "b": 10 - a}, poor=a * 0.5,
        seats=dict.fromkeys("pqrst", 200),
    )  # fmt: skip
    write_district(town, tmp_path / "town")
    text = '[[option]]\nkind = "bands"\nname = "{}"\nnearest = {}\nobjectives = ["balance"]\n'
    path = structures(tmp_path, HEAD + text.format("All", 5) + text.format("Near", 1))
    found = compare_structures(path, tmp_path / "out")
    assert found.value("All", "aim") == pytest.approx(0, abs=1e-9)
    assert found.value("Near", "aim") > 0.2
    table = found.results[0].arrangement.school_of
    assert all(len(set(row)) > 1 for row in table.tolist())


def test_given_by_rows_spans_and_csv(tmp_path: Path) -> None:
    """The same structure stated in three ways is the same plan."""
    write_town(tmp_path)
    (tmp_path / "spans.csv").write_text("zone,grades,school\n*,K-1,p\n*,2-3,q\n*,4-5,r\n")
    path = structures(
        tmp_path,
        HEAD
        + """
[[option]]
kind = "given"
name = "spans"
spans = { p = "K-1", q = "2-3", r = "4-5" }
[[option]]
kind = "given"
name = "csv"
file = "spans.csv"
[[option]]
kind = "given"
name = "rows"
rows = [
  { zone = "*", grades = "K-1", school = "p" },
  { zone = "*", grades = "2-3", school = "q" },
  { zone = "*", grades = "4-5", school = "r" },
]
[[option]]
kind = "given"
name = "feeders"
rows = [
  { zone = "p", grades = "K-2", school = "p" },
  { zone = "p", grades = "3-5", school = "q" },
  { zone = "q", grades = "K-2", school = "p" },
  { zone = "q", grades = "3-5", school = "q" },
]
""",
    )
    found = compare_structures(path, tmp_path / "out")
    first, second, third, feeders = (r.arrangement for r in found.results)
    assert (first.school_of == second.school_of).all()
    assert (first.school_of == third.school_of).all()
    assert feeders.spans() == {"p": "K-2", "q": "3-5", "r": "K-5"}


@pytest.mark.parametrize(
    ("spans", "error", "match"),
    [
        ('p = "K-1", q = "2-3"', UnservedGradeError, "grades 4, 5"),
        ('p = "K-3", q = "2-3", r = "4-5"', OverlappingSpansError, "p and q"),
        ('p = "K-5", z = "K-5"', StructureError, "unknown school z"),
    ],
)
def test_given_structures_that_do_not_fit(tmp_path: Path, spans, error, match) -> None:
    """Unserved grades, doubled grades and unknown schools are told."""
    write_town(tmp_path)
    option = f'[[option]]\nkind = "given"\nname = "x"\nspans = {{ {spans} }}\n'
    with pytest.raises(error, match=match):
        compare_structures(structures(tmp_path, HEAD + option), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_faults_of_a_file_are_told_together(tmp_path: Path) -> None:
    """Misspelt keys, unknown kinds and bases, doubled names: all at once."""
    path = structures(
        tmp_path,
        """
title = "x"
district = "d.toml"
aim = "dissimilarity"
clas_size = 20
[[option]]
kind = "clusters"
name = "a"
base = "nowhere"
[[option]]
kind = "clusters"
name = "c"
larges = 3
[[option]]
kind = "paris"
[[option]]
kind = "given"
name = "a"
""",
    )
    with pytest.raises(ScenarioError) as caught:
        load_structures(path)
    parts = ("schema = 1", "clas_size", "class_size", "larges", "paris", "nowhere", "named 'a'")
    for part in parts:
        assert part in str(caught.value), part


def test_race_must_be_said_openly(tmp_path: Path) -> None:
    """An aim that counts groups needs race_conscious = true."""
    write_town(tmp_path)
    text = HEAD.replace("race_conscious = true\n", "") + OPTIONS
    with pytest.raises(ScenarioError, match="must be said openly"):
        compare_structures(structures(tmp_path, text), tmp_path / "out")


def test_no_poverty_column(tmp_path: Path) -> None:
    """An aim about poverty without a poverty column has its own error; other aims say so."""
    write_town(tmp_path, poor=None)
    text = HEAD.replace('"dissimilarity"', '"poverty_distance"') + OPTIONS
    with pytest.raises(MissingPovertyError):
        compare_structures(structures(tmp_path, text), tmp_path / "out")
    found = compare_structures(structures(tmp_path, HEAD + OPTIONS), tmp_path / "out2")
    assert "Not measured: parity_gap: the district has no poverty count" in found.text()


def test_households_replace_the_formula(tmp_path: Path) -> None:
    """Where households are given, siblings are counted in them."""
    write_town(tmp_path)
    (tmp_path / "homes.csv").write_text(
        "household_id,block_id,grade\nx,000,K\nx,000,1\ny,001,4\ny,001,5\n"
    )
    text = HEAD + 'households = "homes.csv"\n' + OPTIONS
    found = compare_structures(structures(tmp_path, text), tmp_path / "out")
    assert found.value("Today", "siblings_together", "1 grades apart") == 1
    notes = found.table.loc[found.table["measure"] == "siblings_together", "note"]
    assert set(notes.dropna()) >= {"counted in households"}


@pytest.mark.slow
def test_redrawn_zones_and_pairs_of_them(tmp_path: Path) -> None:
    """Zones redrawn for the aim are no worse than today's, pairs of those no worse than those."""
    write_town(tmp_path)
    (tmp_path / "zones.toml").write_text(
        'schema = 1\ntitle = "zones"\ndistrict = "town/district.toml"\n'
        '[[rule]]\nuse = "contiguity"\n[[rule]]\nuse = "school_in_own_zone"\n'
        '[[objective]]\nuse = "travel"\n'
    )
    text = (
        HEAD
        + """
[[option]]
kind = "today"
[[option]]
kind = "redrawn"
name = "Redrawn"
scenario = "zones.toml"
iterations = 20
[[option]]
kind = "clusters"
name = "Pairs of redrawn"
base = "Redrawn"
"""
    )
    found = compare_structures(structures(tmp_path, text), tmp_path / "out")
    today, redrawn, pairs = (found.value(r.name, "aim") for r in found.results)
    assert redrawn <= today + 1e-9
    assert pairs <= redrawn + 1e-9


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("class_size = 0", "class_size is 0"),
        ("walk_km = -1", "walk_km is -1"),
        ("class_size = { elementary = -2 }", "-2 for elementary"),
        ('[[building]]\nschool = "z"', r"\[\[building\]\] names z"),
    ],
)
def test_nonsense_in_the_file_is_refused(tmp_path: Path, line: str, match: str) -> None:
    """A class of nobody, a negative way and a building that is not there are told."""
    write_town(tmp_path)
    head = "\n".join(
        row for row in HEAD.splitlines() if not row.startswith(("walk_km", "class_size"))
    )
    with pytest.raises(ScenarioError, match=match):
        compare_structures(structures(tmp_path, f"{head}\n{line}\n{OPTIONS}"), tmp_path / "out")


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ("x,0,K\nx,000,1\n", r"1 of 2 rows have an unknown block_id \(0\)"),
        ("x,000,K\nx,000,blue\n", r"unknown grade \(blue\)"),
        ("x,000,9\n", "none of 1 rows"),
    ],
)
def test_households_that_match_nothing(tmp_path: Path, rows: str, match: str) -> None:
    """Rows whose block or grade is unknown are counted and refused, not dropped."""
    write_town(tmp_path)
    (tmp_path / "homes.csv").write_text("household_id,block_id,grade\n" + rows)
    text = HEAD + 'households = "homes.csv"\n' + OPTIONS
    with pytest.raises(StructureError, match=match):
        compare_structures(structures(tmp_path, text), tmp_path / "out")


def test_rows_without_a_household_are_refused(tmp_path: Path) -> None:
    """All of them would be one family; the message says where they stand."""
    file = tmp_path / "homes.csv"
    file.write_text("household_id,block_id,grade\nh1,b1,K\n,b1,1\n ,b2,2\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"2 of 3 rows name no household \(row 2, row 3\)"):
        read_households(file)


ZONES = (
    'schema = 1\ntitle = "zones"\ndistrict = "town/district.toml"\n'
    '[[rule]]\nuse = "contiguity"\n[[objective]]\nuse = "travel"\n'
)


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ('[[event]]\nkind = "capacity"\nschool = "p"\ncapacity_seats = 900\n', "same buildings"),
        ('[[event]]\nkind = "relocate"\nschool = "p"\nblock = "005"\n', "same buildings"),
    ],
)
def test_a_scenario_that_changes_buildings_is_refused_first(
    tmp_path: Path, more: str, match: str
) -> None:
    """What cannot be measured on the same buildings is told before anything is solved."""
    write_town(tmp_path)
    (tmp_path / "zones.toml").write_text(ZONES + more)
    option = '[[option]]\nkind = "redrawn"\nname = "r"\nscenario = "zones.toml"\niterations = 2\n'
    path = structures(tmp_path, HEAD + option)
    with pytest.raises(ScenarioError, match=match):
        compare_structures(path, tmp_path / "out")


def test_scenarios_are_read_before_the_first_option(tmp_path: Path) -> None:
    """A scenario that cannot be used is told at once, not after the options before it."""
    write_town(tmp_path)
    options = '[[option]]\nkind = "today"\n' + "".join(
        f'[[option]]\nkind = "redrawn"\nname = "{name}"\nscenario = "{name}.toml"\n'
        for name in "rs"
    )
    told: list[str] = []
    with pytest.raises(ScenarioError, match=r"(?s)r\.toml.*s\.toml"):
        compare_structures(structures(tmp_path, HEAD + options), tmp_path / "out", tell=told.append)
    assert told == []


def test_zones_of_half_a_level_are_refused(tmp_path: Path) -> None:
    """Zones move the grades left out as well, which the comparison would count as staying."""
    write_town(tmp_path)
    (tmp_path / "zones.toml").write_text(ZONES)
    option = '[[option]]\nkind = "redrawn"\nname = "r"\nscenario = "zones.toml"\niterations = 2\n'
    head = HEAD.replace("walk_km", 'grades = "K-3"\nwalk_km')
    with pytest.raises(ScenarioError, match="of elementary these grades are not compared: 4, 5"):
        compare_structures(structures(tmp_path, head + option), tmp_path / "out")


def test_a_grade_without_students_may_be_left_out(tmp_path: Path) -> None:
    """Nobody of it would move with the zones."""
    students = np.full((6, 6), 10.0)
    students[:, 0] = 0.0
    a = np.minimum(np.repeat(np.array([[9.0], [9], [1], [1], [4], [4]]), 6, axis=1), students)
    write_town(tmp_path, students=students, groups={"a": a, "b": students - a}, poor=a * 0.5)
    (tmp_path / "zones.toml").write_text(ZONES)
    option = '[[option]]\nkind = "redrawn"\nname = "r"\nscenario = "zones.toml"\niterations = 2\n'
    moved = []
    for grades in ("1-5", "K-5"):
        head = HEAD.replace("walk_km", f'grades = "{grades}"\nwalk_km')
        found = compare_structures(structures(tmp_path, head + option), tmp_path / f"out {grades}")
        moved.append(found.value("r", "students_moved"))
    assert moved[0] == moved[1] > 0


def test_levels_that_are_not_compared_stay_as_they_are(tmp_path: Path) -> None:
    """A scenario of all levels redraws those compared; the other level keeps its schools."""
    levels = {"elementary": "K-5", "middle": "6-8"}
    students = np.full((6, 9), 10.0)
    a = np.repeat(np.array([[9.0], [9], [1], [1], [4], [4]]), 9, axis=1)
    town = small_town(
        {"elementary": list("ppqqrr"), "middle": ["m"] * 6}, {"p": 0, "q": 3, "r": 5, "m": 2},
        columns=6, levels=levels, students=students, groups={"a": a, "b": 10 - a},
        seats=dict.fromkeys("pqrm", 200.0),
    )  # fmt: skip
    write_district(town, tmp_path / "town")
    (tmp_path / "zones.toml").write_text(ZONES)
    option = '[[option]]\nkind = "redrawn"\nname = "r"\nscenario = "zones.toml"\niterations = 2\n'
    head = HEAD.replace("walk_km", 'grades = "K-5"\nwalk_km')
    found = compare_structures(structures(tmp_path, head + option), tmp_path / "out")
    assert read_plan(tmp_path / "out" / "plans" / "01.csv").levels == ("elementary",)
    assert found.value("r", "students_moved") == 2 * 60  # two blocks, without their older students


def test_students_of_grades_not_compared_keep_their_seats(tmp_path: Path) -> None:
    """Bands of K-5 leave the older students of a K-8 building their seats, also as they age."""
    students = np.full((4, 9), 10.0)
    students[:, 6:] = [5.0, 5.0, 0.0]
    a = np.repeat(np.array([[9.0], [9], [1], [1]]), 9, axis=1)
    a = np.minimum(a, students)
    town = small_town(
        {"elementary": list("ppqq"), "middle": ["p"] * 4}, {"p": 0, "q": 2}, columns=4,
        levels={"elementary": "K-5", "middle": "6-8"}, students=students,
        groups={"a": a, "b": students - a}, seats={"p": 200.0, "q": 170.0},
        allowed={"p": "K-8", "q": "K-5"},
    )  # fmt: skip
    head = HEAD.replace("walk_km", 'grades = "K-5"\nyears = 1\nwalk_km')
    bands = """
[[option]]
kind = "today"
[[option]]
kind = "bands"
name = "Centers"
one_building_a_grade = true
objectives = ["travel"]
"""
    file = load_structures(structures(tmp_path, head + bands))
    found = compare_options(Study.of(file, town))
    assert found.value("Today", "fullest", "year 0") == pytest.approx(160 / 200)
    assert found.value("Today", "fullest", "year 1") == pytest.approx(200 / 200)
    served = found.capacity.set_index(["option", "year", "school_id"])["students"]
    assert (
        served["Centers", 1, "p"] == 80 + 80
    )  # older students, and no more than two grades of K-5
    assert "stay in p (40)" in found.text()


def test_a_stated_structure_that_breaks_a_building_is_told(tmp_path: Path) -> None:
    """Whoever asks for K-2 and 6-8 in one building gets it, and reads that it is no one span."""
    town = small_town(
        {"elementary": list("ppqq"), "middle": list("pppp")}, {"p": 0, "q": 2}, columns=4,
        levels={"elementary": "K-5", "middle": "6-8"}, poor=np.full((4, 9), 5.0),
        allowed={"p": "K-8"},
    )  # fmt: skip
    schools = town.schools.assign(grade_low="K", level="elementary")
    write_district(replace(town, schools=schools), tmp_path / "town")
    spans = (
        '{ zone = "*", grades = "K-2", school = "p" }, { zone = "*", grades = "3-5", school = "q" }'
    )
    head = 'schema = 1\ntitle = "t"\ndistrict = "town/district.toml"\naim = "poverty_distance"\n'
    rows = f'[[option]]\nkind = "given"\nname = "G"\nrows = [{spans}'
    older = ', { zone = "*", grades = "6-8", school = "p" }]\n'
    for text in (head + rows + older, head + 'grades = "K-5"\n' + rows + "]\n"):
        found = compare_structures(structures(tmp_path, text), tmp_path / "out", overwrite=True)
        assert "not one span of grades: p (K-2, 6-8)" in found.text()
