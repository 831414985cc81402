"""What every map of a packet shares: blocks to draw, schools, names and swatches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.hearing.labels import short_names
from planner.hearing.palette import Swatch, assign_swatches
from planner.hearing.zones import neighbours, simplify

__all__ = ["Scene", "build_scene", "lead"]

_NEAR = 1 / 80
"""Zones that come closer than this share of the longer side get different colours."""

_DETAIL = 1 / 1500
"""Detail kept, as a share of the longer side of the district."""


@dataclass(frozen=True)
class Scene:
    """One level of a district, ready to be drawn.

    Parameters
    ----------
    level : str
    blocks : GeoSeries
        A valid coverage with less detail, metric crs, index block_id.
    schools : DataFrame
        Index school_id; `name`, `short`, `x_m`, `y_m` [m], `number` (the key on the maps, from 1,
        in the order of the names).  Only schools of the plans shown.
    swatches : mapping of school_id to Swatch
        By the lead school of a zone (`lead`).
    streets : GeoDataFrame or None
        Lines with `name`.
    spans : mapping of owner to tuple of str
        Grades each school of a shared zone takes, in the order of the schools.
    regrades : bool
        Whether schools that share a zone today take other grades of it under the plan.
    """

    level: str
    blocks: gpd.GeoSeries
    schools: pd.DataFrame
    swatches: Mapping[str, Swatch]
    streets: gpd.GeoDataFrame | None = None
    spans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    regrades: bool = False

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north end [m] of the blocks and the schools not far from them."""
        low, high = self.blocks.total_bounds.reshape(2, 2)
        schools, side = self.schools[["x_m", "y_m"]].dropna().to_numpy(float), (high - low).max()
        near = ((schools >= low - side) & (schools <= high + side)).all(axis=1)
        points = np.vstack([low, high, schools[near]])
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        return float(west), float(south), float(east), float(north)

    def owner_name(self, owner: str, *, short: bool = True) -> str:
        """Name the school that serves a zone, or "K–2: A · 3–5: B" where several do."""
        between = " · " if owner in self.spans else " + "
        return between.join(self.partner_names(owner, short=short))

    def partner_names(self, owner: str, *, short: bool = True) -> list[str]:
        """Name each school that serves a zone, with its grades where the zone is shared."""
        column = "short" if short else "name"
        names = [str(self.schools[column].get(s, s)) for s in owner.split("+")]
        spans = self.spans.get(owner)
        if spans is None:
            return names
        return [f"{grades}: {name}" for grades, name in zip(spans, names, strict=True)]

    def owner_numbers(self, owner: str) -> str:
        """Return the numbers of the schools that serve a zone, as on the maps."""
        return "+".join(str(self.schools["number"].get(s, "?")) for s in owner.split("+"))


def lead(owner: str) -> str:
    """Return the school that gives a shared zone its colour: the one with the lowest grades."""
    return owner.split("+", 1)[0]


def build_scene(
    level: str,
    blocks: gpd.GeoSeries,
    schools: pd.DataFrame,
    edges: np.ndarray,
    owners: Sequence[pd.Series[str]],
    *,
    streets: gpd.GeoDataFrame | None = None,
) -> Scene:
    """Prepare blocks, names, numbers and colours for every map of a level.

    Parameters
    ----------
    level : str
    blocks : GeoSeries
        The district's drawing copy.
    schools : DataFrame
        Index school_id; `name`, `x_m`, `y_m`.
    edges : (e, 2) int
        Positions of neighbouring blocks.
    owners : sequence of Series
        Who serves each block, in each plan shown (today's first); index block_id.
    streets : GeoDataFrame, optional
    """
    west, south, east, north = blocks.total_bounds
    simple = simplify(blocks, max(east - west, north - south) * _DETAIL)
    near = _near_blocks(simple, max(east - west, north - south) * _NEAR)
    plans = [owner.reindex(blocks.index).fillna("") for owner in owners]
    shown = {s for names in plans for o in names.unique() if o for s in o.split("+")}
    leads = [names.str.split("+").str[0].to_numpy(dtype=str) for names in plans]
    wanted = _swatches(leads[:1], edges, near, {})
    swatches = _swatches(leads, edges, near, wanted)
    return Scene(level, simple, _key(schools, shown), swatches, streets)


def _near_blocks(blocks: gpd.GeoSeries, distance_m: float) -> np.ndarray:
    """Return pairs of blocks that look like neighbours: over a river, or at a corner."""
    shapes = np.asarray(blocks.array, dtype=object)
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=distance_m).T
    return np.asarray(pairs[pairs[:, 0] < pairs[:, 1]])


def _swatches(
    plans: Sequence[np.ndarray],
    edges: np.ndarray,
    near: np.ndarray,
    wanted: Mapping[str, Swatch],
) -> Mapping[str, Swatch]:
    """Colour the schools; zones that only come close may share a colour where too many do."""
    schools = {str(school) for plan in plans for school in np.unique(plan) if school}
    touching = {pair for plan in plans for pair in neighbours(edges, plan)}
    close = {pair for plan in plans for pair in neighbours(near, plan)}
    try:
        return assign_swatches(schools, touching | close, wanted=wanted)
    except ValueError:
        return assign_swatches(schools, touching, wanted=wanted, may_share=True)


def _key(schools: pd.DataFrame, shown: set[str]) -> pd.DataFrame:
    """Return the schools shown, numbered in the order of their names."""
    table = schools.loc[schools.index.isin(shown), ["name", "x_m", "y_m"]].copy()
    table["name"] = table["name"].astype(str)
    short = short_names({str(school): str(name) for school, name in table["name"].items()})
    table["short"] = [short[str(school)] for school in table.index]
    table["number"] = table["name"].str.casefold().rank(method="first").astype(int)
    return table.sort_values("number")
