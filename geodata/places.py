"""Which block a point lies in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["containing_blocks", "inner_points"]


def inner_points(shapes: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return a point inside each shape, (n, 2); NaN where it is missing or empty."""
    given = np.asarray(shapes.array, dtype=object)
    there = ~(shapely.is_missing(given) | shapely.is_empty(given))
    inside = shapely.point_on_surface(given[there])
    points = np.full((len(given), 2), np.nan)
    points[there] = np.column_stack([shapely.get_x(inside), shapely.get_y(inside)])
    return points


def containing_blocks(points: NDArray[np.float64], geometry: gpd.GeoSeries) -> list[str]:
    """Return the id of the block each point lies in, empty where it lies in none.

    A point on a border belongs to the block with the lower id.

    Parameters
    ----------
    points : (k, 2) float64 [m]
        NaN where unknown.
    geometry : GeoSeries
        Index ``block_id``, sorted.

    Returns
    -------
    list of str, (k,)
    """
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    shapes = np.asarray(geometry.array, dtype=object)
    shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
    tree = shapely.STRtree(shapes)
    at_point, at_block = tree.query(shapely.points(points[known]), predicate="intersects")
    lowest = np.full(len(points), len(shapes), dtype=np.int64)
    np.minimum.at(lowest, known[at_point], at_block)
    names = [*geometry.index.astype(str), ""]
    return [names[at] for at in lowest]
