"""Read the planning blocks: their ids, outlines or points, and attributes."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geodata.config import BlocksConfig, DistrictConfig
from geodata.crs import metric_crs
from geodata.geometry import geometry_faults
from geodata.ids import id_faults
from geodata.places import inner_points
from geodata.sources.cells import Cells
from geodata.sources.files import Files
from geodata.sources.points import read_points, read_shapes

__all__ = ["BlocksRead", "read_blocks"]


@dataclass(frozen=True)
class BlocksRead:
    """Blocks as far as they could be read.

    Parameters
    ----------
    label : str
        Name of the file, for faults.
    frame : DataFrame
        As in `District.blocks`.
    geometry : GeoSeries or None
    crs : CRS or None
        System everything is measured in.
    is_misplaced : bool
        Whether the file has outlines that cannot be used, which is told as a fault of its own.
    file_crs : CRS or None
        System of the file.
    """

    label: str
    frame: pd.DataFrame
    geometry: gpd.GeoSeries | None
    crs: CRS | None
    is_misplaced: bool = False
    file_crs: CRS | None = None

    @property
    def points(self) -> NDArray[np.float64]:
        """A point inside each block, (n, 2) [m]; NaN unknown."""
        return self.frame[["x_m", "y_m"]].to_numpy(dtype=np.float64)


def read_blocks(config: DistrictConfig, files: Files) -> BlocksRead | None:
    """Read the blocks; None where there are none to go on with."""
    section = config.blocks
    raw = files.read(section, "blocks")
    if raw is None:
        return None
    cells = Cells(raw, "blocks", files.faults)
    ids = cells.texts(section.id, "id")
    if ids is None:
        return None
    cells.add(*id_faults(ids, cells.rows(), raw.label, "blocks"))
    if ids.dropna().empty:
        return None
    has_outlines = raw.geometry is not None and _has_area(raw.geometry)
    located = read_shapes(section.crs, cells) if has_outlines else read_points(section, cells)
    crs, file_crs = None, None if located is None else located.crs
    if located is not None and np.isfinite(located.total_bounds).all():
        crs, faults = metric_crs(config.crs, located.to_crs(4326))
        cells.add(*faults)
    located = None if located is None or crs is None else located.to_crs(crs)
    keep = ids[ids.notna() & ~ids.duplicated()].sort_values(kind="stable")
    index = pd.Index(keep.to_numpy(dtype=object), name="block_id", dtype="str")
    frame = pd.DataFrame({"x_m": np.nan, "y_m": np.nan}, index=index)
    geometry = None
    if located is not None:
        located = located.loc[keep.index].set_axis(index)
        frame = pd.DataFrame(inner_points(located), index=index, columns=["x_m", "y_m"])
        geometry = located if raw.geometry is not None and _has_area(located) else None
    if geometry is not None:
        cells.add(*geometry_faults(index, geometry, raw.label))
    at = raw.frame.index.get_indexer(keep.index)
    _add_sizes(frame, section, cells, geometry, at)
    for name, column in section.attributes.items():
        values = cells.texts(column, f"attributes.{name}")
        if values is not None:
            frame[name] = values.loc[keep.index].fillna("").to_numpy(dtype=object)
            frame[name] = frame[name].astype("str")
    is_misplaced = geometry is None and has_outlines
    return BlocksRead(raw.label, frame, geometry, crs, is_misplaced, file_crs)


def _add_sizes(
    frame: pd.DataFrame,
    section: BlocksConfig,
    cells: Cells,
    geometry: gpd.GeoSeries | None,
    at: NDArray[np.intp],
) -> None:
    """Measure areas and perimeters, or read them where there are no outlines."""
    for name, column, measured in (
        ("area_m2", section.area_m2, None if geometry is None else geometry.area),
        ("perimeter_m", section.perimeter_m, None if geometry is None else geometry.length),
    ):
        given = cells.numbers(column, name)
        known = np.full(len(frame), np.nan) if given is None else given[at]
        frame[name] = known if measured is None else measured.to_numpy()


def _has_area(shapes: gpd.GeoSeries) -> bool:
    return bool((shapely.get_dimensions(np.asarray(shapes.array, dtype=object)) == 2).any())
