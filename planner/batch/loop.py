"""The batch loop: hand out what is ready, take what comes, let nothing stop the rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field, replace

from planner.batch.folder import BatchFolder
from planner.batch.job import Job, version_digest
from planner.batch.pools import Pool
from planner.batch.worker import Done, JobError
from planner.progress import Progress, ProgressListener, silent
from planner.runs.record import json_text

__all__ = ["Tally", "run_jobs"]

_STRIKES = 3  # times a worker may die on a job before the job is tried alone
_ALONE_STRIKES = 2
_BUSY_S = 2.0
_TICK_S = 0.5


@dataclass
class Tally:
    """How a batch stands.

    Parameters
    ----------
    total : int
    done : int
        Jobs with a run, also those of earlier commands.
    failed : mapping of digest to kind
    running : int
    solved : int
        Jobs this process has solved; not those that another one solved meanwhile.
    best : float or None
        Least value of the first aim so far, in its unit; None where the jobs aim at different
        things, or are of several districts.
    last : float [s]
        When a job was last solved, since `begin`.
    most_loads : int
        The most districts that any worker has loaded.
    most_memory_mb : float [MB]
        The most memory that any worker has used.
    begin : float [s]
        On the clock of `time.monotonic`.
    """

    total: int
    done: int = 0
    running: int = 0
    solved: int = 0
    best: float | None = None
    most_loads: int = 0
    most_memory_mb: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)
    last: float = 0.0
    begin: float = field(default_factory=time.monotonic)

    def after(self, before: Tally) -> Tally:
        """Return how the same batch stands, counting what an earlier part of the command did."""
        return replace(
            self,
            solved=before.solved + self.solved,
            most_loads=max(before.most_loads, self.most_loads),
            most_memory_mb=max(before.most_memory_mb, self.most_memory_mb),
            begin=min(before.begin, self.begin),
        )

    def left_s(self) -> float | None:
        """Return how much longer it should take [s]; None where that cannot be said (yet).

        The pace is that of the last job solved, so that the estimate falls while a job runs.
        """
        left = self.total - self.done - len(self.failed)
        since = time.monotonic() - self.begin - self.last
        seconds = self.last / max(self.solved, 1) * left - since
        return seconds if self.solved and left and seconds > 0 else None

    def event(self, last: str) -> Progress:
        """Return the state as one piece of news."""
        seconds = time.monotonic() - self.begin
        words = [f"{self.running} running", f"{len(self.failed)} failed"]
        left = self.left_s()
        if left is not None:
            words.append(f"about {_time_words(left)} left")
        if last:
            words.append(last)
        return Progress(
            phase="sweep",
            done=self.done,
            total=self.total,
            best=self.best,
            seconds=seconds,
            message=", ".join(words),
        )


def _time_words(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


@dataclass
class _Loop:
    """The state of `run_jobs`."""

    batch: BatchFolder
    pool: Pool
    tally: Tally
    waiting: dict[str, Job]
    progress: ProgressListener
    running: dict[Future[Done], Job] = field(default_factory=dict)
    strikes: dict[str, int] = field(default_factory=dict)
    not_before: dict[str, float] = field(default_factory=dict)
    version: str = field(default_factory=version_digest)
    is_one_question: bool = False

    def next_job(self) -> Job | None:
        """Return the first job that can be handed out now."""
        if len(self.running) >= self.pool.width or self._alone(self.running.values()):
            return None
        now = time.monotonic()
        for job in list(self.waiting.values()):
            if job.parent and not self.batch.is_done(job.parent):
                if job.parent in self.tally.failed:
                    self._fail(job, "parent", "the job it starts from has failed")
                continue
            if self.not_before.get(job.digest, 0.0) > now:
                continue
            if self._alone([job]) and self.running:
                continue
            return job
        return None

    def _alone(self, jobs: Iterable[Job]) -> bool:
        return any(self.strikes.get(job.digest, 0) >= _STRIKES for job in jobs)

    def hand_out(self) -> None:
        """Keep every worker busy."""
        while (job := self.next_job()) is not None:
            del self.waiting[job.digest]
            self.running[self.pool.submit(self.batch.path, job, self.version)] = job

    def take(self, futures: Iterable[Future[Done]]) -> None:
        """Take what has come."""
        broken: list[Job] = []
        for future in futures:
            job = self.running.pop(future)
            error = None if future.cancelled() else future.exception()
            if future.cancelled() or isinstance(error, BrokenExecutor):
                broken.append(job)
            elif isinstance(error, JobError):
                self._fail(job, error.kind, error.message, error.trace)
            elif error is not None:
                self._fail(job, "worker", f"{type(error).__name__}: {error}")
            else:
                self._done(job, future.result())
        if broken:
            self._again(broken)

    def _done(self, job: Job, done: Done) -> None:
        if done.status == "BUSY":
            self.waiting[job.digest] = job
            self.not_before[job.digest] = time.monotonic() + _BUSY_S
            return
        tally = self.tally
        tally.done += 1
        if done.is_new:
            tally.solved += 1
            tally.last = time.monotonic() - tally.begin
        tally.most_loads = max(tally.most_loads, done.loads)
        tally.most_memory_mb = max(tally.most_memory_mb, done.memory_mb)
        has_plan = done.best is not None and done.status not in {"INFEASIBLE", "NO_PLAN"}
        if has_plan and self.is_one_question:
            tally.best = min(x for x in (tally.best, done.best) if x is not None)
        self.batch.forgive(job.digest)
        self.tell(f"{job.name}: {done.status}")

    def _fail(self, job: Job, kind: str, message: str, trace: str = "") -> None:
        self.waiting.pop(job.digest, None)
        self.tally.failed[job.digest] = kind
        self.batch.fail(job, kind, message, trace)
        self.tell(f"{job.name}: failed: {message.splitlines()[0]}")

    def _again(self, broken: list[Job]) -> None:
        """Do jobs again whose worker died, or that waited beside it."""
        self.pool.check()
        broken += [self.running.pop(future) for future in list(self.running)]
        self.pool.restart()
        for job in reversed(broken):
            strikes = self.strikes[job.digest] = self.strikes.get(job.digest, 0) + 1
            if strikes >= _STRIKES + _ALONE_STRIKES:
                self._fail(
                    job,
                    "worker died",
                    f"the worker process died {strikes} times on this job, the last times with no "
                    "other job beside it: it was killed, or its memory was not enough",
                )
            else:
                self.waiting = {job.digest: job, **self.waiting}
        self.tell("a worker died; its job is done again")

    def tell(self, last: str = "") -> None:
        """Pass on how the batch stands."""
        self.tally.running = len(self.running)
        self.progress(self.tally.event(last))


def run_jobs(
    batch: BatchFolder,
    jobs: Sequence[Job],
    open_workers: Callable[[], Pool],
    *,
    progress: ProgressListener = silent,
    interrupt: threading.Event | None = None,
) -> Tally:
    """Do every job that has no run yet.

    Parameters
    ----------
    batch : BatchFolder
    jobs : sequence of Job
    open_workers : callable
        Gives the pool; asked only where there is something to do.
    progress : ProgressListener
    interrupt : Event, optional
        Set from outside: jobs under way are finished, no others are begun.

    Returns
    -------
    Tally
    """
    unique = {job.digest: job for job in jobs}
    tally = Tally(len(unique))
    missing = {digest: job for digest, job in unique.items() if not batch.is_done(digest)}
    tally.done = len(unique) - len(missing)
    for job in [job for job in missing.values() if job.fault]:
        del missing[job.digest]
        tally.failed[job.digest] = "input"
        batch.fail(job, "input", job.fault)
    if missing:
        loop = _Loop(batch, open_workers(), tally, missing, progress)
        loop.is_one_question = len({_question(job) for job in jobs if not job.fault}) == 1
        _work(loop, interrupt)
    return tally


def _question(job: Job) -> str:
    """Return what a job aims at first, and where: only values of the same can be compared."""
    aims = job.scenario.get("objective", [])
    first = [aim for aim in aims if aim.get("priority", 1) == 1]
    return json_text([job.district_digest, job.scenario.get("levels"), first])


def _work(loop: _Loop, interrupt: threading.Event | None) -> None:
    clean = is_told = False
    try:
        for digest in loop.waiting:
            loop.batch.forgive(digest)
        loop.tell()
        while loop.waiting or loop.running:
            is_stopped = interrupt is not None and interrupt.is_set()
            if not is_stopped:
                loop.hand_out()
            elif not loop.running:
                break
            elif not is_told:
                loop.tell(_stopping(len(loop.running)))
                is_told = True
            if not loop.running:
                time.sleep(_TICK_S)
                continue
            done, _ = wait(loop.running, timeout=_TICK_S, return_when=FIRST_COMPLETED)
            loop.take(done)
            if not done:
                loop.pool.check()
                loop.tell()
        clean = True
    finally:
        loop.pool.close(now=not clean)


def _stopping(running: int) -> str:
    jobs = "1 job is" if running == 1 else f"{running} jobs are"
    return f"stopping: {jobs} being finished, no others are begun"
