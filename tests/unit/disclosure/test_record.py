"""What a folder remembers of its public packets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_town import small_town

from geodata import District
from planner.disclosure import RECORD, Published, kept_record, published_before, record_text
from planner.errors import DisclosureError
from planner.plan import Plan

KEY = ("A", "students", "school", "B", "all")


def a_town() -> District:
    """Return four blocks with two schools."""
    return small_town({"elementary": ["A", "A", "B", "B"]}, {"A": 0, "B": 3}, columns=2)


def test_ids_with_commas_and_words_for_nothing_are_remembered(tmp_path: Path) -> None:
    """A school called "St. Mary, Upper" or "NA" comes back as it was written."""
    today = Plan.today(a_town()).table
    names = {"A": "St. Mary, Upper", "B": "NA"}
    plan = Plan(today.assign(school_id=today["school_id"].map(names)))
    told = Published({"A": plan}, frozenset({("A", "students", "school", "NA", "all")}))
    packet = tmp_path / "packets" / "one"
    packet.mkdir(parents=True)
    (packet / RECORD).write_text(record_text([], told), encoding="utf-8")
    (back,) = published_before(packet, a_town())
    pd.testing.assert_frame_equal(back.plans["A"].table, plan.table)
    assert back.shown == told.shown


def left_in(folder: Path, *, block: str = "000") -> Published:
    """Leave the record of a packet in a folder, its plan giving one block to B."""
    table = Plan.today(a_town()).table.copy()
    table.loc[table["block_id"] == block, "school_id"] = "B"
    told = Published({"A": Plan(table)}, frozenset({KEY}), values={KEY: 20.0})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).write_text(record_text([], told), encoding="utf-8")
    return told


@pytest.mark.parametrize(
    "place", ["2026/b", "2026/a", "2026/b/old", "2026", "2026/a/old", "2025", "."]
)
def test_packets_near_the_folder_are_remembered(tmp_path: Path, place: str) -> None:
    """In its place, in it, beside it, a folder deeper or higher."""
    here = tmp_path / "hearings"
    left_in(here / place)
    (found,) = published_before(here / "2026" / "b", a_town())
    assert found.values == {KEY: 20.0}


def test_packets_elsewhere_are_remembered_where_somebody_names_them(tmp_path: Path) -> None:
    """A folder that holds no record is refused: a slip would publish too much."""
    left_in(tmp_path / "old" / "x" / "y" / "one", block="000")
    left_in(tmp_path / "old" / "x" / "y" / "two", block="001")
    out = tmp_path / "now" / "b"
    assert not published_before(out, a_town())
    assert len(published_before(out, a_town(), [tmp_path / "old" / "x" / "y"])) == 2
    with pytest.raises(DisclosureError, match="there is no public-record"):
        published_before(out, a_town(), [tmp_path])


def test_records_of_another_district_are_left_aside_but_not_lost(tmp_path: Path) -> None:
    """Beside the packet they do not matter; in its own folder nothing is forgotten."""
    packets = tmp_path / "packets"
    left_in(packets / "a")
    left_in(packets / "b", block="001")
    for folder, text in (("a", "x00"), ("b", "x01")):
        file = packets / folder / RECORD
        document = json.loads(file.read_text(encoding="utf-8"))
        table = Plan.today(a_town()).table.assign(school_id=text)
        table["block_id"] = "x" + table["block_id"]
        elsewhere = Published({"A": Plan(table)}, frozenset({KEY}))
        document["packets"] += json.loads(record_text([], elsewhere))["packets"]
        file.write_text(json.dumps(document), encoding="utf-8")
    assert len(published_before(packets / "b", a_town())) == 3


def test_a_record_holds_only_what_the_packet_shows() -> None:
    """Plans and published numbers: no digest of the counts, from which they could be guessed."""
    told = left_in_text(a_town())
    assert set(told) == {"schema", "packets"}
    (entry,) = told["packets"]
    assert set(entry) == {"plans", "shown", "bounds"}
    assert entry["shown"] == [[*KEY, 20.0]]


def left_in_text(district: District) -> dict[str, Any]:
    """Return the record of a packet as a document."""
    now = Published({"": Plan.today(district)}, frozenset({KEY}), values={KEY: 20.0})
    document: dict[str, Any] = json.loads(record_text([], now))
    return document


def test_a_record_of_before_is_taken_for_one_of_the_present_counts(tmp_path: Path) -> None:
    """Old records hold no values; their numbers are known all the same."""
    document = left_in_text(a_town())
    document["packets"][0]["shown"] = [list(KEY)]
    packet = tmp_path / "packets" / "one"
    packet.mkdir(parents=True)
    (packet / RECORD).write_text(json.dumps(document), encoding="utf-8")
    (found,) = published_before(packet, a_town())
    assert found.shown == {KEY}
    assert not found.values


def test_a_plain_report_keeps_the_record(tmp_path: Path) -> None:
    """What stands in the folder is carried over as it is."""
    packet = tmp_path / "packets" / "one"
    assert kept_record(packet) == ""
    left_in(packet)
    assert kept_record(packet) == (packet / RECORD).read_text(encoding="utf-8")
