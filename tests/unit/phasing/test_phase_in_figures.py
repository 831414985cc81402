"""A phase-in worked out by hand: who stays, whose seats lack, and what is told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from small_town import small_town

from planner.errors import PlanError, ScenarioError
from planner.evaluation import evaluate
from planner.phasing import Policy, parse_policies, phase_in, phase_in_text
from planner.phasing.words import OVER, school_tables
from planner.plan import Plan
from planner.problem.events import Close
from planner.structures.ageing import Ageing

POLICIES = (Policy(0), Policy(1), Policy(None))


@pytest.fixture
def town():
    """Return two schools of two blocks each, K-2, ten students a grade in every block."""
    poor = np.array([[8.0] * 3, [2.0] * 3, [5.0] * 3, [5.0] * 3])
    return small_town(
        {"elementary": ["a", "a", "b", "b"]},
        {"a": 0, "b": 3},
        columns=4,
        levels={"elementary": "K-2"},
        poor=poor,
        groups={"g": poor},
        seats={"a": 60.0, "b": 75.0},
    )


@pytest.fixture
def plan(town):
    """Return today's plan with the second block at school b."""
    table = Plan.today(town).table.copy()
    table.loc[table["block_id"] == "001", "school_id"] = "b"
    return Plan(table)


def students(found, policy: str, school: str) -> list[float]:
    rows = found.schools
    rows = rows[(rows["policy"] == policy) & (rows["school_id"] == school)]
    return rows["students"].tolist()


def measure(found, policy: str, metric: str, level: str = "all", group: str = "all"):
    rows = found.measures
    rows = rows[(rows["policy"] == policy) & (rows["metric"] == metric)]
    return rows[(rows["level"] == level) & (rows["group"] == group)]["value"].tolist()


def test_students_by_year_are_those_of_a_count_by_hand(town, plan) -> None:
    """Of the 30 of the moved block, ten a year begin at the new school where all may stay."""
    found = phase_in(town, plan, POLICIES, ageing=Ageing(years=3))
    assert found.policies == (
        "No change", "All at once", "Last grade stays", "All stay until they leave",
    )  # fmt: skip
    assert students(found, "No change", "b") == [60, 60, 60, 60]
    assert students(found, "All at once", "b") == [90, 90, 90]
    assert students(found, "Last grade stays", "b") == [80, 90, 90]
    assert students(found, "All stay until they leave", "b") == [70, 80, 90]
    assert measure(found, "All stay until they leave", "students_staying") == [20, 10, 0]
    assert measure(found, "All at once", "students_interrupted") == [20, 0, 0]
    assert measure(found, "Last grade stays", "students_interrupted") == [10, 0, 0]


def test_seats_lack_where_students_are_more(town, plan) -> None:
    """School b has 75 seats; each year's surplus is told, and marked in the tables."""
    found = phase_in(town, plan, POLICIES, ageing=Ageing(years=3))
    assert measure(found, "All stay until they leave", "students_over_seats") == [0, 5, 15]
    assert measure(found, "All stay until they leave", "schools_over_seats") == [0, 1, 1]
    cells = dict(school_tables(found)[-1].rows)["b School [b]"]
    assert [OVER in cell for cell in cells] == [False, False, True, True]


def test_unknown_seats_are_not_none_lacking(town, plan) -> None:
    """Where seats are unknown, so is how many students lack one."""
    blind = replace(town, schools=town.schools.assign(capacity_seats=np.nan))
    found = phase_in(blind, plan, POLICIES)
    assert np.isnan(measure(found, "All at once", "students_over_seats")).all()
    assert found.schools["utilization"].isna().all()


def test_today_and_the_plan_are_measured_as_everywhere(town, plan) -> None:
    """Without growth, today and a plan that began at once have the figures of an evaluation."""
    found = phase_in(town, plan, POLICIES, ageing=Ageing(years=1))
    scored = evaluate(town, plan)
    for metric, group in (
        ("dissimilarity", "poor"), ("dissimilarity", "g"), ("travel_mean_metres", "all"),
        ("exposure_to_poverty", "g"), ("students", "all"),
    ):  # fmt: skip
        told = scored.metrics
        told = told[(told["metric"] == metric) & (told["group"] == group)]
        told = told[(told["id"] == "elementary")].iloc[0]
        today = measure(found, "No change", metric, "elementary", group)[0]
        first = measure(found, "All at once", metric, "elementary", group)[0]
        assert (today, first) == pytest.approx((told["baseline"], told["plan"]))


def test_siblings_join_with_the_chance_given(town, plan) -> None:
    """With every fifth student having a sibling in the next grade, two of ten join the last."""
    found = phase_in(town, plan, [Policy(1, (0.2,))], ageing=Ageing(years=2))
    # grade 2 stays, 2 of the 10 in grade 1 and none of K, whose next grade moves
    assert students(found, "Last grade stays", "b")[0] == pytest.approx(60 + 30 - 10 - 2)
    assert any("estimated from the shares given" in note for note in found.notes)


def test_nobody_stays_at_a_school_that_closes(town) -> None:
    """A closed school keeps no one, whatever the policy says."""
    table = Plan.today(town).table.copy()
    table["school_id"] = "b"
    found = phase_in(town, Plan(table), POLICIES, events=[Close("a")])
    for policy in found.policies[1:]:
        assert students(found, policy, "b") == [120] * 5
        assert measure(found, policy, "students_staying") == [0] * 5
    assert students(found, "No change", "a") == [60] * 6


def test_nobody_stays_in_a_grade_that_the_school_gives_away(town) -> None:
    """Paired schools divide the grades: a building without a grade keeps none of it."""
    table = Plan.today(town).table
    rows = [
        {"block_id": block, "level": "elementary", "school_id": s, "grade_low": a, "grade_high": z}
        for block in table["block_id"]
        for s, a, z in (("a", "K", "1"), ("b", "2", "2"))
    ]
    found = phase_in(town, Plan(type(table)(rows)), [Policy(None)], ageing=Ageing(years=1))
    # a: its own K-1 and the K of all (grade 1 of b may stay there? b has grade 2 only: no)
    assert students(found, "All stay until they leave", "a") == [80]
    assert measure(
        found, "All stay until they leave", "dissimilarity_stratified", "elementary", "poor"
    ) == [0.0]


def test_the_text_has_a_row_a_policy_and_says_what_is_assumed(town, plan) -> None:
    """A planner reads tables of policies by year, then the assumptions."""
    text = phase_in_text(phase_in(town, plan, POLICIES))
    assert "Students over the seats of their school [students]" in text
    assert text.count("All stay until they leave  ") >= 5
    assert "the most that a policy can keep" in text
    assert "Nobody stays for a brother or sister" in text


def test_json_holds_no_nan(town, plan) -> None:
    """Unknown numbers are null."""
    found = phase_in(replace(town, schools=town.schools.assign(capacity_seats=np.nan)), plan, [])
    json.dumps(found.to_dict(), allow_nan=False)


def test_without_todays_plan_nobody_can_stay(town, plan) -> None:
    """Who may stay, and where, needs today's zones."""
    blank = replace(town, current=town.current.iloc[:0])
    with pytest.raises(PlanError, match="today's zones are not known"):
        phase_in(blank, plan, POLICIES)


def test_policies_are_read_from_words() -> None:
    """Numbers of grades, none and all; each policy once; all wrong words are named."""
    assert parse_policies("none, 2,ALL,2") == (Policy(0), Policy(2), Policy(None))
    with pytest.raises(ScenarioError, match="'some', '-1' cannot be read"):
        parse_policies("none,some,-1")
    with pytest.raises(ScenarioError, match=r"1\.5 is not between 0 and 1"):
        Policy(1, (1.5,))


def test_a_forecast_is_said_to_be_left_out(town, plan) -> None:
    """Its students may be other people than those who may stay, so a page says it is not used."""
    told = [note for note in phase_in(town, plan, POLICIES).notes if "forecast" in note]
    assert told == []
    expecting = replace(town, forecasts={2031: town.students})
    told = [note for note in phase_in(expecting, plan, POLICIES).notes if "forecast" in note]
    assert len(told) == 1
    assert told[0].startswith("The district's forecast of 2031 is not used here")
