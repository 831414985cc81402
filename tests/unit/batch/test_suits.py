"""Whether another scenario's plan suits: its levels are judged beside each other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from oracle.graded_town import plan, town

from planner.batch.suits import Suits, _Question
from planner.scenario import parse_scenario

LEVELS = {"low": "K-2", "mid": "3-5"}
HOMES = {"a": 0, "b": 3, "m": 0, "n": 3}


def _rows(level: str, schools: str) -> list[tuple[str, str, str, str, str]]:
    return [(f"0{b}", level, school, "", "") for b, school in enumerate(schools)]


def test_feeders_of_a_plan_are_those_it_draws_itself() -> None:
    """Beside the plan's own zones of K-2 each school goes on whole; beside today's a would not."""
    counts = {(grade, "*", "*"): [10.0] * 4 for grade in "K12345"}
    today = [*_rows("low", "aabb"), *_rows("mid", "mmnn")]
    district = town(counts, HOMES, levels=LEVELS, today=today)
    asked = {"schema": 1, "title": "t", "district": "d", "rule": [{"use": "whole_feeders"}]}
    job = cast(Any, SimpleNamespace(scenario=parse_scenario(asked).resolved, digest="own"))
    question = _Question.of(job, district)
    assert question.looks_beside
    for low, suits in (("abbb", True), ("aabb", False)):
        other = SimpleNamespace(plan=plan([*_rows("low", low), *_rows("mid", "mnnn")]))
        known = Suits(cast(Any, None), by_seed=False, _runs=cast(Any, {"other": other}))
        placed = known._placed(question, cast(Any, SimpleNamespace(digest="other")))
        assert question.holds(placed) is suits
