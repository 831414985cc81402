"""Neighbourhoods (or subdivisions, planning areas) that zone borders cut through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.metrics.base import Ints


def neighbourhood_splits(school_of: Ints, neighbourhood: NDArray[np.str_]) -> float:
    """How often zone borders cut through neighbourhoods.

    Maths    ``sum over neighbourhoods of (zones that touch it - 1)``
    Range    0 (every neighbourhood keeps together) upwards
    Better   lower
    Unit     splits

    Parameters
    ----------
    school_of : (n, G) int32
        School of each block and grade; blocks that differ in some grade are in different zones.
    neighbourhood : (n,) str array
        Name of each block's neighbourhood; empty where it has none.
    """
    return float((_zones_touching(school_of, neighbourhood) - 1.0).sum())


def neighbourhoods_split(school_of: Ints, neighbourhood: NDArray[np.str_]) -> float:
    """Neighbourhoods that lie in more than one zone.

    Maths    ``#{neighbourhoods that two or more zones touch}``
    Range    0 upwards
    Better   lower
    Unit     neighbourhoods

    Parameters
    ----------
    school_of : (n, G) int32
    neighbourhood : (n,) str array
        Empty where a block has none.
    """
    return float((_zones_touching(school_of, neighbourhood) > 1).sum())


def _zones_touching(school_of: Ints, neighbourhood: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return the number of zones in each neighbourhood that has a name and a zone."""
    used = (neighbourhood != "") & (school_of >= 0).any(axis=1)
    if not used.any():
        return np.empty(0)
    zone = np.unique(school_of[used], axis=0, return_inverse=True)[1].reshape(-1)
    place = np.unique(neighbourhood[used], return_inverse=True)[1]
    pairs = np.unique(np.stack([place, zone], axis=1), axis=0)
    return np.bincount(pairs[:, 0]).astype(np.float64)
