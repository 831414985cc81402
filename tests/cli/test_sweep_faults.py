"""Sweeps that are killed at any moment, with real processes: nothing lost, doubled or corrupt."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from planner.batch.folder import BatchFolder

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")]

REPOSITORY = Path(__file__).resolve().parents[2]
KILLS = 20
SWEEP = """\
schema = 1
title = "Killed and resumed"
base = "scenario.toml"
iterations = 10
seeds = [1, 2]
warm_start = "rule.capacity.ceiling_share"

[grid]
"rule.capacity.ceiling_share" = [1.4, 1.5, 1.6]
"""


def _start(town: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "planner", "sweep", str(town / "killed.toml")]
    return subprocess.Popen(
        [*command, "--out", str(out), "--workers", "2", "--resume", *more],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _finish(town: Path, out: Path) -> None:
    process = _start(town, out)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 0, told.decode()


def _children(pid: int) -> list[int]:
    """Return the processes whose parent is `pid`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found.append(int(entry.name))
    return found


@pytest.fixture(scope="module")
def undisturbed(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the same sweep that nobody disturbed."""
    (town / "killed.toml").write_text(SWEEP, encoding="utf-8")
    out = tmp_path_factory.mktemp("undisturbed") / "batch"
    begin = time.monotonic()
    _finish(town, out)
    (out.parent / "seconds").write_text(str(time.monotonic() - begin))
    return out


def _assert_same(out: Path, undisturbed: Path) -> None:
    names = sorted(path.name for path in (undisturbed / "runs").iterdir())
    assert sorted(path.name for path in (out / "runs").iterdir()) == names
    batch, calm = BatchFolder(out), BatchFolder(undisturbed)
    for name in names:
        run, same = batch.read(name), calm.read(name)
        assert run is not None
        assert same is not None
        assert run.record["files"] == same.record["files"]
    tables = [pd.read_parquet(folder / "results.parquet") for folder in (out, undisturbed)]
    pd.testing.assert_frame_equal(*tables)
    assert (out / "results.csv").read_bytes() == (undisturbed / "results.csv").read_bytes()


def test_twenty_kills_of_the_parent(town: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Kill -9 at random moments, resume each time: the table is that of an undisturbed sweep."""
    out, moments = tmp_path / "batch", random.Random(6)
    latest = min(0.4 * float((undisturbed.parent / "seconds").read_text()), 5.0)
    took_part = 0
    for _ in range(KILLS):
        process = _start(town, out)
        workers: list[int] = []
        until = time.monotonic() + moments.uniform(0.2, latest)
        while time.monotonic() < until and process.poll() is None:
            workers = _children(process.pid) or workers
            time.sleep(0.05)
        took_part += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        _await_end(workers)
    assert took_part >= KILLS // 4
    _finish(town, out)
    _assert_same(out, undisturbed)


def _await_end(pids: list[int]) -> None:
    """Make sure that no worker outlives its parent."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if not any(_is_ours(pid) for pid in pids):
            return
        time.sleep(0.1)
    pytest.fail(f"workers {pids} outlive their parent")


def _is_ours(pid: int) -> bool:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return b"multiprocessing" in line and state != "Z"


def test_killed_workers_are_replaced(town: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Two workers are killed while they work: the sweep ends whole and by itself."""
    out = tmp_path / "batch"
    process = _start(town, out)
    killed = 0
    until = time.monotonic() + 120
    while killed < 2 and process.poll() is None and time.monotonic() < until:
        claimed = (out / ".claims").is_dir() and any((out / ".claims").iterdir())
        workers = [pid for pid in _children(process.pid) if _is_worker(pid)]
        if claimed and workers:
            os.kill(workers[0], signal.SIGKILL)
            killed += 1
            time.sleep(1.5)
        time.sleep(0.02)
    _, told = process.communicate(timeout=300)
    assert killed
    assert process.returncode == 0, told.decode()
    _assert_same(out, undisturbed)


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_a_terminated_sweep_writes_what_it_has(
    town: Path, undisturbed: Path, tmp_path: Path
) -> None:
    """SIGTERM is a request: jobs under way end, tables and page are written, exit code 130."""
    out = tmp_path / "batch"
    process = _start(town, out)
    until = time.monotonic() + 240
    while not list((out / "runs").glob("[!.]*")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 130, told.decode()
    assert b"are being finished" in told
    assert (out / "index.html").is_file()
    assert len(pd.read_csv(out / "runs.csv")) == 6
    _finish(town, out)
    _assert_same(out, undisturbed)


def test_files_that_cannot_be_written(town: Path, undisturbed: Path, tmp_path: Path) -> None:
    """No room for a run: every failure is told in the system's words, and resume completes it."""
    out = tmp_path / "batch"
    (out / "sweeps").mkdir(parents=True)
    code = (
        "import resource, runpy, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))\n"
        "sys.argv[0] = 'planner'\n"
        "if __name__ == '__main__':\n"
        "    from planner.cli import main\n    main()\n"
    )
    script = tmp_path / "narrow.py"
    script.write_text(code)
    process = subprocess.run(
        [sys.executable, str(script), "sweep", str(town / "killed.toml"), "--out", str(out)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert process.returncode in {2, 4}
    assert b"too large" in process.stderr or b"could not be written" in process.stderr
    assert not list((out / "runs").glob("*"))
    _finish(town, out)
    _assert_same(out, undisturbed)


def test_two_sweeps_at_once_share_a_folder(town: Path, undisturbed: Path, tmp_path: Path) -> None:
    """The same sweep twice at the same time: every job is done once, both end well."""
    out = tmp_path / "batch"
    both = [_start(town, out), _start(town, out)]
    for process in both:
        _, told = process.communicate(timeout=300)
        assert process.returncode == 0, told.decode()
    _assert_same(out, undisturbed)
