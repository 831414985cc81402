"""Who attends which school: added up from blocks, with what is unknown kept unknown."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.graded_town import plan, town

from planner.errors import PlanError
from planner.metrics import UNGROUPED, enrol, place

LEVELS = {"elementary": "K-3"}


def _rows(school: str, blocks: str, low: str = "K", high: str = "3") -> list[tuple[str, ...]]:
    return [(f"0{b}", "elementary", school, low, high) for b in blocks]


def _by_grade() -> dict[tuple[str, str, str], list[float]]:
    """Return three blocks: grade h of block b has 10 b + h students, h of them of group a."""
    cells: dict[tuple[str, str, str], list[float]] = {}
    for h, grade in enumerate(("K", "1", "2", "3")):
        cells[grade, "*", "*"] = [10.0 * b + h for b in range(1, 4)]
        cells[grade, "a", "*"] = [float(h)] * 3
        cells[grade, "*", "poor"] = [float(b) for b in range(1, 4)]
    return cells


def test_students_are_added_up_by_school_and_grade() -> None:
    """Schools that divide the grades get the students of their own grades only."""
    district = town(_by_grade(), {"n": 0, "s": 2}, levels=LEVELS)
    rows = [*_rows("n", "012", "K", "1"), *_rows("s", "012", "2", "3")]
    enrolment = enrol(place(plan(rows), district)["elementary"], district.students)
    assert enrolment.by_grade
    assert enrolment.school_ids == ("n", "s")
    assert enrolment.slots == ("K", "1", "2", "3")
    assert enrolment.students.tolist() == [[60.0, 63.0, 0.0, 0.0], [0.0, 0.0, 66.0, 69.0]]
    assert enrolment.group_totals.tolist() == [[3.0], [15.0]]
    assert enrolment.poor_total.tolist() == [12.0, 12.0]
    assert enrolment.unplaced == 0.0


def test_students_in_no_group_are_a_group_of_their_own() -> None:
    """Groups that leave students out are filled up, so that shares add up to one."""
    district = town(_by_grade(), {"n": 0}, levels=LEVELS)
    enrolment = enrol(place(plan(_rows("n", "012")), district)["elementary"], district.students)
    everyone = enrolment.everyone()
    assert everyone.sum(axis=2) == pytest.approx(enrolment.students)
    assert everyone.shape[2] == 2
    assert UNGROUPED not in enrolment.groups


def test_groups_that_overlap_cannot_be_everyone() -> None:
    """Groups that add up to more than the total have no multigroup index."""
    cells = {("*", "*", "*"): [10.0, 10.0], ("*", "a", "*"): [8.0, 8.0], ("*", "b", "*"): [5.0] * 2}
    district = town(cells, {"n": 0}, levels=LEVELS, single_counts=("elementary",))
    enrolment = enrol(place(plan(_rows("n", "01")), district)["elementary"], district.students)
    assert enrolment.everyone() is None


def test_without_grades_schools_of_one_zone_stand_together() -> None:
    """Counts of the whole level cannot be divided: a pair of schools is counted as one."""
    cells = {("*", "*", "*"): [10.0, 20.0, 40.0]}
    district = town(cells, {"n": 0, "m": 0, "s": 2}, levels=LEVELS, single_counts=("elementary",))
    rows = [*_rows("n", "01", "K", "1"), *_rows("m", "01", "2", "3"), *_rows("s", "2")]
    enrolment = enrol(place(plan(rows), district)["elementary"], district.students)
    assert enrolment.school_ids == ("n+m", "s")
    assert enrolment.total.tolist() == [30.0, 40.0]
    assert not enrolment.by_grade
    assert not enrol(
        place(plan(rows), district)["elementary"], district.students, by_grade=True
    ).by_grade


def test_without_grades_an_uneven_cluster_is_unknown() -> None:
    """Two K-1 schools that feed one 2-3 school: nobody can say who is where without grades."""
    cells = {("*", "*", "*"): [10.0, 20.0, 40.0]}
    schools = {"n": 0, "m": 1, "s": 2, "t": 2}
    district = town(cells, schools, levels=LEVELS, single_counts=("elementary",))
    rows = [
        *_rows("n", "0", "K", "1"),
        *_rows("m", "1", "K", "1"),
        *_rows("s", "01", "2", "3"),
        *_rows("t", "2"),
    ]
    enrolment = enrol(place(plan(rows), district)["elementary"], district.students)
    known = dict(zip(enrolment.school_ids, enrolment.total, strict=True))
    assert known["t"] == 40.0
    assert np.isnan([known["n"], known["m"], known["s"]]).all()


def test_groups_counted_for_the_level_only_have_no_strata() -> None:
    """Totals by grade do not make groups by grade: those stay unknown within grades."""
    cells = {(g, "*", "*"): [5.0, 5.0] for g in ("K", "1", "2", "3")}
    cells["*", "a", "*"] = [4.0, 16.0]
    district = town(cells, {"n": 0, "s": 1}, levels=LEVELS, single_counts=("elementary",))
    placement = place(plan([*_rows("n", "0"), *_rows("s", "1")]), district)["elementary"]
    pooled = enrol(placement, district.students)
    graded = enrol(placement, district.students, by_grade=True)
    assert not pooled.by_grade
    assert pooled.group_totals.tolist() == [[4.0], [16.0]]
    assert graded.by_grade
    assert graded.by_group is None
    assert graded.total.tolist() == [20.0, 20.0]


def test_unknown_blocks_and_blocks_without_a_school_are_counted() -> None:
    """A block of unknown size makes its school unknown; a block without a row is unplaced."""
    cells = {("*", "*", "*"): [10.0, np.nan, 40.0]}
    district = town(cells, {"n": 0, "s": 1}, levels=LEVELS, single_counts=("elementary",))
    rows = [*_rows("n", "0"), *_rows("s", "1")]
    enrolment = enrol(place(plan(rows), district)["elementary"], district.students)
    assert enrolment.total[0] == 10.0
    assert np.isnan(enrolment.total[1])
    assert enrolment.unplaced == 40.0
    assert enrolment.unknown_blocks == 1


def test_everything_a_district_does_not_have_is_named_at_once() -> None:
    """Unknown blocks, schools and levels of a plan are told together."""
    district = town(_by_grade(), {"n": 0}, levels=LEVELS)
    rows = [("77", "elementary", "n", "K", "3"), ("00", "elementary", "x", "K", "3")]
    rows.append(("01", "middle", "n", "6", "8"))
    with pytest.raises(PlanError) as caught:
        place(plan(rows), district)
    for word in ("77", "x", "middle", "leading zeros"):
        assert word in str(caught.value)
