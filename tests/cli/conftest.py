"""A small town on disk, and a way to call commands as a user does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from small_scenario import small_scenario
from typer.testing import CliRunner

from geodata import synthetic_district, write_district
from planner.cli import app

SCENARIO = small_scenario(
    """\
[[objective]]
use = "students_moved"
"""
)


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON document on stdout."""
        return json.loads(self.out)


@pytest.fixture
def call() -> Callable[..., Said]:
    """Return a function that calls a command."""

    def run(*words: object) -> Said:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small district and a scenario that is solved in a moment."""
    folder = tmp_path_factory.mktemp("town")
    district = synthetic_district(n_blocks=150, n_elementary=4, n_middle=1, n_high=1, seed=3)
    write_district(district, folder / "district")
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    return folder
