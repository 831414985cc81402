"""Which blocks touch: the contiguity graph every zone must be connected in.

Two blocks are neighbours when they share a border of positive length (rook contiguity); touching
at a corner is no contact.  `ContiguityGraph` is immutable; `geodata.graph` makes it from polygons
or from a table of borders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.dtypes import Floats, Ints

__all__ = ["Bridge", "ContiguityGraph"]

Bridge = tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContiguityGraph:
    """Blocks and the borders they share, immutable.

    Parameters
    ----------
    ids : (n,) str array, sorted, unique
        Block ids.
    edge_i, edge_j : (e,) int32
        Positions in `ids` of the two blocks of each border; i < j, sorted by (i, j), unique.
    shared_m : (e,) float64 [m]
        Length of each border; 0 for a bridge, NaN where unknown.
    bridges : tuple of (block id, block id, reason), sorted
        Links that stand for no border: declared ones, and those of isolated blocks.

    Raises
    ------
    ValueError
        If any array breaks the promises above.
    """

    ids: NDArray[np.str_]
    edge_i: Ints
    edge_j: Ints
    shared_m: Floats
    bridges: tuple[Bridge, ...] = ()

    def __post_init__(self) -> None:
        ids = np.array(self.ids, dtype=np.str_)
        edge_i = np.array(self.edge_i, dtype=np.int32)
        edge_j = np.array(self.edge_j, dtype=np.int32)
        shared_m = np.array(self.shared_m, dtype=np.float64)
        _check_ids(ids)
        _check_edges(len(ids), edge_i, edge_j, shared_m)
        for name, array in (
            ("ids", ids),
            ("edge_i", edge_i),
            ("edge_j", edge_j),
            ("shared_m", shared_m),
        ):
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "bridges", tuple(sorted(self.bridges)))

    @property
    def n_blocks(self) -> int:
        """Number of blocks."""
        return len(self.ids)

    @property
    def n_borders(self) -> int:
        """Number of neighbouring pairs, bridges included."""
        return len(self.edge_i)

    def adjacency(self) -> csr_array:
        """Return the symmetric contiguity matrix, (n, n), 1 at neighbours."""
        i = np.concatenate([self.edge_i, self.edge_j])
        j = np.concatenate([self.edge_j, self.edge_i])
        return csr_array((np.ones(len(i)), (i, j)), shape=(self.n_blocks, self.n_blocks))

    def components(self) -> Ints:
        """Return the number of the connected piece each block is in, (n,) int32, 0 the first."""
        if self.n_blocks == 0:
            return np.zeros(0, dtype=np.int32)
        labels: Ints = connected_components(self.adjacency(), directed=False)[1].astype(np.int32)
        return labels

    @property
    def pieces(self) -> tuple[tuple[str, ...], ...]:
        """Block ids of each connected piece, the largest piece first."""
        label = self.components()
        order = np.argsort(label, kind="stable")
        starts = np.flatnonzero(np.diff(label[order])) + 1
        pieces = [tuple(part.tolist()) for part in np.split(self.ids[order], starts) if len(part)]
        return tuple(sorted(pieces, key=lambda piece: (-len(piece), piece)))

    def isolates(self) -> tuple[str, ...]:
        """Return the ids of blocks without any neighbour."""
        touched = np.zeros(self.n_blocks, dtype=bool)
        touched[self.edge_i] = True
        touched[self.edge_j] = True
        return tuple(self.ids[~touched].tolist())

    def neighbours(self, block_id: str) -> tuple[str, ...]:
        """Return the ids of the blocks that touch one block, sorted.

        Raises
        ------
        KeyError
            If the graph has no such block.
        """
        at = int(np.searchsorted(self.ids, block_id))
        if at == self.n_blocks or self.ids[at] != block_id:
            raise KeyError(block_id)
        found = np.concatenate([self.edge_i[self.edge_j == at], self.edge_j[self.edge_i == at]])
        return tuple(self.ids[np.sort(found)].tolist())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ContiguityGraph):
            return NotImplemented
        return (
            np.array_equal(self.ids, other.ids)
            and np.array_equal(self.edge_i, other.edge_i)
            and np.array_equal(self.edge_j, other.edge_j)
            and np.array_equal(self.shared_m, other.shared_m, equal_nan=True)
            and self.bridges == other.bridges
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        pieces = int(self.components().max(initial=-1)) + 1
        return (
            f"<ContiguityGraph: {self.n_blocks} blocks, {self.n_borders} borders, "
            f"{pieces} pieces, {len(self.isolates())} isolates, {len(self.bridges)} bridges>"
        )


def _check_ids(ids: NDArray[np.str_]) -> None:
    """Refuse ids that are not sorted and unique."""
    if ids.ndim != 1:
        raise ValueError(f"ids need one dimension, {ids.ndim} were given")
    wrong = np.flatnonzero(ids[1:] <= ids[:-1])
    if len(wrong):
        first, second = ids[wrong[0]], ids[wrong[0] + 1]
        raise ValueError(f"ids must be sorted and unique; {first!r} is followed by {second!r}")


def _check_edges(n_blocks: int, edge_i: Ints, edge_j: Ints, shared_m: Floats) -> None:
    """Refuse borders that are out of range, out of order, repeated or of negative length."""
    if not len(edge_i) == len(edge_j) == len(shared_m):
        raise ValueError(
            "edge_i, edge_j and shared_m need one length; "
            f"{len(edge_i)}, {len(edge_j)} and {len(shared_m)} were given"
        )
    if not len(edge_i):
        return
    if edge_i.min() < 0 or edge_j.max() >= n_blocks:
        raise ValueError(f"borders name positions outside 0..{n_blocks - 1}")
    if (edge_i >= edge_j).any():
        raise ValueError("every border needs edge_i < edge_j")
    key = edge_i.astype(np.int64) * n_blocks + edge_j
    if (np.diff(key) <= 0).any():
        raise ValueError("borders must be sorted by (edge_i, edge_j) and unique")
    if (shared_m < 0).any() or np.isinf(shared_m).any():
        raise ValueError("shared_m must be finite metres, 0 or more, NaN where unknown")
