"""The plan a scenario starts from: where it is looked for, how it is read, what it is good for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geodata import District, load_district, synthetic_district, write_district
from planner.errors import ScenarioError
from planner.evaluation import evaluate
from planner.objectives import ChangesFromStart
from planner.plan import Plan, write_plan
from planner.runs.record import plan_id
from planner.scenario import load_scenario
from planner.solving import solve

HEAD = 'schema = 1\ntitle = "A test"\ndistrict = "town/district.toml"\nlevels = ["elementary"]\n'
AIM = '[[objective]]\nuse = "changes_from_start"\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a town, and its plan of today as a file to start from."""
    folder = tmp_path_factory.mktemp("start")
    district = synthetic_district(n_blocks=30, n_elementary=3, n_middle=1, n_high=1, seed=3)
    write_district(district, folder / "town")
    today = Plan.today(district).level("elementary")
    write_plan(today, folder / "today.csv", district.levels)
    return folder


@pytest.fixture(scope="module")
def town(home: Path) -> District:
    """Return the town."""
    return load_district(home / "town" / "district.toml")


def ask(home: Path, text: str, name: str = "scenario.toml", head: str = HEAD) -> Path:
    """Write a scenario file and return its path."""
    path = home / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.partition("[[")[0] + head + "".join(text.partition("[[")[1:]))
    return path


def test_a_path_is_relative_to_the_file_it_stands_in(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an extended scenario to that; the environment may say it; a run stands for its plan."""
    ask(home, 'start = "today.csv"\n' + AIM, "base.toml")
    own = ask(home, 'extends = "../base.toml"\n', "deeper/own.toml", 'schema = 1\ntitle = "O"\n')
    assert load_scenario(own).start == home / "deeper" / ".." / "today.csv"
    other = ask(home, 'start = "own.csv"\nextends = "../base.toml"\n', "deeper/other.toml", "")
    assert load_scenario(other).start == home / "deeper" / "own.csv"
    (home / "run").mkdir()
    (home / "run" / "run.json").write_text("{}")
    monkeypatch.setenv("AMENDMENT", "run")
    asked = load_scenario(ask(home, 'start = "${AMENDMENT}"\n' + AIM))
    assert asked.start == home / "run" / "plan.csv"
    assert asked.resolved["start"] == str(asked.start)
    assert any("starts from the plan in" in text for text in asked.sentences())


def test_changes_are_counted_from_the_plan_of_the_file(home: Path, town: District) -> None:
    """Today's plan is no change from it; blocks that it gives no zone are told, and not counted."""
    asked = load_scenario(ask(home, 'start = "today.csv"\n' + AIM))
    problem = asked.problems(town)["elementary"]
    assert problem.start_zone is not None
    assert (problem.start_zone == problem.current).all()
    other = (problem.current + 1) % problem.n_zones
    assert ChangesFromStart().measure(problem, other) == problem.n_blocks
    students = ChangesFromStart(unit="students").measure(problem, other)
    assert students == problem.students.sum()
    rows = (home / "today.csv").read_text().splitlines()
    (home / "part.csv").write_text("\n".join(rows[:-2]))
    problem = replace(asked, start=home / "part.csv").problem(town, "elementary")
    assert ChangesFromStart().measure(problem, other) == problem.n_blocks - 2
    (told,) = [w for w in problem.warnings if "part.csv gives 2 blocks no zone" in w]
    assert str(problem.block_ids[-1]) in told


def test_without_a_start_the_aim_says_what_to_do(home: Path, town: District) -> None:
    """Also where the plan is of another level, and as a limit; a plan is scored all the same."""
    nothing = load_scenario(ask(home, AIM))
    with pytest.raises(ScenarioError, match="no plan of level 'elementary'") as caught:
        nothing.amounts(nothing.problems(town)["elementary"])
    assert 'start = "plan.csv"' in str(caught.value)
    middle = Plan.today(town).level("middle")
    write_plan(middle, home / "middle.csv", town.levels)
    other = load_scenario(ask(home, 'start = "middle.csv"\n' + AIM))
    with pytest.raises(ScenarioError, match="no plan of level"):
        other.amounts(other.problems(town)["elementary"])
    limit = '[[rule]]\nuse = "limit"\nobjective = "changes_from_start"\nat_most = 0.0\n'
    scored = evaluate(town, Plan.today(town), load_scenario(ask(home, limit)))
    assert any("'limit' is not checked" in text for text in scored.unchecked)
    held = load_scenario(ask(home, 'start = "today.csv"\n' + limit))
    (finding,) = [f for f in evaluate(town, Plan.today(town), held).findings if "limit" in f.rule]
    assert finding.ok


def test_a_file_that_is_no_plan_is_told_as_any_other(home: Path, town: District) -> None:
    """A file that is missing, or names unknown schools, is told by name."""
    asked = load_scenario(ask(home, 'start = "nowhere.csv"\n' + AIM))
    with pytest.raises(ScenarioError, match=r"nowhere\.csv does not exist"):
        asked.problems(town)
    text = (home / "today.csv").read_text()
    (home / "odd.csv").write_text(text.replace("E01", "X99"))
    with pytest.raises(ScenarioError, match="X99"):
        replace(asked, start=home / "odd.csv").problems(town)


def test_a_search_begins_there_unless_it_is_given_another_plan(home: Path, town: District) -> None:
    """The plan is kept in the record, with which alone the solve is repeated."""
    asked = load_scenario(ask(home, 'start = "today.csv"\n' + AIM))
    found = solve(asked, district=town, iterations=1, threads=1)
    assert found.record["start"]["school_id"]
    assert found.objectives[0]["value"] == 0
    today = Plan.today(town).level("elementary")
    assert found.plan is not None
    assert found.plan.table.equals(today.table)
    problem = asked.problems(town)["elementary"]
    away = Plan.from_zones(problem, np.full(problem.n_blocks, 0, dtype=np.int32))
    given = solve(asked, district=town, iterations=1, threads=1, start=away)
    assert set(given.record["start"]["school_id"]) == {str(problem.zone_ids[0])}


def test_a_plan_is_named_by_what_its_start_says_not_by_where_it_is(
    home: Path, town: District
) -> None:
    """A copy elsewhere gives the same plan id, another content another one."""
    plan = Plan.today(town)
    asked = load_scenario(ask(home, 'start = "today.csv"\n' + AIM)).resolved
    copy = home / "copy.csv"
    copy.write_bytes((home / "today.csv").read_bytes())
    here, there = plan_id(town, asked, plan), plan_id(town, {**asked, "start": str(copy)}, plan)
    assert here == there
    copy.write_bytes(copy.read_bytes() + b"\n")
    assert plan_id(town, {**asked, "start": str(copy)}, plan) != here


def test_the_example_starts_from_an_amendment() -> None:
    """It reads, and looks for the amendment beside itself."""
    file = Path(__file__).resolve().parents[3] / "examples" / "first_plan" / "repair.toml"
    asked = load_scenario(file)
    assert asked.start == file.parent / "amendment.csv"
    assert asked.objectives[0].name == "changes_from_start"
