"""Where a new street runs: across the longer side of its piece of land, along the grid if any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.dtypes import Floats, Longs

__all__ = ["Style", "draw_cuts"]

Shapes = NDArray[np.object_]

GRID_PITCH_M = (95.0, 180.0)
BEND_POINTS = 13


@dataclass(frozen=True, slots=True)
class Style:
    """How streets run in each neighbourhood, (h,) each."""

    angle: Floats
    bend: Floats
    stretch: Floats
    coarse: Floats
    on_grid: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Cuts:
    """One street through each of some pieces, in the piece's own direction, (k,) each."""

    across: Longs
    place: Floats
    key: Longs
    low: Floats
    high: Floats
    bend: Floats


def draw_cuts(
    rng: np.random.Generator,
    origin: Floats,
    style: Style,
    *,
    shapes: Shapes,
    hood: Longs,
    tries: Longs,
) -> tuple[Shapes, Shapes, Longs, Longs]:
    """Draw a street through each piece of land.

    Parameters
    ----------
    rng : Generator
    origin : (2,) float64 [m]
        Where the grid starts.
    style : Style
    shapes : (k,) polygons
    hood : (k,) int64
        Neighbourhood of each piece.
    tries : (k,) int64
        How often a street through it has failed; every other try goes the other way.

    Returns
    -------
    (k,) polygons, (k,) lines, (k,) int64, (k,) int64
        The land on the one side of the street, the street, the number of its grid line (-1 off
        the grid), and which way it runs.
    """
    cos, sin = np.cos(style.angle[hood]), np.sin(style.angle[hood])
    low, high = _extent(origin, shapes, cos, sin)
    cuts = _plan_cuts(rng, style, hood=hood, tries=tries, low=low, high=high)
    ring = _rings(cuts)
    turned = np.stack(
        [
            ring[..., 0] * cos[:, None] - ring[..., 1] * sin[:, None],
            ring[..., 0] * sin[:, None] + ring[..., 1] * cos[:, None],
        ],
        axis=-1,
    )
    turned += origin
    lines = shapely.linestrings(turned[:, :BEND_POINTS])
    return shapely.polygons(turned), lines, cuts.key, cuts.across


def _plan_cuts(
    rng: np.random.Generator, style: Style, *, hood: Longs, tries: Longs, low: Floats, high: Floats
) -> _Cuts:
    """Choose where each street runs: across the longer side, on the grid where there is one."""
    count, each = len(hood), np.arange(len(hood))
    size = (high - low) / np.where(style.on_grid[hood][:, None], GRID_PITCH_M, 1.0)
    size[:, 1] /= style.stretch[hood]
    across = (size[:, 1] > size[:, 0]).astype(np.int64)
    across = np.where(tries % 2 == 1, 1 - across, across)
    start, length = low[each, across], (high - low)[each, across]
    place = start + length * (0.5 + rng.uniform(-0.09, 0.09, count))
    pitch = np.array(GRID_PITCH_M)[across]
    number = np.round(place / pitch)
    middling = np.abs((number * pitch - start) / length - 0.5) < 0.27
    on_grid = style.on_grid[hood] & middling & (tries < 2)
    place = np.where(on_grid, number * pitch, place)
    key = np.where(on_grid, (number.astype(np.int64) + 100_000) * 2 + across, -1)
    bend = rng.normal(0, 1, (count, 2)) * (style.bend[hood] * ~on_grid)[:, None]
    return _Cuts(across, place, key, low, high, bend)


def _rings(cuts: _Cuts) -> Floats:
    """Return each street and, behind it, two corners far on its one side, (k, points + 2, 2)."""
    count = len(cuts.across)
    each, every = np.arange(count)[:, None], np.arange(BEND_POINTS)
    across, along = cuts.across[:, None], 1 - cuts.across[:, None]
    size = cuts.high - cuts.low
    share = np.linspace(-0.15, 1.15, BEND_POINTS)
    wave = cuts.bend[:, :1] * np.sin(np.pi * share)
    wave += 0.5 * cuts.bend[:, 1:] * np.sin(2 * np.pi * share)
    lane = np.empty((count, BEND_POINTS, 2))
    lane[each, every, across] = cuts.place[:, None] + wave * size[each, across]
    lane[each, every, along] = cuts.low[each, along] + share * size[each, along]
    corners = lane[:, [-1, 0]].copy()
    corners[each, np.arange(2), across] = cuts.low[each, across] - size[each, across]
    return np.concatenate([lane, corners], axis=1)


def _extent(origin: Floats, shapes: Shapes, cos: Floats, sin: Floats) -> tuple[Floats, Floats]:
    """Return lowest and highest coordinates in each piece's own direction, (k, 2) each."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    x, y = (xy - origin).T
    turned = np.column_stack([x * cos[owner] + y * sin[owner], y * cos[owner] - x * sin[owner]])
    starts = np.searchsorted(owner, np.arange(len(shapes)))
    return np.minimum.reduceat(turned, starts), np.maximum.reduceat(turned, starts)
