"""A packet is whole, or it is not there and the reason is."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hearing_fixtures import DAY, reseal, small_town, write_run

from planner.errors import RunError
from planner.hearing import report
from planner.hearing.certainty import final_aims
from planner.hearing.packet import Packet, open_packet
from planner.hearing.words import load_words
from planner.runs import read_run


def copy_of(run: Path, folder: Path) -> Path:
    return Path(shutil.copytree(run, folder))


def test_options_stand_on_the_page(inside: Path, packet: Packet) -> None:
    """Letters follow the order of the runs; plan id, certainty and seed are there."""
    page = (inside / "index.html").read_text(encoding="utf-8")
    for option in packet.options:
        assert f"Option {option.letter}: {option.imprint.title}" in page
        assert option.imprint.plan_id in page
    for told in ("November 21, 2026", "Draft", "seed 7", "3.4%"):
        assert told in page


def test_the_same_inputs_give_the_same_page(inside: Path, runs: list[Path], packet: Packet) -> None:
    """Byte for byte."""
    from planner.hearing.figures import Figures
    from planner.hearing.page import render_page

    again = open_packet(runs, day=DAY)
    assert render_page(again, Figures(again)) == render_page(packet, Figures(packet))


@pytest.mark.parametrize(
    ("file", "damage", "told"),
    [
        ("metrics.csv", "changed", r"metrics\.csv was changed"),
        ("moves.csv", "gone", r"moves\.csv is missing"),
        ("run.json", "cut", r"run\.json is damaged"),
        ("run.json", "gone", r"is not a run"),
    ],
)
def test_a_damaged_run_writes_nothing(
    runs: list[Path], tmp_path: Path, file: str, damage: str, told: str
) -> None:
    """What is wrong is told by name, and no packet is left half written."""
    broken = copy_of(runs[0], tmp_path / "broken")
    if damage == "gone":
        (broken / file).unlink()
    else:
        text = (broken / file).read_text(encoding="utf-8")
        (broken / file).write_text(text[: len(text) // 2], encoding="utf-8")
    with pytest.raises(RunError, match=told):
        report([runs[1], broken], tmp_path / "out", day=DAY)
    assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["broken"]


def test_every_damaged_run_is_told_at_once(runs: list[Path], tmp_path: Path) -> None:
    """Not one after the other."""
    with pytest.raises(RunError) as told:
        report([tmp_path / "one", tmp_path / "two"], tmp_path / "out", day=DAY)
    assert "one" in str(told.value)
    assert "two" in str(told.value)


def test_runs_without_a_plan_have_nothing_to_show(runs: list[Path], tmp_path: Path) -> None:
    """An infeasible scenario is no option."""
    empty = copy_of(runs[0], tmp_path / "empty")
    for name in ("plan.csv", "metrics.csv", "rules.csv", "moves.csv"):
        (empty / name).unlink()
    record = json.loads((empty / "run.json").read_text(encoding="utf-8"))
    record |= {"files": {}, "status": "INFEASIBLE"}
    (empty / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(RunError, match="holds no plan"):
        report([empty], tmp_path / "out", day=DAY)


def test_runs_about_different_districts_are_not_set_side_by_side(
    runs: list[Path], tmp_path: Path
) -> None:
    """Their numbers would not be about the same children."""
    other = write_run(tmp_path / "other", small_town(tmp_path / "district", 180))
    with pytest.raises(RunError, match="same district"):
        report([runs[0], other], tmp_path / "out", day=DAY)


def test_a_district_that_has_changed_is_refused(runs: list[Path], tmp_path: Path) -> None:
    """Maps and look-ups would not agree with the run's numbers."""
    stale = copy_of(runs[0], tmp_path / "stale")
    record = json.loads((stale / "run.json").read_text(encoding="utf-8"))
    record["district"]["digest"] = "0" * 64
    (stale / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(RunError, match="have changed since"):
        report([stale], tmp_path / "out", day=DAY)


def test_an_unknown_option_cannot_be_adopted(runs: list[Path]) -> None:
    """The message lists the letters there are."""
    with pytest.raises(RunError, match="A, B"):
        open_packet(runs, day=DAY, adopted="C")


def test_an_unknown_language_is_refused_before_anything_is_written(
    runs: list[Path], tmp_path: Path
) -> None:
    """And the message names those there are."""
    with pytest.raises(RunError, match="en, es"):
        report(runs, tmp_path / "out", day=DAY, lang="xx")
    assert not (tmp_path / "out").exists()


def test_what_an_aim_gave_back_is_not_claimed(runs: list[Path], tmp_path: Path) -> None:
    """The record's value is of the moment the aim was pursued; the plan's own number counts."""
    run = copy_of(runs[0], tmp_path / "run")
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    aim = {"name": "students_moved", "level": "elementary", "unit": "students"}
    record["objectives"] = [aim | {"value": 1.0, "bound": 1.0, "gap": 0.0}]
    record["status"] = "PROVEN_OPTIMAL"
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    reseal(run)
    aims = final_aims(read_run(run))
    assert aims[0]["value"] > 1
    assert aims[0]["gap"] > 0.5
    imprint = open_packet([run], day=DAY).options[0].imprint
    assert imprint.certainty == "FEASIBLE"
    assert load_words("en").texts["sure.PROVEN_OPTIMAL"] not in imprint.identity(load_words("en"))


def test_a_map_tells_the_limit_of_its_level_but_not_to_the_public(
    runs: list[Path], tmp_path: Path
) -> None:
    """Each level has its own first aim; a packet for the public leaves the bound out."""
    run = copy_of(runs[0], tmp_path / "run")
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    aim = {"name": "utilization_deviation", "unit": "students", "value": 400.0, "gap": 0.25}
    record["objectives"] = [
        aim | {"level": "high", "bound": 200.0},
        aim | {"level": "elementary", "bound": 300.0},
    ]
    record["status"] = "HEURISTIC"  # a third level has no bound
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    reseal(run)
    words = load_words("en")
    limit = words("sure.limit", what=words("aim_name.utilization_deviation"), bound="300")
    for public in (False, True):
        option = open_packet([run], day=DAY, public=public).options[0]
        imprint = option.imprint.at("elementary")
        assert (limit in imprint.identity(words)) is not public
        assert words("sure.FEASIBLE", gap="25.0%") in imprint.identity(words)
        whole = replace(option.imprint, status="FEASIBLE").identity(words)
        assert words("sure.FEASIBLE_each", gap="50.0%") in whole
        assert "300" not in whole
