"""A digest of content that does not depend on file names, row order or library versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

__all__ = ["Digest", "file_digest"]

_COORDINATE_DECIMALS = 3
_CHUNK_BYTES = 1 << 20
_SHAPEFILE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes; of a shapefile, of its parts one after the other."""
    is_shapefile = path.suffix.lower() == ".shp"
    parts = [path.with_suffix(suffix) for suffix in _SHAPEFILE_PARTS] if is_shapefile else [path]
    digest = hashlib.sha256()
    for part in parts:
        if part == path or part.is_file():
            with part.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
    return digest.hexdigest()


class Digest:
    """A SHA-256 fed with tables, numbers, texts and polygons."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def text(self, *texts: str) -> None:
        """Add texts, each with its length so that borders between them count."""
        for text in texts:
            raw = text.encode()
            self._hash.update(len(raw).to_bytes(8, "little") + raw)

    def numbers(self, *arrays: ArrayLike, decimals: int | None = None) -> None:
        """Add numbers, rounded to so many decimals; every NaN is the same."""
        for array in arrays:
            values = np.asarray(array, dtype="<f8")
            if decimals is not None:
                values = np.round(values, decimals)
            values = np.where(np.isnan(values), np.nan, values) + 0.0
            self.text("x".join(map(str, values.shape)))
            self._hash.update(np.ascontiguousarray(values).tobytes())

    def frame(self, frame: pd.DataFrame) -> None:
        """Add a table: its index, its column names and its values."""
        if not isinstance(frame.index, pd.RangeIndex):
            self.text(*map(str, frame.index))
        for name in frame.columns:
            self.text(str(name))
            column = frame[name]
            if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
                self.numbers(column.to_numpy(dtype=np.float64), decimals=_COORDINATE_DECIMALS)
            else:
                self.text(
                    *("" if value is None or value != value else str(value) for value in column)
                )

    def geometry(self, geometry: Iterable[object]) -> None:
        """Add polygons, to the millimetre, wherever their rings start and turn."""
        shapes = np.asarray(geometry, dtype=object)
        rounded = shapely.transform(shapes, lambda xy: np.round(xy, _COORDINATE_DECIMALS) + 0.0)
        for raw in shapely.to_wkb(shapely.normalize(rounded), byte_order=1):
            self._hash.update(raw or b"none")

    def hexdigest(self) -> str:
        """Return the digest, 64 hexadecimal digits."""
        return self._hash.hexdigest()
