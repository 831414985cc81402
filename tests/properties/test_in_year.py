"""Rules and aims in a later year are the same rules and aims on that year's students."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.enumerate_plans import best_plan
from oracle.tiny_district import grid
from term_holds import holds
from tiny_problem import OBJECTIVE_CASES, RULE_CASES, random_problem

from planner.errors import ScenarioError
from planner.model.exact import ExactStatus, solve_exact
from planner.objectives import Dissimilarity
from planner.problem import Problem
from planner.rules import Capacity, MetricLimit
from planner.scenario.in_year import InYear
from planner.scenario.stage import Stage

SEEDS = st.integers(0, 2**32 - 1)
SOME = settings(max_examples=40, deadline=None, derandomize=True)
YEAR = 2031
OF_SHAPES = {"border_length", "compactness"}  # these count nobody


def with_forecast(problem: Problem, seed: int) -> Problem:
    """Return the problem with a forecast in which other blocks have the students."""
    order = np.random.default_rng(seed).permutation(problem.n_blocks)
    expected = replace(
        problem,
        students=problem.students[order],
        extra_measures={name: values[order] for name, values in problem.extra_measures.items()},
    )
    return replace(problem, forecasts={YEAR: expected})


@pytest.mark.parametrize("name", RULE_CASES)
@SOME
@given(seed=SEEDS)
def test_a_rule_in_a_year_holds_where_it_holds_on_the_years_students(name: str, seed: int) -> None:
    """Terms written on the carrying problem hold exactly where the year's own check is good."""
    problem, plan = random_problem(seed)
    problem = with_forecast(problem, seed)
    rule = InYear(RULE_CASES[name], YEAR)
    try:
        terms = rule.lower(problem)
    except ScenarioError:
        return
    kept = all(finding.ok for finding in RULE_CASES[name].check(problem.forecasts[YEAR], plan))
    assert all(holds(term, problem, plan) for term in terms) == kept
    findings = rule.check(problem, plan)
    assert all(finding.ok for finding in findings) == kept
    assert all(finding.sentence.startswith("2031: ") for finding in findings)


@pytest.mark.parametrize("name", sorted(OBJECTIVE_CASES.keys() - OF_SHAPES))
@SOME
@given(seed=SEEDS)
def test_an_aim_at_a_year_is_what_the_year_measures(name: str, seed: int) -> None:
    """The amount on the carrying problem is the objective's measure of the year."""
    problem, plan = random_problem(seed)
    problem = with_forecast(problem, seed)
    aim, stage = OBJECTIVE_CASES[name], Stage(((1.0, OBJECTIVE_CASES[name]),), year=YEAR)
    try:
        measured = aim.measure(problem.forecasts[YEAR], plan)
    except ScenarioError:
        return
    assert stage.measure(problem, plan) == measured
    assert stage.amount(problem).value(problem, plan) == pytest.approx(measured, abs=1e-9)


@pytest.mark.parametrize("name", ["contiguity", "keep_walkers", "whole_feeders"])
def test_rules_that_count_nobody_have_no_year(name: str) -> None:
    """They are the same in every year: a year there is a slip, to solve and to measure."""
    problem, plan = random_problem(1)
    problem, rule = with_forecast(problem, 1), InYear(RULE_CASES[name], YEAR)
    for asking in (lambda: rule.lower(problem), lambda: rule.check(problem, plan)):
        with pytest.raises(ScenarioError, match="the same in every year") as caught:
            asking()
        assert caught.value.remedy == "leave years = [...] out of it"


@pytest.mark.parametrize("name", sorted(OF_SHAPES))
def test_aims_and_limits_of_shapes_have_no_year(name: str) -> None:
    """Borders are the same in every year: an aim at a year there, or a limit, is refused."""
    problem = with_forecast(random_problem(1)[0], 1)
    aim = OBJECTIVE_CASES[name]
    with pytest.raises(ScenarioError, match="the same in every year"):
        Stage(((2.0, aim),), year=YEAR).amount(problem)
    with pytest.raises(ScenarioError, match="the same in every year"):
        InYear(MetricLimit(aim, 1.0), YEAR).lower(problem)


@SOME
@given(seed=st.integers(0, 10**6))
def test_the_exact_model_counts_the_years_students(seed: int) -> None:
    """The optimum is that of enumerating every plan on the year's students."""
    problem = with_forecast(grid(3, 3, 2, seed), seed)
    seats = np.full(2, 0.6 * problem.students.sum())
    expected = replace(problem.forecasts[YEAR], capacity_seats=seats)
    problem = replace(problem, capacity_seats=seats, forecasts={YEAR: expected})
    rule, aim = Capacity(ceiling_share=1.0), Dissimilarity("poor")
    value, plan = best_plan(expected, rule.lower(expected), aim.amount(expected))
    rules = InYear(rule, YEAR).lower(problem)
    amount = Stage(((1.0, aim),), year=YEAR).amount(problem)
    outcome = solve_exact(problem, rules, amount)
    if plan is None:
        assert outcome.status is ExactStatus.INFEASIBLE
        return
    assert outcome.value == pytest.approx(value, abs=1e-5)
