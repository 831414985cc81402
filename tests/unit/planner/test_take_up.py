"""Residents against enrolled: take-up today, and who can be expected with a plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.graded_town import grades, plan, town

from geodata.district import District
from planner.evaluation import Evaluation, Settings, evaluate
from planner.metrics.take_up import students_expected, take_up
from planner.metrics.utilization import utilization
from planner.scenario import parse_scenario

LEVEL = "elementary"
QUICK = Settings(random_draws=1)


def rows(*schools: str) -> list[tuple[str, str, str, str, str]]:
    """Return the rows of a plan, one school a block."""
    return [(f"0{b}", LEVEL, school, "", "") for b, school in enumerate(schools)]


def row_of_blocks(enrolled: dict[str, float], today: tuple[str, ...] = tuple("nnss")) -> District:
    """Return four blocks; 200 students live in the zone of n, 100 in that of s."""
    district = town(
        {("*", "*", "*"): [100.0, 100.0, 50.0, 50.0]},
        {"n": 0, "s": 3},
        levels={LEVEL: "K-5"},
        today=rows(*today),
        seats={"n": 200.0, "s": 250.0},
        single_counts=(LEVEL,),
    )
    schools = district.schools
    counts = schools.index.map(enrolled).to_numpy(dtype=float)
    return replace(district, schools=schools.assign(enrolled_students=counts))


def scored(district: District, *schools: str) -> Evaluation:
    """Score a plan of one school a block."""
    return evaluate(district, plan(rows(*schools)), settings=QUICK)


def both(found: Evaluation, metric: str, scope: str, where: str) -> tuple[float, float]:
    """Return a number today and with the plan."""
    table = found.metrics
    row = table[(table["metric"] == metric) & (table["scope"] == scope) & (table["id"] == where)]
    return float(row["baseline"].item()), float(row["plan"].item())


def test_residents_keep_the_take_up_of_their_school_of_today() -> None:
    """Block 1 goes from n (160 of 200 attend) to s (120 for 100): 80 of its 100 are expected."""
    found = scored(row_of_blocks({"n": 160, "s": 120}), *"nsss")
    assert both(found, "students_expected", "school", "n") == (160, pytest.approx(80))
    assert both(found, "students_expected", "school", "s") == (120, pytest.approx(200))
    assert both(found, "take_up", "school", "n") == pytest.approx((0.8, 0.8))
    assert both(found, "take_up", "school", "s") == pytest.approx((1.2, 1.0))
    assert both(found, "utilization_expected", "school", "s") == pytest.approx((0.48, 0.8))
    assert both(found, "students_expected", "level", LEVEL) == pytest.approx((280, 280))
    assert both(found, "take_up", "level", LEVEL) == pytest.approx((280 / 300, 280 / 300))
    assert both(found, "utilization_expected", "level", LEVEL) == pytest.approx((280 / 450,) * 2)
    assert any("Expected students are an estimate" in note for note in found.notes)


def test_students_of_a_school_that_closes_bring_their_take_up_along() -> None:
    """The school has nobody any more, and no seats to be filled."""
    district = row_of_blocks({"n": 160, "s": 120})
    asked = {"title": "t", "district": "d", "event": [{"kind": "close", "school": "n"}]}
    scenario = parse_scenario({"schema": 1, **asked})
    found = evaluate(district, plan(rows(*"ssss")), scenario, settings=QUICK)
    assert both(found, "students_expected", "school", "s") == pytest.approx((120, 280))
    assert both(found, "students_expected", "school", "n") == (160, 0)


def test_unknown_enrolment_is_unknown_wherever_its_residents_go() -> None:
    """And nowhere else; the note names the school."""
    found = scored(row_of_blocks({"n": 160}), *"nnns")
    assert both(found, "students_expected", "school", "s") == pytest.approx(
        (np.nan, np.nan), nan_ok=True
    )
    assert np.isnan(both(found, "students_expected", "school", "n")[1])
    assert both(found, "students_expected", "school", "n")[0] == 160
    assert any("unknown of s:" in note for note in found.notes)


def test_a_district_without_the_column_has_no_such_number() -> None:
    """Its table is what it was."""
    district = row_of_blocks({})
    bare = replace(district, schools=district.schools.drop(columns="enrolled_students"))
    found = scored(bare, *"nsss")
    names = {"take_up", "students_expected", "utilization_expected"}
    assert not names & set(found.metrics["metric"])
    assert not any("Expected students" in note for note in found.notes)


def test_take_up_is_that_of_todays_zones_whatever_is_compared() -> None:
    """Beside another plan than today's, residents are still those of the zones of today."""
    district = row_of_blocks({"n": 160, "s": 120})
    found = evaluate(district, plan(rows(*"nsss")), baseline=plan(rows(*"nnnn")), settings=QUICK)
    assert both(found, "students_expected", "school", "n") == pytest.approx((280, 80))


def test_schools_that_divide_grades_are_counted_by_grade() -> None:
    """Upper grades bring the take-up of the upper school; unknown where not counted by grade."""
    spans = (("low", "K", "2"), ("up", "3", "5"))
    today = [(b, LEVEL, *span) for b in ("00", "01") for span in spans]
    by_grade = {(grade, "*", "*"): [10.0, 20.0] for grade in grades("K", "5")}
    once = {("*", "*", "*"): [60.0, 120.0]}
    expected = []
    for cells, single in ((by_grade, ()), (once, (LEVEL,))):
        district = town(
            cells, {"low": 0, "up": 1}, levels={LEVEL: "K-5"}, today=today, single_counts=single
        )
        schools = district.schools.assign(enrolled_students=[45.0, 90.0])
        found = evaluate(
            replace(district, schools=schools), plan(rows("low", "up")), settings=QUICK
        )
        expected.append(both(found, "students_expected", "school", "up")[1])
    assert expected[0] == pytest.approx(20 * 3 * 0.5 + 20 * 3 * 1.0)
    assert np.isnan(expected[1])


def test_a_building_of_two_levels_is_counted_whole() -> None:
    """150 attend a K-8 school with 200 residents: the level that stays as it is keeps its part."""
    cells = {("K", "*", "*"): [60.0, 60.0], ("6", "*", "*"): [80.0, 20.0]}
    today = [(b, level, "k8", "", "") for b in ("00", "01") for level in ("low", "high")]
    today[3] = ("01", "high", "m", "", "")
    district = town(cells, {"k8": 0, "m": 1}, levels={"low": "K", "high": "6"}, today=today)
    schools = district.schools.assign(enrolled_students=[150.0, 30.0])
    drawn = plan([("00", "low", "k8", "", ""), ("01", "low", "m", "", "")])
    found = evaluate(replace(district, schools=schools), drawn, settings=QUICK)
    share = 150 / 200
    assert both(found, "students_expected", "school", "k8") == pytest.approx((150, 140 * share))
    assert both(found, "students_expected", "school", "m")[1] == pytest.approx(30 + 60 * share)
    assert both(found, "students_expected", "level", "low")[1] == pytest.approx(120 * share)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("ns"), min_size=4, max_size=4))
def test_no_plan_makes_students_or_loses_them(schools: list[str]) -> None:
    """Expected students are those enrolled today, whatever the zones."""
    found = scored(row_of_blocks({"n": 160, "s": 120}), *schools)
    assert both(found, "students_expected", "level", LEVEL)[1] == pytest.approx(280)


def test_shares_of_nobody_are_unknown() -> None:
    """No residents, no seats; nobody's unknown take-up does no harm."""
    assert np.isnan(take_up(5.0, 0.0))
    assert np.isnan(utilization(5.0, 0.0))
    assert students_expected(np.array([0.0, 10.0]), np.array([np.nan, 0.5])) == 5
    assert np.isnan(students_expected(np.array([1.0]), np.array([np.nan])))
