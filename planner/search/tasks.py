"""Pieces of search work that a worker does on one plan, repeatable from their arguments alone."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.model.highs import Interrupt
from planner.model.neighbourhood import near_borders, solve_neighbourhood
from planner.search.anneal import anneal, keep_best, sample_moves
from planner.search.arrays import LARGEST_GROUP, State, make_work
from planner.search.bench import Bench
from planner.search.columns import Column
from planner.search.compose import ROUNDS, Composer
from planner.search.regions import search_regions
from planner.search.starts import keep_rooted
from planner.search.state import fresh_state

BATCH = 50  # regions between two fresh counts of all tallies


@dataclass(frozen=True, slots=True)
class Anneal:
    """Anneal the whole plan while the temperature falls."""

    n_proposals: int
    hot: float
    cold: float
    exchange_share: float = 0.5


@dataclass(frozen=True, slots=True)
class Regions:
    """Anneal some regions of neighbouring zones one after the other, keeping what is better."""

    n_regions: int
    n_proposals: int
    zones: tuple[int, int]
    hot: tuple[float, float]
    cold: float
    exchange_share: float = 0.5


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """Solve some groups of neighbouring zones as integer programs.

    With a `reach`, only blocks within so many blocks of another zone may change.
    """

    count: int
    zones: tuple[int, int]
    patience: int
    reach: int | None = None


@dataclass(frozen=True, slots=True)
class Compose:
    """Make zones to measure, compose a plan of them and of known ones, and polish it.

    Parameters
    ----------
    columns : tuple of Column
        Known zones.
    typical : float
        Typical change of the aim by one move: the unit of temperatures.
    polish : Regions
    """

    columns: tuple[Column, ...]
    typical: float
    polish: Regions


Work: TypeAlias = Anneal | Regions | Neighbourhoods | Compose


@dataclass(frozen=True, slots=True)
class Task:
    """Work on a plan.

    Parameters
    ----------
    work : Anneal, Regions, Neighbourhoods or Compose
    zone : (u,) int32
        Plan of units to start from.
    prices : (c + s,) float64
        Price of each channel, then of each spread, above its limit.
    seed : tuple of int
    until : float [s]
        On the clock of `time.monotonic`: models are given up then.
    """

    work: Work
    zone: Ints
    prices: Floats
    seed: tuple[int, ...]
    until: float = math.inf


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task.

    Parameters
    ----------
    zone : (u,) int32
        Where the search stands.
    best_zone : (u,) int32
        The best plan on the way: least violation, then least aim.
    excess : (c + s,) float64
        How far each channel, then each spread, of `zone` is above its limit.
    columns : tuple of Column
        Zones worth remembering beside those of the two plans.
    programs : int
        Solved to compose a plan.
    """

    zone: Ints
    best_zone: Ints
    excess: Floats
    columns: tuple[Column, ...] = ()
    programs: int = 0


def do(bench: Bench, task: Task, interrupt: Interrupt | None = None) -> Done:
    """Do a task.

    The result depends on bench and task alone, unless the clock or `interrupt`, which answers True
    when it is time to stop, cuts models short.
    """
    priced = bench.with_prices(task.prices)
    rng = np.random.default_rng(task.seed)
    columns: tuple[Column, ...] = ()
    programs = 0
    match task.work:
        case Anneal():
            zone, best = _anneal(priced, task.work, task.zone, rng)
        case Regions():
            zone = best = _regions(priced, task.work, task.zone, rng)
        case Neighbourhoods():
            zone = best = _neighbourhoods(priced, task, task.work, rng, interrupt)
        case Compose():
            zone, columns, programs = _compose(priced, task, task.work, rng, interrupt)
            best = zone
    return Done(zone, best, bench.excess(zone), columns, programs)


def warm_up(bench: Bench, zone: Ints) -> None:
    """Compile the inner loops once, here, so that the workers find them on disk."""
    arrays, prices = bench.model.arrays, bench.prices
    room, channels = make_work(arrays, LARGEST_GROUP), np.zeros((1, len(arrays.aim)))
    sample_moves(arrays, _start(bench, zone), room, np.random.default_rng(0), channels)
    for work in (Anneal(1, 1.0, 1.0), Regions(1, 1, (2, 2), (1.0, 1.0), 1.0)):
        do(bench, Task(work, zone, prices, (0,)))


def _start(bench: Bench, zone: Ints) -> State:
    return fresh_state(bench.model.arrays, bench.model.constant, zone)


def _anneal(bench: Bench, work: Anneal, zone: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    arrays, state = bench.model.arrays, _start(bench, zone)
    best_zone, best = zone.copy(), np.array([np.inf, np.inf])
    room = make_work(arrays, LARGEST_GROUP, work.exchange_share)
    keep_best(arrays, state, best_zone, best)
    anneal(arrays, state, room, rng, work.n_proposals, work.hot, work.cold, best_zone, best)
    return state.zone, best_zone


def _regions(bench: Bench, work: Regions, zone: Ints, rng: np.random.Generator) -> Ints:
    arrays, state, backup = bench.model.arrays, _start(bench, zone), _start(bench, zone)
    best_zone, best = zone.copy(), np.array([np.inf, np.inf])
    room = make_work(arrays, LARGEST_GROUP, work.exchange_share)
    keep_best(arrays, state, best_zone, best)
    for first in range(0, work.n_regions, BATCH):
        count = min(BATCH, work.n_regions - first)
        how = (count, work.n_proposals, work.zones, work.hot, work.cold, 0.0)
        search_regions(arrays, state, backup, room, rng, *how)
        state = _start(bench, state.zone)
        keep_best(arrays, state, best_zone, best)
    return best_zone


def _compose(
    bench: Bench,
    task: Task,
    work: Compose,
    rng: np.random.Generator,
    interrupt: Interrupt | None,
) -> tuple[Ints, tuple[Column, ...], int]:
    def is_over() -> bool:
        return time.monotonic() >= task.until or (interrupt is not None and interrupt())

    model = bench.model
    composer = Composer(
        model.arrays,
        model.constant,
        task.zone,
        columns=work.columns,
        typical=work.typical,
        rng=rng,
        interrupt=is_over,
    )
    root = composer.generate(ROUNDS)
    composed = composer.dive(root) if root is not None else task.zone
    if root is None or is_over():
        return task.zone, (), composer.programs
    found = _regions(bench, work.polish, composed, rng)
    better = min(task.zone, found, key=bench.rank)
    return better, tuple(composer.worth_keeping(root)), composer.programs


def _neighbourhoods(
    bench: Bench,
    task: Task,
    work: Neighbourhoods,
    rng: np.random.Generator,
    interrupt: Interrupt | None,
) -> Ints:
    units, arrays, zone = bench.model.units, bench.model.arrays, task.zone
    reach = None if arrays.is_free.all() else work.reach
    for _ in range(work.count):
        if interrupt is not None and interrupt():
            break
        n_zones = int(rng.integers(work.zones[0], work.zones[1] + 1))
        plan = units.expand(zone)
        found = solve_neighbourhood(
            bench.problem,
            bench.constraints,
            bench.amount,
            plan,
            _neighbours(bench, zone, n_zones, rng),
            patience=work.patience,
            time_limit=task.until - time.monotonic(),
            seed=int(rng.integers(2**31)),
            free=None if reach is None else near_borders(bench.problem, plan, reach),
            interrupt=interrupt,
        )
        if found is None:
            continue
        after = units.shrink(found)
        is_whole = np.array_equal(units.expand(after), found)
        is_rooted = (keep_rooted(arrays, after) >= 0).all()
        if is_whole and is_rooted and bench.rank(after) < bench.rank(zone):
            zone = after
    return zone


def _neighbours(bench: Bench, zone: Ints, n_zones: int, rng: np.random.Generator) -> list[int]:
    """Draw zones that touch each other."""
    arrays = bench.model.arrays
    one, two = zone[arrays.source], zone[arrays.indices]
    chosen = [int(rng.integers(arrays.allowed.shape[1]))]
    while len(chosen) < n_zones:
        beside = np.unique(two[np.isin(one, chosen) & ~np.isin(two, chosen)])
        if not len(beside):
            break
        chosen.append(int(rng.choice(beside)))
    return chosen
