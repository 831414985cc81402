"""Scenarios take over the best plan of the batch that holds their rules, where theirs is worse.

A search proves nothing about what it did not see: that of a looser scenario may end worse than that
of a tighter one, whose plan holds its rules too.  All plans of a batch are known by then, so no
scenario is left with a worse first aim than another one's plan would give it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geodata.errors import counted
from planner.batch.folder import BatchFolder
from planner.batch.hands import Hands
from planner.batch.job import Job, job_digest
from planner.batch.suits import Suits

__all__ = ["take_over"]


def take_over(
    batch: BatchFolder, jobs: Sequence[Job], hands: Hands, *, by_seed: bool = False
) -> tuple[tuple[Job, ...], tuple[str, ...]]:
    """Give each job the plan that suits it better than its own, where there is one.

    Parameters
    ----------
    batch : BatchFolder
    jobs : sequence of Job
        Done, or failed.
    hands : Hands
    by_seed : bool
        Whether only plans of the same seed are taken: where several are tried, what chance does
        is to be seen.

    Returns
    -------
    jobs : tuple of Job
        Those with another one's plan in the place of their own search, whose run stays.
    notes : tuple of str
        What people must know of it.
    """
    if hands.is_stopped:
        return tuple(jobs), ()
    suits = Suits(batch, by_seed)
    taken = {job.digest: _with_plan(job, by) for job in jobs if (by := suits.best(job, jobs))}
    if not taken:
        return tuple(jobs), ()
    scenarios = counted(len(taken), "scenario takes", "scenarios take")
    hands.run(batch, list(taken.values()), f"{scenarios} over a better plan of another one")
    done = {
        job.digest: new
        for job in jobs
        if (new := taken.get(job.digest)) is not None and suits.best(job, [new]) is not None
    }
    return tuple(done.get(job.digest, job) for job in jobs), _notes(len(done), len(taken))


def _with_plan(job: Job, by: Job) -> Job:
    """Return a job that takes over another one's plan."""
    origin = f"{by.digest} in place of {job.digest}"
    digest = job_digest(job.scenario, job.district_digest, job.seed, origin)
    return replace(job, digest=digest, parent=by.digest, own=job.digest)


def _notes(done: int, asked: int) -> tuple[str, ...]:
    told = []
    if done:
        told.append(
            f"{counted(done, 'scenario has', 'scenarios have')} the plan of another one, which "
            "holds the same rules and is better in the first aim than what their own search found "
            "(columns parent and reason of runs.csv)"
        )
    if done < asked:
        told.append(
            f"{asked - done} more could have one: --resume tries again; until then a looser limit "
            "may look worse than a tighter one"
        )
    return tuple(told)
