"""Streets, rivers and rails on a map, with names where there is room."""

from __future__ import annotations

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from planner.hearing.labels import text_size
from planner.hearing.scene import Scene
from planner.hearing.shapes import area_patch, line_collection

__all__ = ["draw_lines", "name_streets"]

_NAMED = 28
_NAME_POINTS = 5.0
_STYLES = {
    "river": ("#8fbfdd", 2.2), "highway": ("#b3541e", 1.2), "road": ("#7a7a7a", 0.8),
    "rail": ("#6b6b6b", 0.6), "street": ("#8a8a8a", 0.3), "other": ("#9a9a9a", 0.4),
}  # fmt: skip


def draw_lines(ax: Axes, scene: Scene, scale: float) -> None:
    """Draw every line of the scene in the style of its kind."""
    if scene.streets is None or scene.streets.empty:
        return
    shapes, kinds = np.asarray(scene.streets.geometry.array), scene.streets["kind"].to_numpy()
    areas = shapely.get_dimensions(shapes) == 2
    for shape, kind in zip(shapes[areas], kinds[areas], strict=True):
        ax.add_patch(area_patch(shape, _STYLES.get(kind, _STYLES["other"])[0]))
    shapes, kinds = shapes[~areas], kinds[~areas]
    for kind, (colour, width) in _STYLES.items():
        if (kinds == kind).any():
            drawn = line_collection(shapes[kinds == kind], colors=colour, linewidths=width * scale)
            ax.add_collection(drawn)


def name_streets(ax: Axes, scene: Scene, window: shapely.Geometry, scale: float) -> None:
    """Write the names of the longest lines in a window along them."""
    lines = scene.streets
    if lines is None or lines.empty:
        return
    seen = lines[shapely.intersects(np.asarray(lines.geometry.array), window)]
    clipped = shapely.intersection(np.asarray(seen.geometry.array), window)
    west, _, east, _ = shapely.bounds(window)
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    per_point = (east - west) / (ax.get_position().width * figure.get_figwidth() * 72)
    names, taken = seen["name"].to_numpy(), list[shapely.Geometry]()
    for at in np.argsort(-shapely.length(clipped), kind="stable")[:_NAMED]:
        if names[at]:
            _write_along(
                ax, clipped[at], str(names[at]), per_point=per_point, scale=scale, taken=taken
            )


def _write_along(
    ax: Axes,
    line: shapely.Geometry,
    name: str,
    *,
    per_point: float,
    scale: float,
    taken: list[shapely.Geometry],
) -> None:
    """Write a name along a line, where it is long enough and nothing stands there."""
    longest = max(shapely.get_parts(line), key=shapely.length)
    size = _NAME_POINTS * scale
    width = text_size(name, size, bold=False)[0] * per_point
    if longest.geom_type != "LineString" or shapely.length(longest) < 1.2 * width:
        return
    middle = shapely.length(longest) / 2
    a, b, c = (
        shapely.line_interpolate_point(longest, middle + away)
        for away in (-width / 2, 0.0, width / 2)
    )
    angle = float(np.degrees(np.arctan2(c.y - a.y, c.x - a.x)))
    angle -= 180 * round(angle / 180) if abs(angle) > 90 else 0
    box = shapely.buffer(shapely.LineString([a, c]), size * per_point * 0.7)
    if any(shapely.intersects(box, other) for other in taken):
        return
    taken.append(box)
    label = ax.text(
        b.x, b.y, name, rotation=angle, rotation_mode="anchor", ha="center", va="center",
        fontsize=size, color="#333333", zorder=4,
    )  # fmt: skip
    label.set_path_effects([withStroke(linewidth=1.6 * scale, foreground="white")])
