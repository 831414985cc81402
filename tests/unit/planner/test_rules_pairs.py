"""Rules on where blocks may go, and on zones as shapes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_problem import tiny_problem

from planner.errors import ScenarioError
from planner.problem import Problem
from planner.rules import (
    AssignOnce,
    Contiguity,
    Forbidden,
    KeepTogether,
    Locked,
    NearestSchools,
    SchoolInOwnZone,
    TravelLimit,
)

NAN = np.float32(np.nan)


def changed(**values: object) -> Problem:
    """Return the tiny problem with other values."""
    return replace(tiny_problem(), **values)


def plan(*zones: int) -> np.ndarray:
    """Return a plan of the six blocks."""
    return np.array(zones, dtype=np.int32)


def unknown_way() -> Problem:
    """Return the tiny problem with the way from block 1 to school B unknown."""
    metres = tiny_problem().metres.copy()
    metres[1, 1] = NAN
    return changed(metres=metres)


def test_a_block_without_a_school_is_found() -> None:
    """An outside plan may leave blocks out; that is told first of all."""
    finding = AssignOnce().check(tiny_problem(), plan(0, 0, 1, 0, 1, -1))[0]
    assert not finding.ok
    assert finding.where == ("005",)


@pytest.mark.parametrize(
    "rule",
    [TravelLimit(max_km=1), NearestSchools(1), Contiguity(), SchoolInOwnZone(),
     Locked(blocks=("000",)), Forbidden(("000",), ("B",)), KeepTogether("hood")],
    ids=lambda rule: rule.name,
)  # fmt: skip
def test_a_plan_with_holes_can_be_checked(rule: object) -> None:
    """Blocks without a school do not stop the other rules from being measured."""
    assert rule.check(tiny_problem(), plan(-1, 0, 1, 0, 1, -1))


def test_todays_school_is_never_too_far() -> None:
    """A limit below today's way leaves today's school possible, and nothing else."""
    problem = tiny_problem()
    allowed = TravelLimit(max_km=0.1).lower(problem)[0].allowed
    assert allowed[np.arange(6), problem.current].all()
    assert allowed.sum() == 6
    assert TravelLimit(max_km=0.1).check(problem, problem.current)[0].ok


def test_blocks_that_stay_with_an_unknown_way_are_counted_and_named() -> None:
    """Nobody claims a limit for a block whose way to today's school is unknown."""
    metres = tiny_problem().metres.copy()
    metres[0, 0] = np.nan
    problem = changed(metres=metres)
    (finding,) = TravelLimit(max_km=9, unknown="allow").check(problem, problem.current)
    assert finding.ok
    assert "1 block (000) stay where they are today" in finding.sentence
    assert "their way is unknown" in finding.sentence


def test_a_travel_limit_is_the_larger_of_two() -> None:
    """1.5 times today's way or 1.2 km: blocks near their school get the fixed distance."""
    limits = TravelLimit(times_today=1.5, max_km=1.2).limits(tiny_problem())
    assert limits.tolist() == pytest.approx([1.2, 1.5, 1.5, 1.5, 1.5, 1.2])


def test_a_closed_school_still_says_how_far_today_is() -> None:
    """The limit of a block that lost its school is relative to the way it had."""
    problem = changed(
        current=plan(0, 0, -1, 0, 1, 1),
        today_metres=np.array([0, 1000, 900, 1000, 1000, 0], dtype=np.float32),
    )
    assert TravelLimit(times_today=2.0).limits(problem)[2] == pytest.approx(1.8)


def test_a_block_without_a_school_today_has_only_the_fixed_limit() -> None:
    """Where there is no way of today, nothing is relative to it."""
    problem = changed(
        current=plan(0, 0, -1, 0, 1, 1),
        has_current=np.array([True, True, False, True, True, True]),
        today_metres=np.array([0, 1000, NAN, 1000, 1000, 0], dtype=np.float32),
    )
    assert TravelLimit(times_today=2.0, max_km=1.0).limits(problem)[2] == 1.0
    assert TravelLimit(times_today=2.0).lower(problem)[0].allowed[2].all()


def test_an_unknown_way_is_refused_forbidden_or_allowed_as_told() -> None:
    """Unknown travel is never a zero and never a secret."""
    problem = unknown_way()
    with pytest.raises(ScenarioError, match="001"):
        TravelLimit(max_km=5).lower(problem)
    assert not TravelLimit(max_km=5, unknown="forbid").lower(problem)[0].allowed[1, 1]
    assert TravelLimit(max_km=5, unknown="allow").lower(problem)[0].allowed[1, 1]
    moved = plan(0, 1, 1, 0, 1, 1)
    assert not TravelLimit(max_km=5, unknown="forbid").check(problem, moved)[0].ok
    assert TravelLimit(max_km=5, unknown="allow").check(problem, moved)[0].ok


def test_minutes_need_travel_times() -> None:
    """Metres are not turned into minutes in silence."""
    with pytest.raises(ScenarioError, match="no travel times"):
        TravelLimit(max_minutes=10).lower(changed(minutes=None))


@pytest.mark.parametrize(
    "options", [{}, {"max_km": 1, "max_minutes": 5}, {"max_km": 0}, {"times_today": -1}]
)
def test_a_travel_limit_says_one_thing(options: dict[str, float]) -> None:
    """Some limit, in one unit, above zero."""
    with pytest.raises(ScenarioError):
        TravelLimit(**options)


def test_an_unknown_school_is_not_among_the_nearest() -> None:
    """A school at an unknown distance is no candidate, unless it is today's."""
    assert not NearestSchools(2).lower(unknown_way())[0].allowed[1, 1]


def test_more_nearest_schools_than_there_are_is_all_of_them() -> None:
    """Asking for ten of two schools forbids nothing."""
    assert NearestSchools(10).lower(tiny_problem())[0].allowed.all()


def test_a_block_that_could_go_nowhere_is_named() -> None:
    """No known distance and no school today is refused."""
    metres = tiny_problem().metres.copy()
    metres[1] = NAN
    problem = changed(metres=metres, current=plan(0, -1, 1, 0, 1, 1))
    with pytest.raises(ScenarioError, match="001"):
        NearestSchools(1).lower(problem)


def test_nearest_schools_are_at_least_one() -> None:
    """Zero candidates are refused."""
    with pytest.raises(ScenarioError):
        NearestSchools(0)


def test_a_detached_block_is_found() -> None:
    """Block 2 lies apart from A's school when B has its neighbours."""
    finding = Contiguity().check(tiny_problem(), plan(0, 1, 0, 0, 1, 1))[0]
    assert not finding.ok
    assert finding.where == ("002",)


def test_contact_at_a_corner_is_no_contact() -> None:
    """Blocks 000 and 004, and 001 and 003, touch at a corner only."""
    finding = Contiguity().check(tiny_problem(), plan(0, 1, 1, 1, 0, 1))[0]
    assert finding.where == ("003", "004")


def island_today() -> Problem:
    """Return the tiny problem with block 2 an island of A today."""
    return changed(current=plan(0, 1, 0, 0, 1, 1))


def test_an_island_of_today_may_stay_whole_or_go() -> None:
    """It is no fault while it stays as it is, unless islands must go."""
    problem = island_today()
    assert Contiguity().check(problem, problem.current)[0].ok
    assert not Contiguity(islands="dissolve").check(problem, problem.current)[0].ok
    gone = plan(0, 1, 1, 0, 1, 1)
    assert Contiguity(islands="dissolve").check(problem, gone)[0].ok


def test_an_island_of_today_may_not_grow() -> None:
    """A larger detached piece is a new island."""
    problem = island_today()
    assert not Contiguity().check(problem, plan(0, 1, 0, 0, 1, 0))[0].ok


def test_a_zone_of_a_school_that_moved_is_no_island_of_today() -> None:
    """Its blocks hung together yesterday; they must hang together at the new place too."""
    problem = changed(root=plan(0, 2), today_root=plan(0, 5))
    assert Contiguity().check(problem, problem.current)[0].ok
    apart = changed(root=plan(0, 1), today_root=plan(0, 5))
    assert not Contiguity().check(apart, apart.current)[0].ok


def test_only_schools_inside_their_zone_are_held_there() -> None:
    """A school that stands outside today is told, not held."""
    problem = changed(fixed_home=np.array([True, False]))
    finding = SchoolInOwnZone().check(problem, np.zeros(6, dtype=np.int32))[0]
    assert finding.ok
    assert "not held: B (outside of it today, or in the block of another" in finding.sentence
    assert not SchoolInOwnZone().check(tiny_problem(), np.zeros(6, dtype=np.int32))[0].ok


def test_all_blocks_of_a_zone_can_be_locked() -> None:
    """Naming a school locks its blocks of today."""
    rule = Locked(zones=("A",))
    assert rule.targets(tiny_problem()).tolist() == [0, 0, -1, 0, -1, -1]
    assert not rule.check(tiny_problem(), plan(0, 1, 1, 0, 1, 1))[0].ok


def test_a_locked_block_without_a_school_is_refused() -> None:
    """A block whose school closed cannot stay with it."""
    problem = changed(current=plan(-1, 0, 1, 0, 1, 1))
    with pytest.raises(ScenarioError, match="000"):
        Locked(blocks=("000",)).lower(problem)
    assert Locked(blocks=("000",), school="A").lower(problem)


def moved_lately() -> Problem:
    """Return the tiny problem with the year in which each block last changed school."""
    years = np.array(["2019", "2023", "", "2024", "2023", "2008"])
    return changed(attributes={"last_moved": years})


def test_blocks_that_moved_lately_can_be_locked() -> None:
    """By the entries of a column, or by its numbers; an empty entry locks nothing."""
    problem = moved_lately()
    named = Locked(attribute="last_moved", values=("2023",))
    assert named.targets(problem).tolist() == [-1, 0, -1, -1, 1, -1]
    since = Locked(attribute="last_moved", at_least=2023)
    assert since.targets(problem).tolist() == [-1, 0, -1, 0, 1, -1]
    assert not since.check(problem, plan(0, 0, 1, 1, 1, 1))[0].ok
    assert since.sentence() == (
        "All blocks with last_moved from 2023 on stay with their school of today."
    )
    both = Locked(blocks=("000",), attribute="last_moved", at_least=2024, school="B")
    assert both.targets(problem).tolist() == [1, -1, -1, 1, -1, -1]


def test_a_block_that_moved_lately_must_move_again_where_its_school_closes() -> None:
    """A column names no block by itself: it is left free, and told."""
    problem = replace(moved_lately(), current=plan(0, -1, 1, 0, 1, 1))
    rule = Locked(attribute="last_moved", values=("2023",))
    assert rule.targets(problem).tolist() == [-1, -1, -1, -1, 1, -1]
    (finding,) = rule.check(problem, plan(0, 1, 1, 0, 1, 1))
    assert finding.ok
    assert "1 block without an open school of today (001) not held" in finding.sentence


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Locked(attribute="last_move", at_least=2023), "did you mean 'last_moved'"),
        (Locked(attribute="last_moved", values=("2O23",)), "no block has 2O23.*did you mean 2023"),
        (Locked(attribute="hood", at_least=1), r"no numbers \(x, y\)"),
        (Locked(attribute="empty", at_least=1), "no entries at all"),
        (Locked(attribute="last_moved", at_least=20230), "no block has 20230 or more.*highest is"),
    ],
)
def test_a_column_that_locks_nothing_is_refused(rule: Locked, told: str) -> None:
    """A name or an entry that nobody has is a mistake, and the nearest one is offered."""
    columns = {"hood": tiny_problem().attributes["hood"], "empty": np.array([""] * 6)}
    problem = replace(moved_lately(), attributes=moved_lately().attributes | columns)
    with pytest.raises(ScenarioError, match=told):
        rule.lower(problem)


@pytest.mark.parametrize(
    "options",
    [{"attribute": "hood"}, {"attribute": "hood", "values": ("x",), "at_least": 1},
     {"blocks": ("000",), "values": ("x",)}, {"blocks": ("000",), "at_least": 1},
     {"blocks": ("000",), "values": ("x",), "at_least": 1}],
)  # fmt: skip
def test_a_column_and_its_entries_belong_together(options: dict[str, object]) -> None:
    """Half of them would lock nothing, or not what was meant."""
    with pytest.raises(ScenarioError, match="to an attribute belong"):
        Locked(**options)


def test_unknown_blocks_are_refused() -> None:
    """Ids that lost their zeros would lock nothing."""
    with pytest.raises(ScenarioError, match="leading zeros"):
        Locked(blocks=("1",)).lower(tiny_problem())
    with pytest.raises(ScenarioError, match="999"):
        Forbidden(blocks=("999",), schools=("A",)).lower(tiny_problem())


def test_rules_that_name_nothing_are_refused() -> None:
    """An empty list is a mistake, not a wish."""
    with pytest.raises(ScenarioError):
        Locked()
    with pytest.raises(ScenarioError):
        Forbidden(blocks=(), schools=("A",))


def test_a_missing_column_is_refused() -> None:
    """Nothing can be kept together by a column that is not there."""
    with pytest.raises(ScenarioError, match="hood"):
        KeepTogether("subdivision").lower(tiny_problem())


def test_a_neighbourhood_may_be_excepted() -> None:
    """Neighbourhood y is split today; it may be."""
    problem = tiny_problem()
    assert not KeepTogether("hood").check(problem, problem.current)[0].ok
    assert KeepTogether("hood", except_values=("y",)).check(problem, problem.current)[0].ok


@pytest.mark.parametrize(("metres", "max_km"), [(1200, 1.2), (1600, 1.6), (2300, 2.3)])
def test_a_way_exactly_as_long_as_the_limit_is_within_it(metres: int, max_km: float) -> None:
    """Ways are kept with seven digits; the eighth does not send anybody elsewhere."""
    problem = changed(metres=np.full_like(tiny_problem().metres, metres))
    rule = TravelLimit(max_km=max_km)
    assert rule.lower(problem)[0].allowed.all()
    assert rule.check(problem, plan(0, 1, 1, 0, 1, 0))[0].ok
    nearly = changed(metres=np.full_like(tiny_problem().metres, metres + 1))
    assert not rule.lower(nearly)[0].allowed.all()


def test_a_minute_as_long_as_the_limit_is_within_it() -> None:
    """Minutes in tenths as well."""
    minutes = np.full_like(tiny_problem().metres, 12.1)
    assert TravelLimit(max_minutes=12.1).lower(changed(minutes=minutes))[0].allowed.all()


def test_an_unknown_way_of_today_is_no_limit_that_holds() -> None:
    """1.5 times an unknown way limits nothing: refused, unless a fixed limit stands beside it."""
    problem = tiny_problem()
    metres = problem.metres.copy()
    metres[0, problem.current[0]] = np.nan
    today = metres[np.arange(problem.n_blocks), problem.current]
    unknown = replace(problem, metres=metres, today_metres=today.astype(np.float32))
    with pytest.raises(ScenarioError, match="from 1 block to today's school is unknown"):
        TravelLimit(times_today=1.5, unknown="forbid").lower(unknown)
    limits = TravelLimit(times_today=1.5, max_km=1.2, unknown="forbid").limits(unknown)
    assert limits[0] == pytest.approx(1.2)
    assert np.isnan(TravelLimit(times_today=1.5, unknown="allow").limits(unknown)[0])
