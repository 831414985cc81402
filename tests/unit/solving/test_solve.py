"""A solve of district files as a whole: what belongs to its time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from small_scenario import small_scenario

import planner.solving
from geodata import synthetic_district, write_district
from planner.progress import Progress
from planner.scenario import load_scenario
from planner.solving import solve

AIM = '[[objective]]\nuse = "travel"\n'
LONG_S = 1e6  # more than the clock of any solve allows


@pytest.mark.parametrize(("smallest", "compiles"), [(0, True), (10**9, False)])
def test_compiling_does_not_take_the_time_of_a_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smallest: int, compiles: bool
) -> None:
    """However long it takes, the search has its whole time; what is small is never searched."""
    now = [0.0]
    heard: list[Progress] = []
    monkeypatch.setattr(planner.solving, "EXACT_PAIRS", smallest)
    monkeypatch.setattr(planner.solving, "is_compiled", lambda: False)
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + now[0])

    def take_long(*_: object) -> None:
        now[0] += LONG_S

    monkeypatch.setattr(planner.solving, "warm_up", take_long)
    write_district(synthetic_district(40, 3, 1, 1, seed=1), tmp_path / "district")
    (tmp_path / "travel.toml").write_text(small_scenario(AIM))
    scenario = load_scenario(tmp_path / "travel.toml")
    solution = solve(scenario, time_limit_s=20.0, threads=1, progress=heard.append)
    assert any(news.phase == "prepare" for news in heard) == compiles
    assert now[0] == LONG_S * compiles
    assert solution.plan is not None
    assert solution.seconds < LONG_S
