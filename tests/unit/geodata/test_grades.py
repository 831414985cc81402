"""Grades and grade spans."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import GRADES, DataError, GradeSpan
from geodata.grades import parse_grade

SPANS = st.tuples(st.integers(0, 13), st.integers(0, 13)).map(
    lambda ends: GradeSpan(GRADES[min(ends)], GRADES[max(ends)])
)


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("K", "K"),
        ("KG", "K"),
        ("kg", "K"),
        ("0", "K"),
        ("00", "K"),
        ("PK", "PK"),
        ("Pre-K", "PK"),
        ("-1", "PK"),
        ("3", "3"),
        ("03", "3"),
        ("3.0", "3"),
        ("Grade 7", "7"),
        ("10", "10"),
        (" 12 ", "12"),
    ],
)
def test_grades_as_files_write_them(text: str, grade: str) -> None:
    """Grades are understood as districts and federal files write them."""
    assert parse_grade(text) == grade


@pytest.mark.parametrize("text", ["", "13", "first", "K-5", "UG"])
def test_what_is_no_grade(text: str) -> None:
    """Anything else is refused with the list of grades."""
    with pytest.raises(DataError, match="PK, K, 1"):
        parse_grade(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("K-5", GradeSpan("K", "5")),
        ("PK-02", GradeSpan("PK", "2")),
        ("Pre-K-5", GradeSpan("PK", "5")),
        ("6", GradeSpan("6", "6")),
        ("KG–05", GradeSpan("K", "5")),
        ("9 to 12", GradeSpan("9", "12")),
        ("9 - 12", GradeSpan("9", "12")),
    ],
)
def test_spans_as_files_write_them(text: str, span: GradeSpan) -> None:
    """Spans are understood in their usual spellings."""
    assert GradeSpan.parse(text) == span


@pytest.mark.parametrize("text", ["5-K", "", "K-13", "K-5-8"])
def test_what_is_no_span(text: str) -> None:
    """Spans run forwards between two grades."""
    with pytest.raises(DataError):
        GradeSpan.parse(text)


@given(SPANS)
def test_a_span_reads_back(span: GradeSpan) -> None:
    """A span's text is the span, and its length the number of its grades."""
    assert GradeSpan.parse(str(span)) == span
    assert len(span) == len(span.grades)
    assert span.contains(span)


@given(SPANS, SPANS)
def test_spans_are_sets_of_grades(one: GradeSpan, other: GradeSpan) -> None:
    """Containing and overlapping mean what they mean for sets."""
    a, b = set(one.grades), set(other.grades)
    assert one.contains(other) == (b <= a)
    assert one.overlaps(other) == bool(a & b)
    assert all(one.contains(grade) == (grade in a) for grade in GRADES)
