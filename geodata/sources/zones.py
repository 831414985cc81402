"""Lay zone polygons over blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.errors import Fault, fatal, warning
from geodata.grades import GradeSpan

__all__ = ["Zones", "zone_rows"]

CUT_SHARE = 0.9
"""A block is cut by a zone border where its zone holds less of it than this [share of area]."""
SHARED_SHARE = 0.9
"""Zones share a block where the smaller overlap is at least so much of the larger [share]."""

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
    overlaps = _overlaps(zones, blocks, match, faults)
    best = overlaps.groupby("block")["area"].transform("max")
    near = overlaps[overlaps["area"] >= SHARED_SHARE * best]
    count = near.groupby("block")["school_id"].transform("size")
    alone = near[count == 1].assign(grade_low="", grade_high="")
    parts = [alone]
    disputed: list[str] = []
    for _, several in near[count > 1].groupby("block", sort=True):
        schools = list(several["school_id"])
        if all(key in spans for key in schools) and _divide_grades(schools, spans):
            low, high = [spans[key].low for key in schools], [spans[key].high for key in schools]
            parts.append(several.assign(grade_low=low, grade_high=high))
        else:
            top = several.sort_values(["area", "school_id"], ascending=[False, True]).head(1)
            parts.append(top.assign(grade_low="", grade_high=""))
            disputed.append(str(blocks.index[int(top["block"].iloc[0])]))
    faults += _told(overlaps, disputed, blocks, match, zones.file)
    rows = pd.concat(parts).sort_values(["block", "grade_low"], kind="stable")
    names = blocks.index.to_numpy(dtype=object)[rows["block"].to_numpy(dtype=np.int64)]
    columns = rows[["school_id", "grade_low", "grade_high"]].reset_index(drop=True)
    return columns.assign(block_id=names)


def _overlaps(
    zones: Zones, blocks: gpd.GeoSeries, match: Match, faults: list[Fault]
) -> pd.DataFrame:
    """Return the area every zone holds of every block: ``block``, ``school_id``, ``area``."""
    shapes = np.asarray(zones.geometry.array, dtype=object)
    shapes = _valid(shapes, zones, faults)
    cells = np.asarray(blocks.array, dtype=object)
    known = np.array([school is not None for school in zones.school_ids], dtype=bool)
    if match == "representative_point":
        cells = shapely.point_on_surface(cells)
    else:
        cells = np.where(shapely.is_valid(cells), cells, shapely.make_valid(cells))
    at_zone, at_block = shapely.STRtree(cells).query(shapes, predicate="intersects")
    at_zone, at_block = at_zone[known[at_zone]], at_block[known[at_zone]]
    if match == "representative_point":
        area = np.ones(len(at_zone))
    else:
        area = np.empty(len(at_zone))
        shapely.prepare(shapes)
        inside = shapely.covers(shapes[at_zone], cells[at_block])
        area[inside] = shapely.area(cells[at_block[inside]])
        cut = ~inside
        pieces = shapely.intersection(shapes[at_zone[cut]], cells[at_block[cut]])
        area[cut] = shapely.area(pieces)
    schools = np.array(zones.school_ids, dtype=object)
    table = pd.DataFrame({"block": at_block, "school_id": schools[at_zone], "area": area})
    summed = table.groupby(["block", "school_id"], sort=True)["area"].sum().reset_index()
    return summed[summed["area"] > 0]


def _valid(shapes: np.ndarray, zones: Zones, faults: list[Fault]) -> np.ndarray:
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    broken = there & ~shapely.is_valid(shapes)
    for mask, code, text, kind in (
        (~there, "zone_empty", "zones have no outline", fatal),
        (broken, "zone_invalid", "zones have an outline that crosses itself", warning),
    ):
        if mask.any():
            faults.append(
                kind(
                    code,
                    zones.file,
                    f"{mask.sum():,} {text}",
                    rows=(zones.school_ids[at] or f"row {at + 1}" for at in np.flatnonzero(mask)),
                    why="it is not sure which blocks they hold; a repaired copy was measured"
                    if kind is warning
                    else "no block can be in them",
                    do="repair the outlines in a GIS",
                )
            )
    return np.where(broken, shapely.make_valid(shapes), shapes)


def _divide_grades(schools: list[str], spans: dict[str, GradeSpan]) -> bool:
    taught = [grade for key in schools for grade in spans[key].grades]
    return len(taught) == len(set(taught))


def _told(
    overlaps: pd.DataFrame, disputed: list[str], blocks: gpd.GeoSeries, match: Match, file: str
) -> list[Fault]:
    faults = []
    if disputed:
        faults.append(
            warning(
                "zones_overlap",
                file,
                f"{len(disputed):,} blocks lie in several zones that teach the same grades",
                rows=disputed,
                why="the zone that holds most of a block was taken; the lower id where all hold it",
                do="correct the zones, or give today's plan as a column of the blocks",
            )
        )
    if match == "largest_overlap" and len(overlaps):
        best = overlaps.groupby("block")["area"].max()
        whole = shapely.area(np.asarray(blocks.array, dtype=object))[best.index.to_numpy()]
        cut = best.index[(best.to_numpy() < CUT_SHARE * whole)]
        if len(cut):
            faults.append(
                warning(
                    "zone_cuts_block",
                    file,
                    f"{len(cut):,} blocks lie less than {CUT_SHARE:.0%} in their zone",
                    rows=blocks.index[cut],
                    why="a block belongs to one zone: students in the other part count wrongly",
                    do="nothing where nobody lives there; otherwise cut the blocks along the zones",
                )
            )
    return faults
