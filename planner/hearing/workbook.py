"""Every table of the packet as a workbook: numbers as numbers, hidden ones as words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from geodata.reserved import ALL, POOR
from planner.hearing.criteria import criteria_table
from planner.hearing.figures import Figure, Figures
from planner.hearing.origins import caveat_sentences, source_sentences
from planner.hearing.packet import Packet
from planner.hearing.rule_tables import rule_table
from planner.hearing.tables import Cell, Table, flow_table, school_tables
from planner.hearing.text import column_text, group_name, level_name, table_title
from planner.hearing.words import METRES_PER_MILE, Words
from planner.hearing.written import Kind, write_figure

__all__ = ["write_workbook"]

_FORMATS = {
    "count": "#,##0", "share": "0.0%", "points": "0.0%", "miles": '0.00" mi"',
    "minutes": "0.0", "index": "0.000",
}  # fmt: skip
_KM_FORMAT = '0.00" km"'
_ROUNDED_FORMATS = {"points": "0%", "miles": '0.0" mi"', "minutes": "0", "index": "0.00"}
_HEAD = PatternFill("solid", fgColor="F3F3F1")
_NAME_LETTERS = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def write_workbook(path: Path, packet: Packet, figures: Figures, words: Words) -> Path:
    """Write all tables, one a sheet; the first sheet says what the rest is.

    Every sheet begins with draft or adopted, the options with their plan ids, and the date.
    """
    book = Workbook()
    first = book.active
    if first is None:
        first = book.create_sheet()
    _about(first, packet, figures, words)
    for table, level in _tables(packet, figures, words):
        _sheet(book, packet, words, table, level)
    book.properties.title = f"{words.known(packet.district.name)}: {words('page.title')}"
    book.properties.creator = words.known(packet.district.name)
    book.save(path)
    return path


def _tables(packet: Packet, figures: Figures, words: Words) -> list[tuple[Table, str]]:
    found: list[tuple[Table, str]] = []
    for level in packet.levels:
        found.append((criteria_table(packet, figures, level), level))
        found += [(table, level) for table in school_tables(packet, figures, level)]
        for option in packet.options:
            if level in option.plan.levels:
                found.append((flow_table(packet, figures, option, level), level))
    for option in packet.options:
        rules = rule_table(words, packet, figures, option)
        if rules is not None:
            found.append((rules, ""))
    return found


def _about(sheet: Worksheet, packet: Packet, figures: Figures, words: Words) -> None:
    sheet.title = words("sheet.about")
    lines = [words.known(packet.district.name), words("page.title"), _stamp(packet, words), ""]
    for option in packet.options:
        name = words("table.option", letter=option.letter)
        title = words.known(option.imprint.title)
        lines.append(f"{name}: {title} – {option.imprint.identity(words)}")
    lines += ["", words("page.sources"), *source_sentences(words, packet)]
    lines += ["", words("page.caveats"), *caveat_sentences(words, packet, figures)]
    if figures.threshold is not None:
        lines.append(words("table.hidden_note", threshold=words.number(figures.threshold)))
    for line in lines:
        sheet.append([line])
    _print_setup(sheet, packet, words, "")
    sheet.print_title_rows = None
    for row in (1, 2):
        sheet.cell(row, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 110
    for row_cells in sheet.iter_rows():
        row_cells[0].alignment = Alignment(wrap_text=True, vertical="top")


def _stamp(packet: Packet, words: Words) -> str:
    """Say draft or adopted, the options with their plan ids, and the date."""
    options = [
        f"{words('table.option', letter=o.letter)} ({words(f'state.{o.imprint.state}')}, "
        f"{words('map.plan_id', plan_id=o.imprint.plan_id)})"
        for o in packet.options
    ]
    parts = [
        words(f"state.{packet.state}"),
        *options,
        words("map.made", date=words.date(packet.day)),
    ]
    return " · ".join(parts)


def _sheet(book: Workbook, packet: Packet, words: Words, table: Table, level: str) -> None:
    among = level if len(packet.levels) > 1 else ""
    sheet = book.create_sheet(_name(words, table, among, book.sheetnames))
    title, place = table_title(words, table), level_name(words, level)
    sheet.append([f"{place}: {title}" if place else title])
    sheet.append([_stamp(packet, words)])
    sheet.append([])
    sheet.append(_headers(words, table))
    for cell in sheet[4]:
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    columns = [[row[at] for row in table.rows] for at in range(len(table.columns))]
    more = [(any(c.change is not None for c in cells), any(c.verdict for c in cells))
            for cells in columns]  # fmt: skip
    for row in table.rows:
        _row(sheet, words, row, has_km=list(map(_has_km, columns)), more=more)
    sheet.cell(1, 1).font = Font(bold=True, size=13)
    sheet.freeze_panes = "B5"
    _print_setup(sheet, packet, words, table.fields.get("letter", ""))
    sheet.column_dimensions["A"].width = 46
    for at in range(2, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(at)].width = 18


def _print_setup(sheet: Worksheet, packet: Packet, words: Words, letter: str) -> None:
    """Print on letter paper across, as wide as the page; every page says which plan it is."""
    options = [o for o in packet.options if letter in ("", o.letter)]
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "1"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "4:4"
    ids = [f"{words('table.option', letter=o.letter)} {o.imprint.plan_id}" for o in options]
    state = options[0].imprint.state if len(options) == 1 else packet.state
    sheet.oddHeader.left.text = _plain(
        f"{words.known(packet.district.name)} · {words(f'state.{state}')}"
    )
    sheet.oddHeader.right.text = words("map.made", date=words.date(packet.day))
    sheet.oddFooter.left.text = _plain(" · ".join(ids))
    sheet.oddFooter.right.text = "&P / &N"


def _plain(text: str) -> str:
    """Write a text so that Excel reads no code in it."""
    return text.replace("&", "&&")


def _headers(words: Words, table: Table) -> list[str]:
    """Return the headers; an option's figure is followed by its change and its verdict."""
    headers = []
    for at, column in enumerate(table.columns):
        text = column_text(words, column)
        headers.append(text)
        cells = [row[at] for row in table.rows]
        if _has_km(cells):
            headers.append(words("sheet.km", what=text))
        if any(cell.change is not None for cell in cells):
            headers.append(words("sheet.change", what=text))
        if any(cell.verdict for cell in cells):
            headers.append(words("sheet.verdict", what=text))
    return headers


def _has_km(cells: Sequence[Cell]) -> bool:
    """Tell whether kilometres follow a column: of ways that were not rounded to miles."""
    known = [cell.figure for cell in cells if cell.figure is not None and cell.figure.is_known]
    are_ways = bool(cells) and all(cell.kind == "miles" for cell in cells)
    return are_ways and not any(figure.grain for figure in known)


def _row(
    sheet: Worksheet,
    words: Words,
    cells: Sequence[Cell],
    *,
    has_km: Sequence[bool],
    more: Sequence[tuple[bool, bool]],
) -> None:
    """Append a row; `more` says of each column whether a change and a verdict follow it."""
    values: list[tuple[Any, str]] = []  # with the format of a number
    for cell, km, (has_change, has_verdict) in zip(cells, has_km, more, strict=True):
        if cell.word:
            values.append((words(cell.word, group=group_name(words, cell.group)), ""))
        elif cell.kind == "text":
            values.append((cell.text, ""))
        else:
            values.append((_value(words, cell, cell.figure), _format(cell.kind, cell.figure)))
        if km:
            value = values[-1][0]
            both = isinstance(value, float)
            values.append((value * METRES_PER_MILE / 1000 if both else value, _KM_FORMAT))
        if has_change:
            told = "" if cell.change is None else _value(words, cell, cell.change)
            values.append((told, _format(cell.kind, cell.change)))
        if has_verdict:
            values.append((words(f"verdict.{cell.verdict}") if cell.verdict else "", ""))
    sheet.append([value for value, _ in values])
    for at, (value, number_format) in enumerate(values, start=1):
        if number_format and isinstance(value, float):
            sheet.cell(sheet.max_row, at).number_format = number_format


def _format(kind: Kind, figure: Figure | None) -> str:
    """Return how a number is written: with no more digits than it was rounded to."""
    was_rounded = figure is not None and figure.grain
    return _ROUNDED_FORMATS[kind] if was_rounded else _FORMATS[kind]


def _value(words: Words, cell: Cell, figure: Figure | None) -> float | str:
    """Return a number where there is one to show, otherwise the words in its place."""
    if figure is None or not figure.is_known or figure.side:
        return write_figure(words, cell.kind, figure)
    return round(figure.value / METRES_PER_MILE, 9) if cell.kind == "miles" else figure.value


def _name(words: Words, table: Table, level: str, taken: Sequence[str]) -> str:
    """Return a sheet name of whole words that is short enough and not yet taken.

    Parameters
    ----------
    words : Words
    table : Table
    level : str
        Empty where the workbook has only one.
    taken : sequence of str
    """
    group = table.fields.get("group", "")
    about = "" if group in ("", ALL, POOR) else words.texts.get(f"sheet_group.{group}", group)
    place = words.texts.get(f"sheet_level.{level}", level)
    parts = [words(f"sheet.{table.title.split('.')[1]}"), table.fields.get("letter", ""), about]
    parts.append(f"({place})" if place else "")
    text = " ".join(part for part in parts if part).translate(_FORBIDDEN)
    name, number = _shortened(text, _NAME_LETTERS), 1
    while name.casefold() in {known.casefold() for known in taken}:
        number += 1
        name = f"{_shortened(text, _NAME_LETTERS - len(f' {number}'))} {number}"
    return name


def _shortened(text: str, letters: int) -> str:
    """Leave out last words until a text has at most so many letters, and close its bracket."""
    short = text
    while len(short) > letters and " " in short:
        short = short.rpartition(" ")[0]
        short += ")" * (short.count("(") - short.count(")"))
    return short[:letters]
