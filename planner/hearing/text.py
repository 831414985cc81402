"""Cells, titles and figures as text in one language, for page, PDF and workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from planner.hearing.packet import Option
from planner.hearing.scene import Scene
from planner.hearing.tables import Cell, Table
from planner.hearing.words import Words
from planner.hearing.written import write_figure

__all__ = [
    "alternative",
    "at_levels",
    "cell_text",
    "column_text",
    "ending_letters",
    "file_stem",
    "group_name",
    "how_to_read",
    "level_name",
    "short_block",
    "table_title",
]

_AREAS_TOLD = 12
_ID_LETTERS = 4


def group_name(words: Words, group: str) -> str:
    """Name a group of students; without a word, as the district wrote or translated it."""
    return words.texts.get(f"group.{group}") or words.known(group)


def ending_letters(blocks: Sequence[str]) -> int:
    """Return how many last letters tell the blocks of a district apart, at least 4."""
    longest = max(map(len, blocks))
    for letters in range(_ID_LETTERS, longest):
        if len({block[-letters:] for block in blocks}) == len(blocks):
            return letters
    return longest


def short_block(block: str, letters: int) -> str:
    """Return the end of a long block id; lists of blocks have it in full.

    Parameters
    ----------
    block : str
    letters : int
        As `ending_letters` returns them.
    """
    return f"…{block[-letters:]}" if len(block) > letters + 2 else block


def level_name(words: Words, level: str) -> str:
    """Name a level of schools."""
    return words.texts.get(f"level.{level}") or words.known(level)


def file_stem(level: str, shown: str) -> str:
    """Return a file's name without its ending: the level and what is shown of it."""
    return f"{level}_{shown}".replace(" ", "_")


def at_levels(words: Words, option: Option, entry: Mapping[str, Any], text: str) -> str:
    """Put the levels a rule or aim is about before its sentence, where an option has others too."""
    levels = [level for level in entry.get("levels") or () if level in option.plan.levels]
    if not levels or len(option.plan.levels) == len(levels):
        return text
    return f"{', '.join(level_name(words, level) for level in levels)}: {text}"


def table_title(words: Words, table: Table) -> str:
    """Return the title of a table."""
    fields = dict(table.fields)
    if "group" in fields:
        fields["group"] = group_name(words, fields["group"])
    return words(table.title, **fields)


def column_text(words: Words, column: tuple[str, Mapping[str, str]]) -> str:
    """Return the header of a column."""
    key, fields = column
    return words(key, **fields)


def cell_text(words: Words, cell: Cell) -> tuple[str, str]:
    """Return a cell's text and the text of its change (may be empty)."""
    if cell.word:
        return words(cell.word, group=group_name(words, cell.group)), ""
    if cell.kind == "text":
        return cell.text, ""
    text = write_figure(words, cell.kind, cell.figure)
    change = ""
    if cell.change is not None and cell.change.is_known:
        change = write_figure(words, cell.kind, cell.change, signed=True)
    return text, change


def how_to_read(words: Words, scene: Scene, kind: str) -> str:
    """Say how a map of "zones" or "changes" is read; zones may have several schools."""
    return words(f"map.how_{kind}_shared" if scene.spans else f"map.how_{kind}")


def alternative(
    words: Words,
    scene: Scene,
    before: pd.Series[str],
    after: pd.Series[str] | None = None,
    letter: str = "",
) -> str:
    """Say in words what a map shows: its zones, or what changes.

    Parameters
    ----------
    words : Words
    scene : Scene
    before : Series of str
        Who serves each block: the zones, or those of today.
    after : Series of str, optional
        Who would serve each block; given for a map of changes.
    letter : str
    """
    if after is None:
        counts = before[before != ""].value_counts().sort_index()
        told = sorted(
            words.plural("map.alt_zone", int(n), school=scene.owner_name(str(owner)))
            for owner, n in counts.items()
        )
        return words.plural("map.alt_zones", len(counts)) + " " + ", ".join(told) + "."
    moved = pd.DataFrame({"before": before, "after": after.reindex(before.index)})
    moved = moved[(moved["before"] != moved["after"]) & (moved != "").all(axis=1)]
    if moved.empty and scene.regrades:
        return words("map.alt_grades", letter=letter)
    if moved.empty:
        return words("page.moved_unknown" if (before == "").any() else "map.alt_none")
    sizes = moved.value_counts().sort_values(ascending=False, kind="stable")
    told = [
        words.plural("map.alt_area", int(n), before=scene.owner_name(a), after=scene.owner_name(b))
        for a, b, n in sizes.head(_AREAS_TOLD).reset_index().itertuples(index=False, name=None)
    ]
    if len(sizes) > _AREAS_TOLD:
        told.append(words.plural("map.alt_more", len(sizes) - _AREAS_TOLD))
    return words("map.alt_changes", letter=letter) + " " + "; ".join(told) + "."
