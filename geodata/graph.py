"""The contiguity graph, made from polygons or from a table of borders.

Which outlines share a border is said in `geodata.rook`.  Links that are no border are
declared (a bridge over a river) or, for blocks that touch nobody, made to the nearest block and
told as a warning.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.border_table import table_edges
from geodata.contiguity import ContiguityGraph
from geodata.edges import Edges
from geodata.errors import Fault, warning
from geodata.geometry import require_metres
from geodata.graph_links import Pairs, link_isolates, linked
from geodata.rook import SHORTEST_BORDER_M, border_lines, touching_pairs

__all__ = [
    "ContiguityGraph",
    "connectivity_faults",
    "graph_from_borders",
    "graph_from_polygons",
]


def graph_from_polygons(
    ids: Sequence[str],
    geometry: gpd.GeoSeries,
    *,
    bridges: Pairs = (),
    barriers: Pairs = (),
    bridge_isolates: bool = True,
    file: str = "blocks",
) -> tuple[ContiguityGraph, list[Fault]]:
    """Find which blocks share a border, from their outlines.

    Parameters
    ----------
    ids : sequence of str, (n,), unique, in any order
    geometry : GeoSeries, (n,), in the order of `ids`
        Polygons or multipolygons in a metric CRS [m].  Missing and empty ones touch nobody.
    bridges : pairs (id, id) or triples (id, id, reason)
        Links over a gap: a river bridge, a ferry.
    barriers : pairs (id, id)
        Borders that nobody may cross; they are left out of the graph.
    bridge_isolates : bool
        Whether a block without any neighbour is linked to the nearest block.
    file : str
        Name for faults.

    Returns
    -------
    ContiguityGraph, list of Fault
        The graph, and what had to be said on the way.  Bridges and barriers with a fatal fault
        are left out of the graph.

    Raises
    ------
    ValueError
        If the CRS is not in metres, or ids repeat.
    """
    require_metres(geometry)
    names, order = _sorted_ids(ids)
    shapes = np.asarray(geometry.array, dtype=object)[order]
    edges = _rook_edges(shapes)
    return _finish(
        names,
        edges,
        bridges=bridges,
        barriers=barriers,
        shapes=shapes if bridge_isolates else None,
        file=file,
    )


def graph_from_borders(
    ids: Sequence[str],
    borders: pd.DataFrame,
    *,
    bridges: Pairs = (),
    barriers: Pairs = (),
    bridge_isolates: bool = True,
    points: NDArray[np.float64] | None = None,
    file: str = "borders",
) -> tuple[ContiguityGraph, list[Fault]]:
    """Read which blocks share a border from a table, where there are no outlines.

    Parameters
    ----------
    ids : sequence of str, (n,), unique, in any order
    borders : DataFrame
        Columns i, j (block ids) and, optionally, shared_m [m]; a pair may stand in both orders.
        Length 0 is a corner and no border; a missing length is kept as unknown.
    bridges, barriers, bridge_isolates, file
        As in `graph_from_polygons`.
    points : (n, 2) float64 [m], in the order of `ids`, or None
        Where the blocks are.  Without it isolated blocks stay isolated.

    Returns
    -------
    ContiguityGraph, list of Fault
    """
    names, order = _sorted_ids(ids)
    edges, faults = table_edges(names, borders, SHORTEST_BORDER_M, file)
    shapes = None
    if bridge_isolates and points is not None:
        shapes = shapely.points(np.asarray(points, dtype=float)[order])
    graph, more = _finish(
        names, edges, bridges=bridges, barriers=barriers, shapes=shapes, file=file
    )
    return graph, faults + more


def connectivity_faults(graph: ContiguityGraph, file: str = "blocks") -> list[Fault]:
    """Tell when the district falls apart into pieces that nothing links."""
    pieces = graph.pieces
    if len(pieces) < 2:
        return []
    apart = [block for piece in pieces[1:] for block in piece]
    return [
        warning(
            "graph_disconnected",
            file,
            f"{len(apart):,} of {graph.n_blocks:,} blocks are cut off from the largest piece: the "
            f"district falls into {len(pieces):,} pieces",
            rows=apart,
            why="no zone can reach from one piece into another, so each needs a school of its own",
            do="declare a bridge between the pieces, or a school in each of them",
        )
    ]


def _sorted_ids(ids: Sequence[str]) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
    """Sort the ids; return them and the order that sorts them."""
    names = np.asarray(list(ids), dtype=np.str_)
    order = np.argsort(names, kind="stable")
    return names[order], order


def _rook_edges(shapes: NDArray[np.object_]) -> Edges:
    """Return the pairs whose boundaries share a line, with its length."""
    i, j = touching_pairs(shapes)
    length = shapely.length(border_lines(shapes, i, j))
    border = length > SHORTEST_BORDER_M
    return Edges.of(len(shapes), i[border], j[border], length[border])


def _finish(
    names: NDArray[np.str_],
    edges: Edges,
    *,
    bridges: Pairs,
    barriers: Pairs,
    shapes: NDArray[np.object_] | None,
    file: str,
) -> tuple[ContiguityGraph, list[Fault]]:
    """Apply barriers and bridges, then link the blocks that are still alone."""
    edges, declared, against, faults = linked(names, edges, bridges, barriers, file)
    edges, nearest, more = link_isolates(names, edges, shapes, against, file)
    graph = ContiguityGraph(
        names, edges.i, edges.j, edges.shared_m, tuple(sorted(set(declared + nearest)))
    )
    return graph, faults + more
