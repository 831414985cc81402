"""Sheets of the workbook: every number stands under its own header."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from planner.hearing.figures import Figure
from planner.hearing.packet import Packet
from planner.hearing.tables import Cell, Table
from planner.hearing.words import languages, load_words
from planner.hearing.workbook import _name, _sheet
from planner.hearing.written import Kind


@pytest.mark.parametrize("kind", ["count", "miles", "share"])
def test_a_school_without_a_zone_moves_no_number_of_the_next_option(
    packet: Packet, kind: Kind
) -> None:
    """Where option A closes a school, B's number stands under B and B's change beside it."""

    def number(value: float, change: float) -> Cell:
        return Cell(kind, figure=Figure(value), change=Figure(change), verdict="worse")

    closed = Cell(kind, word="table.closed")
    rows = (
        (Cell("text", text="Oak"), closed, number(8.0, 1.0)),
        (Cell("text", text="Elm"), number(7.0, 2.0), number(6.0, 3.0)),
    )
    columns = (
        ("table.school", {}),
        ("table.option", {"letter": "A"}),
        ("table.option", {"letter": "B"}),
    )
    book, words = Workbook(), load_words("en")
    _sheet(book, packet, words, Table("t", "measure.students", columns, rows), "")
    sheet = book.worksheets[-1]
    heads = [cell.value for cell in sheet[4]]
    oak, elm = ([cell.value for cell in sheet[row]] for row in (5, 6))
    assert len(oak) == len(elm) == len(heads)
    words_in_oak = {head: value for head, value in zip(heads, oak, strict=True) if value}
    option_b = heads.index(words("table.option", letter="B"))
    assert isinstance(oak[option_b], float)
    assert isinstance(elm[option_b], float)
    assert oak[option_b] > elm[option_b]
    assert words_in_oak[words("table.option", letter="A")] == words("table.closed")
    assert [type(value) for value in oak[option_b:]] == [type(value) for value in elm[option_b:]]


def test_rounded_ways_have_no_kilometres_and_no_more_digits(packet: Packet) -> None:
    """0.7 miles may be 1,193 m: 1.1 km would be another number, and 0.70 miles a finer one."""
    rows = ((Cell("text", text="Oak"), Cell("miles", figure=Figure(1126.5408, grain=160.9344))),)
    table = Table("t", "measure.students", (("table.school", {}), ("table.today", {})), rows)
    book, words = Workbook(), load_words("en")
    _sheet(book, packet, words, table, "")
    sheet = book.worksheets[-1]
    assert [cell.value for cell in sheet[5]] == ["Oak", pytest.approx(0.7)]
    assert sheet["B5"].number_format == '0.0" mi"'


@pytest.mark.parametrize("lang", languages())
def test_sheets_have_names_of_whole_words(lang: str) -> None:
    """Excel allows 31 letters: no level is cut in the middle of its bracket."""
    words, taken = load_words(lang), list[str]()
    titles = [key for key in words.texts if key.startswith("measure.")]
    groups = [key.removeprefix("group.") for key in words.texts if key.startswith("group.")]
    for level in ("elementary", "middle", "high"):
        for title in titles:
            letter = "A" if title in ("measure.moves", "measure.rules") else ""
            years = ["2031"] if title.endswith("_forecast_group") else groups
            for group in years if title.endswith("_group") else [""]:
                table = Table("t", title, (), (), {"group": group, "letter": letter})
                name = _name(words, table, level, taken)
                place = words(f"sheet_level.{level}")
                assert len(name) <= 31
                assert name.endswith(f"({place})") or group in ("all", "poor")
                taken.append(name)
    assert len({name.casefold() for name in taken}) == len(taken)


def test_long_names_of_sheets_lose_last_words_and_stay_apart() -> None:
    """A district may call a level and a group what it likes."""
    words = load_words("en")
    table = Table("t", "measure.share_group", (), (), {"group": "children of the armed forces"})
    first = _name(words, table, "upper secondary schools", [])
    second = _name(words, table, "upper secondary schools", [first])
    assert first == "Share children of the armed"
    assert second == "Share children of the armed 2"
