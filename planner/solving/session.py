"""What the levels of one solve have in common."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from planner.plan import Plan
from planner.progress import Progress, ProgressListener
from planner.search import Workers
from planner.solving.solution import gap_between

SHORT_S = 8.0  # time below which processes are not worth the seconds they take to come up [s]


def processes(threads: int, time_limit_s: float | None) -> int:
    """Return how many processes search: one where the time is too short to start others."""
    return threads if time_limit_s is None or time_limit_s > SHORT_S else 1


@dataclass(frozen=True, slots=True)
class Session:
    """The processes, the chance, the listeners and the clock of a solve.

    Parameters
    ----------
    workers : Workers
        Processes that search.
    seed : int
    progress : ProgressListener
    interrupt : Event
        Set from outside, it ends the solve with the best plan so far.
    begin : float [s]
        On the clock of `time.monotonic`.
    start : Plan or None
        A plan that the search begins with, beside its own.
    """

    workers: Workers
    seed: int
    progress: ProgressListener
    interrupt: threading.Event
    begin: float
    start: Plan | None = None

    @property
    def is_interrupted(self) -> bool:
        """Whether it is time to stop."""
        return self.interrupt.is_set()

    def tell(
        self,
        phase: str,
        message: str,
        *,
        best: float | None = None,
        bound: float | None = None,
        share: float | None = None,
    ) -> None:
        """Tell the listener how far a phase is.

        Parameters
        ----------
        phase : str
            With the level's name.
        message : str
        best, bound : float or None [unit of the aim]
        share : float or None [share]
            Of the phase that is done.
        """
        self.progress(
            Progress(
                phase=phase,
                done=share,
                total=None if share is None else 1.0,
                best=best,
                bound=bound,
                gap=gap_between(best, bound),
                seconds=time.monotonic() - self.begin,
                message=message,
            )
        )
