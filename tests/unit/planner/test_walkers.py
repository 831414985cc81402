"""Walk zones: who can walk today keeps a school within walking distance, or is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_problem import tiny_problem

from planner.errors import ScenarioError
from planner.evaluation import Settings
from planner.objectives import WalkersToRiders
from planner.problem import Problem
from planner.problem.partners import Farthest
from planner.rules import KeepWalkers, MetricLimit

NAN = np.float32(np.nan)
AWAY = np.array([1, 0, 1, 0, 1, 1], dtype=np.int32)  # block 0 stands beside A and is sent to B


def changed(**values: object) -> Problem:
    """Return the tiny problem with other values."""
    return replace(tiny_problem(), **values)


def test_a_block_that_can_walk_only_goes_where_it_can_walk() -> None:
    """Block 0 is 0 km from A and 2.2 km from B; block 4 is 1 km from B and 1.4 km from A."""
    problem = tiny_problem()
    allowed = KeepWalkers().lower(problem)[0].allowed
    assert allowed[0].tolist() == [True, False]
    assert allowed[4].tolist() == [True, True]
    finding = KeepWalkers().check(problem, AWAY)[0]
    assert not finding.ok
    assert finding.where == ("000",)


def test_who_cannot_walk_today_may_go_anywhere() -> None:
    """A rider is not held, nor is a block whose school closes."""
    riders = changed(today_metres=np.full(6, 5000, dtype=np.float32))
    assert KeepWalkers().lower(riders)[0].allowed.all()
    closed = changed(current=np.array([-1, 0, 1, 0, 1, 1], dtype=np.int32))
    assert KeepWalkers().lower(closed)[0].allowed[0].all()
    assert KeepWalkers().check(closed, AWAY)[0].ok


def test_an_unknown_way_of_today_is_not_held_and_told() -> None:
    """Nobody says of such a block that it can walk, and the finding names it."""
    today = tiny_problem().today_metres.copy()
    today[0] = NAN
    finding = KeepWalkers().check(changed(today_metres=today), AWAY)[0]
    assert finding.ok
    assert "1 block (000) not held" in finding.sentence


def test_a_school_at_an_unknown_distance_is_not_within_walking_distance() -> None:
    """Unknown is not near: the rule forbids it, the aim counts it."""
    metres = tiny_problem().metres.copy()
    metres[4, 0] = NAN
    problem = changed(metres=metres)
    assert not KeepWalkers().lower(problem)[0].allowed[4, 0]
    plan = np.array([0, 0, 1, 0, 0, 1], dtype=np.int32)
    assert not KeepWalkers().check(problem, plan)[0].ok
    assert WalkersToRiders().measure(problem, plan) == 5


def test_of_schools_that_share_a_zone_the_farthest_counts() -> None:
    """Who can walk to one of them only cannot walk to the zone."""
    problem = tiny_problem()
    far = problem.metres.copy()
    far[4, 0] = 2000
    ways = Farthest(far, None, problem.today_metres, None)
    shared = replace(problem, farthest=ways)
    assert KeepWalkers().lower(problem)[0].allowed[4, 0]
    assert not KeepWalkers().lower(shared)[0].allowed[4, 0]


def test_without_any_known_way_walking_is_refused() -> None:
    """A rule that holds nobody, or an aim that is always 0, would be a false promise."""
    problem = changed(today_metres=np.full(6, NAN))
    for call in (KeepWalkers().lower, WalkersToRiders().amount):
        with pytest.raises(ScenarioError, match="no way to a school of today is known"):
            call(problem)
    with pytest.raises(ScenarioError, match="no travel times"):
        KeepWalkers(within_minutes=15).lower(changed(minutes=None))


def test_walking_distance_is_said_once_and_sensibly() -> None:
    """Kilometres or minutes, above 0."""
    with pytest.raises(ScenarioError, match="two rules"):
        KeepWalkers(within_km=1, within_minutes=10)
    for kind in (KeepWalkers, WalkersToRiders):
        with pytest.raises(ScenarioError, match="above 0"):
            kind(within_km=0)


def test_without_a_stated_distance_it_is_that_of_the_measures() -> None:
    """The mile has one home."""
    km = Settings().walk_metres / 1000
    assert KeepWalkers().within == WalkersToRiders().within_km == km


def test_students_whose_school_closes_lose_their_walk_too() -> None:
    """The aim counts them, as the measure does; only the rule leaves them out."""
    closed = changed(
        current=np.array([-1, 0, 1, 0, 1, 1], dtype=np.int32), today_metres=np.zeros(6)
    )
    assert WalkersToRiders().measure(closed, AWAY) == 1
    limit = MetricLimit(WalkersToRiders(), at_most=0)
    assert not limit.check(closed, AWAY)[0].ok
