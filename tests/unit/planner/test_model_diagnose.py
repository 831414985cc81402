"""Which rules collide, and by how much they must give way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle.tiny_district import grid, moved, size_band

from planner.model.diagnose import diagnose
from planner.model.relax import least_relaxation
from planner.problem import Problem
from planner.terms import AllowedPairs, Constraint, Contiguous, Limit, Together


def _collision() -> tuple[Problem, dict[str, list[Constraint]]]:
    """Return a district in which even sizes need more moves than are allowed."""
    problem = grid(8, 8, 4, seed=1)
    rules: dict[str, list[Constraint]] = {
        "Zones are in one piece.": [Contiguous("contiguity")],
        "Sizes differ by 5 %.": [size_band(problem, 0.05)],
        "Nobody goes farther than 2 km.": [AllowedPairs("travel_limit", problem.metres < 2000)],
        "At most 10 students move.": [Limit("most_moved", moved(problem), 10.0)],
    }
    return problem, rules


def test_the_two_rules_that_collide_are_named() -> None:
    """Of four rules the two in conflict are found, each with its least relaxation."""
    problem, rules = _collision()
    found = diagnose(problem, rules)
    assert found.is_infeasible
    assert found.conflict == ("Sizes differ by 5 %.", "At most 10 students move.")
    amounts = {r.rule: r.amount for r in found.relaxations}
    assert set(amounts) == set(found.conflict)
    assert all(amount is not None and amount > 0 for amount in amounts.values())
    assert "Sizes differ by 5 %; At most 10 students move" in found.sentences[0]


def test_a_conflict_is_called_least_only_where_plans_show_it() -> None:
    """In a small district plans without each rule are found; in a large one nobody knows."""
    problem, rules = _collision()
    undecided = "Fewer of these rules may be enough"
    assert not any(undecided in told for told in diagnose(problem, rules).sentences)
    large = grid(30, 30, 4, seed=1)
    pair: dict[str, list[Constraint]] = {
        "Sizes differ by 5 %.": [size_band(large, 0.05)],
        "At most 10 students move.": [Limit("most_moved", moved(large), 10.0)],
    }
    found = diagnose(large, pair)
    assert found.conflict == tuple(pair)
    assert undecided in found.sentences[1]


def test_relaxations_end_with_the_time() -> None:
    """Deadline and Ctrl-C reach the relaxations; what they leave open is not claimed."""
    problem, rules = _collision()
    own = rules["At most 10 students move."]
    others = {"sizes": rules["Sizes differ by 5 %."]}
    assert least_relaxation(problem, "r", own, others).amount is not None
    late = least_relaxation(problem, "r", own, others, deadline=0.0)
    stopped = least_relaxation(problem, "r", own, others, interrupt=lambda: True)
    assert late.amount is None
    assert stopped.amount is None
    assert "not proven" in late.sentence


def test_the_least_relaxation_makes_room_and_less_does_not() -> None:
    """With the limit raised by a little less than the relaxation there is still no plan."""
    problem, rules = _collision()
    last = "At most 10 students move."
    least = next(r.amount for r in diagnose(problem, rules).relaxations if r.rule == last)
    assert least is not None
    short = rules | {last: [Limit("most_moved", moved(problem), 10.0 + 0.9 * least)]}
    assert diagnose(problem, short).is_infeasible
    ample = rules | {last: [Limit("most_moved", moved(problem), 10.0 + 3.0 * least)]}
    assert not diagnose(problem, ample).is_infeasible


def test_rules_that_hold_together_are_not_accused() -> None:
    """No proof, no conflict: the answer says so."""
    problem, rules = _collision()
    del rules["At most 10 students move."]
    found = diagnose(problem, rules)
    assert not found.is_infeasible
    assert found.conflict == ()
    assert "No conflict" in found.sentences[0]


def test_a_rule_that_leaves_blocks_nowhere_is_named_with_them() -> None:
    """A travel limit too short for some blocks is in conflict alone, and says which blocks."""
    problem, _ = _collision()
    near = problem.metres < 250
    near[problem.root, np.arange(4)] = True
    found = diagnose(problem, {"Nobody goes farther than 250 m.": [AllowedPairs("limit", near)]})
    lost = np.flatnonzero(~near.any(axis=1))
    assert found.conflict == ("Nobody goes farther than 250 m.",)
    assert f"No zone is left for {len(lost)} blocks" in found.sentences[0]
    assert str(problem.block_ids[lost[0]]) in found.sentences[0]
    students = problem.students[lost].sum()
    assert found.relaxations[0].amount == pytest.approx(students, rel=1e-4)
    assert found.relaxations[0].unit == "students"


def test_a_conflict_of_whole_blocks_is_found_in_small_districts() -> None:
    """Sizes no set of whole blocks can reach: the relaxation holds, exact mode does not."""
    problem = grid(4, 1, 2, seed=0)
    problem = replace(problem, students=np.array([4.0, 4.0, 4.0, 5.0]))
    found = diagnose(problem, {"Sizes differ by 1 %.": [size_band(problem, 0.01)]})
    assert found.conflict == ("Sizes differ by 1 %.",)
    assert found.relaxations[0].amount is None
    assert "not proven" in found.relaxations[0].sentence


def test_a_rule_that_is_not_alone_says_so() -> None:
    """Two separate conflicts: mending one rule is said not to be enough."""
    problem, rules = _collision()
    near = problem.metres < 250
    rules["Nobody goes farther than 250 m."] = [AllowedPairs("limit", near)]
    found = diagnose(problem, rules)
    assert found.conflict == ("Nobody goes farther than 250 m.",)
    assert not found.relaxations[0].is_enough
    assert "would not be enough" in found.relaxations[0].sentence


def test_two_conflicts_of_different_rules_are_both_named() -> None:
    """The first conflict is taken as given way, and what is left collides too."""
    problem, rules = _collision()
    near = problem.metres < 250
    rules["Nobody goes farther than 250 m."] = [AllowedPairs("limit", near)]
    found = diagnose(problem, rules)
    assert found.conflicts == (
        ("Nobody goes farther than 250 m.",),
        ("Sizes differ by 5 %.", "At most 10 students move."),
    )
    assert {r.rule for r in found.relaxations} == {r for few in found.conflicts for r in few}
    assert any(told.startswith("Another conflict") for told in found.sentences)
    assert not any("not looked for" in told for told in found.sentences)


def test_conflicts_that_were_not_looked_for_are_told() -> None:
    """After three conflicts nobody looks on, and where a rule is left that is said."""
    problem, _ = _collision()
    near = AllowedPairs("limit", problem.metres < 250)
    several = {f"Nobody goes farther, {n}.": [near] for n in range(4)}
    told = diagnose(problem, several)
    assert len(told.conflicts) == 3
    assert "not looked for" in told.sentences[-1]
    three = diagnose(problem, dict(list(several.items())[:3]))
    assert len(three.conflicts) == 3
    assert "not looked for" not in three.sentences[-1]


def test_a_district_without_any_plan_is_told_apart() -> None:
    """Two schools held in one block: no rule is to blame."""
    problem = grid(3, 2, 2, seed=0)
    problem = replace(problem, root=np.array([2, 2], dtype=np.int32))
    found = diagnose(problem, {"Zones are in one piece.": [Contiguous("contiguity")]})
    assert found.is_infeasible
    assert found.conflict == ()
    assert "district itself" in found.sentences[0]


def test_groups_have_no_measure_of_giving_way() -> None:
    """A rule that cannot give way by degrees is named without a number."""
    problem = grid(3, 2, 2, seed=0)
    group = np.full(6, -1, dtype=np.int32)
    group[problem.root] = 0
    found = diagnose(problem, {"Both schools share a zone.": [Together("odd", group)]})
    assert found.conflict == ("Both schools share a zone.",)
    assert found.relaxations[0].amount is None


def test_no_time_proves_nothing() -> None:
    """Without time there is no verdict."""
    problem, rules = _collision()
    assert not diagnose(problem, rules, time_limit=0.0).is_infeasible


def test_what_one_zone_must_give_is_not_added_up_over_bands() -> None:
    """A rule of two bands says how far the worst zone goes, not twice as far."""
    problem, rules = _collision()
    band = size_band(problem, 0.05)
    others = {
        "moves": [Limit("most_moved", moved(problem), 0.0)],
        "pieces": rules["Zones are in one piece."],
    }
    once, twice = (least_relaxation(problem, "r", own, others) for own in ([band], [band, band]))
    assert once.amount is not None
    assert twice.amount == pytest.approx(once.amount)
