"""Random assignments of each body of students, drawn once and used by every index."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geodata.dtypes import Floats
from planner.evaluation.bodies import Body
from planner.evaluation.settings import Settings
from planner.metrics.random_assignment import simulate

__all__ = ["Draws"]


class Draws:
    """Draws random assignments at the schools' own sizes, and remembers them.

    Parameters
    ----------
    settings : Settings
        Number of draws and seed.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._groups: dict[Body, Floats | None] = {}
        self._poor: dict[Body, Floats | None] = {}
        self._means: dict[tuple[Body, str], float] = {}

    def groups(self, body: Body) -> Floats | None:
        """Return draws of all groups, (r, s, e), or None where groups are unknown."""
        if body not in self._groups:
            self._groups[body] = self._draw(body.everyone, self._settings.seed)
        return self._groups[body]

    def poor(self, body: Body) -> Floats | None:
        """Return draws of poor and other students, (r, s, 2), or None where poverty is unknown.

        They are drawn by themselves: who is poor is taken to be independent of the group.
        """
        if body not in self._poor:
            both = None if body.poor is None else np.stack([body.poor, body.total - body.poor], 1)
            self._poor[body] = self._draw(both, self._settings.seed + 1)
        return self._poor[body]

    def mean(
        self, body: Body, name: str, index: Callable[[Floats], Floats], *, poor: bool
    ) -> float:
        """Return the mean of an index over draws, NaN where it is defined in none.

        Parameters
        ----------
        body : Body
        name : str
            Of the index and whom it is about: its mean is remembered under it.
        index : callable (r, s, e) students -> (r,)
        poor : bool
            Whether the draws are of poor and other students instead of groups.
        """
        if (body, name) not in self._means:
            samples = self.poor(body) if poor else self.groups(body)
            values = np.empty(0) if samples is None else index(samples)
            known = values[~np.isnan(values)]
            self._means[body, name] = float(known.mean()) if len(known) else float("nan")
        return self._means[body, name]

    def _draw(self, counts: Floats | None, seed: int) -> Floats | None:
        if counts is None or not (counts >= 0).all():
            return None
        return simulate(counts, draws=self._settings.random_draws, seed=seed)
