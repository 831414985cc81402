"""A plan in the years of the district's forecast: rules, aims and measures count its students."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.district import District, Level
from geodata.grades import GradeSpan
from geodata.students import StudentCounts
from planner.comparison import compare, tell
from planner.conflicts import find_conflicts
from planner.errors import ModelError, ScenarioError
from planner.evaluation import evaluate
from planner.plan import Plan
from planner.scenario import Scenario, parse_scenario
from planner.solving import SolveStatus, solve

LEFT_RIGHT = ["A", "A", "B", "B"] * 3
SAID = {"schema": 1, "title": "Room for 2031", "district": "grid/district.toml"}
CAPACITY = {"use": "capacity", "ceiling_share": 1.0}
MOVED = {"use": "students_moved"}
FLOOR = {"use": "enrollment", "years": [2031]}


def asked(*rules: dict[str, object], aims: tuple[dict[str, object], ...] = (MOVED,)) -> Scenario:
    """Return a scenario of these rules and aims."""
    return parse_scenario(SAID | {"rule": list(rules), "objective": list(aims)})


@pytest.fixture
def growing(grid_district: Callable[..., District]) -> District:
    """Return 12 blocks of 10, 60 students a school; in 2031 each western block has 14, 84 in A."""
    district = grid_district(LEFT_RIGHT, {"A": 4, "B": 7}, seats={"A": 80.0, "B": 90.0})
    west = np.array([14.0 if school == "A" else 10.0 for school in LEFT_RIGHT])
    table = pd.DataFrame({("*", "*", "*"): west}, index=district.blocks.index)
    expected = replace(district.students, table=table, estimated=True)
    return replace(district, forecasts={2031: expected})


def test_a_plan_is_drawn_for_a_year_of_the_forecast(growing: District) -> None:
    """Today nobody needs to move; for 2031 the one block moves that A has no seat for."""
    today = solve(asked(CAPACITY), district=growing)
    assert today.objectives[0]["value"] == 0
    then = solve(asked(CAPACITY, CAPACITY | {"years": [2031]}), district=growing)
    assert then.status is SolveStatus.PROVEN_OPTIMAL
    assert then.objectives[0]["value"] == 10
    assert then.plan is not None
    scored = evaluate(growing, then.plan)
    counts = [scored.value("students_forecast", "school", school, "2031") for school in "AB"]
    assert counts == [70, 74]


def test_today_a_rule_in_a_year_is_broken(growing: District) -> None:
    """The finding says the year, and the numbers are the forecast's."""
    scored = evaluate(growing, Plan.today(growing), asked(CAPACITY | {"years": [2031]}))
    broken = [finding for finding in scored.findings if not finding.ok]
    assert [finding.rule for finding in broken] == ["capacity.2031"]
    assert broken[0].measured == 84
    assert broken[0].sentence.startswith("2031: Students at each school: limit broken at 1 school")


def test_adding_up_a_year_takes_that_years_students(growing: District) -> None:
    """Of 144 expected students 136 fill the schools to the floor; today's 120 prove nothing."""
    full = {"use": "capacity", "floor_share": 0.8, "years": [2031]}
    assert not find_conflicts(asked(full), growing)[0].diagnosis.is_infeasible
    tight = CAPACITY | {"ceiling_share": 0.8, "years": [2031]}
    found = find_conflicts(asked(tight), growing)[0].diagnosis
    assert found.is_infeasible
    expected = "In 2031: 144 students, 170 seats at 80 %: 8 places too few."
    assert found.sentences[0] == expected


def test_an_aim_counts_the_students_of_its_year(growing: District) -> None:
    """Students moved, aimed at in 2031, are those expected then."""
    scenario = asked(CAPACITY | {"years": [2031]}, aims=(MOVED | {"year": 2031},))
    solution = solve(scenario, district=growing)
    assert solution.objectives[0]["value"] == 14
    assert "In 2031: Students who change school." in "\n".join(scenario.sentences())


def test_years_are_said_and_kept(growing: District) -> None:
    """Explained in sentences, one a year, and the record reads back as the same question."""
    scenario = asked(CAPACITY | {"years": [2029, 2031]}, aims=(MOVED | {"year": 2031},))
    told = "\n".join(scenario.sentences())
    assert "In 2029: Every school is filled to at most 100 % of its seats." in told
    assert "In 2031: Every school is filled to at most 100 % of its seats." in told
    again = parse_scenario(scenario.resolved)
    assert again.rules == scenario.rules
    assert again.objectives == scenario.objectives
    assert scenario.years_for("elementary") == (2029, 2031)


def test_a_year_without_a_forecast_is_refused(growing: District) -> None:
    """The years there are stand in the message; a text is no year."""
    with pytest.raises(ScenarioError, match=r"no forecast of 2030 .*elementary.*") as caught:
        solve(asked(CAPACITY | {"years": [2030]}), district=growing)
    assert "use one of 2031" in str(caught.value)
    with pytest.raises(ScenarioError, match="years"):
        asked(CAPACITY | {"years": ["2031"]})


def test_aims_of_one_priority_are_of_one_year() -> None:
    """A sum of students of two years would mean nothing."""
    aims = (MOVED | {"priority": 1}, MOVED | {"priority": 1, "year": 2031})
    with pytest.raises(ScenarioError, match="need the same year"):
        asked(aims=aims)


def test_every_year_is_measured_beside_todays_zones(growing: District) -> None:
    """metrics.csv has each year's students and seats, with today's zones as the baseline."""
    plan = Plan.today(growing)
    table = plan.table.copy()
    table.loc[(table["block_id"] == "001"), "school_id"] = "B"
    scored = evaluate(growing, Plan(table))

    def both(metric: str, scope: str, where: str) -> tuple[float, float]:
        place = (metric, scope, where, "2031")
        return scored.value(*place, column="baseline"), scored.value(*place)

    assert both("students_forecast", "school", "A") == (84, 70)
    assert both("utilization_forecast", "school", "A") == pytest.approx((84 / 80, 70 / 80))
    assert both("students_forecast", "level", "elementary") == (144, 144)
    assert both("students_over_capacity_forecast", "level", "elementary") == (4, 0)
    assert both("utilization_highest_forecast", "level", "elementary") == pytest.approx(
        (84 / 80, 70 / 80)
    )
    assert any("forecast of 2031" in note for note in scored.notes)
    told = tell(compare([replace(scored, title="moved")]))
    assert "students over capacity forecast (2031) [elementary]: 4 → 0" in told
    assert "utilization highest forecast (2031)" in told


@pytest.fixture
def both_levels(growing: District) -> District:
    """Return `growing` with B for K-8: one student of 6-8 lives in each block, three in 2031."""
    spans = {"elementary": GradeSpan("K", "5"), "middle": GradeSpan("6", "8")}
    upper = growing.current.assign(level="middle", school_id="B", grade_low="6", grade_high="8")

    def counts(k5: np.ndarray, middle: float) -> StudentCounts:
        columns = {("elementary", "*", "*"): k5, ("middle", "*", "*"): np.full(12, middle)}
        return StudentCounts(
            pd.DataFrame(columns, index=growing.blocks.index),
            levels=("elementary", "middle"),
            level_grades={name: span.grades for name, span in spans.items()},
        )

    return replace(
        growing,
        levels={name: Level(name, span) for name, span in spans.items()},
        schools=growing.schools.assign(grade_high=["5", "8"]),
        students=counts(np.full(12, 10.0), 1.0),
        forecasts={2031: counts(np.full(12, 10.0), 3.0)},
        current=pd.concat([growing.current, upper], ignore_index=True),
    )


def test_a_building_of_two_levels_counts_both_in_a_year(both_levels: District) -> None:
    """Students of grades 6-8 expected in 2031 take seats of their K-8 building then."""
    district = both_levels
    rules = asked(CAPACITY | {"levels": ["elementary"], "years": [2031]})
    problem = rules.problem(district, "elementary")
    assert problem.capacity_seats.tolist() == [80.0, 78.0]
    assert problem.forecasts[2031].capacity_seats.tolist() == [80.0, 54.0]
    (finding,) = [f for f in rules.check(problem, problem.current) if f.rule == "capacity.2031"]
    assert not finding.ok
    assert (finding.measured, finding.limit) == (96, 90)
    scored = evaluate(district, Plan.today(district))
    assert scored.value("students_forecast", "school", "B", "2031") == 96


def test_a_floor_of_a_later_year_is_counted_with_its_students(growing: District) -> None:
    """70 in each school are more than the 120 of today, but not more than the 144 of 2031."""
    (found,) = find_conflicts(asked(FLOOR | {"min_students": 70}), growing)
    assert not found.diagnosis.is_infeasible
    (found,) = find_conflicts(asked(FLOOR | {"min_students": 73}), growing)
    assert found.diagnosis.sentences[0] == (
        "In 2031: 144 students, but the schools together need 146: 2 students too few."
    )


def test_seats_of_a_later_year_are_counted_with_its_students(growing: District) -> None:
    """A limit that leaves room today and not in 2031 is told by the plain sum."""
    rule = {"use": "capacity", "ceiling_share": 0.84, "years": [2031]}
    (found,) = find_conflicts(asked(rule), growing, time_limit_s=0.0)
    assert found.diagnosis.is_infeasible
    told = found.diagnosis.sentences[0]
    assert told == "In 2031: 144 students, 170 seats at 84 %: 2 places too few."


def test_changes_from_a_start_are_counted_in_a_year(growing: District, tmp_path: Path) -> None:
    """The plan to start from stands in every year: one western block from it are 14 students."""
    begin = tmp_path / "start.csv"
    Plan.today(growing).table.to_csv(begin, index=False)
    aim = {"use": "changes_from_start", "unit": "students", "year": 2031}
    scenario = asked(CAPACITY | {"years": [2031]}, aims=(aim,))
    solution = solve(replace(scenario, start=begin), district=growing)
    assert solution.objectives[0]["value"] == 14


def test_no_year_is_taken_for_today(growing: District) -> None:
    """The year 0 has no forecast either, of rules or aims."""
    for asking in (asked(CAPACITY | {"years": [0]}), asked(aims=(MOVED | {"year": 0},))):
        with pytest.raises(ScenarioError, match="no forecast of 0"):
            solve(asking, district=growing)


def test_what_a_forecast_lacks_is_said_of_its_year(growing: District) -> None:
    """Counts that are known today and not in a year are not looked for in today's file."""
    gap = growing.forecasts[2031].table.copy()
    gap.iloc[3] = np.nan
    without = replace(growing, forecasts={2031: replace(growing.forecasts[2031], table=gap)})
    with pytest.raises(ModelError, match="with the students expected in 2031: level"):
        solve(asked(CAPACITY | {"years": [2031]}), district=without)
    poverty = {"use": "poverty_spread", "year": 2031}
    with pytest.raises(ScenarioError, match="with the students expected in 2031: objective"):
        solve(asked(aims=(poverty,)), district=growing)


def test_a_year_named_twice_is_held_once(growing: District) -> None:
    """The rule is told once."""
    twice = asked(CAPACITY | {"years": [2031, 2031]})
    assert len(twice.rules_for("elementary")) == 2  # every block has one school, and this one


def test_a_rule_that_is_the_same_in_every_year_is_not_measured_in_one(growing: District) -> None:
    """Walk zones do not move with a forecast; the evaluation says why it has no finding."""
    scored = evaluate(growing, Plan.today(growing), asked({"use": "keep_walkers", "years": [2031]}))
    assert [finding.rule for finding in scored.findings] == ["assign_once"]
    assert any("'keep_walkers' is not checked: " in note for note in scored.notes)


def test_a_later_level_keeps_the_seats_of_a_year_that_an_earlier_one_needs(
    both_levels: District,
) -> None:
    """36 students of 6-8 sit in B in 2031, so that two blocks leave it; that rule binds 6-8 too."""
    rule = CAPACITY | {"levels": ["elementary"], "years": [2031]}
    solution = solve(asked(rule), district=both_levels)
    assert solution.plan is not None
    assert [aim["value"] for aim in solution.objectives] == [10, 0]
    sizes = evaluate(both_levels, solution.plan)
    assert sizes.value("students_forecast", "school", "B", "2031") == 50 + 36
    lacking = replace(both_levels.forecasts[2031], levels=("elementary",))
    lacking = replace(lacking, table=lacking.table.loc[:, ["elementary"]])
    with pytest.raises(ScenarioError, match=r"2031: .* students of other levels") as caught:
        solve(asked(rule), district=replace(both_levels, forecasts={2031: lacking}))
    assert "the counts of the other levels" in caught.value.remedy


def test_a_forecast_of_todays_students_measures_what_today_does(both_levels: District) -> None:
    """Buildings of two levels and an emptied one too: the year's formulas are those of today."""
    district = replace(both_levels, forecasts={2031: both_levels.students})
    for zones in (LEFT_RIGHT, ["B"] * 12):
        table = Plan.today(district).table
        table.loc[table["level"] == "elementary", "school_id"] = zones
        numbers = evaluate(district, Plan(table)).metrics
        numbers = numbers.set_index(["scope", "id", "group", "metric"])["plan"]
        then = numbers[numbers.index.get_level_values("metric").str.endswith("_forecast")]
        today = [
            numbers[scope, where, "all", metric.removesuffix("_forecast")]
            for scope, where, _, metric in then.index
        ]
        assert len(today) > 8
        assert then.tolist() == today


def test_a_single_year_is_to_be_a_list() -> None:
    """The message says how to write it."""
    with pytest.raises(ScenarioError, match=r"years = 2031: it should be a list, such as \["):
        asked(CAPACITY | {"years": 2031})


def test_a_size_in_a_year_is_compared_with_todays_zone_then(growing: District) -> None:
    """A has 60 students today and 84 in 2031 without any change: that breaks no 5 % of growth."""
    size = {"use": "size", "ceiling_share": 1.05, "years": [2031]}
    scored = evaluate(growing, Plan.today(growing), asked(size))
    assert all(finding.ok for finding in scored.findings)
    assert "105 % of its size in today's zone" in "\n".join(asked(size).sentences())
