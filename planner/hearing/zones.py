"""Zones as shapes: blocks melted together without gaps or overlaps.

Every function works on the district's drawing copy of the blocks (a valid coverage); the inputs
themselves are never altered.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["dissolve", "label_point", "neighbours", "simplify"]


def dissolve(blocks: gpd.GeoSeries, owner: pd.Series[str]) -> gpd.GeoSeries:
    """Melt blocks into one shape for each owner.

    Parameters
    ----------
    blocks : GeoSeries
        A valid coverage, index block_id, metric crs.
    owner : Series of str
        Owner of each block (a school, or a pair of schools); index block_id.  Blocks with an
        empty owner are left out.

    Returns
    -------
    GeoSeries
        One shape an owner, index sorted.  Neighbouring shapes share their border exactly.
    """
    owner = owner.reindex(blocks.index).fillna("")
    if not len(blocks):
        return gpd.GeoSeries([], index=pd.Index([], dtype=str), crs=blocks.crs)
    order = np.argsort(owner.to_numpy(dtype=str), kind="stable")
    names, starts = np.unique(owner.to_numpy(dtype=str)[order], return_index=True)
    shapes = np.asarray(blocks.array)[order]
    parts = np.split(shapes, starts[1:])
    melted = {
        name: shapely.coverage_union_all(part[~shapely.is_empty(part)])
        for name, part in zip(names, parts, strict=True)
        if name
    }
    return gpd.GeoSeries(melted, crs=blocks.crs)


def simplify(blocks: gpd.GeoSeries, tolerance_m: float) -> gpd.GeoSeries:
    """Drop detail below a size, the same on both sides of every border.

    Parameters
    ----------
    blocks : GeoSeries
        A valid coverage.
    tolerance_m : float
        Side of the square whose area a corner may gain or lose [m].
    """
    simple = shapely.coverage_simplify(np.asarray(blocks.array), tolerance_m)
    return gpd.GeoSeries(simple, index=blocks.index, crs=blocks.crs)


def neighbours(edges: np.ndarray, owner: np.ndarray) -> set[tuple[str, str]]:
    """List the pairs of owners whose blocks share a border.

    Parameters
    ----------
    edges : (e, 2) int
        Positions of neighbouring blocks.
    owner : (n,) str
        Owner of each block, empty where unknown.

    Returns
    -------
    set of (str, str)
        Each pair once, in alphabetical order.
    """
    a, b = owner[edges[:, 0]], owner[edges[:, 1]]
    differ = (a != b) & (a != "") & (b != "")
    return {(min(x, y), max(x, y)) for x, y in zip(a[differ], b[differ], strict=True)}


def label_point(shape: shapely.Geometry) -> tuple[float, float, float]:
    """Find the middle of the roomiest spot of a shape.

    Returns
    -------
    x_m, y_m, radius_m : float
        Centre and radius of the largest circle inside the largest part [m].
    """
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    tolerance = max(float(np.sqrt(shapely.area(largest))) / 100, 0.1)
    radius = shapely.maximum_inscribed_circle(largest, tolerance=tolerance)
    (x, y), _ = shapely.get_coordinates(radius)
    return float(x), float(y), float(shapely.length(radius))
