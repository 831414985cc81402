"""From a district to arrays: zones, roots, measures, travel, events."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.district import Level
from geodata.grades import GradeSpan
from geodata.travel import straight_line
from planner.errors import ModelError, ScenarioError
from planner.problem.build import build_problem
from planner.problem.events import Capacity, Close, Event, Open, Regrade, Relocate, supply_of
from planner.rules import Capacity as Rule
from planner.rules import SchoolInOwnZone

LEFT_RIGHT = ["A", "A", "B", "B"] * 3
PLACES = {"A": 4, "B": 7}


def test_blocks_and_zones_are_numbered_in_the_order_of_their_ids(grid_district) -> None:
    """Blocks and zones are sorted, and today's zone of each block is its number."""
    problem = build_problem(grid_district(LEFT_RIGHT, PLACES), "elementary")
    assert problem.zone_ids.tolist() == ["A", "B"]
    assert problem.block_ids[:2].tolist() == ["000", "001"]
    assert problem.current.tolist() == [0, 0, 1, 1] * 3
    assert problem.has_current.all()
    assert problem.today_students.tolist() == [60.0, 60.0]
    assert problem.root.tolist() == [4, 7]
    assert problem.fixed_home.all()
    assert problem.metres[0].tolist() == pytest.approx([1000.0, np.hypot(3000, 1000)])
    assert problem.warnings == ()


def test_a_school_outside_its_zone_roots_it_at_the_nearest_block(grid_district) -> None:
    """The zone grows from its own block nearest to the school, is not held there, and is told."""
    problem = build_problem(grid_district(LEFT_RIGHT, {"A": 4, "B": 5}), "elementary")
    assert problem.root.tolist() == [4, 6]
    assert problem.fixed_home.tolist() == [True, False]
    assert "B" in problem.warnings[0]
    assert "006" in problem.warnings[0]


def test_two_schools_in_one_block_root_apart(grid_district) -> None:
    """The school whose zone holds the block keeps it; the other takes its nearest own block."""
    problem = build_problem(grid_district(LEFT_RIGHT, {"A": 6, "B": 6}), "elementary")
    assert problem.root.tolist() == [5, 6]
    assert problem.fixed_home.tolist() == [False, True]


def test_a_closed_school_leaves_its_blocks_without_a_zone(grid_district) -> None:
    """Blocks of a closed school keep its name and its distance, but have no zone of today."""
    district = grid_district(LEFT_RIGHT, PLACES)
    problem = build_problem(district, "elementary", events=[Close("B")])
    assert problem.zone_ids.tolist() == ["A"]
    assert problem.current.tolist() == [0, 0, -1, -1] * 3
    assert problem.has_current.all()
    assert problem.today_school is not None
    assert problem.today_school[3] == "B"
    assert problem.today_metres is not None
    assert problem.today_metres[7] == 0


def test_blocks_without_a_school_today_are_unknown(grid_district) -> None:
    """A block that no row names has no current zone and no distance of today."""
    problem = build_problem(grid_district(["A", "", "B", "B"] * 3, PLACES), "elementary")
    assert not problem.has_current[1]
    assert problem.current[1] == -1
    assert problem.today_metres is not None
    assert np.isnan(problem.today_metres[1])


def test_a_level_without_a_plan_of_today_is_drawn_from_nothing(grid_district) -> None:
    """Where nobody has a school today, no zone, size or way of today is known, and none is zero."""
    district = grid_district([""] * 12, PLACES)
    problem = build_problem(district, "elementary")
    assert problem.zone_ids.tolist() == ["A", "B"]
    assert problem.root.tolist() == [4, 7]
    assert not problem.has_current.any()
    assert np.isnan(problem.today_students).all()
    assert problem.today_metres is not None
    assert np.isnan(problem.today_metres).all()
    assert "today's plan is not known" in problem.warnings[0]


def test_a_new_school_has_a_home_but_no_size_of_today(grid_district) -> None:
    """A school that opens roots its zone in its block; its size today is unknown, not zero."""
    event = Open("C", block="000", level="elementary", capacity_seats=50)
    problem = build_problem(grid_district(LEFT_RIGHT, PLACES), "elementary", events=[event])
    assert problem.zone_ids.tolist() == ["A", "B", "C"]
    assert problem.root.tolist() == [4, 7, 0]
    assert problem.fixed_home.all()
    assert np.isnan(problem.today_students[2])
    assert problem.capacity_seats[2] == 50
    assert problem.metres[1, 2] == pytest.approx(1000.0)


def test_a_relocated_school_takes_its_new_block_and_keeps_its_old_zone_as_today(
    grid_district,
) -> None:
    """The root moves, today's travel does not, and the old zone is not an island of today."""
    problem = build_problem(
        grid_district(LEFT_RIGHT, PLACES), "elementary", events=[Relocate("B", "001")]
    )
    assert problem.root.tolist() == [4, 1]
    assert problem.today_root is not None
    assert problem.today_root.tolist() == [4, 7]
    assert (problem.todays_islands() == -1).all()
    assert problem.metres[1, 1] == 0
    assert problem.today_metres is not None
    assert problem.today_metres[7] == 0


def test_the_way_to_a_new_place_is_measured_as_the_others(grid_district) -> None:
    """The stated factor and speed count, whatever they are called; measured ways stay unknown."""
    district = grid_district(LEFT_RIGHT, PLACES)
    points = [t[["x_m", "y_m"]].to_numpy(float) for t in (district.blocks, district.schools)]
    lines = straight_line(*points, detour_factor=1.23456789, speed_km_per_h=30.0)
    for travel, way in (
        (replace(lines, method="by the office", label="as the office says"), 1234.56789),
        (replace(lines, detour_factor=None), np.nan),
    ):
        timed = replace(district, travel=travel)
        problem = build_problem(timed, "elementary", events=[Relocate("B", "001")])
        assert problem.metres[0, 1] == pytest.approx(way, nan_ok=True)
        assert problem.minutes is not None
        assert problem.minutes[0, 1] == pytest.approx(way / 500, nan_ok=True)


def test_a_school_that_moves_into_the_block_of_another_is_told(grid_district) -> None:
    """Its zone grows from the nearest free block; nobody says that it stood outside today."""
    problem = build_problem(
        grid_district(LEFT_RIGHT, PLACES), "elementary", events=[Relocate("B", "004")]
    )
    assert problem.fixed_home.tolist() == [True, False]
    assert problem.warnings[0].startswith("B: its block holds another school; its zone grows from")
    (finding,) = SchoolInOwnZone().check(problem, problem.current)
    assert "not held: B" in finding.sentence
    assert "in the block of another school" in finding.sentence


def test_seats_are_those_after_events(grid_district) -> None:
    """A capacity event replaces the seats of the file; unknown seats stay unknown."""
    problem = build_problem(
        grid_district(LEFT_RIGHT, PLACES), "elementary", events=[Capacity("A", 75)]
    )
    assert problem.capacity_seats[0] == 75
    assert np.isnan(problem.capacity_seats[1])


def _divided(low: str, high: str) -> pd.DataFrame:
    blocks = [f"{i:03d}" for i in range(12)]
    rows = [(b, "A", "K", "5") for i, b in enumerate(blocks) if i % 4 < 2]
    rows += [(b, low, "K", "2") for i, b in enumerate(blocks) if i % 4 >= 2]
    rows += [(b, high, "3", "5") for i, b in enumerate(blocks) if i % 4 >= 2]
    frame = pd.DataFrame(rows, columns=["block_id", "school_id", "grade_low", "grade_high"])
    return frame.assign(level="elementary")


def test_schools_that_divide_the_grades_are_one_zone(grid_district) -> None:
    """The school with the lowest grades leads; seats add up; metres are the mean."""
    district = grid_district(
        LEFT_RIGHT,
        {"A": 4, "B": 7, "C": 6},
        current=_divided("C", "B"),
        seats={"A": 60, "B": 30, "C": 40},
        by_grade=True,
    )
    problem = build_problem(district, "elementary")
    assert problem.zone_ids.tolist() == ["A", "C"]
    assert [p.school_id for p in problem.partners[1]] == ["C", "B"]
    assert (problem.partners[1][1].grade_low, problem.partners[1][1].grade_high) == ("3", "5")
    assert problem.capacity_seats.tolist() == [60, 70]
    assert problem.metres[7, 1] == pytest.approx(500.0)
    assert problem.zone_name(1) == "C School + B School"
    assert problem.zone_of_school()["B"] == 1


def test_capacity_holds_each_school_of_a_shared_zone_by_its_own_grades(grid_district) -> None:
    """Seats of one partner do not stand for the other's; solver and check agree on who is full."""
    places, seats = {"A": 4, "B": 7, "C": 6}, {"A": 60, "B": 20, "C": 50}
    district = grid_district(
        LEFT_RIGHT, places, current=_divided("C", "B"), seats=seats, by_grade=True
    )
    problem = build_problem(district, "elementary")
    rule = Rule(ceiling_share=1.0)
    (finding,) = rule.check(problem, problem.current)
    assert (finding.ok, finding.where) == (False, ("B",))
    assert (finding.measured, finding.limit) == (pytest.approx(30), 20)
    bands = rule.lower(problem)
    assert [band.name for band in bands] == ["capacity", "capacity.K-2", "capacity.3-5"]
    excess = [band.excess(problem, problem.current).sum() for band in bands]
    assert excess == pytest.approx([0, 0, 10])
    assert Rule(ceiling_share=1.0, except_schools=("B",)).check(problem, problem.current)[0].ok
    assert problem.warnings == ()


def test_a_school_of_a_shared_zone_keeps_its_whole_name(grid_district) -> None:
    """A plus sign in a name divides nothing."""
    seats = {"A": 60, "B": 20, "C": 50}
    district = grid_district(
        LEFT_RIGHT, {"A": 4, "B": 7, "C": 6}, current=_divided("C", "B"), seats=seats, by_grade=True
    )
    schools = district.schools.copy()
    schools.loc["B", "name"] = "Math + Arts"
    problem = build_problem(replace(district, schools=schools), "elementary")
    (finding,) = Rule(ceiling_share=1.0).check(problem, problem.current)
    assert finding.school == "Math + Arts"
    assert "worst is Math + Arts with 30" in finding.sentence


def test_a_shared_zone_without_counts_by_grade_is_held_as_one_and_told(grid_district) -> None:
    """Where nobody knows the grades, the finding says zone and a warning says why."""
    places, seats = {"A": 4, "B": 7, "C": 6}, {"A": 60, "B": 20, "C": 50}
    district = grid_district(LEFT_RIGHT, places, current=_divided("C", "B"), seats=seats)
    problem = build_problem(district, "elementary")
    (finding,) = Rule(ceiling_share=1.0).check(problem, problem.current)
    assert finding.ok
    assert finding.sentence.startswith("Students of each zone: every zone holds the limit")
    assert "C, B share one zone" in problem.warnings[0]
    assert "overfull" in problem.warnings[0]


def test_closing_one_school_of_a_shared_zone_needs_a_successor(grid_district) -> None:
    """Grades nobody would serve are refused; with the other school regraded the zone goes on."""
    district = grid_district(LEFT_RIGHT, {"A": 4, "B": 7, "C": 6}, current=_divided("C", "B"))
    with pytest.raises(ModelError, match="nobody would serve grades K, 1, 2"):
        build_problem(district, "elementary", events=[Close("C")])
    problem = build_problem(district, "elementary", events=[Close("C"), Regrade("B", "K-5")])
    assert problem.zone_ids.tolist() == ["A", "B"]
    assert problem.current.tolist() == [0, 0, 1, 1] * 3
    assert problem.root[1] == 7


def test_a_school_regraded_out_of_the_level_takes_no_zone_there(grid_district) -> None:
    """A school that serves half its grades only is refused without a partner."""
    district = grid_district(LEFT_RIGHT, PLACES)
    with pytest.raises(ModelError, match="nobody would serve grades 3, 4, 5"):
        build_problem(district, "elementary", events=[Regrade("B", "K-2")])


def test_measures_come_with_their_complements(grid_district) -> None:
    """Poor and group counts are offered with the count of everybody else."""
    district = grid_district(LEFT_RIGHT, PLACES, poor=[4.0] * 12, group={"black": [3.0] * 12})
    problem = build_problem(district, "elementary")
    assert problem.measure("not:poor")[0] == 6
    assert problem.measure("group:black")[0] == 3
    assert problem.measure("not:group:black")[0] == 7


def test_an_unknown_count_is_not_a_zero(grid_district) -> None:
    """A group unknown where students live is not offered and its blocks are named."""
    black = [3.0] * 12
    black[5] = float("nan")
    problem = build_problem(grid_district(LEFT_RIGHT, PLACES, group={"black": black}), "elementary")
    assert not problem.has_measure("group:black")
    assert problem.unavailable["group:black"].kind == "incomplete"
    assert "005" in problem.unavailable["group:black"].text
    students = [10.0] * 12
    students[5] = float("nan")
    with pytest.raises(ModelError, match="005"):
        build_problem(grid_district(LEFT_RIGHT, PLACES, students=students), "elementary")


def test_a_count_unknown_where_nobody_lives_is_zero(grid_district) -> None:
    """No students means no students of any group."""
    students, black = [10.0] * 12, [3.0] * 12
    students[5], black[5] = 0.0, float("nan")
    district = grid_district(LEFT_RIGHT, PLACES, students=students, group={"black": black})
    assert build_problem(district, "elementary").measure("group:black")[5] == 0


def test_events_name_everything_the_district_lacks(grid_district) -> None:
    """All wrong ids of all events are told at once."""
    district = grid_district(LEFT_RIGHT, PLACES)
    with pytest.raises(ScenarioError) as caught:
        build_problem(district, "elementary", events=[Close("Z"), Relocate("A", "999")])
    assert "Z" in str(caught.value)
    assert "999" in str(caught.value)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Open("A"), "open already"),
        (Open("A", level="elementary"), "open already"),
        (Open("C", block="000", level="middle"), "no level 'middle'"),
        (Open("C", block="000"), "needs a level"),
        (Open("C+D", block="000", level="elementary"), "must not have + in it"),
        (Open("B School"), "did you mean B (B School)"),
        (Close("B school"), "did you mean B (B School)"),
        (Regrade("A", "6-8"), "belong to no level"),
    ],
)
def test_an_event_that_cannot_happen_is_refused_with_its_reason(
    grid_district, event: Event, told: str
) -> None:
    """Nothing opens twice or at a level nobody knows; a name is answered with the school's id."""
    with pytest.raises(ScenarioError, match=re.escape(told)):
        build_problem(grid_district(LEFT_RIGHT, PLACES), "elementary", events=[event])


def test_an_unknown_school_has_no_column_of_ways(grid_district) -> None:
    """Nobody gets the ways to the last school instead."""
    supply = supply_of(grid_district(LEFT_RIGHT, PLACES))
    assert [supply.row("A"), supply.row("B")] == [0, 1]
    with pytest.raises(KeyError, match="Z"):
        supply.row("Z")


def test_a_closed_school_opens_at_a_level_it_teaches_only(grid_district) -> None:
    """The level said in the event must fit the school's grades; without one its own counts."""
    district = grid_district(LEFT_RIGHT, PLACES, closed=("B",))
    high = Level("high", GradeSpan("9", "12"))
    district = replace(district, levels={**district.levels, "high": high})
    opened = build_problem(district, "elementary", events=[Open("B", level="elementary")])
    assert opened.zone_ids.tolist() == ["A", "B"]
    with pytest.raises(ScenarioError, match="teaches K-5, no grade of high"):
        build_problem(district, "elementary", events=[Open("B", level="high")])


def test_a_level_the_district_lacks_is_refused(grid_district) -> None:
    """The levels there are get named."""
    with pytest.raises(ScenarioError, match="elementary"):
        build_problem(grid_district(LEFT_RIGHT, PLACES), "middle")


def test_no_open_school_is_refused(grid_district) -> None:
    """A level whose schools all close cannot be built; the events that close them are named."""
    with pytest.raises(ModelError, match=r"(?s)no open school.*closes one of A, B"):
        build_problem(
            grid_district(LEFT_RIGHT, PLACES), "elementary", events=[Close("A"), Close("B")]
        )
