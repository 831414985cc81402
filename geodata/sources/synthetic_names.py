"""Names for a made-up town's streets, neighbourhoods and schools."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["neighbourhood_names", "school_names", "street_names"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words(
    """
    Alder Amber Arbor Ash Aspen Autumn Bay Beacon Bear Beech Birch Bluff Bramble Briar Brook
    Cardinal Cedar Cherry Chestnut Clover Copper Cotton Cove Creek Crest Crystal Cypress Deer
    Dogwood Dove Eagle Echo Elm Falcon Fern Field Forest Fox Garden Glen Golden Granite Green
    Harvest Hawk Hazel Heather Hickory High Holly Honey Indigo Iron Ivy Jasmine Juniper Lake
    Lark Laurel Lilac Linden Locust Long Magnolia Maple Meadow Mill Mulberry North Oak Olive
    Orchard Otter Park Pear Pebble Pheasant Pine Plum Poplar Prairie Quail Quarry Rain Raven
    River Robin Rose Sage Sandy Shady Silver South Spring Spruce Stone Summit Sunny Swan
    Sycamore Tall Thistle Timber Trout Valley Violet Walnut West Wild Willow Winter Wren
    """
)
_PLACE = _words(
    """
    Hill Park Heights Grove Meadows Landing Ridge Hollow Crossing Commons Terrace Acres Point
    Glen Corner Green Farms Woods Gardens View
    """
)
_WAY = _words(
    """
    Drive Lane Court Road Way Trail Circle Place
    """
)
_TREES = _words(
    """
    Oak Elm Maple Walnut Cedar Pine Chestnut Locust Poplar Cherry Spruce Willow Sycamore Birch
    Ash Hickory Laurel Beech Linden Mulberry Juniper Magnolia Dogwood Cypress
    """
)
_HONOURED = _words(
    """
    Lincoln Washington Jefferson Madison Monroe Jackson Grant Garfield Roosevelt Franklin
    Hamilton Adams Cleveland Harrison Taylor Whitman Longfellow Emerson Hawthorne Irving
    """
)


def neighbourhood_names(rng: np.random.Generator, count: int) -> NDArray[np.str_]:
    """Return so many different names, (count,)."""
    pairs = np.array([f"{first} {place}" for first in _FIRST for place in _PLACE])
    chosen = rng.permutation(len(pairs))[:count]
    names = pairs[chosen].tolist()
    names += [f"Section {number}" for number in range(len(names) + 1, count + 1)]
    return np.array(names)


def school_names(rng: np.random.Generator, level: str, hoods: NDArray[np.str_]) -> list[str]:
    """Name schools after their neighbourhood or after somebody honoured.

    Parameters
    ----------
    rng : Generator
    level : str
        ``"Elementary"`` and so on, added to the name.
    hoods : (m,) str
        Neighbourhood of each school.
    """
    honoured = [str(name) for name in rng.permutation(_HONOURED)]
    names = []
    for hood, prefers_honour in zip(hoods.tolist(), rng.random(len(hoods)) < 0.4, strict=True):
        choices = [*honoured, hood] if prefers_honour else [hood, *honoured]
        choices += [f"{hood} {number}" for number in range(2, len(hoods) + 2)]
        name = next(f"{one} {level}" for one in choices if f"{one} {level}" not in names)
        names.append(name)
    return names


def street_names(
    rng: np.random.Generator, key: NDArray[np.int64], run: NDArray[np.int64], on_grid: int
) -> NDArray[np.str_]:
    """Name streets: numbers and trees on the grid, anything elsewhere.

    Parameters
    ----------
    rng : Generator
    key : (k,) int64
        One key a street; keys under `on_grid` count grid lines.
    run : (k,) int64
        0 or 1: the two directions of the grid.
    on_grid : int

    Returns
    -------
    (k,) str
    """
    line = key // 2 - 100_000
    lanes = np.array([f"{first} {way}" for way in _WAY for first in _FIRST])
    anywhere = lanes[rng.permutation(len(lanes))[np.arange(len(key)) % len(lanes)]]
    numbers = np.where(line >= 0, line + 1, -line)
    side = np.where(line >= 0, "East", "West")
    ordinal = np.array(
        [f"{part} {_ordinal(n)} Street" for part, n in zip(side, numbers, strict=True)]
    )
    tree = np.array(_TREES)[line % len(_TREES)]
    avenue = np.array([f"{name} Avenue" for name in tree])
    return np.where(key < on_grid, np.where(run == 0, ordinal, avenue), anywhere)


def _ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th, 21st."""
    if 10 < number % 100 < 14:
        return f"{number}th"
    return f"{number}" + {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
