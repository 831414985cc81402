"""The use ledger: which counts decide and which are only watched."""

from __future__ import annotations

from pathlib import Path

from oracle.graded_town import town

from geodata.district import District
from planner.ledger import Ledger, open_ledger
from planner.scenario import LEGAL_CAUTION, load_scenario

HEAD = 'schema = 1\ntitle = "A test"\ndistrict = "district.toml"\n'


def _district(*, poor: bool = True) -> District:
    cells = {("*", "*", "*"): [10.0, 20], ("*", "a", "*"): [5.0, 6], ("*", "b", "*"): [5.0, 14]}
    if poor:
        cells["*", "*", "poor"] = [1.0, 2.0]
    return town(
        cells, {"n": 0, "s": 1}, levels={"elementary": "K-5"}, single_counts=("elementary",)
    )


def _ledger(folder: Path, text: str) -> Ledger:
    path = folder / "scenario.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return open_ledger(_district(), load_scenario(path))


def test_poverty_decides_and_groups_are_watched(tmp_path: Path) -> None:
    """An aim on poverty names poverty; groups are listed as watched, and no caution is printed."""
    ledger = _ledger(tmp_path, '[[objective]]\nuse = "poverty_spread"\n')
    assert ledger.deciding == ("poor",)
    assert ledger.watched == ("group:a", "group:b")
    assert not ledger.race_decides
    assert ledger.caution == ""
    assert "Group a: watched only." in ledger.sentences()


def test_a_group_that_decides_prints_the_caution(tmp_path: Path) -> None:
    """A race-conscious aim is named with its place, and the legal caution follows."""
    text = 'race_conscious = true\n[[objective]]\nuse = "dissimilarity"\ngroup = "a"\n'
    ledger = _ledger(tmp_path, text)
    assert ledger.race_decides
    assert ledger.race_conscious
    assert ledger.deciding == ("group:a",)
    assert ledger.sentences()[-1] == LEGAL_CAUTION
    for case in ("Parents Involved", "counsel", "not legal advice", "order of a court"):
        assert case in ledger.caution
    assert ledger.to_dict()["uses"][0]["decides"] is True


def test_without_counts_of_people_nothing_decides(tmp_path: Path) -> None:
    """A scenario of travel alone says that neither poverty nor any group decides."""
    ledger = _ledger(tmp_path, '[[objective]]\nuse = "travel"\n')
    assert ledger.deciding == ()
    assert ledger.sentences()[0] == "Neither poverty nor any group decides."


def test_without_a_scenario_nobody_can_say() -> None:
    """A plan drawn elsewhere: the ledger does not claim that race was not used."""
    ledger = open_ledger(_district(poor=False))
    assert not ledger.is_known
    assert ledger.sentences()[0].startswith("Nothing is known")
    assert ledger.watched == ("group:a", "group:b")
    assert ledger.to_dict()["known"] is False
