"""Classmates who go on together: the other level, the aim, the rule, and levels drawn in turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.graded_town import plan, town

from geodata.district import District
from planner.conflicts import find_conflicts
from planner.errors import ScenarioError
from planner.evaluation import Settings, evaluate
from planner.objectives import FeederSplit
from planner.plan import Plan
from planner.problem import Problem
from planner.problem.build import build_problem
from planner.problem.events import Close
from planner.rules import WholeFeeders
from planner.scenario import Scenario, parse_scenario
from planner.solving import SolveStatus, solve

LOW, MID, TOP = "low", "mid", "top"
LEVELS = {LOW: "K-2", MID: "3-5", TOP: "6-8"}
HOMES = {LOW: {"a": 0, "b": 4, "c": 6}, MID: {"m": 1, "n": 6}, TOP: {"t": 4}}
LOWER = "aaabbbcc"
TODAY = {LOW: LOWER, MID: "mmmmnnnn", TOP: "t" * 8}


def rows(level: str, schools: str) -> list[tuple[str, str, str, str, str]]:
    """Return the zones of a level: one letter a block."""
    return [(f"0{b}", level, s, "", "") for b, s in enumerate(schools)]


def street(*, graded: bool = True, today: dict[str, str] = TODAY, **levels: str) -> District:
    """Return eight blocks in a row: three schools of K-2, two of 3-5 and one above.

    Ten students live in each block in each grade; in grade 2 one more in each block than in the
    one before.
    """
    spans = levels or LEVELS
    cells: dict[tuple[str, str, str], np.ndarray] = {}
    if graded:
        cells = {(g, "*", "*"): np.full(8, 10.0) for g in ("K", *"12345678")}
        cells["2", "*", "*"] = np.arange(10.0, 18.0)
    else:
        cells = {(level, "*", "*"): np.full(8, 30.0) for level in spans}
    homes = {school: block for level in spans for school, block in HOMES[level].items()}
    district = town(
        cells,
        homes,
        levels=spans,
        today=[row for level in spans for row in rows(level, today[level])],
        single_counts=() if graded else tuple(spans),
    )
    of_school = {school: level for level in spans for school in HOMES[level]}
    return replace(
        district, schools=district.schools.assign(level=district.schools.index.map(of_school))
    )


def asked(*, rules: list[Any] = [], aims: list[Any] = [], **head: Any) -> Scenario:  # noqa: B006
    """Return a scenario of some rules and aims, where zones need not hang together."""
    base = {"schema": 1, "title": "t", "district": "district.toml"}
    return parse_scenario({**base, **head, "rule": rules, "objective": aims})


def zones(problem: Problem, schools: str) -> np.ndarray:
    """Return the zone of each block, from one letter each."""
    return np.array([problem.zone_ids.tolist().index(s) for s in schools], dtype=np.int32)


def test_the_other_levels_are_those_before_and_after() -> None:
    """Below from the nearest, then above; with the schools and the students who go on."""
    below, above = build_problem(street(), MID).other_levels
    assert (below.level, below.is_below, below.school_ids) == (LOW, True, ("a", "b", "c"))
    assert below.school_of.tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert below.leavers.tolist() == list(range(10, 18))  # grade 2
    assert (above.level, above.is_below, above.school_ids) == (TOP, False, ("t",))
    assert above.leavers.tolist() == [10.0] * 8  # grade 5
    assert [o.level for o in build_problem(street(), TOP).other_levels] == [MID, LOW]
    assert [o.level for o in build_problem(street(), LOW).other_levels] == [MID, TOP]


def test_where_grades_are_not_counted_all_students_of_the_lower_level_go_on() -> None:
    """As the measures of feeders have it."""
    (below, _) = build_problem(street(graded=False), MID).other_levels
    assert below.leavers.tolist() == [30.0] * 8


def test_levels_with_grades_in_common_do_not_feed_each_other() -> None:
    """K-2 and 3-5 are below and above; a level of 2-4 is neither."""
    district = street(low="K-2", mid="2-4", top="6-8")
    assert [o.level for o in build_problem(district, LOW).other_levels] == [TOP]


def test_grades_of_a_shared_zone_count_where_students_go_on() -> None:
    """K-1 at a and grade 2 at c: from c they go on; to a the lowest grades come."""
    shared = [(f"0{b}", LOW, s, *span) for b in range(8)
              for s, span in (("a", ("K", "1")), ("c", ("2", "2")))]  # fmt: skip
    district = street()
    fresh = [plan(shared).table, district.current[district.current["level"] != LOW]]
    district = replace(district, current=pd.concat(fresh, ignore_index=True))
    assert build_problem(district, MID).other_levels[0].school_ids == ("c",)


def test_blocks_of_a_school_that_closes_count_nothing() -> None:
    """Nobody has drawn them a new one."""
    (below, _) = build_problem(street(), MID, events=[Close("b")]).other_levels
    assert below.school_ids == ("a", "c")
    assert below.school_of.tolist() == [0, 0, 0, -1, -1, -1, 1, 1]


def test_those_apart_are_counted_by_hand() -> None:
    """Of b's 13 + 14 + 15 the 13 go to m, the rest to n; seen from below it is the same number."""
    middle = build_problem(street(), MID)
    aim = FeederSplit()
    today = zones(middle, TODAY[MID])
    assert aim.measure(middle, today) == 13.0
    assert aim.amount(middle).value(middle, today) == 13.0
    lower = build_problem(street(), LOW)
    assert aim.measure(lower, zones(lower, LOWER)) == 13.0
    assert aim.amount(lower).value(lower, zones(lower, LOWER)) == 13.0
    assert FeederSplit(other_level=TOP).measure(middle, today) == 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_the_aim_is_the_measure_of_feeders(seed: int) -> None:
    """On random plans of both levels, whichever of the two is drawn."""
    rng = np.random.default_rng(seed)
    lower = "".join(rng.choice(list("abc"), 8))
    upper = "".join(rng.choice(list("mn"), 8))
    drawn = plan(rows(LOW, lower) + rows(MID, upper))
    scored = evaluate(street(), drawn, settings=Settings(random_draws=0))
    told = scored.value("feeder_split", "district", f"{LOW}|{MID}")
    problems = asked().problems(street(), drawn)
    for level in (LOW, MID):
        problem = problems[level]
        zone_of = drawn.zone_index(problem)
        aim = FeederSplit(other_level=MID if level == LOW else LOW)
        assert aim.measure(problem, zone_of) == pytest.approx(told)
        assert aim.amount(problem).value(problem, zone_of) == pytest.approx(told)


def test_a_level_without_another_is_told_so() -> None:
    """Neither aim nor rule has anything to look at; names are checked and suggested."""
    alone = build_problem(street(low="K-2"), LOW)
    middle = build_problem(street(), MID)
    for part in (FeederSplit(), WholeFeeders()):
        ask = part.amount if isinstance(part, FeederSplit) else part.lower
        with pytest.raises(ScenarioError, match="no other level") as caught:
            ask(alone)
        assert caught.value.remedy.startswith("leave it out; or restrict it to other levels")
    with pytest.raises(ScenarioError, match=r"did you mean 'top'[\s\S]*use one of: low, top; or"):
        FeederSplit(other_level="tops").amount(middle)
    with pytest.raises(ScenarioError, match="no school x"):
        WholeFeeders(except_schools=("x",)).lower(middle)


def test_unknown_counts_of_those_who_go_on_are_told() -> None:
    """Unknown is not zero."""
    problem = build_problem(street(), MID)
    (below, above) = problem.other_levels
    count = below.leavers.copy()
    count[2] = np.nan
    problem = replace(problem, other_levels=(replace(below, leavers=count), above))
    with pytest.raises(ScenarioError, match=r"from level 'low' is unknown in 1 block \(02\)"):
        FeederSplit().amount(problem)
    count[:] = np.nan
    free = replace(below, school_of=np.full(8, -1, dtype=np.int32), leavers=count)
    problem = replace(problem, other_levels=(free, above))
    assert FeederSplit().measure(problem, problem.current) == 0.0


def lower_as(schools: str) -> list[dict[str, Any]]:
    """Return rules that draw the lower level so, one letter a block."""
    return [
        {"use": "locked", "blocks": [f"0{b}"], "school": school, "levels": [LOW]}
        for b, school in enumerate(schools)
    ]


def test_an_upper_level_keeps_the_zones_below_it_as_drawn() -> None:
    """School a gets block 03 first; then it goes on whole, which costs the school of 03 today."""
    district = street(today={**TODAY, MID: "mmmnnnnn"})
    aims = [{"use": "feeder_split", "levels": [MID]}, {"use": "students_moved"}]
    scenario = asked(rules=lower_as("aaaabbcc"), aims=aims, levels=[LOW, MID])
    solution = solve(scenario, district=district, time_limit_s=20.0, threads=1)
    assert solution.plan is not None
    assert drawn(solution.plan, LOW) == "aaaabbcc"
    assert drawn(solution.plan, MID) == "mmmmnnnn"
    (aim,) = [one for one in solution.objectives if one["name"] == "feeder_split"]
    assert (aim["value"], aim["bound"], aim["unit"]) == (0.0, 0.0, "students")
    assert aim["beside"] == ["a", "b", "c"]
    assert any(note.startswith("mid: students of other levels") for note in solution.notes)


def test_a_lower_level_is_measured_anew_when_the_upper_one_is_drawn_after_it() -> None:
    """None of K-2 is apart beside today's 3-5; then block 03 goes to n, and 13 of b are not."""
    aims = [{"use": "feeder_split", "levels": [LOW]}, {"use": "students_moved"}]
    to_m = {"use": "locked", "blocks": ["04", "05"], "school": "m", "levels": [MID]}
    district = street(today={**TODAY, MID: "mmmnnnnn"})
    scenario = asked(rules=[to_m], aims=aims, levels=[LOW, MID])
    solution = solve(scenario, district=district, time_limit_s=20.0, threads=1)
    assert solution.plan is not None
    assert drawn(solution.plan, LOW) == LOWER
    assert drawn(solution.plan, MID) == "mmmnmmnn"
    (aim,) = [one for one in solution.objectives if one["name"] == "feeder_split"]
    assert (aim["value"], aim["bound"]) == (13.0, None)
    limit = {"use": "limit", "objective": "feeder_split", "at_most": 5.0, "levels": [LOW]}
    held = solve(
        asked(rules=[to_m, limit], aims=aims, levels=[LOW, MID]),
        district=district,
        time_limit_s=20.0,
        threads=1,
    )
    assert held.status is SolveStatus.NO_PLAN
    (told,) = held.broken
    assert "feeder_split is 13 students" in told
    assert "until another level was drawn" in told
    both = asked(rules=[to_m, {**limit, "levels": [LOW, MID]}], aims=aims, levels=[LOW, MID])
    solution = solve(both, district=district, time_limit_s=20.0, threads=1)
    assert solution.plan is not None
    assert drawn(solution.plan, MID) == "mmmmmmnn"


def test_schools_go_on_whole_where_a_rule_says_so() -> None:
    """Drawn above, b's blocks stay together; drawn below, no zone reaches over a border above."""
    rule = {"use": "whole_feeders"}
    aims = [{"use": "students_moved"}]
    for levels, upper, lower in (([MID], "mmmnnnnn", ""), ([LOW], "", "aaaabbcc")):
        solution = solve(
            asked(rules=[rule], aims=aims, levels=levels),
            district=street(),
            time_limit_s=20.0,
            threads=1,
        )
        assert solution.status is SolveStatus.PROVEN_OPTIMAL
        assert solution.plan is not None
        assert drawn(solution.plan, levels[0]) == upper + lower
    free = asked(rules=[{**rule, "except_schools": ["b"]}], aims=aims, levels=[MID])
    solution = solve(free, district=street(), time_limit_s=20.0, threads=1)
    assert solution.plan is not None
    assert drawn(solution.plan, MID) == TODAY[MID]


def test_two_upper_schools_in_one_lower_zone_are_a_conflict_that_is_told() -> None:
    """They cannot both keep their block and take the whole of it."""
    district = street(today={**TODAY, LOW: "aaaabbbb", MID: "mmmmmmnn"})
    district = replace(
        district,
        schools=district.schools.assign(block_id=["00", "04", "07", "04", "06", "04"]),
    )
    scenario = asked(rules=[{"use": "whole_feeders"}], levels=[MID])
    solution = solve(scenario, district=district, time_limit_s=20.0, threads=1)
    assert solution.status is SolveStatus.INFEASIBLE
    (conflict,) = find_conflicts(scenario, district)
    assert any("all go on to one school" in text for text in conflict.diagnosis.sentences)


def drawn(found: Plan, level: str) -> str:
    """Return the school of each block at a level, one letter each."""
    table = found.table[found.table["level"] == level].sort_values("block_id")
    return "".join(table["school_id"])
