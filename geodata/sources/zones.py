"""Lay zone polygons over blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.errors import Fault, counted, fatal, warning
from geodata.grades import GradeSpan

__all__ = ["Zones", "zone_rows"]

CUT_SHARE = 0.9
"""A block is cut by a zone border where its zone holds less of it than this [share of area]."""
SHARED_SHARE = 0.9
"""Zones share a block where the smaller overlap is at least so much of the larger [share]."""

PARTNER_SHARE = 0.5
"""Two zones are one shared zone where they have so much of the smaller in common [share]."""
OVERLAP_SHARE = 0.01
"""Overlaps of zones up to this share of the smaller are drawing noise [share]."""

Shapes = NDArray[np.object_]
Match = Literal["largest_overlap", "representative_point"]


@dataclass(frozen=True)
class Zones:
    """Zone polygons of one level.

    Parameters
    ----------
    geometry : GeoSeries
        In the system of the blocks; one or more polygons a school.
    school_ids : list of str or None
        School of each polygon.
    file : str
    """

    geometry: gpd.GeoSeries
    school_ids: list[str | None]
    file: str


def zone_rows(
    zones: Zones,
    blocks: gpd.GeoSeries,
    spans: dict[str, GradeSpan],
    match: Match,
    faults: list[Fault],
) -> pd.DataFrame:
    """Return which school each block belongs to.

    A block goes to the zone that holds most of it.  Where two zones hold it alike and their
    schools teach different grades, they share it.

    Parameters
    ----------
    zones : Zones
    blocks : GeoSeries
        Index ``block_id``.
    spans : dict of school id to GradeSpan
    match : {"largest_overlap", "representative_point"}
    faults : list of Fault
        Grows.

    Returns
    -------
    DataFrame
        ``block_id``, ``school_id``, ``grade_low``, ``grade_high`` (empty: all of the level).
        Blocks in no zone have no row.
    """
    names, shapes = _dissolved(zones, faults)
    partners, fault = _partners(names, shapes, spans, zones.file)
    overlaps = _overlaps(names, shapes, blocks, match)
    ranked = overlaps.sort_values(["block", "area", "zone"], ascending=[True, False, True])
    top = ranked.drop_duplicates("block").set_index("block")
    best = top["zone"].reindex(overlaps["block"]).to_numpy()
    most = top["area"].reindex(overlaps["block"]).to_numpy()
    zone = overlaps["zone"].to_numpy()
    kept = (zone == best) | (partners[zone, best] & (overlaps["area"] >= SHARED_SHARE * most))
    rows = overlaps[kept]
    shared = rows["block"].duplicated(keep=False).to_numpy()
    schools = np.array(names, dtype=object)[rows["zone"]]
    low = [spans[key].low if both else "" for key, both in zip(schools, shared, strict=True)]
    high = [spans[key].high if both else "" for key, both in zip(schools, shared, strict=True)]
    faults += [fault] if fault else []
    faults += _cut_blocks(top["area"], blocks, zones.file) if match == "largest_overlap" else []
    ids = blocks.index.to_numpy(dtype=object)[rows["block"]]
    columns = {"block_id": ids, "school_id": schools, "grade_low": low, "grade_high": high}
    return pd.DataFrame(columns)


def _dissolved(zones: Zones, faults: list[Fault]) -> tuple[list[str], Shapes]:
    """Return the schools, sorted, and one valid outline for each."""
    shapes = _valid(np.asarray(zones.geometry.array, dtype=object), zones, faults)
    owner = np.array([school or "" for school in zones.school_ids], dtype=object)
    names = sorted(set(owner) - {""})
    merged = [shapely.union_all(shapes[owner == name]) for name in names]
    return names, np.array(merged, dtype=object)


def _partners(
    names: list[str], shapes: Shapes, spans: dict[str, GradeSpan], file: str
) -> tuple[NDArray[np.bool_], Fault | None]:
    """Find zones that lie on each other: those that divide the grades, and those that must not.

    Returns
    -------
    (m, m) bool, Fault or None
        Whether two zones are shared by schools of different grades; the overlaps of the others.
    """
    i, j = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    i, j = i[i < j], j[i < j]
    common = shapely.area(shapely.intersection(shapes[i], shapes[j]))
    share = common / np.maximum(np.minimum(shapely.area(shapes[i]), shapely.area(shapes[j])), 1e-9)
    divide = np.array(
        [
            _divide_grades(spans.get(names[a]), spans.get(names[b]))
            for a, b in zip(i, j, strict=True)
        ],
        dtype=bool,
    )
    partners = np.zeros((len(names), len(names)), dtype=bool)
    pair = divide & (share >= PARTNER_SHARE)
    partners[i[pair], j[pair]] = partners[j[pair], i[pair]] = True
    wrong = np.flatnonzero(~pair & (share > OVERLAP_SHARE))
    if not len(wrong):
        return partners, None
    told = [f"{names[i[at]]} - {names[j[at]]} ({share[at]:.0%})" for at in wrong]
    return partners, warning(
        "zones_overlap",
        file,
        f"{counted(len(wrong), 'pair')} of overlapping zones that teach the same grades",
        rows=told,
        why="a block in two zones was given to the one that holds more of it, else to the lower id",
        do="correct the zones, or give the plan as a column of the blocks",
    )


def _overlaps(
    names: list[str], shapes: Shapes, blocks: gpd.GeoSeries, match: Match
) -> pd.DataFrame:
    """Return the area every zone holds of every block: ``block``, ``zone``, ``area``."""
    cells = np.asarray(blocks.array, dtype=object)
    if match == "representative_point":
        cells = shapely.point_on_surface(cells)
    else:
        cells = np.where(shapely.is_valid(cells), cells, shapely.make_valid(cells))
    at_zone, at_block = shapely.STRtree(cells).query(shapes, predicate="intersects")
    area = np.ones(len(at_zone))
    if match == "largest_overlap":
        shapely.prepare(shapes)
        inside = shapely.covers(shapes[at_zone], cells[at_block])
        area[inside] = shapely.area(cells[at_block[inside]])
        cut = ~inside
        pieces = shapely.intersection(shapes[at_zone[cut]], cells[at_block[cut]])
        area[cut] = shapely.area(pieces)
    table = pd.DataFrame({"block": at_block, "zone": at_zone, "area": np.round(area, 3)})
    return table[table["area"] > 0].sort_values(["block", "zone"], ignore_index=True)


def _valid(shapes: Shapes, zones: Zones, faults: list[Fault]) -> Shapes:
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    broken = there & ~shapely.is_valid(shapes)
    names = [school or f"row {at + 1}" for at, school in enumerate(zones.school_ids)]
    if not there.all():
        faults.append(
            fatal(
                "zone_empty",
                zones.file,
                f"{counted((~there).sum(), 'zone')} without an outline",
                rows=(names[at] for at in np.flatnonzero(~there)),
                why="no block can be in them",
                do="draw them, or leave the rows out",
            )
        )
    if broken.any():
        faults.append(
            warning(
                "zone_invalid",
                zones.file,
                f"{counted(broken.sum(), 'zone')} with an outline that crosses itself",
                rows=(names[at] for at in np.flatnonzero(broken)),
                why="it is not sure which blocks they hold; a repaired copy was measured",
                do="repair the outlines in a GIS",
            )
        )
    return np.where(broken, shapely.make_valid(shapes), shapes)


def _divide_grades(one: GradeSpan | None, other: GradeSpan | None) -> bool:
    return one is not None and other is not None and not one.overlaps(other)


def _cut_blocks(most: pd.Series, blocks: gpd.GeoSeries, file: str) -> list[Fault]:
    """Tell the blocks that a zone border runs through."""
    at = most.index.to_numpy(dtype=np.int64)
    whole = shapely.area(np.asarray(blocks.array, dtype=object))[at]
    cut = at[most.to_numpy() < CUT_SHARE * whole]
    if not len(cut):
        return []
    return [
        warning(
            "zone_cuts_block",
            file,
            f"{counted(len(cut), 'block lies', 'blocks lie')} less than {CUT_SHARE:.0%} in the "
            "zone",
            rows=blocks.index[cut],
            why="a block belongs to one zone: students in the other part count wrongly",
            do="nothing where nobody lives there; otherwise cut the blocks along the zones",
        )
    ]
