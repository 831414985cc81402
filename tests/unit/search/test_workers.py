"""Processes that search: Ctrl-C is not theirs, and losing them loses nothing."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from oracle.tiny_district import grid, travel

from planner.search import Bench, Workers
from planner.search.tasks import Anneal, Neighbourhoods, Task
from planner.terms import Contiguous

SCRIPT = """
import sys
print("begun")
sys.path[:0] = {path!r}
from oracle.tiny_district import grid, travel
from planner.search import Bench, Search, Workers
from planner.search.rounds import run_rounds
from planner.search.schedule import rounds_of
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


@pytest.mark.parametrize("count", [1, 2])
def test_models_under_way_end_when_asked(count: int) -> None:
    """Ctrl-C does not wait for models that would take hours."""
    problem = grid(6, 6, 3, 1)
    bench = Bench.make(problem, [Contiguous("contiguity")], travel(problem))
    zone = bench.model.units.shrink(problem.current)
    tasks = [
        Task(Neighbourhoods(10**9, (2, 3), 100), zone, bench.model.arrays.price, (3, i))
        for i in range(count)
    ]
    asked = threading.Event()
    with Workers(count, asked.is_set) as workers:
        path = workers.hand_out(bench)
        threading.Timer(0.5, asked.set).start()
        found = workers.do_all(bench, path, tasks)
        assert workers.is_interrupted
    for done in found:
        assert bench.rank(done.best_zone) <= bench.rank(zone)


def test_a_script_without_a_main_guard_is_solved(tmp_path: Path) -> None:
    """Its processes do not read it again: they come up, and say nothing."""
    file = tmp_path / "script.py"
    tests = Path(__file__).parents[2]
    file.write_text(SCRIPT.format(path=[str(tests), str(tests.parent)]), encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    begun, found = done.stdout.splitlines()
    assert begun == "begun"
    assert float(found) > 0


ABANDONED = """
import os, sys, time
sys.path[:0] = {path!r}
from planner.search import Workers
if __name__ == "__main__":
    workers = Workers(2)
    workers.start()
    workers._pool.submit(int, "7").result()
    print(*workers._pool._processes, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """Nobody tells them to stop, and yet none is left behind."""
    script = tmp_path / "abandoned.py"
    script.write_text(ABANDONED.format(path=sys.path), encoding="utf-8")
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    workers = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(workers) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20.0
    while time.monotonic() < deadline and any(is_alive(pid) for pid in workers):
        time.sleep(0.05)
    assert not any(is_alive(pid) for pid in workers)


def is_alive(pid: int) -> bool:
    """Tell whether a process is there and no mere entry of one that has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
