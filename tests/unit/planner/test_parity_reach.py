"""Reaching parity: never by separation, and a plan found is heard before its proofs."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from small_town import small_town

from geodata.district import District
from planner.errors import ModelError, SolverError
from planner.evaluation import Settings, evaluate
from planner.model.bound import Bound
from planner.objectives import Exposure
from planner.parity import (
    LevelParity,
    Schools,
    narrow,
    narrow_bands,
    parity_record,
    reach,
    reach_parity,
)
from planner.parity.gap_bound import gap_lower_bound
from planner.plan import Plan
from planner.problem.build import build_problem
from planner.rules import MetricLimit
from planner.scenario import Scenario, load_scenario
from planner.solving import SolveStatus

SEPARATE, TODAY = np.array([0, 0, 1, 1], dtype=np.int32), np.array([0, 1, 1, 1], dtype=np.int32)
TEXT = """
schema = 1
title = "Parity"
district = "district.toml"
race_conscious = true
[[objective]]
use = "parity_gap"
"""


@pytest.fixture
def scenario(tmp_path: Path):
    (tmp_path / "parity.toml").write_text(TEXT, encoding="utf-8")
    return load_scenario(tmp_path / "parity.toml")


def district():
    """Return a town where equal poverty means wholly separate schools."""
    a = np.array([[100.0], [100], [0], [0]])
    return small_town(
        {"elementary": ["p", "q", "q", "q"]}, {"p": 0, "q": 3}, columns=2,
        levels={"elementary": "K"}, students=np.full((4, 1), 100.0),
        groups={"a": a, "b": 100 - a}, poor=np.array([[100.0], [0], [0], [100]]),
    )  # fmt: skip


class Solves:
    """Hands out plans in turn, in the place of the solver; the last one again and again."""

    def __init__(self, monkeypatch, *plans) -> None:
        self.plans, self.asked = list(plans), []
        for module in (reach, narrow):
            monkeypatch.setattr(module, "solve", self)

    def __call__(self, scenario, *, district, **options):
        self.asked.append(scenario)
        zone_of = self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]
        (problem,) = scenario.problems(district).values()
        plan = None if zone_of is None else Plan.from_zones(problem, zone_of)
        return SimpleNamespace(plan=plan, status=SolveStatus.HEURISTIC, broken=())


def test_a_plan_that_separates_is_never_returned(monkeypatch, scenario) -> None:
    """Limits are added until a plan keeps them; where none does, that is told and nothing kept."""
    solves = Solves(monkeypatch, SEPARATE, TODAY)
    solution, _ = reach_parity(scenario, district(), proof_seconds=0.0)
    kept = Plan.from_zones(build_problem(district(), "elementary"), TODAY)
    assert solution.plan.digest({}) == kept.digest({})
    assert len(solves.asked[1].rules) > len(scenario.rules)
    solves = Solves(monkeypatch, SEPARATE)
    with pytest.raises(SolverError, match="no plan was found that keeps"):
        reach_parity(scenario, district(), proof_seconds=0.0)
    added = len(solves.asked[-1].rules) - len(scenario.rules)
    assert added == 3  # isolation of both groups and their dissimilarity
    reach_parity(scenario, district(), allowance=None, proof_seconds=0.0)  # only watched


def test_one_plan_has_one_verdict(monkeypatch, scenario) -> None:
    """What is separated is judged as `evaluate` does: within grades, groups of few children too."""
    rng = np.random.default_rng(0)
    students = rng.integers(20, 60, (6, 2)).astype(float)
    few = rng.integers(0, 3, (6, 2)).astype(float)
    a = np.floor((students - few) * rng.random((6, 2)))
    town = small_town(
        {"elementary": ["p", "p", "p", "q", "q", "q"]}, {"p": 0, "q": 5}, columns=3,
        levels={"elementary": "K-1"}, students=students,
        groups={"a": a, "b": students - few - a, "few": few},
        poor=np.floor(students * rng.random((6, 2))),
    )  # fmt: skip
    found = set()
    for plan in rng.integers(0, 2, (20, 6)).astype(np.int32):
        Solves(monkeypatch, plan)
        solution, (level,) = reach_parity(scenario, town, allowance=None, proof_seconds=0.0)
        scored = evaluate(town, solution.plan, settings=Settings(random_draws=1))
        flag = scored.value("separate_but_equal", "level", "elementary")
        assert float(bool(level.separation.worse)) == flag
        first = level.sentences()[0]
        assert (first == scored.notes[0]) == (flag == 1.0)
        assert first.startswith("Separate but equal? No") == (flag == 0.0)
        found.add(flag)
    assert found == {0.0, 1.0}


CLOSED = """
[[event]]
kind = "close"
school = "q"
"""


def test_today_counts_a_school_that_closes(monkeypatch, tmp_path) -> None:
    """Today is measured with the school that closes, its students move, limits come from it."""
    (tmp_path / "parity.toml").write_text(TEXT + CLOSED, encoding="utf-8")
    scenario = load_scenario(tmp_path / "parity.toml")
    together = np.zeros(4, dtype=np.int32)
    Solves(monkeypatch, together)
    _, (level,) = reach_parity(scenario, district(), proof_seconds=0.0)
    before = parity_record(*2 * [Schools.under(build_problem(district(), "elementary"), TODAY)])
    assert level.record.gap[0] == pytest.approx(before.gap[0])
    assert level.record.isolation["a"][0] == pytest.approx(before.isolation["a"][0])
    assert level.record.gap[1] == pytest.approx(0)
    assert level.cost.moved == 300.0
    assert level.cost.travel_mean_m[0] < level.cost.travel_mean_m[1]


def test_unknown_schools_of_today_are_refused_before_solving(monkeypatch, scenario) -> None:
    """What may not rise must be known: the blocks are named before anything is solved."""
    known = district()
    unknown = replace(known, current=known.current[known.current["block_id"] != "001"])
    solves = Solves(monkeypatch, TODAY)
    with pytest.raises(ModelError, match="unknown in 1 block with students"):
        reach_parity(scenario, unknown, proof_seconds=0.0)
    assert solves.asked == []
    reach_parity(scenario, unknown, allowance=None, proof_seconds=0.0)  # watched only


def test_a_limit_on_a_ratio_is_left_out_of_the_bound() -> None:
    """A rule that search and check alone know leaves a valid bound, no fault after the solve."""
    problem = build_problem(district(), "elementary")
    limit = MetricLimit(Exposure("poor", to="a"), 0.9).lower(problem)
    assert gap_lower_bound(problem, limit, seconds=5.0).method


def test_narrow_bands_keep_the_limits_too(monkeypatch, scenario) -> None:
    """The search for a narrower band asks for the limits on separation, and may find nothing."""
    Solves(monkeypatch, TODAY)
    solution, levels = reach_parity(scenario, district(), proof_seconds=0.0)
    solves = Solves(monkeypatch, None)
    plan, (same,) = narrow_bands(scenario, district(), solution.plan, levels, tries=2)
    assert plan.digest(district().levels) == solution.plan.digest(district().levels)
    assert same is levels[0]
    assert len(solves.asked[0].rules) == len(scenario.rules) + 4


def test_interruption_hears_the_plan_and_skips_proofs(monkeypatch, scenario) -> None:
    """Once stopped, the plan so far is handed over before anything else, and nothing is proven."""
    Solves(monkeypatch, TODAY)
    heard: list[Plan] = []
    stop = threading.Event()
    stop.set()
    _, (level,) = reach_parity(
        scenario, district(), proof_seconds=60.0, interrupt=stop, hear=heard.append
    )
    assert len(heard) == 1
    assert level.band.steps == ()
    assert level.gap_bound_points is None


def test_record_has_chance_and_the_whole_matrix() -> None:
    """Rows of the matrix add up to 1 over all groups; chance stands beside every index."""
    problem = build_problem(district(), "elementary")
    record = parity_record(
        Schools.under(problem, problem.current), Schools.under(problem, SEPARATE)
    )
    assert record.matrix("today").sum(axis=1).tolist() == pytest.approx([1, 1])
    assert record.matrix("plan").to_numpy().tolist() == [[1, 0], [0, 1]]
    table = record.table().set_index("measure")
    assert table["by_chance"].notna().all()
    assert 0 < table.loc["dissimilarity", "by_chance"] < 0.2
    assert (table.loc["exposure to poverty", "by_chance"] == 0.5).all()


def test_proofs_are_shared_under_the_same_rules(monkeypatch, scenario) -> None:
    """What an earlier solve proved holds for another plan; its own figures are measured anew."""
    Solves(monkeypatch, TODAY)
    _, first = reach_parity(scenario, district(), proof_seconds=5.0)
    monkeypatch.setattr(reach, "least_band", None)  # not asked again
    Solves(monkeypatch, SEPARATE)
    _, (second,) = reach_parity(scenario, district(), allowance=None, proven=first)
    assert second.band.impossible_points == first[0].band.impossible_points
    assert second.record.gap[1] == pytest.approx(0)


def test_a_bound_that_ran_out_of_time_says_so(monkeypatch, scenario) -> None:
    """Without time for the relaxation the reason is the time, not that nothing can be proven."""
    Solves(monkeypatch, TODAY)
    none = Bound(None, False, 0.0, "none: time ran out before the relaxation was solved")
    monkeypatch.setattr(reach, "gap_lower_bound", lambda *_, **__: none)
    _, (level,) = reach_parity(scenario, district(), proof_seconds=0.0)
    assert any("time ran out" in sentence for sentence in level.sentences())


def two_levels(tmp_path: Path) -> tuple[Scenario, District]:
    """Return a question about two buildings of two levels; p is full of K today."""
    text = TEXT.replace("race_conscious = true\n", "").replace("parity_gap", "poverty_spread")
    text += '[[rule]]\nuse = "capacity"\nceiling_share = 1.0\n'
    for school in "pq":
        text += f'[[event]]\nkind = "regrade"\nschool = "{school}"\ngrades = "K-6"\n'
    (tmp_path / "two.toml").write_text(text, encoding="utf-8")
    poor = np.array([[50.0], [10], [10], [50]])
    town = small_town(
        {"elementary": list("pppp"), "middle": list("qqqq")}, {"p": 0, "q": 3}, columns=2,
        levels={"elementary": "K", "middle": "6"}, students=np.full((4, 2), 100.0),
        poor=np.hstack([poor, poor]), seats={"p": 400.0, "q": 800.0},
    )  # fmt: skip
    return load_scenario(tmp_path / "two.toml"), town


def uneven(monkeypatch, scenario: Scenario, town: District) -> tuple[Plan, LevelParity]:
    """Return a plan with 100 of each level in p, and what is known of its grade 6."""
    zone_of = np.array([0, 1, 1, 1], dtype=np.int32)
    plan = Plan.combine(Plan.from_zones(p, zone_of) for p in scenario.problems(town).values())
    found = SimpleNamespace(plan=plan, status=SolveStatus.HEURISTIC, broken=())
    monkeypatch.setattr(reach, "solve", lambda *_, **__: found)
    _, (_, middle) = reach_parity(scenario, town, proof_seconds=5.0)
    assert middle.level == "middle"
    assert middle.band.reached_points == pytest.approx(20.0)
    return plan, middle


def test_a_proof_is_of_every_plan_whatever_the_other_levels_are(monkeypatch, tmp_path) -> None:
    """K fills p today but may be drawn otherwise, so grade 6 may be split evenly."""
    scenario, town = two_levels(tmp_path)
    plan, middle = uneven(monkeypatch, scenario, town)
    even = np.array([0, 0, 1, 1], dtype=np.int32)
    problem = scenario.problem(town, "middle", plan)
    assert all(finding.ok for finding in scenario.check(problem, even))
    assert Schools.under(problem, even).spread == pytest.approx(0)
    assert middle.band.impossible_points == 0


def test_narrow_bands_fit_the_plan_of_the_other_levels(monkeypatch, tmp_path) -> None:
    """Beside K as found, not as today, grade 6 has seats for an even split, and keeps them."""
    scenario, town = two_levels(tmp_path)
    plan, middle = uneven(monkeypatch, scenario, town)
    plan, (found,) = narrow_bands(scenario, town, plan, [middle], tries=1, seconds=5.0)
    assert found.band.reached_points == pytest.approx(0)
    assert plan.levels == ("elementary", "middle")
    for problem in scenario.problems(town, plan).values():
        assert all(finding.ok for finding in scenario.check(problem, plan.zone_index(problem)))


def test_a_narrow_band_that_overfills_another_level_s_building_is_not_kept(
    monkeypatch, tmp_path
) -> None:
    """Grade K could have an even split beside grade 6 of today, yet not beside that as drawn."""
    scenario, town = two_levels(tmp_path)
    zones = {"elementary": [0, 1, 1, 1], "middle": [0, 0, 0, 1]}
    plan = Plan.combine(
        Plan.from_zones(problem, np.array(zones[level], dtype=np.int32))
        for level, problem in scenario.problems(town).items()
    )
    found = SimpleNamespace(plan=plan, status=SolveStatus.HEURISTIC, broken=())
    monkeypatch.setattr(reach, "solve", lambda *_, **__: found)
    _, levels = reach_parity(scenario, town, proof_seconds=0.0)
    same, kept = narrow_bands(scenario, town, plan, levels[:1], tries=1, seconds=5.0)
    assert same.digest(town.levels) == plan.digest(town.levels)
    assert kept == levels[:1]
