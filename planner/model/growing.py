"""A linear program whose columns come one after the other, solved again from where it stood."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_array, hstack

from geodata.dtypes import Floats
from planner.model.highs import SolverStatus, open_highs, read_status

__all__ = ["GrowingProgram", "Relaxed"]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """Optimum of the program as it stands.

    Parameters
    ----------
    objective : float
    x : (c,) float64
    row_dual : (r,) float64
    """

    objective: float
    x: Floats
    row_dual: Floats


class GrowingProgram:
    """Minimise ``cost x`` with ``lower <= A x <= upper`` and ``x >= 0``, a column at a time.

    Solved by the simplex method on one thread, from the last basis: always in the same way.

    Parameters
    ----------
    lower, upper : (r,) float64
        Sides of the rows.
    unit : float
        Size of a usual cost: costs are divided by it for the solver.

    Attributes
    ----------
    cost : (c,) float64
        Of all columns so far.
    matrix : (r, c) csc_array
        Their entries.
    """

    def __init__(self, lower: Floats, upper: Floats, unit: float = 1.0) -> None:
        self._unit = unit
        self._solver = open_highs(1, solver="simplex")
        self.n_rows = len(lower)
        self.cost: Floats = np.zeros(0)
        self.matrix = csc_array((self.n_rows, 0))
        nothing = np.zeros(0, dtype=np.int32)
        starts = np.zeros(self.n_rows, dtype=np.int32)
        self._solver.addRows(self.n_rows, lower, upper, 0, starts, nothing, np.zeros(0))

    def add(self, cost: Floats, matrix: csc_array) -> None:
        """Add columns with these costs, (k,), and entries, (r, k)."""
        count = len(cost)
        endless = np.full(count, highspy.kHighsInf)
        self._solver.addCols(
            count,
            cost / self._unit,
            np.zeros(count),
            endless,
            matrix.nnz,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data.astype(float),
        )
        self.cost = np.append(self.cost, cost)
        self.matrix = csc_array(hstack([self.matrix, matrix], format="csc"))

    def fix(self, column: int, value: float | None) -> None:
        """Hold a column at a value, or set it free again."""
        low, high = (0.0, highspy.kHighsInf) if value is None else (value, value)
        self._solver.changeColBounds(column, low, high)

    def reduced(self, row_dual: Floats) -> Floats:
        """Return what each column costs beyond the price of its entries, (c,)."""
        reduced: Floats = self.cost - self.matrix.T @ row_dual
        return reduced

    def solve(self) -> Relaxed | None:
        """Return the optimum; None where there is none, or the solver did not find it."""
        self._solver.run()
        if read_status(self._solver) is not SolverStatus.OPTIMAL:
            return None
        solution = self._solver.getSolution()
        x = np.array(solution.col_value)
        return Relaxed(float(self.cost @ x), x, np.array(solution.row_dual) * self._unit)
