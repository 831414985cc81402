"""Which blocks a street or address belongs to, found beforehand: the page asks no server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata import Landmarks
from geodata.places import containing_blocks

__all__ = ["Lookup", "make_lookup"]

_BESIDE_M = 15.0  # a street belongs to the blocks on both sides of it
_ALONG_M = 30.0  # that it runs along for at least so far, or for half of its length
_LOOKED_UP = ("street", "road", "highway")


@dataclass(frozen=True)
class Lookup:
    """Streets and addresses by block.

    Parameters
    ----------
    lines : GeoDataFrame
        Streets and water to draw; `kind`, `name`.
    streets : mapping of name to list of int
        Positions of the blocks a street runs along, sorted.
    addresses : mapping of street to list of [number, position]
        Addresses by what follows their house number.
    """

    lines: gpd.GeoDataFrame
    streets: Mapping[str, list[int]] = field(default_factory=dict)
    addresses: Mapping[str, list[list[object]]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be looked up."""
        return not self.streets and not self.addresses


def make_lookup(landmarks: Landmarks, blocks: gpd.GeoSeries) -> Lookup:
    """Find the blocks of every street and address.

    Parameters
    ----------
    landmarks : Landmarks
    blocks : GeoSeries
        The drawing copy, index block_id.
    """
    return Lookup(
        landmarks.lines, _streets(landmarks.lines, blocks), _addresses(landmarks.addresses, blocks)
    )


def _streets(lines: gpd.GeoDataFrame, blocks: gpd.GeoSeries) -> dict[str, list[int]]:
    named = lines[lines["kind"].isin(_LOOKED_UP) & (lines["name"] != "")] if len(lines) else lines
    if named.empty:
        return {}
    shapes = np.asarray(blocks.array, dtype=object)
    streets = np.asarray(named.geometry.array, dtype=object)
    tree = shapely.STRtree(shapes)
    at_street, at_block = tree.query(streets, predicate="dwithin", distance=_BESIDE_M)
    near = shapely.buffer(shapes[at_block], _BESIDE_M)
    along = shapely.length(shapely.intersection(streets[at_street], near))
    enough = along >= np.minimum(_ALONG_M, shapely.length(streets[at_street]) / 2)
    found: dict[str, set[int]] = {}
    names = named["name"].to_numpy()
    for street, block in zip(at_street[enough], at_block[enough], strict=True):
        found.setdefault(str(names[street]), set()).add(int(block))
    return {name: sorted(found[name]) for name in sorted(found)}


def _addresses(table: pd.DataFrame, blocks: gpd.GeoSeries) -> dict[str, list[list[object]]]:
    """Group addresses by street: "12 Oak Street" is number 12 of "Oak Street"."""
    if table.empty:
        return {}
    inside = containing_blocks(table[["x_m", "y_m"]].to_numpy(dtype=np.float64), blocks)
    position = {block: at for at, block in enumerate(blocks.index)}
    found: dict[str, list[list[object]]] = {}
    for text, block in zip(table["address"], inside, strict=True):
        if block:
            match = re.match(r"\s*(\d+[A-Za-z]?(?:[-/]\d+)?)\s+(\S.*)", str(text))
            number, street = match.groups() if match else ("", str(text))
            found.setdefault(street.strip(), []).append([number.strip(), position[block]])
    return {street: found[street] for street in sorted(found)}
