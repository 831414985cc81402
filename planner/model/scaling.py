"""Powers of two that bring a model near one, so that a solver's absolute tolerances mean little.

A plan's dissimilarity is about 0.5 and its travel about ten million student-metres; a tolerance
of 1e-7 would be coarse for the one and needlessly fine for the other.  Powers of two change no
digit of any number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geodata.dtypes import Bools, Floats
from planner.model.rows import LinearModel

_CENTRAL_COST = 64.0


@dataclass(frozen=True, slots=True)
class Scaling:
    """Factors of rows, columns and objective.

    Maths   ``x = columns * x'``,  row i is multiplied by ``rows[i]``, the objective by
            ``objective``; whole-number columns keep factor 1.
    """

    rows: Floats  # (r,)
    columns: Floats  # (c,)
    objective: float


def scale(model: LinearModel) -> Scaling:
    """Choose the factors of a model."""
    rows = np.ones(model.n_rows)
    columns = np.ones(model.n_columns)
    continuous = ~model.integer
    has_integer = _largest(_over_integers(model)) > 0
    for _ in range(2):
        sizes = _scaled(model.matrix, np.ones(model.n_rows), columns)
        by_integers = _largest(_over_integers(model))
        rows = 1.0 / _power_of_two(np.where(has_integer, by_integers, _largest(sizes)))
        sizes = _scaled(model.matrix, rows, np.ones(model.n_columns))
        columns = np.where(continuous, 1.0 / _power_of_two(_largest(csr_array(sizes.T))), 1.0)
    return Scaling(rows, columns, _objective_factor(np.abs(model.cost * columns)))


def _objective_factor(costs: Floats) -> float:
    """Return the factor that centres the costs, so that neither large nor small ones are lost."""
    filled = costs[costs > 0]
    if not len(filled):
        return 1.0
    centre = np.sqrt(filled.max()) * np.sqrt(np.median(filled))
    return float(_CENTRAL_COST / _power_of_two(np.array([centre]))[0])


def scaled_matrix(model: LinearModel, scaling: Scaling) -> csr_array:
    """Return the model's rows in scaled units."""
    return _scaled(model.matrix, scaling.rows, scaling.columns)


def _scaled(matrix: csr_array, rows: Floats, columns: Floats) -> csr_array:
    """Return ``diag(rows) matrix diag(columns)``."""
    per_row = np.repeat(rows, np.diff(matrix.indptr))
    data = matrix.data * per_row * columns[matrix.indices]
    return csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _over_integers(model: LinearModel) -> csr_array:
    """Return the rows with the continuous columns blanked."""
    keep: Bools = model.integer[model.matrix.indices]
    data = np.where(keep, model.matrix.data, 0.0)
    return csr_array((data, model.matrix.indices, model.matrix.indptr), shape=model.matrix.shape)


def _largest(matrix: csr_array) -> Floats:
    """Return the largest absolute entry of each row, 0 for an empty one."""
    result = np.zeros(matrix.shape[0])
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if len(filled):
        starts = matrix.indptr[filled]
        result[filled] = np.maximum.reduceat(np.abs(matrix.data), starts)
    return result


def _power_of_two(values: Floats) -> NDArray[np.float64]:
    """Return the power of two nearest to each value; 1 for zero."""
    safe = np.where(values > 0, values, 1.0)
    return np.asarray(np.exp2(np.round(np.log2(safe))), dtype=np.float64)
