"""The same search again: by its budget, by its record, in other processes, without numba."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from oracle.term_question import TermQuestion, question
from oracle.tiny_district import dissimilarity, grid, moved, size_band, travel
from small_scenario import small_scenario

from geodata import synthetic_district, write_district
from planner.model.exact import ExactOutcome, ExactStatus
from planner.problem import Problem
from planner.runs import read_run
from planner.runs.record import json_text
from planner.runs.replay import replay
from planner.runs.solving import solve_into
from planner.scenario import load_scenario
from planner.solving import LevelResult, SolveStatus, level, solve_problem
from planner.terms import Contiguous

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even small problems be searched."""
    monkeypatch.setattr(level, "EXACT_PAIRS", -1)


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Return a district that takes a search some rounds."""
    return grid(14, 12, 6, 4)


def even(problem: Problem) -> TermQuestion:
    """Return two aims: even zones, then few moves."""
    rules = [Contiguous("contiguity"), size_band(problem, 0.8)]
    return question(rules, dissimilarity(problem), moved(problem), share=0.01)


def plain(result: LevelResult) -> tuple[bytes, list, list]:
    """Return what must come out the same."""
    assert result.zone_of is not None
    return result.zone_of.tobytes(), [aim.value for aim in result.aims], result.stages


def recorded(result: LevelResult) -> list[dict]:
    """Return the record as run.json gives it back."""
    return list(json.loads(json_text(result.stages)))


@pytest.mark.usefixtures("searched")
def test_a_timed_search_is_repeated_from_its_record(problem: Problem) -> None:
    """The clock decided how far it went; the record does so again, move for move."""
    first = solve_problem(even(problem), problem, time_limit_s=4.0, threads=1, seed=3)
    again = solve_problem(even(problem), problem, script=recorded(first), threads=1, seed=3)
    assert plain(again) == plain(first)
    assert again.moves == first.moves > 0


@pytest.mark.usefixtures("searched")
def test_the_same_iterations_give_the_same_plan_in_any_processes(problem: Problem) -> None:
    """One process or two, once or twice."""
    results = [
        solve_problem(even(problem), problem, iterations=700, threads=threads, seed=3)
        for threads in (1, 1, 2)
    ]
    assert plain(results[0]) == plain(results[1]) == plain(results[2])
    assert results[0].status in {SolveStatus.FEASIBLE, SolveStatus.PROVEN_OPTIMAL}


@pytest.mark.usefixtures("searched")
def test_another_seed_searches_elsewhere(problem: Problem) -> None:
    """The seed is what chance depends on."""
    asked = question([Contiguous("contiguity")], dissimilarity(problem))
    plans = {
        plain(solve_problem(asked, problem, iterations=2, threads=1, seed=seed))[0]
        for seed in range(4)
    }
    assert len(plans) > 1


def test_an_exact_solve_is_repeated_from_its_record() -> None:
    """Its record says that it was exact; the same plan is proven again."""
    problem = grid(5, 4, 3, 2)
    asked = question([Contiguous("contiguity"), size_band(problem, 0.5)], travel(problem))
    first = solve_problem(asked, problem, time_limit_s=60.0, threads=1)
    assert [stage["method"] for stage in first.stages] == ["exact"]
    again = solve_problem(asked, problem, script=recorded(first), threads=1)
    assert plain(again) == plain(first)


@pytest.mark.usefixtures("searched")
def test_a_record_that_ends_without_a_plan_is_repeated_too(problem: Problem) -> None:
    """What was proven impossible is so again, and nothing is searched without end."""
    asked = question([Contiguous("contiguity"), size_band(problem, 1e-4)], travel(problem))
    first = solve_problem(asked, problem, iterations=100, threads=1)
    assert first.zone_of is None
    assert len(first.stages) == 1
    again = solve_problem(asked, problem, script=recorded(first), threads=1)
    assert (again.status, again.zone_of) == (first.status, None)


PROGRAM = """
import sys
if sys.argv[1] == "without":
    sys.modules["numba"] = None
from oracle.term_question import question
from oracle.tiny_district import dissimilarity, grid, size_band
from planner.search.compiled import HAS_NUMBA
from planner.solving import level, solve_problem
from planner.terms import Contiguous
level.EXACT_PAIRS = -1
problem = grid(6, 5, 3, 4)
rules = [Contiguous("contiguity"), size_band(problem, 0.4)]
asked = question(rules, dissimilarity(problem))
result = solve_problem(asked, problem, iterations=6, threads=1, seed=3)
print(HAS_NUMBA, result.zone_of.tolist(), result.aims[0].value.hex())
"""


def run_program(word: str, **environment: str) -> tuple[str, str]:
    """Return whether numba was there, and the plan."""
    path = os.pathsep.join(str(REPOSITORY / part) for part in ("", "tests", "tests/oracle"))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, word],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found, plan = done.stdout.split(" ", 1)
    return found, plan


@pytest.mark.slow
def test_plans_are_the_same_compiled_interpreted_and_without_numba() -> None:
    """Compiling is an implementation detail."""
    compiled = run_program("with")
    assert compiled[0] == "True"
    assert run_program("with", NUMBA_DISABLE_JIT="1") == compiled
    assert run_program("without") == ("False", compiled[1])


@pytest.mark.usefixtures("searched")
def test_a_run_replays_byte_for_byte(tmp_path: Path) -> None:
    """From folder to folder: a timed run of a whole district, repeated from run.json alone."""
    district = synthetic_district(n_blocks=250, n_elementary=4, n_middle=2, n_high=1, seed=3)
    write_district(district, tmp_path / "district")
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    scenario = load_scenario(tmp_path / "scenario.toml")
    outcome = solve_into(tmp_path / "run", scenario, time_limit_s=6.0, threads=1)
    assert outcome.solution.plan is not None
    methods = [s["method"] for lv in outcome.record["search"]["levels"] for s in lv["stages"]]
    assert set(methods) == {"search"}
    again = replay(read_run(tmp_path / "run"))
    assert again is not None
    assert again.is_identical
    assert again.iterations == outcome.solution.iterations


def test_what_a_replay_takes_from_the_record_is_told(monkeypatch, tmp_path: Path) -> None:
    """The exact model's plan cannot be found again by counting: the record holds it."""
    write_district(synthetic_district(n_blocks=60, n_elementary=3, seed=3), tmp_path / "district")
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")

    def stopped(problem: Problem, *_: object, **__: object) -> ExactOutcome:
        return ExactOutcome(ExactStatus.FEASIBLE, problem.current, 9.0, 0.0, 0.0, 1, 0)

    monkeypatch.setattr(level, "solve_exact", stopped)
    scenario = load_scenario(tmp_path / "scenario.toml")
    solve_into(tmp_path / "run", scenario, iterations=1, threads=1)
    again = replay(read_run(tmp_path / "run"))
    assert again is not None
    assert again.is_identical
    assert again.given[0].startswith("elementary, aim travel: the plan of the exact model")
    assert again.to_dict()["given"] == list(again.given)


SCENARIO = small_scenario(
    """\
[[objective]]
use = "travel"

[[objective]]
use = "students_moved"
keep_within_share = 0.01
""",
    title="Two levels, two aims",
    levels='["elementary", "middle"]',
)
