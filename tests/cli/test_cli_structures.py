"""Commands about schools organised by grade and about parity."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from planner.commands.parity import NARROW_S
from planner.reorganise import comparison

STRUCTURES = """
schema = 1
title = "Zones or pairs"
district = "district/district.toml"
grades = "K-5"
aim = "poverty_distance"
ceiling_share = 1.4
[[option]]
kind = "today"
[[option]]
kind = "clusters"
name = "Pairs"
"""


def test_structures_compares_options(call, town: Path, tmp_path: Path) -> None:
    """The table goes to stdout and to files; the aim of the pairs is no worse than today's."""
    file = town / "structures.toml"
    file.write_text(STRUCTURES, encoding="utf-8")
    said = call("structures", file, "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert "PROVEN_OPTIMAL" in said.out
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"comparison.csv", "picture.csv", "picture.png", "picture.svg"} <= files
    again = call("structures", file, "--out", tmp_path / "out", "--overwrite", "--json")
    document = json.loads(again.out)
    today, pairs = (row["aim_value"] for row in document["picture"])
    assert pairs <= today + 1e-12
    refused = call("structures", file, "--out", tmp_path / "out")
    assert refused.code == 2
    assert "already there" in refused.err


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_the_finished_options(
    call,
    town: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    number: signal.Signals,
) -> None:
    """Ctrl-C or SIGTERM in the second option: the first is written, exit code 130."""
    file = town / "stopped.toml"
    file.write_text(STRUCTURES, encoding="utf-8")
    real = comparison.find

    def find(option, study, earlier):
        if option.name == "Pairs":
            signal.raise_signal(number)
        return real(option, study, earlier)

    monkeypatch.setattr(comparison, "find", find)
    # what a shell starts in the background ignores Ctrl-C
    outside = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, outside))
    before = signal.getsignal(signal.SIGTERM)
    said = call("structures", file, "--out", tmp_path / "out")
    assert said.code == 130
    assert "Stopped before it was worked out: Pairs" in said.out
    assert (tmp_path / "out" / "comparison.csv").exists()
    assert signal.getsignal(signal.SIGTERM) == before


def test_an_option_without_a_plan_is_named(call, town: Path, tmp_path: Path) -> None:
    """The others are written and printed; the fault is told and gives the exit code."""
    file = town / "refused.toml"
    bad = '[[option]]\nkind = "given"\nname = "Bad"\nspans = { nowhere = "K-5" }\n'
    file.write_text(STRUCTURES + bad, encoding="utf-8")
    said = call("structures", file, "--out", tmp_path / "out", "--json")
    assert said.code == 2
    assert "Bad was not worked out" in said.err
    assert "nowhere" in said.err
    document = json.loads(said.out)
    assert [row["option"] for row in document["refused"]] == ["Bad"]
    assert [row["option"] for row in document["picture"]] == ["Today", "Pairs"]


def test_structures_tells_faults(call, town: Path, tmp_path: Path) -> None:
    """A misspelt key ends with exit 2 and a suggestion, and writes nothing."""
    file = tmp_path / "structures.toml"
    file.write_text(STRUCTURES.replace("ceiling_share", "cieling_share"), encoding="utf-8")
    said = call("structures", file, "--out", tmp_path / "out")
    assert said.code == 2
    assert "ceiling_share" in said.err
    assert not (tmp_path / "out").exists()


def test_pairs_are_listed(call, town: Path) -> None:
    """Ten pairs at most, the largest gain first, with their travel."""
    said = call("pairs", town / "district", "--level", "elementary", "--most", 5, "--json")
    assert said.code == 0, said.err
    rows = json.loads(said.out)["pairs"]
    assert 0 < len(rows) <= 5
    gains = [row["gain_poverty_distance"] for row in rows]
    assert gains == sorted(gains, reverse=True)
    assert "travel_change_m" in rows[0]
    words = call("pairs", town / "district", "--level", "elementary", "--groups", "black,white")
    assert "gain dissimilarity" in words.out
    assert "their way longer [m]" in words.out
    assert "e-1" not in words.out
    assert "Note: way to school is" in words.out
    assert "Group black: decides in aim 'dissimilarity'" in words.out
    unknown = call("pairs", town / "district", "--level", "nope")
    assert unknown.code == 2
    assert "no level named 'nope'" in unknown.err


PARITY = """
schema = 1
title = "Even poverty"
district = "district/district.toml"
levels = ["elementary"]
[[rule]]
use = "contiguity"
[[objective]]
use = "poverty_spread"
"""


def test_parity_tells_both_axes_and_writes_plans(call, town: Path, tmp_path: Path) -> None:
    """Indices, chance, who meets whom, proofs and the use ledger; a narrower band beside it."""
    file = town / "parity.toml"
    file.write_text(PARITY, encoding="utf-8")
    more = ("--iterations", 1, "--proof-seconds", 1, "--time-limit", 2)
    said = call("parity", file, *more, "--narrow", 1, "--out", tmp_path / "plan.csv")
    assert said.code == 0, said.err
    for part in (
        "by_chance", "Who meets whom, today", "Who meets whom, plan", "narrowest band",
        "Poverty: decides in aim 'poverty_spread'", "Group black: watched only.",
    ):  # fmt: skip
        assert part in said.out, part
    order = ["Separate but equal?", "Over all grades together", "by_chance"]
    assert [said.out.index(text) for text in order] == sorted(said.out.index(t) for t in order)
    assert {path.name for path in tmp_path.iterdir()} == {"plan.csv", "plan_narrow.csv"}
    document = json.loads(call("parity", file, *more, "--json").out)
    assert document["ledger"]["uses"][0]["variable"] == "poor"
    assert document["levels"][0]["exposure"][0]["group"]


def test_parity_takes_no_time_as_a_time_limit(call, town: Path, monkeypatch) -> None:
    """--time-limit 0 gives tries at narrower bands no time, instead of the usual minute."""
    (town / "parity.toml").write_text(PARITY, encoding="utf-8")
    solution = SimpleNamespace(plan=object(), status="HEURISTIC")
    monkeypatch.setattr("planner.parity.reach_parity", lambda *_, **__: (solution, ()))
    asked = []
    monkeypatch.setattr(
        "planner.parity.narrow_bands", lambda *_, **how: asked.append(how) or (None, ())
    )
    for more in ((), ("--time-limit", 0)):
        assert call("parity", town / "parity.toml", *more, "--narrow", 1).code == 0
    assert [how["seconds"] for how in asked] == [NARROW_S, 0.0]
