"""People who move within an area, as limits on mean ways see them.

A limit is ``sum over blocks of n[measure] * tilt <= 0``.  People are given as each limit counts
them, so one that counts the poor sees the poor among those who move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Positions

__all__ = ["Moves", "is_allowed"]


_FEW = 1e-6  # students
_ENDS = 2  # blocks at each end of the ways of an area, where people may live together


@dataclass(frozen=True, eq=False)
class Moves:
    """The moves of people of one kind within an area.

    Parameters
    ----------
    tilt : (j, b) float64 [m] or [min]
        Of each limit and block.
    count : (b,) float64 [students]
        People of the kind in each block.
    own, other : (j, b) float64 [students]
        What each limit counts of them, and of the other people.
    """

    tilt: Floats
    count: Floats
    own: Floats
    other: Floats

    def wanting(
        self, few: Positions, room: Floats, threshold: float
    ) -> Iterator[tuple[Floats, Floats]]:
        """Yield the moves some limit has no room for: those who come, then those who leave.

        Parameters
        ----------
        few : (t,) int
            Blocks that, one by one, get as many of the kind as the threshold, or none.
        room : (j,) float64
            How much of each limit there is.
        threshold : float [students]

        Yields
        ------
        left : (j, t) float64
            What each move leaves of each limit.
        helps : (h, j, t) float64
            What it does to each limit if others live together at one of several places.
        """
        crowd = np.maximum(self.count.sum() - self.count[few], _FEW)
        share = ((threshold - self.count[few]) / crowd).clip(0.0, 1.0)
        for change, gone in ((self._coming(few, share), share), (self._leaving(few), None)):
            left = room[:, None] - change
            bad = np.flatnonzero((left < 0).any(axis=0))
            if len(bad):
                yield left[:, bad], self._helps(few[bad], None if gone is None else gone[bad])

    def _coming(self, few: Positions, share: Floats) -> Floats:
        """Return what it does to the limits if a share of those outside a block come to it."""
        everybody = self.own.sum(axis=1)[:, None] * self.tilt[:, few]
        return np.asarray(share * (everybody - (self.own * self.tilt).sum(axis=1)[:, None]))

    def _leaving(self, few: Positions) -> Floats:
        """Return what it does to the limits if those in a block go where others of the kind are."""
        weight = self.count + _FEW  # where nobody else of the kind lives, they go anywhere
        ways = (weight * self.tilt).sum(axis=1)[:, None] - weight[few] * self.tilt[:, few]
        mean = ways / (weight.sum() - weight[few])
        return np.asarray(self.own[:, few] * (mean - self.tilt[:, few]))

    def _helps(self, few: Positions, gone: Floats | None) -> Floats:
        """Let people outside a block live together: others of the kind, or other people.

        A share of the kind is gone to the block; None: it is left, and stays without them.
        """
        helps = []
        for place in self._places:
            own, other = (self._gathered(p, few, place) for p in (self.own, self.other))
            stay = np.where(few == place, 0.0, 1.0) if gone is None else 1.0 - gone
            helps += [stay * own, other]
        return np.array(helps)

    def _gathered(self, people: Floats, few: Positions, place: int) -> Floats:
        ways = people * self.tilt
        outside = people.sum(axis=1)[:, None] - people[:, few]
        change = outside * self.tilt[:, [place]] - (ways.sum(axis=1)[:, None] - ways[:, few])
        return np.asarray(change)

    @cached_property
    def _places(self) -> list[int]:
        """Blocks with the shortest and the longest ways."""
        order = np.argsort(np.unique(self.tilt, axis=0), axis=1)
        return sorted({int(at) for at in np.hstack([order[:, :_ENDS], order[:, -_ENDS:]]).flat})


def is_allowed(room: Floats, helps: Floats) -> NDArray[np.bool_]:
    """Tell for which moves some share of some help leaves every limit some room.

    Parameters
    ----------
    room : (j, t) float64
        What each move leaves of each limit.
    helps : (h, j, t) float64
        What helping does to each limit.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = room / helps
    least = np.where(helps < 0, shares, 0.0).max(axis=1, initial=0.0)
    most = np.where(helps > 0, shares, 1.0).min(axis=1, initial=1.0)
    never = ((helps == 0) & (room < 0)).any(axis=1)
    return np.asarray((~never & (least <= most)).any(axis=0) | (room >= 0).all(axis=0))
