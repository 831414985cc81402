"""A sweep from its file to its answer."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geodata.errors import counted
from planner.batch.answer import write_answer
from planner.batch.expand import expand_sweep, size_words
from planner.batch.folder import BatchFolder, Manifest
from planner.batch.hands import Hands
from planner.batch.job import Job
from planner.batch.loop import Tally
from planner.batch.pools import open_pool
from planner.batch.sweep_file import Sweep, read_sweep
from planner.batch.tables import places_of
from planner.batch.take_over import take_over
from planner.errors import RunError
from planner.progress import ProgressListener, silent
from planner.scenario import load_scenario

__all__ = [
    "Asked",
    "BatchTooLargeError",
    "Outcome",
    "conclude",
    "do_batch",
    "exit_kind",
    "plan_sweep",
    "run_sweep",
]


class BatchTooLargeError(RunError):
    """A batch is larger than its limit and nobody has confirmed it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sweep is going to do.

    Parameters
    ----------
    sweep : Sweep
    jobs : tuple of Job
    words : str
        How large it is, and why.
    """

    sweep: Sweep
    jobs: tuple[Job, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a batch.

    Parameters
    ----------
    tally : Tally
    statuses : mapping of status to number of jobs
    page : Path
    table : Path
        results.parquet.
    problems : tuple of (job name, message)
        Of the jobs that have no run.
    notes : tuple of str
        What else people must know.
    """

    tally: Tally
    statuses: Mapping[str, int]
    page: Path
    table: Path
    problems: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "scenarios": self.tally.total,
            "done": self.tally.done,
            "solved_now": self.tally.solved,
            "failed": [{"name": name, "message": text} for name, text in self.problems],
            "statuses": dict(self.statuses),
            "notes": list(self.notes),
            "page": str(self.page),
            "results": str(self.table),
            "most_memory_mb": self.tally.most_memory_mb,
        }


def plan_sweep(file: Path) -> Asked:
    """Read a sweep file and expand it; nothing is solved."""
    sweep = read_sweep(file)
    jobs = tuple(expand_sweep(sweep))
    return Asked(sweep, jobs, size_words(sweep, jobs))


def run_sweep(
    file: Path,
    out: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    worker_memory_gb: float | None = None,
    resume: bool = False,
    confirmed: bool = False,
    progress: ProgressListener = silent,
    interrupt: threading.Event | None = None,
) -> Outcome:
    """Solve every scenario of a sweep and write what they add up to.

    Parameters
    ----------
    file : Path
        The sweep file.
    out : Path
        The batch folder; several sweeps may share one.
    workers : int, optional
        Processes; all processors by default.  With a cluster: jobs under way at a time.
    scheduler : str, optional
        Address of a Dask scheduler, in place of processes of this machine.
    worker_memory_gb : float, optional [GB]
        The most data memory of a local worker.
    resume : bool
        Go on with a sweep that was begun here.
    confirmed : bool
        Run it even where it is larger than its limit.
    progress : ProgressListener
    interrupt : Event, optional

    Raises
    ------
    ScenarioError
        Where the sweep file cannot be meant.
    BatchTooLargeError
    RunError
        Where the same sweep was begun in `out` before and `resume` is not set.
    """
    plan = plan_sweep(file)
    sweep = plan.sweep
    batch = BatchFolder(Path(out))
    manifest = Manifest.of(file.stem, sweep.title, plan.jobs, _about(sweep))
    missing = sum(not batch.is_done(job.digest) for job in plan.jobs)
    if missing > sweep.limit and not confirmed:
        raise BatchTooLargeError(
            f"{plan.words}: {missing} are to be solved, more than the limit of {sweep.limit}",
            "a slip in a grid easily asks for days of work",
            "add --yes if it is meant, or set limit in the sweep file",
        )
    hands = Hands(lambda: open_pool(scheduler, workers, worker_memory_gb), progress, interrupt)
    words = f"{plan.words}{_budget(sweep)}; {len(plan.jobs) - missing} are done already"
    tally = do_batch(batch, manifest, hands, words=words, resume=resume)
    jobs, notes = take_over(batch, plan.jobs, hands, by_seed=bool(sweep.seeds))
    return conclude(batch, replace(manifest, jobs=jobs), tally, hands, notes)


def do_batch(
    batch: BatchFolder, manifest: Manifest, hands: Hands, *, words: str, resume: bool
) -> Tally:
    """Do the jobs of a manifest that have no run yet."""
    _refuse_folder(batch, manifest, resume)
    batch.add(manifest)
    if damaged := batch.drop_damaged([job.digest for job in manifest.jobs]):
        told = counted(len(damaged), "damaged run is", "damaged runs are")
        hands.tell("sweep", f"{told} done again")
    return hands.run(batch, manifest.jobs, words)


def conclude(
    batch: BatchFolder, manifest: Manifest, tally: Tally, hands: Hands, notes: Sequence[str] = ()
) -> Outcome:
    """Write the answer of a folder and say how the jobs of a manifest ended."""
    batch.add(manifest)
    hands.tell("answer", "writing tables and page")
    answer = write_answer(batch)
    failures = batch.failures()
    names = _names(manifest.jobs)
    problems = [
        (names[digest], failures[digest]["message"] if digest in failures else kind)
        for digest, kind in tally.failed.items()
    ]
    statuses = answer.statuses(manifest)
    return Outcome(tally, statuses, answer.page, answer.table, tuple(problems), tuple(notes))


def _names(jobs: Sequence[Job]) -> dict[str, str]:
    """Return what each job is called, with its district and seed where there are several."""
    district = places_of(jobs)
    several, seeds = len(set(district.values())) > 1, len({job.seed for job in jobs}) > 1
    named = {}
    for job in jobs:
        more = [district[job.digest]] if several else []
        more += [f"seed {job.seed}"] if seeds else []
        named[job.digest] = ", ".join([job.name, *more])
    return named


def _refuse_folder(batch: BatchFolder, manifest: Manifest, resume: bool) -> None:
    if batch.path.exists() and not batch.path.is_dir():
        raise RunError(f"{batch.path} is a file, not a folder", remedy="name a folder with --out")
    if batch.has(manifest) and not resume:
        raise RunError(
            f"{batch.path}: this sweep was begun here before",
            "what is done already would be taken over, which may not be meant",
            "add --resume to do only what is missing, or name another folder",
        )
    is_other = batch.path.is_dir() and any(batch.path.iterdir())
    if is_other and not (batch.path / "sweeps").is_dir():
        raise RunError(
            f"{batch.path} is already there and holds no sweep",
            "its files could be mistaken for results",
            "name another folder",
        )


def _about(sweep: Sweep) -> dict[str, Any]:
    """Return what tables and page need to know of the sweep file."""
    about: dict[str, Any] = {"x": sweep.x, "y": sweep.y, "kind": "sweep"}
    for name in ("robustness", "ensemble"):
        part = getattr(sweep, name)
        if part is not None:
            about[name] = {key: getattr(part, key) for key in part.__slots__}
    about["file"] = str(sweep.path.resolve())
    about["base_scenario"] = dict(load_scenario(sweep.place(sweep.base)).resolved)
    return about


def _budget(sweep: Sweep) -> str:
    if sweep.iterations is not None:
        return f", {counted(sweep.iterations, 'iteration')} each"
    return "" if sweep.time_limit_s is None else f", at most {sweep.time_limit_s:g} s each"


def exit_kind(kinds: Sequence[str]) -> str:
    """Return what a batch with these failures comes to: "done", "input" or "failed"."""
    if not kinds:
        return "done"
    return "input" if set(kinds) == {"input"} else "failed"
