"""A made-up town before anybody counts it: blocks, bridges, neighbourhoods and context lines."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.contiguity import ContiguityGraph
from geodata.dtypes import Longs
from geodata.graph import graph_from_polygons
from geodata.sources.synthetic_land import CRS, Land, distance_to_centre, lay_land, line_x
from geodata.sources.synthetic_names import neighbourhood_names, street_names
from geodata.sources.synthetic_people import Place
from geodata.sources.synthetic_streets import FIRST_FREE_KEY, Fabric, build_streets

__all__ = ["Town", "build_grid", "build_town", "draw_context"]

Shapes = NDArray[np.object_]

GRID_SIDE_M = 250.0
GRID_HOOD = 5
RIVER_NAME = "Alder River"
HIGHWAY_NAME = "Route 9"
MAIN_ROADS = ("Main Street", "Mill Road", "Ferry Road", "Union Road", "County Line Road")


@dataclass(frozen=True, slots=True)
class Town:
    """Blocks and what lies around them.

    Parameters
    ----------
    ids : (n,) str, sorted
    shapes : (n,) polygons [m]
    place : Place
    hood_names : (h,) str
    graph : ContiguityGraph
    """

    ids: NDArray[np.str_]
    shapes: Shapes
    place: Place
    hood_names: NDArray[np.str_]
    graph: ContiguityGraph


def streams(seed: int) -> dict[str, np.random.Generator]:
    """Return independent sources of chance, one for each purpose."""
    purposes = ("land", "streets", "names", "people", "zones", "seats")
    return {
        purpose: np.random.default_rng(part)
        for purpose, part in zip(
            purposes, np.random.SeedSequence(seed).spawn(len(purposes)), strict=True
        )
    }


def build_town(n_blocks: int, chance: dict[str, np.random.Generator]) -> Town:
    """Lay out a town with a river, a highway and streets."""
    land = lay_land(chance["land"], n_blocks)
    fabric = build_streets(chance["streets"], land, n_blocks)
    ids, order, hood = _ids(fabric.blocks, fabric.neighbourhood)
    shapes = fabric.blocks[order]
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes))
    east = middle[:, 0] > line_x(land.river, middle[:, 1])
    far_east = middle[:, 0] > line_x(land.highway, middle[:, 1])
    away = middle[:, None] - land.centre_xy[None]
    nearest = np.argmin(np.hypot(away[..., 0], away[..., 1]) / land.reach_m, axis=1)
    each = np.arange(n_blocks)
    place = Place(
        xy=away[each, nearest] / land.reach_m[nearest, None],
        reach=distance_to_centre(land, middle),
        area_m2=shapely.area(shapes),
        neighbourhood=hood,
        side=east.astype(np.int64) + far_east,
        at_river=shapely.dwithin(shapes, land.river_area, 1.0),
    )
    graph, _ = graph_from_polygons(
        ids.tolist(), gpd.GeoSeries(shapes, crs=CRS), bridges=_bridges(land, ids, shapes, east)
    )
    names = neighbourhood_names(chance["names"], int(hood.max()) + 1)
    return Town(ids, shapes, place, names, graph)


def build_grid(n_blocks: int, chance: dict[str, np.random.Generator]) -> Town:
    """Lay out squares: no river, nothing to look at, ready at once."""
    columns = int(np.ceil(np.sqrt(n_blocks)))
    row, column = np.divmod(np.arange(n_blocks), columns)
    x, y = 480_000.0 + GRID_SIDE_M * column, 4_000_000.0 + GRID_SIDE_M * row
    across = -(-columns // GRID_HOOD)
    ids, order, hood = _ids(
        np.asarray(shapely.box(x, y, x + GRID_SIDE_M, y + GRID_SIDE_M)),
        (row // GRID_HOOD) * across + column // GRID_HOOD,
    )
    row, column, x, y = row[order], column[order], x[order], y[order]
    shapes = np.asarray(shapely.box(x, y, x + GRID_SIDE_M, y + GRID_SIDE_M))
    away = np.column_stack([column, row]) - (columns - 1) / 2
    place = Place(
        xy=away / (0.35 * columns),
        reach=np.hypot(*away.T) / (0.35 * columns),
        area_m2=np.full(n_blocks, GRID_SIDE_M**2),
        neighbourhood=hood,
        side=(column > 0.3 * columns).astype(np.int64) + (column > 0.65 * columns),
        at_river=np.zeros(n_blocks, dtype=bool),
    )
    graph, _ = graph_from_polygons(ids.tolist(), gpd.GeoSeries(shapes, crs=CRS))
    names = neighbourhood_names(chance["names"], int(hood.max()) + 1)
    return Town(ids, shapes, place, names, graph)


def draw_context(n_blocks: int, chance: dict[str, np.random.Generator]) -> gpd.GeoDataFrame:
    """Return river, highway, roads, bridges and streets of the town `build_town` lays out."""
    land = lay_land(chance["land"], n_blocks)
    fabric = build_streets(chance["streets"], land, n_blocks)
    near = shapely.buffer(land.outline, 250.0, join_style="mitre")
    lines = shapely.intersection(
        np.array([land.river_area, land.highway, *land.main_roads], dtype=object), near
    )
    roads = [MAIN_ROADS[at % len(MAIN_ROADS)] for at in range(len(land.main_roads))]
    bridges = shapely.intersection(np.array(land.main_roads), shapely.buffer(land.river_area, 25.0))
    names, streets = _named_streets(fabric, chance["names"])
    kinds = ["river", "highway", *["main_road"] * len(roads), *["bridge"] * len(roads)]
    return gpd.GeoDataFrame(
        {
            "kind": kinds + ["street"] * len(streets),
            "name": [
                RIVER_NAME,
                HIGHWAY_NAME,
                *roads,
                *(f"{road} Bridge" for road in roads),
                *names,
            ],
        },
        geometry=[*lines, *bridges, *streets],
        crs=CRS,
    )


def _ids(shapes: Shapes, hood: Longs) -> tuple[NDArray[np.str_], NDArray[np.intp], Longs]:
    """Return ids by neighbourhood, south-west first, their order and each neighbourhood."""
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    count = int(hood.max()) + 1
    size = np.bincount(hood, minlength=count)
    south = np.bincount(hood, weights=middle.sum(axis=1), minlength=count) / size
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(south, kind="stable")] = np.arange(count)
    new = rank[hood]
    order = np.lexsort((middle[:, 0], -np.round(middle[:, 1], -1), new))
    new = new[order]
    first = np.searchsorted(new, np.arange(count))
    number = np.arange(len(new)) - first[new] + 1
    wide, deep = len(str(count)) + 1, len(str(int(size.max())))
    ids = np.array(
        [
            f"{h + 1:0{wide}d}{k:0{deep}d}"
            for h, k in zip(new.tolist(), number.tolist(), strict=True)
        ]
    )
    return ids, order, new


def _bridges(
    land: Land, ids: NDArray[np.str_], shapes: Shapes, east: NDArray[np.bool_]
) -> list[tuple[str, str, str]]:
    """Link the two blocks at the ends of each bridge."""
    found = []
    for name, crossing in zip(MAIN_ROADS, land.bridge_xy, strict=False):
        away = shapely.distance(shapes, shapely.points(*crossing))
        west_end = ids[np.argmin(np.where(east, np.inf, away))]
        east_end = ids[np.argmin(np.where(east, away, np.inf))]
        found.append((str(west_end), str(east_end), f"{name} Bridge over the {RIVER_NAME}"))
    return found


def _named_streets(
    fabric: Fabric, rng: np.random.Generator
) -> tuple[list[str], list[shapely.Geometry]]:
    """Join the lines of each street and name it."""
    lines, owner = shapely.get_parts(fabric.streets, return_index=True)
    straight = shapely.get_type_id(lines) == 1
    lines, owner = lines[straight], owner[straight]
    key, first, street = np.unique(fabric.street_key[owner], return_index=True, return_inverse=True)
    order = np.argsort(street, kind="stable")
    joined = shapely.line_merge(shapely.multilinestrings(lines[order], indices=street[order]))
    names = street_names(rng, key, fabric.street_run[owner[first]], FIRST_FREE_KEY)
    return names.tolist(), list(joined)
