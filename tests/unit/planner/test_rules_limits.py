"""Rules on sizes, shares and numbers of students: edges, missing data, nonsense."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_problem import tiny_problem

from planner.errors import ScenarioError
from planner.objectives import Compactness, Travel
from planner.problem import Problem
from planner.problem.measures import Lack
from planner.rules import (
    BalanceBand,
    Capacity,
    Enrollment,
    MaxStudentsMoved,
    MetricLimit,
    Size,
)

ALL_A = np.zeros(6, dtype=np.int32)


def changed(**values: object) -> Problem:
    """Return the tiny problem with other values."""
    return replace(tiny_problem(), **values)


def test_capacity_names_the_schools_whose_seats_are_unknown() -> None:
    """Unknown seats are refused with the school's name and what to do."""
    names = (("Ash",), ("Beech",))
    problem = changed(capacity_seats=np.array([10.0, np.nan]), partner_names=names)
    with pytest.raises(ScenarioError) as caught:
        Capacity(ceiling_share=1.0).lower(problem)
    assert "Beech [B]" in str(caught.value)
    assert "Ash" not in str(caught.value)
    assert "except_schools" in str(caught.value)


def test_capacity_leaves_excepted_schools_alone() -> None:
    """A school without seats may be excepted; the others are held."""
    problem = changed(capacity_seats=np.array([10.0, np.nan]))
    rule = Capacity(ceiling_share=1.0, except_schools=("B",))
    assert rule.check(problem, problem.current)[0].ok
    finding = rule.check(problem, ALL_A)[0]
    assert (finding.ok, finding.measured, finding.limit, finding.where) == (False, 21, 10, ("A",))


def test_an_unknown_excepted_school_is_refused_with_a_suggestion() -> None:
    """A misspelt school must not be left out in silence."""
    problem = changed(zone_ids=np.array(["Ash", "Beech"]))
    with pytest.raises(ScenarioError, match="did you mean Beech"):
        Capacity(ceiling_share=1.0, except_schools=("Beach",)).lower(problem)


@pytest.mark.parametrize(
    "options",
    [{}, {"ceiling_share": -1.0}, {"floor_share": 1.2, "ceiling_share": 1.1},
     {"ceiling_share": float("inf")}],
)  # fmt: skip
def test_a_band_that_says_nothing_is_refused(options: dict[str, float]) -> None:
    """Neither side, a negative side, an empty band, infinity for 'off'."""
    with pytest.raises(ScenarioError):
        Capacity(**options)


def test_size_relative_to_today_needs_a_zone_today() -> None:
    """A school that opens has no size of today; the mean, or an exception, helps."""
    problem = changed(today_students=np.array([21.0, np.nan]))
    with pytest.raises(ScenarioError, match="relative_to = 'mean'"):
        Size(floor_share=0.5).lower(problem)
    assert Size(floor_share=0.5, relative_to="mean").lower(problem)
    assert Size(floor_share=0.5, except_schools=("B",)).lower(problem)


def test_size_at_its_limit_is_kept() -> None:
    """A school exactly at its floor or ceiling holds the rule."""
    problem = tiny_problem()
    rule = Size(floor_share=1.0, ceiling_share=1.0)
    assert all(finding.ok for finding in rule.check(problem, problem.current))


def test_an_empty_school_breaks_a_minimum() -> None:
    """Nobody is fewer than one."""
    problem = tiny_problem()
    finding = Enrollment(min_students=1).check(problem, ALL_A)[0]
    assert not finding.ok
    assert finding.where == ("B",)
    assert finding.measured == 0


def test_a_zone_without_students_holds_a_balance_band() -> None:
    """A share of nobody cannot be out of balance."""
    problem = tiny_problem()
    assert all(finding.ok for finding in BalanceBand(within_points=1).check(problem, ALL_A))


def test_a_balance_band_is_around_the_districts_share() -> None:
    """Five of 21 are poor: 23.8 %; ten points around it."""
    low, high = BalanceBand(within_points=10).band(tiny_problem())
    assert (low, high) == pytest.approx((5 / 21 - 0.1, 5 / 21 + 0.1))


def test_a_wide_balance_band_has_no_side_that_nothing_can_break() -> None:
    """Below 0 % and above 100 % there is nothing to hold."""
    assert BalanceBand(within_points=90).lower(tiny_problem()) == []
    assert len(BalanceBand(low_percent=10).lower(tiny_problem())) == 1


@pytest.mark.parametrize(
    "options",
    [{}, {"within_points": 5, "low_percent": 10}, {"within_points": -1},
     {"low_percent": 60, "high_percent": 40}, {"high_percent": 140}],
)  # fmt: skip
def test_a_balance_band_says_one_thing(options: dict[str, float]) -> None:
    """Points around the district's share, or an order's own band; never both, never empty."""
    with pytest.raises(ScenarioError):
        BalanceBand(**options)


def test_a_group_nobody_counts_is_refused() -> None:
    """The groups there are get named, and a misspelt one is suggested."""
    with pytest.raises(ScenarioError, match="did you mean 'black'"):
        BalanceBand(group="blak", within_points=5).lower(tiny_problem())


def test_a_count_that_is_unknown_says_why() -> None:
    """The reason the count is missing is part of the message."""
    lack = Lack("incomplete", "it is unknown in 3 blocks (001, 002, 003)")
    problem = changed(extra_measures={}, unavailable={"poor": lack})
    with pytest.raises(ScenarioError, match="unknown in 3 blocks"):
        BalanceBand(within_points=5).check(problem, problem.current)


def test_students_whose_school_closed_count_as_moved_unknown_ones_do_not() -> None:
    """A block without a known school today cannot be moved."""
    problem = changed(
        current=np.array([0, 0, -1, 0, -1, 1], dtype=np.int32),
        has_current=np.array([True, True, True, True, False, True]),
    )
    finding = MaxStudentsMoved(max_students=2).check(problem, np.array([0, 0, 1, 0, 1, 1]))[0]
    assert (finding.ok, finding.measured) == (False, 3)


@pytest.mark.parametrize(
    "options", [{}, {"max_students": 1, "max_share": 0.1}, {"max_share": -0.1}]
)
def test_a_limit_on_moves_says_one_thing(options: dict[str, float]) -> None:
    """A number or a share, not both, not below zero."""
    with pytest.raises(ScenarioError):
        MaxStudentsMoved(**options)


def test_a_limit_on_an_objective_tells_its_measure() -> None:
    """The finding names the objective, its value and unit."""
    problem = tiny_problem()
    finding = MetricLimit(Travel(), at_most=0.5).check(problem, problem.current)[0]
    assert finding.rule == "limit.travel"
    assert (finding.ok, finding.measured, finding.unit) == (False, pytest.approx(2 / 3), "km")


def test_a_limit_on_a_plan_with_holes_is_broken_not_crashed() -> None:
    """What cannot be measured is not kept."""
    finding = MetricLimit(Travel(), at_most=5).check(tiny_problem(), ALL_A - 1)[0]
    assert not finding.ok
    assert np.isnan(finding.measured)
    assert "cannot be measured" in finding.sentence


def test_a_limit_needs_what_its_objective_needs() -> None:
    """Missing areas are told by the objective, through the limit."""
    problem = changed(area_m2=np.full(6, np.nan))
    with pytest.raises(ScenarioError, match="compactness"):
        MetricLimit(Compactness(), at_most=0.5).lower(problem)


@pytest.mark.parametrize("kind", [Capacity, Size])
def test_percent_given_for_a_share_is_not_taken_for_a_share(kind: type) -> None:
    """105 is not a hundred times the seats; the message says what was probably meant."""
    with pytest.raises(ScenarioError, match=r"did you mean 1\.05"):
        kind(ceiling_share=105)


def test_a_limit_says_which_end_it_is_and_where_it_is_closest() -> None:
    """Readers need not look for either in the sentence."""
    problem = tiny_problem()
    most, least = Size(ceiling_share=1.5, floor_share=0.5).check(problem, problem.current)
    assert (most.side, least.side) == ("most", "least")
    for found in (most, least):
        assert found.school in {problem.zone_name(z) for z in range(problem.n_zones)}
        assert f"{found.school} with {found.measured:.6g} (at {found.side}" in found.sentence
