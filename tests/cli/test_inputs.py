"""Commands that read inputs: check, explain, new."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from small_town import small_town

from geodata import District, load_district
from geodata.sources.district_folder import write_district
from planner.batch.expand import expand_sweep
from planner.batch.sweep_file import read_sweep
from planner.examples import copy_example, example_names
from planner.layers import served_by
from planner.plan import Plan
from planner.problem.events import apply_events
from planner.scenario import parse_scenario

Call = Callable[..., object]
CLOSING = """
schema = 1
title = "A closure"
district = "town/district.toml"
levels = [{levels}]
[[event]]
kind = "close"
school = "p"
"""


@pytest.fixture(scope="module")
def what_if(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, District]:
    """Return the copied sweeps and the town that was written with them."""
    folder = copy_example("what_if", tmp_path_factory.mktemp("example") / "what_if")
    return folder, load_district(folder / "district" / "district.toml")


def test_check_tells_a_sound_district(call, town: Path) -> None:
    """A usable district ends with 0 and says what it is."""
    said = call("check", town / "district")
    assert said.code == 0
    assert "0 fatal faults" in said.out
    assert "150 blocks of " in said.out
    assert "km² in all" in said.out
    assert "measured in EPSG:" in said.out
    assert "expected in" not in said.out


def test_check_tells_what_a_forecast_expects(call, what_if: tuple[Path, District]) -> None:
    """Year and students of each level stand below those of today."""
    folder, district = what_if
    (year,) = district.forecasts
    total = district.forecasts[year].count(level="elementary").sum()
    said = call("check", folder / "district")
    assert f"expected in {year}: elementary {total:,.0f}, middle " in said.out


def test_check_tells_a_forecast_that_counts_no_whole_level(
    call, what_if: tuple[Path, District], tmp_path: Path
) -> None:
    """One grade of a level is not the level."""
    district = what_if[1]
    ((year, counts),) = district.forecasts.items()
    counts = replace(counts, table=counts.table.iloc[:, :1])
    write_district(replace(district, forecasts={year: counts}), tmp_path / "town")
    said = call("check", tmp_path / "town")
    assert f"expected in {year}: no level is counted" in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("new", "{out}"),
        ("demo", "--out", "{out}"),
        ("solve", "{town}/scenario.toml", "--out", "{out}"),
        ("evaluate", "{town}/district", "--plan", "{town}/district/plan.csv", "--out", "{out}"),
        ("edit", "{town}/district", "--out", "{out}/page.html"),
        ("parity", "{town}/scenario.toml", "--out", "{out}/plan.csv"),
        (
            *("pareto", "{town}/scenario.toml", "--out", "{out}", "--points", "2"),
            *("--x", "students_moved", "--y", "travel"),
        ),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("deep", ["", "/x", "/x/y"])
def test_a_file_in_the_way_of_what_is_written_is_named(
    call, town: Path, tmp_path: Path, words: tuple[str, ...], deep: str
) -> None:
    """Before anything is sought: which file, and what to do; never a bare number of the system."""
    file = tmp_path / "afile"
    file.write_text("mine", encoding="utf-8")
    said = call(*(word.format(town=town, out=f"{file}{deep}") for word in words))
    assert said.code == 2
    assert str(file) in said.err
    assert "what to do" in said.err
    assert "Errno" not in said.err
    assert file.read_text(encoding="utf-8") == "mine"


def test_edit_of_nothing_names_what_may_be_edited(call, tmp_path: Path) -> None:
    """A path that is neither is not taken for a district: it may as well be a run misspelt."""
    said = call("edit", tmp_path / "nowhere", "--out", tmp_path / "edit.html")
    assert said.code == 2
    assert "nowhere does not exist" in said.err
    assert "name a run folder, or a district" in said.err


def test_check_ends_with_2_when_a_fault_is_fatal(call, town: Path, tmp_path: Path) -> None:
    """A missing file is a fatal fault, told by name, in words and as JSON."""
    toml = (town / "district" / "district.toml").read_text(encoding="utf-8")
    (tmp_path / "district.toml").write_text(toml, encoding="utf-8")
    said = call("check", tmp_path)
    assert said.code == 2
    assert "FATAL" in said.out
    assert "blocks.gpkg" in said.out
    told = call("check", tmp_path, "--json")
    assert told.code == 2
    assert told.json["ok"] is False
    assert any(fault["severity"] == "fatal" for fault in told.json["faults"])


def test_check_of_nothing_says_what_is_missing(call, tmp_path: Path) -> None:
    """A path that does not exist is bad input, not a traceback."""
    said = call("check", tmp_path / "nowhere.toml")
    assert said.code == 2
    assert "nowhere.toml" in said.out + said.err


def test_explain_says_the_scenario_and_builds_nothing(call, town: Path) -> None:
    """Every rule and aim is a sentence; the district's files are not read."""
    said = call("explain", town / "scenario.toml")
    assert said.code == 0
    assert "30 %" in said.out
    assert "change school" in said.out


def test_explain_json_holds_scenario_and_tables(call, town: Path) -> None:
    """The resolved scenario, its sentences, and all tables are one document."""
    document = call("explain", town / "scenario.toml", "--json").json
    assert document["scenario"]["title"] == "Small town"
    assert document["sentences"]
    tables = ("rules", "objectives", "events", "metrics", "district_keys", "scenario_keys")
    assert all(document[table] for table in tables)
    assert "scenario" not in call("explain", "--json").json


def test_explain_warns_of_students_whom_a_closure_leaves_behind(call, tmp_path: Path) -> None:
    """A building of two levels closes and one is redrawn: school, level and students are named."""
    town = small_town(
        {"elementary": list("ppqq"), "middle": list("pppm")}, {"p": 0, "q": 2, "m": 3},
        columns=4, levels={"elementary": "K-5", "middle": "6-8"},
    )  # fmt: skip
    town.schools.loc["p", "grade_low"] = "K"
    write_district(town, tmp_path / "town")
    text = CLOSING.format(levels='"elementary"')
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    said = call("explain", tmp_path / "scenario.toml")
    assert said.code == 0, said.err
    assert "Warning: p School [p] closes, but middle is not redrawn: 90 of its students" in said.out
    assert "  - p School [p] closes." in said.out
    both = CLOSING.format(levels='"elementary", "middle"')
    (tmp_path / "scenario.toml").write_text(both, encoding="utf-8")
    assert "Warning" not in call("explain", tmp_path / "scenario.toml").out
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    (tmp_path / "town" / "district.toml").unlink()
    assert "cannot be told" in call("explain", tmp_path / "scenario.toml").out


def test_explain_without_a_scenario_lists_everything(call) -> None:
    """Without an argument a newcomer sees what there is to choose from."""
    said = call("explain")
    assert said.code == 0
    assert "capacity" in said.out
    assert "students_moved" in said.out


def test_a_misspelt_key_gets_a_suggestion(call, town: Path, tmp_path: Path) -> None:
    """Exit 2, the file, the line, and the word that was meant; with --json also on stdout."""
    text = (town / "scenario.toml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace("ceiling_share", "cieling_share"), encoding="utf-8")
    said = call("explain", wrong)
    assert said.code == 2
    assert said.out == ""
    assert "ceiling_share" in said.err
    assert "wrong.toml" in said.err
    told = call("explain", wrong, "--json")
    assert told.code == 2
    assert "ceiling_share" in told.json["error"]["message"]


@pytest.mark.parametrize("name", example_names())
def test_new_copies_an_example_with_its_readme(call, tmp_path: Path, name: str) -> None:
    """Each example comes with a README that says what to do, and with scenarios or a script."""
    said = call("new", tmp_path / "mine", "--example", name)
    assert said.code == 0
    assert len((tmp_path / "mine" / "README.md").read_text(encoding="utf-8")) > 200
    files = {path.suffix for path in (tmp_path / "mine").iterdir()}
    assert files & {".toml", ".py"}


def test_the_first_example_is_ready_to_solve(call, tmp_path: Path) -> None:
    """Its scenario is sound and finds its district, which is sound too."""
    call("new", tmp_path / "mine")
    assert call("explain", tmp_path / "mine" / "scenario.toml").code == 0
    assert call("check", tmp_path / "mine" / "district").code == 0


@pytest.mark.parametrize("name", ["sweep", "closures", "ideas"])
def test_the_sweeps_of_the_examples_are_about_their_town(
    what_if: tuple[Path, District], name: str
) -> None:
    """Every scenario of a sweep can be meant, and every school its events name is there."""
    folder, district = what_if
    jobs = expand_sweep(read_sweep(folder / f"{name}.toml"))
    assert len(jobs) > 1
    for job in jobs:
        assert job.fault == ""
        apply_events(district, parse_scenario(job.scenario).events)


def test_the_trailers_of_the_example_are_at_the_overfull_school(
    what_if: tuple[Path, District],
) -> None:
    """The school that gets seats is the one with the most students for its seats today."""
    folder, district = what_if
    job = expand_sweep(read_sweep(folder / "ideas.toml"))[-1]
    served = served_by(Plan.today(district), "elementary")
    lives = pd.Series(district.students.count(level="elementary"), index=district.blocks.index)
    fullness = lives.groupby(served).sum() / district.schools["capacity_seats"]
    assert [event["school"] for event in job.scenario["event"]] == [fullness.idxmax()]
    assert fullness.max() > 1.05


def test_new_never_overwrites(call, tmp_path: Path) -> None:
    """A folder with something in it is refused and left as it is."""
    (tmp_path / "notes.txt").write_text("mine")
    said = call("new", tmp_path)
    assert said.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_new_names_its_examples(call, tmp_path: Path) -> None:
    """A wrong name is told together with the right ones."""
    said = call("new", tmp_path / "x", "--example", "nonsense")
    assert said.code == 2
    assert "first_plan" in said.err
    assert call("new", tmp_path / "x", "--example", "list").out.split() == example_names()


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    """`planner --help` loads neither pandas nor a solver."""
    code = (
        "import sys, planner.cli; heavy = {'pandas', 'geopandas', 'numpy', 'highspy', 'pulp',"
        " 'numba', 'matplotlib', 'scipy'} & set(sys.modules); sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


def test_the_package_is_also_a_command(town: Path) -> None:
    """`python -m planner` is the same as `planner`."""
    done = subprocess.run(
        [sys.executable, "-m", "planner", "explain", str(town / "scenario.toml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Small town" in done.stdout) == (0, True)
