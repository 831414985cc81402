"""Aims in their order: a stage is one aim, or several in one unit with weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

from geodata.dtypes import Ints
from planner.errors import expected_in
from planner.objectives import Objective
from planner.problem import Problem
from planner.rules import Rule
from planner.scenario.in_year import InYear, aim_in
from planner.terms import Amount, WeightedSum

__all__ = ["DEFAULT_TIME_S", "PlacedRule", "Stage", "Stop"]

DEFAULT_TIME_S = 120.0


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule, the levels it holds for (none named: all), and the years (none named: today)."""

    rule: Rule
    levels: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    def holds_for(self, level: str) -> bool:
        """Tell whether the rule holds for a level."""
        return not self.levels or level in self.levels

    def by_year(self) -> tuple[Rule, ...]:
        """Return the rule as it is held: once a year, or as it is."""
        return tuple(InYear(self.rule, year) for year in self.years) or (self.rule,)


@dataclass(frozen=True, slots=True)
class Stage:
    """One aim of the order, and what the aim above it may give back for its sake.

    An aim, once reached, holds for all stages below, up to what the stage right below it may
    give back.

    Parameters
    ----------
    parts : tuple of (weight, objective)
        All in one unit.
    levels : tuple of str
        Levels it is aimed at; none: all.
    keep_within_share : float [share]
        The aim above stays within this share of its value.
    keep_within : float
        The aim above stays within this much of its value, in its own unit.
    year : int, optional
        Year of the district's forecast whose students it counts; without it, today's.
    """

    parts: tuple[tuple[float, Objective], ...]
    levels: tuple[str, ...] = ()
    keep_within_share: float = 0.0
    keep_within: float = 0.0
    year: int | None = None

    @property
    def name(self) -> str:
        """Name of the aim; of a weighted one the names joined by ``+``."""
        return "+".join(objective.name for _, objective in self.parts)

    @property
    def unit(self) -> str:
        """Unit of the amount."""
        return self.parts[0][1].unit

    def aims_at(self, level: str) -> bool:
        """Tell whether a level is aimed at."""
        return not self.levels or level in self.levels

    def amount(self, problem: Problem) -> Amount:
        """Write the aim for solver and search."""
        if self.year is not None:
            with expected_in(self.year):
                amount = self._today().amount(problem.forecasts[self.year])
            return aim_in(self.year, amount)
        if len(self.parts) == 1 and self.parts[0][0] == 1:
            return self.parts[0][1].amount(problem)
        parts = tuple((weight, objective.amount(problem)) for weight, objective in self.parts)
        return WeightedSum(self.name, self.unit, parts)

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure the aim on a plan, independently of `amount`."""
        if self.year is not None:
            with expected_in(self.year):
                return self._today().measure(problem.forecasts[self.year], zone_of)
        return sum(weight * aim.measure(problem, zone_of) for weight, aim in self.parts)

    def _today(self) -> Stage:
        return replace(self, year=None)

    def above_at_most(self, value: float) -> float:
        """Return how far the aim above may rise from the value it reached."""
        return value + max(self.keep_within_share * abs(value), self.keep_within)

    def sentence(self) -> str:
        """Say the aim in plain words."""
        texts = [
            objective.sentence() if weight == 1 else f"{weight:g} × {objective.sentence()}"
            for weight, objective in self.parts
        ]
        text = " + ".join(part.rstrip(".") for part in texts)
        gives = []
        if self.keep_within_share:
            gives.append(f"{100 * self.keep_within_share:g} % of it")
        if self.keep_within:
            gives.append(f"{self.keep_within:g} in its unit")
        back = f"; for it, the aim above may give back {' or '.join(gives)}" if gives else ""
        where = f" (only {', '.join(self.levels)})" if self.levels else ""
        when = "" if self.year is None else f"In {self.year}: "
        return f"{when}{text}{where}{back}."

    def variables(self) -> tuple[str, ...]:
        """Return the measures of people it decides by."""
        names = (name for _, objective in self.parts for name in objective.variables())
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Stop:
    """When a solve stops by itself.

    Parameters
    ----------
    time_limit_s : float, optional [s]
        For the whole scenario, shared among its levels; of several aims the first gets three
        quarters, and all while it has no plan.  120 without it.  Not used where `iterations` is
        set.
    iterations : int, optional
        Thousands of moves to try; the same number gives the same plan.
    gap : float, optional [share]
        Proven distance from the best possible that is near enough, 0.01 = 1 %.  Not used where
        `iterations` is set.
    """

    time_limit_s: float | None = None
    iterations: int | None = None
    gap: float | None = None
