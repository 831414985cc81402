"""Small maps of many plans, as SVG: one colour a school, the same on every map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
import shapely

from geodata import District
from geodata.errors import counted
from planner.hearing.scene import Scene, build_scene, lead
from planner.hearing.zones import dissolve
from planner.layers import served_by
from planner.plan import Plan

__all__ = ["MapSeries", "map_series"]

_WIDTH = 240


@dataclass(frozen=True)
class MapSeries:
    """What all small maps of one level share.

    Parameters
    ----------
    level : str
    scene : Scene
    today : Series of str
        Who serves each block today.
    owners : mapping of job to Series of str
    """

    level: str
    scene: Scene
    today: pd.Series[str]
    owners: Mapping[str, pd.Series[str]]

    @property
    def height(self) -> float:
        """Height of a map that is `width` wide [px]."""
        west, south, east, north = self.scene.bounds
        return _WIDTH * (north - south) / (east - west)

    def draw(self, job: str, name: str) -> str:
        """Return one map as SVG: zones in colour, changed areas hatched, schools as dots."""
        owner = self.owners[job].reindex(self.scene.blocks.index).fillna("")
        zones = dissolve(self.scene.blocks, owner)
        parts = [
            f'<path d="{self._path(shape)}" fill="{self.scene.swatches[lead(str(zone))].fill}" '
            'stroke="#1a1a1a" stroke-width=".7"/>'
            for zone, shape in zones.items()
        ]
        today = self.today.reindex(owner.index).fillna("")
        changed = (today != owner) & (today != "") & (owner != "")
        if changed.any():
            moved = shapely.coverage_union_all(np.asarray(self.scene.blocks[changed].array))
            parts.append(f'<path d="{self._path(moved)}" fill="url(#hatch)"/>')
        parts += self._schools(owner)
        said = f"{name}: {counted(len(zones), 'zone')}, "
        said += f"{counted(changed.sum(), 'block changes', 'blocks change')} school"
        return (
            f'<svg viewBox="0 0 {_WIDTH} {self.height:.0f}" role="img" '
            f'aria-label="{escape(said, quote=True)}">{"".join(parts)}</svg>'
        )

    def _schools(self, owner: pd.Series[str]) -> list[str]:
        serving = {school for zone in owner.unique() for school in str(zone).split("+")}
        known = self.scene.schools.dropna(subset=["x_m", "y_m"])
        known = known[known.index.isin(serving)]
        spots = self._pixels(known[["x_m", "y_m"]].to_numpy(float))
        return [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="2"/>' for x, y in spots.tolist()]

    def _pixels(self, metres: np.ndarray) -> np.ndarray:
        west, _, east, north = self.scene.bounds
        scale = _WIDTH / (east - west)
        return np.column_stack([metres[:, 0] - west, north - metres[:, 1]]) * scale

    def _path(self, shape: shapely.Geometry) -> str:
        steps = []
        for polygon in shapely.get_parts(shape):
            for ring in (polygon.exterior, *polygon.interiors):
                spots = np.round(self._pixels(shapely.get_coordinates(ring)[:-1]), 1)
                kept = np.ones(len(spots), dtype=bool)
                kept[1:] = (spots[1:] != spots[:-1]).any(axis=1)
                steps.append("M" + "L".join(f"{x:g} {y:g}" for x, y in spots[kept].tolist()) + "Z")
        return "".join(steps)


def map_series(district: District, plans: Mapping[str, Plan]) -> list[MapSeries]:
    """Prepare the small maps of a district's plans, one series a level.

    Parameters
    ----------
    district : District
        Without geometry there are none.
    plans : mapping of job to Plan
    """
    if district.geometry is None or not plans:
        return []
    blocks = district.drawing()[0]
    edges = np.stack([district.graph.edge_i, district.graph.edge_j], axis=1)
    today = Plan.today(district)
    series = []
    for level in dict.fromkeys(level for plan in plans.values() for level in plan.levels):
        owners = {
            job: served_by(plan, level) for job, plan in plans.items() if level in plan.levels
        }
        now = served_by(today, level) if level in today.levels else pd.Series(dtype=str)
        scene = build_scene(level, blocks, district.schools, edges, [now, *owners.values()])
        series.append(MapSeries(level, scene, now, owners))
    return series
