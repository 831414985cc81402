"""Exact mode: the whole problem to proven optimality, for small districts.

An integer program with rows that hold in every connected plan, solved again with the separator
cuts its solution breaks, until a solution breaks none.  Every round is a relaxation of the exact
problem, so its bound is valid; in between, models with ordering rows give connected plans.
Rounds first scout with all the solver's reductions to find cuts fast; nothing is claimed from
them.  The last rounds prove.  Scouting is limited by nodes, not by time, so that two runs that end
with a proof take the same way.
Stopped with cuts still broken, it returns the best connected plan and the best bound, no more.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.model.amounts import RatioForm
from planner.model.certificate import certify, next_whole_value
from planner.model.contiguity import dominator_rows, neighbour_rows, ordering_rows
from planner.model.highs import Interrupt, Outcome, SolverStatus
from planner.model.layout import whole
from planner.model.pairs import PairGraph, close_unreachable, is_contiguous, pair_graph
from planner.model.separation import cut_rows, separate_fraction, separate_whole
from planner.model.solve import solve_lp, solve_mip
from planner.model.write import Written, write_layout
from planner.problem import Problem
from planner.terms import Amount, Constraint

_FEASIBLE = 1e-6
_FRACTION_ROUNDS = 8
_ORDERED_NODES = 100
_SCOUTING_NODES = 300


class ExactStatus(StrEnum):
    """What is known at the end."""

    OPTIMAL = "optimal"  # proven, within the gap asked for
    FEASIBLE = "feasible"  # a connected plan and a valid bound
    INFEASIBLE = "infeasible"  # proven: no plan keeps every rule
    NO_PLAN = "no plan"  # stopped before a connected plan was found


@dataclass(frozen=True, slots=True)
class ExactOutcome:
    """The end of an exact solve.

    Parameters
    ----------
    status : ExactStatus
    zone_of : (n,) int32 or None
        The best connected plan.
    value : float
        Its amount by definition (`Amount.value`); NaN without a plan.
    bound : float
        No plan that keeps every rule has a lower amount; -inf where nothing is known.
    seconds : float
    rounds, cuts : int
        Integer programs solved and separator cuts added.
    """

    status: ExactStatus
    zone_of: Ints | None
    value: float
    bound: float
    seconds: float
    rounds: int
    cuts: int


def solve_exact(
    problem: Problem,
    constraints: Sequence[Constraint],
    amount: Amount,
    *,
    start: Ints | None = None,
    time_limit: float = math.inf,
    gap: float = 1e-6,
    threads: int = 1,
    seed: int = 0,
    node_limit: int | None = None,
    interrupt: Interrupt | None = None,
) -> ExactOutcome:
    """Minimise an amount over all plans that keep every rule.

    Parameters
    ----------
    problem : Problem
        Up to some 300 blocks and 8 zones; larger ones are likely to end with a gap.
    constraints : sequence of Constraint
    amount : Amount
    start : (n,) int32, optional
        A plan to start from; used only where it keeps every rule.
    time_limit : float [s]
    gap : float [share]
        Relative gap at which the plan counts as optimal.
    threads, seed : int
    node_limit : int or None
        Nodes of all integer programs together.  Without a time limit the outcome depends on the
        arguments alone.
    interrupt : function that answers True when it is time to stop, or None

    Returns
    -------
    ExactOutcome

    Raises
    ------
    NotLinearError
        Where an amount has no exact linear form (`ZoneShape`, say).
    """
    loop = _CutLoop(
        problem, constraints, amount, time_limit, gap, threads, seed, interrupt, time.monotonic()
    )
    loop.nodes_left = math.inf if node_limit is None else node_limit
    return loop.run(start)


@dataclass(slots=True)
class _CutLoop:
    """Solve, separate, solve again."""

    problem: Problem
    constraints: Sequence[Constraint]
    amount: Amount
    time_limit: float
    gap: float
    threads: int
    seed: int
    interrupt: Interrupt | None
    begin: float
    best: Ints | None = None
    value: float = math.nan
    bound: float = -math.inf
    rounds: int = 0
    cuts: int = 0
    nodes_left: float = math.inf
    written: Written = field(init=False)
    graph: PairGraph | None = None

    def run(self, start: Ints | None) -> ExactOutcome:
        """Run until proof or time."""
        layout = close_unreachable(whole(self.problem, self.constraints), self.constraints)
        if len(layout.blocks_without_zone()):
            return self.outcome(ExactStatus.INFEASIBLE)
        self.written = write_layout(layout, self.constraints, self.amount, ratios=RatioForm.EXACT)
        if is_contiguous(self.constraints):
            self.graph = pair_graph(layout, self.constraints)
            self.written = self.written.with_rows(
                neighbour_rows(self.graph), dominator_rows(self.graph)
            )
        self.offer(self.problem.current)
        if start is not None:
            self.offer(start)
        self.cut_fractions()
        self.climb()
        for is_proof in (False, True):
            while not self.is_over() and not self.is_proven():
                nodes = None if is_proof else _SCOUTING_NODES
                outcome = self.solve(self.written, is_proof=is_proof, node_limit=nodes)
                self.rounds += 1
                if is_proof and outcome.status is SolverStatus.INFEASIBLE and self.best is None:
                    return self.outcome(ExactStatus.INFEASIBLE)
                if is_proof:
                    self.raise_bound(outcome.bound)
                if outcome.x is None or not self.learn(outcome.x):
                    break
        return self.outcome(self.status())

    def learn(self, x: Floats) -> bool:
        """Cut off a solution in several pieces, or keep a connected one; True where it was cut."""
        pairs = x[: self.written.layout.n_pairs]
        cuts = separate_whole(self.graph, pairs) if self.graph is not None else []
        if not cuts or self.graph is None:
            self.offer(self.written.plan(x))
            return False
        rows = cut_rows(self.graph, cuts)
        self.cuts += rows.n_rows
        self.written = self.written.with_rows(rows)
        self.find_ordered(self.written.plan(x))
        return True

    def climb(self) -> None:
        """Improve the best plan by ordering rows grown from it, until that gains nothing."""
        around = self.problem.current if self.best is None else self.best
        while self.find_ordered(around) and self.best is not None:
            around = self.best

    def find_ordered(self, around: Ints) -> bool:
        """Look for a better connected plan near a plan; True where one was found."""
        if self.graph is None or self.is_over() or self.is_proven():
            return False
        before = self.best
        written = self.written.with_rows(*ordering_rows(self.graph, around, seed=self.seed))
        outcome = self.solve(written, is_proof=False, node_limit=_ORDERED_NODES)
        if outcome.x is not None:
            self.offer(written.plan(outcome.x))
        return self.best is not before

    def cut_fractions(self) -> None:
        """Add the cuts that fractional points break."""
        if self.graph is None:
            return
        for _ in range(_FRACTION_ROUNDS):
            outcome = solve_lp(
                self.written.model,
                time_limit=self.left(),
                threads=self.threads,
                interrupt=self.interrupt,
            )
            if outcome.x is None or outcome.row_dual is None or self.is_over():
                return
            self.raise_bound(certify(self.written.model, outcome.row_dual, self.written.layout))
            cuts = separate_fraction(self.graph, outcome.x, violation=0.05)
            rows = cut_rows(self.graph, cuts)
            if not rows.n_rows:
                return
            self.cuts += rows.n_rows
            self.written = self.written.with_rows(rows)

    def solve(self, written: Written, *, is_proof: bool, node_limit: int | None = None) -> Outcome:
        """Solve the model as it stands, from the best plan so far."""
        start = None if self.best is None else self.written.start(self.best)
        most = min(math.inf if node_limit is None else node_limit, self.nodes_left)
        outcome = solve_mip(
            written.model,
            start=start,
            time_limit=self.left(),
            node_limit=None if math.isinf(most) else max(1, int(most)),
            gap=self.gap,
            threads=self.threads,
            seed=self.seed,
            is_proof=is_proof,
            interrupt=self.interrupt,
        )
        self.nodes_left -= max(1, outcome.nodes)
        return outcome

    def offer(self, plan: Ints) -> None:
        """Keep a plan if it keeps every rule and is better."""
        point = self.written.start(plan)
        if not np.array_equal(self.written.plan(point), plan):
            return
        if self.written.model.worst_violation(point) > _FEASIBLE:
            return
        pairs = point[: self.written.layout.n_pairs]
        if self.graph is not None and separate_whole(self.graph, pairs):
            return
        value = self.amount.value(self.problem, plan)
        if self.best is None or value < self.value:
            self.best, self.value = plan, value

    def raise_bound(self, value: float) -> None:
        """Keep a better bound."""
        self.bound = max(self.bound, next_whole_value(self.written.model, value))

    def is_proven(self) -> bool:
        """Tell whether the bound meets the best plan.

        Near zero the gap is counted on a thousandth of what one column can change.
        """
        model = self.written.model
        swing = np.abs(model.cost * (model.upper - model.lower)).max(initial=0.0)
        slack = self.gap * max(abs(self.value), 1e-3 * float(swing))
        return self.best is not None and self.bound >= self.value - slack

    def left(self) -> float:
        """Return the time left [s]."""
        return self.time_limit - (time.monotonic() - self.begin)

    def is_over(self) -> bool:
        """Tell whether it is time to stop."""
        is_asked = self.interrupt is not None and self.interrupt()
        return is_asked or self.left() <= 0 or self.nodes_left <= 0

    def status(self) -> ExactStatus:
        """Return what is known."""
        if self.is_proven():
            return ExactStatus.OPTIMAL
        return ExactStatus.NO_PLAN if self.best is None else ExactStatus.FEASIBLE

    def outcome(self, status: ExactStatus) -> ExactOutcome:
        """Return what was found."""
        is_known = status is not ExactStatus.INFEASIBLE
        return ExactOutcome(
            status=status,
            zone_of=self.best if is_known else None,
            value=self.value if is_known else math.nan,
            bound=self.bound if is_known else math.inf,
            seconds=time.monotonic() - self.begin,
            rounds=self.rounds,
            cuts=self.cuts,
        )
