"""Numbers as a reader wants them: units that fit, no decimals that mean nothing."""

from __future__ import annotations

import pytest

from planner.hearing.certainty import write_amount
from planner.hearing.figures import Figure
from planner.hearing.words import METRES_PER_MILE, load_words
from planner.hearing.written import Kind, write_ends, write_figure


@pytest.mark.parametrize(
    ("kind", "value", "signed", "told"),
    [
        ("points", 0.289, False, "28.9 points"),
        ("points", 0.012, False, "1.2 points"),
        ("points", 0.003, True, "+0.3 points"),
        ("share", 0.162, True, "+16.2 points"),
        ("share", 0.0, True, "0 points"),
        ("share", -0.0001, True, "0 points"),
        ("index", 0.2551, False, "0.26"),
        ("miles", -0.05 * METRES_PER_MILE, True, "−0.05\u00a0mi"),
        ("miles", 86.49 * METRES_PER_MILE, True, "+86.5\u00a0mi"),
        ("miles", 3.0, True, "0\u00a0mi"),
    ],
)
def test_a_figure_is_written(kind: Kind, value: float, signed: bool, told: str) -> None:
    """A distance between two shares is no share; what is no change has no decimals."""
    assert write_figure(load_words("en"), kind, Figure(value), signed=signed) == told


@pytest.mark.parametrize(
    ("kind", "before", "after", "told"),
    [
        ("index", 0.2049, 0.1851, ("0.20", "0.19", "−0.01")),
        ("index", 0.2049, 0.1951, ("0.20", "0.20", "0")),
        ("count", 100.4, 100.6, ("100", "101", "+1")),
        ("minutes", 11.6, 14.3, ("12\u00a0min", "14\u00a0min", "+2\u00a0min")),
        ("share", 0.516, 0.7535, ("52%", "75%", "+23 points")),
        ("share", 0.9749, 0.9654, ("97%", "97%", "0 points")),
        ("points", 0.1449, 0.1336, ("14.5 points", "13.4 points", "−1.1 points")),
        (
            "miles",
            655.0,
            644.0,
            (
                "0.41\u00a0mi / 0.66\u00a0km",
                "0.40\u00a0mi / 0.64\u00a0km",
                "−0.01\u00a0mi / −0.02\u00a0km",
            ),
        ),
        (
            "miles",
            1206.0,
            1208.0,
            ("0.75\u00a0mi / 1.21\u00a0km", "0.75\u00a0mi / 1.21\u00a0km", "0\u00a0mi / 0\u00a0km"),
        ),
    ],
)
def test_a_change_is_the_difference_of_what_is_written(
    kind: Kind, before: float, after: float, told: tuple[str, str, str]
) -> None:
    """0.20 and 0.19 are 0.01 apart for the reader, whatever stands behind the digits."""
    words = load_words("en")
    ends = tuple(write_figure(words, kind, Figure(end)) for end in (before, after))
    change = Figure(after - before, ends=(before, after))
    assert (*ends, write_figure(words, kind, change, signed=True)) == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (1180.0, 1140.0, ("0.73\u00a0mi / 1.18\u00a0km", "0.71\u00a0mi / 1.14\u00a0km")),
        (1180.0, 1170.0, ("0.7\u00a0mi / 1.2\u00a0km", "0.7\u00a0mi / 1.2\u00a0km")),
        (1609.344, 1770.2784, ("1.0\u00a0mi / 1.6\u00a0km", "1.1\u00a0mi / 1.8\u00a0km")),
    ],
)
def test_a_difference_of_ways_shows_in_both_units(
    before: float, after: float, told: tuple[str, str]
) -> None:
    """Or in none, where it is tiny; steps of a tenth of a mile need no digit more."""
    ends = write_ends(load_words("en"), "miles", Figure(before), Figure(after))
    assert (ends["before"], ends["after"]) == told


def test_points_that_were_rounded_are_whole() -> None:
    """What the public is told in steps of a point has no tenths."""
    assert write_figure(load_words("en"), "points", Figure(0.12, grain=0.01)) == "12 points"
    assert write_figure(load_words("en"), "points", Figure(0.01, grain=0.01)) == "1 point"


def test_a_way_that_was_rounded_to_miles_has_no_kilometres() -> None:
    """0.7 miles of the public may be 1,193 m, which are not 1.1 km."""
    shown, other = (Figure(miles * METRES_PER_MILE, grain=160.9344) for miles in (0.7, 0.9))
    assert write_figure(load_words("en"), "miles", shown) == "0.7\u00a0mi"
    ends = write_ends(load_words("es"), "miles", shown, other)
    assert ends == {"before": "0.7\u00a0mi", "after": "0.9\u00a0mi"}


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (0.8843, "points", "0.9 points"),
        (0.2884, "share", "28.8%"),
        (12.34, "min", "12.3\u00a0min"),
        (1520.0, "students", "1,520"),
        (0.53789, "index", "0.538"),
        (None, "points", "not known"),
    ],
)
def test_an_aim_is_written_in_its_unit(value: float | None, unit: str, told: str) -> None:
    """No number stands bare whose unit is known."""
    assert write_amount(load_words("en"), value, {"unit": unit}) == told
