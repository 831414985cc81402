"""How many scenarios an hour: one worker, two workers, a Dask cluster of two, in the same run.

    python tests/benchmarks/sweep_throughput.py [--scenarios 200] [--iterations 20] [--blocks 450]

Sweeps the built-in town (or a smaller one of its kind) and compares every number of the tables.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geodata import synthetic_district, write_district
from planner.batch.expand import expand_sweep
from planner.batch.folder import BatchFolder, Manifest
from planner.batch.loop import run_jobs
from planner.batch.pools import ClusterPool, LocalPool, Pool, worker_memory
from planner.batch.sweep_file import read_sweep
from planner.batch.tables import gather

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "oracle"))
from small_scenario import small_scenario

SCENARIO = small_scenario('[[objective]]\nuse = "poverty_spread"\n', "Throughput")


def write_inputs(folder: Path, scenarios: int, iterations: int, blocks: int) -> Path:
    """Write a town, its scenario and a sweep of so many scenarios."""
    town = synthetic_district() if blocks == 1500 else synthetic_district(blocks, 6, 2, 1, seed=3)
    write_district(town, folder / "district")
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    per_seed = max(1, scenarios // 10)
    ceilings = [round(1.2 + 0.4 * at / per_seed, 4) for at in range(per_seed)]
    text = (
        f'schema = 1\ntitle = "Throughput"\nbase = "scenario.toml"\niterations = {iterations}\n'
        f"seeds = {list(range(scenarios // per_seed))}\n"
        f'[grid]\n"rule.capacity.ceiling_share" = {ceilings}\n'
    )
    path = folder / "sweep.toml"
    path.write_text(text, encoding="utf-8")
    return path


def sweep(path: Path, out: Path, pool: Callable[[], Pool]) -> tuple[float, pd.DataFrame]:
    """Do all jobs; return the seconds from the pool's first to its last, and the table."""
    jobs = expand_sweep(read_sweep(path))
    batch = BatchFolder(out)
    manifest = Manifest.of("sweep", "Throughput", jobs, {})
    batch.add(manifest)
    begin = time.perf_counter()
    tally = run_jobs(batch, jobs, pool)
    seconds = time.perf_counter() - begin
    if tally.failed:
        raise SystemExit(f"failed: {batch.failures()}")
    return seconds, gather(batch, [manifest]).results


def main() -> None:
    """Measure and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=200)
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--blocks", type=int, default=1500, help="1500: the built-in town")
    parser.add_argument("--no-cluster", action="store_true")
    asked = parser.parse_args()
    told: dict[str, object] = vars(asked).copy()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_inputs(folder, asked.scenarios, asked.iterations, asked.blocks)
        memory = worker_memory(2)
        one_s, one = sweep(path, folder / "one", lambda: LocalPool(1, memory))
        two_s, two = sweep(path, folder / "two", lambda: LocalPool(2, memory))
        told |= {"one_worker_s": one_s, "two_workers_s": two_s, "speedup": one_s / two_s}
        told["scenarios_an_hour"] = 3600 * len(one["job"].unique()) / two_s
        told["same_with_two_workers"] = one.equals(two)
        if not asked.no_cluster:
            told |= on_cluster(path, folder / "dask", one)
    json.dump(told, sys.stdout, indent=1)


def on_cluster(path: Path, out: Path, expected: pd.DataFrame) -> dict[str, object]:
    """Do the same on a Dask cluster of two processes."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        seconds, table = sweep(path, out, lambda: ClusterPool(cluster.scheduler_address))
    return {"cluster_s": seconds, "same_on_cluster": expected.equals(table)}


if __name__ == "__main__":
    main()
