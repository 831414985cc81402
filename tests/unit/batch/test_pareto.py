"""Fronts: what is asked, what is refused, and that points and bounds fit together."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.batch import pareto
from planner.batch.folder import BatchFolder
from planner.batch.front import Front
from planner.batch.pareto import trace_front
from planner.errors import RunError, ScenarioError, SolverError
from planner.progress import Progress
from planner.scenario import load_scenario, parse_scenario
from planner.solving import SolveStatus


@pytest.mark.slow
def test_a_front_keeps_its_limits_and_bounds(
    batch_town: Path, tmp_path: Path, here_pool: Any
) -> None:
    """No plan is beyond its limit or below its bound; the front is resumed without solving."""
    file = batch_town / "base.toml"
    out = tmp_path / "front"
    front = trace_front(
        file, out, "travel", "poverty_spread", 4, open_workers=lambda: here_pool(), iterations=40
    )
    table = front.points
    assert len(table) == 4
    assert front.outcome.tally.solved == 4, "the ends and the points between them"
    limited = table.dropna(subset=["at_most"])
    assert len(limited) == 3, "the least y has no limit"
    assert (limited["x"] <= limited["at_most"] * (1 + 1e-6)).all()
    known = table.dropna(subset=["y_bound"])
    assert len(known) >= 2
    assert (known["y"] >= known["y_bound"] - 1e-6).all()
    assert table["x"].iloc[0] == table["x"].min()
    assert table["x_bound"].iloc[0] <= table["x"].min() + 1e-6
    assert not np.isnan(table["y_bound"].iloc[0])
    undominated = table[~table["dominated"]].sort_values("x")
    assert undominated["y"].is_monotonic_decreasing
    assert len(pd.read_csv(out / "front.csv")) == 4
    page = (out / "index.html").read_text()
    assert "dominated" in page
    assert "Proven bounds" in page
    assert (BatchFolder(out).manifests()[0].about["bounds"][-1]["a"]) is None
    with pytest.raises(RunError, match="--resume"):
        trace_front(
            file,
            out,
            "travel",
            "poverty_spread",
            4,
            open_workers=lambda: here_pool(),
            iterations=40,
        )
    pool = here_pool()
    again = trace_front(
        file,
        out,
        "travel",
        "poverty_spread",
        4,
        open_workers=lambda: pool,
        iterations=40,
        resume=True,
    )
    assert pool.handed_out == []
    assert again.outcome.tally.solved == 0
    pd.testing.assert_frame_equal(again.points, table)


@pytest.mark.slow
@pytest.mark.parametrize("helpful", [True, False])
def test_an_end_without_a_plan_begins_from_the_other(
    batch_town: Path,
    tmp_path: Path,
    here_pool: Any,
    monkeypatch: pytest.MonkeyPatch,
    helpful: bool,
) -> None:
    """Too short a search is helped by the other end's plan; if that fails, it is told as short."""
    from planner.batch import worker

    solve = worker.solve

    def hurried(scenario: Any, **more: Any) -> Any:
        found = solve(scenario, **more)
        is_y = scenario.resolved["objective"][0]["use"] == "poverty_spread"
        if is_y and (more["start"] is None or not helpful):
            return replace(found, plan=None, status=SolveStatus.NO_PLAN, objectives=[])
        return found

    monkeypatch.setattr(worker, "solve", hurried)
    told: list[str] = []
    clock: list[float] = []

    def hear(event: Progress) -> None:
        told.append(event.message)
        clock.append(event.seconds)

    def trace() -> Front:
        return trace_front(
            batch_town / "base.toml", tmp_path / "f", "travel", "poverty_spread", 3,
            open_workers=here_pool, iterations=5, progress=hear,
        )  # fmt: skip

    if helpful:
        assert len(trace().points) == 3
        assert "the 2 ends of a front of 3 points" in told
        assert "1 point between the ends of a front" in told
    else:
        with pytest.raises(SolverError, match="too short to find one") as caught:
            trace()
        assert "diagnose" not in str(caught.value)
        assert len(pd.read_csv(tmp_path / "f" / "front.csv")) == 1
    assert "least x" in (tmp_path / "f" / "index.html").read_text()
    assert clock == sorted(clock), "one clock from the first end to the page"


def test_what_cannot_be_aimed_at_is_refused(batch_town: Path, tmp_path: Path) -> None:
    """Unknown measures come with a suggestion, the same measure twice and one point do not do."""
    file = batch_town / "base.toml"

    def trace(x: str, y: str, points: int = 3) -> None:
        trace_front(
            file, tmp_path / "f", x, y, points, open_workers=lambda: pytest.fail("nothing to solve")
        )

    with pytest.raises(ScenarioError, match="did you mean 'travel'"):
        trace("travl", "poverty_spread")
    with pytest.raises(ScenarioError, match="are the same"):
        trace("travel", "travel_mean_metres")
    with pytest.raises(ScenarioError, match="two points"):
        trace("travel", "poverty_spread", 1)
    with pytest.raises(ScenarioError, match="did you mean 'group'"):
        trace("dissimilarity gruop=poor", "travel")


def test_an_aim_without_its_group_is_told_with_the_flag(batch_town: Path, tmp_path: Path) -> None:
    """What is missing or misspelt is told where it was said, with words that would do."""
    file = batch_town / "base.toml"

    def trace(y: str) -> None:
        trace_front(
            file,
            tmp_path / "f",
            "travel",
            y,
            3,
            open_workers=lambda: pytest.fail("nothing to solve"),
        )

    with pytest.raises(ScenarioError, match=r"(?s)--y .*group missing.*dissimilarity group=poor'"):
        trace("dissimilarity")
    with pytest.raises(ScenarioError, match=r"--y .*no group 'blak'; did you mean 'black'"):
        trace("dissimilarity group=blak")
    with pytest.raises(ScenarioError, match="race_conscious"):
        trace("dissimilarity group=black")


def test_students_have_whole_limits_only(batch_town: Path) -> None:
    """No point is asked for between two whole numbers, nor twice; other measures have fractions."""
    file = batch_town / "base.toml"
    question = pareto._ask(file, "students_moved", "travel", points=5, stop={}, seed=None)
    assert question.limits(21.0, 22.0) == []
    assert question.limits(21.0, 24.0) == [22.0, 23.0]
    assert question.limits(21.0, 207.0) == [67.0, 114.0, 160.0]
    question = pareto._ask(file, "travel", "students_moved", points=3, stop={}, seed=None)
    assert question.limits(21.0, 22.0) == [21.5]


def test_a_repeated_point_is_named(
    batch_town: Path, tmp_path: Path, here_pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two searches end in the same point, the second says so, and it counts once."""
    between = "planner.batch.front.Question.limits"
    monkeypatch.setattr(between, lambda self, low, high: [low + 0.25, low + 0.5])
    file = batch_town / "base.toml"
    aims = ("students_moved", "travel")
    front = trace_front(file, tmp_path / "f", *aims, 4, open_workers=here_pool, iterations=5)
    assert (front.asked, front.different) == (4, 2)
    assert list(front.points["same_as"]) == ["", "least x", "least x", ""]


def test_a_metric_stands_for_its_aim_with_its_options(batch_town: Path, tmp_path: Path) -> None:
    """Minutes are not kilometres: the aim that is sought is the measure that was named."""
    file = batch_town / "base.toml"
    question = pareto._ask(file, "travel_mean_minutes", "size_spread", points=3, stop={}, seed=None)
    assert question.x == {"use": "travel", "unit": "min"}
    wanted = {"use": "utilization_spread", "relative_to": "mean", "of": "worst"}
    assert question.y == wanted


def test_options_of_an_aim_are_read_as_what_they_are(batch_town: Path) -> None:
    """Numbers are numbers, lists have commas, and a name with a blank stands in quotes."""
    scenario = load_scenario(batch_town / "base.toml")
    asked = 'parity_gap min_students=20 groups="Pacific Islander,black"'
    options = {"min_students": 20.0, "groups": ["Pacific Islander", "black"]}
    assert pareto._aim(asked, scenario) == {"use": "parity_gap", **options}
    aim = pareto._aim("utilization_spread target_share=0.9 of=worst", scenario)
    assert aim == {"use": "utilization_spread", "target_share": 0.9, "of": "worst"}
    resolved = {**scenario.resolved, "race_conscious": True}
    resolved["objective"] = [pareto._aim(text, scenario) for text in (asked, "travel unit=min")]
    assert parse_scenario(resolved).resolved["objective"][0]["min_students"] == 20.0
    for text, told in {
        "parity_gap min_students=many": "min_students=many: it should be a valid number",
        "travel unit=miles": "unit=miles: it should be 'km' or 'min'",
        "dissimilarity group=Pacific Islander": "unknown option 'Islander'",
        'dissimilarity group="Pacific': "a quote is not closed",
        "": "nothing is named",
    }.items():
        with pytest.raises(ScenarioError, match=re.escape(told)):
            pareto._aim(text, scenario)


def test_an_aim_of_a_front_is_at_its_year(batch_town: Path) -> None:
    """The scenario's aim lends its year, and the limits between the ends hold in it."""
    scenario = load_scenario(batch_town / "base.toml")
    lends = parse_scenario(
        {**scenario.resolved, "objective": [{"use": "students_moved", "year": 2031}]}
    )
    moved = pareto._aim("students_moved", lends)
    assert moved == {"use": "students_moved", "year": 2031}
    assert pareto._aim("students_moved year=2031", scenario) == moved
    with pytest.raises(ScenarioError, match="year=soon"):
        pareto._aim("students_moved year=soon", scenario)
    assert pareto._limit(moved, 40.0) == {
        "use": "limit", "objective": "students_moved", "at_most": 40.0, "years": [2031],
    }  # fmt: skip


def test_several_levels_are_refused_before_anything_is_solved(
    batch_town: Path, tmp_path: Path
) -> None:
    """A front is of one level; nobody waits for two ends to hear it."""
    text = (batch_town / "base.toml").read_text(encoding="utf-8")
    file = batch_town / "both.toml"
    file.write_text(re.sub(r"(?m)^levels = .*$", "", text), encoding="utf-8")
    with pytest.raises(ScenarioError, match="a front is of one"):
        trace_front(
            file, tmp_path / "f", "travel", "poverty_spread", 3,
            open_workers=lambda: pytest.fail("nothing to solve"),
        )  # fmt: skip
