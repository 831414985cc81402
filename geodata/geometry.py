"""Polygons as they are: what is wrong with them, and a clean copy of them for drawing."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.cracks import CRACK_WIDTH_M, crack_faults
from geodata.errors import Fault, counted, fatal, warning
from geodata.rook import SHORTEST_BORDER_M, border_lines

__all__ = ["drawing_copy", "geometry_faults", "require_metres"]

Shapes = NDArray[np.object_]

LEAST_AREA_M2 = 1.0
"""Overlaps and gaps up to this area are rounding noise and are not told [m²]."""
SLIVER_WIDTH_M = 1.0
"""Blocks thinner than this on average are slivers [m]."""
DRAWN_GAP_M = 1.0
"""Gaps up to this width are closed in the copy for drawing [m]."""
USABLE_SHARE = 0.01
"""An invalid outline is usable while repairing it changes its area by at most this share."""

_POLYGONS = (3, 6)


def geometry_faults(ids: Sequence[str], geometry: gpd.GeoSeries, file: str) -> list[Fault]:
    """Find every fault of the outlines.

    Fatal: missing, empty or no polygon at all, and invalid outlines whose area is anybody's
    guess.  Warnings: other invalid outlines, overlaps, gaps and slivers; real layers have them.

    Parameters
    ----------
    ids : sequence of str, (n,)
    geometry : GeoSeries, (n,), in the order of `ids`, in a metric CRS [m]
    file : str

    Returns
    -------
    list of Fault
    """
    require_metres(geometry)
    names = np.asarray(list(ids), dtype=np.str_)
    shapes: Shapes = np.asarray(geometry.array, dtype=object)
    faults, usable = _useless(names, shapes, file)
    names, shapes = names[usable], shapes[usable]
    invalid, shapes = _invalid(names, shapes, file)
    faults += invalid
    i, j = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=CRACK_WIDTH_M)
    i, j = i[i < j], j[i < j]
    common = shapely.intersection(shapes[i], shapes[j])
    faults += _overlaps(names, shapes, i, j, area=shapely.area(common), file=file)
    apart = np.flatnonzero(shapely.length(common) == 0)
    apart = apart[shapely.length(border_lines(shapes, i[apart], j[apart])) <= SHORTEST_BORDER_M]
    faults += crack_faults(names, shapes, i[apart], j[apart], file)
    faults += _gaps(names, shapes, file)
    faults += _slivers(names, shapes, file)
    return faults


def require_metres(geometry: gpd.GeoSeries) -> None:
    """Refuse coordinates that are not metres.

    Raises
    ------
    ValueError
        If the CRS counts in degrees or feet.
    """
    crs = geometry.crs
    if crs is not None and {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        raise ValueError(f"lengths are measured in metres; {crs.to_string()} has another unit")


def drawing_copy(geometry: gpd.GeoSeries) -> tuple[gpd.GeoSeries, str]:
    """Return a copy of the polygons whose borders match exactly, for drawing and dissolving.

    Parameters
    ----------
    geometry : GeoSeries, (n,), in a metric CRS [m]
        Never altered.

    Returns
    -------
    GeoSeries, str
        Polygons without overlaps and narrow gaps, same index; one sentence on what was done.
    """
    shapes: Shapes = np.asarray(geometry.array, dtype=object)
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    repaired = shapes.copy()
    invalid = ~absent & ~shapely.is_valid(shapes)
    repaired[invalid] = _polygons_only(shapely.make_valid(shapes[invalid]))
    present = repaired[~absent]
    if shapely.coverage_is_valid(present, gap_width=DRAWN_GAP_M) and not invalid.any():
        return geometry.copy(), "Drawn from the outlines as they are: every border matches."
    cleaned = repaired.copy()
    with np.errstate(invalid="ignore"):  # GEOS meets NaN on outlines of no width
        cleaned[~absent] = shapely.coverage_clean(
            present, gap_width=DRAWN_GAP_M, merge_strategy="min_area"
        )
    before, after = shapely.area(shapes), shapely.area(cleaned)
    changed = np.abs(after - before)[~absent]
    lost = int((shapely.is_empty(cleaned) & ~absent).sum())
    report = (
        f"Drawn from a cleaned copy: overlaps and gaps up to {DRAWN_GAP_M:g} m wide were closed in "
        f"{(changed > LEAST_AREA_M2).sum():,} of {len(shapes):,} outlines, "
        f"{changed.sum() / max(before[~absent].sum(), 1e-9):.3%} of the area; "
        f"{counted(invalid.sum(), 'invalid outline was', 'invalid outlines were')} repaired"
        + (f"; {counted(lost, 'outline')} vanished under others" if lost else "")
        + ". The numbers use the outlines as given."
    )
    return gpd.GeoSeries(cleaned, index=geometry.index, crs=geometry.crs), report


def _useless(
    names: NDArray[np.str_], shapes: Shapes, file: str
) -> tuple[list[Fault], NDArray[np.bool_]]:
    """Find rows that have no polygon; return the faults and which rows have one."""
    missing = shapely.is_missing(shapes)
    empty = ~missing & shapely.is_empty(shapes)
    other = ~missing & ~empty & ~np.isin(shapely.get_type_id(shapes), _POLYGONS)
    why = "a block without an outline has no neighbours and no place on the map"
    faults = [
        fatal(
            f"geometry_{code}",
            file,
            f"{wrong.sum():,} of {len(names):,} blocks {what}",
            rows=names[wrong],
            why=why,
            do="draw the outline, or leave the row out",
        )
        for code, what, wrong in (
            ("missing", "have no outline", missing),
            ("empty", "have an empty outline", empty),
            ("no_polygon", "are points or lines instead of polygons", other),
        )
        if wrong.any()
    ]
    return faults, ~(missing | empty | other)


def _invalid(names: NDArray[np.str_], shapes: Shapes, file: str) -> tuple[list[Fault], Shapes]:
    """Find invalid outlines; return the faults and the outlines with those repaired."""
    invalid = np.flatnonzero(~shapely.is_valid(shapes))
    if not len(invalid):
        return [], shapes
    fixed = _polygons_only(shapely.make_valid(shapes[invalid]))
    drawn, area = shapely.area(shapes[invalid]), shapely.area(fixed)
    usable = (area > 0) & (np.abs(area - drawn) <= USABLE_SHARE * area)
    reasons = shapely.is_valid_reason(shapes[invalid])
    rows = np.array([f"{names[at]}: {why}" for at, why in zip(invalid, reasons, strict=True)])
    faults = []
    if not usable.all():
        faults.append(
            fatal(
                "geometry_invalid",
                file,
                f"{counted((~usable).sum(), 'outline')} of unclear area, with lines that cross",
                rows=rows[~usable],
                why="neighbours and area of such a block are anybody's guess",
                do="repair these outlines in your GIS (“fix geometries”)",
            )
        )
    if usable.any():
        faults.append(
            warning(
                "geometry_invalid_slightly",
                file,
                f"{counted(usable.sum(), 'outline')} invalid by under {USABLE_SHARE:.0%} of area",
                rows=rows[usable],
                why="maps are drawn from a repaired copy; the numbers use the outlines as given",
                do="repair these outlines in your GIS (“fix geometries”)",
            )
        )
    repaired = shapes.copy()
    repaired[invalid] = fixed
    return faults, repaired


def _overlaps(
    names: NDArray[np.str_],
    shapes: Shapes,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    *,
    area: NDArray[np.float64],
    file: str,
) -> list[Fault]:
    """Tell pairs of blocks that lie on each other, from the area each pair has in common."""
    found = np.flatnonzero(area > LEAST_AREA_M2)
    if not len(found):
        return []
    worst = found[np.argsort(-area[found], kind="stable")]
    rows = [f"{names[i[k]]} - {names[j[k]]}: {area[k]:,.0f} m²" for k in worst]
    return [
        warning(
            "geometry_overlap",
            file,
            f"{counted(len(rows), 'pair', 'pairs')} of blocks overlap, by "
            f"{area[found].sum():,.0f} m² in all "
            f"({area[found].sum() / shapely.area(shapes).sum():.4%} of the area)",
            rows=rows,
            why="a place in two blocks counts twice in areas, and the two may share no border line",
            do="repair the layer if an overlap is more than a sliver; maps use a cleaned copy",
        )
    ]


def _gaps(names: NDArray[np.str_], shapes: Shapes, file: str) -> list[Fault]:
    """Find places inside the district that no block covers."""
    if not len(shapes):
        return []
    whole = shapely.get_parts(shapely.union_all(shapes))
    whole = whole[shapely.get_type_id(whole) == 3]
    count = shapely.get_num_interior_rings(whole)
    rings = [shapely.get_interior_ring(whole[k], np.arange(n)) for k, n in enumerate(count) if n]
    holes = shapely.polygons(np.concatenate(rings)) if rings else np.zeros(0, dtype=object)
    area = shapely.area(holes)
    holes, area = holes[area > LEAST_AREA_M2], area[area > LEAST_AREA_M2]
    if not len(holes):
        return []
    order = np.argsort(-area, kind="stable")
    hole, block = shapely.STRtree(shapes).query(holes[order], predicate="intersects")
    rim = [names[np.sort(block[hole == k])] for k in range(len(order))]
    rows = [
        f"between {', '.join(around[:4])}{' …' if len(around) > 4 else ''}: {size:,.0f} m²"
        for around, size in zip(rim, area[order], strict=True)
    ]
    thin = int((2 * area / shapely.length(holes) < SLIVER_WIDTH_M).sum())
    return [
        warning(
            "geometry_gap",
            file,
            f"{counted(len(rows), 'gap lies', 'gaps lie')} inside the district, {area.sum():,.0f} "
            f"m² in all, {thin:,} of them slivers under {SLIVER_WIDTH_M:g} m wide",
            rows=rows,
            why="blocks on two sides of a gap share no border, and nobody there is counted",
            do="close the gap if it is no lake or enclave; declare bridges across it where needed",
        )
    ]


def _slivers(names: NDArray[np.str_], shapes: Shapes, file: str) -> list[Fault]:
    """Find blocks too thin to be a place."""
    width = 2 * shapely.area(shapes) / np.maximum(shapely.length(shapes), 1e-9)
    thin = np.flatnonzero(width < SLIVER_WIDTH_M)
    if not len(thin):
        return []
    return [
        warning(
            "geometry_sliver",
            file,
            f"{counted(len(thin), 'block is a sliver', 'blocks are slivers')} under "
            f"{SLIVER_WIDTH_M:g} m wide",
            rows=[f"{names[k]}: {width[k]:.2f} m" for k in thin],
            why="slivers are remains of drawing; they separate blocks that touch on the ground",
            do="merge them into a neighbour, or declare bridges over them",
        )
    ]


def _polygons_only(shapes: Shapes) -> Shapes:
    """Drop the points and lines that repairing leaves behind."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    inner, outer = shapely.get_parts(parts, return_index=True)
    owner = owner[outer]
    polygons = shapely.get_type_id(inner) == 3
    out = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    if polygons.any():
        kept, numbers = inner[polygons], owner[polygons]
        shapely.multipolygons(kept, indices=numbers, out=out)
    return out
