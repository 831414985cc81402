"""One level from question to answer: starts, ends, statuses, and districts with little in them."""

from __future__ import annotations

import json
import math
import threading
from dataclasses import replace

import numpy as np
import pytest
from oracle.enumerate_plans import best_plan
from oracle.term_question import TermQuestion, question
from oracle.tiny_district import dissimilarity, grid, moved, size_band, travel

from planner.model.exact import ExactOutcome, ExactStatus
from planner.plan import Plan
from planner.problem import Problem
from planner.progress import Progress, silent
from planner.runs.record import json_text
from planner.search import Workers
from planner.solving import SolveStatus, level, solve_problem
from planner.solving.aims import (
    GUIDE,
    LEAST_RELAXATIONS,
    MOST_RELAXATIONS,
    Aim,
    Budget,
    guide,
)
from planner.solving.level import LevelSolver
from planner.solving.session import Session, processes
from planner.terms import Apart, Contiguous, Limit, PairAmount, Spread, ZoneRatio, ZoneShape

KEEP = Contiguous("contiguity")


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even small problems be searched."""
    monkeypatch.setattr(level, "EXACT_PAIRS", -1)


@pytest.fixture
def problem() -> Problem:
    """Return a district of five zones."""
    return grid(9, 8, 5, 4)


def quick(asked: TermQuestion, problem: Problem, **more: object):
    """Search a little, in this process."""
    return solve_problem(asked, problem, **{"iterations": 100, "threads": 1, "seed": 1} | more)


@pytest.mark.usefixtures("searched")
def test_a_search_says_feasible_with_a_bound(problem: Problem) -> None:
    """The bound is below the value, and both are of the plan."""
    result = quick(question([KEEP], dissimilarity(problem)), problem)
    assert result.status in {SolveStatus.FEASIBLE, SolveStatus.PROVEN_OPTIMAL}
    aim = result.aims[0]
    assert aim.bound is not None
    assert 0 <= aim.bound <= aim.value <= dissimilarity(problem).value(problem, problem.current)
    assert aim.value == dissimilarity(problem).value(problem, result.zone_of)


@pytest.mark.usefixtures("searched")
def test_a_plan_that_is_proven_best_is_not_searched_for(problem: Problem) -> None:
    """Where today's plan holds, nobody need move: no move is tried, and the record is repeated."""
    asked = question([KEEP], moved(problem))
    result = quick(asked, problem)
    assert result.status is SolveStatus.PROVEN_OPTIMAL
    assert result.zone_of.tolist() == problem.current.tolist()
    assert (result.moves, result.stages[0]["rounds"]) == (0, [])
    again = quick(asked, problem, iterations=None, script=result.stages)
    assert again.zone_of.tolist() == problem.current.tolist()
    tight = quick(question([KEEP, size_band(problem, 0.02)], moved(problem)), problem)
    assert tight.moves > 0


def test_a_shape_has_a_plan_and_no_bound(problem: Problem) -> None:
    """What has no linear form is searched, and nothing is claimed of it."""
    result = quick(question([KEEP], ZoneShape("shape")), problem)
    assert result.status is SolveStatus.HEURISTIC
    assert (result.aims[0].bound, result.aims[0].gap) == (None, None)
    assert result.stages[0]["method"] == "search"


def test_a_question_without_an_aim_ends_with_todays_plan() -> None:
    """Every plan that holds is as good; today's holds."""
    problem = grid(5, 4, 3, 2)
    result = solve_problem(question([KEEP]), problem, iterations=1, threads=1)
    assert result.zone_of is not None
    assert result.status is SolveStatus.PROVEN_OPTIMAL


@pytest.mark.usefixtures("searched")
@pytest.mark.parametrize("share", [0.5, 1e-4])
def test_bands_nobody_can_hold_are_infeasible(share: float) -> None:
    """Proven by the relaxation, not by running out of time."""
    base = grid(4, 3, 2, 1)
    students = np.ones(12)
    students[base.root[0]] = 40.0
    problem = replace(base, students=students)
    result = quick(question([KEEP, size_band(problem, share)], travel(problem)), problem)
    assert (result.status, result.zone_of) == (SolveStatus.INFEASIBLE, None)


@pytest.mark.usefixtures("searched")
def test_a_search_that_finds_nothing_says_what_is_broken() -> None:
    """Whole students cannot be halved: the relaxation holds, no plan does."""
    problem = replace(grid(4, 3, 2, 1), students=np.array([5.0] + [0.0] * 11))
    asked = question([KEEP, size_band(problem, 0.1)], travel(problem))
    assert math.isinf(best_plan(problem, asked.terms, travel(problem))[0])
    result = quick(asked, problem)
    assert result.zone_of is None
    assert result.status is SolveStatus.NO_PLAN
    assert result.broken == ("size.",)


@pytest.mark.usefixtures("searched")
def test_an_interrupt_ends_with_a_plan(problem: Problem) -> None:
    """Even one that came before anything was found."""
    stop = threading.Event()
    stop.set()
    result = quick(
        question([KEEP], travel(problem)), problem, iterations=10**5, interrupt=stop, seed=2
    )
    assert result.zone_of is not None
    assert len(result.stages[0]["rounds"]) == 1


@pytest.mark.usefixtures("searched")
def test_near_enough_ends_a_timed_search(problem: Problem) -> None:
    """A gap of 100 % is reached at once, however much time there is."""
    heard: list[Progress] = []
    result = quick(
        question([KEEP], travel(problem)),
        problem,
        iterations=None,
        time_limit_s=600.0,
        gap=1.0,
        progress=heard.append,
    )
    assert len(result.stages[0]["rounds"]) == 1
    told = [event for event in heard if event.phase.startswith("search")]
    assert told[-1].best == pytest.approx(result.aims[0].value, rel=0.5)
    assert told[-1].gap is not None
    assert told[-1].done == 1.0  # the time that is left is not needed


@pytest.mark.usefixtures("searched")
def test_a_search_that_reaches_zero_ends(problem: Problem) -> None:
    """A bound of zero is certified a little below it; nothing is below what cannot be negative."""
    near = np.argmin(problem.metres, axis=1)
    apart = Apart("apart", "students", problem.students, near.astype(np.int32))
    assert apart.value(problem, problem.current) > 0.0
    heard: list[Progress] = []
    asked = question([KEEP], apart)
    result = quick(asked, problem, iterations=None, time_limit_s=10.0, progress=heard.append)
    assert result.aims[0].value == 0.0
    told = [event for event in heard if event.phase.startswith("search")]
    assert told[-1].gap == 0.0


@pytest.mark.usefixtures("searched")
def test_a_second_aim_starts_from_the_first_ones_plan(problem: Problem) -> None:
    """Two stages, two entries in the record, and the first aim kept within its share."""
    result = quick(question([KEEP], travel(problem), moved(problem), share=0.05), problem)
    assert [stage["aim"] for stage in result.stages] == ["travel", "students_moved"]
    best = quick(question([KEEP], travel(problem)), problem).aims[0].value
    assert result.aims[0].value <= 1.05 * best * (1 + 1e-3)
    assert [aim.name for aim in result.aims] == ["travel", "students_moved"]


@pytest.mark.parametrize("pairs", [-1, 2400])
def test_every_aim_is_that_of_the_plan_at_the_end(monkeypatch, pairs: int) -> None:
    """Also the first one, of which the second has taken something back; its bound still holds."""
    monkeypatch.setattr(level, "EXACT_PAIRS", pairs)
    problem = grid(5, 4, 3, 2)
    result = quick(question([KEEP], travel(problem), moved(problem), share=0.2), problem)
    values = [amount(problem).value(problem, result.zone_of) for amount in (travel, moved)]
    assert [aim.value for aim in result.aims] == values
    alone = quick(question([KEEP], travel(problem)), problem)
    assert alone.aims[0].value < result.aims[0].value <= 1.2 * alone.aims[0].value
    assert result.aims[0].bound <= alone.aims[0].value + 1e-9
    if pairs > 0:
        assert result.status is SolveStatus.PROVEN_OPTIMAL


@pytest.mark.usefixtures("searched")
@pytest.mark.parametrize("aim", [travel, dissimilarity])
def test_districts_with_little_in_them(aim) -> None:
    """One zone, no students, no plan of today, unknown ways."""
    one = grid(4, 3, 1, 1)
    assert (quick(question([KEEP], aim(one)), one).zone_of == 0).all()
    base = grid(6, 5, 3, 1)
    none = np.zeros(30)
    nobody = replace(base, students=none, extra_measures={"poor": none, "not:poor": none})
    assert quick(question([KEEP], aim(nobody)), nobody).zone_of is not None
    new = replace(base, current=np.full(30, -1, np.int32), has_current=np.zeros(30, dtype=bool))
    found = quick(question([KEEP, size_band(new, 0.9)], aim(base)), new)
    assert found.zone_of is not None
    assert found.zone_of.min() >= 0


@pytest.mark.usefixtures("searched")
def test_unknown_ways_do_not_stop_a_search() -> None:
    """Starts prefer nothing where no way is known."""
    base = grid(6, 5, 3, 1)
    unknown = replace(
        base,
        metres=np.full((30, 3), np.nan, dtype=np.float32),
        current=np.full(30, -1, np.int32),
        has_current=np.zeros(30, dtype=bool),
    )
    result = quick(question([KEEP], dissimilarity(unknown)), unknown)
    assert result.zone_of is not None


@pytest.mark.usefixtures("searched")
def test_zones_in_pieces_are_searched_where_no_rule_forbids_them() -> None:
    """A district whose graph falls apart has a plan where contiguity is not asked for."""
    base = grid(6, 5, 2, 1)
    keep = (base.edge_i % 6 != 2) | (base.edge_j != base.edge_i + 1)  # a river from north to south
    river = replace(
        base,
        edge_i=base.edge_i[keep],
        edge_j=base.edge_j[keep],
        edge_shared_m=base.edge_shared_m[keep],
        root=np.array([0, 12], dtype=np.int32),
        current=np.full(30, -1, np.int32),
        has_current=np.zeros(30, dtype=bool),
    )
    result = quick(question([], dissimilarity(river)), river)
    assert result.zone_of is not None
    assert result.zone_of.min() >= 0


@pytest.mark.usefixtures("searched")
def test_a_given_plan_is_a_start(problem: Problem) -> None:
    """The end is no worse than a plan that was handed in."""
    good = quick(question([KEEP], travel(problem)), problem, iterations=2000)
    given = Plan.from_zones(problem, good.zone_of)
    with Workers(1) as workers:
        session = Session(workers, 5, silent, threading.Event(), 0.0, given)
        asked = question([KEEP], travel(problem))
        again = LevelSolver(asked, problem, Budget(math.inf, 1000, None, None), session).run()
    assert again.aims[0].value <= good.aims[0].value + 1e-9


def test_the_guide_is_small_beside_the_aim(problem: Problem) -> None:
    """Between equals the next aim decides; the aim itself is hardly given up for it."""
    first, second = dissimilarity(problem), moved(problem)
    aim = Aim(first, (), second, math.inf, None)
    both = guide(aim, problem, 0.1)
    value = first.value(problem, problem.current)
    assert both.value(problem, problem.current) == pytest.approx(value)
    elsewhere = (problem.current + 1) % 5
    extra = both.value(problem, elsewhere) - first.value(problem, elsewhere)
    assert 0 < extra <= 0.1 * GUIDE * (1 + 1e-9)
    for lone in (replace(aim, following=None), replace(aim, following=ZoneShape("s"))):
        assert guide(lone, problem, 0.1) is first
    assert guide(aim, problem, None) is first


@pytest.mark.usefixtures("searched")
@pytest.mark.parametrize("share", [0.02, 0.2])
def test_no_more_is_given_back_than_was_said(share: float) -> None:
    """The first aim stays within its share of what it reaches when it is alone."""
    uneven = grid(10, 8, 4, 3)
    one, two = dissimilarity(uneven), travel(uneven)
    rules = [KEEP, Limit("most_moved", moved(uneven), 0.05 * uneven.students.sum())]
    alone = quick(question(rules, one), uneven, iterations=2000)
    assert alone.aims[0].value > 0.01
    both = quick(question(rules, one, two, share=share), uneven, iterations=2000)
    assert both.aims[0].value <= (1 + share) * (1 + GUIDE) * alone.aims[0].value + 1e-9
    assert both.aims[0].reached is not None
    assert both.aims[0].reached <= both.aims[0].value + 1e-12


@pytest.mark.usefixtures("searched")
def test_a_given_plan_is_not_given_up_for_the_next_aim(problem: Problem) -> None:
    """With two aims the first is still no worse than in the plan handed in."""
    aims = (dissimilarity(problem), travel(problem))
    good = quick(question([KEEP], aims[0]), problem, iterations=2000)
    given = Plan.from_zones(problem, good.zone_of)
    with Workers(1) as workers:
        session = Session(workers, 5, silent, threading.Event(), 0.0, given)
        asked = question([KEEP], *aims)
        again = LevelSolver(asked, problem, Budget(math.inf, 1000, None, None), session).run()
    assert again.aims[0].reached <= good.aims[0].value + 1e-9


@pytest.mark.usefixtures("searched")
def test_an_interrupt_between_aims_keeps_the_plan(problem: Problem) -> None:
    """The aims that are left are measured on it, and nothing is claimed about them."""
    stop = threading.Event()
    asked = question([KEEP], dissimilarity(problem), travel(problem))

    def listen(news: Progress) -> None:
        if news.phase.startswith("search"):
            stop.set()

    with Workers(1) as workers:
        session = Session(workers, 5, listen, stop, 0.0)
        result = LevelSolver(asked, problem, Budget(math.inf, 500, None, None), session).run()
    assert result.zone_of is not None
    assert [aim.bound is None for aim in result.aims] == [False, True]
    assert result.aims[1].value == travel(problem).value(problem, result.zone_of)
    assert len(result.stages) == 1


@pytest.mark.parametrize(("iterations", "nodes"), [(1, 500), (4000, 4000)])
def test_counted_solves_do_not_look_at_the_clock(monkeypatch, iterations: int, nodes: int) -> None:
    """The same iterations give the same plan on a slow machine too: exact mode counts its nodes."""
    asked: list[tuple[float, int | None]] = []
    exact = level.solve_exact

    def watch(*words: object, time_limit: float, node_limit: int | None, **more: object):
        asked.append((time_limit, node_limit))
        return exact(*words, time_limit=time_limit, node_limit=node_limit, **more)

    monkeypatch.setattr(level, "solve_exact", watch)
    small = grid(5, 4, 3, 2)
    asked_for = question([KEEP], travel(small))
    first = quick(asked_for, small, iterations=iterations)
    assert first.stages[0]["nodes"] == nodes
    quick(asked_for, small, iterations=None, script=first.stages)
    assert asked == [(math.inf, nodes)] * 2


def test_exact_mode_gives_up_after_its_nodes(problem: Problem) -> None:
    """With a plan and a valid bound, and the same ones every time."""
    aim = dissimilarity(problem)
    ends = [level.solve_exact(problem, [KEEP], aim, node_limit=3) for _ in range(2)]
    assert ends[0].bound <= ends[0].value
    assert ends[0].value == ends[1].value
    assert ends[0].bound == ends[1].bound
    assert (ends[0].zone_of == ends[1].zone_of).all()


def test_the_bound_of_an_exact_model_that_ended_unfinished_is_kept(monkeypatch) -> None:
    """No plan that the search finds after it is called further from the best than was proven."""
    small, exact = grid(5, 4, 3, 2), level.solve_exact
    asked = question([KEEP, size_band(small, 0.1)], dissimilarity(small))
    best = exact(small, asked.constraints(small), dissimilarity(small))
    unfinished = replace(best, status=ExactStatus.FEASIBLE)
    monkeypatch.setattr(level, "solve_exact", lambda *_, **__: unfinished)
    result = quick(asked, small)
    assert result.stages[0]["method"] == "search"
    assert result.aims[0].bound == pytest.approx(best.bound)


def unfinished_exact(monkeypatch, plan, value: float) -> None:
    """Let exact mode end with a plan and no proof."""
    outcome = ExactOutcome(ExactStatus.FEASIBLE, plan, value, -math.inf, 0.0, 1, 0)
    monkeypatch.setattr(level, "solve_exact", lambda *_, **__: outcome)
    monkeypatch.setattr(level, "COUNTED_PAIRS", level.EXACT_PAIRS)


def test_the_plan_of_an_exact_model_that_ended_unfinished_is_kept(monkeypatch, problem) -> None:
    """Where the search finds none as good; the record holds it, so that a repeat has it too."""
    asked = question([KEEP, size_band(problem, 0.5)], dissimilarity(problem))
    good = quick(asked, problem, iterations=2000)
    unfinished_exact(monkeypatch, good.zone_of, good.aims[0].value)
    result = quick(asked, problem, iterations=0)
    assert result.aims[0].value == good.aims[0].value
    table = Plan.from_zones(problem, good.zone_of).table.to_dict("list")
    assert result.stages[0]["unproven_plan"] == table
    script = json.loads(json_text(result.stages))
    again = quick(asked, problem, iterations=None, script=script)
    assert again.zone_of.tolist() == result.zone_of.tolist()
    assert again.stages == result.stages


def test_a_plan_of_the_exact_model_that_breaks_a_rule_is_not_kept(monkeypatch, problem) -> None:
    """The checker has the last word, not the solver."""
    torn = problem.current.copy()
    torn[problem.root[0]] = 1
    asked = question([KEEP], moved(problem))
    assert any(not finding.ok for finding in asked.check(problem, torn))
    unfinished_exact(monkeypatch, torn, 0.0)
    result = quick(asked, problem, iterations=0)
    assert result.zone_of.tolist() == problem.current.tolist()
    assert "unproven_plan" not in result.stages[0]


@pytest.mark.usefixtures("searched")
def test_no_aim_is_sought_when_the_time_is_over(problem: Problem) -> None:
    """What is left is measured on the plan that is there."""
    asked = question([KEEP], dissimilarity(problem), travel(problem))
    result = quick(asked, problem, iterations=None, time_limit_s=0.0)
    assert len(result.stages) == 1
    assert result.aims[1].value == travel(problem).value(problem, result.zone_of)
    assert result.aims[1].bound is None


def test_no_process_is_started_for_a_short_search() -> None:
    """They take seconds to come up, which a limit of seconds does not have."""
    assert processes(2, 5.0) == 1
    assert processes(2, 60.0) == processes(2, None) == processes(2, math.inf) == 2


def test_a_counted_bound_takes_as_many_relaxations_as_suit_the_moves() -> None:
    """More for more moves, fewer for larger problems, and by the clock as many as it allows."""
    amount = PairAmount("nothing", "", np.zeros((1, 1)))

    def relaxations(moves: int | None, pairs: int) -> int:
        return Aim(amount, (), None, math.inf, moves).relaxations(pairs)

    assert relaxations(1000, 20_000) == LEAST_RELAXATIONS
    assert relaxations(3_000_000, 20_000) == 10
    assert relaxations(3_000_000, 40_000) == 5
    assert relaxations(10**9, 20_000) == MOST_RELAXATIONS == relaxations(None, 20_000)


@pytest.mark.usefixtures("searched")
def test_a_run_stopped_between_aims_is_repeated_up_to_there(problem: Problem) -> None:
    """Its record has no stage for the aims that were left: they are measured, not sought."""
    asked = question([KEEP], dissimilarity(problem), travel(problem))
    first = quick(asked, problem)
    assert len(first.stages) == 2
    again = quick(asked, problem, iterations=None, script=first.stages[:1])
    assert len(again.stages) == 1
    assert again.aims[1].value == travel(problem).value(problem, again.zone_of)


@pytest.mark.usefixtures("searched")
def test_a_limited_gap_is_held_while_the_next_aim_gets_better() -> None:
    """Its price fits it: where a point of it cost as little as a student, 108 students moved."""
    town = grid(14, 12, 6, 2)
    exposures = tuple(
        ZoneRatio(name, "points", name, "poor", "students", 100 / town.measure(name).sum())
        for name in ("poor", "not:poor")
    )
    gap = Spread("gap", "points", exposures)
    limit = Limit("gap", gap, 0.05 * gap.value(town, town.current))
    result = quick(question([KEEP, limit], moved(town)), town, iterations=2000)
    assert result.zone_of is not None
    assert gap.value(town, result.zone_of) <= limit.at_most + 1e-9
    assert result.aims[0].value < 60


@pytest.mark.usefixtures("searched")
@pytest.mark.parametrize("held", [True, False])
def test_a_level_where_nothing_can_move_ends_at_once(held: bool) -> None:
    """One school: today's plan is all there is, and no round is counted."""
    one = grid(8, 5, 1, 2, held=held)
    result = quick(question([KEEP], ZoneShape("shape")), one, iterations=10_000)
    assert (result.zone_of == 0).all()
    assert result.stages[0]["rounds"] == []
