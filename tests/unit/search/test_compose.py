"""Zones made to measure for prices, and plans composed of them."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest
from oracle.tiny_district import dissimilarity, grid, moved, random_amount, size_band, travel

from planner.problem import Problem
from planner.search.bench import Bench
from planner.search.columns import Column, columns_of, holds
from planner.search.compose import Composer
from planner.search.lower import SearchModel, lower
from planner.search.pricing import Pricer
from planner.search.recombine import ZonePool
from planner.search.schedule import COLD
from planner.search.starts import grow, keep_rooted
from planner.search.state import fresh_state, measure_plan
from planner.search.tasks import Compose, Regions, Task, do
from planner.terms import (
    Amount,
    Constraint,
    Contiguous,
    CutLength,
    Limit,
    WeightedSum,
    ZoneShape,
    ZoneWorst,
)

AIMS = {
    "travel": travel,
    "dissimilarity": dissimilarity,
    "shape": lambda problem: ZoneShape("shape"),
    "border": lambda problem: CutLength("border", "m"),
    "apart": lambda problem: random_amount(problem, np.random.default_rng(1), 10),
    "several": lambda problem: WeightedSum(
        "several", "", ((1.0, travel(problem)), (30.0, ZoneShape("shape")))
    ),
}


def question(problem: Problem, aim: Amount, *rules: Constraint) -> tuple[SearchModel, np.ndarray]:
    """Return the arrays of a question and a plan in one piece."""
    model = lower(problem, [Contiguous("contiguity"), *rules], aim)
    near = np.zeros(model.arrays.allowed.shape)
    return model, grow(model.arrays, model.units.shrink(problem.current), near)


def typical_of(model: SearchModel, plan: np.ndarray) -> float:
    """Return a usual change of the aim."""
    return 0.05 * abs(measure_plan(model.arrays, model.constant, plan)[0]) + 1e-6


def possible_zones(model: SearchModel, zone: int) -> list[np.ndarray]:
    """Return every connected set of units with this school's unit and no other's."""
    a = model.arrays
    own = int(np.flatnonzero(a.is_root & a.allowed[:, zone])[0])
    others = np.flatnonzero(~a.is_root)
    found = []
    for count in range(len(others) + 1):
        for chosen in combinations(others.tolist(), count):
            plan = np.full(len(a.is_root), -1, dtype=np.int32)
            plan[[own, *chosen]] = zone
            if (keep_rooted(a, plan) == zone).sum() == count + 1:
                found.append(np.flatnonzero(plan == zone))
    return found


def value_of(model: SearchModel, zone: int, units: np.ndarray) -> float:
    """Return what a zone adds to the aim, counted with the rest in a zone of its own."""
    rest = (zone + 1) % model.arrays.allowed.shape[1]
    plan = np.full(len(model.arrays.is_root), rest, dtype=np.int32)
    plan[units] = zone
    return float(model.arrays.aim @ columns_of(model.arrays, model.constant, plan, [zone])[0].sums)


@pytest.mark.parametrize("name", AIMS)
def test_the_columns_of_a_plan_add_up_to_it(name: str) -> None:
    """What zones add to each channel is all of it, and every unit is in one zone."""
    problem = grid(5, 4, 3, 2)
    model, plan = question(problem, AIMS[name](problem), size_band(problem, 0.8))
    columns = columns_of(model.arrays, model.constant, plan, range(3))
    total = np.sum([one.sums for one in columns], axis=0) + model.constant
    assert total == pytest.approx(fresh_state(model.arrays, model.constant, plan).channel)
    held = holds(model.arrays, columns)
    assert (held.sum(axis=1) == 1).all()
    assert held.shape == (20 + 3, 3)


@pytest.mark.parametrize("name", AIMS)
@pytest.mark.parametrize("seed", range(3))
def test_the_zone_made_for_prices_is_the_best_there_is(name: str, seed: int) -> None:
    """Equal to trying every connected set of units, by brute force."""
    problem = grid(4, 3, 2, seed)
    model, plan = question(problem, AIMS[name](problem))
    a, typical = model.arrays, typical_of(model, plan)
    rng = np.random.default_rng(seed)
    price = typical * rng.normal(1.0, 2.0, len(a.is_root))
    pricer = Pricer(a, np.full(len(a.aim), np.inf), typical)
    pricer.set_prices(price, np.zeros(len(a.aim)))
    for zone in range(2):
        zones = possible_zones(model, zone)
        starts = [pricer.root[zone], *(zones[i] for i in rng.permutation(len(zones))[:30])]
        made = list(pricer.make(zone, starts, rng, 1000, 1.0))
        gain = [value_of(model, zone, units) - price[units].sum() for units in zones]
        found = [float(a.aim @ one.sums) - price[one.units].sum() for one in made]
        assert min(found) == pytest.approx(min(gain), abs=1e-9)
        known = {tuple(units) for units in zones}
        for one in made:
            assert tuple(one.units) in known
            assert float(a.aim @ one.sums) == pytest.approx(value_of(model, zone, one.units))


def test_units_that_are_withheld_are_in_no_zone() -> None:
    """Until they are given back."""
    problem = grid(5, 4, 3, 2)
    model, _ = question(problem, travel(problem))
    pricer = Pricer(model.arrays, np.full(len(model.arrays.aim), np.inf), 1.0)
    pricer.set_prices(np.full(20, 1e6), np.zeros(len(model.arrays.aim)))
    rng = np.random.default_rng(0)

    def largest() -> Column:
        return max(pricer.make(0, [pricer.root[0]], rng, 5000, COLD), key=lambda c: len(c.units))

    free = np.flatnonzero(~model.arrays.is_root)
    assert len(largest().units) > 1
    pricer.withhold(free)
    assert largest().units.tolist() == pricer.root[0].tolist()
    pricer.give_back(free)
    assert len(largest().units) > 1


def test_a_zone_that_breaks_a_rule_alone_is_not_made() -> None:
    """Prices do not buy a zone out of its band."""
    problem = grid(5, 4, 3, 2)
    model, plan = question(problem, travel(problem), size_band(problem, 0.6))
    a = model.arrays
    amounts = fresh_state(a, model.constant, plan).channel
    most = np.where(a.is_violation, 0.0, np.maximum(a.limit, amounts))
    pricer = Pricer(a, most + 1e-9, 1.0)
    pricer.set_prices(np.full(20, 1e3), np.zeros(len(a.aim)))
    made = list(
        pricer.make(0, [np.flatnonzero(plan == 0)] * 10, np.random.default_rng(0), 500, 1.0)
    )
    assert all((one.sums[a.is_violation] <= 1e-6).all() for one in made)


def composer_of(model: SearchModel, plan: np.ndarray, **changed) -> Composer:
    """Return a composer that knows one plan."""
    given = {"columns": (), "rng": np.random.default_rng(1), "interrupt": lambda: False} | changed
    return Composer(model.arrays, model.constant, plan, typical=typical_of(model, plan), **given)


@pytest.mark.parametrize("name", AIMS)
def test_a_composed_plan_is_whole_and_better(name: str) -> None:
    """In one piece, every unit once, and no worse than today's; the program is below both."""
    problem = grid(8, 6, 6, 3)
    model, plan = question(problem, AIMS[name](problem))
    composer = composer_of(model, plan)
    root = composer.generate(60)
    assert root is not None
    found = composer.dive(root)
    assert (keep_rooted(model.arrays, found) == found).all()
    before, after = (measure_plan(model.arrays, model.constant, z)[0] for z in (plan, found))
    assert after < before
    least = min(before, after) - float(model.arrays.aim @ model.constant)
    assert root.objective <= least + 1e-6 * abs(least)


def test_rules_of_single_zones_and_of_all_hold() -> None:
    """Bands of sizes, and a limit on what all zones together may have, hold in what is found."""
    problem = grid(8, 6, 6, 3)
    few = Limit("few", moved(problem), 90.0)
    rules = [Contiguous("contiguity"), size_band(problem, 1.5), few]
    bench = Bench.make(problem, rules, travel(problem))
    plan = bench.model.units.shrink(problem.current)
    assert (keep_rooted(bench.model.arrays, plan) == plan).all()
    assert bench.measure(plan)[1] == 0.0
    typical = typical_of(bench.model, plan)
    work = Compose((), typical, Regions(20, 1000, (2, 4), (0.2, 1.0), 0.01))
    done = do(bench, Task(work, plan, 1e4 * bench.model.arrays.price, (7,)))
    aim, violation = bench.measure(done.best_zone)
    assert violation <= 1e-6
    assert aim < bench.measure(plan)[0]
    assert few.amount.value(problem, bench.model.units.expand(done.best_zone)) <= 90.0 + 1e-6
    banded = bench.model.arrays.is_violation & (bench.model.arrays.limit == 0.0)
    assert all((one.sums[banded] <= 1e-6).all() for one in done.columns)


def test_zones_worth_keeping_are_whole() -> None:
    """They are in one piece with their school, and none is met twice."""
    problem = grid(8, 6, 6, 3)
    model, plan = question(problem, travel(problem))
    composer = composer_of(model, plan)
    root = composer.generate(60)
    assert root is not None
    kept = composer.worth_keeping(root)
    assert len({(one.zone, one.units.tobytes()) for one in kept}) == len(kept) > 6
    for one in kept:
        alone = np.full(len(plan), -1, dtype=np.int32)
        alone[one.units] = one.zone
        assert ((keep_rooted(model.arrays, alone) == one.zone) == (alone == one.zone)).all()


def test_it_ends_when_it_is_time() -> None:
    """An interrupted composer has no program to dive from; its task gives the plan back."""
    problem = grid(8, 6, 6, 3)
    model, plan = question(problem, travel(problem))
    assert composer_of(model, plan, interrupt=lambda: True).generate(60) is None
    bench = Bench.make(problem, [Contiguous("contiguity")], travel(problem))
    work = Compose((), 1.0, Regions(1, 100, (2, 3), (0.1, 1.0), 0.01))
    task = Task(work, plan, model.arrays.price, (1,), until=time.monotonic())
    done = do(bench, task)
    assert (done.zone == plan).all()
    assert done.columns == ()


def test_a_task_composes_the_same_plan_again() -> None:
    """From its arguments alone, and never a worse one than it was given."""
    problem = grid(8, 6, 6, 3)
    bench = Bench.make(problem, [Contiguous("contiguity")], travel(problem))
    _, plan = question(problem, travel(problem))
    typical = typical_of(bench.model, plan)
    work = Compose((), typical, Regions(10, 500, (2, 4), (0.2, 1.0), 0.01))
    one, two = (do(bench, Task(work, plan, bench.model.arrays.price, (7,))) for _ in range(2))
    assert (one.best_zone == two.best_zone).all()
    assert [c.units.tobytes() for c in one.columns] == [c.units.tobytes() for c in two.columns]
    assert one.programs == two.programs > 1
    assert bench.rank(one.best_zone) < bench.rank(plan)


def test_where_zones_are_large_or_only_the_worst_counts_nothing_is_composed() -> None:
    """Too many zones are possible; or the prices would be those of one zone alone."""
    large = grid(12, 10, 3, 2)
    model, _ = question(large, travel(large))
    assert ZonePool(model.arrays, model.constant).is_useful
    assert not ZonePool(model.arrays, model.constant).can_compose
    problem = grid(5, 4, 3, 2)
    model, _ = question(problem, travel(problem))
    assert ZonePool(model.arrays, model.constant).can_compose
    worst = ZoneWorst("worst", "index", dissimilarity(problem))
    model, _ = question(problem, worst)
    assert ZonePool(model.arrays, model.constant).is_useful
    assert not ZonePool(model.arrays, model.constant).can_compose
