"""Made-up students fitted to published totals: for examples that retell a real story.

Nothing here is anybody's child: block counts of a synthetic town are scaled until the totals by
grade, by group and of poverty are those that were published, and then made whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from geodata.district import District, Provenance
from geodata.dtypes import Floats
from geodata.errors import DataError
from geodata.reserved import EVERY, POOR
from geodata.students import StudentCounts

__all__ = ["draw_poor", "draw_students", "rake", "settle_poverty", "with_students"]


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


def draw_students(expected: Floats, rng: np.random.Generator) -> Floats:
    """Draw whole students: each kind keeps its total, each student lives where the shares say.

    Parameters
    ----------
    expected : (n, ...) float64 [students]
        By block and kind; the sum over blocks of every kind is a whole number.
    rng : Generator

    Returns
    -------
    (n, ...) float64 of whole numbers
    """
    flat = expected.reshape(len(expected), -1)
    out = np.zeros_like(flat)
    for kind in range(flat.shape[1]):
        total = flat[:, kind].sum()
        if total > 0:
            out[:, kind] = rng.multinomial(round(float(total)), flat[:, kind] / total)
    return np.asarray(out.reshape(expected.shape))


def draw_poor(odds: Floats, students: Floats, poor: int, rng: np.random.Generator) -> Floats:
    """Draw which students are poor, exactly so many, more likely where the odds are higher.

    Parameters
    ----------
    odds : array
        Log-odds of poverty up to a constant.
    students : array, same shape, whole numbers [students]
    poor : int [students]
    rng : Generator

    Returns
    -------
    array, same shape, whole numbers [students]
    """
    cell = np.repeat(np.arange(students.size), students.ravel().astype(np.int64))
    if not 0 <= poor <= len(cell):
        raise DataError(f"{poor} of {len(cell)} students cannot be poor")
    score = odds.ravel()[cell] + rng.logistic(size=len(cell))
    chosen = cell[np.argsort(-score, kind="stable")[:poor]]
    return np.bincount(chosen, minlength=students.size).reshape(students.shape).astype(np.float64)


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


def with_students(
    district: District,
    grades: Sequence[str],
    groups: Sequence[str],
    students: Floats,
    poor: Floats,
    *,
    name: str,
    notice: str,
) -> District:
    """Return a district with other students.

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
        cells[grade, EVERY, EVERY] = students[:, g].sum(axis=1)
        cells[grade, EVERY, POOR] = poor[:, g].sum(axis=1)
        for k, group in enumerate(groups):
            cells[grade, group, EVERY] = students[:, g, k]
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
