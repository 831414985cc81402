"""What a public packet says of the difference of two rounded numbers."""

from __future__ import annotations

import pytest

from planner.disclosure import GRAINS, Release
from planner.disclosure.areas import Areas
from planner.disclosure.rates import rounded
from planner.hearing.criteria import CRITERIA, judge
from planner.hearing.effects import effects_of
from planner.hearing.figures import Figure, Figures
from planner.hearing.packet import Packet
from planner.hearing.words import load_words
from planner.hearing.written import write_figure

LEVEL = "elementary"
METRIC = "travel_mean_metres"
MILE = 1609.344


def figures_with(packet: Packet, today: float, after: float) -> Figures:
    """Return public figures that show one mean way, today and in option A [miles]."""
    grain = GRAINS[METRIC]
    values = {
        (letter, METRIC, "level", LEVEL, "all"): rounded(miles * MILE, grain)
        for letter, miles in (("", today), ("A", after))
    }
    return Figures(packet, Release(values, {}, {}, frozenset(), (), 10.0, Areas(())))


@pytest.mark.parametrize(
    ("today", "after", "told", "verdict"),
    [
        (0.74, 0.78, None, "worse"),
        (0.66, 0.74, None, "same"),
        (0.74, 0.86, "about +0.2\u00a0mi", "worse"),
        (0.86, 0.74, "about −0.2\u00a0mi", "better"),
    ],
)
def test_how_much_is_told_only_where_rounding_cannot_have_made_it(
    packet: Packet, today: float, after: float, told: str | None, verdict: str
) -> None:
    """0.74 and 0.78 miles are shown as 0.7 and 0.8: longer, but not by a tenth of a mile."""
    figures = figures_with(packet, today, after)
    change = figures.change("A", METRIC, "level", LEVEL)
    criterion = next(c for c in CRITERIA if c.metric == METRIC)
    assert judge(figures, packet.options[0], criterion, LEVEL) == verdict
    effects = effects_of(packet, figures, packet.options[0], LEVEL)
    sides = [effect.side for effect in effects if effect.whom != "rule"]
    assert sides == ([] if verdict == "same" else [verdict])
    if told is None:
        assert change.hidden
    else:
        assert write_figure(load_words("en"), "miles", change, signed=True) == told


def test_a_rounded_way_is_told_in_the_unit_it_was_rounded_in(packet: Packet) -> None:
    """0.74 miles are 1.2 km, and 0.7 miles would be 1.1 km: the packets must not disagree."""
    shown = figures_with(packet, 0.74, 0.9).get("", METRIC, "level", LEVEL)
    assert write_figure(load_words("en"), "miles", shown) == "0.7\u00a0mi"


def test_the_change_of_a_number_that_is_only_a_limit_is_hidden(
    packet: Packet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not "not known": the office knows it, the public may not."""
    ends = {"": Figure(10.0, side="most"), "A": Figure(40.0)}
    monkeypatch.setattr(Figures, "get", lambda self, letter, *where: ends[letter])
    change = Figures(packet).change("A", "students", "school", "E01")
    assert write_figure(load_words("en"), "count", change) == "not shown"


@pytest.mark.parametrize(
    ("metric", "today", "after"),
    [("dissimilarity", 0.2049, 0.1951), ("utilization_highest", 0.9249, 0.9151)],
)
def test_figures_that_are_written_alike_are_judged_the_same(
    packet: Packet, monkeypatch: pytest.MonkeyPatch, metric: str, today: float, after: float
) -> None:
    """No "better" stands beside 0.20 today, 0.20 after and a change of 0."""
    values = {"": today, "A": after}
    monkeypatch.setattr(Figures, "get", lambda self, letter, *where: Figure(values[letter]))
    criterion = next(c for c in CRITERIA if c.metric == metric)
    assert judge(Figures(packet), packet.options[0], criterion, LEVEL) == "same"


def test_rounded_numbers_have_no_tail() -> None:
    """A tenth of a mile, a hundredth of an index: not 0.1000000000000001."""
    for steps in range(200):
        assert repr(rounded(steps * 0.01, 0.01)) == repr(steps / 100)
