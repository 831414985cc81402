"""The numbers a page needs to keep a level's totals while blocks change zones."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.dtypes import Floats, Singles
from geodata.grades import GRADE_RANK
from planner.hearing.labels import short_names
from planner.hearing.palette import pale
from planner.hearing.scene import build_scene
from planner.hearing.zones import simplify
from planner.layers import served_by
from planner.plan import Plan
from planner.workbench.source import Draft

if TYPE_CHECKING:
    from planner.problem import Problem

__all__ = ["WAY_STEP_M", "desk_of"]

WAY_STEP_M = 10.0
"""Ways to schools are kept in steps of this [m]."""

_NO_BLOCKS = "#e4e4e4"
"""Colour of a zone that has no block to begin with."""

_UNKNOWN_WAY = 65_535
_DETAIL = 1 / 3000  # of the longer side of the district


def desk_of(draft: Draft) -> dict[str, Any]:
    """Collect outlines and, for each level, zones, students and ways, as plain values.

    Parameters
    ----------
    draft : Draft
        With geometry.

    Returns
    -------
    dict
        Coordinates are whole metres from the south-west end of the district.
    """
    blocks = draft.district.drawing()[0].reindex(draft.district.blocks.index)
    low, high = blocks.total_bounds.reshape(2, 2)
    levels = sorted(
        draft.problems, key=lambda level: GRADE_RANK[draft.district.levels[level].span.low]
    )
    return {
        "title": draft.title,
        "size": [int(v) for v in np.ceil(high - low)],
        "blocks": [str(block) for block in blocks.index],
        "outlines": [
            _rings(shape, low)
            for shape in simplify(blocks, float((high - low).max()) * _DETAIL).array
        ],
        "centres": _centres(draft, low),
        "levels": [_level(draft, level, blocks, low) for level in levels],
    }


def _level(draft: Draft, level: str, blocks: gpd.GeoSeries, origin: Floats) -> dict[str, Any]:
    problem = draft.problems[level]
    zone_of = draft.zones(level)
    shown = [name for name in problem.extra_measures if _is_shown(name)]
    return {
        "id": level,
        "zones": _zones(draft, problem, blocks, origin),
        "begin": zone_of.tolist(),
        "today": np.where(problem.has_current, problem.current, -2).tolist(),
        "students": _numbers(problem.students),
        "counts": {name: _numbers(problem.measure(name)) for name in shown},
        "moved": None if problem.partly_moved is None else _base64(problem.partly_moved, "<f4"),
        "ways": _ways(problem.metres),
        "edges": np.column_stack([problem.edge_i, problem.edge_j]).reshape(-1).tolist(),
    }


def _is_shown(name: str) -> bool:
    """Tell the poor and the groups from complements and counts of single schools."""
    return name == "poor" or name.startswith("group:")


def _zones(
    draft: Draft, problem: Problem, blocks: gpd.GeoSeries, origin: Floats
) -> list[dict[str, Any]]:
    """Return name, seats, place, colour and the rows of a plan's table of each zone."""
    names = [problem.zone_name(z) for z in range(problem.n_zones)]
    short = short_names(dict(zip(map(str, problem.zone_ids), names, strict=True)))
    fills = _fills(draft, problem, blocks)
    spots = draft.district.blocks[["x_m", "y_m"]].to_numpy(float)[problem.root] - origin
    return [
        {
            "id": str(zone),
            "name": names[z],
            "short": short[str(zone)],
            "seats": _free_seats(problem, z),
            "at": [round(float(v)) for v in spots[z]],
            "root": int(problem.root[z]),
            "fill": fills.get(str(zone), _NO_BLOCKS),
            "rows": [
                [partner.school_id, partner.grade_low, partner.grade_high]
                for partner in problem.partners_of_zones()[z]
            ],
        }
        for z, zone in enumerate(problem.zone_ids)
    ]


def _free_seats(problem: Problem, zone: int) -> float | int | None:
    """Return the seats that students of other levels leave; None unknown."""
    seats, taken = problem.seats_and_taken(zone, "students")
    return _number(seats - taken)


def _fills(draft: Draft, problem: Problem, blocks: gpd.GeoSeries) -> dict[str, str]:
    """Give zones that touch, today or to begin with, colours that differ."""
    edges = np.column_stack([problem.edge_i, problem.edge_j])
    plans = (Plan.today(draft.district), draft.plan)
    owners = [served_by(plan, problem.level) for plan in plans]
    scene = build_scene(problem.level, blocks, draft.schools, edges, owners)
    return {school: pale(swatch.fill, 0.85) for school, swatch in scene.swatches.items()}


def _rings(shape: shapely.Geometry, origin: Floats) -> list[list[int]]:
    """Return every ring of a shape as x0, y0, x1, y1 … in whole metres."""
    return [
        np.rint(shapely.get_coordinates(ring) - origin).astype(int).reshape(-1).tolist()
        for polygon in shapely.get_parts(shape)
        if polygon.geom_type == "Polygon"
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def _centres(draft: Draft, origin: Floats) -> list[list[int]]:
    """Return a point inside each block, in whole metres."""
    points = draft.district.blocks[["x_m", "y_m"]].to_numpy(float) - origin
    return [[round(x), round(y)] for x, y in points.tolist()]


def _ways(metres: Singles) -> str:
    """Return the way from each block to each zone in steps of `WAY_STEP_M`, base64."""
    steps = np.minimum(np.rint(np.nan_to_num(metres) / WAY_STEP_M), _UNKNOWN_WAY - 1)
    return _base64(np.where(np.isnan(metres), _UNKNOWN_WAY, steps), "<u2")


def _base64(values: Any, dtype: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode("ascii")


def _numbers(values: Floats) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float) -> float | int | None:
    """Return a number that JSON can say; None where it is unknown."""
    if np.isnan(value):
        return None
    return int(value) if float(value).is_integer() else round(float(value), 4)
