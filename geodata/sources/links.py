"""Read borders from a table, and the bridges and barriers a planner declares."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.config import DistrictConfig, LinkConfig
from geodata.contiguity import ContiguityGraph
from geodata.errors import Fault, counted, fatal
from geodata.graph import connectivity_faults, graph_from_borders, graph_from_polygons
from geodata.rook import border_lines
from geodata.sources.blocks import BlocksRead
from geodata.sources.cells import Cells
from geodata.sources.files import Files
from geodata.sources.points import read_shapes

__all__ = ["read_graph"]

Pair = tuple[str, str, str]

CUT_SHARE = 0.5
"""A line cuts a border that runs along it for at least so much of its length [share]."""


def read_graph(config: DistrictConfig, files: Files, blocks: BlocksRead) -> ContiguityGraph | None:
    """Build the contiguity graph from a table of borders, or else from the outlines."""
    ids = list(blocks.frame.index)
    bridges, _ = _links(config.bridges, "bridges", files, blocks)
    barriers, lines = _links(config.barriers, "barriers", files, blocks)
    nearest = config.isolates == "nearest"
    if blocks.geometry is not None:
        for reason, shape, within_m in lines:
            barriers += _cut(shape, within_m, reason, blocks.geometry)
    if config.borders is not None:
        table, label = _borders(config, files)
        if table is None:
            return None
        points = blocks.points if np.isfinite(blocks.points).all() else None
        graph, faults = graph_from_borders(
            ids,
            table,
            bridges=bridges,
            barriers=barriers,
            bridge_isolates=nearest,
            points=points,
            file=label,
        )
    elif blocks.geometry is not None:
        graph, faults = graph_from_polygons(
            ids,
            blocks.geometry,
            bridges=bridges,
            barriers=barriers,
            bridge_isolates=nearest,
            file=blocks.label,
        )
    else:
        if not blocks.is_misplaced:
            files.faults.append(_no_borders(blocks.label))
        return None
    files.faults += [*faults, *connectivity_faults(graph, blocks.label)]
    return graph


def _lines_without_outlines(file: str) -> Fault:
    return fatal(
        "barrier_without_outlines",
        "[[barriers]]",
        "is a layer of lines, and the blocks have no outlines",
        why=f"which borders a line cuts cannot be seen in {file}",
        do="list the pairs of blocks that a barrier parts, or give the blocks their outlines",
    )


def _borders(config: DistrictConfig, files: Files) -> tuple[pd.DataFrame | None, str]:
    section = config.borders
    raw = None if section is None else files.read(section, "borders")
    if raw is None or section is None:
        return None, ""
    cells = Cells(raw, "borders", files.faults)
    i, j = cells.texts(section.from_, "from"), cells.texts(section.to, "to")
    metres = cells.numbers(section.metres, "metres")
    if i is None or j is None:
        return None, raw.label
    missing = i.isna() | j.isna()
    if missing.any():
        cells.add(
            fatal(
                "id_missing",
                raw.label,
                f"{counted(missing.sum(), 'border')} without the id of a block",
                rows=cells.rows(raw.frame.index[missing]),
                why="it is not known what they lie between",
                do="fill the ids in, or leave the rows out with where",
            )
        )
    table = pd.DataFrame({"i": i, "j": j}).astype("str").set_axis(cells.rows())
    table["shared_m"] = np.full(len(table), np.nan) if metres is None else metres
    return table[~missing.to_numpy()], raw.label


def _links(
    sections: list[LinkConfig], what: str, files: Files, blocks: BlocksRead
) -> tuple[list[Pair], list[tuple[str, shapely.Geometry, float]]]:
    """Return the declared pairs of blocks, and the lines."""
    pairs: list[Pair] = []
    lines: list[tuple[str, shapely.Geometry, float]] = []
    for number, section in enumerate(sections, start=1):
        name = what if len(sections) == 1 else f"{what} #{number}"
        if section.blocks:
            if len(section.blocks) == 2:
                pairs.append((section.blocks[0], section.blocks[1], section.reason))
            else:
                files.faults.append(_not_a_pair(name, len(section.blocks)))
            continue
        raw = files.read(section, name)
        if raw is None:
            continue
        cells = Cells(raw, name, files.faults)
        i, j = cells.texts(section.from_, "from"), cells.texts(section.to, "to")
        if i is not None and j is not None:
            reasons = [section.reason] * len(i)
            if section.reason_column is not None and section.reason_column in raw.frame:
                reasons = raw.frame[section.reason_column].fillna("").map(str).tolist()
            pairs += [(str(a), str(b), why) for a, b, why in zip(i, j, reasons, strict=True)]
            continue
        if what == "barriers" and raw.geometry is not None:
            if (line := _line(section, cells, blocks)) is not None:
                lines.append((section.reason or raw.label, line, section.within_m))
        elif section.from_ is None or section.to is None:
            files.faults.append(_not_a_pair(name, 0))
    return pairs, lines


def _line(section: LinkConfig, cells: Cells, blocks: BlocksRead) -> shapely.Geometry | None:
    """Return a layer of lines as one; None where it or the blocks cannot be laid on a map."""
    shapes = read_shapes(section.crs, cells)
    if blocks.geometry is None and not blocks.is_misplaced:
        cells.add(_lines_without_outlines(blocks.label))
    if shapes is None or blocks.crs is None:
        return None
    drawn = np.asarray(shapes.to_crs(blocks.crs).array, dtype=object)
    return shapely.union_all(shapely.make_valid(drawn))


def _cut(line: shapely.Geometry, within_m: float, reason: str, shapes: gpd.GeoSeries) -> list[Pair]:
    """Return the pairs of blocks whose border runs along a line."""
    graph, _ = graph_from_polygons(list(shapes.index), shapes, bridge_isolates=False)
    cells = np.asarray(shapes.array, dtype=object)
    band = shapely.buffer(line, within_m)
    shapely.prepare(band)
    near = shapely.intersects(band, cells)
    edges = np.flatnonzero(near[graph.edge_i] & near[graph.edge_j])
    i, j = graph.edge_i[edges], graph.edge_j[edges]
    borders = border_lines(cells, i, j)
    length = shapely.length(borders)
    along = shapely.length(shapely.intersection(borders, band))
    cut = along >= CUT_SHARE * np.maximum(length, 1e-9)
    names = shapes.index.to_numpy(dtype=object)
    return [(str(names[a]), str(names[b]), reason) for a, b in zip(i[cut], j[cut], strict=True)]


def _not_a_pair(name: str, count: int) -> Fault:
    return fatal(
        "config_value",
        f"[{name}]",
        f"{counted(count, 'block does', 'blocks do')} not make a pair"
        if count
        else "names no pair of blocks",
        why="a bridge or barrier lies between two blocks",
        do='write blocks = ["id", "id"], or a file with columns from and to; barriers may also be '
        "a layer of lines",
    )


def _no_borders(file: str) -> Fault:
    return fatal(
        "borders_missing",
        file,
        "has no outlines, and [borders] is missing",
        why="it is not known which blocks touch, so zones cannot be kept in one piece",
        do="give a layer of polygons, or a table of neighbouring blocks under [borders]",
    )
