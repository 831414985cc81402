"""Shapes as matplotlib draws them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path

__all__ = ["area_patch", "border_lines", "line_collection"]

_HATCH_INK = "#00000066"


def line_collection(lines: np.ndarray, **style: Any) -> LineCollection:
    """Return lines (or the outlines of areas) as they are."""
    parts = shapely.get_parts(lines)
    areas = shapely.get_dimensions(parts) == 2
    parts = np.concatenate([parts[~areas], shapely.get_parts(shapely.boundary(parts[areas]))])
    return LineCollection([shapely.get_coordinates(part) for part in parts], **style)


def border_lines(shapes: gpd.GeoSeries, **style: Any) -> LineCollection:
    """Return the borders of neighbouring shapes, each drawn once."""
    edges = shapely.line_merge(shapely.union_all(shapely.boundary(np.asarray(shapes.array))))
    lines = [shapely.get_coordinates(part) for part in shapely.get_parts(edges)]
    return LineCollection(lines, **style)


def area_patch(shape: shapely.Geometry, fill: str, hatch: str = "") -> PathPatch:
    """Turn a shape with holes into a filled patch."""
    vertices, codes = [], []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            xy = shapely.get_coordinates(ring)
            vertices.append(xy)
            codes.append(
                np.r_[Path.MOVETO, np.full(len(xy) - 2, Path.LINETO), Path.CLOSEPOLY].astype(
                    Path.code_type
                )
            )
    path = Path(np.concatenate(vertices), np.concatenate(codes))
    return PathPatch(path, facecolor=fill, hatch=hatch or None, edgecolor=_HATCH_INK, linewidth=0)
