"""The kinds of part a document is made of."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Drawing
from PIL import Image
from scipy.spatial import cKDTree

from planner.hearing.figures import Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.tables import Table
from planner.hearing.text import cell_text, column_text, ending_letters, table_title
from planner.hearing.words import Words
from planner.hearing.written import Kind

__all__ = [
    "Author",
    "Part",
    "part_heading",
    "part_list",
    "part_picture",
    "part_table",
    "part_text",
    "save_picture",
]

Part = dict[str, Any]
_LETTERS = (20, 48)  # between which longer texts get a wider column
_MOST_COLOURS = 256  # of a picture with a palette


@dataclass(frozen=True, eq=False)
class Author:
    """What every part of a document is written from.

    Parameters
    ----------
    packet : Packet
    figures : Figures
    option : Option
    words : Words
    folder : Path
        Where pictures go.
    """

    packet: Packet
    figures: Figures
    option: Option
    words: Words
    folder: Path

    @cached_property
    def letters(self) -> int:
        """How many last letters of a block's id tell all blocks apart."""
        return ending_letters([str(block) for block in self.packet.district.blocks.index])


def part_heading(level: int, text: str) -> Part:
    """Head what follows; level 1 is a section."""
    return {"kind": "heading", "level": level, "text": text}


def part_text(text: str, *, small: bool = False, leads: bool = False) -> Part:
    """Say one paragraph; small for notes under a picture, on one page with what it leads to."""
    return {"kind": "text", "text": text, "small": small, "leads": leads}


def part_list(items: list[str]) -> Part:
    """List sentences, one a line."""
    return {"kind": "list", "items": items}


def part_picture(path: Path, told: str, inches: float | None) -> Part:
    """Show a picture [inches high; None: as high as its page has room] with its text."""
    return {"kind": "picture", "path": path.name, "alt": told, "width": 100, "height": inches}


def part_table(words: Words, table: Table) -> Part:
    """Show a table: totals are strong, better and worse are said in words too."""
    rows = []
    for row in table.rows:
        strong = row[0].word == "table.all_schools"
        cells = []
        for cell in row:
            text, change = cell_text(words, cell)
            said = words(f"verdict.{cell.verdict}") if cell.verdict in ("better", "worse") else ""
            text = f"{text} ({change})" if change else text
            mark = {"better": "good", "worse": "bad"}.get(cell.verdict, "")
            whole = f"{text} – {said}" if said else text
            cells.append({"text": whole, "strong": strong, "mark": mark})
        rows.append(cells)
    kinds = [cell.kind for cell in table.rows[0]] if table.rows else []
    columns = [
        {"text": column_text(words, column), "wide": _width(rows, at, kinds)}
        for at, column in enumerate(table.columns)
    ]
    return {"kind": "table", "caption": table_title(words, table), "columns": columns, "rows": rows}


def _width(rows: list[list[Part]], at: int, kinds: list[Kind]) -> int:
    """Return the share of a column of words in the width, by its longest cell; 0 of numbers."""
    if kinds and kinds[at] != "text":
        return 0
    longest = max((len(row[at]["text"]) for row in rows), default=0)
    return min(max(longest, _LETTERS[0]), _LETTERS[1])


def save_picture(drawing: Drawing, path: Path, dots: int) -> None:
    """Save a picture with few colours, so that the document stays small.

    The most frequent colours stay exactly as they are, so that a small area keeps the colour its
    school has in the key; only what lies between two of them, at edges, is moved to the nearest.
    """
    raw = io.BytesIO()
    drawing.savefig(raw, dpi=dots, format="png", metadata={"Software": None})
    with Image.open(raw) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=np.int32) @ (1 << 16, 1 << 8, 1)
    packed, place, count = np.unique(pixels, return_inverse=True, return_counts=True)
    colours = (packed[:, None] >> (16, 8, 0)) & 255
    kept = colours[np.argsort(-count, kind="stable")[:_MOST_COLOURS]]
    _, nearest = cKDTree(kept).query(colours)
    few = Image.fromarray(nearest.astype(np.uint8)[place].reshape(pixels.shape))
    few.putpalette(kept.astype(np.uint8).tobytes())
    few.save(path, "PNG")
