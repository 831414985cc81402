"""The search: a few plans improved side by side, in rounds that can be repeated exactly.

Each round gives every worker one task.  What the tasks are depends on the share of the search
that is done, on the seed and on what earlier rounds found, never on the clock alone: with a time
limit the clock decides only which share a round ends at, and that share is recorded, so that the
same rounds can be run again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.search.arrays import APART, HINGE_SUM, HINGE_WORST
from planner.search.bench import BROKEN, Bench
from planner.search.polish import ANNEALING, COMPOSE, REGIONS, Polish
from planner.search.recombine import ZonePool
from planner.search.schedule import PARTS, Part, Round, part_at
from planner.search.starts import keep_rooted
from planner.search.tasks import Anneal, Done, Task, Work, warm_up
from planner.search.temperature import TINY, Scale, measure_scale
from planner.search.turns import Turns
from planner.search.workers import Workers

DEARER, CHEAPER = 2.5, 0.9  # change of a rule's price while plans break it, or keep it
LEAST_HEAT = 0.8  # of a long cooling, in typical changes of the aim: short scouts favour the cold
SETTLING = 10_000  # moves for each unit of a cooling that begin so many times hotter
BEHIND = 0.002  # share of the aim by which a plan may be worse and still be worth improving
EXCHANGES = (0.5, 0.05)  # of the lineages: tight bands need many, free shapes few
COMBINE = 4  # rounds of polishing between two recombinations of whole zones at least


@dataclass(frozen=True, slots=True)
class Best:
    """The best plan so far (of units)."""

    zone: Ints
    aim: float
    violation: float

    @property
    def holds(self) -> bool:
        """Whether it holds every rule."""
        return self.violation <= BROKEN

    @property
    def rank(self) -> tuple[float, float]:
        """Plans that break less come first, then those with the better aim."""
        return (self.violation, self.aim)


@dataclass
class Lineage:
    """A plan that one worker improves, and its prices.

    `best` is the best plan ever, `found` the best of the present part of the search; `exchange`
    says how often a refused move is followed by a second one.
    """

    zone: Ints
    best: Best
    found: Best
    prices: Floats
    exchange: float


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
    until: float = math.inf  # on the clock of `time.monotonic`: models end then at the latest
    lines: list[Lineage] = field(default_factory=list, init=False)
    scale: Scale = field(init=False)
    scouted: dict[float, tuple[float, float]] = field(default_factory=dict, init=False)
    polish: Polish = field(init=False)
    pool: ZonePool = field(init=False)
    turns: Turns = field(init=False)
    heat: float = field(init=False, default=LEAST_HEAT)

    def __post_init__(self) -> None:
        warm_up(self.bench, self.starts[0])
        self.path = self.workers.hand_out(self.bench)
        self.scale = measure_scale(self.bench, self.starts[0], self.seed)
        self.bench = self.bench.with_prices(self.scale.prices)
        model = self.bench.model
        has_models = bool(np.isin(model.arrays.leaf_kind, (HINGE_SUM, HINGE_WORST, APART)).all())
        units, zones = model.arrays.allowed.shape
        self.pool = ZonePool(model.arrays, model.constant)
        self.polish = Polish(zones, units, has_models, self.pool.can_compose)
        self.turns = Turns(self.polish)
        for i in range(self.lineages):
            zone = self.starts[min(i, len(self.starts) - 1)]
            best = Best(zone, *self.bench.measure(zone))
            exchange = EXCHANGES[i % len(EXCHANGES)]
            self.lines.append(Lineage(zone, best, best, self.scale.prices.copy(), exchange))

    @property
    def best(self) -> Best:
        """The best plan of all lineages."""
        return min((line.best for line in self.lines), key=lambda best: best.rank)

    @property
    def is_stuck(self) -> bool:
        """Whether no unit may go anywhere from any of the plans, and never will."""
        a = self.bench.model.arrays
        goals = [line.zone[a.indices] for line in self.lines]
        now = [line.zone[a.source] for line in self.lines]
        return not any(
            ((to != at) & a.allowed[a.source, to]).any() for to, at in zip(goals, now, strict=True)
        )

    @property
    def moves_tried(self) -> int:
        """Moves tried by all workers so far."""
        return len(self.lines) * sum(one.steps for one in self.rounds)

    def step(self, one: Round) -> bool:
        """Run one round; return whether its time says how long so many moves take."""
        number = len(self.rounds)
        part = part_at(one.begin)
        if number == 0 or part_at(self.rounds[-1].begin) is not part:
            self._begin(part)
        before = sum(self.best.rank)
        kind = self.turns.kind(part, one, self._left(one))
        method, cost = REGIONS, one.steps
        if kind == "polish":
            method = self._polish(part, one, number)
            cost = self.polish.cost(method, one.steps)
        else:
            self._anneal(part, one, number)
        self.turns.learn(kind, before - sum(self.best.rank), cost)
        self.rounds.append(one)
        return method in ANNEALING

    def remember(self) -> list[Lineage]:
        """Return the lineages as they are, for `forget_round`."""
        return [replace(line) for line in self.lines]

    def forget_round(self, lines: list[Lineage]) -> None:
        """Go back to the lineages from before the last round."""
        self.lines = lines
        self.rounds.pop()

    def _left(self, one: Round) -> float:
        """Return how many moves each worker may still try, by the pace so far."""
        return sum(each.steps for each in self.rounds) / max(one.begin, 1e-9) * (1.0 - one.begin)

    def _do(self, works: Sequence[Work], number: int) -> list[Done]:
        """Let every lineage's worker work on its plan."""
        tasks = [
            Task(work, line.zone, line.prices, (self.seed, number, i), self.until)
            for i, (work, line) in enumerate(zip(works, self.lines, strict=True))
        ]
        done = self.workers.do_all(self.bench, self.path, tasks)
        for each in done if self.pool.is_useful else ():
            self.pool.add(each.zone)
            self.pool.add(each.best_zone)
            self.pool.add_columns(each.columns)
        return done

    def _begin(self, part: Part) -> None:
        """Choose the plan that each lineage starts a part of the search from."""
        if self.rounds and part_at(self.rounds[-1].begin).kind == "scout":
            last = part_at(self.rounds[-1].begin)
            self.scouted[last.heat] = min(line.found.rank for line in self.lines)
        if part.kind != "scout":
            self._combine()
        for i, line in enumerate(self.lines):
            if part.kind == "polish":
                continue
            if part.kind == "scout":
                line.zone = self.starts[min(i, len(self.starts) - 1)]
            else:
                line.best = self._worth_going_on(line)
                line.zone = line.best.zone
            line.found = Best(line.zone, *self.bench.measure(line.zone))

    def _first_heat(self, part: Part, one: Round) -> float:
        """Return the first temperature of a cooling, in typical changes of the aim.

        That of the best scout, or more, up to the part's factor, where there are many moves for
        each unit: what heat has stirred up takes moves to settle.
        """
        best = min(self.scouted, key=lambda heat: self.scouted[heat], default=LEAST_HEAT)
        moves = self._left(one) * (part.end - one.begin) / (1.0 - one.begin)
        settled = moves / (SETTLING * len(self.best.zone))
        return max(best, LEAST_HEAT) * min(part.heat, max(1.0, settled))

    def _anneal(self, part: Part, one: Round, number: int) -> None:
        """Cool every lineage's plan a little further; hot where the part's cooling begins."""
        begin = self.turns.cooling_begins(part, one)
        if begin == one.begin:
            self.heat = part.heat if part.kind == "scout" else self._first_heat(part, one)
        hot, cold = (
            self.scale.typical * part.temperature(share, self.heat, begin)
            for share in (one.begin, one.end)
        )
        works = [Anneal(one.steps, hot, cold, line.exchange) for line in self.lines]
        for line, done in zip(self.lines, self._do(works, number), strict=True):
            self._take(line, done, is_cooling=True)

    def _polish(self, part: Part, one: Round, number: int) -> str:
        """Improve a few zones at a time; return the method.

        Regions are annealed in each lineage's own plan, so that the plans stay different and have
        zones to give to each other; models, and the last part of all, work on the best plan in
        several places at once, and what they won is joined.
        """
        if number % COMBINE == 0:
            self._combine()
        before, steps = self.best, one.steps
        method = self.polish.choose(steps, self._left(one))
        columns = tuple(self.pool.fitting(before.zone)) if method == COMPOSE else ()
        works = [
            self.polish.work(method, steps, self.scale.typical, line.exchange, columns)
            for line in self.lines
        ]
        is_joint = method != REGIONS or part is PARTS[-1] or not self.pool.is_useful
        for line in self.lines:
            line.zone = before.zone if is_joint else line.found.zone
        begun = [line.zone for line in self.lines]
        found = self._do(works, number)
        for line, done in zip(self.lines, found, strict=True):
            self._take(line, done, is_cooling=False)
        joined = before.zone.copy()
        for done in found if is_joint else ():
            changed = done.best_zone != before.zone
            joined[changed] = done.best_zone[changed]
        self._offer(joined)
        if method == COMPOSE:
            self.polish.programs = max(done.programs for done in found)
            self._combine()
        gains = [
            self._score(a) - self._score(b.best_zone) for a, b in zip(begun, found, strict=True)
        ]
        self.polish.learn(method, sum(gains) / max(abs(self._score(before.zone)), TINY), steps)
        return method

    def _score(self, zone: Ints) -> float:
        """Return the aim of a plan and the price of what it breaks."""
        return sum(self.bench.measure(zone))

    def _combine(self) -> None:
        """Put whole zones of the plans met so far together anew."""
        if self.pool.is_ripe and time.monotonic() < self.until:  # a round that ends later is void
            found = self.pool.combine(self.best.zone, self.seed + len(self.rounds))
            if found is not None:
                self._offer(found)

    def _offer(self, zone: Ints) -> None:
        """Take a plan over as the first lineage's best, where it is whole and better than all."""
        if (keep_rooted(self.bench.model.arrays, zone) == zone).all():
            plan = Best(zone, *self.bench.measure(zone))
            if plan.rank < self.best.rank:
                self.lines[0].best = plan

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
