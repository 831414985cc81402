"""The land a made-up town stands on: its extent, river, highway, main roads and density.

All coordinates are metres in `CRS`, a zone of the open Atlantic: nobody lives there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely

from geodata.dtypes import Floats

__all__ = ["CRS", "Land", "distance_to_centre", "lay_land", "line_x", "target_area_m2"]


CRS = "EPSG:32625"
"""UTM zone 25 north [m]: mid-Atlantic, so that no real place is meant."""

CORNER_XY = (480_000.0, 4_000_000.0)
AREA_PER_BLOCK_M2 = 72_000.0
RIVER_WIDTH_M = 110.0


@dataclass(frozen=True, slots=True)
class Land:
    """Where things are before anybody builds.

    Parameters
    ----------
    corner_xy : (2,) [m]
        South-west corner of the drawing board.
    width_m, height_m : float [m]
    centre_xy : (k, 2) float64 [m]
        Downtown first, then the centres of smaller towns.
    reach_m : (k,) float64 [m]
        How far each centre's streets reach.
    river : LineString
        Centre line, south to north.
    river_area : Polygon
    highway : LineString
    main_roads : tuple of LineString
        Roads over the bridges, west to east.
    bridge_xy : (b, 2) float64 [m]
        Where those roads cross the river.
    grid_angle : float [rad]
        How downtown's street grid is turned.
    outline : Polygon
        About where the district ends.
    """

    corner_xy: Floats
    width_m: float
    height_m: float
    centre_xy: Floats
    reach_m: Floats
    river: shapely.LineString
    river_area: shapely.Polygon
    highway: shapely.LineString
    main_roads: tuple[shapely.LineString, ...]
    bridge_xy: Floats
    grid_angle: float
    outline: shapely.Polygon


class _Board(NamedTuple):
    """The drawing board [m]: its south-west corner, its size, and where downtown is."""

    corner: Floats
    width: float
    height: float
    downtown: Floats


def lay_land(rng: np.random.Generator, n_blocks: int) -> Land:
    """Draw river, highway, bridges and centres for a town of so many blocks."""
    area = AREA_PER_BLOCK_M2 * n_blocks
    width, height = np.sqrt(area * 1.45), np.sqrt(area * 1.2)
    corner = np.array(CORNER_XY)
    board = _Board(corner, width, height, corner + np.array([0.50 * width, 0.52 * height]))
    river_width = RIVER_WIDTH_M * max(1.0, (n_blocks / 1500) ** 0.25)
    river = _river(rng, board, min(1.0, (n_blocks / 1500) ** 0.5))
    highway = _highway(rng, board, river)
    roads, bridges = _bridges(rng, board, river, n_blocks)
    tangent = _direction(river, bridges[0])
    angle = float(np.clip(np.arctan2(tangent[0], tangent[1]) * -1, -0.4, 0.4))
    centres, reach = _centres(rng, board, n_blocks)
    return Land(
        corner_xy=corner,
        width_m=float(width),
        height_m=float(height),
        centre_xy=centres,
        reach_m=reach,
        river=river,
        river_area=shapely.buffer(river, river_width / 2, quad_segs=4),
        highway=highway,
        main_roads=roads,
        bridge_xy=bridges,
        grid_angle=angle,
        outline=_outline(rng, board),
    )


def distance_to_centre(land: Land, xy: Floats) -> Floats:
    """Return the distance to the nearest centre in units of its reach, (n,)."""
    away = np.hypot(
        xy[:, None, 0] - land.centre_xy[None, :, 0], xy[:, None, 1] - land.centre_xy[None, :, 1]
    )
    return np.asarray((away / land.reach_m).min(axis=1))


def target_area_m2(land: Land, xy: Floats) -> Floats:
    """Return how large a block is likely to be at each place, (n,) [m²], relative only."""
    reach = distance_to_centre(land, xy)
    return np.asarray(15_000.0 * np.exp(1.35 * reach + 0.55 * np.maximum(reach - 1.4, 0) ** 2))


def line_x(line: shapely.LineString, y: Floats) -> Floats:
    """Return where a line that runs from south to north is at given heights, (n,) [m]."""
    xy = shapely.get_coordinates(line)
    return np.asarray(np.interp(y, xy[:, 1], xy[:, 0]))


def _river(rng: np.random.Generator, board: _Board, wildness: float) -> shapely.LineString:
    """Wind from south to north, past downtown's west side."""
    corner, width, height, downtown = board
    t = np.linspace(-0.05, 1.05, 400)
    phase = rng.uniform(0, 2 * np.pi, 3)
    bend = (
        0.060 * np.sin(2 * np.pi * 1.1 * t + phase[0])
        + 0.026 * np.sin(2 * np.pi * 2.9 * t + phase[1])
        + 0.010 * wildness * np.sin(2 * np.pi * 6.3 * t + phase[2])
    )
    here = (downtown[1] - corner[1]) / height
    bend -= np.interp(here, t, bend)
    lean = rng.uniform(-0.10, 0.10)
    x = downtown[0] + width * (bend - 0.085 + lean * (t - here))
    return shapely.linestrings(np.column_stack([x, corner[1] + t * height]))


def _highway(
    rng: np.random.Generator, board: _Board, river: shapely.LineString
) -> shapely.LineString:
    """Sweep from south to north, past downtown's east side, never over the river."""
    _, width, height, downtown = board
    t = np.linspace(-0.6, 0.6, 60)
    bend = 0.045 * (np.sin(2 * np.pi * 0.8 * t + rng.uniform(-0.6, 0.6)))
    bend -= np.interp(0.0, t, bend)
    lean = rng.uniform(0.06, 0.16)
    x = downtown[0] + width * (0.115 + bend + lean * t)
    y = downtown[1] + height * t
    least = line_x(river, y) + 0.05 * width
    x = least + np.logaddexp(0.0, (x - least) / (0.02 * width)) * 0.02 * width
    return shapely.linestrings(np.column_stack([x, y]))


def _bridges(
    rng: np.random.Generator, board: _Board, river: shapely.LineString, n_blocks: int
) -> tuple[tuple[shapely.LineString, ...], Floats]:
    """Lay roads across the river: one through downtown, the others apart from it."""
    corner, width, height, downtown = board
    count = 2 + n_blocks // 6000
    shares = np.linspace(0.16, 0.86, count + 1)[np.arange(count) + (np.arange(count) >= count / 2)]
    heights = [downtown[1], *(corner[1] + shares[1:] * height)] if count > 2 else [downtown[1]]
    if count == 2:
        heights.append(corner[1] + height * (0.19 + rng.uniform(-0.02, 0.02)))
    roads, crossings = [], []
    for y in heights:
        t = np.linspace(-0.02, 1.02, 40)
        wave = 0.012 * np.sin(2 * np.pi * (0.9 * t + rng.uniform())) * height
        wave += 0.05 * height * np.maximum(0, np.abs(t - 0.45) - 0.2) * rng.choice([-1, 1])
        x = corner[0] + t * width
        river_y = wave - np.interp(downtown[0] - 0.085 * width, x, wave)
        road = shapely.linestrings(np.column_stack([x, y + river_y]))
        crossing = shapely.get_parts(shapely.intersection(road, river))[0]
        roads.append(road)
        crossings.append((shapely.get_x(crossing), shapely.get_y(crossing)))
    return tuple(roads), np.array(crossings)


def _direction(line: shapely.LineString, at: Floats) -> Floats:
    """Return the direction of a line near a point, (2,)."""
    along = shapely.line_locate_point(line, shapely.points(*at))
    first = shapely.line_interpolate_point(line, along - 400)
    last = shapely.line_interpolate_point(line, along + 400)
    return np.asarray(shapely.get_coordinates(last)[0] - shapely.get_coordinates(first)[0])


def _centres(rng: np.random.Generator, board: _Board, n_blocks: int) -> tuple[Floats, Floats]:
    """Place downtown and, in larger districts, smaller towns around it."""
    _, width, height, downtown = board
    count = 1 + max(1, round(n_blocks / 3500))
    turn = rng.uniform(0, 2 * np.pi)
    angle = turn + np.arange(1, count) * 2.399963
    away = np.sqrt(np.linspace(0.42, 0.95, count - 1))
    around = np.column_stack(
        [0.42 * width * away * np.cos(angle), 0.40 * height * away * np.sin(angle)]
    )
    reach = 0.22 * np.sqrt(width * height) / count**0.25
    reaches = reach * np.concatenate([[1.0], rng.uniform(0.45, 0.7, count - 1)])
    return np.vstack([downtown, downtown + around]), reaches


def _outline(rng: np.random.Generator, board: _Board) -> shapely.Polygon:
    """Draw the limits of the district: straight section lines with jogs around a rounded shape."""
    corner, width, height, _ = board
    phase = rng.uniform(0, 2 * np.pi, 4)
    side = 0.065 * float(np.sqrt(width * height))
    columns, rows = int(width // side) + 1, int(height // side) + 1
    x, y = np.meshgrid(np.arange(columns) * side, np.arange(rows) * side)
    x, y = x.ravel() + (width - columns * side) / 2, y.ravel() + (height - rows * side) / 2
    dx, dy = (x + side / 2) / width - 0.5, (y + side / 2) / height - 0.5
    angle = np.arctan2(dy, dx)
    reach = (np.abs(dx) ** 3.2 + np.abs(dy) ** 3.2) ** (1 / 3.2)
    limit = 0.455 * (
        1
        + 0.05 * np.sin(2 * angle + phase[0])
        + 0.06 * np.sin(3 * angle + phase[1])
        + 0.05 * np.sin(5 * angle + phase[2])
        + 0.03 * np.sin(8 * angle + phase[3])
    )
    inside = reach < limit
    x, y = x[inside] + corner[0], y[inside] + corner[1]
    whole = shapely.union_all(shapely.box(x, y, x + side, y + side), grid_size=0.01)
    parts = shapely.get_parts(whole)
    return shapely.polygons(shapely.get_exterior_ring(parts[np.argmax(shapely.area(parts))]))
