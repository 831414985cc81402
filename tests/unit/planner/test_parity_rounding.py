"""What is proven stays proven when it is rounded."""

from __future__ import annotations

import pytest

from planner.parity.level import Cost
from planner.parity.rounding import no_less, no_more


@pytest.mark.parametrize(
    ("points", "least", "most"),
    [(6.54, "6.5", "6.6"), (3.16, "3.1", "3.2"), (2.06, "2.0", "2.1"), (5.3, "5.3", "5.3"),
     (0.0, "0.0", "0.0"), (100 * 0.07, "7.0", "7.0")],
)  # fmt: skip
def test_limits_are_rounded_to_the_safe_side(points: float, least: str, most: str) -> None:
    """A lower limit down, an upper limit up; whole tenths stay."""
    assert no_less(points) == least
    assert no_more(points) == most


def test_the_cost_of_nobody_has_no_share() -> None:
    """Where a level has no students, none of them change school, and no share is told."""
    told = Cost(0.0, 0.0, (0.0, 0.0), (0.0, 0.0)).sentence()
    assert told.startswith("0 of 0 students change school;")
    told = Cost(5.0, 20.0, (0.0, 0.0), (0.0, 0.0)).sentence()
    assert told.startswith("5 of 20 students (25%) change school;")
