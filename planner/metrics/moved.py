"""Students who change school because the plan says so."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Bools, Floats, Ints


def students_moved(moved: Bools, students: Floats) -> float:
    """Students who would attend another school than today.

    Maths    ``sum of n_bh over the blocks and grades with school(plan) != school(today)``
    Range    0 upwards
    Better   lower
    Unit     students

    Parameters
    ----------
    moved : bool array
        From `moves`, blocks (by grade).
    students : array [students], same shape

    Returns
    -------
    float
        NaN where a block of unknown size moves.
    """
    return float(students[moved].sum())


def share_moved(moved: Bools, students: Floats) -> float:
    """Share of students who would attend another school than today.

    Maths    ``students moved / students``
    Range    0 to 1
    Better   lower
    Unit     share

    Parameters
    ----------
    moved : bool array
    students : array [students], same shape

    Returns
    -------
    float
        NaN without students or where a count is unknown.
    """
    size = float(students.sum())
    return students_moved(moved, students) / size if size > 0 else float("nan")


def moves(today: Ints, plan: Ints) -> Bools:
    """Tell which blocks (by grade) change school; where today is unknown, none does.

    Parameters
    ----------
    today, plan : (n, G) int32
        Schools, -1 unknown or none.
    """
    return np.asarray((today != plan) & (today >= 0) & (plan >= 0))


def forced(today: Ints, plan: Ints) -> Bools:
    """Tell which moves interrupt a stay: the students would otherwise keep their building.

    A student who enters a building in this grade anyway (kindergarten, or the first grade of the
    next school) is told another one, but leaves none behind.

    Parameters
    ----------
    today, plan : (n, G) int32
        Schools by grade, lowest grade first, all levels beside each other.

    Returns
    -------
    (n, G) bool
    """
    stays = np.zeros(today.shape, dtype=bool)
    stays[:, 1:] = today[:, 1:] == today[:, :-1]
    return moves(today, plan) & stays


def must_move(today: Ints, plan: Ints) -> Bools:
    """Tell which moves no plan could avoid: today's school serves nobody under the plan.

    Parameters
    ----------
    today, plan : (n, G) int32

    Returns
    -------
    (n, G) bool
    """
    return moves(today, plan) & ~np.isin(today, plan)


def students_moved_forced(today: Ints, plan: Ints, before: Ints, students: Floats) -> float:
    """Students moved who would otherwise keep their building: their stay is interrupted.

    Maths    ``sum of n_bh over the blocks and grades with school_h(plan) != school_h(today)`` and
             ``school_h(today) = school_(h-1)(today)``
    Range    0 to students_moved
    Better   lower
    Unit     students

    Parameters
    ----------
    today, plan : (n, G) int32
        Schools by grade, lowest grade first.
    before : (n, 1) int32
        Today's school in the grade below these; -1 for none.
    students : (n, G) float64 [students]

    Returns
    -------
    float
        NaN where a block of unknown size moves.
    """
    wide = (np.concatenate([before, one], axis=1) for one in (today, plan))
    return students_moved(forced(*wide)[:, 1:], students)


def students_must_move(today: Ints, plan: Ints, students: Floats) -> float:
    """Students moved whose school of today serves nobody under the plan.

    Maths    ``sum of n_bh over the blocks and grades with school(plan) != school(today)``, where
             ``school(today)`` is the school of no block and grade of the plan
    Range    0 to students_moved
    Better   lower
    Unit     students

    Parameters
    ----------
    today, plan : (n, G) int32
    students : (n, G) float64 [students]

    Returns
    -------
    float
        NaN where a block of unknown size moves.
    """
    return students_moved(must_move(today, plan), students)


def blocks_moved(moved: Bools) -> float:
    """Blocks that change school in at least one grade.

    Maths    ``#{b : some grade moves}``
    Range    0 upwards
    Better   lower
    Unit     blocks

    Parameters
    ----------
    moved : (n, G) bool
        From `moves`.
    """
    return float(moved.any(axis=1).sum())
