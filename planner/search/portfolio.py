"""The search: a few plans improved side by side, in rounds that can be repeated exactly.

Each round gives every worker one task.  What the tasks are depends on the share of the search
that is done, on the seed and on what earlier rounds found, never on the clock alone: with a time
limit the clock decides only which share a round ends at, and that share is recorded, so that the
same rounds can be run again.
"""

from __future__ import annotations

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

FIRST_STEPS = 100_000  # moves tried by each worker in the first round of a timed search
LEAST_ROUNDS = 25  # of a counted search, so that every part has its turn and prices can rise
ROUND_S = 1.5  # what a round of a timed search should take [s]
SOLVER_STEPS = 250_000  # moves that could be tried in the time of one neighbourhood model
REGION_STEPS = 200_000
DEARER, CHEAPER = 2.5, 0.9  # change of a rule's price while plans break it, or keep it


@dataclass(frozen=True, slots=True)
class Round:
    """The share of the search before and after a round, and the moves each worker tries."""

    begin: float
    end: float
    steps: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the search.

    Parameters
    ----------
    kind : str
        ``scout``: a short cooling from the start, to see which heat suits the problem.
        ``cool``: a long cooling from the best plan so far.  ``polish``: a few zones at a time.
    begin, end : float
        Shares of the search.
    heat : float
        First temperature, in typical changes of the aim; after scouting, in the best scout's.
    """

    kind: str
    begin: float
    end: float
    heat: float

    def cooled(self, share: float) -> float:
        """Return the temperature at a share of the search, relative to the first."""
        return float(COOLING ** ((share - self.begin) / (self.end - self.begin)))


BEHIND = 0.002  # share of the aim by which a plan may be worse and still be worth improving
COOLING = 0.04  # last temperature of a cooling relative to its first
PARTS = (
    Part("scout", 0.00, 0.06, 0.15),
    Part("scout", 0.06, 0.12, 0.8),
    Part("scout", 0.12, 0.18, 5.0),
    Part("cool", 0.18, 0.40, 1.0),
    Part("cool", 0.40, 0.68, 4.0),
    Part("cool", 0.68, 0.85, 1.0),
    Part("polish", 0.85, 1.00, 0.6),
)


def part_at(share: float) -> Part:
    """Return the part of the search that a share falls into."""
    return next(part for part in PARTS if share < part.end or part is PARTS[-1])


@dataclass(frozen=True, slots=True)
class Best:
    """The best plan so far (of units)."""

    zone: Ints
    aim: float
    violation: float

    @property
    def rank(self) -> tuple[float, float]:
        """Plans that break less come first, then those with the better aim."""
        return (self.violation, self.aim)


@dataclass
class Lineage:
    """A plan that one worker improves, and its prices.

    `best` is the best plan ever, `found` the best of the present part of the search.
    """

    zone: Ints
    best: Best
    found: Best
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
    rounds: list[Round] = field(default_factory=list)
    lines: list[Lineage] = field(default_factory=list, init=False)
    scale: Scale = field(init=False)
    scouted: dict[float, tuple[float, float]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        warm_up(self.bench, self.starts[0])
        self.path = self.workers.hand_out(self.bench)
        self.scale = measure_scale(self.bench, self.starts[0], self.seed)
        self.bench = self.bench.with_prices(self.scale.prices)
        for i in range(self.lineages):
            zone = self.starts[min(i, len(self.starts) - 1)]
            best = Best(zone, *self.bench.measure(zone))
            self.lines.append(Lineage(zone, best, best, self.scale.prices.copy()))

    @property
    def best(self) -> Best:
        """The best plan of all lineages."""
        return min((line.best for line in self.lines), key=lambda best: best.rank)

    @property
    def moves_tried(self) -> int:
        """Moves tried by all workers so far."""
        return len(self.lines) * sum(one.steps for one in self.rounds)

    def step(self, one: Round) -> None:
        """Run one round."""
        number = len(self.rounds)
        part = part_at(one.begin)
        if number == 0 or part_at(self.rounds[-1].begin) is not part:
            self._begin(part)
        if part.kind == "polish":
            for line in self.lines:
                line.best = self._worth_going_on(line)
                line.zone = line.best.zone
            works = [self._polish(number + i, one.steps) for i in range(len(self.lines))]
        else:
            works = [self._anneal(part, one)] * len(self.lines)
        tasks = [
            Task(work, line.zone, line.prices, (self.seed, number, i))
            for i, (work, line) in enumerate(zip(works, self.lines, strict=True))
        ]
        for line, done in zip(
            self.lines, self.workers.do_all(self.bench, self.path, tasks), strict=True
        ):
            self._take(line, done, is_cooling=part.kind != "polish")
        self.rounds.append(one)

    def _begin(self, part: Part) -> None:
        """Choose the plan that each lineage starts a part of the search from."""
        if self.rounds and part_at(self.rounds[-1].begin).kind == "scout":
            last = part_at(self.rounds[-1].begin)
            self.scouted[last.heat] = min(
                (line.found.rank, i) for i, line in enumerate(self.lines)
            )[0]
        for i, line in enumerate(self.lines):
            if part.kind == "scout":
                line.zone = self.starts[min(i, len(self.starts) - 1)]
            else:
                line.best = self._worth_going_on(line)
                line.zone = line.best.zone
            line.found = Best(line.zone, *self.bench.measure(line.zone))

    def _heat(self, part: Part) -> float:
        """First temperature of a part: its own while scouting, then the best scout's."""
        if part.kind == "scout" or not self.scouted:
            return part.heat * self.scale.typical
        best = min(self.scouted, key=lambda heat: self.scouted[heat])
        return part.heat * best * self.scale.typical

    def _anneal(self, part: Part, one: Round) -> Anneal:
        hot = self._heat(part)
        return Anneal(
            one.steps,
            hot * part.cooled(one.begin),
            hot * part.cooled(min(one.end, part.end)),
        )

    def _polish(self, turn: int, steps: int) -> Work:
        most = max(2, min(12, self.bench.problem.n_zones))
        solver_models = steps // SOLVER_STEPS
        if solver_models and turn % 3 == 0:
            return Neighbourhoods(solver_models, (2, min(4, most)), 60)
        per_region = min(REGION_STEPS, steps)
        hot = self._heat(PARTS[-1])
        zones = (min(3, most), most)
        span = (hot * COOLING**0.5, hot)
        return Regions(steps // per_region, per_region, zones, span, hot * COOLING)

    def _worth_going_on(self, line: Lineage) -> Best:
        """Return the lineage's best plan, or the best of all where it has fallen behind."""
        best = self.best
        behind = line.best.aim - best.aim > BEHIND * abs(best.aim)
        return best if line.best.violation > best.violation or behind else line.best

    def _take(self, line: Lineage, done: Done, *, is_cooling: bool) -> None:
        found = Best(done.best_zone, *self.bench.measure(done.best_zone))
        line.found = min(line.found, found, key=lambda best: best.rank)
        line.best = min(line.best, found, key=lambda best: best.rank)
        line.zone = done.zone
        broken = done.excess > 1e-9
        factor = np.where(broken, DEARER, CHEAPER if is_cooling else 1.0)
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
    count = max(LEAST_ROUNDS, min(100, moves // (lineages * FIRST_STEPS)))
    count = max(1, min(count, moves // lineages))
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
        is_last = bool(search.rounds) and left < 1.5 * took
        end = 1.0 if is_last else min(part_at(share).end, 0.999, share + max(step, 1e-4))
        search.step(Round(share, end, steps))
        took = time.monotonic() - begin
        share = end
        if on_round(search.best, share):
            return
        grown = steps * min(4.0, max(0.5, ROUND_S / max(took, 1e-9)))
        steps = max(FIRST_STEPS, int(grown) // FIRST_STEPS * FIRST_STEPS)
        took *= steps / search.rounds[-1].steps
