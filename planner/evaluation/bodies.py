"""Students of schools that are compared with each other, in the form indices take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.dtypes import Floats
from geodata.reserved import POOR
from planner.metrics.enrolment import UNGROUPED, Enrolment

__all__ = ["Body"]


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Students of a set of schools.

    Parameters
    ----------
    total : (s,) float64 [students]
    groups : (s, g) float64 [students] or None
    names : (g,) tuple of str
    everyone : (s, e) float64 [students] or None
        Groups that add up to all students; None where groups are unknown or overlap.
    everyone_names : (e,) tuple of str
    poor : (s,) float64 [students] or None
    """

    total: Floats
    groups: Floats | None
    names: tuple[str, ...]
    everyone: Floats | None
    everyone_names: tuple[str, ...]
    poor: Floats | None

    @classmethod
    def of(cls, enrolment: Enrolment) -> Body:
        """Add an enrolment's slots up."""
        everyone = enrolment.everyone()
        names = enrolment.groups
        whole = None if everyone is None else np.asarray(everyone.sum(axis=1))
        more = () if whole is None or whole.shape[1] == len(names) else (UNGROUPED,)
        return cls(
            total=enrolment.total,
            groups=enrolment.group_totals if names else None,
            names=names,
            everyone=whole,
            everyone_names=(*names, *more),
            poor=enrolment.poor_total,
        )

    @property
    def size(self) -> float:
        """All students."""
        return float(self.total.sum())

    @property
    def known_poor(self) -> Floats:
        """The poor of each school, (s,) [students]; NaN where poverty is not counted."""
        return np.full(len(self.total), np.nan) if self.poor is None else self.poor

    def members(self) -> dict[str, Floats]:
        """Return the students of each group, and the poor, by name: whoever may be apart."""
        found: dict[str, Floats] = {}
        if self.groups is not None:
            found |= {name: self.groups[:, k] for k, name in enumerate(self.names)}
        if self.poor is not None:
            found[POOR] = self.poor
        return found

    def seen(self) -> tuple[Floats, tuple[str, ...]]:
        """Return the groups whose shares are seen, (s, k), and their names."""
        if self.everyone is not None:
            return self.everyone, self.everyone_names
        if self.groups is not None:
            return self.groups, self.names
        return np.empty((len(self.total), 0)), ()
