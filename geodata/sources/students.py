"""Read the students living in each block, today or in a later year, from any number of files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.config import DistrictConfig
from geodata.config_basics import ColumnConfig
from geodata.config_students import CellConfig, StudentsConfig
from geodata.errors import DataError, Fault, fatal, warning
from geodata.grades import GradeSpan, parse_grade
from geodata.groups import sum_faults
from geodata.ids import id_faults, unmatched_fault
from geodata.reserved import EVERY, POOR, group_fault
from geodata.sources.blocks import BlocksRead
from geodata.sources.cells import Cells
from geodata.sources.files import Files
from geodata.sources.long_counts import read_long
from geodata.sources.whole_counts import level_faults, stands_for
from geodata.students import Cell, StudentCounts

__all__ = ["read_forecasts", "read_students"]

Columns = dict[Cell, NDArray[np.float64]]


def read_students(config: DistrictConfig, files: Files, blocks: BlocksRead) -> StudentCounts:
    """Read every section of students and put the counts side by side."""
    return _read_counts(config, config.students, "students", files, blocks)


def read_forecasts(
    config: DistrictConfig, files: Files, blocks: BlocksRead
) -> dict[int, StudentCounts]:
    """Read the students expected in later years, by year."""
    years: dict[int, list[StudentsConfig]] = {}
    for section in config.forecast:
        years.setdefault(section.year, []).append(section)
    return {
        year: _read_counts(config, years[year], f"forecast {year}", files, blocks)
        for year in sorted(years)
    }


def _read_counts(
    config: DistrictConfig,
    asked: Sequence[StudentsConfig],
    name: str,
    files: Files,
    blocks: BlocksRead,
) -> StudentCounts:
    """Read sections and put their counts side by side; messages call them by a name."""
    sections: list[tuple[StudentsConfig, Columns]] = []
    labels: list[str] = []
    for number, section in enumerate(asked, start=1):
        what = name if len(asked) == 1 else f"{name} #{number}"
        raw = files.read(section, what, instead=config.blocks)
        if raw is None:
            continue
        labels.append(raw.label)
        cells = Cells(raw, what, files.faults)
        read = _read_section(section, config, cells, blocks)
        cells.add(_given_twice(sections, read, cells))
        sections.append((section, read))
    counts = _counts(config, sections, blocks)
    label = ", ".join(dict.fromkeys(labels)) or f"[{name}] of {blocks.label}"
    if fault := group_fault(counts.groups, label):
        files.faults.append(fault)
    files.faults += sum_faults(counts, label)
    files.faults += level_faults(counts, label)
    return counts


def _given_twice(
    sections: Sequence[tuple[StudentsConfig, Columns]], read: Columns, cells: Cells
) -> Fault | None:
    twice = {cell for _, earlier in sections for cell in earlier} & read.keys()
    if not twice:
        return None
    return fatal(
        "students_twice",
        cells.label,
        f"[{cells.what}] gives counts that another section gives already",
        rows=sorted(map(_names, twice)),
        why="it is not said which of the two is meant",
        do="take the columns out of one section, or state for_levels in both",
    )


def _counts(
    config: DistrictConfig,
    sections: Sequence[tuple[StudentsConfig, Columns]],
    blocks: BlocksRead,
) -> StudentCounts:
    columns = {cell: values for _, read in sections for cell, values in read.items()}
    keys = sorted(columns)
    names = pd.MultiIndex.from_tuples(keys, names=["grade", "group", "poverty"]) if keys else None
    values = np.column_stack([columns[key] for key in keys]) if keys else None
    if names is None:
        names = pd.MultiIndex.from_arrays([[], [], []], names=["grade", "group", "poverty"])
    table = pd.DataFrame(values, index=blocks.frame.index, columns=names, dtype=np.float64)
    spans = {name: GradeSpan.parse(text).grades for name, text in config.levels.items()}
    used = [section for section, _ in sections]
    grouped = [section for section, read in sections if any(cell[1] != EVERY for cell in read)]
    return StudentCounts(
        table=table,
        groups=tuple(dict.fromkeys(key[1] for key in keys if key[1] != EVERY)),
        levels=stands_for(config.levels, [read for _, read in sections]),
        estimated=any(section.estimated for section in used),
        proxy="; ".join(dict.fromkeys(section.proxy for section in used if section.proxy)),
        exhaustive=bool(grouped) and all(section.groups_exhaustive for section in grouped),
        level_grades=spans,
    )


def _read_section(
    section: StudentsConfig, config: DistrictConfig, cells: Cells, blocks: BlocksRead
) -> Columns:
    """Read one section; its arrays stand in the order of the blocks."""
    own = section.file is None
    ids = cells.texts(section.id or config.blocks.id, "id")
    if ids is None:
        return {}
    if not own:
        if section.long is None:
            cells.add(*id_faults(ids, cells.rows(), cells.label, "blocks with students"))
        else:
            cells.add(_rows_without_block(ids, cells))
        cells.add(_unmatched(ids, cells.label, blocks))
    if section.long is not None:
        read = read_long(section, section.long, cells, ids, blocks.frame.index)
    else:
        read = _read_wide(section, cells, ids, blocks)
    if not own and not section.missing_rows_are_zero:
        cells.add(_without_row(ids, cells.label, blocks))
    keys = section.for_levels or [EVERY]
    return {
        (key if grade == EVERY else grade, group, poverty): values
        for (grade, group, poverty), values in read.items()
        for key in (keys if grade == EVERY else [grade])
    }


def _read_wide(
    section: StudentsConfig, cells: Cells, ids: pd.Series, blocks: BlocksRead
) -> Columns:
    first = ids[ids.notna() & ~ids.duplicated()]
    at = pd.Index(first.to_numpy(dtype=object)).get_indexer(blocks.frame.index.astype(object))
    rows = cells.raw.frame.index.get_indexer(first.index)
    empty = 0.0 if section.missing_rows_are_zero else np.nan
    wanted = list(_wanted(section, cells))
    if not wanted:
        cells.add(
            fatal(
                "config_value",
                f"[{cells.what}]",
                "maps no column of counts",
                why="the section would count nobody",
                do="name total, grades, groups, poor, cells, pattern or long",
            )
        )
    read: Columns = {}
    for cell, column in wanted:
        values = cells.numbers(column, _names(cell))
        if values is None:
            continue
        if not section.estimated:
            cells.tell_fractions(values, column.column)
        found = np.full(len(blocks.frame), empty)
        found[at >= 0] = values[rows][at[at >= 0]]
        if cell in read:
            cells.add(_columns_added(cell, column, cells.label))
            found += read[cell]
        read[cell] = found
    return read


def _wanted(section: StudentsConfig, cells: Cells) -> Iterator[tuple[Cell, ColumnConfig]]:
    """Return every cell the section maps, and its column."""
    if section.total is not None:
        yield (EVERY, EVERY, EVERY), section.total
    if section.poor is not None:
        yield (EVERY, EVERY, POOR), section.poor
    for name, column in section.grades.items():
        yield from _graded(CellConfig(column=column.column or "", grade=name), column, cells)
    for group, column in section.groups.items():
        yield (EVERY, group, EVERY), column
    for cell in section.cells:
        yield from _graded(cell, ColumnConfig(column=cell.column), cells)
    for pattern, poverty in ((section.pattern, EVERY), (section.poor_pattern, POOR)):
        if pattern is not None:
            yield from _by_pattern(pattern, poverty, section.group_names, cells)


def _graded(
    cell: CellConfig, column: ColumnConfig, cells: Cells
) -> Iterator[tuple[Cell, ColumnConfig]]:
    try:
        grade = EVERY if cell.grade in (None, EVERY) else parse_grade(str(cell.grade))
    except DataError as error:
        cells.add(fatal("config_value", f"[{cells.what}]", str(error)))
        return
    yield (grade, cell.group or EVERY, POOR if cell.poor else EVERY), column


def _by_pattern(
    pattern: str, poverty: str, group_names: list[str], cells: Cells
) -> Iterator[tuple[Cell, ColumnConfig]]:
    """Find the columns that a pattern such as ``{grade}_{group}`` names."""
    groups = "|".join(map(re.escape, sorted(group_names, key=len, reverse=True)))
    form = re.escape(pattern)
    form = form.replace(re.escape("{grade}"), "(?P<grade>[A-Za-z0-9]+)")
    form = form.replace(re.escape("{group}"), f"(?P<group>{groups})")
    found = False
    for name in cells.raw.frame.columns:
        match = re.fullmatch(form, name)
        if match is None:
            continue
        parts = match.groupdict()
        try:
            grade = parse_grade(parts["grade"]) if "grade" in parts else EVERY
        except DataError:
            continue
        found = True
        yield (grade, parts.get("group", EVERY), poverty), ColumnConfig(column=str(name))
    if not found:
        cells.add(
            fatal(
                "column_missing",
                cells.label,
                f"no column has the form {pattern!r}",
                why=f"[{cells.what}] counts with them",
                do="write {grade} and {group} where the names differ, and list group_names",
            )
        )


def _columns_added(cell: Cell, column: ColumnConfig, file: str) -> Fault:
    return warning(
        "count_columns_added",
        file,
        f"column {column.column!r} counts {_names(cell)} as another one does; they were added up",
        why="right where columns count different students, as TK and K do; wrong where one holds "
        "the other",
        do="take one of the columns out of the section where they count the same students",
    )


def _rows_without_block(ids: pd.Series, cells: Cells) -> Fault | None:
    """Tell of rows of a long table that name no block."""
    lost = ids.index[ids.isna()]
    if lost.empty:
        return None
    return warning(
        "block_missing",
        cells.label,
        f"{len(lost):,} of {len(ids):,} rows name no block",
        rows=cells.rows(lost),
        why="the students of these rows live in no block and are left out",
        do="place them in their block, or leave the rows out with where",
    )


def _unmatched(ids: pd.Series, file: str, blocks: BlocksRead) -> Fault | None:
    return unmatched_fault(
        ids.dropna().unique(),
        blocks.frame.index,
        file=file,
        other=blocks.label,
        what="blocks",
        why="the students of these rows live in no block and would be left out",
    )


def _without_row(ids: pd.Series, file: str, blocks: BlocksRead) -> Fault | None:
    lost = blocks.frame.index.difference(pd.Index(ids.dropna().unique(), dtype="str"))
    if lost.empty:
        return None
    return warning(
        "students_missing",
        file,
        f"{len(lost):,} of {len(blocks.frame):,} blocks have no row",
        rows=lost,
        why="their students are unknown, which is not zero: `planner solve` cannot count them",
        do="add the rows, or state missing_rows_are_zero = true if nobody lives there",
    )


def _names(cell: Cell) -> str:
    parts = [part for part in cell if part != EVERY]
    return " ".join(parts) or "total"
