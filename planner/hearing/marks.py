"""Schools as numbered discs, crossed out where they serve none of the zones shown."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planner.hearing.palette import INK
from planner.hearing.scene import Scene

__all__ = ["MARK_POINTS", "draw_school_marks", "figure_of", "mark_discs", "metres_per_point"]

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
            _mark(ax, x, y, str(number), not serving or school in serving, scale)


def _mark(ax: Axes, x: float, y: float, number: str, serves: bool, scale: float) -> None:
    """Draw a school: a disc with its number, crossed out where it serves no zone."""
    style: dict[str, Any] = {
        "markersize": MARK_POINTS * 1.24 * scale,
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
        fontsize=MARK_POINTS * 0.8 * scale, fontweight="bold",
    )  # fmt: skip


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
