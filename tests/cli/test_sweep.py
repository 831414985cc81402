"""``planner sweep`` as a user meets it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.commands.interrupt import BATCH, stop_on_interrupt


def _file(town: Path, name: str, text: str) -> Path:
    path = town / name
    head = 'schema = 1\ntitle = "What seats allow"\nbase = "scenario.toml"\niterations = 20\n'
    path.write_text(head + text, encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_sweep_end_to_end(call: Callable[..., Any], town: Path, tmp_path: Path) -> None:
    """Two workers and a grid: one document, tables and a page; resumed, nothing is repeated."""
    text = (
        '[grid]\n"rule.capacity.ceiling_share" = [1.4, 1.5]\n"rule.capacity.floor_share" = [0.3]\n'
    )
    file = _file(town, "sweep.toml", text)
    out = tmp_path / "batch"
    said = call("sweep", file, "--out", out, "--workers", 2, "--json")
    assert said.code == 0, said.err
    assert "2 scenarios = 2" in said.err, "news goes to stderr, also beside a document"
    told = said.json
    assert told["scenarios"] == told["done"] == 2
    assert told["failed"] == []
    assert pd.read_parquet(out / "results.parquet")["job"].nunique() == 2
    assert (out / "index.html").is_file()
    again = call("sweep", file, "--out", out, "--workers", 2)
    assert again.code == 2
    assert "--resume" in again.err
    resumed = call("sweep", file, "--out", out, "--resume")
    assert resumed.code == 0
    assert "2 are done already" in resumed.err


def test_a_malformed_sweep_is_bad_input(call: Callable[..., Any], town: Path) -> None:
    """Every fault of the file, exit code 2, nothing written."""
    file = _file(town, "bad.toml", '[grid]\n"rule.capacity.celing_share" = [1.4]\n')
    said = call("sweep", file, "--out", town / "nothing", "--json")
    assert said.code == 2
    assert "did you mean 'ceiling_share'" in json.loads(said.out)["error"]["message"]
    assert not (town / "nothing").exists()


def test_the_limit_needs_a_yes(call: Callable[..., Any], town: Path) -> None:
    """A large batch tells its size and waits for --yes."""
    file = _file(town, "large.toml", f"seeds = {list(range(300))}\n")
    said = call("sweep", file, "--out", town / "nothing")
    assert said.code == 2
    assert "300 scenarios = 300 seeds" in said.err
    assert "--yes" in said.err


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_first_signal_is_a_request(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C and SIGTERM ask once and in the words of a batch; a second one ends the command."""
    before = signal.getsignal(number)
    with stop_on_interrupt(BATCH) as event:
        assert not event.is_set()
        signal.raise_signal(number)
        assert event.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) == before
    assert "jobs under way are being finished" in capsys.readouterr().err


def test_no_scheduler_no_hanging(call: Callable[..., Any]) -> None:
    """The help names the units and shows an example."""
    said = call("sweep", "--help")
    assert "[GB]" in said.out
    assert "planner sweep sweep.toml" in said.out
