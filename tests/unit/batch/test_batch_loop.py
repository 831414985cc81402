"""The batch loop: nothing lost, nothing done twice, every failure in its own words."""

from __future__ import annotations

import codecs
import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_scenario import small_scenario

from planner.batch import worker
from planner.batch.expand import expand_sweep
from planner.batch.folder import BatchFolder, Manifest
from planner.batch.hands import Hands
from planner.batch.job import Job
from planner.batch.loop import Tally, run_jobs
from planner.batch.sweep import (
    BatchTooLargeError,
    Outcome,
    conclude,
    do_batch,
    exit_kind,
    run_sweep,
)
from planner.batch.sweep_file import read_sweep
from planner.batch.worker import Done, JobError
from planner.errors import RunError
from planner.progress import Progress

Write = Callable[..., Path]
GRID = '[grid]\n"rule.capacity.ceiling_share" = [1.2, 1.4]\n'


def _run(file: Path, out: Path, pool: Any, *, resume: bool = False) -> Outcome:
    sweep = read_sweep(file)
    jobs = expand_sweep(sweep)
    manifest = Manifest.of(file.stem, sweep.title, jobs, {"kind": "sweep"})
    batch = BatchFolder(out)
    hands = Hands(lambda: pool)
    tally = do_batch(batch, manifest, hands, words="", resume=resume)
    return conclude(batch, manifest, tally, hands)


def test_a_question_without_an_answer_spoils_no_page(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """A table that makes no sense is a sentence on the page; the other sweep's answer is there."""
    out, batch = tmp_path / "out", BatchFolder(tmp_path / "out")
    jobs = expand_sweep(read_sweep(write_sweep(GRID)))
    for name, draws in (("bad", 0), ("good", 3)):
        about = {"kind": "sweep", "robustness": {"draws": draws, "years": 1}}
        manifest = Manifest.of(name, name, jobs, about)
        tally = do_batch(batch, manifest, Hands(here_pool), words="", resume=True)
        page = conclude(batch, manifest, tally, Hands(here_pool)).page.read_text()
        assert "could not be answered: draws = 0" in page
    assert "3 futures of 1 years" in page
    assert (out / "results.parquet").is_file()


def _results(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "results.parquet")


def test_results_are_tidy_and_the_csv_is_their_twin(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """One row a run and metric, with the keys as columns; both files hold the same rows."""
    outcome = _run(write_sweep(GRID), tmp_path / "out", here_pool())
    assert outcome.tally.failed == {}
    table = _results(tmp_path / "out")
    key = ["job", "metric", "scope", "id", "group"]
    assert not table.duplicated(key).any()
    assert set(table["rule.capacity.ceiling_share"]) == {1.2, 1.4}
    assert {"poverty_spread", "students_moved", "has_plan"} <= set(table["metric"])
    twin = pd.read_csv(
        tmp_path / "out" / "results.csv", keep_default_na=False, na_values=[""], dtype={"id": str}
    )
    assert list(twin.columns) == list(table.columns)
    assert len(twin) == len(table)
    np.testing.assert_allclose(twin["plan"].astype(float), table["plan"].astype(float))
    for file in ("results.csv", "runs.csv"):  # a mark would be a part of the first column's name
        assert not (tmp_path / "out" / file).read_bytes().startswith(codecs.BOM_UTF8)
    runs = pd.read_csv(tmp_path / "out" / "runs.csv")
    assert (runs["memory_mb"] > 50).all()
    assert (runs["rules_broken"] == 0).all()


def test_resume_repeats_only_what_is_missing(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """A removed run and a damaged one are done again, the table is as before, others stay."""
    import shutil

    file = write_sweep('seeds = [1, 2, 3]\n[grid]\n"rule.capacity.ceiling_share" = [1.4]\n')
    out = tmp_path / "out"
    pool = here_pool()
    _run(file, out, pool)
    before = _results(out)
    gone, damaged, kept = pool.handed_out
    shutil.rmtree(out / "runs" / gone)
    (out / "runs" / damaged / "plan.csv").write_text("half a fi")
    with pytest.raises(RunError, match="--resume"):
        _run(file, out, here_pool())
    again = here_pool()
    outcome = _run(file, out, again, resume=True)
    assert again.handed_out == [gone, damaged]
    assert outcome.tally.solved == 2
    assert kept not in again.handed_out
    pd.testing.assert_frame_equal(_results(out), before)


def test_two_sweeps_share_a_folder(write_sweep: Write, tmp_path: Path, here_pool: Any) -> None:
    """What both ask is solved once; the tables hold both."""
    out = tmp_path / "out"
    _run(write_sweep(GRID, "one.toml"), out, here_pool())
    pool = here_pool()
    wider = GRID.replace("1.4]", "1.4, 1.3]")
    outcome = _run(write_sweep(wider, "two.toml"), out, pool)
    assert len(pool.handed_out) == 1
    assert outcome.tally.done == 3
    table = _results(out)
    assert not table.duplicated(["job", "metric", "scope", "id", "group"]).any()
    assert table["job"].nunique() == 3
    assert len(BatchFolder(out).manifests()) == 2


def test_a_changed_sweep_file_takes_its_own_place(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """What the file asked before is told no more; its run stays, other sweeps are left alone."""
    batch = BatchFolder(tmp_path / "out")
    for name, grid, about in (
        ("other", GRID, {"kind": "sweep", "file": "other.toml"}),
        ("one", GRID.replace("1.4]", "1.3]"), {"kind": "sweep", "file": "one.toml"}),
        ("one", GRID.replace("1.4]", "1.35]"), {"kind": "sweep", "file": "one.toml"}),
    ):
        manifest = Manifest.of(name, name, expand_sweep(read_sweep(write_sweep(grid))), about)
        tally = do_batch(batch, manifest, Hands(here_pool), words="", resume=False)
        conclude(batch, manifest, tally, Hands(here_pool))
    assert len(batch.manifests()) == 2
    assert set(_results(batch.path)["rule.capacity.ceiling_share"]) == {1.2, 1.4, 1.35}
    assert len(list(batch.runs.iterdir())) == 4


def test_a_district_that_changed_gives_no_answer_for_old_plans(
    write_sweep: Write, tmp_path: Path, here_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other counts than those the plans were made for are not put under their names."""
    from planner.batch import standing

    batch = BatchFolder(tmp_path / "out")
    jobs = expand_sweep(read_sweep(write_sweep(GRID)))
    about = {"kind": "sweep", "robustness": {"draws": 3, "years": 1}}
    manifest = Manifest.of("s", "s", jobs, about)
    tally = do_batch(batch, manifest, Hands(here_pool), words="", resume=False)
    conclude(batch, manifest, tally, Hands(here_pool))
    assert (batch.path / "robustness.csv").is_file()
    whole = standing.load_district

    def changed(place: str) -> Any:
        district = whole(place)
        return replace(district, name=f"{district.name} (corrected)")

    monkeypatch.setattr(standing, "load_district", changed)
    page = conclude(batch, manifest, tally, Hands(here_pool)).page.read_text()
    assert "not what it was when the plans were made" in page
    assert not (batch.path / "robustness.csv").exists()


def test_a_table_longer_than_excels_is_written_and_told(
    write_sweep: Write, tmp_path: Path, here_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Solved scenarios are never lost for a limit of another program."""
    from planner.batch import answer

    monkeypatch.setattr(answer, "EXCEL_ROWS", 10)
    outcome = _run(write_sweep(GRID), tmp_path / "out", here_pool())
    assert len(_results(tmp_path / "out")) > 10
    assert "Excel shows the first 10 of them" in outcome.page.read_text()


def test_sweeps_that_share_a_job_share_its_settings(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """Every key has a value in every row, whichever sweep asked; each sweep is judged alone."""
    out = tmp_path / "out"
    ceiling = '[grid]\n"rule.capacity.ceiling_share" = [1.4, 1.2]\n'
    _run(write_sweep(ceiling, "one.toml"), out, here_pool())
    floor = '[grid]\n"rule.capacity.floor_share" = [0.3, 0.2]\n"event.close" = [false]\n'
    _run(write_sweep(floor, "two.toml"), out, here_pool())
    runs = pd.read_csv(out / "runs.csv")
    keys = ["rule.capacity.ceiling_share", "rule.capacity.floor_share"]
    assert sorted(map(tuple, runs[keys].to_numpy())) == [(1.2, 0.3), (1.4, 0.2), (1.4, 0.3)]
    page = (out / "index.html").read_text()
    assert page.count("What each measure depends on") == 2
    assert page.count('<option value="1">') >= 1


def test_districts_of_one_name_are_kept_apart(
    write_sweep: Write, batch_town: Path, tmp_path: Path, here_pool: Any
) -> None:
    """Two districts that are called the same are told apart by their paths."""
    from geodata import synthetic_district, write_district

    other = synthetic_district(n_blocks=450, n_elementary=6, n_middle=1, n_high=1, seed=4)
    write_district(other, tmp_path / "other")
    text = f'districts = ["district/district.toml", "{tmp_path}/other/district.toml"]\n'
    outcome = _run(write_sweep(text), tmp_path / "out", here_pool())
    assert outcome.statuses == {"FEASIBLE": 2}
    names = pd.read_csv(tmp_path / "out" / "runs.csv")["district"]
    assert names.nunique() == 2
    assert names.str.contains("district.toml").all()


def test_failures_speak_for_themselves(write_sweep: Write, tmp_path: Path, here_pool: Any) -> None:
    """Infeasible, malformed and fine in one sweep: each ends in its own way."""
    text = (
        '[[variation]]\nname = "fine"\n'
        '[[variation]]\nname = "too small"\n'
        'set = { "rule.capacity" = { floor_share = 0.0, ceiling_share = 0.2 } }\n'
        '[[variation]]\nname = "malformed"\nset = { "rule.capacity.ceiling_share" = "wide" }\n'
        '[[variation]]\nname = "no such school"\nset = { "event.close.school" = "E99" }\n'
    )
    outcome = _run(write_sweep(text), tmp_path / "out", here_pool())
    assert outcome.statuses == {"FAILED": 2, "FEASIBLE": 1, "INFEASIBLE": 1}
    told = dict(outcome.problems)
    assert "ceiling_share = 'wide'" in told["malformed"]
    assert "no school E99" in told["no such school"]
    runs = pd.read_csv(tmp_path / "out" / "runs.csv").set_index("name")
    assert "seats" in runs.loc["too small", "reason"]
    assert exit_kind(list(outcome.tally.failed.values())) == "input"
    table = _results(tmp_path / "out")
    small = table[table["variation"] == "too small"]
    assert small["metric"].tolist() == ["has_plan"]
    assert small["plan"].tolist() == [0.0]


def test_runs_have_the_same_columns_however_they_end(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """A script finds its columns by name and place, also where the first scenario fails."""
    bad = '[[variation]]\nname = "bad"\nset = { "rule.capacity.ceiling_share" = "wide" }\n'
    good = '[[variation]]\nname = "good"\nset = { "rule.capacity.ceiling_share" = 1.4 }\n'
    _run(write_sweep(bad + good), tmp_path / "first", here_pool())
    _run(write_sweep(good + bad), tmp_path / "last", here_pool())
    for name in ("first", "last"):
        columns = list(pd.read_csv(tmp_path / name / "runs.csv").columns)
        at = columns.index("status")
        assert columns[at - 2 : at] == ["district", "seed"]
        assert columns[at:] == [
            "status", "aim", "value", "bound", "gap", "unit", "rules_broken", "seconds",
            "memory_mb", "parent", "reason", "folder",
        ]  # fmt: skip


def test_failures_are_named_with_their_district(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """Where one scenario fails in several districts and seeds, each line says in which."""
    text = (
        'districts = ["district/district.toml", "gone/district.toml"]\nseeds = [1, 2]\n'
        '[[variation]]\nname = "no such school"\nset = { "event.close.school" = "E99" }\n'
        '[[variation]]\nname = "fine"\n'
    )
    outcome = _run(write_sweep(text), tmp_path / "out", here_pool())
    names = [name for name, _ in outcome.problems]
    assert len(names) == len(set(names)) == 6
    assert "fine, gone, seed 2" in names


def test_a_full_disk_is_told_and_tried_again(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """A job that cannot write fails with the system's words; resume does it."""

    def full(folder: Path, job: Job) -> Done:
        raise JobError("disk", f"the run could not be written: {OSError(errno.ENOSPC, 'No space')}")

    out = tmp_path / "out"
    outcome = _run(write_sweep(GRID), out, here_pool(full))
    assert outcome.statuses == {"FAILED": 2}
    assert "No space" in outcome.problems[0][1]
    assert exit_kind(list(outcome.tally.failed.values())) == "failed"
    again = _run(write_sweep(GRID), out, here_pool(), resume=True)
    assert again.statuses == {"FEASIBLE": 2}
    assert not list((out / "failed").iterdir())


def test_a_job_that_kills_its_worker_is_given_up_alone(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """A worker that dies takes no other job with it, and the guilty job is not tried for ever."""
    from planner.batch.worker import perform

    def deadly(folder: Path, job: Job) -> Done:
        if job.settings["rule.capacity.ceiling_share"] == 1.2:
            raise BrokenProcessPool("a process was terminated abruptly")
        from planner.batch.job import version_digest

        return perform(str(folder), job, version_digest())

    pool = here_pool(deadly)
    outcome = _run(write_sweep(GRID), tmp_path / "out", pool)
    assert outcome.statuses == {"FAILED": 1, "FEASIBLE": 1}
    assert "worker process died 5 times" in outcome.problems[0][1]
    assert pool.restarts == 5


def test_children_of_failed_parents_are_not_guessed(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """A warm start waits for its parent; where the parent fails, the child says so."""
    file = write_sweep('warm_start = "rule.capacity.ceiling_share"\n' + GRID)

    def fails(folder: Path, job: Job) -> Done:
        raise JobError("fault", "something unforeseen", "trace")

    out = tmp_path / "out"
    outcome = _run(file, out, here_pool(fails))
    assert [text for _, text in outcome.problems] == [
        "something unforeseen",
        "the job it starts from has failed",
    ]
    pool = here_pool()
    _run(file, out, pool, resume=True)
    jobs = expand_sweep(read_sweep(file))
    assert pool.handed_out == [job.digest for job in jobs]
    import json

    record = json.loads((out / "runs" / jobs[1].digest / "run.json").read_text())
    assert set(record["search"]["start"]) >= {"block_id", "school_id"}


def _tally(file: Path, out: Path, pool: Any, **more: Any) -> Tally:
    batch, jobs = BatchFolder(out), expand_sweep(read_sweep(file))
    return run_jobs(batch, jobs, lambda: pool, **more)


def test_the_best_so_far_is_of_one_question(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """Values of unlike aims are not compared; those of the same aim are, across seeds and bands."""

    def quick(folder: Path, job: Job) -> Done:
        return Done(job.digest, "FEASIBLE", best=float(job.seed))

    same = _tally(write_sweep("seeds = [3, 2]\n" + GRID), tmp_path / "a", here_pool(quick))
    assert same.best == 2.0
    text = (
        '[[variation]]\nname = "a"\n[[variation]]\nname = "b"\n'
        'set = { "objective.poverty_spread" = false, "objective.travel" = { priority = 1 } }\n'
    )
    unlike = _tally(write_sweep(text), tmp_path / "b", here_pool(quick))
    assert unlike.done == 2
    assert unlike.best is None


def test_what_another_process_solved_is_not_counted_as_solved(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """Solved now, and the pace of it, are this process's own."""

    def half(folder: Path, job: Job) -> Done:
        return Done(job.digest, "FEASIBLE", is_new=job.seed == 1)

    tally = _tally(write_sweep("seeds = [1, 2]\n"), tmp_path / "out", here_pool(half))
    assert (tally.done, tally.solved) == (2, 1)


def test_the_time_left_falls_while_a_job_runs() -> None:
    """Ten seconds a job and one to go: the longer it runs, the less is left."""
    now = time.monotonic()
    estimates = [
        Tally(3, done=2, solved=2, last=20.0, begin=now - seconds).left_s()
        for seconds in (20, 25, 40)
    ]
    assert estimates[0] == pytest.approx(10, abs=0.5)
    assert estimates[1] == pytest.approx(5, abs=0.5)
    assert estimates[2] is None
    assert Tally(3, begin=now).left_s() is None


def test_a_stop_finishes_what_is_under_way(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """After the request nothing is begun, what is under way is counted in words and taken."""
    stop, told = threading.Event(), []
    pool = here_pool()
    future: Future[Done] = Future()

    def submit(folder: Path, job: Job, version: str) -> Future[Done]:
        stop.set()
        return future

    def listen(event: Progress) -> None:
        told.append(event.message)
        if "stopping" in event.message:
            future.set_result(Done("x", "FEASIBLE"))

    pool.submit = submit
    file = write_sweep("seeds = [1, 2, 3]\n")
    tally = _tally(file, tmp_path / "out", pool, interrupt=stop, progress=listen)
    assert tally.done == 1
    assert any("1 job is being finished" in text for text in told)


def test_workers_that_cannot_begin_stop_the_sweep(tmp_path: Path) -> None:
    """Without memory to begin with, every worker ends at its start: that is told once."""
    script = tmp_path / "narrow.py"
    script.write_text(
        "from planner.batch.pools import LocalPool\n"
        "pool = LocalPool(1, 1)\n"
        "from planner.batch.job import Job\n"
        "job = Job('d', 'n', 'v', {}, 'p', 'd', 'd', 0)\n"
        "from pathlib import Path\n"
        "print(repr(pool.submit(Path('.'), job, '').exception()))\n"
        "pool.restart()\n"
    )
    home = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": home},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "BrokenProcessPool" in done.stdout
    assert "end before they begin" in done.stderr
    assert "--worker-memory" in done.stderr


def test_the_source_is_part_of_the_version() -> None:
    """Another line of code is another version, so that plans of two sources never mix."""
    import planner
    from planner.batch.job import version_digest

    before = version_digest()
    version_digest.cache_clear()
    home = Path(planner.__file__).parent
    strange = {home / "errors.py": b"# changed"}
    read = Path.read_bytes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda self: strange.get(self) or read(self))
        assert version_digest() != before
    version_digest.cache_clear()
    assert version_digest() == before


def test_a_batch_above_its_limit_is_refused(write_sweep: Write, tmp_path: Path) -> None:
    """The size is told and nothing is begun, unless somebody has confirmed it."""
    file = write_sweep("limit = 1\n" + GRID)
    with pytest.raises(BatchTooLargeError, match="2 scenarios"):
        run_sweep(file, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_strange_folders_are_left_alone(write_sweep: Write, tmp_path: Path, here_pool: Any) -> None:
    """A folder with other files in it is not made into a batch folder."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="holds no sweep"):
        _run(write_sweep(GRID), tmp_path, here_pool())
    with pytest.raises(RunError, match=r"(?s)is a file.*name a folder"):
        _run(write_sweep(GRID), tmp_path / "thesis.txt", here_pool())


def test_a_claimed_job_waits(write_sweep: Write, tmp_path: Path, here_pool: Any) -> None:
    """Two sweeps at work on one job: the second takes the first one's run."""
    file = write_sweep('[grid]\n"rule.capacity.ceiling_share" = [1.4]\n')
    from planner.batch.job import version_digest
    from planner.batch.worker import perform

    out = tmp_path / "out"
    batch = BatchFolder(out)
    job = expand_sweep(read_sweep(file))[0]
    with batch.claim(job.digest) as mine:
        assert mine
        assert perform(str(out), job, version_digest()).status == "BUSY"
    assert perform(str(out), job, version_digest()).status == "FEASIBLE"
    with pytest.raises(JobError, match="other versions"):
        perform(str(out), job, "other")


def test_reasons_are_sought_beside_the_levels_that_were_drawn(
    batch_town: Path,
    write_sweep: Write,
    tmp_path: Path,
    here_pool: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Why a second level has no plan hangs on the seats that the first one, as drawn, leaves it."""
    rule = '[[rule]]\nuse = "enrollment"\nmin_students = 100000\nlevels = ["middle"]\n\n'
    text = small_scenario(
        rule + '[[objective]]\nuse = "students_moved"\n', levels='["elementary", "middle"]'
    )
    (batch_town / "half.toml").write_text(text, encoding="utf-8")
    sweep = write_sweep('[[variation]]\nname = "half"\nscenario = "half.toml"\n', "half_sweep.toml")
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(worker, "find_conflicts", lambda *_, **how: asked.append(how) or [])
    _run(sweep, tmp_path / "out", here_pool())
    (how,) = asked
    assert how["drawn"].levels == ("elementary",)
