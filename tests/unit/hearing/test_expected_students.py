"""Expected students: in the packet for staff where the district counts them, never in public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from planner.disclosure import Release
from planner.disclosure.areas import Areas
from planner.hearing.figures import Figures
from planner.hearing.origins import caveat_sentences
from planner.hearing.packet import Packet
from planner.hearing.tables import school_tables
from planner.hearing.words import languages, load_words
from planner.hearing.workbook import write_workbook

LEVEL = "elementary"
TITLES = {"measure.students_expected", "measure.utilization_expected", "measure.take_up"}


@pytest.fixture
def counted(packet: Packet) -> Packet:
    """Return the packet as if its district counted who is enrolled: 80 of 100 residents."""
    options = []
    for option in packet.options:
        metrics = option.run.metrics
        parts = [metrics]
        for name, of in (
            ("students_expected", "students"),
            ("utilization_expected", "utilization"),
        ):
            rows = metrics[(metrics["metric"] == of) & (metrics["group"] == "all")]
            numbers = rows[["baseline", "plan", "change"]] * 0.8
            parts.append(rows.assign(metric=name, **numbers))
        share = rows.assign(metric="take_up", baseline=0.8, plan=0.8, change=0.0, unit="share")
        table = pd.concat([*parts, share], ignore_index=True)
        options.append(replace(option, run=replace(option.run, metrics=table)))
    return replace(packet, options=tuple(options))


def hidden(packet: Packet) -> Figures:
    """Return the figures of a public packet."""
    return Figures(packet, Release({}, {}, {}, frozenset(), (), 10.0, Areas(())))


@pytest.mark.parametrize("lang", languages())
def test_staff_see_who_is_expected_and_that_it_is_an_estimate(
    counted: Packet, lang: str, tmp_path: Path
) -> None:
    """In the tables of page and PDF, in the workbook, and in what to keep in mind."""
    words, figures = load_words(lang), Figures(counted)
    assert {table.title for table in school_tables(counted, figures, LEVEL)} >= TITLES
    assert words("caveat.take_up") in caveat_sentences(words, counted, figures)
    assert words("caveat.residents") not in caveat_sentences(words, counted, figures)
    book = load_workbook(write_workbook(tmp_path / "tables.xlsx", counted, figures, words))
    titles = [str(sheet["A1"].value) for sheet in book.worksheets]
    assert [title for title in titles if words("measure.students_expected") in title]
    estimate = {"en": "estimate", "es": "estimación"}[lang]
    assert all(estimate in words(title) for title in TITLES)


def test_the_public_is_told_nothing_of_it(counted: Packet) -> None:
    """The proof of privacy does not know these numbers, so they are left out whole."""
    words, figures = load_words("en"), hidden(counted)
    titles = {table.title for table in school_tables(counted, figures, LEVEL)}
    assert titles
    assert not titles & TITLES
    assert words("caveat.take_up") not in caveat_sentences(words, counted, figures)


def test_a_district_that_does_not_count_it_has_no_such_table(packet: Packet) -> None:
    """Nothing is promised that is not there."""
    words, figures = load_words("en"), Figures(packet)
    assert not TITLES & {table.title for table in school_tables(packet, figures, LEVEL)}
    assert words("caveat.residents") in caveat_sentences(words, packet, figures)
