"""A scenario that starts from a plan drawn by hand: repaired with few changes, and done again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_scenario import small_scenario

from geodata import synthetic_district, write_district
from planner.errors import RunError
from planner.runs import read_run
from planner.runs.inputs import scenario_of

FEWEST = small_scenario(
    """\
[[objective]]
use = "changes_from_start"
"""
)
SHORTEST = small_scenario(
    """\
[[rule]]
use = "limit"
objective = "changes_from_start"
at_most = {most}

[[objective]]
use = "travel"
"""
)
FAR = "0702"  # a block of E03 without a border to E02
QUICK = ("--iterations", 3, "--threads", 1)


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a district so small that the fewest changes are proven at once."""
    folder = tmp_path_factory.mktemp("village")
    district = synthetic_district(n_blocks=40, n_elementary=3, n_middle=1, n_high=1, seed=3)
    write_district(district, folder / "district")
    return folder


@pytest.fixture
def amended(village: Path, tmp_path: Path) -> Path:
    """Return a folder with the village and an amendment that empties a school and cuts a zone."""
    folder = tmp_path / "board"
    shutil.copytree(village / "district", folder / "district")
    plan = pd.read_csv(folder / "district" / "plan.csv", dtype=str)
    plan = plan[plan["level"] == "elementary"].set_index("block_id")
    home = pd.read_csv(folder / "district" / "schools.csv", dtype=str)["block_id"]
    free = ~plan.index.isin(home)
    plan.loc[(plan["school_id"] == "E02") & free, "school_id"] = "E01"
    plan.loc[FAR, "school_id"] = "E02"
    plan.reset_index().to_csv(folder / "amendment.csv", index=False)
    _ask(folder, FEWEST)
    return folder


def _ask(folder: Path, text: str, name: str = "repair.toml") -> Path:
    path = folder / name
    path.write_text('start = "amendment.csv"\n' + text, encoding="utf-8")
    return path


def _changed(folder: Path, run: Path) -> int:
    """Count the blocks of a run's plan that have another school than in the amendment."""
    before = pd.read_csv(folder / "amendment.csv", dtype=str).set_index("block_id")["school_id"]
    after = pd.read_csv(run / "plan.csv", dtype=str).set_index("block_id")["school_id"]
    return int((before != after.reindex(before.index)).sum())


def test_an_amendment_is_repaired_and_repeated(call, amended: Path, tmp_path: Path) -> None:
    """It breaks size and contiguity; the plan found breaks nothing, and every change is counted."""
    run = tmp_path / "run"
    before = _score(call, amended, amended / "amendment.csv")
    assert {one["rule"] for one in before["findings"] if not one["ok"]} == {
        "capacity",
        "contiguity",
    }
    said = call("solve", amended / "repair.toml", "--out", run, *QUICK, "--json")
    assert said.code == 0, said.err
    (aim,) = said.json["objectives"]
    assert (aim["name"], aim["unit"]) == ("changes_from_start", "blocks")
    assert said.json["status"] == "PROVEN_OPTIMAL"
    assert 0 < aim["value"] == _changed(amended, run)
    assert said.json["inputs"]["../board/amendment.csv"]
    assert all(one["ok"] for one in _score(call, amended, run)["findings"])
    assert call("replay", run).code == 0
    found = int(aim["value"])

    short = _ask(amended, SHORTEST.format(most=found), "short.toml")
    said = call("solve", short, "--out", tmp_path / "short", *QUICK, "--json")
    assert said.code == 0, said.err
    assert _changed(amended, tmp_path / "short") <= found


def test_a_run_needs_the_plan_it_started_from(call, amended: Path, tmp_path: Path) -> None:
    """Moved along with it, it is found; changed or gone, the replay says so and does not begin."""
    said = call("solve", amended / "repair.toml", "--out", amended / "run", "--iterations", 0)
    assert (amended / "run" / "run.json").is_file(), said.err
    moved = tmp_path / "elsewhere"
    amended.rename(moved)
    file = moved / "amendment.csv"
    assert scenario_of(read_run(moved / "run")).start == file.resolve()
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(RunError, match="starts from has changed"):
        scenario_of(read_run(moved / "run"))
    file.unlink()
    with pytest.raises(RunError, match="start file of this run is no longer at"):
        scenario_of(read_run(moved / "run"))


def _score(call, folder: Path, plan: Path) -> dict[str, Any]:
    words = ("evaluate", folder / "district", "--plan", plan, "--json")
    return call(*words, "--scenario", folder / "repair.toml").json
