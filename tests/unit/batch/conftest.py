"""A small town, its base scenario, and a pool that works in this process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest
from small_scenario import small_scenario

from geodata import synthetic_district, write_district
from planner.batch.job import Job
from planner.batch.worker import Done, perform

BASE = small_scenario(
    """\
[[objective]]
use = "poverty_spread"
"""
)


class HerePool:
    """Does each job at once, in this process.

    Parameters
    ----------
    instead : callable, optional
        Done in place of a job; gives its outcome or raises.
    """

    width = 1

    def __init__(self, instead: Callable[[Path, Job], Done] | None = None) -> None:
        self.handed_out: list[str] = []
        self.restarts = 0
        self._instead = instead

    def submit(self, folder: Path, job: Job, version: str) -> Future[Done]:
        self.handed_out.append(job.digest)
        future: Future[Done] = Future()
        try:
            if self._instead is not None:
                future.set_result(self._instead(folder, job))
            else:
                future.set_result(perform(str(folder), job, version))
        except Exception as error:  # noqa: BLE001 - what a process would hand back
            future.set_exception(error)
        return future

    def restart(self) -> None:
        self.restarts += 1

    def check(self) -> None:
        pass

    def close(self, *, now: bool) -> None:
        pass

    def words(self) -> str:
        return "this process"


@pytest.fixture(scope="session")
def batch_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a district and a base scenario that is solved in seconds."""
    folder = tmp_path_factory.mktemp("batch_town")
    district = synthetic_district(n_blocks=450, n_elementary=6, n_middle=1, n_high=1, seed=3)
    write_district(district, folder / "district")
    (folder / "base.toml").write_text(BASE, encoding="utf-8")
    return folder


@pytest.fixture
def write_sweep(batch_town: Path) -> Callable[[str, str], Path]:
    """Return a function that writes a sweep file of the town."""

    def write(text: str, name: str = "sweep.toml") -> Path:
        path = batch_town / name
        head = 'schema = 1\ntitle = "Test"\nbase = "base.toml"\niterations = 20\n'
        path.write_text(head + text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def here_pool() -> type[HerePool]:
    """Return the pool that works in this process."""
    return HerePool
