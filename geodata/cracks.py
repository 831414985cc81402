"""Cracks between outlines: blocks that lie side by side and share no border."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.errors import Fault, counted, warning

__all__ = ["CRACK_WIDTH_M", "crack_faults"]

CRACK_WIDTH_M = 1.0
"""Blocks up to this far from each other touch on the ground [m]."""
CRACK_LENGTH_M = 10.0
"""Cracks up to this length are corners that nearly meet, and are not told [m]."""

LEAST_WIDTH_M = 1e-4
"""Thinner cracks are rounding [m]."""
ON_THE_LINE_M = 0.05
"""A block this near to an outline lies along it [m]."""

Shapes = NDArray[np.object_]
Index = NDArray[np.intp]


def crack_faults(
    names: NDArray[np.str_], shapes: Shapes, i: Index, j: Index, file: str
) -> list[Fault]:
    """Tell the pairs of blocks that run along each other with a crack between them.

    Parameters
    ----------
    names : (n,) str array
    shapes : (n,) polygons [m]
    i, j : (p,) int
        Pairs of blocks up to `CRACK_WIDTH_M` apart that share no border.
    file : str
    """
    length = _open_length(shapes, i, j)
    found = np.flatnonzero(length > CRACK_LENGTH_M)
    if not len(found):
        return []
    apart = shapely.distance(shapes[i[found]], shapes[j[found]])
    order = np.argsort(-length[found], kind="stable")
    rows = [
        f"{names[i[found[k]]]} - {names[j[found[k]]]}: {apart[k]:.2f} m apart along "
        f"{length[found[k]]:,.0f} m"
        for k in order
    ]
    return [
        warning(
            "geometry_crack",
            file,
            f"{counted(len(rows), 'pair', 'pairs')} of blocks lie within {CRACK_WIDTH_M:g} m of "
            "each other and share no border",
            rows=rows,
            why="no zone can reach from one to the other over the crack between them",
            do="snap the outlines together in your GIS, or declare bridges between these blocks",
        )
    ]


def _open_length(shapes: Shapes, i: Index, j: Index) -> NDArray[np.float64]:
    """Return the length along which two blocks face each other with no other block between."""
    if not len(i):
        return np.zeros(0)
    beside = shapely.buffer(shapes[j], CRACK_WIDTH_M)
    facing = shapely.intersection(shapely.boundary(shapes[i]), beside)
    length = np.asarray(shapely.length(facing), dtype=np.float64)
    long = np.flatnonzero(length > CRACK_LENGTH_M)
    tree = shapely.STRtree(shapes)
    for k in long:
        strip = shapely.intersection(shapely.buffer(shapes[i[k]], CRACK_WIDTH_M), beside[k])
        near = tree.query(strip, predicate="intersects")
        others = shapes[near[(near != i[k]) & (near != j[k])]]
        between = shapely.union_all(shapely.buffer(others, ON_THE_LINE_M))
        open_m2 = shapely.area(shapely.difference(strip, shapely.union_all(shapes[near])))
        is_open = open_m2 > LEAST_WIDTH_M * length[k]
        length[k] = is_open * shapely.length(shapely.difference(facing[k], between))
    return length
