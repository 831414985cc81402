"""A Dask cluster does the same jobs with the same results, and its loss loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.batch.expand import expand_sweep
from planner.batch.folder import BatchFolder, Manifest
from planner.batch.hands import Hands
from planner.batch.pools import ClusterLostError, ClusterPool, worker_memory
from planner.batch.sweep import conclude, do_batch
from planner.batch.sweep_file import read_sweep
from planner.errors import PlannerError
from planner.progress import Progress

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

Write = Callable[..., Path]
GRID = 'seeds = [1, 2]\n[grid]\n"rule.capacity.ceiling_share" = [1.2, 1.4]\n'


def _table(file: Path, out: Path, pool: Any) -> pd.DataFrame:
    sweep = read_sweep(file)
    batch, manifest = BatchFolder(out), Manifest.of("s", sweep.title, expand_sweep(sweep), {})
    hands = Hands(lambda: pool)
    conclude(batch, manifest, do_batch(batch, manifest, hands, words="", resume=True), hands)
    return pd.read_parquet(out / "results.parquet")


def test_a_cluster_gives_the_same_results(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """Two workers of a local cluster against this process: every number is the same."""
    file = write_sweep(GRID)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        pool = ClusterPool(cluster.scheduler_address)
        assert "2 workers of the cluster" in pool.words()
        far = _table(file, tmp_path / "far", pool)
    pd.testing.assert_frame_equal(far, _table(file, tmp_path / "near", here_pool()))


def _dask(what: str, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli.dask_" + what]
    return subprocess.Popen(
        [*command, "--scheduler-file", str(folder / "scheduler.json"), "--no-dashboard", *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_killed_scheduler_is_told(write_sweep: Write, tmp_path: Path, here_pool: Any) -> None:
    """Kill -9 of the scheduler ends the sweep with words; resumed elsewhere, nothing is lost."""
    file = write_sweep(GRID)
    sweep = read_sweep(file)
    batch = BatchFolder(tmp_path / "out")
    manifest = Manifest.of("s", sweep.title, expand_sweep(sweep), {})
    scheduler = _dask("scheduler", tmp_path, "--port", "0", "--host", "127.0.0.1")
    worker = _dask("worker", tmp_path, "--nthreads", "1", "--no-nanny")
    try:
        place = tmp_path / "scheduler.json"
        until = time.monotonic() + 60
        while not place.is_file() and time.monotonic() < until:
            time.sleep(0.2)
        pool = ClusterPool(json.loads(place.read_text())["address"], timeout_s=5)

        def kill(event: Progress) -> None:
            if event.phase == "sweep" and event.done == 1:
                scheduler.kill()

        with pytest.raises(ClusterLostError, match="--resume"):
            do_batch(batch, manifest, Hands(lambda: pool, kill), words="", resume=True)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    done = sum(batch.is_done(job.digest) for job in manifest.jobs)
    assert 1 <= done < 4
    rest = here_pool()
    do_batch(batch, manifest, Hands(lambda: rest), words="", resume=True)
    assert len(rest.handed_out) == 4 - done
    assert all(batch.read(job.digest) is not None for job in manifest.jobs)


def test_nobody_at_the_address() -> None:
    """An address where no scheduler answers is a fault in words."""
    with pytest.raises(PlannerError, match="no scheduler answers"):
        ClusterPool("tcp://127.0.0.1:9", timeout_s=2)


def test_local_workers_have_a_bound() -> None:
    """What is asked is given; else a share of the machine, 4 GB at most."""
    assert worker_memory(2, 1.5) == int(1.5 * 1024**3)
    share = worker_memory(2)
    assert share is None or 0 < share <= 4 * 1024**3
