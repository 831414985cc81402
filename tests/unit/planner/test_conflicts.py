"""Why a scenario has no plan: what is said beside the rules in conflict."""

from __future__ import annotations

import pytest

from planner.conflicts import find_conflicts
from planner.scenario import parse_scenario
from planner.scenario.words import ROOTED
from planner.solving import SolveStatus, solve


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_school_without_seats_cannot_give_up_its_own_block(grid_district, is_asked: bool) -> None:
    """No rule says that a zone keeps its school's block, but every proof means it: it is told."""
    district = grid_district(
        ["A", "A", "B", "B"] * 3, {"A": 4, "B": 7}, seats={"A": 200.0, "B": 0.0}
    )
    rules = [{"use": "capacity", "ceiling_share": 1.0}]
    rules += [{"use": "school_in_own_zone"}] * is_asked
    scenario = parse_scenario({"schema": 1, "title": "t", "district": "town.toml", "rule": rules})
    (conflict,) = find_conflicts(scenario, district)
    assert conflict.diagnosis.is_infeasible
    assert (ROOTED.strip() in conflict.diagnosis.sentences) is not is_asked


def _counted(grid_district, rules: list[dict[str, object]], closed: str = "", **more: object):
    """Return the diagnosis of a town of 120 students and 160 seats, after a closing."""
    district = grid_district(
        ["A", "A", "B", "C"] * 3,
        {"A": 4, "B": 6, "C": 7},
        seats={"A": 50.0, "B": 50.0, "C": 60.0},
    )
    event = [{"kind": "close", "school": closed}] if closed else []
    asked = {"schema": 1, "title": "t", "district": "town.toml", "rule": rules, "event": event}
    (conflict,) = find_conflicts(parse_scenario(asked), district, **more)
    return conflict.diagnosis


@pytest.mark.parametrize("time_limit_s", [60.0, 0.0])
def test_seats_that_closings_leave_too_few_are_counted_first(grid_district, time_limit_s) -> None:
    """The plain sum leads, and is a proof without any time for another."""
    rules = [{"use": "contiguity"}, {"use": "capacity", "ceiling_share": 1.05}]
    more = {"time_limit_s": time_limit_s}
    found = _counted(grid_district, rules, "B", **more)
    assert found.sentences[0] == "120 students, 110 seats at 105 %: 5 places too few."
    assert found.is_infeasible
    assert found.conflict == ("Every school is filled to at most 105 % of its seats.",)
    open_still = _counted(grid_district, rules, **more)
    assert not any("too few" in told for told in open_still.sentences)


def test_students_that_floors_need_are_counted_too(grid_district) -> None:
    """More students than there are, by seats or by number; a school left alone counts nothing."""
    by_number = _counted(grid_district, [{"use": "enrollment", "min_students": 41}])
    assert by_number.sentences[0] == (
        "120 students, but the schools together need 123: 3 students too few."
    )
    most = {"use": "enrollment", "max_students": 30, "except_schools": ["A"]}
    assert not any("too few" in told for told in _counted(grid_district, [most]).sentences)
    every = _counted(grid_district, [most | {"except_schools": []}])
    assert every.sentences[0] == "120 students, 90 places in all: 30 places too few."


def _uneven(grid_district, rules: list[dict[str, object]]):
    """Return a town with a full school in the west, and a scenario of some rules."""
    district = grid_district(
        ["A", "A", "A", "B"] * 3, {"A": 4, "B": 7}, seats={"A": 60.0, "B": 200.0}
    )
    asked = {"schema": 1, "title": "t", "district": "town.toml", "rule": rules}
    return district, parse_scenario(asked)


def test_what_is_said_to_be_enough_is_enough_and_less_than_the_least_is_not(grid_district) -> None:
    """The move limit, loosened by the two amounts that are named, is solved again."""
    rules = [{"use": "capacity", "ceiling_share": 1.0}, {"use": "contiguity"}]

    def limited(students: float):
        moves = {"use": "max_students_moved", "max_students": students}
        return _uneven(grid_district, [*rules, moves])

    district, scenario = limited(1)
    (conflict,) = find_conflicts(scenario, district)
    moved = next(
        r for r in conflict.diagnosis.relaxations if "school" in r.rule and "change" in r.rule
    )
    assert 0 < moved.amount <= moved.enough
    assert "a plan is known" in moved.sentence
    assert moved.sentence in conflict.diagnosis.sentences
    ends = [solve(limited(1 + more)[1], district=district, time_limit_s=5).status
            for more in (moved.amount - 0.5, moved.enough)]  # fmt: skip
    assert ends == [SolveStatus.INFEASIBLE, ends[1]]
    assert ends[1] in (SolveStatus.PROVEN_OPTIMAL, SolveStatus.FEASIBLE)
    told = conflict.to_dict()["least"]
    assert [one["enough"] for one in told] == [r.enough for r in conflict.diagnosis.relaxations]


def test_numbers_of_a_relaxation_are_rounded_to_the_safe_side() -> None:
    """What is proven is rounded down, what is enough up, whole numbers stay whole."""
    from planner.model.relax import _number_at_most, number_at_least

    assert (_number_at_most(0.08604), number_at_least(0.08604)) == ("0.086", "0.0861")
    assert (_number_at_most(59.0000000001), number_at_least(59.0000000001)) == ("59", "59")
    assert (_number_at_most(1234.6), number_at_least(1234.2)) == ("1,234", "1,235")
    assert number_at_least(0.0) == "0"
