"""Read ways from each block to each school: a matrix from a file, or straight lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.config import DistrictConfig, TravelConfig
from geodata.config_basics import ColumnConfig
from geodata.errors import Fault, counted, fatal, warning
from geodata.ids import unmatched_fault
from geodata.sources.blocks import BlocksRead
from geodata.sources.cells import Cells
from geodata.sources.files import Files
from geodata.sources.school_keys import SchoolKeys
from geodata.sources.schools import SchoolsRead
from geodata.travel import TravelMatrix, straight_line

__all__ = ["read_travel"]

Matrix = NDArray[np.float32]

_SCALE = {"metres": 1.0, "kilometres": 1000.0, "minutes": 1.0, "seconds": 1.0 / 60.0}
_BECOMES = {
    "metres": "metres",
    "kilometres": "metres",
    "minutes": "minutes",
    "seconds": "minutes",
}


def read_travel(
    config: DistrictConfig, files: Files, blocks: BlocksRead, schools: SchoolsRead
) -> TravelMatrix:
    """Return the travel matrix; what the file does not tell stays unknown."""
    section = config.travel
    lines = straight_line(
        blocks.points,
        schools.frame[["x_m", "y_m"]].to_numpy(dtype=np.float64),
        detour_factor=section.detour_factor or 1.0,
        speed_km_per_h=section.speed_km_per_h,
        mode=section.mode,
    )
    if section.file is None:
        return replace(lines, label=section.label or lines.label)
    raw = files.read(section, "travel")
    if raw is None:
        return lines
    cells = Cells(raw, "travel", files.faults)
    reader = _wide if section.form == "wide" else _long
    found = reader(section, config.blocks.id, cells, blocks, schools)
    method = f"matrix file {raw.label}"
    minutes, metres = found.get("minutes"), found.get("metres")
    if metres is None and section.detour_factor is not None:
        metres = lines.metres
        method += f"; metres are {lines.method}"
    if metres is None:
        metres = np.full(lines.metres.shape, np.nan, dtype=np.float32)
    label = section.label or method + (f" ({section.mode})" if section.mode else "")
    return TravelMatrix(metres, minutes, method, section.mode, label)


def _long(
    section: TravelConfig,
    block_id: ColumnConfig,
    cells: Cells,
    blocks: BlocksRead,
    schools: SchoolsRead,
) -> dict[str, Matrix]:
    """Read one row a block and school."""
    ids = cells.texts(section.block or block_id, "block")
    values = cells.texts(section.school or ColumnConfig(column="school_id"), "school")
    columns = {
        unit: cells.numbers(getattr(section, unit), unit)
        for unit in _SCALE
        if getattr(section, unit) is not None
    }
    if not columns:
        cells.add(_no_unit(cells))
    if ids is None or values is None:
        return {}
    row = _block_rows(ids, cells, blocks)
    column = _school_columns(values, cells, schools)
    used = (row >= 0) & (column >= 0)
    pairs = row[used].astype(np.int64) * len(schools.frame) + column[used]
    repeated = pd.Series(pairs).duplicated().to_numpy()
    if repeated.any():
        rows = cells.rows(cells.raw.frame.index[used][repeated])
        what = f"{counted(repeated.sum(), 'row repeats', 'rows repeat')} a pair of block and school"
        cells.add(_twice(cells.label, what, rows))
    found: dict[str, Matrix] = {}
    for unit, given in columns.items():
        if given is None:
            continue
        matrix = np.full((len(blocks.frame), len(schools.frame)), np.nan, dtype=np.float32)
        matrix[row[used], column[used]] = given[used] * _SCALE[unit]
        found[_BECOMES[unit]] = matrix
    return found


def _wide(
    section: TravelConfig,
    block_id: ColumnConfig,
    cells: Cells,
    blocks: BlocksRead,
    schools: SchoolsRead,
) -> dict[str, Matrix]:
    """Read one row a block, one column a school."""
    source = section.block or block_id
    ids = cells.texts(source, "block")
    if ids is None:
        return {}
    row = _block_rows(ids, cells, blocks)
    names = pd.Series([name for name in cells.raw.frame.columns if name != source.column])
    keys = SchoolKeys(schools.frame, schools.label)
    known = names[[keys.knows(str(name)) for name in names]]
    column = _school_columns(known, cells, schools)
    cells.add(*_wide_twice(ids, row, known, column, cells))
    matrix = np.full((len(blocks.frame), len(schools.frame)), np.nan, dtype=np.float32)
    used = row >= 0
    for name, at in zip(known, column, strict=True):
        given = cells.numbers(ColumnConfig(column=name), name)
        if given is not None and at >= 0:
            matrix[row[used], at] = given[used] * _SCALE[section.unit]
    lost = sorted(set(range(len(schools.frame))) - set(column.tolist()))
    if lost:
        cells.add(
            warning(
                "travel_unknown",
                cells.label,
                f"{counted(len(lost), 'school')} without a column",
                rows=schools.frame.index[lost],
                why="the way to them is unknown",
                do="name the columns by school ids or names",
            )
        )
    return {_BECOMES[section.unit]: matrix}


def _wide_twice(
    ids: pd.Series, row: NDArray[np.intp], names: pd.Series, column: NDArray[np.intp], cells: Cells
) -> Iterator[Fault]:
    """Yield a fault for blocks with several rows, and one for schools with several columns."""
    rows = ids.duplicated(keep=False).to_numpy() & (row >= 0)
    columns = pd.Series(column).duplicated(keep=False).to_numpy() & (column >= 0)
    for found, what, which in (
        (rows, "rows repeat a block", cells.rows(ids.index[rows])),
        (columns, "columns are of a school that has another one", names[columns].tolist()),
    ):
        if found.any():
            yield _twice(cells.label, f"{found.sum():,} {what}", which)


def _twice(file: str, what: str, rows: Iterable[object]) -> Fault:
    return fatal(
        "travel_twice",
        file,
        what,
        rows=rows,
        why="it is not known which of the ways is meant",
        do="pick the rows of one mode and time of day with where, and one column a school",
    )


def _block_rows(ids: pd.Series, cells: Cells, blocks: BlocksRead) -> NDArray[np.intp]:
    cells.add(
        unmatched_fault(
            ids.dropna().unique(),
            blocks.frame.index,
            file=cells.label,
            other=blocks.label,
            what="blocks",
            why="the ways of these rows start at no block and are left out",
        )
    )
    return blocks.frame.index.get_indexer(pd.Index(ids.to_numpy(dtype=object), dtype=object))


def _school_columns(values: pd.Series, cells: Cells, schools: SchoolsRead) -> NDArray[np.intp]:
    """Return the place of the school each value means; -1 (with a warning) for strangers."""
    keys = SchoolKeys(schools.frame, schools.label)
    mine: list[Fault] = []
    matched = keys.match(values, [""] * len(values), cells.label, mine)
    for fault in mine:
        if fault.code == "id_unmatched" and matched.notna().any():
            cells.add(
                warning(
                    fault.code,
                    fault.file,
                    fault.message,
                    rows=fault.rows,
                    why="the ways to them are left out",
                    do="nothing where these schools are not planned for",
                )
            )
        else:
            cells.add(fault)
    return schools.frame.index.get_indexer(pd.Index(matched.to_numpy(dtype=object), dtype=object))


def _no_unit(cells: Cells) -> Fault:
    return fatal(
        "config_value",
        "[travel]",
        "names no column of metres, kilometres, minutes or seconds",
        why=f"the numbers of {cells.label} have no meaning without their unit",
        do='add for example minutes = "drive_min"',
    )
