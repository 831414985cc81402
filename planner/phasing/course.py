"""What schools hold year by year while a plan begins under one policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geodata.dtypes import Floats, Ints, Singles
from planner.phasing.change import Change, part
from planner.phasing.cohorts import STUDENTS
from planner.phasing.policy import Policy
from planner.phasing.staying import stay_shares

__all__ = ["NO_CHANGE", "Course", "take_course"]

NO_CHANGE = "No change"
"""Name of the course in which today's zones stay."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Students by year, school and grade.

    Parameters
    ----------
    policy : Policy or None
        None: today's zones stay.
    attending : mapping of measure to (Y + 1, m, G) float64 [students]
        `STUDENTS`, the poor and each group; year 0 is today, whatever the policy.
    staying : (Y + 1, m, G) float64 [students]
        Of all students, those at a school that the plan would not send them to.
    interrupted : (Y + 1, G) float64 [students]
        Students who must leave a building that they would have kept.
    metres, travellers : (Y + 1, G) float64
        Ways [student-m], once and one way, and the students [students] whose way is known.
    """

    policy: Policy | None
    attending: Mapping[str, Floats]
    staying: Floats
    interrupted: Floats
    metres: Floats
    travellers: Floats

    @property
    def name(self) -> str:
        """Name of the policy."""
        return NO_CHANGE if self.policy is None else self.policy.name

    @property
    def years(self) -> range:
        """Years it tells of: today (0) where nothing changes, else from the plan's first on."""
        return range(0 if self.policy is None else 1, len(self.staying))


def take_course(
    change: Change, policy: Policy | None, cohorts: Mapping[str, Floats], metres: Singles
) -> Course:
    """Send everybody to school, year by year.

    Parameters
    ----------
    change : Change
    policy : Policy or None
        None: today's zones stay.
    cohorts : mapping of measure to (Y + 1, n, G) float64 [students]
        `STUDENTS` and any others; year 0 is today.
    metres : (n, m) float32 [m]
        Ways to schools; NaN unknown.
    """
    students = cohorts[STUDENTS]
    years = range(len(students))
    everybody = np.ones(change.today.shape)
    stays = [everybody if policy is None else stay_shares(change, policy, y) for y in years]
    ways = (_ways(metres, change.today), _ways(metres, change.plan))
    rides = [_rides(students[y], stays[y], ways) for y in years]
    moved = change.differs & (policy is not None)
    return Course(
        policy=policy,
        attending={
            name: np.stack([change.attendance(counts[y], stays[y]) for y in years])
            for name, counts in cohorts.items()
        },
        staying=np.stack(
            [
                change.tally(part(students[y], stays[y] * moved * (y > 0)), change.today)
                for y in years
            ]
        ),
        interrupted=np.stack([_interrupted(change, students[y], stays[y], y) for y in years]),
        metres=np.stack([way for way, _ in rides]),
        travellers=np.stack([known for _, known in rides]),
    )


def _interrupted(change: Change, students: Floats, stays: Floats, year: int) -> Floats:
    """Add up who must leave a building: all in the plan's first year, by grade, (G,)."""
    leaves = (1.0 - stays) * change.began_before(1) if year == 1 else np.zeros(stays.shape)
    return np.asarray(part(students, leaves).sum(axis=0))


def _ways(metres: Singles, school: Ints) -> Floats:
    """Return the way from each block to its school of each grade, (n, G) [m], NaN unknown."""
    ways = metres[np.arange(len(metres))[:, None], school].astype(np.float64)
    return np.where(school >= 0, ways, np.nan)


def _rides(students: Floats, stays: Floats, ways: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return all ways to today's schools and the plan's, and who has one, by grade, (G,) each."""
    total, known = np.zeros(students.shape[1]), np.zeros(students.shape[1])
    for metres, share in zip(ways, (stays, 1.0 - stays), strict=True):
        riders = part(students, share * ~np.isnan(metres))
        total += part(np.nan_to_num(metres), riders).sum(axis=0)
        known += riders.sum(axis=0)
    return total, known
