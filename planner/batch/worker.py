"""What a worker process does: one job at a time, districts loaded once, nothing left half-done."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
import traceback
from collections import OrderedDict
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Event
from pathlib import Path
from types import TracebackType
from typing import Any

from geodata import DataError, District, load_district
from planner.batch.adopt import adopt
from planner.batch.folder import BatchFolder
from planner.batch.job import Job, version_digest
from planner.conflicts import find_conflicts
from planner.errors import PlannerError, RunError
from planner.evaluation import evaluate
from planner.processes import begin_child
from planner.progress import JsonLinesProgress
from planner.runs import read_run, stage_run, write_files
from planner.runs.tables import RECORD
from planner.scenario import Scenario, parse_scenario
from planner.solving import Solution, solve

__all__ = ["Done", "JobError", "begin_worker", "perform"]

KEPT_DISTRICTS = 2
CONFLICT_S = 20.0  # time to find out why a scenario has no plan [s]

_districts: OrderedDict[tuple[str, str], District] = OrderedDict()
_one_at_a_time = threading.Lock()


class JobError(Exception):
    """A job failed; its kind, words and trace travel between processes as plain text.

    Parameters
    ----------
    kind : str
        "input" where the scenario or the district is at fault; else "disk", "memory", "run",
        "versions", or "fault" for what nobody expected.
    message : str
    trace : str
        Where it happened, for faults nobody expected.
    """

    def __init__(self, kind: str, message: str, trace: str = "") -> None:
        super().__init__(kind, message, trace)
        self.kind, self.message, self.trace = kind, message, trace


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker tells of a job.

    Parameters
    ----------
    digest : str
    status : str
        As in run.json; "BUSY" where another process works on it.
    best : float or None
        Value of the first aim, in its unit.
    seconds : float [s]
    memory_mb : float [MB]
        The most memory the worker has ever used.
    loads : int
        Districts this worker has loaded so far.
    is_new : bool
        Whether this call solved it; false where its run was there already.
    """

    digest: str
    status: str
    best: float | None = None
    seconds: float = 0.0
    memory_mb: float = 0.0
    loads: int = 0
    is_new: bool = True


_loads = 0


def begin_worker(memory_bytes: int | None, begun: Event | None = None) -> None:
    """Prepare a local worker: bounded memory, Ctrl-C left to the parent, no life without it.

    `begun` is set once the process is ready to work.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if memory_bytes is not None and sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    begin_child()
    if begun is not None:
        begun.set()


def perform(folder: str, job: Job, version: str) -> Done:
    """Solve a job into its run folder, unless it is there already.

    Parameters
    ----------
    folder : str
        The batch folder; on a cluster, the same path on every machine.
    job : Job
    version : str
        `version_digest` of who hands the job out.

    Raises
    ------
    JobError
    """
    if version != version_digest():
        raise JobError(
            "versions",
            "this worker has other versions of Python or its libraries than the process that "
            "started the sweep; plans could differ: install the same ones everywhere",
        )
    batch = BatchFolder(Path(folder))
    with _Words(), _one_at_a_time, batch.claim(job.digest) as mine:
        if not mine:
            return Done(job.digest, "BUSY")
        if batch.is_done(job.digest):
            return replace(_told(batch, job, time.monotonic()), is_new=False)
        return _solve(batch, job)


class _Words:
    """Turns whatever goes wrong inside into a `JobError`, which can travel between processes."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not isinstance(error, Exception):
            return
        if isinstance(error, RunError):
            raise JobError("run", str(error)) from None
        if isinstance(error, PlannerError | DataError):
            raise JobError("input", str(error)) from None
        if isinstance(error, OSError):
            raise JobError("disk", f"the run could not be written: {error}") from None
        if isinstance(error, MemoryError):
            message = "the worker's memory was not enough: give it more (--worker-memory)"
            raise JobError("memory", message) from None
        told = "".join(traceback.format_exception(error))
        raise JobError("fault", f"{type(error).__name__}: {error}", told) from None


def _solve(batch: BatchFolder, job: Job) -> Done:
    begin = time.monotonic()
    batch.sweep_up(job.digest)
    district = _district(job.district, job.district_digest)
    scenario = parse_scenario(job.scenario)
    place = batch.run(job.digest)
    with stage_run(place) as staged:
        with JsonLinesProgress(staged / "progress.jsonl") as lines:
            solution = _found(batch, job, scenario, district, lines)
        scored = None if solution.plan is None else evaluate(district, solution.plan, scenario)
        write_files(staged, solution, scored, folder=place)
        about = _about(job, solution, scenario)
        (staged / "job.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return _told(batch, job, begin)


def _found(
    batch: BatchFolder, job: Job, scenario: Scenario, district: District, lines: JsonLinesProgress
) -> Solution:
    """Search for a plan, or take over the parent's, with what the own search proved."""
    start = read_run(batch.run(job.parent)).plan if job.parent else None
    if job.own and start is not None:
        proven = read_run(batch.run(job.own)).record["objectives"]
        return adopt(scenario, district, start, job.seed, proven)
    return solve(scenario, seed=job.seed, threads=1, progress=lines, district=district, start=start)


def _about(job: Job, solution: Solution, scenario: Scenario) -> dict[str, Any]:
    """Return what the tables need beside run.json, mostly why there is no plan."""
    reasons = list(solution.broken)
    if str(solution.status) == "INFEASIBLE":
        found = find_conflicts(
            scenario, solution.district, drawn=solution.found, time_limit_s=CONFLICT_S
        )
        reasons = [text for conflict in found for text in conflict.diagnosis.sentences]
    if job.own and solution.plan is not None:
        reasons = [f"has the plan of run {job.parent}, better than its own search's, run {job.own}"]
    return {"job": job.digest, "parent": job.parent, "reasons": reasons, "memory_mb": _memory()}


def _told(batch: BatchFolder, job: Job, begin: float) -> Done:
    record = json.loads((batch.run(job.digest) / RECORD).read_text(encoding="utf-8"))
    best = record["objectives"][0]["value"] if record["objectives"] else None
    seconds = time.monotonic() - begin
    return Done(job.digest, record["status"], best, seconds, _memory(), _loads)


def _district(path: str, digest: str) -> District:
    """Return a district, loaded once and kept; the two used last are kept."""
    global _loads
    key = (path, digest)
    if key not in _districts:
        while len(_districts) >= KEPT_DISTRICTS:
            _districts.popitem(last=False)
        district = load_district(path)
        _loads += 1
        if district.digest() != digest:
            raise DataError(
                f"{path} has changed since the sweep was begun: start the sweep again, so that "
                "all its plans are for the same district"
            )
        _districts[key] = district
    _districts.move_to_end(key)
    return _districts[key]


def _memory() -> float:
    """Return the most memory this process has ever used [MB]; NaN where unknown."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used / (1024**2 if sys.platform == "darwin" else 1024), 1)
