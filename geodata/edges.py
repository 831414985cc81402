"""Borders under construction: numbered, ordered, added to and taken away, all vectorised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Edges", "positions"]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Pairs of blocks by position in the sorted ids; i < j, sorted, unique.

    Parameters
    ----------
    n_blocks : int
    i, j : (e,) int32
    shared_m : (e,) float64 [m]
    """

    n_blocks: int
    i: NDArray[np.int32]
    j: NDArray[np.int32]
    shared_m: NDArray[np.float64]

    @classmethod
    def of(cls, n_blocks: int, i: ArrayLike, j: ArrayLike, shared_m: ArrayLike) -> Edges:
        """Order each pair, then sort the pairs; of a repeated pair the first stays."""
        a, b = np.asarray(i, dtype=np.int32), np.asarray(j, dtype=np.int32)
        low, high = np.minimum(a, b), np.maximum(a, b)
        order = np.lexsort((high, low))
        low, high = low[order], high[order]
        length = np.asarray(shared_m, dtype=np.float64)[order]
        first = np.ones(len(low), dtype=bool)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        return cls(n_blocks, low[first], high[first], length[first])

    def contain(self, pairs: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell which pairs, (k, 2) with i < j, are among the borders, (k,)."""
        return np.isin(self._keys(pairs[:, 0], pairs[:, 1]), self._keys(self.i, self.j))

    def without(self, pairs: NDArray[np.int32]) -> Edges:
        """Leave out the pairs, (k, 2) with i < j."""
        keep = ~np.isin(self._keys(self.i, self.j), self._keys(pairs[:, 0], pairs[:, 1]))
        return Edges(self.n_blocks, self.i[keep], self.j[keep], self.shared_m[keep])

    def plus_links(self, pairs: NDArray[np.int32]) -> Edges:
        """Add links of length 0 for the pairs, (k, 2); borders stay as they are."""
        return Edges.of(
            self.n_blocks,
            np.concatenate([self.i, pairs[:, 0]]),
            np.concatenate([self.j, pairs[:, 1]]),
            np.concatenate([self.shared_m, np.zeros(len(pairs))]),
        )

    def lonely(self) -> NDArray[np.bool_]:
        """Tell which blocks have no neighbour, (n,)."""
        alone = np.ones(self.n_blocks, dtype=bool)
        alone[self.i] = False
        alone[self.j] = False
        return alone

    def _keys(self, i: NDArray[np.int32], j: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return one number for each pair."""
        return i.astype(np.int64) * self.n_blocks + j


def positions(names: NDArray[np.str_], wanted: Iterable[object]) -> NDArray[np.int32]:
    """Find ids in the sorted ids; -1 where there is no such block."""
    asked = np.array([str(one) for one in wanted], dtype=np.str_)
    if not len(names) or not len(asked):
        return np.full(len(asked), -1, dtype=np.int32)
    at = np.minimum(np.searchsorted(names, asked), len(names) - 1)
    return np.where(names[at] == asked, at, -1).astype(np.int32)
