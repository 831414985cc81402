"""Five small districts with a known best plan: line, grid, bottleneck, river, two towns.

Each folder of `instances` holds a district in tables, a scenario, and what came of it.  The values
are proven, so no search may find less.  Where a change is meant, run the tests with
UPDATE_GOLDEN=1, read the difference, and commit it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from planner.scenario import Scenario, load_scenario
from planner.solving import Solution, SolveStatus, level, solve

FOLDER = Path(__file__).parent / "instances"
NAMES = ("bottleneck", "grid", "line", "river_with_bridge", "two_town")
ITERATIONS = 300  # thousands of moves


def scenario_of(name: str) -> Scenario:
    """Return the scenario of an instance."""
    return load_scenario(FOLDER / name / "scenario.toml")


def told(solution: Solution) -> dict[str, object]:
    """Return what is written down of a solution."""
    assert solution.plan is not None
    return {
        "iterations": ITERATIONS,
        "status": str(solution.status),
        "objectives": {aim["name"]: round(aim["value"], 9) for aim in solution.objectives},
        "plan": solution.plan.digest(solution.district.levels),
    }


def known(name: str) -> dict[str, object]:
    """Return what was written down."""
    return dict(json.loads((FOLDER / name / "expected.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", NAMES)
def test_the_best_plan_is_found_and_proven(name: str) -> None:
    """Objectives and plan are those of the file, whatever the seed."""
    found = told(solve(scenario_of(name), iterations=ITERATIONS, seed=1, threads=1))
    path = FOLDER / name / "expected.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    assert found == known(name)
    assert found["status"] == SolveStatus.PROVEN_OPTIMAL


@pytest.mark.parametrize("name", NAMES)
def test_search_alone_finds_the_best_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without exact mode: every aim is as good, and no bound is above it."""
    monkeypatch.setattr(level, "EXACT_PAIRS", -1)
    solution = solve(scenario_of(name), iterations=ITERATIONS, seed=1, threads=1)
    best = dict(known(name)["objectives"])
    found = {aim["name"]: aim["value"] for aim in solution.objectives}
    assert found == pytest.approx(best, rel=1e-3)
    assert all(aim["bound"] <= best[aim["name"]] + 1e-9 for aim in solution.objectives)


def test_every_instance_is_solved() -> None:
    """No folder is left over."""
    assert {path.name for path in FOLDER.iterdir()} == set(NAMES)
