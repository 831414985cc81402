"""Where rows lie: the file's geometry, columns x and y, or longitude and latitude."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geodata.config_basics import PointsConfig
from geodata.crs import DEGREES, coordinate_fault, name_of, read_crs
from geodata.errors import fatal, warning
from geodata.places import inner_points
from geodata.sources.cells import Cells

__all__ = ["points_in", "read_points", "read_shapes"]


def read_points(section: PointsConfig, cells: Cells) -> gpd.GeoSeries | None:
    """Return the shapes of the rows in their own coordinate system, or None without any.

    Columns of coordinates count before the geometry of the file.
    """
    if section.lon is not None and section.lat is not None:
        x = cells.numbers(section.lon, "lon", negative=True)
        y = cells.numbers(section.lat, "lat", negative=True)
        standard: CRS | None = DEGREES
    elif section.x is not None and section.y is not None:
        x = cells.numbers(section.x, "x", negative=True)
        y = cells.numbers(section.y, "y", negative=True)
        standard = None
    else:
        return read_shapes(section.crs, cells)
    if x is None or y is None:
        return None
    shapes = gpd.GeoSeries(_as_points(x, y), index=cells.raw.frame.index)
    return _checked(shapes, section.crs, cells, standard)


def read_shapes(crs: str | None, cells: Cells) -> gpd.GeoSeries | None:
    """Return the geometry of a file in its own coordinate system, or None without any."""
    return None if cells.raw.geometry is None else _checked(cells.raw.geometry, crs, cells)


def points_in(shapes: gpd.GeoSeries | None, crs: CRS | None, count: int) -> NDArray[np.float64]:
    """Return one point for each shape in a system, (count, 2); NaN where unknown."""
    if shapes is None or crs is None:
        return np.full((count, 2), np.nan)
    return inner_points(shapes.to_crs(crs))


def _as_points(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.object_]:
    known = np.isfinite(x) & np.isfinite(y)
    points = np.full(len(x), None, dtype=object)
    points[known] = shapely.points(x[known], y[known])
    return points


def _checked(
    shapes: gpd.GeoSeries, stated: str | None, cells: Cells, standard: CRS | None = None
) -> gpd.GeoSeries | None:
    """Give shapes their coordinate system, where it is known and can be true."""
    named = None
    if stated is not None:
        named, faults = read_crs(stated, f"[{cells.what}]")
        cells.add(*faults)
        if named is None:
            return None
    own = shapes.crs or standard
    if shapes.crs is not None and named is not None and not shapes.crs.equals(named):
        cells.add(
            warning(
                "crs_overruled",
                cells.label,
                f"says it is in {name_of(shapes.crs)}; [{cells.what}] says {name_of(named)}",
                why="one of the two is wrong; what the district file says was taken",
                do=f"take crs out of [{cells.what}] if the file is right",
            )
        )
    crs = named or own
    if crs is None:
        cells.add(
            fatal(
                "crs_missing",
                cells.label,
                "does not say its coordinate system",
                why="coordinates cannot be measured or laid over those of other files",
                do=f'state crs = "EPSG:…" in [{cells.what}]',
            )
        )
        return None
    bounds = np.asarray(shapes.total_bounds, dtype=np.float64)
    wrong = coordinate_fault(bounds, crs, cells.label)
    if wrong is not None:
        cells.add(wrong)
        return None
    return shapes.set_crs(crs, allow_override=True)
