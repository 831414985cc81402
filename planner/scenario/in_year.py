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
from planner.errors import ScenarioError, expected_in
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules import Finding, Rule
from planner.terms import (
    Amount,
    Constraint,
    CutLength,
    Limit,
    Spread,
    WeightedSum,
    ZoneBand,
    ZoneDeviation,
    ZoneRatio,
    ZoneShape,
    ZoneWorst,
)

__all__ = ["InYear", "aim_in"]

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
        return [_constraint_in(self.year, term) for term in self._terms(problem)]

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Measure the rule on the year's students."""
        self._terms(problem)  # a rule that counts nobody is no finding of a year
        with expected_in(self.year):
            found = self.rule.check(problem.forecasts[self.year], zone_of)
        return [
            replace(one, rule=f"{one.rule}.{self.year}", sentence=f"{self.year}: {one.sentence}")
            for one in found
        ]

    def _terms(self, problem: Problem) -> list[Constraint]:
        """Return the rule on the year's own problem; refuse one that is the same in every year."""
        with expected_in(self.year):
            terms = self.rule.lower(problem.forecasts[self.year])
        if not any(_counts_students(term) for term in terms):
            raise ScenarioError(
                f"rule {self.name!r}: it counts no students, so it is the same in every year",
                remedy="leave years = [...] out of it",
            )
        return terms

    def sentence(self) -> str:
        """Say the rule and the year."""
        return f"In {self.year}: {self.rule.sentence()}"

    def variables(self) -> tuple[str, ...]:
        """Return the measures of people it decides by."""
        return self.rule.variables()


def aim_in(year: int, amount: Amount) -> Amount:
    """Return an aim of a year's problem as one of the problem that carries it.

    Raises
    ------
    ScenarioError
        Where it is the same in every year.
    """
    if _is_of_shapes(amount):
        raise ScenarioError(
            f"objective {amount.name!r}: it counts no students, so it is the same in every year",
            remedy=f"leave year = {year} out of it",
        )
    return _amount_in(year, amount)


def _counts_students(term: Constraint) -> bool:
    return isinstance(term, ZoneBand) or (
        isinstance(term, Limit) and not _is_of_shapes(term.amount)
    )


def _is_of_shapes(amount: Amount) -> bool:
    """Tell whether an amount is of the map alone."""
    if isinstance(amount, WeightedSum):
        return all(_is_of_shapes(part) for _, part in amount.parts)
    return isinstance(amount, (CutLength, ZoneShape))


def _amount_in(year: int, amount: Amount) -> Amount:
    match amount:
        case ZoneDeviation():
            return _counting_in(year, amount)
        case ZoneWorst(deviation=deviation):
            return replace(amount, deviation=_counting_in(year, deviation))
        case ZoneRatio(a=a, b=b, c=c):
            return replace(amount, a=f"{year}/{a}", b=f"{year}/{b}", c=f"{year}/{c}")
        case WeightedSum(parts=parts):
            told = tuple((weight, _amount_in(year, part)) for weight, part in parts)
            return replace(amount, parts=told)
        case Spread(parts=members):
            return replace(amount, parts=tuple(_amount_in(year, part) for part in members))
    return amount  # costs of pairs and groups are the year's already; shapes are of every year


def _constraint_in(year: int, term: Constraint) -> Constraint:
    match term:
        case ZoneBand():
            return replace(_counting_in(year, term), name=f"{term.name}.{year}")
        case Limit():
            return replace(term, name=f"{term.name}.{year}", amount=_amount_in(year, term.amount))
    return term


def _counting_in(year: int, term: Counting) -> Counting:
    measures: Mapping[str, float] = {f"{year}/{k}": factor for k, factor in term.measures.items()}
    return replace(term, measures=measures)
