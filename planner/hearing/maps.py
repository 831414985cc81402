"""Maps of zones and of changes; each function draws on the axes it is given.

Zones differ by name, number and pattern as well as by colour.  On the map of changes, only areas
that would change school have their new school's full colour and pattern, in a dark frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from planner.hearing.map_text import write_arrows, write_names, write_piece_numbers
from planner.hearing.marks import draw_school_marks
from planner.hearing.palette import INK, OLD, UNKNOWN, pale
from planner.hearing.scene import Scene, lead
from planner.hearing.shapes import area_patch, border_lines
from planner.hearing.street_lines import draw_lines
from planner.hearing.style import drawing_style
from planner.hearing.zones import dissolve

__all__ = ["draw_changes", "draw_old_borders", "draw_zones", "map_style"]

_FRAME_POINTS = 1.8  # half of it lies under the white beside a border


@contextmanager
def map_style(scale: float) -> Iterator[None]:
    """Set line widths and fonts for a map drawn `scale` times as large."""
    with drawing_style("school zones", {"hatch.linewidth": 0.5 * scale, "pdf.fonttype": 42}):
        yield


def draw_zones(ax: Axes, scene: Scene, owner: pd.Series[str], *, scale: float = 1.0) -> Axes:
    """Draw every zone with its colour, pattern, name and school.

    Parameters
    ----------
    ax : Axes
    scene : Scene
    owner : Series of str
        Who serves each block; index block_id.
    scale : float
        Size of type and lines; 1 suits a letter page.
    """
    zones = dissolve(scene.blocks, owner)
    _frame(ax, scene)
    _background(ax, scene)
    _fill(ax, scene, zones, scale)
    draw_lines(ax, scene, scale)
    _borders(ax, zones, scale)
    draw_school_marks(ax, scene, zones, scale)
    write_piece_numbers(ax, scene, zones, scale, write_names(ax, scene, zones, scale))
    return ax


def draw_changes(
    ax: Axes, scene: Scene, before: pd.Series[str], after: pd.Series[str], *, scale: float = 1.0
) -> Axes:
    """Draw what would change: areas that go to another school, as it is drawn, with its number.

    Parameters
    ----------
    ax : Axes
    scene : Scene
    before, after : Series of str
        Who serves each block; index block_id.
    scale : float
    """
    before = before.reindex(scene.blocks.index).fillna("")
    after = after.reindex(scene.blocks.index).fillna("")
    _frame(ax, scene)
    _background(ax, scene)
    old, new = dissolve(scene.blocks, before), dissolve(scene.blocks, after)
    for name, shape in new.items():
        ax.add_patch(area_patch(shape, pale(scene.swatches[lead(str(name))].fill)))
    changed = (before != after) & (before != "") & (after != "")
    moved = dissolve(scene.blocks[changed], (before + ">" + after)[changed])
    moved.index = pd.Index([str(pair).split(">")[1] for pair in moved.index])
    _fill(ax, scene, moved, scale)
    draw_lines(ax, scene, scale)
    _draw_frames(ax, moved, scale)
    draw_old_borders(ax, old, scale)
    _borders(ax, new, scale)
    draw_school_marks(ax, scene, new, scale)
    stays = dissolve(scene.blocks[~changed], after[~changed])
    named = pd.concat([stays, new[~new.index.isin(stays.index)]])  # on what stays, where any does
    write_arrows(ax, scene, moved, scale, write_names(ax, scene, named, scale))
    return ax


def _fill(ax: Axes, scene: Scene, zones: gpd.GeoSeries, scale: float) -> None:
    """Fill each zone with its school's colour and pattern."""
    for name, shape in zones.items():
        swatch = scene.swatches[lead(str(name))]
        ax.add_patch(area_patch(shape, swatch.fill, _dense(swatch.hatch, scale)))


def _draw_frames(ax: Axes, areas: gpd.GeoSeries, scale: float) -> None:
    """Draw a dark frame along the inside of each area, beside the borders that it shares."""
    for shape in areas.array:
        frame = area_patch(shape, "none")
        frame.set(edgecolor=INK, linewidth=2 * _FRAME_POINTS * scale)
        ax.add_patch(frame)
        frame.set_clip_path(frame.get_path(), ax.transData)


def draw_old_borders(ax: Axes, zones: gpd.GeoSeries, scale: float) -> None:
    """Draw today's borders as dark dashes on white, so that they show on every pattern."""
    ax.add_collection(border_lines(zones, colors="white", linewidths=2.2 * scale))
    dashes = (0, (3.2, 1.8))
    ax.add_collection(border_lines(zones, colors=OLD, linewidths=1.2 * scale, linestyles=[dashes]))


def _dense(hatch: str, scale: float) -> str:
    """Double a pattern on small maps: matplotlib draws patterns per inch of paper."""
    return hatch if scale > 2 else hatch * 2


def _background(ax: Axes, scene: Scene) -> None:
    outline = shapely.coverage_union_all(np.asarray(scene.blocks.array))
    ax.add_patch(area_patch(outline, UNKNOWN))


def _borders(ax: Axes, zones: gpd.GeoSeries, scale: float) -> None:
    """Draw borders dark on white, so that they show on every fill."""
    for colour, width in (("white", 2.4), (INK, 1.1)):
        ax.add_collection(
            border_lines(zones, colors=colour, linewidths=width * scale, joinstyle="round")
        )


def _frame(ax: Axes, scene: Scene) -> None:
    west, south, east, north = scene.bounds
    margin = 0.012 * max(east - west, north - south)
    ax.set_xlim(west - margin, east + margin)
    ax.set_ylim(south - margin, north + margin)
    ax.set_aspect("equal")
    ax.set_axis_off()
