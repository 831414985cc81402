"""Rook contiguity: which outlines share a border, and along which line.

Two blocks are neighbours when their boundaries have a line in common.  Neighbouring outlines that
were drawn, reprojected or rounded apart by a hair have none, so boundaries that run along each
other within `ON_THE_LINE_M` count as one line too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["ON_THE_LINE_M", "SHORTEST_BORDER_M", "border_lines", "touching_pairs"]

ON_THE_LINE_M = 0.01
"""Outlines up to this far from each other are one line [m]."""
SHORTEST_BORDER_M = 0.001
"""Borders up to a millimetre are a point contact with rounding noise [m]."""
SHORTEST_ALONG_M = 2.0
"""Outlines that only run near each other must do so for more than this [m]."""

Shapes = NDArray[np.object_]
Index = NDArray[np.integer[Any]]


def touching_pairs(shapes: Shapes) -> tuple[Index, Index]:
    """Return the pairs, i < j, of outlines that touch, overlap or nearly do."""
    i, j = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=ON_THE_LINE_M)
    once = i < j
    return i[once], j[once]


def border_lines(shapes: Shapes, i: Index, j: Index) -> Shapes:
    """Return the line that each pair of outlines has in common, empty or a point where none.

    Parameters
    ----------
    shapes : (n,) polygons [m]
    i, j : (p,) int
        Pairs of them.

    Returns
    -------
    (p,) geometries
    """
    boundary = shapely.boundary(shapes)
    lines: Shapes = shapely.intersection(boundary[i], boundary[j])
    short = np.flatnonzero(shapely.length(lines) <= SHORTEST_ALONG_M)
    near = short[_may_run_along(boundary, i[short], j[short])]
    along = shapely.intersection(
        boundary[i[near]], shapely.buffer(boundary[j[near]], ON_THE_LINE_M)
    )
    runs = shapely.length(along) > SHORTEST_ALONG_M
    lines[near[runs]] = along[runs]
    return lines


def _may_run_along(boundary: Shapes, i: Index, j: Index) -> NDArray[np.bool_]:
    """Tell pairs with two vertices on each other's line that are further apart than a corner is.

    Where two outlines run along each other, the ends of that stretch are vertices of one of them.
    """
    lowest = np.full((len(i), 2), np.inf)
    highest = np.full((len(i), 2), -np.inf)
    for one, other in ((i, j), (j, i)):
        pair, at = _vertices_near(boundary, one, other)
        np.minimum.at(lowest, pair, at)
        np.maximum.at(highest, pair, at)
    extent = np.hypot(*np.maximum(highest - lowest, 0.0).T)
    return np.asarray(extent > SHORTEST_ALONG_M / 2)


def _vertices_near(boundary: Shapes, one: Index, other: Index) -> tuple[Index, NDArray[np.float64]]:
    """Return the vertices of each pair's one outline that lie on the line of its other.

    Returns
    -------
    (v,) int, (v, 2) float64 [m]
        The pair and the place of each.
    """
    at, owner = shapely.get_coordinates(boundary, return_index=True)
    first = np.searchsorted(owner, np.arange(len(boundary) + 1))
    count = np.diff(first)[one]
    pair = np.repeat(np.arange(len(one)), count)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    at = at[np.repeat(first[one], count) + within]
    west, south, east, north = shapely.bounds(boundary[other[pair]]).T
    inside = (
        (at[:, 0] >= west - ON_THE_LINE_M)
        & (at[:, 0] <= east + ON_THE_LINE_M)
        & (at[:, 1] >= south - ON_THE_LINE_M)
        & (at[:, 1] <= north + ON_THE_LINE_M)
    )
    pair, at = pair[inside], at[inside]
    near = shapely.dwithin(shapely.points(at), boundary[other[pair]], ON_THE_LINE_M)
    return pair[near], at[near]
