"""Which known name was meant by one that nobody knows."""

from __future__ import annotations

import pytest

from planner.nearest import nearest

TOWN = [f"E{n:03d}" for n in range(1, 15)]


@pytest.mark.parametrize(
    ("word", "meant"), [("E03", "E003"), ("E3", "E003"), ("E0013", "E013"), ("E013x", "E013")]
)
def test_zeros_before_digits_are_overlooked_first(word: str, meant: str) -> None:
    """A number written with fewer or more zeros is the same school, not one of like spelling."""
    assert nearest(word, TOWN) == meant


def test_zeros_inside_a_number_count() -> None:
    """E10 is not E1, and a word like no other has no neighbour."""
    assert nearest("E10", ["E1", "E010"]) == "E010"
    assert nearest("nothing", TOWN) == ""
