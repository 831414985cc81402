"""Read a plan drawn elsewhere: a table, a column of a layer, or zone polygons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
from pyproj import CRS

from geodata.config import PlanConfig
from geodata.config_basics import ColumnConfig
from geodata.district import District
from geodata.errors import DataError, Fault, fatal, warning
from geodata.sources.assignment_section import section_of, with_level
from geodata.sources.blocks import BlocksRead
from geodata.sources.cells import Cells
from geodata.sources.edited_plan import SCHOOL_ID, name_fault, with_zeros
from geodata.sources.files import Files, RawTable
from geodata.sources.plan_reader import PlanReader
from geodata.sources.plan_rows import plan_table, with_spans
from geodata.sources.school_keys import SchoolKeys
from geodata.sources.schools import SchoolsRead

__all__ = ["read_assignment"]


def read_assignment(
    path: str | Path,
    district: District,
    *,
    level: str | None = None,
    usual_level: str | None = None,
    id_column: str | None = None,
    school_column: str | None = None,
    layer: str | None = None,
    header_row: int = 1,
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
        Level of a file that does not say; without it, the one that all its schools teach, else
        the schools' own.
    id_column : str, optional
        Column of block ids; without it, ``block_id`` or the one column that holds such ids.
        A layer without one is read as zone polygons.
    school_column : str, optional
        Column of school ids or names; without it, ``school_id`` or the one that holds such.
    layer : str, optional
        Layer of a GeoPackage, sheet of a workbook.
    header_row : int
        Row with the names of the columns in a workbook or a text table.
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
    asked = PlanConfig(
        file=str(path), layer=layer, header_row=header_row, school=_column("school_id")
    )
    raw = files.read(asked, "plan")
    table = None
    if raw is not None:
        known = SchoolsRead(
            "the schools of the district", district.schools if schools is None else schools
        )
        unsaid = level or usual_level
        section = section_of(
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
            section = with_level(section, raw, district, known, faults)
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
        case "id_unmatched":
            do = "correct the ids; where the names of the columns are among them, say --header-row"
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


def _column(name: str) -> ColumnConfig:
    return ColumnConfig(column=name)


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
