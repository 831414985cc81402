"""Commands that solve: solve, diagnose, replay, demo; how they end and what they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from small_scenario import small_scenario

from geodata import synthetic_district, write_district
from planner.progress import read_progress
from planner.runs import read_run, solving
from planner.solving import solve

ASKS_TOO_MUCH = """
[[rule]]
use = "enrollment"
min_students = 100000
"""


@pytest.fixture(scope="session")
def impossible(town: Path) -> Path:
    """Return a scenario that no plan can hold."""
    path = town / "impossible.toml"
    text = (town / "scenario.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("[[objective]]", ASKS_TOO_MUCH + "\n[[objective]]"))
    return path


@pytest.fixture(scope="session")
def searched(town: Path) -> Path:
    """Return a scenario that has to be searched: the shortest ways are not today's."""
    path = town / "searched.toml"
    text = (town / "scenario.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("students_moved", "travel"), encoding="utf-8")
    return path


def test_solve_writes_a_whole_run(call, town: Path, tmp_path: Path) -> None:
    """Every file is there, the rules hold, the record says how sure it is; stdout is JSON only."""
    run = tmp_path / "run"
    said = call("solve", town / "scenario.toml", "--out", run, "--time-limit", 20, "--json")
    assert said.code == 0
    read = read_run(run)
    assert said.json["plan_id"] == read.plan_id
    assert read.rules["ok"].all()
    assert read.status in {"PROVEN_OPTIMAL", "FEASIBLE", "HEURISTIC"}
    assert {"name", "level", "value", "bound", "gap", "unit"} <= set(read.record["objectives"][0])
    assert (run / "plan.gpkg").is_file()
    assert read_progress(run / "progress.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_solve_refuses_what_is_there(call, town: Path, tmp_path: Path) -> None:
    """An existing run is refused before anything is solved, and replaced with --overwrite."""
    run = tmp_path / "run"
    words = ("solve", town / "scenario.toml", "--out", run, "--time-limit", 10, "--threads", 1)
    assert call(*words).code == 0
    before = time.monotonic()
    said = call(*words)
    assert (said.code, "--overwrite" in said.err) == (2, True)
    assert time.monotonic() - before < 5
    assert call(*words, "--overwrite").code == 0


def test_an_impossible_scenario_ends_with_3_and_its_reason(
    call, impossible: Path, tmp_path: Path
) -> None:
    """The rules in conflict are told and recorded; no plan is written, so none is replayed."""
    run = tmp_path / "run"
    said = call("solve", impossible, "--out", run, "--time-limit", 20, "--threads", 1)
    assert said.code == 3
    assert "100000" in said.out.replace(",", "")
    read = read_run(run)
    assert (read.status, read.plan) == ("INFEASIBLE", None)
    assert read.record["conflicts"][0]["infeasible"]
    assert not (run / "plan.csv").exists()
    assert "holds no plan (status INFEASIBLE)" in call("replay", run).err


def test_no_time_is_a_time_limit_too(call, town: Path, tmp_path: Path, monkeypatch) -> None:
    """--time-limit 0 is not the scenario's own limit: conflicts get their least time only."""
    text = small_scenario(
        '[[rule]]\nuse = "enrollment"\nmin_students = 100000\n\n'
        '[[objective]]\nuse = "students_moved"\n\n[stop]\ntime_limit_s = 900\n'
    )
    (town / "long.toml").write_text(text, encoding="utf-8")
    asked = []
    monkeypatch.setattr(  # as if the proof needed no time
        solving, "solve", lambda *what, **how: solve(*what, **how | {"time_limit_s": 20.0})
    )
    monkeypatch.setattr(solving, "find_conflicts", lambda *_, **how: asked.append(how) or [])
    call("solve", town / "long.toml", "--out", tmp_path / "run", "--time-limit", 0)
    assert [how["time_limit_s"] for how in asked] == [solving.CONFLICT_S]


def test_a_level_without_a_plan_loses_no_other(call, town: Path, tmp_path: Path) -> None:
    """The elementary plan is kept beside the record where no middle school plan can hold."""
    text = small_scenario(
        '[[rule]]\nuse = "enrollment"\nmin_students = 100000\nlevels = ["middle"]\n\n'
        '[[objective]]\nuse = "students_moved"\n',
        levels='["elementary", "middle"]',
    )
    (town / "half.toml").write_text(text, encoding="utf-8")
    said = call("solve", town / "half.toml", "--out", tmp_path / "run", "--time-limit", 20)
    assert said.code == 3
    assert "A plan was found for elementary: it is kept in plan_found.csv" in said.out
    kept = pd.read_csv(tmp_path / "run" / "plan_found.csv", dtype=str)
    assert set(kept["level"]) == {"elementary"}
    assert len(kept) == 150
    assert read_run(tmp_path / "run").plan is None


def test_diagnose_names_the_conflict(call, impossible: Path, town: Path) -> None:
    """Exit 3 with the rules and what would be enough; 0 where nothing is in conflict."""
    said = call("diagnose", impossible, "--json")
    assert said.code == 3
    level = said.json["levels"][0]
    assert level["infeasible"]
    assert any("100000" in rule.replace(",", "") for rule in level["rules"])
    assert level["relaxations"]
    assert call("diagnose", town / "scenario.toml").code == 0


def test_no_time_means_no_plan(call, town: Path, tmp_path: Path) -> None:
    """Without time there may be no plan: exit 4 then, and the record says so."""
    said = call("solve", town / "scenario.toml", "--out", tmp_path / "run", "--time-limit", 0)
    assert said.code in {0, 4}
    assert (read_run(tmp_path / "run").plan is None) == (said.code == 4)


def test_the_same_iterations_give_the_same_plan(call, searched: Path, tmp_path: Path) -> None:
    """Two solves with one seed and budget are byte-identical, and replay proves it."""
    for name, threads in (("a", 1), ("b", 2)):
        words = ("--out", tmp_path / name, "--iterations", 20, "--seed", 5, "--threads", threads)
        words += ("--time-limit", threads)  # what is counted is not timed
        assert call("solve", searched, *words).code == 0
    assert read_run(tmp_path / "a").record["iterations"] > 0
    assert (tmp_path / "a" / "plan.csv").read_bytes() == (tmp_path / "b" / "plan.csv").read_bytes()
    assert read_run(tmp_path / "a").plan_id == read_run(tmp_path / "b").plan_id
    said = call("replay", tmp_path / "a", "--json")
    assert (said.code, said.json["identical"]) == (0, True)


def test_replay_needs_the_same_inputs(call, tmp_path: Path, town: Path) -> None:
    """A changed student count is told by file name; a plan drawn elsewhere cannot be replayed."""
    district = tmp_path / "district"
    district.mkdir()
    for file in (town / "district").iterdir():
        (district / file.name).write_bytes(file.read_bytes())
    scenario = tmp_path / "scenario.toml"
    scenario.write_bytes((town / "scenario.toml").read_bytes())
    run = tmp_path / "run"
    assert call("solve", scenario, "--out", run, "--iterations", 5, "--threads", 1).code == 0
    drawn = tmp_path / "drawn"
    words = ("evaluate", district, "--plan", run / "plan.csv", "--out", drawn)
    assert call(*words).code == 0
    assert call("replay", drawn).code == 2
    schools = district / "schools.csv"
    schools.write_text(schools.read_text(encoding="utf-8").replace(",K,5,", ",PK,5,"))
    said = call("replay", run)
    assert (said.code, "schools.csv" in said.err) == (2, True)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    said = call("replay", run.rename(tmp_path / "deep" / "er" / "run"))
    assert "(../district/schools.csv)" in said.err, "only the file that changed is told"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a signal")
def test_ctrl_c_leaves_the_best_plan(tmp_path: Path, searched: Path) -> None:
    """One Ctrl-C during the search: exit 130, a whole run with a plan that holds the rules."""
    district = synthetic_district(n_blocks=700, n_elementary=4, n_middle=1, n_high=1, seed=3)
    write_district(district, tmp_path / "district")
    scenario = tmp_path / "scenario.toml"
    scenario.write_bytes(searched.read_bytes())
    run = tmp_path / "run"
    words = ["solve", str(scenario), "--out", str(run), "--time-limit", "300"]
    with subprocess.Popen(
        [sys.executable, "-m", "planner", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        _wait_for_a_plan(tmp_path, process)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=120)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    read = read_run(run)
    assert read.plan is not None
    assert read.rules["ok"].all()


def _wait_for_a_plan(folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the run's progress tells a plan that holds."""
    for _ in range(600):
        for file in folder.glob(".run.*.partial/run/progress.jsonl"):
            lines = file.read_text(encoding="utf-8").splitlines()
            if any(json.loads(line)["best"] is not None for line in lines if line.endswith("}")):
                return
        assert process.poll() is None
        time.sleep(0.2)
    pytest.fail("no plan was told within two minutes")


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_killed_solve_leaves_nothing_that_looks_whole(tmp_path: Path, searched: Path) -> None:
    """After kill -9 there is no run folder, only a hidden partial one."""
    run = tmp_path / "run"
    words = ["solve", str(searched), "--out", str(run), "--iterations", "100000"]
    with subprocess.Popen(
        [sys.executable, "-m", "planner", *words], stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        for _ in range(300):
            if list(tmp_path.glob(".run.*.partial")) or process.poll() is not None:
                break
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
    assert not run.exists()


@pytest.mark.slow
def test_demo_ends_with_a_map(call, tmp_path: Path) -> None:
    """The main job end to end: district, scenario, run and page, rules held, in three minutes."""
    begin = time.monotonic()
    said = call("demo", "--out", tmp_path / "demo")
    assert said.code == 0
    assert time.monotonic() - begin < 180
    for name in ("district/district.toml", "scenario.toml", "run/run.json", "report/index.html"):
        assert (tmp_path / "demo" / name).is_file()
    run = read_run(tmp_path / "demo" / "run")
    assert run.rules["ok"].all()
    assert "index.html" in said.out
    warned = [note for note in run.record["notes"] if note.startswith("Separate but equal?")]
    assert all(f"Note: {note}" in said.out for note in warned)
    again = call("demo", "--out", tmp_path / "demo")
    assert again.code == 2
