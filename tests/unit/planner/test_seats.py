"""Seats of buildings that teach two levels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.district import District, Level
from geodata.grades import GradeSpan
from geodata.students import StudentCounts
from planner.conflicts import find_conflicts
from planner.errors import ScenarioError
from planner.evaluation import evaluate
from planner.objectives import StudentsMoved
from planner.plan import Plan
from planner.problem.build import build_problem
from planner.problem.events import Regrade
from planner.rules import Capacity, Enrollment, MaxStudentsMoved, Size
from planner.scenario import Scenario, parse_scenario
from planner.solving import SolveStatus, solve

LEFT_RIGHT = ["A", "A", "B", "B"] * 3
EVERYBODY = ("*", "*")


def k8(grid_district, middle: float | None = 2.0, seats: float = 90.0) -> District:
    """Return a district whose school A teaches grades 6-8 of everybody beside its own K-5."""
    district = grid_district(LEFT_RIGHT, {"A": 4, "B": 7}, seats={"A": seats, "B": 70.0})
    spans = {"elementary": GradeSpan("K", "5"), "middle": GradeSpan("6", "8")}
    counts = {("elementary", *EVERYBODY): np.full(12, 10.0)}
    if middle is not None:
        counts["middle", *EVERYBODY] = np.full(12, middle)
    upper = district.current.assign(level="middle", school_id="A", grade_low="6", grade_high="8")
    return replace(
        district,
        levels={name: Level(name, span) for name, span in spans.items()},
        schools=district.schools.assign(grade_high=["8", "5"]),
        students=StudentCounts(
            pd.DataFrame(counts, index=district.blocks.index),
            levels=tuple(name for name, *_ in counts),
            level_grades={name: span.grades for name, span in spans.items()},
        ),
        current=pd.concat([district.current, upper], ignore_index=True),
    )


def test_students_of_another_level_take_seats(grid_district) -> None:
    """24 students of grades 6-8 sit in a building of 90: 66 seats are left, and that is told."""
    problem = build_problem(k8(grid_district), "elementary")
    assert problem.capacity_seats.tolist() == [66.0, 70.0]
    (told,) = [text for text in problem.warnings if "teaches another level" in text]
    assert "24 of its 90 seats" in told
    assert "[A]" in told
    assert all(finding.ok for finding in Capacity(1.0).check(problem, problem.current))


def test_a_building_filled_by_another_level_has_no_seat_left(grid_district) -> None:
    """Seats do not become fewer than none, and the rule is broken there."""
    problem = build_problem(k8(grid_district, seats=20.0), "elementary")
    assert problem.capacity_seats.tolist() == [0.0, 70.0]
    assert not all(finding.ok for finding in Capacity(1.0).check(problem, problem.current))


def test_seats_are_unknown_where_the_other_level_is_not_counted(grid_district) -> None:
    """Unknown is not zero: nobody says how many seats are left."""
    problem = build_problem(k8(grid_district, middle=None), "elementary")
    assert np.isnan(problem.capacity_seats[0])
    assert any("an unknown number of its 90 seats" in text for text in problem.warnings)


def test_grades_a_school_gives_up_free_their_seats(grid_district) -> None:
    """A school that teaches K-5 only from now on keeps all its seats for them."""
    problem = build_problem(k8(grid_district), "elementary", events=[Regrade("A", "K-5")])
    assert problem.capacity_seats.tolist() == pytest.approx([90.0, 70.0])
    assert not [text for text in problem.warnings if "teaches another level" in text]


def test_a_school_takes_a_zone_in_every_level_it_teaches_from_now_on(grid_district) -> None:
    """K-5 becomes K-8: it draws students of both levels; what it teaches today it keeps."""
    district = k8(grid_district)
    today = build_problem(district, "middle").zone_ids.tolist()
    wider = build_problem(district, "middle", events=[Regrade("B", "K-8")])
    assert (today, wider.zone_ids.tolist()) == (["A"], ["A", "B"])
    kept = build_problem(district, "middle", events=[Regrade("A", "K-8")])
    assert kept.zone_ids.tolist() == ["A"]
    assert build_problem(district, "elementary", events=[Regrade("B", "K-8")]).n_zones == 2


def one_zone(grid_district, *, by_grade: bool) -> District:
    """Return a district of one zone, with K-2 at A and 3-5 at B."""
    district = grid_district(LEFT_RIGHT, {"A": 4, "B": 7}, by_grade=by_grade)
    low, high = (
        district.current.assign(school_id=school, grade_low=first, grade_high=last)
        for school, first, last in (("A", "K", "2"), ("B", "3", "5"))
    )
    return replace(district, current=pd.concat([low, high], ignore_index=True))


@pytest.mark.parametrize("by_grade", [True, False])
def test_grades_that_change_school_in_their_zone_move(grid_district, by_grade: bool) -> None:
    """Grade 2 of everybody goes from A to B under every plan; uncounted grades are told instead."""
    district = one_zone(grid_district, by_grade=by_grade)
    still = build_problem(district, "elementary")
    assert still.partly_moved is None
    events = [Regrade("A", "K-1"), Regrade("B", "2-5")]
    problem = build_problem(district, "elementary", events=events)
    told = [text for text in problem.warnings if "under every plan" in text]
    moved = problem.students.sum() / 6
    if by_grade:
        assert told == []
        assert StudentsMoved().measure(problem, problem.current) == pytest.approx(moved)
        cost = StudentsMoved().amount(problem).cost
        assert cost[:, 0].sum() == pytest.approx(moved)
        (finding,) = MaxStudentsMoved(max_students=moved - 1).check(problem, problem.current)
        assert (finding.ok, finding.measured) == (False, pytest.approx(moved))
        asked = {"schema": 1, "title": "t", "district": "town.toml"}
        regrades = [{"kind": "regrade", "school": e.school, "grades": e.grades} for e in events]
        scored = evaluate(
            district,
            Plan.from_zones(problem, problem.current),
            parse_scenario({**asked, "event": regrades}),
        )
        rows = scored.metrics[scored.metrics["metric"] == "students_moved"]
        assert rows.loc[rows["scope"] == "level", "plan"].iloc[0] == pytest.approx(moved)
    else:
        assert told[0].startswith("grades 2 of the zone of A, B")
        assert StudentsMoved().measure(problem, problem.current) == 0


def test_a_school_of_two_zones_may_be_named_by_a_rule(grid_district) -> None:
    """Its seats are not divided, so it is excepted, in both of its zones."""
    parts = []
    for blocks, lead in ((slice(0, 6), "A"), (slice(6, 12), "B")):
        rows = grid_district(["A"] * 12, {"A": 4, "B": 7, "C": 5}).current.iloc[blocks]
        parts.append(rows.assign(school_id=lead, grade_low="K", grade_high="2"))
        parts.append(rows.assign(school_id="C", grade_low="3", grade_high="5"))
    district = grid_district(
        ["A"] * 12, {"A": 4, "B": 7, "C": 5}, by_grade=True, seats=dict.fromkeys("ABC", 90.0),
        current=pd.concat(parts, ignore_index=True),
    )  # fmt: skip
    problem = build_problem(district, "elementary")
    with pytest.raises(ScenarioError, match=r"without known seats, .* in them \(C, C\)"):
        Capacity(1.0).lower(problem)
    assert Capacity(1.0, except_schools=("C",)).lower(problem)


def two_levels(locked: dict[str, Any]) -> Scenario:
    """Return a question about both levels of a district whose B becomes K-8; K-5 is locked."""
    return parse_scenario(
        {
            "schema": 1,
            "title": "Both",
            "district": "town.toml",
            "event": [{"kind": "regrade", "school": "B", "grades": "K-8"}],
            "rule": [
                {"use": "capacity", "ceiling_share": 1.0},
                {"use": "locked", "levels": ["elementary"], **locked},
            ],
            "objective": [{"use": "travel"}],
        }
    )


def both_levels(grid_district, seats_of_b: float) -> tuple[Scenario, District]:
    """Return a question about both levels, in which seven blocks of K-5 must go to B."""
    district = k8(grid_district)
    seats = [90.0, seats_of_b]
    district = replace(district, schools=district.schools.assign(capacity_seats=seats))
    east = np.array(LEFT_RIGHT) == "B"
    fill = [*district.blocks.index[east], district.blocks.index[1]]
    return two_levels({"blocks": fill, "school": "B"}), district


def test_two_levels_drawn_together_do_not_overfill_a_building(grid_district) -> None:
    """Seven blocks of K-5 leave 3 seats of B, so only one block of 6-8 fits there."""
    scenario, district = both_levels(grid_district, seats_of_b=73.0)
    solution = solve(scenario, district=district, time_limit_s=20.0, threads=1)
    assert solution.plan is not None
    students = {"elementary": 10.0, "middle": 2.0}
    table = solution.plan.table
    in_b = table[table["school_id"] == "B"]["level"].map(students).sum()
    assert in_b == 72.0
    found = evaluate(district, solution.plan, scenario)
    assert all(finding.ok for finding in found.findings)
    today = scenario.problem(district, "middle").capacity_seats
    drawn = scenario.problem(district, "middle", solution.plan).capacity_seats
    assert (today.tolist(), drawn.tolist()) == ([30.0, 13.0], [40.0, 3.0])


def test_a_level_left_without_seats_is_not_called_impossible(grid_district) -> None:
    """K-5 as asked fills B whole; that proves nothing about other plans of K-5, and is said."""
    scenario, district = both_levels(grid_district, seats_of_b=70.0)
    solution = solve(scenario, district=district, time_limit_s=20.0, threads=1)
    assert solution.status is SolveStatus.NO_PLAN
    assert solution.plan is None
    assert solution.found is not None
    assert solution.found.levels == ("elementary",)
    (told,) = solution.broken
    assert told.startswith("middle: no plan holds every rule beside the other levels")
    assert find_conflicts(scenario, district, drawn=solution.found)[0].level == "middle"


def test_the_share_is_of_all_seats_of_a_building(grid_district) -> None:
    """60 + 24 students in 90 seats are 93 %: above 90 %, within 95 %, whatever the level."""
    problem = build_problem(k8(grid_district), "elementary")
    measured = {
        share: next(f for f in Capacity(share).check(problem, problem.current) if f.side == "most")
        for share in (0.9, 0.95)
    }
    assert [finding.ok for finding in measured.values()] == [False, True]
    assert measured[0.9].measured == 84.0
    assert measured[0.9].limit == pytest.approx(81.0)
    (row,) = Capacity(0.9).lower(problem)
    assert row.upper.tolist() == pytest.approx([81.0 - 24.0, 63.0])
    over = build_problem(k8(grid_district, seats=70.0), "elementary")
    findings = Capacity(1.25, floor_share=0.8).check(over, over.current)
    assert all(finding.ok for finding in findings)


def test_no_plan_beside_todays_other_level_is_no_proof(grid_district) -> None:
    """K-5 comes first and 6-8, which will be redrawn, fills A as it stands: nothing is proven."""
    district = k8(grid_district, middle=6.0)
    scenario = two_levels({"zones": ["A"]})
    district = replace(district, schools=district.schools.assign(capacity_seats=[90.0, 150.0]))
    solution = solve(scenario, district=district, time_limit_s=10.0, threads=1)
    assert solution.status is SolveStatus.NO_PLAN
    conflict = find_conflicts(scenario, district)[0]
    assert not conflict.diagnosis.is_infeasible
    assert "may leave room" in conflict.diagnosis.sentences[0]
    full = replace(district, schools=district.schools.assign(capacity_seats=[59.0, 150.0]))
    solution = solve(scenario, district=full, time_limit_s=10.0, threads=1)
    assert solution.status is SolveStatus.INFEASIBLE
    assert find_conflicts(scenario, full)[0].diagnosis.is_infeasible


def test_schools_of_a_shared_zone_are_counted_one_by_one(grid_district) -> None:
    """K-2 at A and 3-5 at B, 60 students each: enrollment and size hold each, not their sum."""
    problem = build_problem(one_zone(grid_district, by_grade=True), "elementary")
    each = problem.measure("grades:K-2").sum()
    assert each == problem.students.sum() / 2
    for rule in (
        Enrollment(max_students=each),
        Size(floor_share=1.0, ceiling_share=1.0),
        Size(ceiling_share=1.0, relative_to="mean"),
    ):
        findings = rule.check(problem, problem.current)
        assert all(finding.ok for finding in findings)
        assert {finding.measured for finding in findings} == {each}
    (broken,) = Enrollment(max_students=each - 1).check(problem, problem.current)
    assert broken.where == ("A", "B")
    assert (
        Enrollment(max_students=1.0, except_schools=("A", "B"))
        .check(problem, problem.current)[0]
        .ok
    )


def of_both(rules: list[dict[str, Any]], aims: list[dict[str, Any]]) -> Scenario:
    """Return a question about both levels of a district whose B becomes K-8."""
    regrade = {"kind": "regrade", "school": "B", "grades": "K-8"}
    asked = {"schema": 1, "title": "Both", "district": "town.toml", "event": [regrade]}
    return parse_scenario({**asked, "rule": rules, "objective": aims})


SEATS_OF_K5 = {"use": "capacity", "ceiling_share": 1.0, "levels": ["elementary"]}


def test_a_finished_plan_is_measured_whole(grid_district) -> None:
    """60 of K-5 and all 24 of 6-8 are 84 in B's 70 seats, also for a rule of the lower level."""
    district = k8(grid_district)
    scenario = of_both([SEATS_OF_K5], [])
    problem = scenario.problem(district, "middle")
    all_to_b = np.full(12, problem.zone_ids.tolist().index("B"), dtype=np.int32)
    plans = [Plan.today(district).level("elementary"), Plan.from_zones(problem, all_to_b)]
    found = evaluate(district, Plan.combine(plans), scenario).findings
    (seats,) = [f for f in found if f.rule == "capacity"]
    assert (seats.ok, seats.measured, seats.where) == (False, 84.0, ("B",))


def test_the_seats_of_a_level_drawn_before_hold_for_the_next(grid_district) -> None:
    """A rule of K-5 alone keeps 6-8 from filling B: six blocks would be 72 in 70 seats."""
    district = k8(grid_district)
    scenario = of_both([SEATS_OF_K5], [{"use": "travel"}])
    solution = solve(scenario, district=district, time_limit_s=20.0, threads=1)
    assert solution.plan is not None
    found = evaluate(district, solution.plan, scenario).findings
    assert all(finding.ok for finding in found)
    assert next(f.measured for f in found if f.rule == "capacity") == 70.0


@pytest.mark.parametrize("levels", [("elementary", "middle"), ("middle", "elementary")])
def test_levels_are_drawn_in_the_order_of_the_scenario(grid_district, levels) -> None:
    """Which level takes the shared seats first is for the scenario to say, and the notes say so."""
    asked = of_both([{"use": "capacity", "ceiling_share": 1.0}], [{"use": "travel"}])
    scenario = replace(asked, levels=levels)
    solution = solve(scenario, district=k8(grid_district), time_limit_s=20.0, threads=1)
    assert [aim["level"] for aim in solution.objectives] == list(levels)
    assert all("in another order" in note for note in solution.notes)
    assert len(solution.notes) == 2


def test_an_aim_is_told_as_the_finished_plan_has_it(grid_district) -> None:
    """6-8 leaves A after K-5 was drawn, so K-5's utilization is measured anew and not bounded."""
    district = k8(grid_district)
    of_b = {"use": "locked", "zones": ["B"], "levels": ["elementary"]}
    scenario = of_both([of_b], [{"use": "utilization_spread", "of": "worst"}])
    solution = solve(scenario, district=district, time_limit_s=20.0, threads=1)
    assert solution.plan is not None
    for aim in solution.objectives:
        problem = scenario.problem(district, aim["level"], solution.plan)
        (stage,) = scenario.objectives_for(aim["level"])
        measured = stage.measure(problem, solution.plan.zone_index(problem))
        assert aim["value"] == pytest.approx(measured)
        assert aim["beside"] == ["A", "B"]
    before, last = solution.objectives
    assert (before["bound"], before["gap"]) == (None, None)
    assert last["bound"] == pytest.approx(last["value"])
    assert solution.status is SolveStatus.HEURISTIC
    assert all("not of plans that draw them otherwise" in note for note in solution.notes)


def test_a_rule_that_a_later_level_breaks_is_told(grid_district) -> None:
    """K-5 is as well used as asked beside today's 6-8; 6-8 moves out of A, and that is no plan."""
    district = k8(grid_district)
    use = {"use": "utilization_spread", "of": "worst"}
    held = {"use": "limit", "objective": use["use"], "of": "worst", "at_most": 5.0}
    today = {"use": "locked", "zones": ["A", "B"], "levels": ["elementary"]}
    to_b = {"use": "locked", "blocks": district.blocks.index[5:].tolist(), "school": "B"}
    rules = [{**held, "levels": ["elementary"]}, today, {**to_b, "levels": ["middle"]}]
    solution = solve(of_both(rules, []), district=district, time_limit_s=20.0, threads=1)
    assert (solution.status, solution.plan) == (SolveStatus.NO_PLAN, None)
    (told,) = solution.broken
    assert told.startswith("elementary: ")
    assert "until another level was drawn" in told
