"""The packet of a small town: whole, or with a clear reason why not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hearing_fixtures import small_town, write_run

from planner.errors import RunError
from planner.report import report

DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_town(tmp_path_factory.mktemp("town") / "district")


@pytest.fixture(scope="module")
def runs(town: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("runs")
    return [write_run(folder / f"r{seed}", town, seed=seed) for seed in (1, 2)]


def test_one_page_with_every_option(runs: list[Path], tmp_path: Path) -> None:
    """Letters follow the order of the runs; plan ids, status and seed stand on it."""
    page = report(runs, tmp_path / "out", day=DAY).read_text(encoding="utf-8")
    assert "Option A" in page
    assert "Option B" in page
    assert "November 21, 2026" in page
    assert "Draft" in page
    assert "seed 7" in page


def test_a_damaged_run_writes_nothing(runs: list[Path], tmp_path: Path) -> None:
    """A changed file is told by name, and no packet is left half written."""
    bad = runs[0]
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in bad.iterdir():
        (broken / file.name).write_bytes(file.read_bytes())
    (broken / "metrics.csv").write_text("metric\n", encoding="utf-8")
    with pytest.raises(RunError, match=r"metrics\.csv was changed"):
        report([broken], tmp_path / "out", day=DAY)
    assert not (tmp_path / "out").exists()


def test_no_run_is_an_error(tmp_path: Path) -> None:
    """A folder that is no run is told as such."""
    with pytest.raises(RunError, match="is not a run"):
        report([tmp_path / "nothing"], tmp_path / "out")
