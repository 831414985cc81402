"""The two faces of rules and objectives agree: what solver and search see, and what is measured."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from term_holds import holds
from tiny_problem import OBJECTIVE_CASES, RULE_CASES, random_problem

from planner.errors import ScenarioError
from planner.objectives import OBJECTIVES
from planner.rules import RULES

SEEDS = st.integers(0, 2**32 - 1)
SOME = settings(max_examples=60, deadline=None, derandomize=True)


def test_every_rule_and_objective_has_a_case() -> None:
    """Nothing is registered that the tests below do not try."""
    assert {type(rule) for rule in RULE_CASES.values()} == set(RULES)
    assert {type(aim) for aim in OBJECTIVE_CASES.values()} == set(OBJECTIVES)


@pytest.mark.parametrize("name", RULE_CASES)
@SOME
@given(seed=SEEDS)
def test_lowered_terms_hold_exactly_where_the_check_finds_no_fault(name: str, seed: int) -> None:
    """On any plan, the terms hold if and only if every finding is good."""
    rule = RULE_CASES[name]
    problem, plan = random_problem(seed)
    try:
        terms = rule.lower(problem)
    except ScenarioError:
        with pytest.raises(ScenarioError):
            rule.check(problem, plan)
        return
    for zone_of in (plan, np.maximum(problem.current, 0)):
        findings = rule.check(problem, zone_of)
        assert all(holds(term, problem, zone_of) for term in terms) == all(
            finding.ok for finding in findings
        )
        assert all(finding.rule.split(".")[0] == rule.name for finding in findings)
        assert all(finding.sentence.endswith(".") for finding in findings)


@pytest.mark.parametrize("name", OBJECTIVE_CASES)
@SOME
@given(seed=SEEDS)
def test_an_amount_is_what_is_measured(name: str, seed: int) -> None:
    """On any plan, the amount's own value is the objective's measure."""
    aim = OBJECTIVE_CASES[name]
    problem, plan = random_problem(seed)
    try:
        amount = aim.amount(problem)
    except ScenarioError:
        with pytest.raises(ScenarioError):
            aim.measure(problem, plan)
        return
    assert amount.unit == aim.unit
    assert amount.value(problem, plan) == pytest.approx(aim.measure(problem, plan), abs=1e-9)


@SOME
@given(seed=SEEDS)
def test_indices_stay_between_0_and_1(seed: int) -> None:
    """Dissimilarity, isolation and exposure are shares on every plan."""
    problem, plan = random_problem(seed)
    for name in ("dissimilarity", "isolation", "exposure"):
        try:
            value = OBJECTIVE_CASES[name].measure(problem, plan)
        except ScenarioError:
            continue
        assert -1e-12 <= value <= 1 + 1e-12


@pytest.mark.parametrize("name", [name for name in RULE_CASES if name != "assign_once"])
def test_each_rule_is_held_by_some_plans_and_broken_by_others(name: str) -> None:
    """A rule that no random plan breaks, or none holds, would prove nothing above."""
    seen = set()
    for seed in range(300):
        problem, plan = random_problem(seed)
        try:
            seen.add(all(finding.ok for finding in RULE_CASES[name].check(problem, plan)))
        except ScenarioError:
            continue
        if len(seen) == 2:
            return
    assert seen == {True, False}
