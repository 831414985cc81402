"""A phase-in agrees with walking every student through the years, and loses nobody."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from walk_students import as_table, walk

from planner.phasing.change import Change
from planner.phasing.cohorts import STUDENTS
from planner.phasing.course import take_course
from planner.phasing.policy import Policy
from planner.structures.ageing import Ageing, age

GRADES = {
    "K-2 and 3-5": ("K", "1", "2", "3", "4", "5"),
    "PK-3": ("PK", "K", "1", "2", "3"),
    "6-8": ("6", "7", "8"),
}
YEARS = 4
SCHOOLS = 4


@st.composite
def changes(draw) -> tuple[Change, np.ndarray]:
    """Return zones of today and of a plan, whole or cut once through the grades, and students."""
    grades = GRADES[draw(st.sampled_from(sorted(GRADES)))]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 4))
    maps = []
    for _ in range(2):
        low, high = (rng.integers(0, SCHOOLS, n) for _ in range(2))
        cut = draw(st.integers(0, len(grades)))
        maps.append(
            np.where(np.arange(len(grades)) < cut, low[:, None], high[:, None]).astype(np.int32)
        )
    ids = tuple("abcd"[:SCHOOLS])
    students = rng.integers(0, 4, (n, len(grades)))
    return Change(grades, ids, maps[0], maps[1]), students


def course(change: Change, students: np.ndarray, policy: Policy | None):
    cohorts = {STUDENTS: age(students.astype(float), change.grades, Ageing(years=YEARS))}
    ways = np.ones((len(students), SCHOOLS), dtype=np.float32)
    return take_course(change, policy, cohorts, ways), cohorts[STUDENTS]


@given(changes(), st.sampled_from([0, 1, 2, None]))
@settings(max_examples=200, derandomize=True)
def test_every_student_is_where_the_policy_lets_them_be(drawn, kept: int | None) -> None:
    """Formula and student-by-student walk agree in every year, school and grade."""
    change, students = drawn
    policy = Policy(kept)
    found, _ = course(change, students, policy)
    walked = walk(change.grades, change.today, change.plan, students, policy.grades_kept, YEARS)
    assert len(walked) == YEARS + 1
    for year, told in enumerate(walked):
        expected = as_table(told, SCHOOLS, len(change.grades))
        np.testing.assert_allclose(found.attending[STUDENTS][year], expected)


@given(changes(), st.lists(st.floats(0, 1), max_size=3))
@settings(max_examples=100, derandomize=True)
def test_nobody_is_lost_and_more_rights_keep_more(drawn, shares: list[float]) -> None:
    """Every year all students attend some school; who may stay grows with the grades kept."""
    change, students = drawn
    stayed = []
    for kept in (0, 1, 2, None):
        found, cohorts = course(change, students, Policy(kept, tuple(shares)))
        attending = found.attending[STUDENTS].sum(axis=1)
        np.testing.assert_allclose(attending, cohorts.sum(axis=1))
        stayed.append(found.staying.sum(axis=(1, 2)))
    for fewer, more in pairwise(stayed):
        assert (fewer <= more + 1e-9).all()
    assert stayed[0].sum() == 0


@given(changes())
@settings(max_examples=50, derandomize=True)
def test_with_the_plan_of_today_nothing_changes(drawn) -> None:
    """A plan that is today's gives the course without any change, whatever the policy."""
    change, students = drawn
    same = Change(change.grades, change.school_ids, change.today, change.today)
    still, _ = course(same, students, None)
    for kept in (0, None):
        found, _ = course(same, students, Policy(kept))
        np.testing.assert_allclose(found.attending[STUDENTS], still.attending[STUDENTS])
        assert found.staying.sum() == found.interrupted.sum() == 0
