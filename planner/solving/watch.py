"""Prove bounds while the search runs."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from planner.model.bound import Bound, lower_bound
from planner.problem import Problem
from planner.terms import Amount, Constraint

WAIT_S = 0.2


class BoundWatch:
    """A thread that bounds an amount from below, better with every round of cuts.

    Parameters
    ----------
    rounds : int
        Linear programs solved at most.
    deadline : float [s]
        On the clock of `time.monotonic`.
    """

    def __init__(
        self,
        problem: Problem,
        constraints: Sequence[Constraint],
        amount: Amount,
        rounds: int,
        deadline: float = math.inf,
    ) -> None:
        self._ask = (problem, tuple(constraints), amount)
        self._rounds, self._deadline = rounds, deadline
        self._news = threading.Event()
        self._stop = threading.Event()
        self.first: Bound | None = None
        self.latest: Bound | None = None
        self._floor = -math.inf
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="bound")
        self._work: Future[None] | None = None

    def __enter__(self) -> BoundWatch:
        self._work = self._pool.submit(self._run)
        self._work.add_done_callback(lambda _: self._news.set())
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()

    def _run(self) -> None:
        end = lower_bound(
            *self._ask,
            rounds=self._rounds,
            deadline=self._deadline,
            interrupt=self._stop.is_set,
            on_bound=self._hear,
        )
        self._hear(end)

    def _hear(self, bound: Bound) -> None:
        if self.first is None:
            self.first = bound
        self.latest = bound
        self._news.set()

    def _raise_failure(self) -> None:
        if self._work is not None and self._work.done():
            self._work.result()

    def wait_first(self, until: float, interrupt: threading.Event) -> Bound | None:
        """Wait for the first bound; None where it did not come until then."""
        while not self._news.wait(WAIT_S):
            if time.monotonic() > until or interrupt.is_set():
                return None
        self._raise_failure()
        return self.first

    def finish(self, interrupt: threading.Event) -> None:
        """Let the rounds end, so that the bound does not depend on the clock."""
        while self._work is not None and not self._work.done() and not interrupt.is_set():
            wait([self._work], timeout=WAIT_S)

    def raise_to(self, bound: float) -> None:
        """Take over a bound that was proven in another way."""
        self._floor = max(self._floor, bound)

    @property
    def value(self) -> float | None:
        """The best bound so far."""
        self._raise_failure()
        relaxed = None if self.latest is None else self.latest.value
        best = self._floor if relaxed is None else max(self._floor, relaxed)
        return best if math.isfinite(best) else None

    @property
    def is_infeasible(self) -> bool:
        """Whether it is proven that no plan holds every rule."""
        return self.latest is not None and self.latest.is_infeasible
