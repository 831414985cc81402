"""Schools as numbered discs, crossed out where they serve none of the zones shown."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from planner.hearing.palette import INK
from planner.hearing.scene import Scene

__all__ = [
    "MARK_POINTS",
    "draw_mark",
    "draw_school_marks",
    "figure_of",
    "mark_discs",
    "metres_per_point",
]

MARK_POINTS = 7.5


def draw_school_marks(ax: Axes, scene: Scene, zones: gpd.GeoSeries, scale: float) -> None:
    """Draw every school as a numbered disc, crossed out where it serves none of the zones."""
    serving = {school for owner in zones.index for school in str(owner).split("+")}
    (west, east), (south, north) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    marks = scene.schools.dropna(subset=["x_m", "y_m"])
    for school, number, x, y in zip(
        marks.index, marks["number"], marks["x_m"], marks["y_m"], strict=True
    ):
        if west <= x <= east and south <= y <= north:
            draw_mark(ax, x, y, str(number), serves=not serving or school in serving, scale=scale)


def draw_mark(ax: Axes, x: float, y: float, number: str, *, serves: bool, scale: float) -> None:
    """Draw a school: a disc with its number, crossed out behind it where it serves no zone."""
    style: dict[str, Any] = {"zorder": 5, "linestyle": "none", "clip_on": False}
    face, size = "white" if serves else "#dddddd", MARK_POINTS * 1.24 * scale
    ax.plot(
        x, y, marker="o", markersize=size, markerfacecolor=face, markeredgecolor=INK,
        markeredgewidth=0.9 * scale, **style,
    )  # fmt: skip
    if not serves:
        ax.plot(
            x, y, marker="x", markersize=1.15 * size, markeredgecolor=INK,
            markeredgewidth=1.2 * scale, **style,
        )  # fmt: skip
    text = ax.text(
        x, y, number, ha="center", va="center_baseline", zorder=6, color=INK,
        fontsize=MARK_POINTS * 0.8 * scale, fontweight="bold",
    )  # fmt: skip
    if not serves:
        text.set_path_effects([withStroke(linewidth=1.8 * scale, foreground=face)])


def mark_discs(ax: Axes, scene: Scene, scale: float) -> list[shapely.Geometry]:
    """Return what the marks of the schools cover."""
    radius = MARK_POINTS * 0.66 * scale * metres_per_point(ax)
    known = scene.schools[["x_m", "y_m"]].dropna().to_numpy(float)
    return list(shapely.buffer(shapely.points(known), radius))


def figure_of(ax: Axes) -> Figure:
    """Return the figure that holds the axes."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes belong to no figure")
    return figure


def metres_per_point(ax: Axes) -> float:
    """Return how many metres one typographic point covers on these axes, framed already."""
    (west, east), (south, north) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    box = ax.get_position()
    across, along = figure_of(ax).get_size_inches() * 72
    width, height = box.width * across, box.height * along
    return float(max((east - west) / width, (north - south) / height))
