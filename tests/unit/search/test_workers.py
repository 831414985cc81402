"""Processes that search: Ctrl-C is not theirs, and losing them loses nothing."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from oracle.tiny_district import grid, travel

from planner.search import Bench, Workers
from planner.search.tasks import Anneal, Task
from planner.terms import Contiguous

SCRIPT = """
import sys
sys.path[:0] = {path!r}
from oracle.tiny_district import grid, travel
from planner.search import Bench, Search, Workers, rounds_of, run_rounds
bench = Bench.make(problem := grid(6, 6, 3, 1), [], travel(problem))
with Workers(2) as workers:
    search = Search(bench, workers, [problem.current], 1)
    run_rounds(search, rounds_of(20_000, 2), lambda *_: False)
print(search.best.aim)
"""


def test_processes_are_born_without_ctrl_c() -> None:
    """A Ctrl-C that hits them while they start does not kill them."""
    with Workers(2) as workers:
        workers.start()
        assert workers._pool is not None
        for process in list(workers._pool._processes.values()):
            os.kill(process.pid, signal.SIGINT)
        assert workers._pool.submit(int, "7").result() == 7


def test_lost_processes_cost_no_result(caplog: pytest.LogCaptureFixture) -> None:
    """Killed workers are told in the log, and the same tasks are done in this process."""
    problem = grid(6, 6, 3, 1)
    bench = Bench.make(problem, [Contiguous("contiguity")], travel(problem))
    zone = bench.model.units.shrink(problem.current)
    prices = bench.model.arrays.price
    tasks = [Task(Anneal(500, 1.0, 0.1), zone, prices, (3, i)) for i in range(2)]
    with Workers(1) as workers:
        alone = workers.do_all(bench, workers.hand_out(bench), tasks)
    with Workers(2) as workers, caplog.at_level(logging.WARNING):
        path = workers.hand_out(bench)
        assert workers._pool is not None
        for process in list(workers._pool._processes.values()):
            os.kill(process.pid, signal.SIGKILL)
        found = workers.do_all(bench, path, tasks)
    assert "one process" in caplog.text
    for one, other in zip(found, alone, strict=True):
        np.testing.assert_array_equal(one.best_zone, other.best_zone)


def test_a_script_without_a_main_guard_is_solved(tmp_path: Path) -> None:
    """Its processes cannot come up; the search goes on without them."""
    file = tmp_path / "script.py"
    tests = Path(__file__).parents[2]
    file.write_text(SCRIPT.format(path=[str(tests), str(tests.parent)]), encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.splitlines()[-1]) > 0
