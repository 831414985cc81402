"""Streets: land is cut into blocks by one street after the other, as towns grow.

Every cut divides one piece of land in two, so that the number of blocks is exact.  Downtown the
cuts follow one turned grid, so that streets run through; farther out every neighbourhood has its
own direction, and streets bend.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.dtypes import Longs
from geodata.sources.synthetic_cuts import Style, draw_cuts
from geodata.sources.synthetic_land import Land, distance_to_centre, line_x, target_area_m2

__all__ = ["FIRST_FREE_KEY", "Fabric", "build_streets"]

Shapes = NDArray[np.object_]

BLOCKS_PER_NEIGHBOURHOOD = 24
GRID_REACH = 0.85
MOST_TRIES = 6
LEAST_FIRST_M2 = 80_000.0
LEAST_FIRST_BORDER_M = 50.0
LEAST_SHARE = 0.22
SNAP_M = 0.02
FIRST_FREE_KEY = 1 << 40


@dataclass(frozen=True, slots=True)
class Fabric:
    """Blocks and the streets between them.

    Parameters
    ----------
    blocks : (n,) polygons
        A valid coverage.
    neighbourhood : (n,) int64
        Neighbourhood of each block.
    streets : (k,) lines
    street_rank : (k,) int64
        0 for the first roads, higher for smaller streets.
    street_key : (k,) int64
        Lines with one key are one street.
    street_run : (k,) int64
        0 where a street runs across its grid, 1 where it runs along.
    """

    blocks: Shapes
    neighbourhood: Longs
    streets: Shapes
    street_rank: Longs
    street_key: Longs
    street_run: Longs


@dataclass(slots=True)
class _Lots:
    """Pieces of land while they are being cut."""

    shapes: Shapes
    hood: Longs
    tries: Longs


@dataclass(slots=True)
class _Streets:
    """Lines drawn so far."""

    lines: list[Shapes] = field(default_factory=list)
    ranks: list[Longs] = field(default_factory=list)
    keys: list[Longs] = field(default_factory=list)
    runs: list[Longs] = field(default_factory=list)
    next_key: int = FIRST_FREE_KEY


def build_streets(rng: np.random.Generator, land: Land, n_blocks: int) -> Fabric:
    """Cut the land into exactly `n_blocks` blocks.

    Parameters
    ----------
    rng : Generator
    land : Land
    n_blocks : int

    Returns
    -------
    Fabric
    """
    streets = _Streets()
    first = _first_pieces(land)
    lots = _Lots(first, np.zeros(len(first), np.int64), np.zeros(len(first), np.int64))
    wide = Style(
        np.array([land.grid_angle * 0.3]),
        np.array([0.05]),
        np.array([1.0]),
        np.array([1.0]),
        np.array([False]),
    )
    _cut_to(
        rng,
        land,
        lots,
        wide,
        streets,
        wanted=max(1, round(n_blocks / BLOCKS_PER_NEIGHBOURHOOD)),
        rank=1,
    )
    lots.hood = np.arange(len(lots.shapes), dtype=np.int64)
    style = _styles(rng, land, lots.shapes)
    lots.tries[:] = 0
    _cut_to(rng, land, lots, style, streets, wanted=n_blocks // 5, rank=2)
    _cut_to(rng, land, lots, style, streets, wanted=n_blocks, rank=3)
    return _finish(lots, streets)


def _first_pieces(land: Land) -> Shapes:
    """Cut the district along river, highway and the roads over the bridges."""
    dry = shapely.difference(land.outline, land.river_area)
    lines = [shapely.boundary(dry), land.highway, *land.main_roads]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    faces = faces[shapely.contains_properly(dry, shapely.point_on_surface(faces))]
    faces = faces[shapely.area(faces) > LEAST_FIRST_M2]
    middle = shapely.get_coordinates(shapely.centroid(faces))
    faces = faces[np.lexsort((middle[:, 1], middle[:, 0]))]
    return np.asarray(faces[_mainland(land, faces)])


def _mainland(land: Land, faces: Shapes) -> NDArray[np.bool_]:
    """Tell which pieces of land hang together with the bulk of their bank, (k,)."""
    i, j = shapely.STRtree(faces).query(faces, predicate="intersects")
    border = shapely.length(shapely.intersection(faces[i], faces[j])) > LEAST_FIRST_BORDER_M
    links = csr_array((np.ones(border.sum()), (i[border], j[border])), shape=(len(faces),) * 2)
    _, part = connected_components(links, directed=False)
    size = np.bincount(part, weights=shapely.area(faces))
    middle = shapely.get_coordinates(shapely.centroid(faces))
    is_east = middle[:, 0] > line_x(land.river, middle[:, 1])
    keep = [part[bank][np.argmax(size[part[bank]])] for bank in (is_east, ~is_east) if bank.any()]
    return np.isin(part, keep)


def _styles(rng: np.random.Generator, land: Land, shapes: Shapes) -> Style:
    """Give every neighbourhood its direction, bends and coarseness."""
    count = len(shapes)
    away = distance_to_centre(land, shapely.get_coordinates(shapely.centroid(shapes)))
    downtown = away < GRID_REACH
    rural = away > 2.0
    own = rng.choice([0.0, land.grid_angle, 1.0], count, p=[0.35, 0.25, 0.4])
    angle = np.where(own == 1.0, rng.uniform(-0.75, 0.75, count), own)
    suburb_bend = rng.uniform(0.03, 0.13, count)
    return Style(
        angle=np.where(downtown, land.grid_angle, np.where(rural, angle * 0.3, angle)),
        bend=np.where(downtown, 0.0, np.where(rural, 0.04, suburb_bend)),
        stretch=np.where(downtown, 1.0, rng.uniform(0.7, 1.6, count)),
        coarse=np.exp(rng.normal(0, np.where(downtown, 0.12, 0.35), count)),
        on_grid=downtown,
    )


def _cut_to(
    rng: np.random.Generator,
    land: Land,
    lots: _Lots,
    style: Style,
    streets: _Streets,
    *,
    wanted: int,
    rank: int,
) -> None:
    """Cut the pieces that are largest for their place until there are enough."""
    while len(lots.shapes) < wanted:
        middle = shapely.get_coordinates(shapely.centroid(lots.shapes))
        excess = shapely.area(lots.shapes) / target_area_m2(land, middle)
        excess /= style.coarse[lots.hood]
        excess[lots.tries >= MOST_TRIES] = 0.0
        if not (excess > 0).any():
            raise ValueError(f"no piece of land can be cut further at {len(lots.shapes)} blocks")
        batch = min(wanted - len(lots.shapes), max(1, int(0.4 * len(lots.shapes))))
        rows = np.argsort(-excess, kind="stable")[:batch]
        _cut(rng, land, lots, style, streets, rows=np.sort(rows[excess[rows] > 0]), rank=rank)


def _cut(
    rng: np.random.Generator,
    land: Land,
    lots: _Lots,
    style: Style,
    streets: _Streets,
    *,
    rows: NDArray[np.intp],
    rank: int,
) -> None:
    """Lay one street through each of some pieces; a cut that fits badly is tried again later."""
    halves, lines, key, run = draw_cuts(
        rng,
        land.centre_xy[0],
        style,
        shapes=lots.shapes[rows],
        hood=lots.hood[rows],
        tries=lots.tries[rows],
    )
    whole = lots.shapes[rows]
    one, other = shapely.intersection(whole, halves), shapely.difference(whole, halves)
    area = np.minimum(shapely.area(one), shapely.area(other))
    good = (
        (shapely.get_type_id(one) == 3)
        & (shapely.get_type_id(other) == 3)
        & (area > LEAST_SHARE * shapely.area(whole))
    )
    lots.tries[rows[~good]] += 1
    cut = rows[good]
    lots.shapes[cut] = one[good]
    lots.tries[cut] = 0
    lots.shapes = np.concatenate([lots.shapes, other[good]])
    lots.hood = np.concatenate([lots.hood, lots.hood[cut]])
    lots.tries = np.concatenate([lots.tries, np.zeros(len(cut), np.int64)])
    fresh = key < 0
    key[fresh] = streets.next_key + np.arange(fresh.sum())
    streets.next_key += int(fresh.sum())
    streets.lines.append(shapely.intersection(whole[good], lines[good]))
    streets.ranks.append(np.full(len(cut), rank, np.int64))
    streets.keys.append(key[good])
    streets.runs.append(run[good])


def _finish(lots: _Lots, streets: _Streets) -> Fabric:
    """Match the borders exactly and put the streets together."""
    blocks = shapely.coverage_clean(lots.shapes, snapping_distance=SNAP_M)
    return Fabric(
        blocks=blocks,
        neighbourhood=np.unique(lots.hood, return_inverse=True)[1].astype(np.int64),
        streets=np.concatenate(streets.lines),
        street_rank=np.concatenate(streets.ranks),
        street_key=np.concatenate(streets.keys),
        street_run=np.concatenate(streets.runs),
    )
