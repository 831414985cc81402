"""Coordinate systems: everything is measured in metres, and a wrong system is found out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Proj
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info
from pyproj.exceptions import CRSError

from geodata.errors import Fault, fatal, warning

__all__ = [
    "CRS_CODES",
    "DEGREES",
    "coordinate_fault",
    "far_fault",
    "metric_crs",
    "name_of",
    "read_crs",
]

DEGREES = CRS.from_epsg(4326)
CRS_CODES = frozenset({"crs_missing", "crs_not_metric", "crs_wrong"})
"""Faults after which coordinates mean nothing, or not what they seem to."""
FAR_M = 50_000.0
"""Schools further than this from every block are taken for misplaced [m]."""

_DEGREES_LEFT = 1.0
_MOST_STRETCH = 0.01  # of lengths [share]; state systems and UTM zones stay below 0.001


def read_crs(text: str, file: str) -> tuple[CRS | None, list[Fault]]:
    """Read the name of a coordinate system, such as ``"EPSG:26910"``."""
    try:
        return CRS.from_user_input(text), []
    except CRSError:
        return None, [
            fatal(
                "crs_wrong",
                file,
                f"{text!r} is no known coordinate system",
                why="coordinates mean nothing without it",
                do='write its code, such as "EPSG:4326" for longitude and latitude',
            )
        ]


def name_of(crs: CRS) -> str:
    """Return a short name of a coordinate system: its code where it has one."""
    code = crs.to_authority()
    return ":".join(code) if code else str(crs.name)


def metric_crs(stated: str | None, points: gpd.GeoSeries) -> tuple[CRS | None, list[Fault]]:
    """Return the system to measure in: the stated one, or the UTM zone of the points.

    Parameters
    ----------
    stated : str or None
    points : GeoSeries
        Coordinates in degrees (EPSG:4326).
    """
    west, south, east, north = np.nanmedian(points.bounds.to_numpy(), axis=0)
    middle = (float(west + east) / 2, float(south + north) / 2)  # one stray block moves it little
    if stated is None:
        around = AreaOfInterest(middle[0], middle[1], middle[0], middle[1])
        found = query_utm_crs_info("WGS 84", around)
        return (CRS.from_epsg(found[0].code), []) if found else (CRS.from_epsg(3857), [])
    crs, faults = read_crs(stated, "crs")
    if crs is None:
        return None, faults
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if not crs.is_projected or units != {"metre"}:
        return None, [
            fatal(
                "crs_not_metric",
                "crs",
                f"{stated} measures in {', '.join(sorted(units))}, not in metres",
                why="distances, areas and borders are told in metres and kilometres",
                do="leave crs out (the UTM zone is taken then), or name a system in metres",
            )
        ]
    area = crs.area_of_use
    inside = area is None or (
        area.west - _DEGREES_LEFT <= middle[0] <= area.east + _DEGREES_LEFT
        and area.south - _DEGREES_LEFT <= middle[1] <= area.north + _DEGREES_LEFT
    )
    if area is None or inside:
        stretched = _stretch_fault(crs, stated, middle)
        return crs, [] if stretched is None else [stretched]
    return crs, [
        warning(
            "crs_far",
            "crs",
            f"{stated} is made for {area.name}, the blocks lie around "
            f"{middle[1]:.2f}° N {middle[0]:.2f}° E",
            why="distances and areas would be distorted",
            do="leave crs out (the UTM zone is taken then)",
        )
    ]


def _stretch_fault(crs: CRS, stated: str, place: tuple[float, float]) -> Fault | None:
    """Return a fault where a system changes lengths at a place (longitude, latitude)."""
    scale = Proj(crs).get_factors(*place).meridional_scale
    if abs(scale - 1.0) <= _MOST_STRETCH:
        return None
    return warning(
        "crs_far",
        "crs",
        f"{stated} changes lengths here by {100 * (scale - 1.0):+.0f} %",
        why="distances, areas and borders are measured in it",
        do="leave crs out (the UTM zone is taken then)",
    )


def coordinate_fault(bounds: NDArray[np.float64], crs: CRS, file: str) -> Fault | None:
    """Return a fault where coordinates cannot be of this system, or None.

    Parameters
    ----------
    bounds : (4,) float64
        West, south, east, north, as the file has them.
    """
    if not np.isfinite(bounds).all():
        return None
    west, south, east, north = bounds
    name = name_of(crs)
    degrees_like = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    why = "every distance would be wrong"
    do = 'state the system the coordinates are in: crs = "EPSG:…"'
    shown = f"({west:.6g}, {south:.6g}) to ({east:.6g}, {north:.6g})"
    if crs.is_geographic and not degrees_like:
        message = f"is said to be in {name}, but coordinates from {shown} are no degrees"
        return fatal("crs_wrong", file, message, why=why, do=do)
    if crs.is_projected and degrees_like:
        message = f"is said to be in {name}, but coordinates from {shown} look like degrees"
        return fatal("crs_wrong", file, message, why=why, do=do)
    return None


def far_fault(
    blocks: NDArray[np.float64], points: NDArray[np.float64], names: list[str], file: str
) -> Fault | None:
    """Return a fault where points lie far from all blocks, or None.

    Parameters
    ----------
    blocks, points : (n, 2), (k, 2) float64 [m]
    names : list of str, (k,)

    Returns
    -------
    Fault or None
        Fatal where all of them are far: the coordinate system or the order of x and y is wrong.
    """
    known = np.isfinite(points).all(axis=1)
    low, high = np.nanmin(blocks, axis=0) - FAR_M, np.nanmax(blocks, axis=0) + FAR_M
    far = known & ~((points >= low) & (points <= high)).all(axis=1)
    if not far.any():
        return None
    everywhere = bool(far[known].all())
    return (fatal if everywhere else warning)(
        "crs_wrong" if everywhere else "school_far",
        file,
        f"{far.sum():,} of {known.sum():,} schools lie more than {FAR_M / 1000:g} km outside the "
        "blocks",
        rows=[name for name, is_far in zip(names, far, strict=True) if is_far],
        why="distances to them would be meaningless",
        do="check crs, and that longitude and latitude (x and y) are not exchanged",
    )
