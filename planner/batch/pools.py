"""Who does the jobs: processes of this machine, or a Dask cluster, behind one interface."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from geodata.errors import counted
from planner.batch.job import Job
from planner.batch.worker import Done, begin_worker, perform
from planner.errors import PlannerError, SolverError
from planner.processes import fresh_processes

__all__ = [
    "ClusterLostError",
    "ClusterPool",
    "LocalPool",
    "Pool",
    "WorkersError",
    "open_pool",
    "worker_memory",
]

_GIB = 1024**3
_MOST = 4 * _GIB
_CLUSTER_RETRIES = 3
_RECONNECT_S = 0.5


class ClusterLostError(SolverError):
    """The cluster's scheduler is gone."""


class WorkersError(SolverError):
    """No worker process can be started."""


class Pool(Protocol):
    """What the batch loop asks of whoever does the jobs."""

    @property
    def width(self) -> int:
        """Jobs under way at a time."""
        ...

    def submit(self, folder: Path, job: Job, version: str) -> Future[Done]:
        """Hand out a job."""
        ...

    def restart(self) -> None:
        """Begin anew after a worker died."""
        ...

    def check(self) -> None:
        """Raise `ClusterLostError` where no answer can come any more."""
        ...

    def close(self, *, now: bool) -> None:
        """Let the workers end; at once where `now`."""
        ...

    def words(self) -> str:
        """Say who works."""
        ...


class LocalPool:
    """Processes of this machine, each one started afresh.

    Parameters
    ----------
    workers : int
    memory_bytes : int or None
        The most data memory of each; what would need more fails with MemoryError.
    """

    def __init__(self, workers: int, memory_bytes: int | None) -> None:
        self.width = workers
        self._memory = memory_bytes
        self._context = fresh_processes()
        self._begun = self._context.Event()
        self._executor = self._begin()

    def _begin(self) -> ProcessPoolExecutor:
        given = (self._memory, self._begun)
        return ProcessPoolExecutor(
            self.width, self._context, initializer=begin_worker, initargs=given
        )

    def submit(self, folder: Path, job: Job, version: str) -> Future[Done]:
        """Hand out a job; a pool that broke meanwhile gives a future that says so."""
        try:
            return self._executor.submit(perform, str(folder), job, version)
        except BrokenExecutor as error:
            broken: Future[Done] = Future()
            broken.set_exception(error)
            return broken

    def restart(self) -> None:
        """Begin anew with fresh processes.

        Raises
        ------
        WorkersError
            Where none was ever ready to work: others would end as these did.
        """
        self.close(now=True)
        if not self._begun.is_set():
            raise WorkersError(
                "the worker processes end before they begin; what they said stands above",
                "no scenario can be solved",
                "give workers more memory with --worker-memory",
            )
        self._executor = self._begin()

    def check(self) -> None:
        """Do nothing: a local pool tells of its end by itself."""

    def close(self, *, now: bool) -> None:
        """Let the processes end."""
        processes = list((getattr(self._executor, "_processes", None) or {}).values())
        self._executor.shutdown(wait=not now, cancel_futures=True)
        for process in processes if now else []:
            process.kill()

    def words(self) -> str:
        """Say who works."""
        bound = "" if self._memory is None else f", each with at most {self._memory / _GIB:.1f} GB"
        return f"{self.width} worker{'s' if self.width > 1 else ''}{bound}"


class ClusterPool:
    """A Dask cluster, through its own `concurrent.futures` executor.

    Parameters
    ----------
    address : str
        ``tcp://host:port`` of its scheduler.
    width : int or None
        Jobs under way at a time; by default twice the cluster's threads.
    timeout_s : float [s]
        How long to wait for the scheduler's answer.
    """

    def __init__(self, address: str, width: int | None = None, timeout_s: float = 30.0) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise PlannerError(
                "--scheduler needs the package 'distributed', which is not installed",
                remedy='install it: pip install "school-boundary-planner[cluster]"',
            ) from error
        try:
            self._client = Client(address, timeout=timeout_s, set_as_default=False)
        except (OSError, ValueError) as error:
            raise PlannerError(
                f"no scheduler answers at {address}: {error}",
                remedy="start it with 'dask scheduler', and 'dask worker' on each machine",
            ) from error
        self.address = address
        self._timeout_s = timeout_s
        self._executor: Executor = self._client.get_executor(pure=False, retries=_CLUSTER_RETRIES)
        threads = sum(self._client.nthreads().values())
        self.width = width or max(2, 2 * threads)

    def submit(self, folder: Path, job: Job, version: str) -> Future[Done]:
        """Hand out a job."""
        self.check()
        return self._executor.submit(perform, str(folder), job, version)

    def restart(self) -> None:
        """Do nothing: the cluster's nanny starts its workers again."""

    def check(self) -> None:
        """Raise where the scheduler is gone, also after some time for it to come back."""
        until = time.monotonic() + 2 * self._timeout_s
        while self._client.status == "connecting" and time.monotonic() < until:
            time.sleep(_RECONNECT_S)
        if self._client.status != "running":
            raise ClusterLostError(
                f"the scheduler at {self.address} is gone",
                "its workers end with it; every run that was published is kept",
                "start the cluster again and repeat the command with --resume",
            )

    def close(self, *, now: bool) -> None:
        """Leave the cluster as it is; what is under way is dropped where `now`."""
        if self._client.status == "running":
            self._executor.shutdown(wait=not now)
        self._client.close(timeout=5)

    def words(self) -> str:
        """Say who works."""
        self.check()
        info: dict[str, Any] = self._client.scheduler_info().get("workers", {})
        limits = {worker.get("memory_limit") for worker in info.values()} - {None, 0}
        bound = f", each with at most {min(limits) / _GIB:.1f} GB" if limits else ""
        return f"{counted(len(info), 'worker')} of the cluster at {self.address}{bound}"


def worker_memory(workers: int, asked_gb: float | None = None) -> int | None:
    """Return the memory bound of a local worker [bytes]: what was asked, or its share.

    The share is four fifths of the machine's memory divided by the workers, 4 GB at most; None
    where the machine does not say how much it has.
    """
    if asked_gb is not None:
        return int(asked_gb * _GIB)
    if sys.platform == "win32":
        return None
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(_MOST, int(0.8 * total / max(1, workers))) if total > 0 else None


def open_pool(scheduler: str | None, workers: int | None, memory_gb: float | None) -> Pool:
    """Return the cluster of an address, or processes of this machine."""
    if scheduler is not None:
        return ClusterPool(scheduler, workers)
    count = workers or max(1, os.cpu_count() or 1)
    return LocalPool(count, worker_memory(count, memory_gb))
