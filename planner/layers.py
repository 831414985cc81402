"""A plan as map layers: zones without gaps or overlaps, blocks, schools, moved blocks.

Zones are dissolved from a cleaned copy of the blocks, so that two neighbouring zones share one
border; the blocks themselves are passed on as the district gave them.  Layers are handed out in
the coordinate system of the blocks file, where that has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.moves import with_names
from planner.plan import Plan

if TYPE_CHECKING:
    from geodata import District

__all__ = ["LAYERS", "plan_layers", "served_by", "zone_polygons"]

LAYERS = ("zones", "blocks", "schools", "moved")


def served_by(plan: Plan, level: str) -> pd.Series[str]:
    """Return who serves each block at a level.

    Returns
    -------
    Series
        Index `block_id`; the school's id, or the ids of the schools that divide the grades,
        lowest grades first, joined by "+".
    """
    rows = plan.table[plan.table["level"] == level]
    return rows.groupby("block_id", sort=True)["school_id"].agg("+".join)


def zone_polygons(district: District, plan: Plan, schools: pd.DataFrame) -> gpd.GeoDataFrame:
    """Dissolve the blocks of each zone.

    Parameters
    ----------
    district : District
        With geometry.
    plan : Plan
    schools : DataFrame
        Whose names the zones have.

    Returns
    -------
    GeoDataFrame
        One row a level and zone, sorted: `level`, `zone` (who serves it, as `served_by`),
        `school_id` (the school with the lowest grades), `name` (those of all its schools),
        `blocks`, `students` [students, NaN unknown], `geometry` in the district's metric
        coordinates.
    """
    shapes = district.drawing()[0]
    frames = []
    for level in plan.levels:
        zone = served_by(plan, level)
        blocks = pd.DataFrame({"zone": zone, "students": _students(district, level)})
        blocks = blocks.assign(geometry=shapes.reindex(blocks.index)).dropna(subset=["zone"])
        grouped = blocks.groupby("zone", sort=True)
        frame = grouped.agg(
            blocks=("zone", "size"),
            students=("students", lambda column: column.sum(skipna=False)),
            geometry=("geometry", lambda column: shapely.coverage_union_all(column.to_numpy())),
        ).reset_index()
        several = frame["zone"].str.split("+")
        called = [" + ".join(_called(schools["name"], ids)) for ids in several]
        frames.append(frame.assign(level=level, school_id=several.str[0], name=called))
    columns = ["level", "zone", "school_id", "name", "blocks", "students", "geometry"]
    table = pd.concat(frames, ignore_index=True)[columns]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=district.crs)


def plan_layers(
    district: District, plan: Plan, schools: pd.DataFrame | None = None
) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a plan: zones, blocks, schools and moved.

    Parameters
    ----------
    district : District
        With geometry.
    plan : Plan
    schools : DataFrame, optional
        As `District.schools`, after the events the plan was drawn for; today's without.

    Returns
    -------
    dict of str to GeoDataFrame
        `blocks` has, for each level, `<level>_today`, `<level>_plan` and `<level>_students`;
        `moved` has one row a level, block and grade range that changes school, with the names of
        both.
    """
    today = Plan.today(district)
    blocks = pd.DataFrame(index=district.blocks.index)
    for level in plan.levels:
        blocks[f"{level}_today"] = served_by(today, level).reindex(blocks.index)
        blocks[f"{level}_plan"] = served_by(plan, level).reindex(blocks.index)
        blocks[f"{level}_students"] = _students(district, level)
    schools = district.schools if schools is None else schools
    moves = with_names(plan.moves(today), schools["name"])
    zones = zone_polygons(district, plan, schools)
    shapes = gpd.GeoSeries(district.geometry)
    layers = {
        "zones": zones,
        "blocks": gpd.GeoDataFrame(
            blocks.reset_index(names="block_id"), geometry=np.asarray(shapes), crs=district.crs
        ),
        "schools": _school_points(district, schools),
        "moved": gpd.GeoDataFrame(
            moves, geometry=np.asarray(shapes.reindex(moves["block_id"])), crs=district.crs
        ),
    }
    return {name: layer.to_crs(district.map_crs) for name, layer in layers.items()}


def _called(names: pd.Series[str], ids: Sequence[str]) -> list[str]:
    """Name schools; one without a name is called by its id."""
    called = names.reindex(list(ids)).fillna("").astype(str)
    return [name or school for school, name in zip(ids, called, strict=True)]


def _students(district: District, level: str) -> pd.Series[float]:
    """Students of a level by block; NaN throughout where the district does not know."""
    index = district.blocks.index
    if not district.students.has(level=level):
        return pd.Series(np.nan, index=index)
    return pd.Series(district.students.count(level=level), index=index)


def _school_points(district: District, schools: pd.DataFrame) -> gpd.GeoDataFrame:
    columns = [
        "name", "level", "grade_low", "grade_high", "capacity_seats", "is_open", "takes_zone"
    ]  # fmt: skip
    known = schools["x_m"].notna() & schools["y_m"].notna()
    points = np.full(len(schools), None, dtype=object)
    points[known] = shapely.points(schools.loc[known, ["x_m", "y_m"]].to_numpy(dtype=float))
    table = schools[columns].reset_index(names="school_id")
    table = table.astype({"is_open": bool, "takes_zone": bool, "capacity_seats": float})
    return gpd.GeoDataFrame(table, geometry=points, crs=district.crs)
