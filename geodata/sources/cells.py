"""Understand the cells of a file's column as texts, numbers or yes and no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.config_basics import ColumnConfig
from geodata.errors import Fault, counted, fatal, warning
from geodata.sources.columns import column_missing
from geodata.sources.thousands import has_comma, without_thousands

if TYPE_CHECKING:
    from geodata.sources.files import RawTable

__all__ = ["Cells", "as_texts"]

_YES = frozenset({"true", "t", "yes", "y", "1", "open", "active"})
_NO = frozenset({"false", "f", "no", "n", "0", "closed", "inactive"})


def as_texts(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return cells as texts, None where empty; whole numbers have no decimals."""
    missing = values.isna().to_numpy(dtype=bool)
    if pd.api.types.is_bool_dtype(values.dtype):
        found = np.where(values.fillna(False).to_numpy(dtype=bool), "true", "false").astype(object)
    elif pd.api.types.is_float_dtype(values.dtype):
        floats = values.fillna(0).to_numpy(dtype=np.float64)
        whole = (floats == np.floor(floats)) & (np.abs(floats) < 2**53)
        found = floats.astype(str).astype(object)
        found[whole] = floats[whole].astype(np.int64).astype(str)
    else:
        found = values.astype(object).where(~missing, "").map(str).to_numpy(dtype=object)
        missing = missing | np.array([not text.strip() for text in found], dtype=bool)
    return pd.Series(found, index=values.index, dtype=object).mask(missing, None)


@dataclass(frozen=True)
class Cells:
    """The cells of a file as one section of the district file understands them.

    Parameters
    ----------
    raw : RawTable
    what : str
        Name of the section, for faults.
    faults : list of Fault
        Grows with everything that cannot be understood.
    """

    raw: RawTable
    what: str
    faults: list[Fault]

    @property
    def label(self) -> str:
        """Name of the file, for faults."""
        return self.raw.label

    def rows(self, rows: pd.Index | None = None) -> list[str]:
        """Name rows (all without a choice) as a spreadsheet numbers them, the header being 1."""
        first = self.raw.header + 1
        chosen = self.raw.frame.index if rows is None else rows
        return [f"row {int(row) + first}" for row in chosen]

    def add(self, *faults: Fault | None) -> None:
        """Add the faults that are any."""
        self.faults.extend(fault for fault in faults if fault is not None)

    def texts(self, column: ColumnConfig | None, key: str) -> pd.Series[Any] | None:
        """Return a column as texts, None where empty.

        Returns
        -------
        Series or None
            None where no column is wanted, or (with a fault) where it does not exist.
        """
        if column is None:
            return None
        frame = self.raw.frame
        if column.column is None:
            shown = str(column.value)
            constant = shown.lower() if isinstance(column.value, bool) else shown
            return pd.Series([constant] * len(frame), index=frame.index, dtype=object)
        if column.column not in frame.columns:
            what, header = f"{self.what}.{key}", self.raw.header
            self.add(column_missing(frame, column.column, self.label, what, header=header))
            return None
        found = as_texts(frame[column.column])
        if column.values:
            meaning = {text: str(value) for text, value in column.values.items()}
            found = found.map(lambda text: meaning.get(text, text)).astype(object)
        if column.default is not None:
            found = found.where(found.notna(), str(column.default))
        if column.width is not None:
            width = column.width
            found = found.map(lambda text: text.zfill(width) if isinstance(text, str) else None)
        return found.astype(object).where(found.notna(), None)

    def numbers(
        self, column: ColumnConfig | None, key: str, *, negative: bool = False
    ) -> NDArray[np.float64] | None:
        """Return a column as numbers, NaN where unknown; faults for texts and negative numbers.

        Parameters
        ----------
        negative : bool
            Whether numbers below zero may be.
        """
        if column is None:
            return None
        frame = self.raw.frame
        name = column.column
        plain = not (column.values or column.default is not None or self.raw.unknown)
        found = _as_numbers(frame[name]) if plain and name in frame.columns else None
        if found is None:
            cells = self.texts(column, key)
            if cells is None:
                return None
            found = self._parse(cells, name, key)
        below = frame.index[found < 0]
        if len(below) and not negative:
            self.add(
                fatal(
                    "count_negative",
                    self.label,
                    f"column {name!r} has {counted(len(below), 'negative number')}",
                    rows=self.rows(below),
                    why=f"[{self.what}] {key} counts what cannot be less than none",
                    do="correct them; where a number stands for 'not known', list it under unknown",
                )
            )
            return np.where(found < 0, np.nan, found)
        return found

    def tell_fractions(self, values: NDArray[np.float64], name: str | None) -> None:
        """Warn of counts that are not whole where nobody said that they are estimates."""
        broken = np.isfinite(values) & (values != np.floor(values))
        if not broken.any():
            return
        seen = values[np.isfinite(values)]
        looks = "; all lie between 0 and 1, as shares do" if seen.max() <= 1 else ""
        self.add(
            warning(
                "count_fraction",
                self.label,
                f"column {name!r} has {counted(broken.sum(), 'count')} with a fraction{looks}",
                rows=self.rows(self.raw.frame.index[broken]),
                why=f"[{self.what}] counts students; a share or a percentage read as a count makes "
                "every figure from it wrong",
                do="give the number of students (share × students); where they are estimates, "
                "state estimated = true",
            )
        )

    def flags(self, column: ColumnConfig | None, key: str) -> NDArray[np.bool_] | None:
        """Return a column as true and false.

        T and F are understood as a pair only: F alone, or beside other letters, may be a code
        such as "free" (lunch).
        """
        cells = self.texts(column, key)
        if cells is None or column is None:
            return None
        plain = cells.map(lambda text: text.strip().lower() if isinstance(text, str) else None)
        seen = set(plain.dropna())
        is_pair = "t" in seen and seen <= {"t", "f", "true", "false"}
        wrong = cells[~plain.isin((_YES | _NO) - (set() if is_pair else {"t", "f"}))]
        if len(wrong):
            shown = ", ".join(repr(value) for value in wrong.unique()[:6])
            self.add(
                fatal(
                    "flag_unreadable",
                    self.label,
                    f"column {column.column!r} says neither yes nor no: {shown}",
                    rows=self.rows(wrong.index),
                    why=f"[{self.what}] {key} must be known for every row",
                    do="map the values: { column = …, values = { … = true }, default = false }",
                )
            )
        return plain.isin(_YES).to_numpy(dtype=bool)

    def _parse(self, cells: pd.Series[Any], name: str | None, key: str) -> NDArray[np.float64]:
        known = cells.notna() & ~cells.isin(self.raw.unknown)
        plain = without_thousands(cells[known])
        self.add(self._thousands(cells[known][plain != cells[known]], name))
        parsed = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
        found = np.full(len(cells), np.nan)
        found[known.to_numpy()] = parsed
        wrong = cells[known][~np.isfinite(parsed)]
        if len(wrong):
            shown = ", ".join(repr(value) for value in wrong.unique()[:6])
            commas = wrong.map(has_comma).any()
            self.add(
                fatal(
                    "count_not_numeric",
                    self.label,
                    f"column {name!r} has {counted(len(wrong), 'cell')} without a number: {shown}",
                    rows=self.rows(wrong.index),
                    why=f"[{self.what}] {key} counts with them; a text is not zero",
                    do="write the numbers without commas between thousands, with a point before "
                    "decimals"
                    if commas
                    else 'correct them, or state unknown = ["…"] where a text means "not known"',
                )
            )
        return found

    def _thousands(self, cells: pd.Series[Any], name: str | None) -> Fault | None:
        """Say which cells were read with commas between thousands."""
        if cells.empty:
            return None
        number = f"{counted(len(cells), 'number')} with a comma between thousands"
        return warning(
            "count_thousands",
            self.label,
            f"column {name!r} has {number}, read so: {cells.iloc[0]!r}",
            rows=self.rows(cells.index),
            why="elsewhere a comma stands before decimals; the other numbers here show that it "
            "does not",
            do="nothing where they are thousands; otherwise write decimals with a point",
        )


def _as_numbers(values: pd.Series[Any]) -> NDArray[np.float64] | None:
    """Return cells as numbers, or None where some cell is something else."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return None
    parsed = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    clean = np.isfinite(parsed) | values.isna().to_numpy(dtype=bool)
    return parsed if clean.all() else None
