"""How a plan is polished: which of six methods gains most on this problem is learnt by use."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from planner.search.columns import Column
from planner.search.compose import MOVES, ROUNDS, STARTS
from planner.search.schedule import COLD
from planner.search.tasks import Anneal, Compose, Neighbourhoods, Regions, Work

__all__ = ["ANNEALING", "BORDERS", "COMPOSE", "FRONTIERS", "HEATS", "MODELS", "REGIONS", "Polish"]

REGIONS, HEATS = "regions", "heats"
MODELS, BORDERS, FRONTIERS = "models", "borders", "frontiers"
COMPOSE = "compose"
ANNEALING = (REGIONS, HEATS)  # they suit any aim, and their time is that of their moves
# moves that could be tried in the time of one work of a method, where the problem does not matter;
# a heat takes what a round has
STEPS = {REGIONS: 200_000, HEATS: 1, MODELS: 750_000, BORDERS: 500_000, FRONTIERS: 4_000_000}
SHORT = 200_000  # moves of a round in which no model is worth its while
ALONE = 3  # moves of a zone that is made take so many times less time than others
SOLVING = 7e-4  # moves that could be tried while a program of zones is solved, for each unit cubed
DIVING = 3  # programs of a dive for each zone, as long as no plan was composed
COMPOSED = (100, 50_000)  # regions after a plan was composed, and the moves of each
TRIALS = 2  # uses of each method before they are compared
REMEMBERED = 5  # last uses of a method that count
WORTH = 1e-5  # share of the aim that a round gains where polishing still makes the plan better
LOOK_AGAIN = 8  # every so many uses, another method than the leader has a turn
REGION_HEAT = (0.2, 5.0)  # first temperatures of regions, in typical changes of the aim
HEAT_TURNS = (4.0, 1.0, 16.0)  # first temperatures of short heats, in turn, in the same unit
MODEL_ZONES = (3, 6)
PATIENCE = 120  # of a model's solver: what it gains it gains before, and can search much longer
# of models of blocks near borders: steps from a border, and units of their zones as a rule
NEAR = {BORDERS: (3, (700, 1300)), FRONTIERS: (2, (2500, 4000))}


@dataclass
class Polish:
    """Chooses what a plan is polished with.

    Annealing a few zones at a time, and short heats of the whole plan, each from the best plan so
    far, suit aims of any form.  Integer programs suit linear aims under tight bands: of a few zones
    with all their blocks, or of more zones with the blocks near their borders alone, so that
    students are passed on from zone to zone; of a large part of the district where that gains most
    of all.  A plan composed of zones made to measure suits small zones whose scores add up.  What
    each method gained is counted as a share of the aim for the moves that could have
    been tried meanwhile, never by the clock.

    Parameters
    ----------
    n_zones, n_units : int
        Of the problem.
    has_models : bool
        Whether rules and aim are linear; around a plan's slopes models gain nothing and take long.
    has_zones : bool
        Whether a plan can be composed of zones: they are small, and what they score adds up.
    programs : int
        Solved when a plan was composed the last time; 0 before.
    """

    n_zones: int
    n_units: int
    has_models: bool
    has_zones: bool = False
    gains: dict[str, deque[float]] = field(
        default_factory=lambda: {m: deque(maxlen=REMEMBERED) for m in (*STEPS, COMPOSE)}
    )
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=LOOK_AGAIN))
    uses: int = 0
    programs: int = 0

    @property
    def leader(self) -> str:
        """The method that gained most in its last uses; regions where none did."""
        return max(self.gains, key=lambda m: sum(self.gains[m]) / max(1, len(self.gains[m])))

    @property
    def is_gaining(self) -> bool:
        """Whether polishing still made the plan better the last times, by more than a trifle."""
        return any(gain > WORTH for gain in self.recent)

    def choose(self, steps: int, left: float) -> str:
        """Return the method of the next round.

        Parameters
        ----------
        steps : int
            Moves that each worker may try in it.
        left : float
            Moves that each worker may still try until the search ends.
        """
        fitting = self._fitting(steps, left)
        self.uses += 1
        least_used = min(fitting, key=lambda m: len(self.gains[m]))
        if len(self.gains[least_used]) < TRIALS:
            return least_used
        leader = self.leader if self.leader in fitting else REGIONS
        others = [m for m in fitting if m != leader]
        turn, since = divmod(self.uses, LOOK_AGAIN)
        return others[turn % len(others)] if others and since == 0 else leader

    def prefers_models(self, steps: int, left: float) -> bool:
        """Tell whether something else than heat gains most, as far as is known."""
        models = [m for m in self._fitting(steps, left) if m not in ANNEALING]
        return self.leader in models or any(not self.gains[method] for method in models)

    def _fitting(self, steps: int, left: float) -> list[str]:
        """Return the methods that suit the aim and the moves that are left."""
        suits = dict.fromkeys(STEPS, self.has_models) | {COMPOSE: self.has_zones}
        fitting = [
            m
            for m in self.gains
            if m in ANNEALING or (suits[m] and steps >= SHORT and self.cost(m, steps) <= left)
        ]
        if self.leader in (BORDERS, FRONTIERS):
            return fitting
        return [m for m in fitting if m != FRONTIERS]  # dear to try where borders gain little

    def cost(self, method: str, steps: int) -> int:
        """Return the moves that could be tried in the time of a round."""
        if method != COMPOSE:
            return max(steps, STEPS[method])
        programs = self.programs or ROUNDS + DIVING * self.n_zones
        a_program = MOVES * STARTS * self.n_units / ALONE + SOLVING * self.n_units**3
        return max(steps, int(programs * a_program) + math.prod(COMPOSED))

    def learn(self, method: str, gain: float, steps: int) -> None:
        """Remember what a method gained in a round, as a share of the aim."""
        self.recent.append(gain)
        self.gains[method].append(gain / self.cost(method, steps))

    def work(
        self,
        method: str,
        steps: int,
        typical: float,
        exchange: float,
        columns: tuple[Column, ...] = (),
    ) -> Work:
        """Return the work of one worker.

        Parameters
        ----------
        method : str
        steps : int
            Moves that may be tried.
        typical : float
            The unit of temperatures.
        exchange : float
            How often a refused move is followed by a second one.
        columns : tuple of Column
            Known zones, to compose a plan of.
        """
        if method == HEATS:
            hot = HEAT_TURNS[self.uses % len(HEAT_TURNS)]
            return Anneal(steps, hot * typical, COLD * typical, exchange)
        if method == COMPOSE:
            return Compose(columns, typical, self._regions(*COMPOSED, typical, exchange))
        count = max(1, steps // STEPS[method])
        if method == MODELS:
            return Neighbourhoods(count, self._zones(*MODEL_ZONES), PATIENCE)
        if method in NEAR:
            reach, units = NEAR[method]
            size = max(1.0, self.n_units / self.n_zones)
            zones = self._zones(*(int(many / size) for many in units))
            return Neighbourhoods(count, zones, PATIENCE, reach)
        return self._regions(count, min(STEPS[REGIONS], steps), typical, exchange)

    def _regions(self, count: int, moves: int, typical: float, exchange: float) -> Regions:
        heat = (REGION_HEAT[0] * typical, REGION_HEAT[1] * typical)
        return Regions(count, moves, self._zones(3, 12), heat, COLD * typical, exchange)

    def _zones(self, low: int, high: int) -> tuple[int, int]:
        """Return how many zones a work may have: no more than there are, two at least."""
        most = max(2, min(high, self.n_zones))
        return min(max(2, low), most), most
