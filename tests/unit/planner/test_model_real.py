"""Bounds and exact mode on two real districts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from geodata import load_district
from planner.model.bound import lower_bound
from planner.model.exact import ExactStatus, solve_exact
from planner.problem import Problem
from planner.scenario import load_scenario
from planner.terms import Amount, Constraint

REAL = Path(__file__).resolve().parents[2] / "real"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),
]


def _problem(name: str, level: str) -> tuple[Problem, list[Constraint], list[Amount]]:
    scenario = load_scenario(REAL / name)
    problem = scenario.problems(load_district(scenario.district))[level]
    return problem, list(scenario.constraints(problem)), list(scenario.amounts(problem))


@pytest.mark.usefixtures("shared_data")
def test_henrico_dissimilarity_is_bounded() -> None:
    """No plan of Henrico within the rules is less dissimilar than 0.5341, proven in a minute."""
    problem, rules, aims = _problem("henrico/dissimilarity.toml", "elementary")
    deadline = time.monotonic() + 60.0
    bound = lower_bound(problem, rules, aims[0], deadline=deadline)
    assert bound.value is not None
    assert 0.5341 < bound.value < 0.5344


@pytest.mark.usefixtures("shared_data")
def test_henrico_travel_is_bounded() -> None:
    """Least mean travel in Henrico is bounded within twelve percent of today's."""
    problem, rules, aims = _problem("henrico/travel.toml", "elementary")
    bound = lower_bound(problem, rules, aims[0], deadline=time.monotonic() + 60.0)
    today = aims[0].value(problem, problem.current)
    assert bound.value is not None
    assert 0.88 * today < bound.value < today


@pytest.mark.usefixtures("shared_data")
def test_santa_rosa_moves_are_proven() -> None:
    """After the closure at least, and by some plan at most, 437 students change school."""
    problem, rules, aims = _problem("santa_rosa/closure.toml", "elementary")
    outcome = solve_exact(problem, rules, aims[0], time_limit=300.0)
    assert outcome.status is ExactStatus.OPTIMAL
    assert outcome.value == pytest.approx(437.0)
    assert outcome.bound == pytest.approx(437.0)
