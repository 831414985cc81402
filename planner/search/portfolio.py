"""The search: a few plans improved side by side, in rounds that can be repeated exactly.

Each round gives every worker one task.  What the tasks are depends on the share of the search
that is done, on the seed and on what earlier rounds found, never on the clock alone: with a time
limit the clock decides only which share a round ends at, and that share is recorded, so that the
same rounds can be run again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from planner.search.tasks import Anneal, Bench, Done, Neighbourhoods, Regions, Task, Work, warm_up
from planner.search.temperature import Scale, measure_scale
from planner.search.workers import Workers

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int32]

ANNEALING = 0.7  # share of the search spent annealing whole plans; then come regions
FIRST_STEPS = 100_000  # moves tried by each worker in the first round of a timed search
ROUND_S = 1.5  # what a round of a timed search should take [s]
SOLVER_STEPS = 250_000  # moves that could be tried in the time of one neighbourhood model
REGION_STEPS = 200_000
DEARER, CHEAPER = 1.6, 0.9  # change of a rule's price while plans break it, or keep it


@dataclass(frozen=True, slots=True)
class Round:
    """The share of the search before and after a round, and the moves each worker tries."""

    begin: float
    end: float
    steps: int


@dataclass(frozen=True, slots=True)
class Best:
    """The best plan so far (of units)."""

    zone: Ints
    aim: float
    violation: float


@dataclass
class Lineage:
    """A plan that one worker improves, and its prices."""

    zone: Ints
    best: Best
    prices: Floats


@dataclass
class Search:
    """State of a search between rounds.

    Parameters
    ----------
    bench : Bench
    workers : Workers
    starts : sequence of (u,) int32
        Plans to start from, one or more; lineages beyond their number start from the first.
    seed : int
    lineages : int
        Plans improved side by side; the same number whatever the number of processes.
    """

    bench: Bench
    workers: Workers
    starts: Sequence[Ints]
    seed: int
    lineages: int = 2
    gentle: float = 1.0  # share of the full starting temperature
    uses_solver: bool = True
    rounds: list[Round] = field(default_factory=list)
    lines: list[Lineage] = field(default_factory=list, init=False)
    scale: Scale = field(init=False)

    def __post_init__(self) -> None:
        warm_up(self.bench, self.starts[0])
        self.path = self.workers.hand_out(self.bench)
        self.scale = measure_scale(self.bench, self.starts[0], self.seed)
        self.bench = self.bench.with_prices(self.scale.prices)
        for i in range(self.lineages):
            zone = self.starts[min(i, len(self.starts) - 1)]
            best = Best(zone, *self.bench.measure(zone))
            self.lines.append(Lineage(zone, best, self.scale.prices.copy()))

    @property
    def best(self) -> Best:
        """The best plan of all lineages."""
        return min((line.best for line in self.lines), key=lambda b: (b.violation, b.aim))

    @property
    def moves_tried(self) -> int:
        """Moves tried by all workers so far."""
        return len(self.lines) * sum(one.steps for one in self.rounds)

    def step(self, one: Round) -> None:
        """Run one round."""
        number, begin, end = len(self.rounds), one.begin, one.end
        if begin < ANNEALING:
            works: list[Work] = [self._anneal(one)] * len(self.lines)
        else:
            self._share()
            works = [self._polish(number + i, one.steps) for i in range(len(self.lines))]
        tasks = [
            Task(work, line.zone, line.prices, (self.seed, number, i))
            for i, (work, line) in enumerate(zip(works, self.lines, strict=True))
        ]
        for line, done in zip(
            self.lines, self.workers.do_all(self.bench, self.path, tasks), strict=True
        ):
            self._take(line, done, is_hot=begin < 0.9 * ANNEALING)
        if begin < ANNEALING <= end:
            for line in self.lines:
                line.zone = line.best.zone
        self.rounds.append(one)

    def _anneal(self, one: Round) -> Anneal:
        hot, cold = self.gentle * self.scale.hot, self.scale.cold
        cooling = math.log(min(cold / hot, 1.0))
        first = hot * math.exp(cooling * one.begin / ANNEALING)
        last = hot * math.exp(cooling * min(one.end, ANNEALING) / ANNEALING)
        return Anneal(one.steps, first, last)

    def _polish(self, turn: int, steps: int) -> Work:
        most = max(2, min(12, self.bench.problem.n_zones))
        solver_models = steps // SOLVER_STEPS
        if self.uses_solver and solver_models and turn % 3 == 0:
            return Neighbourhoods(solver_models, (2, min(4, most)), 60)
        per_region = min(REGION_STEPS, steps)
        hot = (0.2 * self.scale.hot, 1.5 * self.scale.hot)
        zones = (min(3, most), most)
        return Regions(steps // per_region, per_region, zones, hot, self.scale.cold)

    def _share(self) -> None:
        """Let the worst lineage go on from the best one where it has fallen behind."""
        best = self.best
        for line in self.lines:
            behind = line.best.aim - best.aim > 0.002 * abs(best.aim)
            if line.best.violation > best.violation or behind:
                line.zone, line.best = best.zone, best

    def _take(self, line: Lineage, done: Done, *, is_hot: bool) -> None:
        found = Best(done.best_zone, *self.bench.measure(done.best_zone))
        if (found.violation, found.aim) < (line.best.violation, line.best.aim):
            line.best = found
        line.zone = done.zone
        broken = done.excess > 1e-9
        factor = np.where(broken, DEARER, CHEAPER if is_hot else 1.0)
        low, high = 0.02 * self.scale.prices, 1e4 * self.scale.prices
        line.prices = np.clip(line.prices * factor, low, high)


OnRound: TypeAlias = Callable[[Best, float], bool]


def run_rounds(search: Search, rounds: Iterable[Round], on_round: OnRound) -> None:
    """Run given rounds; `on_round` hears the best plan and the share, and ends by True."""
    for one in rounds:
        search.step(one)
        if on_round(search.best, one.end):
            return


def rounds_of(moves: int, lineages: int) -> list[Round]:
    """Divide a number of moves to be tried into rounds."""
    count = max(1, min(100, moves // (lineages * FIRST_STEPS)))
    steps = max(1, moves // (lineages * count))
    return [Round(i / count, (i + 1) / count, steps) for i in range(count)]


def run_until(search: Search, deadline: float, on_round: OnRound) -> None:
    """Run rounds until a moment of `time.monotonic`; the clock sets how far each goes."""
    share, steps, took = 0.0, FIRST_STEPS, 0.0
    while share < 1.0:
        begin = time.monotonic()
        left = max(deadline - begin, 1e-9)
        if search.rounds and left < 0.5 * took:
            return
        step = min(1.0, took / left) * (1.0 - share) if search.rounds else 0.01
        end = 1.0 if search.rounds and left < 1.5 * took else min(0.999, share + max(step, 1e-4))
        search.step(Round(share, end, steps))
        took = time.monotonic() - begin
        share = end
        if on_round(search.best, share):
            return
        grown = steps * min(4.0, max(0.5, ROUND_S / max(took, 1e-9)))
        steps = max(FIRST_STEPS, int(grown) // FIRST_STEPS * FIRST_STEPS)
        took *= steps / search.rounds[-1].steps
