"""Read a planner's files as they are: vector layers, GeoParquet, text tables, workbooks."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import ShapelyError

from geodata.config import BlocksConfig
from geodata.config_basics import FileConfig
from geodata.digest import file_digest
from geodata.errors import Fault, fatal
from geodata.sources.columns import as_named
from geodata.sources.layer import LayerError, one_layer
from geodata.sources.person_level import person_level_fault
from geodata.sources.rows import keep_rows

__all__ = ["Files", "RawTable"]

TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
PARQUET_SUFFIXES = frozenset({".parquet", ".geoparquet", ".pq"})


@dataclass(frozen=True)
class RawTable:
    """A file as it was read, before any column is understood.

    Parameters
    ----------
    path : Path
    label : str
        Name of the file (and layer) for faults.
    frame : DataFrame
        Columns as in the file; the index is the row number in the file, from 0 for the first that
        is no header.
    geometry : GeoSeries or None
    unknown : tuple of str
        Texts that mean "not known" in number columns.
    header : int
        Rows above the first one, as a spreadsheet counts them; 0 for layers.
    """

    path: Path
    label: str
    frame: pd.DataFrame
    geometry: gpd.GeoSeries | None
    unknown: tuple[str, ...] = ()
    header: int = 0


@dataclass
class Files:
    """Reads files relative to a folder, each once.

    Parameters
    ----------
    folder : Path
        Where relative paths start.
    faults : list of Fault
        Grows with every fault found.
    start : str
        What relative paths start from, in words.
    """

    folder: Path
    faults: list[Fault]
    start: str = "the district file"
    _read: dict[tuple[Path, str | None, str | None, str | None, int], RawTable | None] = field(
        default_factory=dict
    )
    _sha256: dict[Path, str] = field(default_factory=dict)

    def path(self, section: FileConfig) -> Path | None:
        """Return the path a section names."""
        return None if section.file is None else (self.folder / section.file).absolute()

    def read(
        self,
        section: FileConfig,
        what: str,
        *,
        people: bool = True,
        instead: FileConfig | None = None,
    ) -> RawTable | None:
        """Read the file of a section and keep the rows it wants.

        Parameters
        ----------
        section : FileConfig
        what : str
            Name of the section, for faults.
        people : bool
            Whether the table tells of students, so that columns about single persons are refused.
        instead : FileConfig, optional
            Section whose file is meant where this one names none.

        Returns
        -------
        RawTable or None
            None with a fault where it cannot be read.
        """
        named = section if section.file is not None or instead is None else instead
        path = self.path(named)
        if path is None:
            self.faults.append(
                fatal("file_not_named", f"[{what}]", "names no file", do='add file = "…"')
            )
            return None
        key = (path, named.layer, named.encoding, named.delimiter, named.header_row)
        if key not in self._read:
            self._read[key] = self._open(path, named, what)
            table = self._read[key]
            found = person_level_fault(table.frame.columns, table.label, people) if table else None
            self.faults += [found] if found else []
        raw = self._read[key]
        if raw is None:
            return None
        wanted = {**(instead.where if named is instead and instead else {}), **section.where}
        others = [instead.id] if isinstance(instead, BlocksConfig) else []
        frame, spelt = as_named(raw.frame, [section, *others], raw.label)
        kept, faults = keep_rows(frame, wanted, raw.label, what, header=raw.header)
        self.faults += [spelt, *faults] if spelt else faults
        geometry = None if raw.geometry is None else raw.geometry.loc[kept.index]
        unknown = (*named.unknown, *section.unknown)
        return replace(raw, frame=kept, geometry=geometry, unknown=unknown)

    def sha256(self, path: Path) -> str:
        """Return the SHA-256 of a file; of a shapefile, of its parts one after the other."""
        if path not in self._sha256:
            self._sha256[path] = file_digest(path)
        return self._sha256[path]

    def _open(self, path: Path, section: FileConfig, what: str) -> RawTable | None:
        label = path.name + (f" ({section.layer})" if section.layer else "")
        if not path.exists():
            self.faults.append(_missing_file(path, what, self.start))
            return None
        try:
            frame, geometry = _read_any(path, section)
        except LayerError as error:
            self.faults.append(error.fault(label, what))
            return None
        except pd.errors.EmptyDataError:
            self.faults.append(_empty(label, what, "is empty"))
            return None
        except (
            DataLayerError,
            DataSourceError,
            OSError,
            UnicodeDecodeError,
            BadZipFile,
            LookupError,  # an unknown encoding
            ValueError,
            TypeError,  # openpyxl, of styles it does not know
            SyntaxError,  # damaged XML
            ShapelyError,
            pa.ArrowException,
        ) as error:
            self.faults.append(_unreadable(label, what, error))
            return None
        frame.columns = frame.columns.astype(str)
        if frame.empty:
            self.faults.append(_empty(label, what, "has no rows"))
        is_sheet = path.suffix.lower() in TEXT_SUFFIXES | WORKBOOK_SUFFIXES
        return RawTable(path, label, frame, geometry, header=section.header_row if is_sheet else 0)


def _read_any(path: Path, section: FileConfig) -> tuple[pd.DataFrame, gpd.GeoSeries | None]:
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return _read_text(path, section), None
    if suffix in WORKBOOK_SUFFIXES:
        return _read_workbook(path, section.layer, section.header_row), None
    if suffix in PARQUET_SUFFIXES:
        if b"geo" in (pq.read_schema(path).metadata or {}):
            return _split(gpd.read_parquet(path))
        return pd.read_parquet(path), None
    layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    layer = one_layer(layers, section.layer, "layer") if layers else section.layer
    options = {} if section.encoding is None else {"encoding": section.encoding}
    return _split(pyogrio.read_dataframe(path, layer=layer, **options))


def _read_text(path: Path, section: FileConfig) -> pd.DataFrame:
    """Read a text table as texts, empty rows left out."""
    above = section.header_row - 1
    usual: dict[str, Any] = {
        "sep": section.delimiter or ("\t" if path.suffix.lower() == ".tsv" else ","),
        "encoding": section.encoding or "utf-8-sig",
        "dtype": str,
        "skip_blank_lines": False,  # so that rows keep their numbers
    }
    frame = pd.read_csv(path, header=above, keep_default_na=False, na_values=[""], **usual)
    _refuse_repeated(pd.read_csv(path, header=None, skiprows=above, nrows=1, **usual))
    return _under_its_names(frame).dropna(how="all")


def _under_its_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Put cells back under their names where every row ends with a separator.

    Such rows have more cells than the header has names; pandas takes the first ones as row names.
    """
    if isinstance(frame.index, pd.RangeIndex):
        return frame
    extra = frame.index.nlevels
    whole = frame.reset_index()
    if whole.iloc[:, -extra:].notna().any(axis=None):
        raise pd.errors.ParserError("has rows with more cells than the header has names")
    named = whole.iloc[:, :-extra]
    return named.set_axis(frame.columns, axis=1)


def _refuse_repeated(head: pd.DataFrame) -> None:
    """Raise where two columns of a table, of which this is the first row, bear one name."""
    names = head.iloc[0].dropna() if len(head) else pd.Series(dtype=object)
    twice = names[names.duplicated()].unique()
    if len(twice):
        raise ValueError(
            f"several columns are named {', '.join(map(repr, twice))}: it is not known which is "
            "meant; rename all but one"
        )


def _read_workbook(path: Path, sheet: str | None, header_row: int) -> pd.DataFrame:
    """Read a sheet as texts, empty rows left out; whole numbers have no decimals."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    names = book.sheetnames
    book.close()
    sheet = one_layer(names, sheet, "sheet")
    above = header_row - 1
    head = pd.read_excel(path, sheet_name=sheet, header=None, skiprows=above, nrows=1, dtype=str)
    _refuse_repeated(head)
    frame = pd.read_excel(
        path, sheet_name=sheet, header=above, dtype=str, keep_default_na=False, na_values=[""]
    )
    return frame.dropna(how="all")


def _split(read: pd.DataFrame) -> tuple[pd.DataFrame, gpd.GeoSeries | None]:
    if not isinstance(read, gpd.GeoDataFrame):
        return read, None
    plain = pd.DataFrame(read.drop(columns=read.geometry.name)).reset_index(drop=True)
    return plain, read.geometry.reset_index(drop=True)


def _missing_file(path: Path, what: str, start: str) -> Fault:
    there = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
    close = difflib.get_close_matches(path.name, there, n=1)
    hint = f"; there is {close[0]}" if close else ""
    return fatal(
        "file_missing",
        path.name,
        f"does not exist: {path}{hint}",
        why=f"[{what}] reads it",
        do=f"correct the path; it is relative to {start}",
    )


def _empty(label: str, what: str, message: str) -> Fault:
    return fatal("file_empty", label, message, why=f"[{what}] reads its rows", do="check it")


def _unreadable(label: str, what: str, error: Exception) -> Fault:
    why = f"[{what}] reads it"
    if isinstance(error, UnicodeDecodeError):
        return fatal(
            "file_encoding",
            label,
            f"is not in the encoding {error.encoding}",
            why=why,
            do='state encoding = "latin-1" (or the one it has)',
        )
    do = "open it in a GIS or a spreadsheet to see whether it is whole"
    if isinstance(error, pd.errors.ParserError):
        do += "; where titles stand above the names of the columns, state the row of the names: "
        do += "header_row, or --header-row"
    return fatal("file_unreadable", label, f"cannot be read: {error}", why=why, do=do)
