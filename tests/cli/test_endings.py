"""How commands end before they have begun: words that cannot be read, and Ctrl-C while loading."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

REPOSITORY = Path(__file__).parents[2]


def _stop(*words: Any, **options: Any) -> Any:
    """Be interrupted."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "words",
    [
        ("solve", "s.toml"),
        ("solve",),
        ("solve", "s.toml", "--out", "run", "--gap", "2"),
        ("solve", "s.toml", "--out", "run", "--iterations", "-1"),
        ("pareto", "s.toml", "--x", "travel", "--y", "size", "--points", "1", "--out", "front"),
        ("structures", "nope.toml"),
        ("pairs", "nope.toml"),
        ("sovle",),
    ],
)
def test_words_that_cannot_be_read_are_a_document(call, words: tuple[str, ...]) -> None:
    """With --json, what the option parser refuses is one JSON document on stdout too."""
    said = call(*words, "--json")
    assert said.code == 2
    error = said.json["error"]
    assert error["kind"] == "UsageError"
    assert error["message"] in said.err
    assert call(*words).out == ""


def test_ctrl_c_in_a_command_is_a_document(call, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --json, an interrupted command prints one document; exit code 130."""
    monkeypatch.setattr("geodata.check_district", _stop)
    said = call("check", "district.toml", "--json")
    assert (said.code, said.json["error"]["kind"]) == (130, "Interrupted")
    said = call("check", "district.toml")
    assert (said.code, said.out, "interrupted" in said.err) == (130, "", True)


def test_ctrl_c_before_a_command_is_a_document(call, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one that comes while the words are being read."""
    monkeypatch.setattr(TyperGroup, "make_context", _stop)
    said = call("check", "district.toml", "--json")
    assert (said.code, said.json["error"]["kind"]) == (130, "Interrupted")


def test_ctrl_c_while_loading_is_no_traceback() -> None:
    """The modules of the command line are still being loaded: the same words and exit code."""
    code = (
        "import runpy, sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, *more):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop())\n"
        "sys.argv = ['planner', 'check', 'district.toml', '--json']\n"
        'exec(\'runpy.run_module("planner", run_name="__main__")\')\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "interrupted\n")
    assert json.loads(done.stdout)["error"]["kind"] == "Interrupted"


def test_an_interrupted_replay_says_that_nothing_was_compared(
    call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no plan to write and no verdict: both are said."""
    monkeypatch.setattr("planner.runs.read_run", lambda folder: folder)
    monkeypatch.setattr("planner.runs.replay.replay", lambda run, **options: None)
    said = call("replay", "run", "--json")
    assert (said.code, said.json["error"]["message"]) == (130, "interrupted: nothing was compared")
    assert "nothing was compared" in said.err
