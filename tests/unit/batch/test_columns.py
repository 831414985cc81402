"""Every column of a batch's tables is explained, and no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from planner.batch.columns import A_KEY, COLUMNS
from planner.batch.expand import expand_sweep
from planner.batch.folder import BatchFolder, Manifest
from planner.batch.hands import Hands
from planner.batch.pareto import trace_front
from planner.batch.sweep import conclude, do_batch
from planner.batch.sweep_file import read_sweep


def test_every_column_is_explained(
    write_sweep: Callable[..., Path], batch_town: Path, tmp_path: Path, here_pool: Any
) -> None:
    """What a sweep with all its questions and a front write has the columns of the README."""
    key = "rule.capacity.ceiling_share"
    sweep = read_sweep(write_sweep(f'[grid]\n"{key}" = [1.4]\n'))
    about = {
        "robustness": {"draws": 5, "years": 1},
        "ensemble": {"plans": 4, "moves_between": 200, "chains": 2},
    }
    jobs = expand_sweep(sweep)
    about["base_scenario"] = dict(jobs[0].scenario)
    batch, hands = BatchFolder(tmp_path / "batch"), Hands(here_pool)
    manifest = Manifest.of("s", "S", jobs, about)
    conclude(batch, manifest, do_batch(batch, manifest, hands, words="", resume=False), hands)
    trace_front(
        batch_town / "base.toml", tmp_path / "front", "students_moved", "travel", 2,
        open_workers=here_pool, iterations=5,
    )  # fmt: skip
    for table, columns in COLUMNS.items():
        folder = tmp_path / ("front" if table == "front.csv" else "batch")
        told = [key if name == A_KEY else name for name in columns]
        assert list(pd.read_csv(folder / table)) == told, table
