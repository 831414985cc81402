"""Events reach the terminal, the file and nobody, each in its own form."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import pytest
from rich.console import Console

from planner.progress import (
    JsonLinesProgress,
    Progress,
    TerminalProgress,
    broadcast,
    later,
    read_progress,
    silent,
)


def test_lines_come_back_as_the_same_events(tmp_path: Path) -> None:
    """What was written is what is read, unknown numbers included."""
    events = [
        Progress("load", message="reading blocks.gpkg — é"),
        Progress("search", 3, 10, best=0.5, bound=0.25, gap=0.5, seconds=1.5),
    ]
    path = tmp_path / "progress.jsonl"
    with JsonLinesProgress(path) as listener:
        for event in events:
            listener(event)
    assert read_progress(path) == events


def test_each_line_names_time_phase_best_bound_gap(tmp_path: Path) -> None:
    """The keys other programs rely on are there, and each line stands on its own at once."""
    path = tmp_path / "progress.jsonl"
    listener = JsonLinesProgress(path)
    listener(Progress("bound", best=2.0, bound=1.0, gap=0.5, seconds=7.0))
    record = json.loads(path.read_text(encoding="utf-8"))
    listener.close()
    assert {k: record[k] for k in ("time", "phase", "best", "bound", "gap")} == {
        "time": 7.0,
        "phase": "bound",
        "best": 2.0,
        "bound": 1.0,
        "gap": 0.5,
    }


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_numbers_that_are_not_finite_become_null(value: float) -> None:
    """A bound of minus infinity is no bound, and JSON has no word for it."""
    assert Progress("bound", bound=value, gap=value).record()["bound"] is None


def test_a_log_file_is_not_flooded() -> None:
    """Without a terminal, one phase gets a line at its start and then one every few seconds."""
    text = io.StringIO()
    with TerminalProgress(Console(file=text, width=200), every_seconds=5) as listener:
        for tenth in range(100):
            listener(Progress("search", seconds=tenth / 10, best=1.0))
        listener(Progress("polish [1/2]", seconds=10.0))
    assert [line.split(" · ")[1] for line in text.getvalue().splitlines()] == [
        "search",
        "search",
        "polish [1/2]",
    ]


def test_a_terminal_keeps_one_line() -> None:
    """On a terminal the line is rewritten in place and given back at the end."""
    text = io.StringIO()
    with TerminalProgress(Console(file=text, force_terminal=True, width=200)) as listener:
        listener(Progress("search", done=1, total=2, best=12345.678, bound=12000.0, gap=0.028))
    assert "gap 2.80%" in text.getvalue()
    assert text.getvalue().count("\n") <= 2


def test_broadcast_tells_everyone_in_order() -> None:
    """Each listener hears each event."""
    heard: list[tuple[str, str]] = []
    tell = broadcast(
        lambda event: heard.append(("a", event.phase)),
        silent,
        lambda event: heard.append(("b", event.phase)),
    )
    tell(Progress("load"))
    assert heard == [("a", "load"), ("b", "load")]


def test_a_part_of_a_job_goes_on_with_the_time_of_the_job() -> None:
    """Its own clock starts at 0."""
    heard: list[float] = []
    tell = later(lambda event: heard.append(event.seconds), 60.0)
    tell(Progress("report"))
    tell(Progress("pages", seconds=2.5))
    assert heard == [60.0, 62.5]
