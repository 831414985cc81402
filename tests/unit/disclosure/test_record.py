"""What a folder remembers of its public packets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from small_town import small_town

from geodata import District
from planner.disclosure import RECORD, Published, published_before, record_text
from planner.plan import Plan


def a_town() -> District:
    """Return four blocks with two schools."""
    return small_town({"elementary": ["A", "A", "B", "B"]}, {"A": 0, "B": 3}, columns=2)


def test_ids_with_commas_and_words_for_nothing_are_remembered(tmp_path: Path) -> None:
    """A school called "St. Mary, Upper" or "NA" comes back as it was written."""
    today = Plan.today(a_town()).table
    names = {"A": "St. Mary, Upper", "B": "NA"}
    plan = Plan(today.assign(school_id=today["school_id"].map(names)))
    told = Published({"A": plan}, frozenset({("A", "students", "school", "NA", "all")}))
    (tmp_path / RECORD).write_text(record_text(a_town(), [], told), encoding="utf-8")
    (back,) = published_before(tmp_path, a_town())
    pd.testing.assert_frame_equal(back.plans["A"].table, plan.table)
    assert back.shown == told.shown
