"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("patient", settings(), deadline=None)  # a slow machine is no fault
settings.load_profile("patient")

REPOSITORY = Path(__file__).resolve().parents[1]


def _shared(folder: str, variable: str) -> Path:
    path = Path(os.environ.get(variable) or REPOSITORY.parent / "shared" / folder)
    if not path.is_dir():
        reason = f"real data not found at {path}: set {variable} to the folder that holds it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real districts, or skip."""
    return _shared("data", "SHARED_DATA")


@pytest.fixture(scope="session")
def shared_bench() -> Path:
    """Return the folder of published benchmark instances, or skip."""
    return _shared("bench", "SHARED_BENCH")
