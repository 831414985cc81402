"""How good any plan can be: certified lower bounds on the exact problem.

The linear relaxation of the whole problem, solved by interior points without crossover,
strengthened round by round with rows that hold in every connected plan: neighbour and dominator
rows, then separators found in the fractional point.  Each round's value is certified by weak
duality (`planner.model.certificate`), so the solver's tolerances never overstate it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from geodata.dtypes import Floats
from geodata.errors import counted
from planner.model.certificate import certify, next_whole_value
from planner.model.contiguity import dominator_rows, neighbour_rows
from planner.model.feasibility import PROVEN_EXCESS, least_excess
from planner.model.highs import Interrupt, Outcome, SolverStatus
from planner.model.layout import whole
from planner.model.pairs import close_unreachable, is_contiguous, pair_graph
from planner.model.rows import RowBlock
from planner.model.separation import cut_rows, separate_fraction
from planner.model.solve import solve_lp
from planner.model.write import NotLinearError, RatioForm, Written, write_layout
from planner.problem import Problem
from planner.terms import Amount, Constraint

_VIOLATION = 1e-3  # share of a block; weaker violations are not worth a row
_MOST_ROWS = 200_000  # rows added in one round
_WORTH = 1e-5  # relative gain below which a round was not worth its time
_FIRST_CUTS = 3  # rounds of neighbour and dominator rows alone before separators are sought
_PATIENCE = 3  # such rounds in a row until the end


@dataclass(frozen=True, slots=True)
class Bound:
    """A certified lower bound.

    Parameters
    ----------
    value : float or None
        No plan that keeps every rule has a lower amount; None where nothing is known.
    is_infeasible : bool
        Proven: no plan keeps every rule.
    seconds : float
    method : str
        How it was found, in words.
    x : (n, m) float64 or None
        Share of each block in each zone in the relaxation, for starts.
    rounds : int
    """

    value: float | None
    is_infeasible: bool
    seconds: float
    method: str
    x: Floats | None = None
    rounds: int = 0


OnBound: TypeAlias = Callable[[Bound], None]


def lower_bound(
    problem: Problem,
    constraints: Sequence[Constraint],
    amount: Amount,
    *,
    rounds: int = 30,
    deadline: float = math.inf,
    threads: int = 1,
    interrupt: Interrupt | None = None,
    on_bound: OnBound | None = None,
) -> Bound:
    """Bound an amount from below over all plans that keep every rule.

    Parameters
    ----------
    problem : Problem
    constraints : sequence of Constraint
    amount : Amount
    rounds : int
        Linear programs solved at most.
    deadline : float [s]
        On the clock of `time.monotonic`.
    threads : int
    interrupt : function that answers True when it is time to stop, or None
    on_bound : function called with each better bound, or None

    Returns
    -------
    Bound
    """
    begin = time.monotonic()
    layout = close_unreachable(whole(problem, constraints), constraints)
    if len(layout.blocks_without_zone()):
        return Bound(None, True, time.monotonic() - begin, "some blocks have no zone left")
    try:
        written = write_layout(
            layout, constraints, amount, ratios=RatioForm.RELAXED, skip_nonlinear=True
        )
    except NotLinearError as reason:
        return Bound(None, False, time.monotonic() - begin, f"none: {reason.what}")
    climb = _Climb(written, constraints, begin, deadline, threads, interrupt)
    return climb.run(rounds, on_bound)


@dataclass(slots=True)
class _Climb:
    """Rounds of solving and adding rows."""

    written: Written
    constraints: Sequence[Constraint]
    begin: float
    deadline: float
    threads: int
    interrupt: Interrupt | None
    best: Bound = Bound(None, False, 0.0, "stopped before the first bound")
    added: list[RowBlock] = field(default_factory=list)

    def run(self, rounds: int, on_bound: OnBound | None) -> Bound:
        """Solve and strengthen until nothing more is won."""
        graph = None
        if is_contiguous(self.constraints):
            graph = pair_graph(self.written.layout, self.constraints)
        waiting: list[RowBlock] = []
        idle = 0
        for number in range(1, rounds + 1):
            outcome = self.solve()
            if outcome.status is SolverStatus.INFEASIBLE:
                return self.prove_infeasible()
            if outcome.row_dual is None or outcome.x is None:
                break
            gain = self.record(outcome, number, on_bound)
            idle = 0 if gain >= _WORTH else idle + 1
            if graph is None or number == rounds or self.is_over() or idle == _PATIENCE:
                break
            waiting = waiting or [dominator_rows(graph), neighbour_rows(graph)]
            rows = _broken_rows(waiting, outcome.x)
            if number >= _FIRST_CUTS or not rows:
                cuts = separate_fraction(graph, outcome.x, is_over=self.is_over)
                rows.append(cut_rows(graph, cuts))
            if not any(block.n_rows for block in rows):
                break
            self.added += rows
            self.written = self.written.with_rows(*rows)
        return replace(self.best, seconds=time.monotonic() - self.begin)

    def solve(self) -> Outcome:
        """Solve the relaxation as it stands."""
        return solve_lp(
            self.written.model,
            time_limit=self.deadline - time.monotonic(),
            threads=self.threads,
            interrupt=self.interrupt,
        )

    def record(self, outcome: Outcome, number: int, on_bound: OnBound | None) -> float:
        """Keep a better bound and tell; return the relative gain."""
        if outcome.row_dual is None or outcome.x is None:
            return 0.0
        proven = certify(self.written.model, outcome.row_dual, self.written.layout)
        value = next_whole_value(self.written.model, proven)
        before = self.best.value
        if before is not None and value <= before:
            return 0.0
        self.best = Bound(
            value=value,
            is_infeasible=False,
            seconds=time.monotonic() - self.begin,
            method=_method(number, self.written.skipped),
            x=self.written.layout.table(outcome.x),
            rounds=number,
        )
        if on_bound is not None:
            on_bound(self.best)
        if before is None:
            return math.inf
        return (value - before) / max(abs(before), 1e-9)

    def prove_infeasible(self) -> Bound:
        """Check the solver's word by the certified least excess over bands and limits."""
        excess = least_excess(
            self.written.layout,
            self.constraints,
            rows=self.added,
            time_limit=self.deadline - time.monotonic(),
            threads=self.threads,
            interrupt=self.interrupt,
        )
        proven = excess is not None and excess > PROVEN_EXCESS
        method = "linear relaxation without a point, certified by duality"
        if not proven:
            method = "none: the solver found no point, but that is not proven"
        return replace(
            self.best,
            is_infeasible=proven,
            seconds=time.monotonic() - self.begin,
            method=method,
        )

    def is_over(self) -> bool:
        """Tell whether it is time to stop."""
        asked = self.interrupt is not None and self.interrupt()
        return asked or time.monotonic() >= self.deadline


def _broken_rows(waiting: list[RowBlock], x: Floats) -> list[RowBlock]:
    """Return the rows that a point breaks, the worst ones first where there are too many."""
    broken = []
    for block in waiting:
        violation = block.violation(x)
        rows = np.flatnonzero(violation > _VIOLATION)
        if len(rows) > _MOST_ROWS:
            rows = np.sort(rows[np.argsort(-violation[rows], kind="stable")[:_MOST_ROWS]])
        if len(rows):
            broken.append(block.select(rows))
    return broken


def _method(number: int, skipped: Sequence[str]) -> str:
    """Say how a bound was found."""
    text = "linear relaxation by interior points, certified by duality"
    if number > 1:
        text += f", {counted(number - 1, 'round')} of contiguity rows"
    return f"{text}, without {', '.join(skipped)}" if skipped else text
