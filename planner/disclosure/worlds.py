"""Which numbers must stay unpublished so that no small number can be worked out.

The reader is taken to know everything that is public: every published number, every plan, that
no number of students is negative, that a group is not larger than the whole.  What such a reader
cannot exclude is a *possible world*.  A number is safe when among the possible worlds there is
one in which it is 0 and one in which it reaches the threshold.

Maths    unknowns ``y >= 0``; published rows ``low <= sum of weight * y <= high``; wholes and parts
         ``y[part] <= y[whole]`` or, where groups add up, ``sum of parts = whole``
Safe     ``min t(y) = 0`` and ``max t(y) >= threshold`` for every protected number t
Hiding   the rows that the cheapest violation of ``t(y) = 0`` or ``t(y) >= threshold`` needs
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Longs

__all__ = ["TOLERANCE", "Key", "Row", "Target", "Unknowns", "Verdict", "Whole", "consistent"]

Key = tuple[str, ...]

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What a published number tells about the unknowns.

    Parameters
    ----------
    key : tuple of str
        The number's name.
    index : (k,) int
        Unknowns it depends on.
    weight : (k,) float64
    low, high : float
        What the weighted sum is known to lie between; equal where it is exact.
    cost : float
        What hiding it takes from the reader; infinite where it is public already.
    """

    key: Key
    index: Longs
    weight: Floats
    low: float
    high: float
    cost: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A number that must not be worked out: the sum of some unknowns less some others.

    Parameters
    ----------
    key : tuple of str
    plus, minus : (k,) int
    """

    key: Key
    plus: Longs
    minus: Longs = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def values(self, worlds: Floats) -> Floats:
        """Return the number in each world, (w,) [students]."""
        more, fewer = worlds[:, self.plus], worlds[:, self.minus]
        return np.asarray(more.sum(axis=1) - fewer.sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """An unknown and its parts.

    Parameters
    ----------
    whole : int
    parts : tuple of int
    how : {"equal", "below", "each"}
        The parts add up to the whole; to at most the whole; each is at most the whole.
    """

    whole: int
    parts: tuple[int, ...]
    how: Literal["equal", "below", "each"]


@dataclass(frozen=True, slots=True, eq=False)
class Unknowns:
    """Numbers of students in areas that nothing public divides.

    Parameters
    ----------
    values : (v,) float64 [students]
        The truth.
    wholes : tuple of Whole
    """

    values: Floats
    wholes: tuple[Whole, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What has to stay unpublished, and why that is enough.

    Parameters
    ----------
    hidden : frozenset of key
    worlds : (w, v) float64 [students]
        Possible worlds; every target is 0 in one of them and reaches the threshold in another.
    """

    hidden: frozenset[Key]
    worlds: Floats


def consistent(row: Row, worlds: Floats) -> NDArray[np.bool_]:
    """Tell in which worlds a row holds, (w,)."""
    value = worlds[:, row.index] @ row.weight
    slack = TOLERANCE * max(1.0, abs(row.low), abs(row.high))
    return np.asarray((value >= row.low - slack) & (value <= row.high + slack))
