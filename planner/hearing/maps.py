"""Maps of zones and of changes; each function draws on the axes it is given.

Zones differ by name, number and pattern as well as by colour.  On the map of changes, only areas
that would change school are filled: with the colour of the new school, hatched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from planner.hearing.labels import Anchor, place_labels
from planner.hearing.palette import INK, OLD, UNKNOWN, pale
from planner.hearing.scene import Scene, lead
from planner.hearing.shapes import area_patch, border_lines
from planner.hearing.street_lines import draw_lines
from planner.hearing.zones import dissolve, label_point

__all__ = [
    "draw_changes",
    "draw_names",
    "draw_old_borders",
    "draw_school_marks",
    "draw_zones",
    "figure_of",
    "map_style",
    "write",
]

_MARK_POINTS = 7.5
_NAME_POINTS = 7.0


@contextmanager
def map_style(scale: float) -> Iterator[None]:
    """Set line widths and fonts for a map drawn `scale` times as large."""
    style: dict[Any, Any] = {
        "font.family": "DejaVu Sans",
        "hatch.linewidth": 0.5 * scale,
        "svg.fonttype": "none",
        "svg.hashsalt": "school zones",
        "pdf.fonttype": 42,
    }
    with mpl.rc_context(style):
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
    for name, shape in zones.items():
        swatch = scene.swatches[lead(str(name))]
        ax.add_patch(area_patch(shape, swatch.fill, _dense(swatch.hatch, scale)))
    draw_lines(ax, scene, scale)
    _borders(ax, zones, scale)
    _schools_and_names(ax, scene, zones, scale)
    return ax


def draw_changes(
    ax: Axes, scene: Scene, before: pd.Series[str], after: pd.Series[str], *, scale: float = 1.0
) -> Axes:
    """Draw what would change: areas that go to another school, hatched, with its number.

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
    moved = dissolve(scene.blocks[changed], after[changed])
    for name, shape in moved.items():
        ax.add_patch(area_patch(shape, scene.swatches[lead(str(name))].fill, _dense("//", scale)))
    draw_lines(ax, scene, scale)
    ax.add_collection(border_lines(moved, colors=INK, linewidths=0.6 * scale))
    draw_old_borders(ax, old, scale)
    _borders(ax, new, scale)
    _schools_and_names(ax, scene, new, scale, arrows=_arrows(ax, scene, moved, scale))
    return ax


def draw_old_borders(ax: Axes, zones: gpd.GeoSeries, scale: float) -> None:
    """Draw today's borders as dark dashes on white, so that they show on every pattern."""
    ax.add_collection(border_lines(zones, colors="white", linewidths=2.2 * scale))
    dashes = (0, (3.2, 1.8))
    ax.add_collection(border_lines(zones, colors=OLD, linewidths=1.2 * scale, linestyles=[dashes]))


def _arrows(ax: Axes, scene: Scene, moved: gpd.GeoSeries, scale: float) -> list[shapely.Geometry]:
    """Write the new school's number into each changed area with room; return what they cover."""
    areas, anchors, names = {}, {}, {}
    for owner, shape in moved.items():
        for number, part in enumerate(shapely.get_parts(shape)):
            key = f"{owner} {number}"
            x, y, _ = label_point(part)
            areas[key], anchors[key] = part, [(x, y, 0.0)]
            names[key] = "→ " + scene.owner_numbers(str(owner))
    placed = place_labels(
        areas, anchors, names, metres_per_point=_metres_per_point(ax),
        points=_NAME_POINTS * scale, taken=_mark_discs(ax, scene, scale),
    )  # fmt: skip
    for label in placed.values():
        write(ax, label.x, label.y, label.text, _NAME_POINTS * scale, scale)
    return [label.box for label in placed.values()]


def _mark_discs(ax: Axes, scene: Scene, scale: float) -> list[shapely.Geometry]:
    """Return what the marks of the schools cover."""
    radius = _MARK_POINTS * 0.66 * scale * _metres_per_point(ax)
    known = scene.schools[["x_m", "y_m"]].dropna().to_numpy(float)
    return list(shapely.buffer(shapely.points(known), radius))


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


def _schools_and_names(
    ax: Axes,
    scene: Scene,
    zones: gpd.GeoSeries,
    scale: float,
    arrows: Sequence[shapely.Geometry] = (),
) -> None:
    draw_school_marks(ax, scene, zones, scale)
    draw_names(ax, scene, zones, scale, taken=arrows)


def draw_names(
    ax: Axes,
    scene: Scene,
    zones: gpd.GeoSeries,
    scale: float,
    taken: Sequence[shapely.Geometry] = (),
) -> None:
    """Name zones by their schools, clear of the schools' marks and of what is taken."""
    per_point = _metres_per_point(ax)
    radius = _MARK_POINTS * 0.7 * scale * per_point
    shapes = {str(owner): shape for owner, shape in zones.items()}
    placed = place_labels(
        shapes,
        {owner: _anchors(scene, owner, shape, radius) for owner, shape in shapes.items()},
        {owner: scene.owner_name(owner) for owner in shapes},
        metres_per_point=per_point,
        points=_NAME_POINTS * scale,
        taken=[*_mark_discs(ax, scene, scale), *taken],
    )
    for label in placed.values():
        write(ax, label.x, label.y, label.text, _NAME_POINTS * scale, scale)


def draw_school_marks(ax: Axes, scene: Scene, zones: gpd.GeoSeries, scale: float) -> None:
    """Draw every school as a numbered disc, crossed out where it serves none of the zones."""
    serving = {school for owner in zones.index for school in str(owner).split("+")}
    (west, east), (south, north) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    marks = scene.schools.dropna(subset=["x_m", "y_m"])
    for school, number, x, y in zip(
        marks.index, marks["number"], marks["x_m"], marks["y_m"], strict=True
    ):
        if west <= x <= east and south <= y <= north:
            _mark(ax, x, y, str(number), not serving or school in serving, scale)


def _mark(ax: Axes, x: float, y: float, number: str, serves: bool, scale: float) -> None:
    """Draw a school: a disc with its number, crossed out where it serves no zone."""
    style: dict[str, Any] = {
        "markersize": _MARK_POINTS * 1.24 * scale,
        "zorder": 5,
        "linestyle": "none",
    }
    face, ink = ("white", INK) if serves else ("#dddddd", "#555555")
    ax.plot(
        x, y, marker="o", markerfacecolor=face, markeredgecolor=ink,
        markeredgewidth=0.9 * scale, **style,
    )  # fmt: skip
    if not serves:
        ax.plot(x, y, marker="x", markeredgecolor=INK, markeredgewidth=1.2 * scale, **style)
    ax.text(
        x, y, number, ha="center", va="center_baseline", zorder=6, color=ink,
        fontsize=_MARK_POINTS * 0.8 * scale, fontweight="bold",
    )  # fmt: skip


def write(ax: Axes, x: float, y: float, text: str, size: float, scale: float) -> None:
    """Write bold text with a white rim."""
    label = ax.text(
        x, y, text, ha="center", va="center", fontsize=size, fontweight="bold", color=INK,
        zorder=7, linespacing=1.1,
    )  # fmt: skip
    label.set_path_effects([withStroke(linewidth=2.0 * scale, foreground="white")])


def _anchors(scene: Scene, owner: str, shape: shapely.Geometry, radius: float) -> list[Anchor]:
    """Return where a zone's name would best stand: at its school, else in its middle."""
    x, y, _ = label_point(shape)
    school = scene.schools.loc[lead(owner), ["x_m", "y_m"]].to_numpy(float)
    if np.isfinite(school).all() and shapely.contains_xy(shape, *school):
        return [(float(school[0]), float(school[1]), radius), (x, y, 0.0)]
    return [(x, y, 0.0)]


def figure_of(ax: Axes) -> Figure:
    """Return the figure that holds the axes."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes belong to no figure")
    return figure


def _metres_per_point(ax: Axes) -> float:
    """Return how many metres one typographic point covers on these axes, framed already."""
    (west, east), (south, north) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    box = ax.get_position()
    across, along = figure_of(ax).get_size_inches() * 72
    width, height = box.width * across, box.height * along
    return float(max((east - west) / width, (north - south) / height))


def _frame(ax: Axes, scene: Scene) -> None:
    west, south, east, north = scene.bounds
    margin = 0.012 * max(east - west, north - south)
    ax.set_xlim(west - margin, east + margin)
    ax.set_ylim(south - margin, north + margin)
    ax.set_aspect("equal")
    ax.set_axis_off()
