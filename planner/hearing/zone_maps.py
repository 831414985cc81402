"""One map for each school: its zone close up, what joins it, what leaves it, streets with names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from numpy.typing import NDArray

from planner.hearing.map_text import write_names
from planner.hearing.maps import draw_old_borders
from planner.hearing.marks import draw_school_marks
from planner.hearing.palette import INK, UNKNOWN, pale
from planner.hearing.scene import Scene, lead
from planner.hearing.shapes import area_patch, border_lines
from planner.hearing.street_lines import draw_lines, name_streets
from planner.hearing.zones import dissolve

__all__ = ["ZoneChange", "draw_zone_map", "zone_change", "zones_told"]

_MARGIN, _EDGE = 0.08, 0.02  # shares of a map's side
_LEAST_SEEN = 0.015  # share of the map that a zone must fill to be named


@dataclass(frozen=True, eq=False)
class ZoneChange:
    """What happens to one school's zone.

    Parameters
    ----------
    owner : str
        The school, or schools that share the zone ("A+B").
    today : Series of str
        Who serves each block of its zone today; of a shared zone, of any of its schools.
    after : Index of block_id
        Blocks of its zone under the option.
    joins, leaves : mapping of other owner to Index of block_id
    """

    owner: str
    today: pd.Series[str]
    after: pd.Index[str]
    joins: dict[str, pd.Index[str]]
    leaves: dict[str, pd.Index[str]]


def zone_change(owner: str, before: pd.Series[str], after: pd.Series[str]) -> ZoneChange:
    """Collect which blocks join a zone and which leave it.

    Parameters
    ----------
    owner : str
    before, after : Series of str
        Who serves each block; index block_id.
    """
    mine_before, mine_after = before.isin(_sharing(owner, before)), after == owner
    joining = before[mine_after & ~mine_before]
    leaving = after[mine_before & ~mine_after]
    return ZoneChange(
        owner,
        before[mine_before],
        after.index[mine_after],
        {str(o): joining.index[joining == o] for o in sorted(joining.unique())},
        {str(o): leaving.index[leaving == o] for o in sorted(leaving.unique())},
    )


def _sharing(owner: str, zones: pd.Series[str]) -> list[str]:
    """Return the zones that one of the owner's schools serves."""
    schools = set(owner.split("+"))
    return [str(other) for other in zones.unique() if schools.intersection(str(other).split("+"))]


def zones_told(before: pd.Series[str], after: pd.Series[str]) -> list[str]:
    """Return the zones of a plan, and those of today whose schools serve no zone any more."""
    new = [str(owner) for owner in after.unique() if owner]
    serving = {school for owner in new for school in owner.split("+")}
    ending = [str(o) for o in before.unique() if o and serving.isdisjoint(str(o).split("+"))]
    return [*new, *ending]


def draw_zone_map(
    ax: Axes, scene: Scene, change: ZoneChange, after: pd.Series[str], *, scale: float = 1.0
) -> Axes:
    """Draw a zone close up.

    Parameters
    ----------
    ax : Axes
    scene : Scene
    change : ZoneChange
    after : Series of str
        Who would serve each block.
    scale : float
    """
    window = _close_up(scene, change)
    near = scene.blocks[shapely.intersects(np.asarray(scene.blocks.array), window)]
    ax.add_patch(area_patch(shapely.coverage_union_all(np.asarray(near.array)), UNKNOWN))
    zones = dissolve(near, after.reindex(near.index).fillna(""))
    for owner, shape in zones[zones.index != ""].items():
        fill = scene.swatches[lead(str(owner))].fill
        ax.add_patch(area_patch(shape, pale(fill, 0.75 if owner == change.owner else 0.22)))
    own = scene.swatches[lead(change.owner)].fill
    for blocks in change.joins.values():
        ax.add_patch(area_patch(_melt(scene, blocks), own, "++"))
    for owner, blocks in change.leaves.items():
        if not owner:
            continue
        ax.add_patch(area_patch(_melt(scene, blocks), scene.swatches[lead(owner)].fill, "//"))
    _frame(ax, window)
    draw_lines(ax, scene, 1.6 * scale)
    name_streets(ax, scene, window, scale)
    before = dissolve(scene.blocks.loc[change.today.index], change.today)
    for colour, width in (("white", 2.4), (INK, 1.1)):
        ax.add_collection(border_lines(zones, colors=colour, linewidths=width * scale))
    draw_old_borders(ax, before, scale)
    draw_school_marks(ax, replace(scene, schools=_whole(scene, window)), zones, scale)
    write_names(ax, scene, _seen(zones, window), scale)
    return ax


def _melt(scene: Scene, blocks: pd.Index[str]) -> shapely.Geometry:
    return shapely.coverage_union_all(np.asarray(scene.blocks.loc[blocks].array))


def _close_up(scene: Scene, change: ZoneChange) -> shapely.Geometry:
    """Return the window of a zone's map: with its schools, and those just beyond its edge.

    An own school farther away than the zone is wide would make the zone too small to read.
    """
    blocks = scene.blocks.loc[change.today.index.union(change.after)]
    known = scene.schools[["x_m", "y_m"]].dropna()
    points = shapely.points(known.to_numpy(np.float64))
    zone = shapely.box(*blocks.total_bounds)
    side = max(np.ptp(blocks.total_bounds.reshape(2, 2), axis=0))
    is_own = known.index.isin(change.owner.split("+")) & shapely.dwithin(points, zone, side)
    window = _window(blocks, scene.blocks, points[is_own])
    is_near = shapely.dwithin(points, window, _MARGIN * side)
    return _window(blocks, scene.blocks, points[is_own | is_near])


def _whole(scene: Scene, window: shapely.Geometry) -> pd.DataFrame:
    """Return the schools whose marks the edge of a map does not cut."""
    points = shapely.points(scene.schools[["x_m", "y_m"]].to_numpy(np.float64))
    edge = _EDGE * shapely.length(window) / 4
    is_whole = np.asarray(shapely.intersects(shapely.buffer(window, -edge), points))
    return scene.schools.loc[is_whole]


def _window(
    blocks: gpd.GeoSeries, district: gpd.GeoSeries, schools: NDArray[Any]
) -> shapely.Geometry:
    """Return a square box around blocks and schools with a margin, mostly on the district."""
    marks = shapely.get_coordinates(schools)
    ends = np.vstack([blocks.total_bounds.reshape(2, 2), marks])
    low, high = ends.min(axis=0), ends.max(axis=0)
    side = (high - low).max() * (1 + 2 * _MARGIN)
    whole = np.vstack([district.total_bounds.reshape(2, 2), marks])
    least, most = whole.min(axis=0), whole.max(axis=0)
    least, most = least - _MARGIN * side, most + _MARGIN * side
    start = (low + high - side) / 2
    is_wide = most - least >= side
    start = np.where(is_wide, np.clip(start, least, most - side), (least + most - side) / 2)
    return shapely.box(*start, *(start + side))


def _frame(ax: Axes, window: shapely.Geometry) -> None:
    west, south, east, north = shapely.bounds(window)
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])


def _seen(zones: gpd.GeoSeries, window: shapely.Geometry) -> gpd.GeoSeries:
    """Return what can be seen of each zone, without those of which it is next to nothing."""
    seen = zones.intersection(shapely.buffer(window, -0.01 * shapely.length(window)))
    return seen[seen.area > _LEAST_SEEN * shapely.area(window)]
