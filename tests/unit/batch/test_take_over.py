"""A scenario whose search ended worse than another one's plan would serve it has that plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.batch import sweep
from planner.batch.expand import expand_sweep
from planner.batch.folder import BatchFolder
from planner.batch.hands import Hands
from planner.batch.sweep_file import read_sweep
from planner.batch.take_over import take_over
from planner.runs import read_run
from planner.runs.replay import replay

Write = Callable[..., Path]
# two variations of one question: the looser one is searched for a moment only
LOOSER = (
    '[[variation]]\nname = "tight"\nset = { "rule.capacity.ceiling_share" = 1.3 }\n'
    '[[variation]]\nname = "loose"\n'
    'set = { "rule.capacity.ceiling_share" = 1.6, "stop.iterations" = 1 }\n'
)


def _run(file: Path, out: Path, pool: Any, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Any:
    monkeypatch.setattr(sweep, "open_pool", lambda *_: pool)
    return sweep.run_sweep(file, out, **more)


def _rows(out: Path) -> pd.DataFrame:
    return pd.read_csv(out / "runs.csv", keep_default_na=False).set_index("variation")


def test_a_looser_scenario_is_no_worse_and_its_run_can_be_repeated(
    write_sweep: Write, tmp_path: Path, here_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the tighter one's plan as a run of its own, replayed byte for byte; told, and kept."""
    file, out = write_sweep(LOOSER), tmp_path / "batch"
    outcome = _run(file, out, here_pool(), monkeypatch)
    tight, loose = (_rows(out).loc[name] for name in ("tight", "loose"))
    own = next(job.own for job in BatchFolder(out).manifests()[0].jobs if job.own)
    search = BatchFolder(out).read(own)
    assert search is not None
    assert search.record["objectives"][0]["reached"] > float(tight["value"])
    assert float(loose["value"]) <= float(tight["value"]) + 1e-9
    assert loose["parent"] == tight["job"]
    assert own in loose["reason"]
    assert not tight["parent"]
    assert "1 scenario has the plan of another one" in outcome.notes[0]
    again = replay(read_run(out / loose["folder"]))
    assert again is not None
    assert again.is_identical
    pool = here_pool()
    assert _run(file, out, pool, monkeypatch, resume=True).notes == outcome.notes
    assert pool.handed_out == []
    assert _rows(out).loc["loose", "job"] == loose["job"]


@pytest.mark.slow
def test_what_was_proven_of_a_scenario_stays_proven(
    write_sweep: Write, tmp_path: Path, here_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound of its own search holds for the plan it takes over, which may not be below it."""
    out = tmp_path / "batch"
    _run(write_sweep(LOOSER), out, here_pool(), monkeypatch)
    batch = BatchFolder(out)
    job = next(job for job in batch.manifests()[0].jobs if job.own)
    taken, own = (batch.read(digest) for digest in (job.digest, job.own))
    assert taken is not None
    assert own is not None
    aims = list(zip(taken.record["objectives"], own.record["objectives"], strict=True))
    assert [new["bound"] for new, _ in aims] == [old["bound"] for _, old in aims]
    assert taken.record["objectives"][0]["value"] >= (aims[0][0]["bound"] or 0.0) - 1e-9
    assert taken.rules["ok"].all()


@pytest.mark.slow
def test_seeds_do_not_borrow_from_each_other(
    write_sweep: Write, tmp_path: Path, here_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several seeds are there to show what chance does; only plans of one's own seed are taken."""
    out = tmp_path / "batch"
    _run(write_sweep("seeds = [1, 2]\n" + LOOSER), out, here_pool(), monkeypatch)
    rows = _rows(out).reset_index().set_index("job")
    taken = rows[rows["parent"] != ""]
    assert len(taken)
    assert (rows.loc[taken["parent"], "seed"].to_numpy() == taken["seed"].to_numpy()).all()


@pytest.mark.slow
def test_a_plan_that_breaks_a_rule_is_not_taken(
    write_sweep: Write, tmp_path: Path, here_pool: Any
) -> None:
    """However good its aim: the tighter scenario keeps its own plan."""
    text = LOOSER.replace("1.3", "1.05").replace(', "stop.iterations" = 1', "")
    text = text.replace("1.05 }", '1.05, "stop.iterations" = 1 }')
    batch, hands = BatchFolder(tmp_path / "batch"), Hands(here_pool)
    jobs = expand_sweep(read_sweep(write_sweep(text)))
    hands.run(batch, jobs, "")
    values = [
        run.record["objectives"][0]["value"]
        for job in jobs
        if (run := batch.read(job.digest)) is not None
    ]
    assert values[1] < values[0], "the looser plan would be better"
    after, notes = take_over(batch, jobs, hands)
    assert after == tuple(jobs)
    assert notes == ()
