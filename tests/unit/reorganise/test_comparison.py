"""What a comparison says beside its table: flags, use ledger, pictures, and what Ctrl-C leaves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from small_town import small_town

from geodata.sources.district_folder import write_district
from planner.errors import ScenarioError
from planner.reorganise import compare_structures, comparison

HEAD = """
schema = 1
title = "Two schools"
district = "town/district.toml"
aim = "poverty_distance"
least_group = 1
"""
TODAY = '[[option]]\nkind = "today"\n'
NEAREST = '[[option]]\nkind = "nearest"\nname = "near"\nspans = { p = "K-5", q = "K-5" }\n'
BAD_SPANS = """
[[option]]
kind = "given"
name = "bad"
spans = { p = "K-2" }
[[option]]
kind = "clusters"
name = "after"
base = "bad"
"""
PAIRS = '[[option]]\nkind = "clusters"\nname = "Pairs"\n'


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Return a town whose nearest schools are equally poor and wholly separate."""
    a = np.array([1.0, 1, 0, 0, 1, 1, 0, 0])[:, None]
    poor = np.array([1.0, 1, 1, 1, 0, 0, 0, 0])[:, None]
    district = small_town(
        {"elementary": list("pppqpqqq")}, {"p": 0, "q": 3}, columns=4,
        groups={"a": 10 * a, "b": 10 - 10 * a}, poor=10 * poor, seats={"p": 480, "q": 480},
    )  # fmt: skip
    write_district(district, tmp_path / "town")
    return tmp_path


def compare(folder: Path, text: str, **options):
    path = folder / "structures.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return compare_structures(path, folder / "out", overwrite=True, **options)


@pytest.mark.parametrize("options", [TODAY + NEAREST, NEAREST])
def test_separate_but_equal_is_judged_against_today(town: Path, options: str) -> None:
    """The flag stands whether or not today is among the options."""
    found = compare(town, options)
    assert found.separated("near") == (
        "dissimilarity a - b",
        "isolation_above_composition a",
        "isolation_above_composition b",
    )
    assert "SEPARATE BUT EQUAL: near" in found.text()


def test_today_with_unserved_students_is_no_baseline(tmp_path: Path) -> None:
    """Where today's plan leaves students out, the flag is not judged, and the text says so."""
    district = small_town(
        {"elementary": ["p", "p", "q", ""]}, {"p": 0, "q": 3}, columns=4, poor=5.0,
        groups={"a": 5.0, "b": 5.0},
    )  # fmt: skip
    write_district(district, tmp_path / "town")
    found = compare(tmp_path, NEAREST)
    assert found.separated("near") == ()
    assert "Separate but equal: not judged" in found.text()


def test_use_ledger_says_what_decided(town: Path) -> None:
    """Poverty decides where it is the aim; groups that no aim or rule counts are watched."""
    found = compare(town, TODAY + PAIRS)
    assert "Poverty: decides in aim 'poverty_distance'." in found.text()
    assert "Group a: watched only." in found.text()
    written = json.loads((town / "out" / "options.json").read_text())["ledger"]
    assert [use["variable"] for use in written["uses"] if use["decides"]] == ["poor"]
    assert not written["race_decides"]


def test_use_ledger_of_an_aim_that_counts_race(town: Path) -> None:
    """The groups of the aim decide, and the legal caution is in text and JSON."""
    text = 'race_conscious = true\ngroups = ["a", "b"]\n' + PAIRS
    path = town / "race.toml"
    path.write_text(HEAD.replace("poverty_distance", "dissimilarity") + text, encoding="utf-8")
    found = compare_structures(path, town / "race")
    assert found.ledger.race_decides
    assert "not legal advice" in found.text()
    assert "not legal advice" in found.to_dict()["ledger"]["caution"]


def test_interruption_keeps_finished_options(town: Path, monkeypatch) -> None:
    """Ctrl-C while the second option is worked out writes the first, and names what is missing."""
    real = comparison.find

    def find(option, study, earlier):
        if option.name == "Pairs":
            raise KeyboardInterrupt
        return real(option, study, earlier)

    monkeypatch.setattr(comparison, "find", find)
    found = compare(town, TODAY + PAIRS + NEAREST)
    assert [result.name for result in found.results] == ["Today"]
    assert found.stopped == ("Pairs", "near")
    assert "Stopped before it was worked out: Pairs, near" in (town / "out/summary.txt").read_text()
    with pytest.raises(KeyboardInterrupt):
        compare(town, PAIRS)


def test_an_option_without_a_plan_loses_nothing(town: Path) -> None:
    """It is named with the reason, as is what starts from it; the others are compared."""
    found = compare(town, TODAY + BAD_SPANS + NEAREST)
    assert [result.name for result in found.results] == ["Today", "near"]
    assert "served by nobody: zone *: grades 3, 4, 5" in str(found.refused["bad"])
    assert "starts from 'bad', which was not worked out" in str(found.refused["after"])
    assert found.stopped == ()
    text = (town / "out/summary.txt").read_text()
    assert "NOT WORKED OUT: bad: " in text
    written = json.loads((town / "out/options.json").read_text())["refused"]
    assert [row["option"] for row in written] == ["bad", "after"]
    assert written[0]["what"] in text


def test_a_comparison_of_nothing_is_refused(town: Path) -> None:
    """Where no option can be worked out, the faults of all are told and nothing is written."""
    with pytest.raises(
        ScenarioError, match=r"(?s)bad: served by nobody.*after: .*starts from 'bad'"
    ):
        compare(town, BAD_SPANS)
    assert not (town / "out").exists()


def test_blocks_without_a_school_today_do_not_move(tmp_path: Path) -> None:
    """Nobody knows whether they change building: they are not counted, as in every plan."""
    town = small_town(
        {"elementary": ["p", "p", "q", ""]}, {"p": 0, "q": 3}, columns=4, poor=5.0,
        groups={"a": 5.0, "b": 5.0},
    )  # fmt: skip
    write_district(town, tmp_path / "town")
    found = compare(tmp_path, NEAREST)
    assert found.value("near", "students_moved") == 0
    assert found.value("near", "travel_mean_change") == pytest.approx(0, abs=1e-9)


def test_groups_are_compared_whatever_joins_their_words(tmp_path: Path) -> None:
    """Names such as "two - more" or "white to black" lose no row of the printed table."""
    a = np.array([1.0, 1, 0, 0])[:, None]
    groups = {"two - more": 10 * a, "white to black": 10 - 10 * a}
    district = small_town({"elementary": list("ppqq")}, {"p": 0, "q": 3}, columns=4,
                          groups=groups, poor=5 * a)  # fmt: skip
    write_district(district, tmp_path / "town")
    told = compare(tmp_path, TODAY).text()
    assert "Dissimilarity, within grades (two - more - white to black)" in told
    assert "Exposure (white to black to two - more)" in told


def test_an_aim_without_a_value_says_why(tmp_path: Path) -> None:
    """The reason is the block whose count is unknown, not the name of the aim."""
    students = np.full((4, 6), 10.0)
    students[1, 2] = np.nan
    district = small_town({"elementary": list("ppqq")}, {"p": 0, "q": 3}, columns=4,
                          students=students, poor=np.full((4, 1), 2.0))  # fmt: skip
    write_district(district, tmp_path / "town")
    told = compare(tmp_path, TODAY).text()
    assert "Not measured: aim: poverty_distance: counts are unknown in 1 block\n" in told
