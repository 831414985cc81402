"""Fronts, sensitivity and difference, on numbers that can be checked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.batch.good_plans import among_alike
from planner.batch.job import Job
from planner.batch.measures import (
    Measure,
    collect_measures,
    distances,
    first_aims,
    front_of,
    good_and_different,
)
from planner.batch.plain_names import key_words, meaning, plain_name, plain_status
from planner.batch.sensitivity import sensitivity
from planner.batch.tables import BatchTables, aim_detail, aim_groups
from planner.batch.view import View, says, span
from planner.plan import Plan
from planner.solving import SolveStatus


def test_a_front_by_hand() -> None:
    """A plan is off the front where another is as good in both measures and better in one."""
    values = np.array([[1, 5], [2, 4], [2, 5], [3, 1], [np.nan, 0], [1, 5]], dtype=float)
    assert front_of(values, ["lower", "lower"]).tolist() == [True, True, False, True, False, True]
    assert front_of(values, ["higher", "lower"]).tolist() == [
        False,
        False,
        False,
        True,
        False,
        False,
    ]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12))
def test_a_front_is_what_its_definition_says(points: list[tuple[int, int]]) -> None:
    """Compared with the definition, plan by plan."""
    values = np.array(points, dtype=float)
    slow = [not any(a[0] <= b[0] and a[1] <= b[1] and a != b for a in points) for b in points]
    assert front_of(values, ["lower", "lower"]).tolist() == slow


def test_sensitivity_by_hand() -> None:
    """All of a measure's variation goes with one key, none with the other."""
    index = pd.Index(["a", "b", "c", "d"], name="job")
    values = pd.DataFrame({"m": [1.0, 1.0, 3.0, 3.0]}, index=index)
    settings = pd.DataFrame({"k": [10, 10, 20, 20], "seed": [1, 2, 1, 2]}, index=index)
    told = sensitivity(values, settings, ["k", "seed"])["m"]
    assert told["k"] == (1.0, "10", 3.0, "20", 1.0)
    assert told["seed"][::2] == (2.0, 2.0, 0.0)


def test_a_key_of_which_no_value_is_shared_explains_nothing() -> None:
    """It tells one scenario from the others: all variation goes with it whatever it does."""
    index = pd.Index(["a", "b"], name="job")
    values = pd.DataFrame({"m": [1.0, 3.0]}, index=index)
    told = sensitivity(values, pd.DataFrame({"k": [10, 20]}, index=index), ["k"])["m"]["k"]
    assert told[:4] == (1.0, "10", 3.0, "20")
    assert math.isnan(told.explained)


def _plan(*schools: str) -> Plan:
    rows = [(f"b{i}", "elementary", school) for i, school in enumerate(schools)]
    return Plan(pd.DataFrame(rows, columns=["block_id", "level", "school_id"]))


def test_difference_counts_students() -> None:
    """A block of 30 among 100 students that changes school is a difference of 0.3."""
    students = {"b0": 30.0, "b1": 50.0, "b2": 20.0}
    weights = pd.Series({("elementary", block): n for block, n in students.items()})
    weights["high", "b0"] = 900.0  # students of a level that no plan is about
    plans = {"p": _plan("A", "A", "B"), "q": _plan("B", "A", "B"), "r": _plan("B", "B", "B")}
    jobs, apart = distances(plans, weights)
    assert jobs == ["p", "q", "r"]
    np.testing.assert_allclose(apart, [[0, 0.3, 0.8], [0.3, 0, 0.5], [0.8, 0.5, 0]])
    chosen = good_and_different(["q", "p", "r"], jobs, apart, 3)
    assert [job for job, _ in chosen] == ["q", "r", "p"]
    assert chosen[1][1] == pytest.approx(0.5)


def test_good_plans_are_found_among_those_with_the_same_aims() -> None:
    """Plans that know other measures neither beat each other nor drop out."""
    nan = np.nan
    numbers = np.array([[1, 5, nan], [2, 6, nan], [nan, 4, 1], [nan, 3, 9], [nan, nan, nan]])
    front, near, first = among_alike(numbers, ["lower", "lower", "lower"], [0, 0, 1, 1, -1])
    assert front.tolist() == [True, False, True, True, True]
    assert near.tolist() == [True, False, False, True, True]
    assert first.tolist() == [0, 1, 1, 0, 0]


def test_plans_are_ranked_by_the_aim_that_came_first() -> None:
    """Not by the one that stands first in a table: a plan is good in what it was made for."""
    numbers = np.array([[9, 1.0], [5, 1.2], [1, 9.0], [1, 5.0]])
    _, near, first = among_alike(numbers, ["lower", "lower"], [1, 1, 1, 0])
    assert near.tolist() == [True, True, False, True]
    assert first.tolist() == pytest.approx([0, 0.025, 1, 0])


def test_aims_stand_in_the_order_of_the_scenario() -> None:
    """What is aimed at first comes first, whatever boards ask for first."""
    rows = [
        (job, aim, "aim", "elementary", "all", value, "points")
        for job, values in (("a", (2.0, 900.0)), ("b", (3.0, 400.0)))
        for aim, value in zip(("poverty_spread", "students_moved"), values, strict=True)
    ]
    columns = ["job", "metric", "scope", "id", "group", "plan", "unit"]
    results = pd.DataFrame(rows, columns=columns)
    measures, _ = collect_measures(results)
    assert [measure.name for measure in measures] == ["poverty_spread", "students_moved"]
    assert first_aims(results) == dict.fromkeys("ab", "aim/poverty_spread/elementary/all")


def test_aims_that_differ_in_an_option_are_different_measures() -> None:
    """What is usual is not said; the rest is, so that mean and worst never share a column."""
    assert aim_detail({"use": "travel"}) == "all"
    assert aim_detail({"use": "dissimilarity", "group": "black", "priority": 2}) == "black"
    mean, worst = (aim_detail({"use": "poverty_spread", "of": of}) for of in ("mean", "worst"))
    assert mean != worst
    record = {
        "objectives": [{"name": "exposure", "level": "e"}, {"name": "exposure", "level": "e"}],
        "scenario": {
            "objective": [
                {"use": "exposure", "group": "a", "to": "b"},
                {"use": "exposure", "group": "a", "to": "c"},
            ]
        },
    }
    assert aim_groups(record) == ["a, to b", "a, to c"]


def test_aims_of_different_years_are_different_measures() -> None:
    """Students of 2031 share no column with those of today, in a weighted aim neither."""
    moved = {"use": "students_moved"}
    assert aim_detail(moved | {"year": 2031}) == "all, year 2031"
    weighted = [moved | {"priority": 2, "year": 2031}, {"use": "feeder_split", "priority": 2}]
    asked = [moved | {"priority": 1}, *(one | {"year": 2031} for one in weighted)]
    aims = [{"name": "students_moved", "level": "e"}, {"name": "both", "level": "e"}]
    record = {"objectives": aims, "scenario": {"objective": asked}}
    assert aim_groups(record) == ["all", "all, year 2031"]


def test_measures_and_keys_have_plain_names() -> None:
    """No code on the page: names in words, and a sentence for every one."""
    assert plain_name("theil_h_multigroup") == "separation of all groups (Theil's H)"
    assert plain_name("unheard_of") == "unheard of"
    assert key_words("rule.capacity.ceiling_share") == "capacity: ceiling share"
    assert key_words("event.close (2)") == "event close (2)"
    assert meaning("students_moved", is_aim=False).startswith("Students who would attend")
    assert meaning("poverty_spread", is_aim=True)
    assert meaning("unheard_of", is_aim=False) == ""


def test_every_end_of_a_solve_has_words() -> None:
    """A page is read by people: no status of a record stands on it as code."""
    for status in (*SolveStatus, "FAILED"):
        words = plain_status(str(status))
        assert words == words.lower()
        assert "_" not in words
    assert plain_status("NO_PLAN") != plain_status("INFEASIBLE")


@pytest.mark.parametrize(
    ("seeds", "told"), [((7,), ["wide"]), ((1, 2), ["wide, seed 1", "wide, seed 2"])]
)
def test_a_seed_is_named_only_beside_others(seeds: tuple[int, ...], told: list[str]) -> None:
    """With one seed, pages and tables call a scenario as runs.csv does."""
    job = Job("", "wide", "wide", {}, "", "", "", 0, {})
    jobs = {str(seed): replace(job, digest=str(seed), seed=seed) for seed in seeds}
    tables = BatchTables(pd.DataFrame(), pd.DataFrame(), (), jobs, {}, {})
    assert [tables.called(digest) for digest in jobs] == told


def test_what_is_not_known_has_no_unit() -> None:
    """A plan that was never aimed that way has no "not known points"."""
    moved = Measure("aim/students_moved/elementary/all", "aim: students moved", "students", "lower")
    spread = Measure("aim/poverty_spread/elementary/all", "aim: poverty spread", "points", "lower")
    values = pd.DataFrame({moved.key: [423.0], spread.key: [np.nan]}, index=["job"])
    nothing = BatchTables(pd.DataFrame(), pd.DataFrame(), (), {}, {}, {})
    view = View(nothing, [moved, spread], values, moved.key, spread.key)
    assert says(view, "job") == "aim: students moved 423 students; aim: poverty spread not known"


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (1019.62, 1019.88, ("1,019.6", "1,019.9")),
        (0.11591, 0.11594, ("0.11591", "0.11594")),
        (1.5, 2.0, ("1.5", "2")),
        (1.04998, 1.05002, ("1.04998", "1.05002")),
        (7.0, 7.0, ("7", "7")),
    ],
)
def test_two_numbers_are_written_so_that_they_differ(
    low: float, high: float, told: tuple[str, str]
) -> None:
    """As far as they do."""
    assert span(low, high) == told
