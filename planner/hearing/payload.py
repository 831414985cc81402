"""What the page's own program needs: outlines, zones, schools, ways and look-ups, packed small.

Coordinates are longitude and latitude in steps of 1e-5 degrees (about a metre), each ring a flat
list of differences.  Nothing here tells numbers of students.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.hearing.packet import Packet
from planner.hearing.palette import Swatch, pale
from planner.hearing.scene import Scene, lead
from planner.hearing.text import ending_letters
from planner.hearing.zones import dissolve, label_point
from planner.problem.events import Supply, supply_of

__all__ = ["STEP", "pack", "payload"]

STEP = 1e-5
"""Smallest difference of coordinates [degrees]."""

_DEGREES = 4326


def payload(packet: Packet) -> dict[str, Any]:
    """Collect the data of the interactive map, as plain values.

    Parameters
    ----------
    packet : Packet
        With geometry.
    """
    scenes, lookup, swatches = packet.scenes, packet.lookup, _swatches(packet)
    first = next(iter(scenes.values()))
    blocks = first.blocks.to_crs(_DEGREES)
    west, south, east, north = blocks.total_bounds
    return {
        "step": STEP,
        "box": [round(float(v), 6) for v in (west, south, east, north)],
        "blocks": [_outline(shape) for shape in blocks.array],
        "ids": [str(block) for block in blocks.index],
        "letters": ending_letters([str(block) for block in blocks.index]),
        "adopted": packet.adopted,
        "levels": [_level(packet, level, scene, swatches) for level, scene in scenes.items()],
        "patterns": [[s.fill, pale(s.fill), s.pattern] for s in swatches],
        "travel": packet.district.travel.label or packet.district.travel.method,
        "lines": _lines(lookup.lines),
        "areas": _areas(lookup.lines),
        "streets": dict(lookup.streets),
        "addresses": lookup.addresses,
    }


def pack(value: Any) -> str:
    """Return a value as JSON, gzipped, in base64."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return pack_bytes(text.encode("utf-8"))


def pack_bytes(raw: bytes) -> str:
    """Return bytes gzipped, in base64; the same bytes for the same input."""
    return base64.b64encode(gzip.compress(raw, 9, mtime=0)).decode("ascii")


def _level(
    packet: Packet, level: str, scene: Scene, swatches: Mapping[Swatch, int]
) -> dict[str, Any]:
    """Return zones, changes, schools and ways of one level."""
    options = [o for o in packet.options if level in o.plan.levels]
    views: dict[str, pd.Series[str]] = {"": packet.today[level]}
    views |= {o.letter: packet.proposed[o.letter, level] for o in options}
    owners = sorted({str(o) for view in views.values() for o in view.unique() if o})
    number = {owner: at for at, owner in enumerate(owners)}
    today = views[""]
    return {
        "id": level,
        "options": [o.letter for o in options],
        "owners": [_owner(scene, owner, swatches) for owner in owners],
        "shared": {k: _shared(packet, level, k, number) for k in views},
        "frame": _frame([packet.scene_of(level, letter) for letter in views]),
        "schools": _schools(packet, scene),
        "placed": {k: _schools(packet, packet.scene_of(level, k)) for k in views},
        "assign": {k: [number.get(str(o), -1) for o in v] for k, v in views.items()},
        "zones": {k: _zones(scene, v, number) for k, v in views.items()},
        "changes": {o.letter: _changes(scene, today, views[o.letter], number) for o in options},
        "metres": {k: _ways(v, _supply(packet, k), "metres") for k, v in views.items()},
        "minutes": {k: _ways(v, _supply(packet, k), "minutes") for k, v in views.items()},
    }


def _frame(scenes: Sequence[Scene]) -> list[float]:
    """Return west, south, east and north end of all there is to see, in degrees."""
    boxes = [shapely.box(*scene.bounds) for scene in scenes]
    ends = gpd.GeoSeries(boxes, crs=scenes[0].blocks.crs).to_crs(_DEGREES).total_bounds
    return [_round(end) for end in ends]


def _swatches(packet: Packet) -> dict[Swatch, int]:
    """Give each colour with its pattern that some map uses a number, in a fixed order."""
    used = {swatch for scene in packet.scenes.values() for swatch in scene.swatches.values()}
    order = sorted(used, key=lambda swatch: (swatch.index, swatch.pattern))
    return {swatch: number for number, swatch in enumerate(order)}


def _owner(scene: Scene, owner: str, swatches: Mapping[Swatch, int]) -> dict[str, Any]:
    return {
        "schools": owner.split("+"),
        "name": scene.owner_name(owner, short=False),
        "short": scene.owner_name(owner),
        "numbers": scene.owner_numbers(owner),
        "swatch": swatches[scene.swatches[lead(owner)]],
    }


def _schools(packet: Packet, scene: Scene) -> list[list[Any]]:
    """Return number, name, short name, longitude and latitude of each school with a point."""
    known = scene.schools.dropna(subset=["x_m", "y_m"])
    points = gpd.GeoSeries(
        gpd.points_from_xy(known["x_m"], known["y_m"]), index=known.index, crs=scene.blocks.crs
    ).to_crs(_DEGREES)
    return [
        [str(school), int(row["number"]), row["name"], row["short"], _round(p.x), _round(p.y)]
        for (school, row), p in zip(known.iterrows(), points, strict=True)
    ]


def _zones(scene: Scene, view: pd.Series[str], number: Mapping[str, int]) -> list[list[Any]]:
    """Return each zone's owner, outline and the point its name stands at."""
    shapes = dissolve(scene.blocks, view)
    anchors = gpd.GeoSeries(
        [shapely.Point(label_point(shape)[:2]) for shape in shapes], crs=scene.blocks.crs
    ).to_crs(_DEGREES)
    outlines = shapes.to_crs(_DEGREES)
    return [
        [number[str(owner)], _outline(shape), _round(p.x), _round(p.y)]
        for owner, shape, p in zip(outlines.index, outlines.array, anchors, strict=True)
    ]


def _changes(
    scene: Scene, before: pd.Series[str], after: pd.Series[str], number: Mapping[str, int]
) -> list[list[Any]]:
    """Return old owner, new owner and outline of every area that changes."""
    changed = (before != after) & (before != "") & (after != "")
    pairs = before[changed] + ">" + after[changed]
    shapes = dissolve(scene.blocks[changed], pairs).to_crs(_DEGREES)
    found = []
    for pair, shape in shapes.items():
        old, new = str(pair).split(">")
        found.append([number[old], number[new], _outline(shape)])
    return found


def _shared(
    packet: Packet, level: str, letter: str, number: Mapping[str, int]
) -> dict[int, dict[str, Any]]:
    """Return how the zones that schools share are named: full and short, by school."""
    scene = packet.scene_of(level, letter)
    spans = packet.spans[letter, level]
    return {
        number[owner]: {
            "names": scene.partner_names(owner, short=False),
            "short": scene.partner_names(owner),
        }
        for owner in spans
        if owner in number
    }


def _supply(packet: Packet, letter: str) -> Supply:
    return packet.supplies[letter] if letter else supply_of(packet.district)


def _ways(view: pd.Series[str], supply: Supply, measure: str) -> list[Any] | None:
    """Return the way of each block to its school, or to each school that shares its zone."""
    matrix = getattr(supply, measure)
    if matrix is None:
        return None
    columns = supply.schools.index
    ways: list[Any] = []
    positions: dict[str, np.ndarray] = {}
    for row, owner in enumerate(view):
        at = positions.setdefault(owner, columns.get_indexer(pd.Index(str(owner).split("+"))))
        if not owner or (at < 0).any():
            ways.append(None)
            continue
        each = [round(float(way)) if np.isfinite(way) else None for way in matrix[row, at]]
        ways.append(each[0] if len(each) == 1 else each)
    return ways


def _outline(shape: shapely.Geometry) -> list[list[list[int]]]:
    """Return polygons of rings; a ring is x0, y0, dx, dy, dx, dy … in steps."""
    polygons = []
    for polygon in shapely.get_parts(shape):
        rings = [polygon.exterior, *polygon.interiors]
        packed = [ring for ring in map(_ring, rings) if len(ring) >= 6]
        if packed:
            polygons.append(packed)
    return polygons


def _ring(line: shapely.Geometry) -> list[int]:
    steps = np.round(shapely.get_coordinates(line)[:-1] / STEP).astype(np.int64)
    return _differences(steps)


def _differences(steps: np.ndarray) -> list[int]:
    keep = np.r_[True, (np.diff(steps, axis=0) != 0).any(axis=1)]
    steps = steps[keep]
    flat = np.diff(steps, axis=0, prepend=0)
    return [int(v) for v in flat.ravel()]


def _lines(lines: gpd.GeoDataFrame) -> dict[str, list[list[int]]]:
    """Return the lines to draw, by kind."""
    drawn: dict[str, list[list[int]]] = {}
    if lines.empty:
        return drawn
    degrees = lines.to_crs(_DEGREES)
    for kind, shape in zip(degrees["kind"], degrees.geometry, strict=True):
        for part in shapely.get_parts(shape):
            if part.geom_type == "LineString":
                steps = np.round(shapely.get_coordinates(part) / STEP).astype(np.int64)
                drawn.setdefault(str(kind), []).append(_differences(steps))
    return drawn


def _areas(lines: gpd.GeoDataFrame) -> dict[str, list[list[list[int]]]]:
    """Return what is drawn as an area, such as a wide river, by kind."""
    drawn: dict[str, list[list[list[int]]]] = {}
    wide = lines[shapely.get_dimensions(np.asarray(lines.geometry.array)) == 2]
    if wide.empty:
        return drawn
    degrees = wide.to_crs(_DEGREES)
    for kind, shape in zip(degrees["kind"], degrees.geometry, strict=True):
        drawn.setdefault(str(kind), []).extend(_outline(shape))
    return drawn


def _round(value: float) -> float:
    return round(float(value), 6)
