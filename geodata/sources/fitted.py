"""Made-up pupils fitted to published totals: for examples that retell a real story.

Nothing here is anybody's child: block counts of a synthetic town are scaled until the totals by
grade, by group and of poverty are those that were published, and then made whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq

from geodata.district import District, Provenance
from geodata.errors import DataError
from geodata.students import ALL, POOR, StudentCounts

__all__ = ["rake", "settle_poverty", "whole_numbers", "with_pupils"]

Floats = NDArray[np.float64]


def rake(
    seed: Floats, margins: Sequence[tuple[tuple[int, ...], Floats]], rounds: int = 500
) -> Floats:
    """Scale an array until its sums are the margins wanted (iterative proportional fitting).

    Parameters
    ----------
    seed : array
        Counts to start from; zeros stay zero.
    margins : sequence of (axes kept, totals)
        ``((1,), t)`` wants the sums over all axes but 1 to be t.
    rounds : int

    Returns
    -------
    array, same shape

    Raises
    ------
    DataError
        Where the margins do not fit each other or cannot be met.
    """
    out = np.array(seed, dtype=np.float64)
    for _ in range(rounds):
        worst = 0.0
        for kept, wanted in margins:
            other = tuple(axis for axis in range(out.ndim) if axis not in kept)
            now = out.sum(axis=other)
            factor = np.divide(wanted, now, out=np.ones_like(now), where=now > 0)
            out *= np.expand_dims(factor, other)
            worst = max(worst, float(np.abs(now - wanted).max()))
        if worst < 1e-9:
            return out
    raise DataError(f"the totals wanted cannot be met together (still off by {worst:.3g})")


def whole_numbers(values: Floats, rng: np.random.Generator) -> Floats:
    """Round counts so that the sums over blocks stay what they are.

    Parameters
    ----------
    values : (n, ...) float64
        Its sums over axis 0 are whole numbers.
    rng : Generator
        Breaks ties.

    Returns
    -------
    (n, ...) float64 of whole numbers
    """
    flat = values.reshape(len(values), -1)
    out = np.floor(flat)
    order = rng.permutation(len(flat))
    for column in range(flat.shape[1]):
        total = round(float(flat[:, column].sum()))
        missing = total - int(out[:, column].sum())
        rest = (flat[:, column] - out[:, column])[order]
        chosen = order[np.argsort(-rest, kind="stable")[: max(missing, 0)]]
        out[chosen, column] += 1
    return np.asarray(out.reshape(values.shape))


def settle_poverty(lean: Floats, students: Floats, poor: float) -> Floats:
    """Give every block and group a chance of poverty so that the total comes out.

    Maths    ``sum students / (1 + exp(-(lean + c))) = poor``, solved for c

    Parameters
    ----------
    lean : array
        Log-odds of poverty up to a constant.
    students : array, same shape [students]
    poor : float [students]

    Returns
    -------
    array, same shape [students]
    """

    def missing(constant: float) -> float:
        return float((students / (1 + np.exp(-(lean + constant)))).sum()) - poor

    constant = brentq(missing, -50, 50, xtol=1e-12)
    return np.asarray(students / (1 + np.exp(-(lean + constant))))


def with_pupils(
    district: District,
    grades: Sequence[str],
    groups: Sequence[str],
    students: Floats,
    poor: Floats,
    *,
    name: str,
    notice: str,
) -> District:
    """Return a district with other pupils.

    Parameters
    ----------
    district : District
    grades : (G,) sequence of str
    groups : (k,) sequence of str
    students, poor : (n, G, k) float64 [students]
    name, notice : str
        Name of the district, and what its counts are.
    """
    cells: dict[tuple[str, str, str], Floats] = {}
    for g, grade in enumerate(grades):
        cells[grade, ALL, ALL] = students[:, g].sum(axis=1)
        cells[grade, ALL, POOR] = poor[:, g].sum(axis=1)
        for k, group in enumerate(groups):
            cells[grade, group, ALL] = students[:, g, k]
    table = pd.DataFrame(cells, index=district.blocks.index)
    table.columns.names = ["grade", "group", "poverty"]
    counts = StudentCounts(
        table.sort_index(axis=1),
        groups=tuple(groups),
        proxy=notice,
        exhaustive=True,
        level_grades={level: span.span.grades for level, span in district.levels.items()},
    )
    made = Provenance(source=notice, method=notice)
    return replace(
        district,
        name=name,
        students=counts,
        provenance=dict.fromkeys(district.provenance, made),
    )
