"""One aim of a level, what it may use, and what comes of it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from geodata.dtypes import Ints
from planner.model.exact import ExactOutcome, ExactStatus
from planner.problem import Problem
from planner.solving.solution import AimValue, SolveStatus
from planner.terms import Amount, Constraint, PairAmount, WeightedSum

FIRST_AIM = 0.75  # share of a level's time for its first aim, where there are several
GUIDE = 2e-4  # share of an aim that the search may give up for the next one, between near equals
MOST_RELAXATIONS, LEAST_RELAXATIONS = 30, 3  # linear programs that bound an aim
MOVES_A_RELAXED_PAIR = 15  # of a counted search, for each pair of a linear program
EXACT_NODES, NODE_MOVES = 500, 1000  # nodes at least, and moves in the time of one


@dataclass(frozen=True, slots=True)
class Budget:
    """What one level may use.

    Parameters
    ----------
    deadline : float [s]
        On the clock of `time.monotonic`; infinite where moves are counted.
    moves : int or None
        Moves to be tried, in place of the clock.
    script : list of stages' records, or None
        Rounds to repeat, in place of both.
    gap : float or None [share]
        Proven distance from the best possible that is near enough.
    """

    deadline: float
    moves: int | None
    script: list[dict[str, Any]] | None
    gap: float | None

    @property
    def is_counted(self) -> bool:
        """Whether moves or rounds end the search, so that nothing may depend on the clock."""
        return self.moves is not None or self.script is not None

    def deadline_of(self, number: int, count: int) -> float:
        """Share what is left of the time among the aims that are left, of `count` [s]."""
        if number == count - 1 or math.isinf(self.deadline):
            return self.deadline
        now = time.monotonic()
        share = FIRST_AIM if number == 0 else 1.0 / (count - number)
        return now + share * (self.deadline - now)

    def moves_of(self, number: int, count: int) -> int | None:
        """Return an aim's part of the moves, where they are counted."""
        if self.moves is None or count == 1:
            return self.moves
        rest = (1 - FIRST_AIM) / (count - 1)
        return int(self.moves * (FIRST_AIM if number == 0 else rest))


@dataclass
class LevelResult:
    """What came of a level."""

    problem: Problem
    status: SolveStatus
    zone_of: Ints | None
    aims: list[AimValue] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)
    moves: int = 0
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aim:
    """One aim with the rules and the aims above it.

    Parameters
    ----------
    following : Amount or None
        The next aim.
    """

    amount: Amount
    constraints: tuple[Constraint, ...]
    following: Amount | None
    deadline: float
    moves: int | None

    def relaxations(self, pairs: int) -> int:
        """Return the linear programs its bound may take: where counted, as suit the moves.

        `pairs` are the block-school pairs of the level.
        """
        if self.moves is None:
            return MOST_RELAXATIONS
        fitting = self.moves // (MOVES_A_RELAXED_PAIR * max(1, pairs))
        return min(MOST_RELAXATIONS, max(LEAST_RELAXATIONS, fitting))

    @property
    def exact_nodes(self) -> int | None:
        """Nodes the exact mode may use where moves are counted, None by the clock."""
        return None if self.moves is None else max(EXACT_NODES, self.moves // NODE_MOVES)


@dataclass(frozen=True, slots=True)
class StageEnd:
    """What came of one aim."""

    status: SolveStatus
    zone_of: Ints | None
    bound: float | None


def stage_end_of(end: ExactOutcome) -> StageEnd | None:
    """Read the exact mode's outcome; None where it proved nothing."""
    if end.status is ExactStatus.OPTIMAL:
        return StageEnd(SolveStatus.PROVEN_OPTIMAL, end.zone_of, end.bound)
    if end.status is ExactStatus.INFEASIBLE:
        return StageEnd(SolveStatus.INFEASIBLE, None, None)
    return None


def no_aim(problem: Problem) -> Amount:
    """Return an amount that is 0 for every plan, where a scenario has no aim."""
    return PairAmount("no aim", "none", np.zeros((problem.n_blocks, problem.n_zones)))


def guide(aim: Aim, problem: Problem, bound: float | None) -> Amount:
    """Return what the search minimises: the aim, and between near equals a little of the next one.

    Maths    ``A(x) + w N(x)``, ``w (max N - min N) = GUIDE * bound of A``
    """
    following = aim.following
    if not isinstance(following, PairAmount):
        return aim.amount
    spread = float((following.cost.max(axis=1) - following.cost.min(axis=1)).sum())
    may_cost = GUIDE * max(bound or 0.0, 0.0)
    if spread <= 0 or may_cost <= 0 or not math.isfinite(may_cost / spread):
        return aim.amount
    parts = ((1.0, aim.amount), (may_cost / spread, following))
    return WeightedSum(aim.amount.name, aim.amount.unit, parts)
