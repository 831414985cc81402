"""Neighbourhoods (or subdivisions, planning areas) that zone borders cut through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Ints


def neighbourhood_splits(touching: Floats) -> float:
    """How often zone borders cut through neighbourhoods.

    Maths    ``sum over neighbourhoods of (zones that touch it - 1)``
    Range    0 (every neighbourhood keeps together) upwards
    Better   lower
    Unit     splits

    Parameters
    ----------
    touching : (k,) float64 [zones]
        From `zones_touching`.
    """
    return float((touching - 1.0).sum())


def neighbourhoods_split(touching: Floats) -> float:
    """Neighbourhoods that lie in more than one zone.

    Maths    ``#{neighbourhoods that two or more zones touch}``
    Range    0 upwards
    Better   lower
    Unit     neighbourhoods

    Parameters
    ----------
    touching : (k,) float64 [zones]
        From `zones_touching`.
    """
    return float((touching > 1).sum())


def zones_touching(school_of: Ints, neighbourhood: NDArray[np.str_]) -> Floats:
    """Count the zones in each neighbourhood that has a name and a zone, (k,) float64.

    Parameters
    ----------
    school_of : (n, G) int32
        School of each block and grade; blocks that differ in some grade are in different zones.
    neighbourhood : (n,) str array
        Name of each block's neighbourhood; empty where it has none.
    """
    used = (neighbourhood != "") & (school_of >= 0).any(axis=1)
    if not used.any():
        return np.empty(0)
    changes = [0, *(np.flatnonzero((school_of[:, 1:] != school_of[:, :-1]).any(axis=0)) + 1)]
    zone = np.unique(school_of[used][:, changes], axis=0, return_inverse=True)[1].reshape(-1)
    place = np.unique(neighbourhood[used], return_inverse=True)[1]
    cell = np.unique(place.astype(np.int64) * (zone.max() + 1) + zone)
    return np.bincount(cell // (zone.max() + 1)).astype(np.float64)
