"""The shape of zones, their islands, and the neighbourhoods they cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats
from geodata.reserved import ALL
from planner.evaluation.rows import Row, Rows
from planner.evaluation.scene import Scene
from planner.metrics import neighbourhoods, shape
from planner.metrics.base import Placement

__all__ = ["outlines"]

_NUMBERS = {"x_m", "y_m", "area_m2", "perimeter_m"}


def outlines(scene: Scene) -> Rows:
    """Yield compactness, borders, islands and split neighbourhoods."""
    borders = _borders(scene)
    for level in scene.levels:
        placement = scene.placements[level]
        zones = _zones(placement, borders)
        for school, (compact, apart) in zones.items():
            yield Row("polsby_popper", "school", school, ALL, compact)
            yield Row("islands", "school", school, ALL, apart)
        whole = _once(placement, zones)
        place = ("level", level, ALL)
        yield Row("polsby_popper_mean", *place, shape.polsby_popper_mean(whole[:, 0]))
        yield Row("islands", *place, float(whole[:, 1].sum()))
        yield Row("border_length", *place, shape.border_length(placement.school_of, borders))
        for name, places in _neighbourhoods(scene).items():
            touching = neighbourhoods.zones_touching(placement.school_of, places)
            cuts = neighbourhoods.neighbourhood_splits(touching)
            split = neighbourhoods.neighbourhoods_split(touching)
            yield Row("neighbourhood_splits", "level", level, name, cuts)
            yield Row("neighbourhoods_split", "level", level, name, split)


def _zones(placement: Placement, borders: shape.Borders) -> dict[str, tuple[float, float]]:
    """Return compactness and islands of each school's zone; of several, that of most blocks."""
    found: dict[str, tuple[float, float]] = {}
    most: dict[str, int] = {}
    count = len(placement.school_ids)
    for _, zone_of in placement.runs():
        compact = shape.polsby_popper(*shape.zone_outlines(zone_of, count, borders))
        apart = shape.islands(zone_of, count, borders)
        size = np.bincount(zone_of[zone_of >= 0], minlength=count)
        for s in np.flatnonzero(size):
            school = placement.school_ids[s]
            if size[s] > most.get(school, 0):
                most[school] = int(size[s])
                found[school] = (float(compact[s]), float(apart[s]))
    return found


def _once(placement: Placement, zones: dict[str, tuple[float, float]]) -> Floats:
    """Return the figures of each different zone, (z, 2): schools that share one count once."""
    seen: dict[bytes, tuple[float, float]] = {}
    number = {school: s for s, school in enumerate(placement.school_ids)}
    for school, figures in zones.items():
        blocks = np.flatnonzero((placement.school_of == number[school]).any(axis=1))
        seen.setdefault(blocks.tobytes(), figures)
    return np.array(list(seen.values()), dtype=np.float64).reshape(-1, 2)


def _borders(scene: Scene) -> shape.Borders:
    district = scene.district
    return shape.Borders(
        district.blocks["area_m2"].to_numpy(dtype=np.float64),
        district.blocks["perimeter_m"].to_numpy(dtype=np.float64),
        np.asarray(district.graph.edge_i, dtype=np.int32),
        np.asarray(district.graph.edge_j, dtype=np.int32),
        np.asarray(district.graph.shared_m, dtype=np.float64),
    )


def _neighbourhoods(scene: Scene) -> dict[str, NDArray[np.str_]]:
    """Return the attribute columns of the blocks that group several of them, by name."""
    blocks = scene.district.blocks
    found = {}
    for column in blocks.columns:
        names = blocks[column]
        if column in _NUMBERS or names.nunique() in (0, len(blocks)):
            continue
        found[str(column)] = names.fillna("").astype(str).to_numpy(dtype=np.str_)
    return found
