"""A linear model being written, a group of columns or rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from geodata.dtypes import Bools, Floats
from planner.model.rows import Index, Label, LinearModel, NameGroup

Values: TypeAlias = Callable[[Floats], Floats]


class Sheet:
    """Columns and rows written so far.

    A group of columns may come with a function that computes its values from the columns before
    it, so that a plan can be completed to a full point of the model.
    """

    def __init__(self) -> None:
        self.n_columns = 0
        self.n_rows = 0
        self.constant = 0.0
        self._bounds: list[tuple[Floats, Floats]] = []
        self._integer: list[Bools] = []
        self._sides: list[tuple[Floats, Floats]] = []
        self._entries: list[tuple[Index, Index, Floats]] = []
        self._costs: list[tuple[Index, Floats]] = []
        self._column_names: list[NameGroup] = []
        self._row_names: list[NameGroup] = []
        self._completions: list[tuple[slice, Values]] = []

    def add_columns(
        self,
        family: str,
        label: Label,
        bounds: tuple[ArrayLike, ArrayLike],
        *,
        count: int,
        integer: bool = False,
        values: Values | None = None,
    ) -> Index:
        """Add a group of columns.

        Parameters
        ----------
        family, label
            Column i of the group is named ``family[label(i)]``.
        bounds : (lower, upper)
            Numbers or (count,) arrays.
        count : int
        integer : bool
        values : function of the columns so far, or None
            Values of this group in a completed point.

        Returns
        -------
        (count,) positions of the new columns
        """
        first = self.n_columns
        self._bounds.append((_filled(bounds[0], count), _filled(bounds[1], count)))
        self._integer.append(np.full(count, integer))
        self._column_names.append(NameGroup(family, count, label))
        self.n_columns += count
        if values is not None:
            self._completions.append((slice(first, self.n_columns), values))
        return np.arange(first, self.n_columns)

    def add_rows(
        self,
        family: str,
        label: Label,
        sides: tuple[ArrayLike, ArrayLike],
        entries: tuple[ArrayLike, ArrayLike, ArrayLike],
        *,
        count: int,
    ) -> None:
        """Add a group of rows ``lower <= sum of coefficient * column <= upper``.

        Parameters
        ----------
        family, label
            Row i of the group is named ``family[label(i)]``.
        sides : (lower, upper)
            Numbers or (count,) arrays, infinite where the row has no such side.
        entries : (row within the group, column, coefficient)
            Arrays of one length; entries of the same row and column add up.
        count : int
        """
        row, column, coefficient = entries
        column = np.asarray(column, dtype=np.intp)
        self._sides.append((_filled(sides[0], count), _filled(sides[1], count)))
        self._entries.append(
            (
                np.asarray(row, dtype=np.intp) + self.n_rows,
                column,
                _filled(coefficient, len(column)),
            )
        )
        self._row_names.append(NameGroup(family, count, label))
        self.n_rows += count

    def add_cost(self, columns: Index, costs: ArrayLike) -> None:
        """Add to the objective."""
        self._costs.append((columns, _filled(costs, len(columns))))

    def bounds(self, columns: Index) -> tuple[Floats, Floats]:
        """Return the lower and upper bounds of columns written before."""
        lower = _joined([pair[0] for pair in self._bounds])
        upper = _joined([pair[1] for pair in self._bounds])
        return lower[columns], upper[columns]

    def complete(self, point: Floats) -> Floats:
        """Fill in the columns that follow from the first ones.

        Parameters
        ----------
        point : (k,) float64
            Values of the first k columns (the assignment).

        Returns
        -------
        (n_columns,) float64
        """
        full = np.zeros(self.n_columns)
        full[: len(point)] = point
        for place, values in self._completions:
            full[place] = values(full)
        return full

    def finish(self) -> LinearModel:
        """Return the model written so far."""
        cost = np.zeros(self.n_columns)
        for columns, costs in self._costs:
            np.add.at(cost, columns, costs)
        nothing = np.zeros(0, dtype=np.intp)
        row = np.concatenate([nothing, *(entry[0] for entry in self._entries)])
        column = np.concatenate([nothing, *(entry[1] for entry in self._entries)])
        coefficient = _joined([entry[2] for entry in self._entries])
        matrix = csr_array(
            (coefficient, (row, column)),
            shape=(self.n_rows, self.n_columns),
        )
        matrix.sum_duplicates()
        return LinearModel(
            lower=_joined([b[0] for b in self._bounds]),
            upper=_joined([b[1] for b in self._bounds]),
            cost=cost,
            integer=np.concatenate([*self._integer, np.zeros(0, dtype=bool)]),
            row_lower=_joined([s[0] for s in self._sides]),
            row_upper=_joined([s[1] for s in self._sides]),
            matrix=matrix,
            constant=self.constant,
            column_names=tuple(self._column_names),
            row_names=tuple(self._row_names),
        )


def _filled(value: ArrayLike, count: int) -> Floats:
    """Return a number or an array as an array of this length."""
    return np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), (count,)))


def _joined(arrays: list[Floats]) -> Floats:
    """Return arrays end to end, an empty one where there are none."""
    return np.concatenate([*arrays, np.zeros(0)])
