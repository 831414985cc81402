"""Read the tables of a page back, for tests."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["number_in", "read_tables"]


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.name: str | None = None
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "table":
            self.name = values.get("id") or ""
            self.tables[self.name] = []
        elif tag == "tr":
            self.row = []
        elif tag in ("td", "th"):
            self.cell = []
        elif tag == "span" and self.cell is not None:
            self.cell.append("|")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.row is not None and self.cell is not None:
            self.row.append("".join(self.cell).strip())
            self.cell = None
        elif tag == "tr" and self.name is not None and self.row is not None:
            self.tables[self.name].append(self.row)
            self.row = None
        elif tag == "table":
            self.name = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)


def read_tables(page: Path) -> dict[str, list[list[str]]]:
    """Return every table of a page by its id; the first row is the header.

    A cell's figure, its change and its verdict are separated by bars.
    """
    parser = _Tables()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.tables


def number_in(text: str) -> float | None:
    """Return the English number a cell begins with, percents as shares; None without one."""
    match = re.match(r"\s*([−-]?[\d,]*\.?\d+)(%?)", text)
    if match is None:
        return None
    value = float(match[1].replace("−", "-").replace(",", ""))
    return value / 100 if match[2] else value
