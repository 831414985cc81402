"""Proven bounds of a front: a staircase, for the plans and the axes that it was proven for."""

from __future__ import annotations

from planner.batch.bounds import bound_parts, staircase
from planner.batch.folder import Manifest


def test_a_bound_holds_up_to_its_own_limit() -> None:
    """Between two limits the bound of the wider one holds; the least y bounds every x."""
    points = [{"a": 10.0, "b": 5.0}, {"a": None, "b": 1.0}, {"a": 20.0, "b": 3.0}]
    assert staircase(points) == [
        {"a": 10.0, "b": 5.0},
        {"a": 20.0, "b": 3.0},
        {"a": None, "b": 1.0},
    ]


def test_a_weaker_bound_of_a_narrower_limit_is_no_step() -> None:
    """What is proven for any x is proven for a small one, even where its own search proved less."""
    points = [{"a": 10.0, "b": 2.0}, {"a": 20.0, "b": 3.0}, {"a": None, "b": 1.0}]
    assert staircase(points) == [{"a": 20.0, "b": 3.0}, {"a": None, "b": 1.0}]
    assert staircase([]) == []


def test_the_steps_are_a_table_too() -> None:
    """Each front tells its bounds in words, with units, apart from the chart."""
    about = {
        "kind": "pareto",
        "x": "aim/travel/elementary/all",
        "y": "aim/poverty_spread/elementary/all",
        "x_unit": "m",
        "y_unit": "points",
        "bounds": [{"a": 10.0, "b": 5.0}, {"a": None, "b": 1.0}],
    }
    manifests = [Manifest("one", "One", (), about), Manifest("two", "Two", (), {"kind": "sweep"})]
    (part,) = bound_parts(manifests)
    assert part.heads == ("travel [m] at most", "poverty spread [points] not below")
    assert part.rows == ((10.0, 5.0), ("any", 1.0))
