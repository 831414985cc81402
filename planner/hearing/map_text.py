"""What is written on a map: names of zones, numbers of schools in areas and pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from planner.hearing.labels import Anchor, Label, place_labels
from planner.hearing.marks import MARK_POINTS, mark_discs, metres_per_point
from planner.hearing.palette import INK
from planner.hearing.scene import Scene, lead
from planner.hearing.zones import label_point

__all__ = ["write_arrows", "write_names", "write_piece_numbers"]

_NAME_POINTS = 7.0


def write_names(ax: Axes, scene: Scene, zones: gpd.GeoSeries, scale: float) -> dict[str, Label]:
    """Name zones by their schools, clear of the schools' marks.

    Returns
    -------
    dict of owner to Label
        The names that have room.
    """
    radius = MARK_POINTS * 0.7 * scale * metres_per_point(ax)
    shapes = {str(owner): shape for owner, shape in zones.items()}
    anchors = {owner: _anchors(scene, owner, shape, radius) for owner, shape in shapes.items()}
    names = {owner: scene.owner_name(owner) for owner in shapes}
    return _write(ax, scene, shapes, anchors, names, scale=scale)


def write_arrows(
    ax: Axes, scene: Scene, moved: gpd.GeoSeries, scale: float, names: Mapping[str, Label]
) -> None:
    """Write the new school's number into each part with room of what moves, clear of names.

    Parameters
    ----------
    ax : Axes
    scene : Scene
    moved : GeoSeries
        Index new owner, which may have several areas.
    scale : float
    names : mapping of owner to Label
        The names that are there already.
    """
    parts = moved.explode()
    areas = {f"{owner} {at}": part for at, (owner, part) in enumerate(parts.items())}
    texts = {key: "→ " + scene.owner_numbers(key.rpartition(" ")[0]) for key in areas}
    taken = [label.box for label in names.values()]
    _write(ax, scene, areas, _middles(areas), texts, scale=scale, taken=taken)


def write_piece_numbers(
    ax: Axes, scene: Scene, zones: gpd.GeoSeries, scale: float, names: Mapping[str, Label]
) -> None:
    """Write the school's number into each piece of a zone that has neither its name nor its mark.

    Parameters
    ----------
    ax : Axes
    scene : Scene
    zones : GeoSeries
        Index owner.
    scale : float
    names : mapping of owner to Label
        The names that are there already.
    """
    pieces = {}
    for owner, shape in zones.items():
        known = scene.schools.loc[str(owner).split("+"), ["x_m", "y_m"]].dropna().to_numpy(float)
        named = [[names[owner].x, names[owner].y]] if owner in names else np.empty((0, 2))
        told = shapely.points(np.concatenate([known, named]))
        for at, part in enumerate(shapely.get_parts(shape)):
            if not shapely.intersects(part, told).any():
                pieces[f"{owner} {at}"] = part
    numbers = {key: scene.owner_numbers(key.rpartition(" ")[0]) for key in pieces}
    taken = [label.box for label in names.values()]
    _write(ax, scene, pieces, _middles(pieces), numbers, scale=scale, taken=taken)


def _write(
    ax: Axes,
    scene: Scene,
    areas: Mapping[str, shapely.Geometry],
    anchors: Mapping[str, Sequence[Anchor]],
    texts: Mapping[str, str],
    *,
    scale: float,
    taken: Iterable[shapely.Geometry] = (),
) -> dict[str, Label]:
    """Write a text into each area with room: bold, with a white rim."""
    placed = place_labels(
        areas, anchors, texts, metres_per_point=metres_per_point(ax),
        points=_NAME_POINTS * scale, taken=[*mark_discs(ax, scene, scale), *taken],
    )  # fmt: skip
    for label in placed.values():
        written = ax.text(
            label.x, label.y, label.text, ha="center", va="center", fontsize=label.points,
            fontweight="bold", color=INK, zorder=7, linespacing=1.1,
        )  # fmt: skip
        written.set_path_effects([withStroke(linewidth=2.0 * scale, foreground="white")])
    return placed


def _middles(areas: Mapping[str, shapely.Geometry]) -> dict[str, list[Anchor]]:
    """Return the middle of the roomiest spot of each area."""
    return {key: [(*label_point(area)[:2], 0.0)] for key, area in areas.items()}


def _anchors(scene: Scene, owner: str, shape: shapely.Geometry, radius: float) -> list[Anchor]:
    """Return where a zone's name would best stand: at its school, else in its middle."""
    x, y, _ = label_point(shape)
    school = scene.schools.loc[lead(owner), ["x_m", "y_m"]].to_numpy(float)
    if np.isfinite(school).all() and shapely.contains_xy(shape, *school):
        return [(float(school[0]), float(school[1]), radius), (x, y, 0.0)]
    return [(x, y, 0.0)]
