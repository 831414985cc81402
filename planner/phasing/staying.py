"""Who attends the school of today in a later year, by the policy of a phase-in."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Floats
from planner.phasing.change import Change
from planner.phasing.policy import Policy

__all__ = ["stay_shares"]


def stay_shares(change: Change, policy: Policy, year: int) -> Floats:
    """Return the share of each block and grade that attends the school of today.

    Maths    With f and l the first and the last grade of today's building, and k the grades kept:
             a student in grade g of year t attended it in year 0 where ``g - t >= f``, was in
             grade ``g - (t - 1)`` in year 1, and may stay where ``l - (g - t + 1) < k``.  Everybody
             who may is taken to stay.  A younger sibling joins with the chance
             ``1 - prod_d (1 - q_d * stays[g + d])``, siblings taken as independent: an estimate.

    Parameters
    ----------
    change : Change
    policy : Policy
    year : int [years]
        1 is the plan's first school year; in year 0 everybody attends the school of today.

    Returns
    -------
    (n, G) float64 [share]
        1 also where the plan changes nothing; 0 where only one of the two names a school.
    """
    if year == 0:
        return np.ones(change.today.shape)
    grade = np.arange(len(change.grades))[None, :]
    grade_then = grade - (year - 1)
    kept = change.last_grade - grade_then < policy.grades_kept
    taught = change.could_stay & (grade_then >= change.taught_from)
    stays = (change.began_before(year) & kept & taught).astype(np.float64)
    if policy.sibling_shares:
        stays = np.maximum(stays, _joining(change, stays, policy.sibling_shares))
    return np.where(change.differs, stays, change.today == change.plan)


def _joining(change: Change, stays: Floats, sibling_shares: tuple[float, ...]) -> Floats:
    """Return the chance that an older sibling who stays is in the building, (n, G)."""
    without = np.ones(stays.shape)
    for apart, share in enumerate(sibling_shares, start=1):
        older, younger = slice(apart, None), slice(None, -apart)
        together = change.today[:, older] == change.today[:, younger]
        without[:, younger] *= 1.0 - share * stays[:, older] * together
    return np.where(change.could_stay, 1.0 - without, 0.0)
