"""Who does the jobs of a command, in one go or in several, and who hears of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from planner.batch.folder import BatchFolder
from planner.batch.job import Job
from planner.batch.loop import Tally, run_jobs
from planner.batch.pools import Pool
from planner.progress import Progress, ProgressListener, later, silent

__all__ = ["Hands"]


@dataclass(frozen=True, slots=True)
class Hands:
    """Workers, a listener, and somebody who may stop them.

    Parameters
    ----------
    open_workers : callable
        Gives the pool; asked only where there is something to do.
    progress : ProgressListener
        Hears of all goes on one clock.
    interrupt : Event, optional
        Set from outside: jobs under way are finished, no others are begun.
    begin : float [s]
        When the first go began, on the clock of `time.monotonic`.
    """

    open_workers: Callable[[], Pool]
    progress: ProgressListener = silent
    interrupt: threading.Event | None = None
    begin: float = field(default_factory=time.monotonic)

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more is to be begun."""
        return self.interrupt is not None and self.interrupt.is_set()

    def tell(self, phase: str, words: str) -> None:
        """Tell the listener something."""
        self.progress(Progress(phase, seconds=time.monotonic() - self.begin, message=words))

    def run(self, batch: BatchFolder, jobs: Sequence[Job], words: str) -> Tally:
        """Do every job that has no run yet, told in these words."""
        self.tell("sweep", words)

        def opened() -> Pool:
            pool = self.open_workers()
            self.tell("workers", pool.words())
            return pool

        heard = later(self.progress, time.monotonic() - self.begin)
        return run_jobs(batch, jobs, opened, progress=heard, interrupt=self.interrupt)
