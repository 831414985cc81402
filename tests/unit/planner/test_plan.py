"""The plan table: order, ids, moves, digest, files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import GradeSpan, Level
from planner.errors import PlanError
from planner.moves import count_moves
from planner.plan import Plan, read_plan, write_plan
from planner.problem.build import build_problem

LEVELS = {"elementary": Level("elementary", GradeSpan("K", "5"))}
LEFT_RIGHT = ["A", "A", "B", "B"] * 3
PLACES = {"A": 4, "B": 7}


def _plan(*rows: tuple[str, ...]) -> Plan:
    columns = ["block_id", "school_id", "grade_low", "grade_high"][: len(rows[0])]
    return Plan(pd.DataFrame(rows, columns=columns).assign(level="elementary"))


def test_zones_become_rows_and_come_back(grid_district) -> None:
    """One row a block; reading the zones back gives the same numbers."""
    problem = build_problem(grid_district(LEFT_RIGHT, PLACES), "elementary")
    plan = Plan.from_zones(problem, problem.current)
    assert len(plan.table) == 12
    assert plan.table.iloc[0].tolist() == ["000", "elementary", "A", "K", "5"]
    assert plan.zone_index(problem).tolist() == problem.current.tolist()
    assert plan.zone_index(problem).dtype == np.int32


def test_todays_plan_is_the_plan_of_todays_zones(grid_district) -> None:
    """Three ways to write today's plan have one digest."""
    district = grid_district(LEFT_RIGHT, PLACES)
    problem = build_problem(district, "elementary")
    drawn = Plan.from_zones(problem, problem.current)
    assert Plan.today(district).digest(LEVELS) == drawn.digest(LEVELS)
    bare = Plan(drawn.table[["block_id", "level", "school_id"]])
    assert bare.digest(LEVELS) == drawn.digest(LEVELS)


def test_rows_that_repeat_a_school_for_following_grades_are_one() -> None:
    """A K-2 row and a 3-5 row of the same school say the same as one K-5 row."""
    parts = _plan(("01", "A", "K", "2"), ("01", "A", "3", "5"))
    assert parts.table.to_numpy().tolist() == [["01", "elementary", "A", "K", "5"]]
    assert parts.digest(LEVELS) == _plan(("01", "A", "K", "5")).digest(LEVELS)


def test_a_digest_ignores_the_order_of_rows_but_not_a_move() -> None:
    """The digest is of what the plan decides."""
    one = _plan(("01", "A"), ("02", "B"))
    assert one.digest(LEVELS) == _plan(("02", "B"), ("01", "A")).digest(LEVELS)
    assert one.digest(LEVELS) != _plan(("02", "A"), ("01", "A")).digest(LEVELS)


def test_files_keep_leading_zeros_and_give_the_same_bytes(tmp_path: Path) -> None:
    """Ids stay strings through every write and read."""
    plan = _plan(("0012", "007"), ("0003", "010"))
    write_plan(plan, tmp_path / "a.csv", LEVELS)
    again = read_plan(tmp_path / "a.csv")
    write_plan(again, tmp_path / "b.csv", LEVELS)
    assert again.table["block_id"].tolist() == ["0003", "0012"]
    assert again.table["school_id"].tolist() == ["010", "007"]
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.csv").read_text().splitlines()[0] == "block_id,level,school_id"


def test_grade_columns_are_written_where_grades_are_divided(tmp_path: Path) -> None:
    """A shared zone needs its grade ranges; they survive the file."""
    plan = _plan(("01", "A", "K", "2"), ("01", "B", "3", "5"), ("02", "A", "K", "5"))
    write_plan(plan, tmp_path / "plan.csv", LEVELS)
    assert read_plan(tmp_path / "plan.csv").digest(LEVELS) == plan.digest(LEVELS)
    assert "grade_low" in (tmp_path / "plan.csv").read_text()


def test_a_plan_of_some_grades_stays_one_in_its_file(tmp_path: Path) -> None:
    """A plan of K-2 only is another than that of the whole level, on disk and by its digest."""
    part, whole = _plan(("01", "A", "K", "2")), _plan(("01", "A"))
    assert part.digest(LEVELS) != whole.digest(LEVELS)
    write_plan(part, tmp_path / "plan.csv", LEVELS)
    again = read_plan(tmp_path / "plan.csv")
    assert again.table.to_numpy().tolist() == part.table.to_numpy().tolist()
    assert again.digest(LEVELS) == part.digest(LEVELS)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("01", "A", "", ""), ("01", "B", "K", "2")], "two schools for the same level and grade"),
        ([("01", "A", "K", "5"), ("01", "B", "", "")], "two schools for the same level and grade"),
        ([("01", "A", "K", "")], "a first grade or a last one, not both"),
        ([("01", "A", "", "5")], "a first grade or a last one, not both"),
        ([("01", "A", "5", "K")], "grades from high to low"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(
    rows: list[tuple[str, ...]], told: str
) -> None:
    """Half a range, a reversed one, and a whole level beside some of its grades are no plan."""
    with pytest.raises(PlanError, match=rf"1 block with {told} \(01\)"):
        _plan(*rows, ("02", "A", "K", "5"))


def test_faults_of_several_kinds_name_all_their_blocks() -> None:
    """One message has the blocks of every kind, the first few of each."""
    rows = [(f"{at:02}", "A", "K", "") for at in range(7)]
    with pytest.raises(
        PlanError, match=r"7 blocks .* \(00, 01, 02, 03, 04, … 2 more\); 1 block .*\(99\)"
    ):
        _plan(*rows, ("99", "A", "5", "K"))


def test_only_grades_that_both_plans_name_can_move() -> None:
    """From a school of K-5 to one of K-2, the grades 3-5 go nowhere."""
    moved = _plan(("01", "B", "K", "2")).moves(_plan(("01", "A", "K", "5")))
    assert moved.to_numpy().tolist() == [["elementary", "01", "K", "2", "A", "B"]]


def test_moves_are_blocks_whose_school_differs() -> None:
    """A block that the start does not know is not counted as moved."""
    start = _plan(("01", "A"), ("02", "B"), ("03", "B"))
    plan = _plan(("01", "A"), ("02", "A"), ("03", "B"), ("04", "A"))
    moved = plan.moves(start)
    assert moved[["block_id", "from_school", "to_school"]].to_numpy().tolist() == [["02", "B", "A"]]
    assert plan.moves(plan).empty


def test_moves_by_grade_where_a_side_divides_the_grades() -> None:
    """Only the grades that change their school count as moved, joined into ranges."""
    start = _plan(("01", "A"), ("02", "A"))
    plan = _plan(("01", "A", "K", "2"), ("01", "B", "3", "5"), ("02", "A", "K", "5"))
    moved = plan.moves(start)
    assert moved.to_numpy().tolist() == [["elementary", "01", "3", "5", "A", "B"]]


def test_moved_students_are_counted_by_grade_where_known(grid_district) -> None:
    """A moved grade range counts its own students; without counts by grade it is unknown."""
    district = grid_district(LEFT_RIGHT, PLACES, by_grade=True)
    start = Plan.today(district)
    table = start.table.copy()
    divided = table[table["block_id"] == "000"].assign(grade_low="3", school_id="B")
    table.loc[table["block_id"] == "000", "grade_high"] = "2"
    plan = Plan(pd.concat([table, divided]))
    moved = count_moves(plan.moves(start), district.students)
    assert moved["students"].tolist() == pytest.approx([5.0])
    bare = grid_district(LEFT_RIGHT, PLACES)
    assert count_moves(plan.moves(start), bare.students)["students"].isna().all()


def test_moved_students_are_added_up_by_pair_of_schools(grid_district) -> None:
    """Blocks and students of the same way are one row."""
    district = grid_district(LEFT_RIGHT, PLACES)
    start = Plan.today(district)
    plan = Plan(start.table.assign(school_id="A"))
    moved = count_moves(plan.moves(start), district.students)
    assert moved.to_numpy().tolist() == [["elementary", "B", "A", 6, 60.0]]


def test_every_fault_of_a_table_is_told_at_once() -> None:
    """Empty ids, unknown grades and blocks with two schools are refused together."""
    rows = pd.DataFrame(
        {"block_id": ["", "02", "02"], "level": "elementary", "school_id": ["A", "A", "B"]}
    )
    with pytest.raises(PlanError) as caught:
        Plan(rows)
    assert "empty block_id" in str(caught.value)
    assert "two schools" in str(caught.value)
    with pytest.raises(PlanError, match="unknown grades: 13"):
        _plan(("01", "A", "K", "13"))
    with pytest.raises(PlanError, match="no column level"):
        Plan(pd.DataFrame({"block_id": ["1"], "school_id": ["A"]}))


def test_a_plan_drawn_elsewhere_may_name_schools_without_a_zone(grid_district) -> None:
    """Schools that lead no zone give -1, not somebody else's zone."""
    problem = build_problem(grid_district(LEFT_RIGHT, PLACES), "elementary")
    plan = _plan(("000", "Z"), ("001", "B"))
    assert plan.zone_index(problem)[:3].tolist() == [-1, 1, -1]


def test_levels_are_put_together_and_taken_apart() -> None:
    """Plans of two levels are one table."""
    low = _plan(("01", "A"))
    high = Plan(low.table.assign(level="high", school_id="H"))
    both = Plan.combine([low, high])
    assert both.levels == ("elementary", "high")
    assert both.level("high").digest(LEVELS) == high.digest(LEVELS)


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    """A missing plan file is a plan error that names the file."""
    with pytest.raises(PlanError, match=r"none\.csv"):
        read_plan(tmp_path / "none.csv")
