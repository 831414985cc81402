"""Rules and aims in a later year: the same maths on the students that a forecast expects.

``years = [2029, 2031]`` in a ``[[rule]]`` holds the rule in each of these years, ``year = 2031`` in
an ``[[objective]]`` aims at that year.  A problem carries the same level of each such year
(`Problem.forecasts`); what a rule or an aim counts there is a measure such as ``2031/students``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from geodata.dtypes import Ints
from planner.errors import ScenarioError
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules import Finding, Rule
from planner.terms import (
    Amount,
    Constraint,
    Limit,
    Spread,
    WeightedSum,
    ZoneBand,
    ZoneDeviation,
    ZoneRatio,
    ZoneWorst,
)

__all__ = ["InYear", "amount_in"]

Counting = TypeVar("Counting", ZoneBand, ZoneDeviation)


@dataclass(frozen=True, slots=True)
class InYear:
    """A rule held with the students expected in a year.

    Parameters
    ----------
    rule : Rule
    year : int
        Of the district's forecast.
    """

    rule: Rule
    year: int

    @property
    def name(self) -> str:
        """Name of the rule."""
        return self.rule.name

    @property
    def counts_also(self) -> tuple[Also, ...]:
        """What the rule counts, and the forecast."""
        return (*self.rule.counts_also, "forecast")

    def lower(self, problem: Problem) -> list[Constraint]:
        """Write the rule on the year's students."""
        terms = self.rule.lower(problem.forecasts[self.year])
        if not any(isinstance(term, (ZoneBand, Limit)) for term in terms):
            raise ScenarioError(
                f"rule {self.name!r}: it counts no students, so it is the same in every year",
                remedy=f"take years = [{self.year}] out of it",
            )
        return [_constraint_in(self.year, term) for term in terms]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Measure the rule on the year's students."""
        found = self.rule.check(problem.forecasts[self.year], zone_of)
        return [
            replace(one, rule=f"{one.rule}.{self.year}", sentence=f"{self.year}: {one.sentence}")
            for one in found
        ]

    def sentence(self) -> str:
        """Say the rule and the year."""
        return f"In {self.year}: {self.rule.sentence()}"

    def variables(self) -> tuple[str, ...]:
        """Return the measures of people it decides by."""
        return self.rule.variables()


def amount_in(year: int, amount: Amount) -> Amount:
    """Return an amount of a year's problem as one of the problem that carries it."""
    match amount:
        case ZoneDeviation():
            return _counting_in(year, amount)
        case ZoneWorst(deviation=deviation):
            return replace(amount, deviation=_counting_in(year, deviation))
        case ZoneRatio(a=a, b=b, c=c):
            return replace(amount, a=f"{year}/{a}", b=f"{year}/{b}", c=f"{year}/{c}")
        case WeightedSum(parts=parts):
            told = tuple((weight, amount_in(year, part)) for weight, part in parts)
            return replace(amount, parts=told)
        case Spread(parts=members):
            return replace(amount, parts=tuple(amount_in(year, part) for part in members))
    return amount  # costs of pairs are the year's already; shapes are the same every year


def _constraint_in(year: int, term: Constraint) -> Constraint:
    match term:
        case ZoneBand():
            return replace(_counting_in(year, term), name=f"{term.name}.{year}")
        case Limit():
            return replace(term, name=f"{term.name}.{year}", amount=amount_in(year, term.amount))
    return term


def _counting_in(year: int, term: Counting) -> Counting:
    measures: Mapping[str, float] = {f"{year}/{k}": factor for k, factor in term.measures.items()}
    return replace(term, measures=measures)
