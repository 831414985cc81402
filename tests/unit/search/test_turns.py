"""Cooling or polishing: what wins more for its moves has the next turn."""

from __future__ import annotations

from planner.search.polish import BORDERS, MODELS, REGIONS, Polish
from planner.search.schedule import PARTS, Round
from planner.search.turns import Turns

COOL = next(part for part in PARTS if part.kind == "cool")
POLISH = next(part for part in PARTS if part.kind == "polish")
MANY = 750_000
ROUND = Round(COOL.begin, COOL.begin + 0.01, MANY)


def test_without_models_the_schedule_decides() -> None:
    """A part is what it is called, until polishing has won more than cooling."""
    turns = Turns(Polish(20, 2000, has_models=False))
    assert turns.kind(COOL, ROUND, 100 * MANY) == "cool"
    assert turns.kind(POLISH, ROUND, 100 * MANY) == "polish"
    turns.learn("cool", 1.0, MANY)
    turns.polish.learn(REGIONS, 0.5, MANY)
    turns.learn("polish", 0.5, MANY)
    assert turns.kind(COOL, ROUND, 100 * MANY) == "cool"
    turns.learn("polish", 2.0, MANY)
    assert turns.kind(COOL, ROUND, 100 * MANY) == "polish"
    for _ in range(9):
        turns.polish.learn(REGIONS, 0.0, MANY)
    assert turns.kind(COOL, ROUND, 100 * MANY) == "cool"


def test_models_that_lead_go_before_the_first_heat() -> None:
    """And no longer than they lead."""
    turns = Turns(Polish(20, 2000, has_models=True))
    for method, gain in ((REGIONS, 1.0), (MODELS, 2.0), (BORDERS, 0.0)):
        assert turns.kind(COOL, ROUND, 100 * MANY) == "polish"
        turns.polish.learn(method, gain, MANY)
    assert turns.kind(COOL, ROUND, 100 * MANY) == "polish"
    turns.polish.learn(REGIONS, 99.0, MANY)
    assert turns.kind(COOL, ROUND, 100 * MANY) == "cool"


def test_a_cooling_begins_hot_wherever_it_begins() -> None:
    """Polishing that took the first half of a part takes nothing from the heat of the rest."""
    turns = Turns(Polish(20, 2000, has_models=False))
    middle = Round((COOL.begin + COOL.end) / 2, COOL.end, MANY)
    begin = turns.cooling_begins(COOL, middle)
    assert begin == middle.begin
    assert COOL.temperature(begin, 4.0, begin) == 4.0
    assert COOL.temperature(COOL.end, 4.0, begin) < 0.1
    assert turns.cooling_begins(COOL, Round(0.41, 0.42, MANY)) == begin
