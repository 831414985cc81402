"""Read a plan drawn elsewhere: a table, a column of a layer, or zone polygons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geodata.config import PlanConfig
from geodata.config_basics import ColumnConfig
from geodata.district import District
from geodata.errors import DataError, Fault, fatal, warning
from geodata.sources.blocks import BlocksRead
from geodata.sources.cells import Cells, as_texts
from geodata.sources.columns import column_missing
from geodata.sources.edited_plan import SCHOOL_ID, name_fault, with_zeros
from geodata.sources.files import Files, RawTable
from geodata.sources.plan_reader import PlanReader
from geodata.sources.plan_rows import plan_table, with_spans
from geodata.sources.school_keys import SchoolKeys
from geodata.sources.schools import SchoolsRead

__all__ = ["read_assignment"]

LEAST_SHARE = 0.5
"""A column is taken for ids where at least so many of its values are known [share]."""


def read_assignment(
    path: str | Path,
    district: District,
    *,
    level: str | None = None,
    usual_level: str | None = None,
    id_column: str | None = None,
    school_column: str | None = None,
    layer: str | None = None,
    schools: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Read which school each block goes to under some plan.

    Parameters
    ----------
    path : str or Path
        A table of blocks and schools, a layer with a column of schools, or zone polygons.
    district : District
    level : str, optional
        The only level wanted of a file with a column ``level``; the level of any other file.
    usual_level : str, optional
        Level of a file that does not say; without it, the schools' own.
    id_column : str, optional
        Column of block ids; without it, ``block_id`` or the one column that holds such ids.
        A layer without one is read as zone polygons.
    school_column : str, optional
        Column of school ids or names; without it, ``school_id`` or the one that holds such.
    layer : str, optional
        Layer of a GeoPackage, sheet of a workbook.
    schools : DataFrame, optional
        Schools the plan may name, where some open beside the district's of today.

    Returns
    -------
    DataFrame
        ``block_id``, ``level``, ``grade_low``, ``grade_high``, ``school_id``, as
        `District.current`; warnings are in ``attrs["faults"]``.

    Raises
    ------
    DataError
        With every fault, where one of them is fatal.
    """
    faults: list[Fault] = []
    for name in (level, usual_level):
        if name is not None and name not in district.levels:
            raise DataError(
                f"the district has no level {name!r}: use one of {', '.join(district.levels)}"
            )
    files = Files(Path.cwd(), faults, start="the folder the command runs in")
    raw = files.read(PlanConfig(file=str(path), layer=layer, school=_column("school_id")), "plan")
    table = None
    if raw is not None:
        known = SchoolsRead(
            "the schools of the district", district.schools if schools is None else schools
        )
        unsaid = level or usual_level
        section = _section(
            raw,
            district,
            known,
            level=unsaid,
            id_column=id_column,
            school_column=school_column,
            faults=faults,
        )
        if section is not None:
            raw = _mended(section, raw, district, known, asked=school_column, faults=faults)
            table = _read(section, raw, district, known, level=level, faults=faults)
    faults = [_without_config(fault) for fault in faults]
    if table is None or any(fault.is_fatal for fault in faults):
        raise DataError(faults)
    table.attrs["faults"] = tuple(faults)
    return table


def _without_config(fault: Fault) -> Fault:
    """Say what to do where no district file maps the columns or names the layer."""
    match fault.code:
        case "id_leading_zeros":
            do = "write the ids as text, with their zeros (a spreadsheet must format the column so)"
        case "layer_undecided":
            do = f"say --layer: one of {', '.join(fault.rows)}"
        case _:
            return fault
    return replace(fault, remedy=do)


def _mended(
    section: PlanConfig,
    raw: RawTable,
    district: District,
    schools: SchoolsRead,
    *,
    asked: str | None,
    faults: list[Fault],
) -> RawTable:
    """Fill in zeros that ids lost in a spreadsheet, and tell names that disagree with ids."""
    keys = SchoolKeys(schools.frame, schools.label)
    blocks, ids = set(district.blocks.index), list(schools.frame.index)
    columns = {column.column: "schools" for column in (section.school, _column(SCHOOL_ID))}
    if section.block is not None:
        columns[section.block.column] = "blocks"
    for column, what in columns.items():
        if column not in raw.frame.columns:
            continue
        known, knows = (blocks, blocks.__contains__) if what == "blocks" else (ids, keys.knows)
        raw, fault = with_zeros(raw, str(column), known, knows, what)
        faults += [fault] if fault else []
    fault = name_fault(raw, keys, asked)
    faults += [fault] if fault else []
    return raw


def _read(
    section: PlanConfig,
    raw: RawTable,
    district: District,
    schools: SchoolsRead,
    *,
    level: str | None,
    faults: list[Fault],
) -> pd.DataFrame | None:
    crs = None if district.crs is None else CRS.from_user_input(district.crs)
    spans = {name: item.span for name, item in district.levels.items()}
    reader = PlanReader(
        levels=spans,
        block=_column("block_id"),
        blocks=BlocksRead("the district", district.blocks, district.geometry, crs),
        schools=schools,
    )
    cells = Cells(raw, "plan", faults)
    rows = (reader.zones if section.kind == "zones" else reader.table)(section, cells)
    if rows is None:
        return None
    table = plan_table(with_spans(rows, spans, raw.label, faults), raw.label, faults)
    if level is not None:
        table = table[table["level"] == level].reset_index(drop=True)
    if table.empty:
        faults.append(
            fatal(
                "plan_empty",
                raw.label,
                "assigns no block of the district to a school",
                why="there is nothing to measure",
                do="check the columns of block ids and schools, and the level",
            )
        )
    faults += _gaps(table, district, raw.label)
    return table


def _section(
    raw: RawTable,
    district: District,
    schools: SchoolsRead,
    *,
    level: str | None,
    id_column: str | None,
    school_column: str | None,
    faults: list[Fault],
) -> PlanConfig | None:
    """Say how the file is to be read: which columns, or polygons."""
    for name in (id_column, school_column):
        if name is not None and name not in raw.frame.columns:
            faults.append(column_missing(raw.frame, name, raw.label, "plan"))
    if any(fault.is_fatal for fault in faults):
        return None
    known = set(district.blocks.index)
    keys = SchoolKeys(schools.frame, schools.label)
    ids = _pick(raw, id_column, "block_id", known.__contains__)
    named = _agreed(raw, _pick(raw, school_column, "school_id", keys.knows, but=ids), keys)
    if not named:  # ids that lost their zeros are told as such
        width = max(map(len, schools.frame.index), default=0)
        named = _pick(raw, None, "", lambda text: keys.knows(text.zfill(width)), but=ids)
    if not ids:
        width = max(map(len, known), default=0)
        ids = _pick(raw, None, "", lambda text: text.zfill(width) in known, but=named)
    outlines = raw.geometry is not None and _polygons(raw)
    if len(named) != 1:
        faults.append(_undecided("schools", "--school-column", named, raw))
    if len(ids) > 1 or (not ids and not outlines):
        faults.append(_undecided("blocks", "--id-column", ids, raw))
    if any(fault.is_fatal for fault in faults):
        return None
    texts = {name: as_texts(raw.frame[name]) for name in ("level",) if name in raw.frame}
    own_level = "level" in texts and bool(texts["level"].isin(list(district.levels)).all())
    return PlanConfig(
        file=str(raw.path),
        kind="table" if ids else "zones",
        block=_column(ids[0]) if ids else None,
        school=_column(named[0]),
        for_level=level,
        level=_column("level") if own_level else None,
        grade_low=_column("grade_low") if "grade_low" in raw.frame else None,
        grade_high=_column("grade_high") if "grade_high" in raw.frame else None,
    )


def _column(name: str) -> ColumnConfig:
    return ColumnConfig(column=name)


def _pick(
    raw: RawTable,
    given: str | None,
    usual: str,
    knows: Callable[[str], bool],
    but: list[str] | None = None,
) -> list[str]:
    """Return the columns that may be meant: the given, the usual, or those best known."""
    if given is not None:
        return [given]
    if usual in raw.frame.columns:
        return [usual]
    shares = {}
    for name in raw.frame.columns.difference(but or [], sort=False):
        values = as_texts(raw.frame[name]).dropna().unique()
        shares[str(name)] = float(np.mean([knows(value) for value in values] or [False]))
    best = max(shares.values(), default=0.0)
    return [name for name, share in shares.items() if share == best and best >= LEAST_SHARE]


def _agreed(raw: RawTable, named: list[str], keys: SchoolKeys) -> list[str]:
    """Return one column where several, of ids and of names, mean the same schools."""
    texts = {name: as_texts(raw.frame[name]) for name in named}
    if not all(keys.agree(texts[named[0]], texts[name]) for name in named[1:]):
        return named
    return sorted(named, key=lambda name: -texts[name].map(keys.is_id).mean())[:1]


def _polygons(raw: RawTable) -> bool:
    return bool((shapely.get_dimensions(np.asarray(raw.geometry, dtype=object)) == 2).any())


def _undecided(what: str, option: str, found: list[str], raw: RawTable) -> Fault:
    columns = ", ".join(found or map(str, raw.frame.columns))
    message = f"has several columns of {what}" if found else f"has no column of known {what}"
    return fatal(
        "column_undecided",
        raw.label,
        message,
        rows=found,
        why="it is not known which school a block goes to",
        do=f"say {option}: one of {columns}",
    )


def _gaps(table: pd.DataFrame, district: District, file: str) -> list[Fault]:
    """Tell the blocks that a plan leaves out, level by level."""
    faults = []
    for level in dict.fromkeys(table["level"]):
        given = pd.Index(table.loc[table["level"] == level, "block_id"].unique(), dtype="str")
        without = district.blocks.index.difference(given)
        if len(without):
            faults.append(
                warning(
                    "block_without_zone",
                    file,
                    f"{len(without):,} of {district.n_blocks:,} blocks are in no {level} zone",
                    rows=without,
                    why="their students are counted at no school",
                    do="assign them, or nothing where the plan truly leaves them out",
                )
            )
    return faults
