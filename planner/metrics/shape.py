"""The shape of zones, from areas and border lengths alone: no polygons are needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.dtypes import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """Blocks and their common borders.

    Parameters
    ----------
    area_m2, perimeter_m : (n,) float64 [m^2], [m]
        NaN unknown.
    edge_i, edge_j : (e,) int32
        Neighbouring blocks.
    shared_m : (e,) float64 [m]
        Length of each border; 0 for a bridge, NaN unknown.
    """

    area_m2: Floats
    perimeter_m: Floats
    edge_i: Ints
    edge_j: Ints
    shared_m: Floats


def polsby_popper(area_m2: Floats, perimeter_m: Floats) -> Floats:
    """How near a zone is to a circle.

    Maths    ``4 pi A / P^2``
    Range    0 (thread) to 1 (circle)
    Better   higher
    Unit     index
    Source   Polsby & Popper 1991

    Parameters
    ----------
    area_m2, perimeter_m : (m,) float64 [m^2], [m]
        From `zone_outlines`.

    Returns
    -------
    (m,) float64
        NaN for a zone without blocks or with an unknown area or border.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(perimeter_m > 0, 4.0 * np.pi * area_m2 / perimeter_m**2, np.nan)


def polsby_popper_mean(by_zone: Floats) -> float:
    """How near the average zone is to a circle.

    Maths    ``mean over zones of 4 pi A / P^2``
    Range    0 (threads) to 1 (circles)
    Better   higher
    Unit     index
    Source   Polsby & Popper 1991

    Parameters
    ----------
    by_zone : (m,) float64
        From `polsby_popper`; NaN where unknown, then the mean is unknown too.
    """
    return float(by_zone.mean()) if len(by_zone) else float("nan")


def zone_outlines(zone_of: Ints, zones: int, borders: Borders) -> tuple[Floats, Floats]:
    """Return area [m^2] and outer border [m] of each zone, both (m,).

    Maths    ``P = sum of the blocks' perimeters - 2 * borders inside the zone``

    Parameters
    ----------
    zone_of : (n,) int32
        Zone of each block, -1 for none.
    zones : int
        Number of zones.
    borders : Borders
    """
    used = zone_of >= 0
    area = np.zeros(zones) + np.bincount(zone_of[used], borders.area_m2[used], minlength=zones)
    around = np.bincount(zone_of[used], borders.perimeter_m[used], minlength=zones)
    zone_i, zone_j = zone_of[borders.edge_i], zone_of[borders.edge_j]
    inside = (zone_i == zone_j) & (zone_i >= 0)
    within = np.bincount(zone_i[inside], borders.shared_m[inside], minlength=zones)
    return area, around - 2.0 * within


def border_length(school_of: Ints, borders: Borders) -> float:
    """Length of all borders between zones.

    Maths    ``sum of the borders between blocks that differ in some grade's school``
    Range    0 (one zone) upwards
    Better   lower
    Unit     m

    Parameters
    ----------
    school_of : (n, G) int32
        School of each block and grade.
    borders : Borders

    Returns
    -------
    float
        NaN where a border between zones has an unknown length.
    """
    cut = (school_of[borders.edge_i] != school_of[borders.edge_j]).any(axis=1)
    return float(borders.shared_m[cut].sum())


def islands(zone_of: Ints, zones: int, borders: Borders) -> Floats:
    """Detached parts of a zone.

    Maths    ``connected pieces of the zone - 1``, pieces joined by borders and declared bridges
    Range    0 (one piece) upwards
    Better   lower
    Unit     islands

    Parameters
    ----------
    zone_of : (n,) int32
        Zone of each block, -1 for none.
    zones : int
        Number of zones.
    borders : Borders

    Returns
    -------
    (m,) float64
        0 for a zone without blocks.
    """
    same = zone_of[borders.edge_i] == zone_of[borders.edge_j]
    i, j = borders.edge_i[same], borders.edge_j[same]
    graph = csr_array((np.ones(len(i)), (i, j)), shape=(len(zone_of), len(zone_of)))
    _, piece = connected_components(graph, directed=False)
    used = zone_of >= 0
    pairs = np.unique(np.stack([zone_of[used], piece[used]], axis=1), axis=0)
    pieces = np.bincount(pairs[:, 0], minlength=zones)
    return np.asarray(np.maximum(pieces - 1.0, 0.0))
