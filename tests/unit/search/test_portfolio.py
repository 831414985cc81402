"""The whole search: rounds that repeat, plans that never get worse, tasks that stand alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest
from oracle.tiny_district import dissimilarity, grid, moved, size_band, travel

from planner.problem import Problem
from planner.search import Bench, Best, Round, Search, Workers, portfolio, tasks
from planner.search.rounds import run_rounds, run_search, run_until
from planner.search.schedule import PARTS, rounds_of
from planner.search.starts import grow
from planner.search.tasks import Anneal, Done, Neighbourhoods, Regions, Task, do
from planner.search.temperature import measure_scale
from planner.terms import (
    AllowedPairs,
    Amount,
    Constraint,
    Contiguous,
    Limit,
    WeightedSum,
    ZoneShape,
)


@pytest.fixture
def problem() -> Problem:
    """Return a district of six zones."""
    return grid(12, 10, 6, 4)


def bench_of(
    problem: Problem, amount: Amount, more: Sequence[Constraint] = ()
) -> tuple[Bench, np.ndarray]:
    """Return a bench and today's plan, repaired."""
    rules = [Contiguous("contiguity"), size_band(problem, 0.8), *more]
    bench = Bench.make(problem, rules, amount)
    near = np.zeros(bench.model.arrays.allowed.shape)
    start = grow(bench.model.arrays, bench.model.units.shrink(problem.current), near)
    return bench, start


def listen(heard: list[tuple[float, float, float]]):
    """Return a listener that writes down violation, aim and share of each round."""

    def on_round(best: Best, share: float) -> bool:
        heard.append((best.violation, best.aim, share))
        return False

    return on_round


@pytest.mark.parametrize("moves", [0, 1, 999, 200_000, 7_000_000, 10**9])
@pytest.mark.parametrize("lineages", [1, 2, 4])
def test_rounds_share_out_the_moves(moves: int, lineages: int) -> None:
    """From nothing to everything, without gaps, and no more moves than asked for (but one)."""
    rounds = rounds_of(moves, lineages)
    assert rounds[0].begin == 0.0
    assert rounds[-1].end == 1.0
    assert all(a.end == b.begin for a, b in pairwise(rounds))
    assert all(one.steps >= 1 for one in rounds)
    assert lineages * sum(one.steps for one in rounds) <= max(moves, lineages * len(rounds))


def test_the_best_never_gets_worse(problem: Problem) -> None:
    """From round to round, and it is at least as good as the start."""
    bench, start = bench_of(problem, dissimilarity(problem))
    heard: list[tuple[float, float, float]] = []
    with Workers(1) as workers:
        search = Search(bench, workers, [start], 1)
        first = (search.best.violation, search.best.aim)
        run_rounds(search, rounds_of(2_000_000, 2), listen(heard))
    assert heard[0][:2] <= first
    assert all(b[:2] <= a[:2] for a, b in pairwise(heard))
    assert heard[-1][2] == 1.0
    assert search.moves_tried <= 2_000_000
    assert bench.measure(search.best.zone)[0] == pytest.approx(search.best.aim)


def test_a_listener_ends_the_search(problem: Problem) -> None:
    """By True, after the round."""
    bench, start = bench_of(problem, travel(problem))
    with Workers(1) as workers:
        search = Search(bench, workers, [start], 1)
        run_rounds(search, rounds_of(10_000_000, 2), lambda *_: True)
        assert len(search.rounds) == 1
        run_until(search, time.monotonic() + 1000.0, lambda *_: True)
        assert len(search.rounds) == 2


def test_a_search_without_time_ends_after_one_round(problem: Problem) -> None:
    """Its plan is no worse than the start, and the shares it recorded only grow."""
    bench, start = bench_of(problem, travel(problem))
    with Workers(1) as workers:
        search = Search(bench, workers, [start], 1)
        run_until(search, time.monotonic() - 1.0, lambda *_: False)
        assert len(search.rounds) == 1
        shares = [(one.begin, one.end) for one in search.rounds]
    assert all(0.0 <= begin < end <= 1.0 for begin, end in shares)
    assert search.best.aim <= bench.measure(start)[0] + 1e-9


@pytest.mark.parametrize(("at_most", "goes_on"), [(0.0, True), (np.inf, False)])
def test_a_search_without_a_plan_takes_the_time_of_later_aims(
    problem: Problem, at_most: float, goes_on: bool
) -> None:
    """Its own time is over; while no plan holds every rule there is nothing to go on from."""
    limit = Limit("nobody travels", travel(problem), at_most)
    bench, start = bench_of(problem, travel(problem), [limit])
    now = time.monotonic()
    with Workers(1) as workers:
        search = Search(bench, workers, [start], 1)
        run_search(search, lambda *_: len(search.rounds) > 5, None, None, (now, now + 1000.0))
        assert (len(search.rounds) > 1) == goes_on


def test_a_round_cut_short_is_forgotten(problem: Problem) -> None:
    """Models that the clock ends cannot be repeated, so that what they found is not kept."""
    bench, start = bench_of(problem, travel(problem))
    with Workers(1) as workers:
        search = Search(bench, workers, [start], 1)
        before = search.best
        run_until(search, time.monotonic() + 1000.0, lambda *_: True)
        lines = search.remember()
        kept = search.best
        search.step(Round(0.5, 0.6, 400_000))
        search.forget_round(lines)
        assert (len(search.rounds), search.best) == (1, kept)
        search.step = lambda one: search.rounds.append(one)  # a round of models that tells no pace
        run_until(search, time.monotonic() - 1.0, lambda *_: False)
        assert (len(search.rounds), search.best) == (1, kept)
    assert kept.rank <= before.rank


def test_a_round_that_ctrl_c_cut_short_is_forgotten(problem: Problem) -> None:
    """By the clock or by a count: models that were ended early are not in the record."""
    bench, start = bench_of(problem, travel(problem))
    asked = threading.Event()
    with Workers(1, asked.is_set) as workers:
        search = Search(bench, workers, [start], 1)
        kept = search.best

        def models(one: Round) -> bool:
            search.rounds.append(one)
            search.lines[0].best = replace(kept, aim=-1.0)
            asked.set()
            return False

        search.step = models
        run_until(search, time.monotonic() + 1000.0, lambda *_: False)
        assert (search.rounds, search.best) == ([], kept)
        run_rounds(search, [Round(0.0, 1.0, 10)], lambda *_: False)
        assert (search.rounds, search.best) == ([], kept)


def test_lineages_begin_with_the_plans_given(problem: Problem) -> None:
    """The best of them is the best there is before the first round."""
    bench, start = bench_of(problem, travel(problem))
    near = bench.model.units.add_up(problem.metres.astype(float))
    other = grow(bench.model.arrays, np.full_like(start, -1), near)
    with Workers(1) as workers:
        search = Search(bench, workers, [start, other], 1)
    assert (search.lines[0].zone == start).all()
    assert (search.lines[1].zone == other).all()
    measured = [bench.with_prices(search.scale.prices).measure(zone) for zone in (start, other)]
    assert (search.best.violation, search.best.aim) == min((v, a) for a, v in measured)


@pytest.mark.parametrize(
    "work",
    [
        Anneal(4000, 0.1, 0.01),
        Regions(3, 2000, (2, 4), (0.01, 0.1), 0.001),
        Neighbourhoods(2, (2, 3), 20),
    ],
)
def test_a_task_depends_on_its_arguments_alone(problem: Problem, work: object) -> None:
    """Twice the same, and what it keeps is no worse than what it was given."""
    bench, start = bench_of(problem, dissimilarity(problem))
    prices = measure_scale(bench, start, 1).prices
    priced = bench.with_prices(prices)
    one, two = (do(priced, Task(work, start, prices, (1, 2, 3))) for _ in range(2))
    assert isinstance(one, Done)
    assert (one.best_zone == two.best_zone).all()
    assert (one.zone == two.zone).all()
    violation, aim = priced.rank(start)
    assert priced.rank(one.best_zone) <= (violation + 1e-9, aim + 1e-9)


def test_temperatures_fit_the_aim(problem: Problem) -> None:
    """An aim counted in thousandths has temperatures and prices a thousand times higher."""
    small = travel(problem)
    large = type(small)("travel", "mm", 1000.0 * small.cost)
    scales = []
    for amount in (small, large):
        bench, start = bench_of(problem, amount)
        scales.append(measure_scale(bench, start, 1))
    assert {"typical", "prices"} <= {one.name for one in fields(scales[0])}
    for one in fields(scales[0]):
        small_one, large_one = (getattr(scale, one.name) for scale in scales)
        assert np.all(np.asarray(small_one) >= 0)
        assert large_one == pytest.approx(1000.0 * small_one), one.name


def test_what_only_guides_does_not_set_the_temperature(problem: Problem) -> None:
    """Most moves change nothing but the guide, whose changes are a million times smaller."""
    guide = travel(problem)
    told = np.arange(problem.n_blocks) % 8 == 0
    aim = type(guide)("some", "km", np.where(told[:, None], guide.cost, 0.0))
    both = WeightedSum("some", "km", ((1.0, aim), (1e-6, guide)))
    alone, guided = (measure_scale(*bench_of(problem, one), 1).typical for one in (aim, both))
    assert guided == pytest.approx(alone, rel=0.2)


def test_a_cooling_begins_hotter_where_there_are_more_moves_for_each_unit(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the best scout's heat to that times the part's factor, and no further."""
    bench, start = bench_of(problem, travel(problem))
    cool = next(part for part in PARTS if part.kind == "cool")
    first = []
    for moves_that_settle in (10**9, 20, 1):
        monkeypatch.setattr(portfolio, "SETTLING", moves_that_settle)
        with Workers(1) as workers:
            search = Search(bench, workers, [start], 1)
            for begin, end in ((0.0, cool.begin), (cool.begin, cool.begin + 0.1)):
                search.step(Round(begin, end, 3_000))
        first.append(search.heat)
    low, middle, high = first
    assert high == pytest.approx(cool.heat * low)
    assert low < middle < high


def test_a_unit_that_stands_where_it_may_not_goes_where_it_may(problem: Problem) -> None:
    """Though a single zone is left to it: such a unit stays only where it stands right."""
    open_to_all, start = bench_of(problem, travel(problem))
    graph = open_to_all.model.arrays
    beside = start[graph.source] != start[graph.indices]
    moves = beside & ~graph.is_root[graph.source]
    e = int(np.flatnonzero(moves)[0])
    unit, only = graph.source[e], start[graph.indices[e]]
    allowed = np.ones((problem.n_blocks, problem.n_zones), dtype=bool)
    block = int(np.flatnonzero(open_to_all.model.units.of_block == unit)[0])
    allowed[block] = np.arange(problem.n_zones) == only
    rules = [Contiguous("contiguity"), AllowedPairs("no", allowed)]
    bench = Bench.make(problem, rules, travel(problem))
    prices = np.where(bench.model.arrays.is_violation, 1e6, 0.0)
    assert bench.excess(start).any()
    done = do(bench, Task(Anneal(20_000, 1.0, 0.1), start, prices, (1,)))
    assert not bench.excess(done.best_zone).any()
    assert done.best_zone[unit] == only


@pytest.mark.parametrize("amount", [travel, dissimilarity, lambda p: ZoneShape("shape")])
def test_one_zone_is_its_own_plan(amount) -> None:
    """There is nothing to choose, and that is no fault."""
    problem = grid(4, 3, 1, 1)
    bench, start = bench_of(problem, amount(problem))
    with Workers(1) as workers:
        search = Search(bench, workers, [start], 1)
        run_rounds(search, rounds_of(600_000, 2), lambda *_: False)
    assert (search.best.zone == 0).all()


def test_counted_rounds_end_by_the_clock_where_that_is_asked_too(problem: Problem) -> None:
    """With both limits the search ends with whichever is used up first."""
    bench, start = bench_of(problem, travel(problem))
    with Workers(1) as workers:
        search = Search(bench, workers, [start], 1)
        run_rounds(search, rounds_of(2_000_000, 2), listen([]), time.monotonic())
    assert len(search.rounds) == 1


def test_models_are_judged_by_the_prices_of_their_task(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it does not matter in which process a model is solved."""
    few, near_school = Limit("few", moved(problem), 0.0), Limit("near", travel(problem), 1.0)
    rules = [Contiguous("contiguity"), few, near_school]
    bench = Bench.make(problem, rules, dissimilarity(problem))
    near = np.zeros(bench.model.arrays.allowed.shape)
    start = grow(bench.model.arrays, bench.model.units.shrink(problem.current), near)
    nearer = bench.model.units.add_up(problem.metres.astype(float))
    other = grow(bench.model.arrays, np.full_like(start, -1), nearer)
    before, after = bench.excess(start), bench.excess(other)
    assert (after < before).any()
    assert (after > before).any()
    monkeypatch.setattr(
        tasks, "solve_neighbourhood", lambda *_, **__: bench.model.units.expand(other)
    )
    found = []
    for dear in (after < before, after > before):
        prices = np.where(dear, 1e6, 1e-6)
        task = Task(Neighbourhoods(1, (2, 2), 1), start, prices, (1,))
        found.append(do(bench, task).zone)
    assert (found[0] == other).all()
    assert (found[1] == start).all()
