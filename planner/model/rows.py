"""A linear model as arrays: columns, rows, and names in the words of the field.

The model is filled with whole arrays at a time, so that a neighbourhood of a few thousand pairs
is written in milliseconds.  `LinearModel.to_pulp` gives the very same model as a PuLP problem;
`planner.model.highs` hands it to HiGHS in one call.  A test proves both forms equal.

Names are made only when somebody asks for one: ``assign[b12,lincoln_es]``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from geodata.dtypes import Bools, Floats

if TYPE_CHECKING:
    import pulp

Index: TypeAlias = NDArray[np.signedinteger[Any]]
Label: TypeAlias = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class NameGroup:
    """Names of a run of columns or rows: ``family[label(i)]``."""

    family: str
    count: int
    label: Label

    def name(self, i: int) -> str:
        """Return the name of item `i` of this group."""
        label = self.label(i)
        return f"{self.family}[{label}]" if label else self.family


def find_name(groups: Sequence[NameGroup], position: int) -> str:
    """Return the name at a position counted over all groups."""
    for group in groups:
        if position < group.count:
            return group.name(position)
        position -= group.count
    raise IndexError(position)


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Rows that share a family name.

    Maths   ``lower <= matrix x <= upper``
    """

    family: str
    label: Label
    lower: Floats  # (r,)
    upper: Floats  # (r,)
    matrix: csr_array  # (r, columns)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.lower)

    def select(self, keep: Bools | Index) -> RowBlock:
        """Return the rows picked by a mask or by positions."""
        mask = np.asarray(keep)
        kept: Index = np.flatnonzero(mask) if mask.dtype == bool else mask.astype(np.intp)
        label = self.label
        return RowBlock(
            self.family,
            lambda i: label(int(kept[i])),
            self.lower[kept],
            self.upper[kept],
            csr_array(self.matrix[kept]),
        )

    def violation(self, x: Floats) -> Floats:
        """Return by how much each row is broken, (r,), 0 where it holds."""
        activity = self.matrix @ x[: self.matrix.shape[1]]
        return np.asarray(np.maximum(0.0, np.maximum(activity - self.upper, self.lower - activity)))


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Minimise ``cost x + constant`` within column bounds and rows.

    Parameters
    ----------
    lower, upper, cost : (c,) float64
        Bounds (finite for every column a writer of this package makes) and cost of each column.
    integer : (c,) bool
    row_lower, row_upper : (r,) float64
        Infinite where a row has no such side.
    matrix : (r, c) sparse float64
    constant : float
    column_names, row_names : groups of names, in order
    """

    lower: Floats
    upper: Floats
    cost: Floats
    integer: Bools
    row_lower: Floats
    row_upper: Floats
    matrix: csr_array
    constant: float
    column_names: tuple[NameGroup, ...]
    row_names: tuple[NameGroup, ...]

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return len(self.lower)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    def column_name(self, j: int) -> str:
        """Return the name of column `j`."""
        return find_name(self.column_names, j)

    def row_name(self, i: int) -> str:
        """Return the name of row `i`."""
        return find_name(self.row_names, i)

    def objective(self, x: Floats) -> float:
        """Return the objective at a point."""
        return float(self.cost @ x + self.constant)

    def worst_violation(self, x: Floats) -> float:
        """Return the largest amount by which a point breaks a bound or a row."""
        activity = self.matrix @ x
        sides = (
            x - self.upper,
            self.lower - x,
            activity - self.row_upper,
            self.row_lower - activity,
        )
        return max(0.0, *(float(side.max(initial=0.0)) for side in sides))

    def with_rows(self, *blocks: RowBlock) -> LinearModel:
        """Return this model with more rows over its first columns."""
        filled = [block for block in blocks if block.n_rows]
        if not filled:
            return self
        wide = [_widen(block.matrix, self.n_columns) for block in filled]
        return replace(
            self,
            row_lower=np.concatenate([self.row_lower, *(b.lower for b in filled)]),
            row_upper=np.concatenate([self.row_upper, *(b.upper for b in filled)]),
            matrix=csr_array(vstack([self.matrix, *wide], format="csr")),
            row_names=(
                *self.row_names,
                *(NameGroup(b.family, b.n_rows, b.label) for b in filled),
            ),
        )

    def to_pulp(self) -> pulp.LpProblem:
        """Return the same model as a PuLP problem."""
        from planner.model.pulp_form import to_pulp

        return to_pulp(self)


def _widen(matrix: csr_array, columns: int) -> csr_array:
    """Return the same rows over more columns."""
    shape = (matrix.shape[0], columns)
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=shape)
